"""Files as grids of cells: CSV, xlsx and xls read into rows, each cell with a place a person can find again.

Reading is pure: a path and a layout in, rows out; nothing is kept open. Workbook dates become ISO text, error cells
their error text (``#DIV/0!``), so that no later step mistakes them for numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from xlrd.compdoc import CompDocError

from data.loaders.encodings import find_encoding
from data.loaders.formulas import has_formulas, mark_never_calculated
from data.loaders.source import FileRefusedError

Cell = str | int | float | bool | None
Row = Sequence[Cell]
Format = Literal["csv", "xlsx", "xls"]


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet or file; row ``n`` (counted from 1) is ``rows[n - 1]``."""

    sheet: str
    rows: Sequence[Row]

    def place(self, row: int, column: int, header: str = "") -> str:
        """Say where a cell stands: ``Sheet!F7`` in a workbook, ``row 12, header`` in a CSV (both counted from 1)."""
        if self.sheet:
            return f"{self.sheet}!{get_column_letter(column)}{row}"
        return f"row {row}, {header}" if header else f"row {row}"

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell (both counted from 1); outside the grid it is ``""``."""
        cells = self.rows[row - 1] if row <= len(self.rows) else ()
        return text_of(cells[column - 1]) if column <= len(cells) else ""

    def row_place(self, row: int) -> str:
        """Say where a row stands."""
        return f"{self.sheet}!{row}:{row}" if self.sheet else f"row {row}"


def read_grid(path: Path, kind: Format, sheet: str, encoding: str, words: Collection[str] = ()) -> Grid:
    """Read one sheet of a workbook or a whole CSV; what cannot be read raises ``FileRefusedError``.

    With encoding ``auto`` the encoding follows from the file, where ``words`` are texts of its header.
    """
    if kind == "csv":
        return Grid("", _csv_rows(path, find_encoding(path, words) if encoding == "auto" else encoding))
    if kind == "xlsx":
        return Grid(sheet, _xlsx_rows(path, sheet))
    return Grid(sheet, _xls_rows(path, sheet))


def text_of(cell: Cell) -> str:
    """Return the cell as the text that stands in the file, without outer blanks; an empty cell is ``""``."""
    return "" if cell is None else str(cell).strip()


def _csv_rows(path: Path, encoding: str) -> list[list[str]]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            return list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefusedError(path.name, "the file", f"CSV in {encoding}", str(error)) from error


def _xlsx_rows(path: Path, sheet: str) -> list[Row]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FileRefusedError(path.name, "the file", "an xlsx workbook", str(error)) from error
    try:
        if sheet not in book.sheetnames:
            raise FileRefusedError(path.name, "the workbook", f"sheet {sheet!r}", ", ".join(book.sheetnames))
        if book[sheet].sheet_state != "visible":
            raise FileRefusedError(path.name, sheet, "a visible sheet", f"a {book[sheet].sheet_state} one")
        rows: list[Row] = [tuple(map(_plain, row)) for row in book[sheet].iter_rows(values_only=True)]
    finally:
        book.close()
    return mark_never_calculated(path, sheet, rows) if has_formulas(path) else rows


def _xls_rows(path: Path, sheet: str) -> list[Row]:
    try:
        book = xlrd.open_workbook(path, on_demand=True)
    except (xlrd.XLRDError, CompDocError) as error:
        raise FileRefusedError(path.name, "the file", "an xls workbook", str(error)) from error
    with book:
        if sheet not in book.sheet_names():
            raise FileRefusedError(path.name, "the workbook", f"sheet {sheet!r}", ", ".join(book.sheet_names()))
        page = book.sheet_by_name(sheet)
        if page.visibility:
            raise FileRefusedError(path.name, sheet, "a visible sheet", "a hidden one")
        return [tuple(_xls_value(cell, book.datemode) for cell in page.row(index)) for index in range(page.nrows)]


def _plain(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _xls_value(cell: xlrd.sheet.Cell, datemode: int) -> Cell:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _plain(xlrd.xldate_as_datetime(cell.value, datemode))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code[cell.value])
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    value = cell.value
    return value if isinstance(value, str | float) else str(value)
