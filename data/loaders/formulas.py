"""Formulas of a workbook whose result was never calculated: openpyxl gives them as empty, which they are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from data.loaders.documents import Document, opened

Row = Sequence[Any]
NEVER_CALCULATED = "(never calculated / 未计算)"
_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_FORMULA = re.compile(rb"<(?:[A-Za-z]\w*:)?f[\s/>]")


def has_formulas(document: Document) -> bool:
    """Tell whether any sheet of a workbook holds a formula; most statistics files hold none."""
    with opened(document) as file, ZipFile(file) as archive:
        sheets = [name for name in archive.namelist() if _PART.fullmatch(name)]
        return any(_FORMULA.search(archive.read(name)) is not None for name in sheets)


def mark_never_calculated(document: Document, sheet: str, rows: Sequence[Row]) -> list[Row]:
    """Return the rows with the formula's own text in every cell that has a formula and no result."""
    file = opened(document)
    book = openpyxl.load_workbook(file, read_only=True, data_only=False)
    try:
        formulas = [
            {index: text for index, cell in enumerate(row) if (text := _formula(cell))}
            for row in book[sheet].iter_rows(values_only=True)
        ]
    finally:
        book.close()
        file.close()
    return [_marked(row, found) for row, found in zip(rows, formulas, strict=True)]


def _formula(cell: object) -> str:
    if isinstance(cell, ArrayFormula | DataTableFormula):
        return f"{{{getattr(cell, 'text', '') or cell.ref}}}"
    return cell if isinstance(cell, str) and cell.startswith("=") else ""


def _marked(row: Row, formulas: dict[int, str]) -> Row:
    if not any(row[index] is None for index in formulas):
        return row
    return tuple(
        f"{formulas[index]} {NEVER_CALCULATED}" if cell is None and index in formulas else cell
        for index, cell in enumerate(row)
    )
