"""Workbooks as Excel writes them (xlsx and the old xls): sheets, cells with their types, merged ranges.

Dates become ISO text, error cells their error text (``#DIV/0!``) and formulas without a result their own text, so
that no later step mistakes them for numbers or for nothing.
"""

from __future__ import annotations

import struct
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile

import openpyxl
import xlrd
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException
from xlrd.compdoc import CompDocError

from data.loaders.cells import Cell, Row, Shown, is_percent, is_scaled
from data.loaders.documents import Document, opened
from data.loaders.formulas import has_formulas, mark_never_calculated
from data.loaders.merges import hidden_lines, merged_ranges
from data.loaders.pages import Page, Range, SheetName
from data.loaders.source import FileRefusedError

# The reader of old workbooks stumbles in many ways over one that was cut.
XLS_ERRORS = (xlrd.XLRDError, CompDocError, LookupError, ValueError, AssertionError, TypeError, struct.error)
FIRST_SAFE_DAY = date(1900, 3, 1)  # before it the calendar of Excel has a day that never was
UNSAFE_DAY = "(a date before 1900-03-01, where the calendar of Excel is wrong)"


class Xlsx:
    """An xlsx workbook, read sheet by sheet."""

    def __init__(self, document: Document) -> None:
        self.document, self._file = document, opened(document)
        try:
            self._book = openpyxl.load_workbook(self._file, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
            self._file.close()
            raise FileRefusedError(document.name, "the file", "an xlsx workbook", str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._book.close()
        self._file.close()

    def sheets(self) -> list[SheetName]:
        """Return the sheets in their order."""
        return [SheetName(each.title, getattr(each, "sheet_state", "") == "visible") for each in self._book]

    def page(self, name: str) -> Page:
        """Read one sheet."""
        sheet: Any = self._book[name]
        mac = self._book.epoch == CALENDAR_MAC_1904
        formats: dict[int, str] = {}
        rows: list[Row] = [tuple(_xlsx_value(cell, formats, mac) for cell in row) for row in sheet.iter_rows()]
        if has_formulas(self.document):
            rows = mark_never_calculated(self.document, name, rows)
        part = str(sheet._worksheet_path).lstrip("/")
        merged, hidden = merged_ranges(self.document, part), hidden_lines(self.document, part)
        notes = [f"{name}: rows or columns are hidden, and read all the same: {hidden}"] if hidden else []
        return Page(rows, merged, mac, notes)


def _xlsx_value(cell: Any, formats: dict[int, str], mac: bool) -> Cell:  # noqa: ANN401 - a cell of openpyxl
    value = cell.value
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        style = cell._style_id
        shown = formats.get(style)
        if shown is None:
            number_format = cell.number_format or ""
            shown = formats[style] = number_format if is_percent(number_format) or is_scaled(number_format) else ""
        return Shown(value, shown) if shown else value
    return plain(value, mac)


class Xls:
    """An old binary workbook, read sheet by sheet."""

    def __init__(self, document: Document) -> None:
        self.document = document
        try:
            with opened(document) as file:
                self._book = xlrd.open_workbook(file_contents=file.read(), on_demand=True, formatting_info=True)
        except XLS_ERRORS as error:
            raise FileRefusedError(document.name, "the file", "an xls workbook", str(error)) from error

    def close(self) -> None:
        """Let go of the memory."""
        self._book.release_resources()

    def sheets(self) -> list[SheetName]:
        """Return the sheets in their order."""
        names = self._book.sheet_names()
        try:
            return [SheetName(name, not self._book.sheet_by_name(name).visibility) for name in names]
        except XLS_ERRORS as error:
            raise FileRefusedError(self.document.name, "the sheets", "an xls workbook", str(error)) from error

    def page(self, name: str) -> Page:
        """Read one sheet."""
        sheet = self._book.sheet_by_name(name)
        rows: list[Row] = [tuple(self._value(cell) for cell in sheet.row(index)) for index in range(sheet.nrows)]
        merged = [Range(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
        return Page(rows, merged, bool(self._book.datemode), [])

    def _value(self, cell: xlrd.sheet.Cell) -> Cell:
        if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return None
        if cell.ctype == xlrd.XL_CELL_DATE:
            return self._date(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code[cell.value])
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype != xlrd.XL_CELL_NUMBER:
            return str(cell.value)
        number_format = self._book.format_map[self._book.xf_list[cell.xf_index].format_key].format_str
        shown = is_percent(number_format) or is_scaled(number_format)
        return Shown(cell.value, number_format) if shown else float(cell.value)

    def _date(self, serial: float) -> Cell:
        try:
            return plain(xlrd.xldate_as_datetime(serial, self._book.datemode), bool(self._book.datemode))
        except (ValueError, OverflowError):
            return f"{serial!r} (no date)"


def plain(value: object, mac: bool = False) -> Cell:
    """Return a date or time as ISO text; before March 1900 it says that it is not to be trusted."""
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day < FIRST_SAFE_DAY and not mac:
            return f"{day.isoformat()} {UNSAFE_DAY}"
        return value.isoformat() if isinstance(value, datetime) and value.time() != time() else day.isoformat()
    return value.isoformat() if isinstance(value, time) else str(value)
