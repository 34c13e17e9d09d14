"""Files as grids of cells: CSV, xlsx, xls and ods read into rows, each cell with a place a person can find again.

Reading is pure: a document and a layout in, rows out; nothing is kept open. Which sheets of a workbook are meant is
said by name or by rule; a hidden sheet is never read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal, Self

from openpyxl.utils import get_column_letter
from pydantic import field_validator

from data.loaders.cells import Cell, Row, text_of
from data.loaders.documents import Document, last_bytes, opened, opened_text
from data.loaders.encodings import find_encoding
from data.loaders.limits import DEFAULT_LIMITS, Limits
from data.loaders.ods import Ods
from data.loaders.pages import Range, SheetName, Workbook
from data.loaders.source import Declared, FileRefusedError, Text
from data.loaders.workbooks import Xls, Xlsx

__all__ = ["Cell", "Format", "Grid", "Row", "SheetRule", "read_grid", "read_grids", "text_of"]

Format = Literal["csv", "xlsx", "xls", "ods", "workbook"]
Delimiter = Literal["auto", ",", ";", "\t"]
FIELD_CHARACTERS = 32_768
HEAD_BYTES = 8
ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RESAVE = "an xlsx, xls or ods workbook: save it as .xlsx / xlsx、xls 或 ods 工作簿，请另存为 .xlsx"
_DIGITS = re.compile(r"\d+")


class SheetRule(Declared):
    """Which sheets are meant where their name changes: those visible whose whole name matches ``pattern``.

    ``take`` is ``only`` (there must be one), ``newest`` (the one with the highest numbers in its name: 2024年12月 comes
    after 2024年9月) or ``all`` (each is a table of this layout; its name stands as ``{sheet}``).
    """

    pattern: Text = ".*"
    take: Literal["only", "newest", "all"] = "only"

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a pattern: {error}") from error
        return value


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet or file; row ``n`` (counted from 1) is ``rows[n - 1]``.

    ``member`` names the file inside a ZIP; ``turned`` says that rows and columns were exchanged after reading.
    """

    sheet: str
    rows: Sequence[Row]
    merged: Sequence[Range] = ()
    from_1904: bool = False
    notes: Sequence[str] = field(default_factory=tuple)
    member: str = ""
    turned: bool = False
    delimiter: str = ""
    ends_in_break: bool = True

    @property
    def is_csv(self) -> bool:
        """Whether the rows are lines of a text."""
        return bool(self.delimiter)

    def place(self, row: int, column: int, header: str = "") -> str:
        """Say where a cell stands: ``Sheet!F7`` in a workbook, ``row 12, header`` in a CSV (both counted from 1)."""
        if self.turned:
            row, column = column, row
        if self.sheet:
            return f"{self._file}{self.sheet}!{get_column_letter(column)}{row}"
        return f"{self._file}row {row}, {header}" if header else f"{self._file}row {row}"

    @property
    def _file(self) -> str:
        return f"{self.member}: " if self.member else ""

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell (both counted from 1); outside the grid it is ``""``."""
        cells = self.rows[row - 1] if row <= len(self.rows) else ()
        return text_of(cells[column - 1]) if column <= len(cells) else ""

    def row_place(self, row: int) -> str:
        """Say where a row stands."""
        if self.turned:
            letter = get_column_letter(row)
            return f"{self._file}{self.sheet}!{letter}:{letter}" if self.sheet else f"{self._file}column {row}"
        return f"{self._file}{self.sheet}!{row}:{row}" if self.sheet else f"{self._file}row {row}"

    def exchanged(self) -> Grid:
        """Return the grid with rows and columns exchanged; places stay those of the file."""
        rows = list(zip_longest(*self.rows))
        merged = [Range(each.left, each.top, each.right, each.bottom) for each in self.merged]
        return replace(self, rows=rows, merged=merged, turned=not self.turned)


@dataclass(frozen=True)
class Opening:
    """How a document is to be read: its kind, which sheets, and for a text its encoding and delimiter.

    ``words`` are texts of the header: one of them must stand in a text believed to be GB18030.
    """

    kind: Format
    sheet: str = ""
    rule: SheetRule | None = None
    encoding: str = "auto"
    words: Collection[str] = ()
    delimiter: Delimiter = ","
    limits: Limits = DEFAULT_LIMITS

    @classmethod
    def of_text(cls, encoding: str) -> Self:
        """Return how to read a CSV."""
        return cls("csv", encoding=encoding)


def read_grid(document: Document, kind: Format, sheet: str, encoding: str, words: Collection[str] = ()) -> Grid:
    """Read one sheet of a workbook or a whole CSV; what cannot be read raises ``FileRefusedError``."""
    return read_grids(document, Opening(kind, sheet, None, encoding, words))[0]


def read_grids(document: Document, opening: Opening) -> list[Grid]:
    """Read the sheets meant, or a whole CSV; what cannot be read raises ``FileRefusedError``.

    With encoding ``auto`` the encoding follows from the file.
    """
    if opening.kind == "csv":
        return [_csv_grid(document, opening)]
    book, notes = _open(document, opening), list[str]()
    try:
        names = chosen_sheets(document.name, book.sheets(), opening, notes)
        pages = [(name, book.page(name)) for name in names]
    finally:
        book.close()
    return [
        Grid(name, page.rows, page.merged, page.from_1904, (*(notes if not index else ()), *page.notes))
        for index, (name, page) in enumerate(pages)
    ]


def _open(document: Document, opening: Opening) -> Workbook:
    kind = opening.kind if opening.kind != "workbook" else _kind_of(document)
    if kind == "xlsx":
        return Xlsx(document)
    return Xls(document) if kind == "xls" else Ods(document, opening.limits)


def _kind_of(document: Document) -> Format:
    with opened(document) as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(OLE_MAGIC):
        return "xls"
    if not head.startswith(ZIP_MAGIC):
        raise FileRefusedError(document.name, "the file", RESAVE, f"a file that begins with {head!r}")
    with opened(document) as file:
        return "ods" if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in file.read(200) else "xlsx"


def chosen_sheets(name: str, sheets: Sequence[SheetName], opening: Opening, notes: list[str]) -> list[str]:
    """Return the sheets meant; none or an ambiguous choice raises ``FileRefusedError``, hidden ones are noted."""
    every = ", ".join(each.name for each in sheets)
    if opening.rule is None:
        named = {each.name: each.visible for each in sheets}
        if opening.sheet not in named:
            raise FileRefusedError(name, "the workbook", f"sheet {opening.sheet!r}", every)
        if not named[opening.sheet]:
            raise FileRefusedError(name, opening.sheet, "a visible sheet", "a hidden one")
        return [opening.sheet]
    matching = [each for each in sheets if re.fullmatch(opening.rule.pattern, each.name.strip())]
    hidden = [each.name for each in matching if not each.visible]
    if hidden:
        notes.append(f"hidden sheets are not read: {', '.join(hidden)}")
    shown = [each.name for each in matching if each.visible]
    expected = f"a visible sheet like {opening.rule.pattern!r}"
    if not shown:
        raise FileRefusedError(name, "the workbook", expected, every)
    if opening.rule.take == "newest":
        shown = _newest(shown)
    if opening.rule.take != "all" and len(shown) > 1:
        raise FileRefusedError(name, "the workbook", f"only one: {expected}", ", ".join(shown))
    return shown


def _newest(names: Sequence[str]) -> list[str]:
    """Return the names with the highest numbers, compared from the left; several if that does not tell."""
    numbers = {name: [int(each) for each in _DIGITS.findall(name)] for name in names}
    highest = max(numbers.values())
    return [name for name, found in numbers.items() if found == highest]


def _csv_grid(document: Document, opening: Opening) -> Grid:
    encoding = find_encoding(document, opening.words) if opening.encoding == "auto" else opening.encoding
    delimiter = opening.delimiter
    try:
        csv.field_size_limit(FIELD_CHARACTERS)
        if delimiter == "auto":
            delimiter = _delimiter(document, encoding, opening.words)
        with opened_text(document, encoding) as file:
            rows = list(csv.reader(file, strict=True, delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefusedError(document.name, "the file", f"CSV in {encoding}", str(error)) from error
    ends = last_bytes(document, 4).rstrip(b"\0").endswith((b"\n", b"\r"))
    return Grid("", rows, delimiter=delimiter, ends_in_break=ends)


def _delimiter(document: Document, encoding: str, words: Collection[str]) -> Delimiter:
    """Return what parts the header: the one sign that gives every word a cell of its own, never a guess by counting."""
    wanted = {word.strip() for word in words if word}
    best: tuple[int, Delimiter] = (0, ",")
    choices: tuple[Delimiter, ...] = (",", ";", "\t")
    for delimiter in choices:
        with opened_text(document, encoding) as file:
            reader = csv.reader(file, delimiter=delimiter)
            found = max(
                (len(wanted.intersection(map(str.strip, row))) for row, _ in zip(reader, range(60), strict=False)),
                default=0,
            )
        best = max(best, (found, delimiter), key=lambda each: each[0])
    if not best[0]:
        raise FileRefusedError(document.name, "the header", f"one of {', '.join(sorted(wanted))}", "none of them")
    return best[1]
