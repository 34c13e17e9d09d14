"""Sheets as files: XLSX with real numbers and nothing that computes, CSV that holds no formula (S-21)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import xlsxwriter

from layouts.export_sheets import Number

if TYPE_CHECKING:
    from layouts.export_sheets import Row, Sheet, SheetCell

BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet may read as the begin of a formula or of a command, in any width.
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
MOST_CHARACTERS = 32_000  # of one cell; a spreadsheet drops longer ones whole
MOST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
WIDEST, NARROWEST = 60, 9
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def number_format(number: Number) -> str:
    """Return the number format a spreadsheet shows a figure with: as on the screen."""
    digits = "#,##0" + ("." + "0" * number.decimals if number.decimals else "")
    tail = f'" {_quoted(number.mark)}"' if number.mark else ""
    if number.growth:
        return f'"▲"{digits}{tail};"▼"{digits}{tail};{digits}{tail}'
    plus = "+" if number.sign else ""
    return f'{plus}{digits}{tail};"−"{digits}{tail};{digits}{tail}'


def _quoted(mark: str) -> str:
    return mark.replace('"', "")


# --- XLSX --------------------------------------------------------------------------------------------------------


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return the sheets as a workbook: text is text, figures are numbers, no formula and no link anywhere."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    looks = _Looks(book)
    names: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name, names))
        _write_sheet(page, sheet, looks)
    book.close()
    return target.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name a workbook accepts and has not yet."""
    plain = name.translate(NOT_IN_SHEET_NAMES)[:MOST_SHEET_NAME].strip() or "Sheet"
    found, number = plain, 2
    while found.lower() in taken:
        tail = f" {number}"
        found, number = plain[: MOST_SHEET_NAME - len(tail)] + tail, number + 1
    taken.add(found.lower())
    return found


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - the package has no types
        self._book = book
        self._numbers: dict[str, Any] = {}
        self.head = book.add_format({"bold": True, "bg_color": "#EEF2F7", "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.note = book.add_format({"font_color": "#42526A"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})

    def number(self, number: Number) -> Any:  # noqa: ANN401 - as above
        """Return the format of a figure."""
        name = number_format(number)
        if name not in self._numbers:
            self._numbers[name] = self._book.add_format({"num_format": name})
        return self._numbers[name]


def _write_sheet(page: Any, sheet: Sheet, looks: _Looks) -> None:  # noqa: ANN401 - as above
    for line, note in enumerate(sheet.notes):
        page.write_string(line, 0, _cut(note), looks.title if line == 0 else looks.note)
    first = len(sheet.notes) + (1 if sheet.notes else 0)
    for column, head in enumerate(sheet.heads):
        page.write_string(first, column, _cut(head), looks.head)
    below = first + (1 if sheet.heads else 0)
    for line, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            _write_cell(page, below + line, column, cell, looks)
    if sheet.heads:
        page.freeze_panes(below, 1)
        page.autofilter(first, 0, below + max(0, len(sheet.rows) - 1), len(sheet.heads) - 1)
    for column, width in enumerate(_widths(sheet)):
        page.set_column(column, column, width)


def _write_cell(page: Any, line: int, column: int, cell: SheetCell, looks: _Looks) -> None:  # noqa: ANN401 - as above
    if isinstance(cell, Number):
        page.write_number(line, column, float(cell.value), looks.number(cell))
    elif isinstance(cell, date):
        page.write_datetime(line, column, cell, looks.date)
    elif cell:
        page.write_string(line, column, _cut(cell), looks.text)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _widths(sheet: Sheet) -> list[int]:
    rows: list[Row] = [sheet.heads, *sheet.rows[:50]]
    columns = max(len(row) for row in rows)
    found = []
    for column in range(columns):
        lengths = [_length(row[column]) for row in rows if column < len(row)]
        found.append(min(WIDEST, max(NARROWEST, *lengths) + 2))
    return found


def _length(cell: SheetCell) -> int:
    if isinstance(cell, Number):
        return len(f"{cell.value:,f}")
    return sum(2 if character > "\u2e80" else 1 for character in str(cell))


# --- CSV ---------------------------------------------------------------------------------------------------------


def csv_file(sheet: Sheet) -> bytes:
    """Return one sheet as CSV: UTF-8 with byte order mark, figures plain, text that looks like a formula disarmed."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([harmless(head) for head in sheet.heads])
    writer.writerows(_csv_row(row) for row in sheet.rows)
    return (BYTE_ORDER_MARK + target.getvalue()).encode("utf-8")


def _csv_row(row: Iterable[SheetCell]) -> list[str]:
    return [_csv_cell(cell) for cell in row]


def _csv_cell(cell: SheetCell) -> str:
    if isinstance(cell, Number):
        return f"{cell.value:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell)


def harmless(text: str) -> str:
    """Return a text with ``'`` before it if a spreadsheet could take it for a formula, leading blanks or not."""
    first = text.lstrip(" \u00a0\u3000\ufeff\u200b")[:1]
    return f"'{text}" if first in BEGINS_A_FORMULA and first else text
