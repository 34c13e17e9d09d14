"""The lines of a long CSV, cut into columns: by a plain split where no cell is quoted, else by ``csv``.

Either way a row is what ``csv`` makes of it, and its number counts rows from the first one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import TextIO

from data.loaders.grids import FIELD_CHARACTERS

Row = Sequence[str]


@dataclass(frozen=True)
class Stretch:
    """Rows that follow each other, as columns; ``odd`` holds those of another length, which are blank in them."""

    columns: Sequence[Sequence[str]]
    odd: Mapping[int, Row] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns[0])

    def row(self, number: int) -> Row:
        """Return a row as it stands in the file."""
        return self.odd[number] if number in self.odd else [column[number] for column in self.columns]


def stretches(file: TextIO, width: int, rows: int) -> Iterator[Stretch]:
    """Give the rest of a file, so many rows at a time. Raises ``csv.Error`` as ``csv.reader`` does."""
    while lines := list(islice(file, rows)):
        text = "".join(lines)
        if '"' in text or max(map(len, lines)) > FIELD_CHARACTERS:  # a quoted cell may hold commas and line breaks
            yield from _by_csv(chain(lines, file), width, rows)
            return
        yield _cut(lines, text.replace("\r\n", "\n").replace("\r", "\n"), width)


def _by_csv(lines: Iterator[str], width: int, rows: int) -> Iterator[Stretch]:
    csv.field_size_limit(FIELD_CHARACTERS)
    reader = csv.reader(lines, strict=True)
    while some := list(islice(reader, rows)):
        yield _aligned(some, width)


def _cut(lines: Sequence[str], text: str, width: int) -> Stretch:
    if set(map(str.count, lines, repeat(","))) == {width - 1}:
        cells = text.removesuffix("\n").replace("\n", ",").split(",")
        return Stretch([cells[index::width] for index in range(width)])
    return _aligned([line.split(",") if line else [] for line in text.removesuffix("\n").split("\n")], width)


def _aligned(rows: Sequence[Row], width: int) -> Stretch:
    odd = {number: row for number, row in enumerate(rows) if len(row) != width}
    blank = [""] * width
    return Stretch(list(zip(*(row if len(row) == width else blank for row in rows), strict=True)), odd)
