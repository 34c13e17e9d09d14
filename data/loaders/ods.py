"""OpenDocument spreadsheets: cells with their types, repetitions written out but never beyond the limits.

A cell repeated a million times costs nothing while it is empty; with a content it counts against the limits of
rows and columns like any other. Error cells and formulas without a result become texts that say so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile, ZipFile

from lxml import etree

from data.loaders.cells import Cell, Row, Shown
from data.loaders.documents import Document, opened
from data.loaders.formulas import NEVER_CALCULATED
from data.loaders.limits import Limits
from data.loaders.pages import Page, Range, SheetName
from data.loaders.source import FileRefusedError

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
BLANKS = (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break")
ERRORS = ("#", "Err:")
NUMBERS = ("float", "currency", "percentage")


class Ods:
    """An ods workbook, read sheet by sheet."""

    def __init__(self, document: Document, limits: Limits) -> None:
        self.document, self.limits = document, limits
        try:
            with opened(document) as file, ZipFile(file) as archive:
                content = archive.read("content.xml")
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            self._root = etree.fromstring(content, parser)
        except (BadZipFile, KeyError, etree.XMLSyntaxError, OSError) as error:
            raise FileRefusedError(document.name, "the file", "an ods workbook", str(error)) from error
        hidden = self._root.iterfind(f".//{STYLE}style/{STYLE}table-properties[@{TABLE}display='false']")
        self._hidden = {each.getparent().get(f"{STYLE}name") for each in hidden}

    def close(self) -> None:
        """Nothing is kept open."""

    def _tables(self) -> Iterator[Any]:
        yield from self._root.iterfind(f"{OFFICE}body/{OFFICE}spreadsheet/{TABLE}table")

    def sheets(self) -> list[SheetName]:
        """Return the sheets in their order."""
        return [
            SheetName(each.get(f"{TABLE}name", ""), each.get(f"{TABLE}style-name") not in self._hidden)
            for each in self._tables()
        ]

    def page(self, name: str) -> Page:
        """Read one sheet."""
        table = next(each for each in self._tables() if each.get(f"{TABLE}name", "") == name)
        rows: list[Row] = []
        merged: list[Range] = []
        blanks = 0  # empty rows not yet written out: those at the end never are
        for element in table.iter(f"{TABLE}table-row"):
            times = _count(element, "number-rows-repeated")
            cells = self._row(name, element, len(rows) + blanks + 1, merged)
            if not cells:
                blanks += times
                continue
            self._check(name, len(rows) + blanks + times, self.limits.rows, "rows")
            rows += [()] * blanks + [tuple(cells)] * times
            blanks = 0
        return Page(rows, merged)

    def _row(self, name: str, element: Any, number: int, merged: list[Range]) -> list[Cell]:  # noqa: ANN401 - an element of lxml
        cells: list[Cell] = []
        blanks = 0
        for each in element.iterchildren(*CELLS):
            times = _count(each, "number-columns-repeated")
            wide, high = _count(each, "number-columns-spanned"), _count(each, "number-rows-spanned")
            if wide > 1 or high > 1:
                left = len(cells) + blanks + 1
                merged.append(Range(number, left, number + high - 1, left + wide - 1))
            value = _value(each)
            if value is None:
                blanks += times
                continue
            self._check(name, len(cells) + blanks + times, self.limits.columns, "columns")
            cells += [*itertools.repeat(None, blanks), *itertools.repeat(value, times)]
            blanks = 0
        return cells

    def _check(self, name: str, found: int, most: int, what: str) -> None:
        if found > most:
            raise FileRefusedError(self.document.name, name, f"at most {most:,} {what}", f"{found:,}")


def _count(element: Any, name: str) -> int:  # noqa: ANN401 - an element of lxml
    text = element.get(f"{TABLE}{name}", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else 1


def _shown(element: Any) -> str:  # noqa: ANN401 - an element of lxml
    """Return the text of a cell, its paragraphs as lines, without the notes pinned to it."""
    return "\n".join("".join(_pieces(each)) for each in element.iterchildren(f"{TEXT}p"))


def _pieces(paragraph: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """Give the texts of a paragraph; repeated blanks, tabs and line breaks are elements of their own."""
    yield paragraph.text or ""
    for each in paragraph.iterchildren():
        yield " " if each.tag in BLANKS else "".join(_pieces(each)) if isinstance(each.tag, str) else ""
        yield each.tail or ""


def _value(element: Any) -> Cell:  # noqa: ANN401 - an element of lxml
    kind, shown = element.get(f"{OFFICE}value-type"), _shown(element)
    formula = element.get(f"{TABLE}formula")
    if element.get(f"{CALC}value-type") == "error" or (formula and shown.startswith(ERRORS)):
        return shown or "#ERROR"
    if kind in NUMBERS:
        return _number(element.get(f"{OFFICE}value", ""), kind)
    if kind == "date":
        return str(element.get(f"{OFFICE}date-value", "")).removesuffix("T00:00:00")
    if kind == "boolean":
        return bool(element.get(f"{OFFICE}boolean-value") == "true")
    if kind is None and formula is not None:
        return f"{formula} {NEVER_CALCULATED}"
    text = element.get(f"{OFFICE}string-value") or shown
    return text or None


def _number(text: str, kind: str) -> Cell:
    try:
        number = float(text)
    except ValueError:
        return f"{text!r} (no number)"
    return Shown(number, "0%") if kind == "percentage" else number
