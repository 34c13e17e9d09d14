"""Merged ranges and hidden rows and columns of an xlsx sheet, which the streaming reader does not give."""

from __future__ import annotations

import re
from zipfile import ZipFile

from openpyxl.utils.cell import range_boundaries

from data.loaders.documents import Document, opened
from data.loaders.pages import Range

_MERGE = re.compile(rb"""<(?:[A-Za-z]\w*:)?mergeCell\s[^>]*?ref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")
_LINE = re.compile(rb"<(?:[A-Za-z]\w*:)?(row|col)\s([^>]*)>")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_PLACE = re.compile(rb"""\b(?:r|min)=["']([0-9]+)["']""")
SHOWN = 5


def _part(document: Document, part: str) -> bytes:
    with opened(document) as file, ZipFile(file) as archive:
        return archive.read(part)


def merged_ranges(document: Document, part: str) -> list[Range]:
    """Return the merged ranges of a sheet."""
    found: list[Range] = []
    for match in _MERGE.finditer(_part(document, part)):
        left, top, right, bottom = range_boundaries(match[1].decode())
        found.append(Range(int(top or 1), int(left or 1), int(bottom or 1), int(right or 1)))
    return found


def hidden_lines(document: Document, part: str) -> str:
    """Return which rows and columns are hidden, in words; ``""`` if none is."""
    found: list[str] = []
    for match in _LINE.finditer(_part(document, part)):
        place = _PLACE.search(match[2])
        if place is not None and _HIDDEN.search(match[2]):
            found.append(f"{'row' if match[1] == b'row' else 'column'} {place[1].decode()}")
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
