"""Stretches of a long plain CSV become facts, column by column; what is not plain goes to the reader of all tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from itertools import chain, compress, islice, pairwise, repeat
from operator import add, itemgetter, ne
from pathlib import Path
from typing import TypeVar

from data.catalogue import Catalogue
from data.columns import Numbering, Piece
from data.loaders.cells import text_of
from data.loaders.figures import ONE, FigureReading
from data.loaders.grids import Grid
from data.loaders.layouts import TableLayout
from data.loaders.long_lines import Row, Stretch
from data.loaders.numbers import decimals_of, parse_number
from data.loaders.period_cells import PeriodError
from data.loaders.shapes import Line, shape
from data.loaders.source import Parsed, Source, SourceError
from data.loaders.table_headers import find_columns
from data.loaders.table_rows import TableReader
from data.periods import Accumulation

_NUMBER = r"[+-]?[0-9]{1,12}+(?:\.[0-9]{1,6}+)?+"  # exact with a factor of ten digits
ONE_NUMBER = re.compile(_NUMBER, re.ASCII)
_ONLY_NUMBERS = re.compile(rf"(?:{_NUMBER}\n)*+", re.ASCII)
_RUN = 4  # rows of the same names together, on average, from which on only where they change is looked at
_Key = TypeVar("_Key", bound=Hashable)
_Found = TypeVar("_Found")


class _Remembered(dict[_Key, _Found]):
    """What was found for each key, found once."""

    def __init__(self, find: Callable[[_Key], _Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: _Key) -> _Found:
        found = self[key] = self._find(key)
        return found


class LongReader:
    """Reads stretches of rows; remembers the series of every name and the number of every period it saw.

    ``careful`` is the reader of all tables: it reads the odd rows, and says what names and columns mean.
    """

    def __init__(self, source: Source, path: Path, catalogue: Catalogue, layout: TableLayout, head: list[str]) -> None:
        table = shape(path.name, Grid("", [head, head], delimiter=","), layout)
        columns = find_columns(path.name, table)
        self.careful = TableReader(source, path, catalogue, layout, table, columns)
        self.names = [*self.careful.when, *(index for _, index, _ in self.careful.lookups)]
        self.columns = next(iter(self.careful.groups.values()))[1]
        self.numbering = Numbering()
        self.series = _Remembered(self._numbers)
        self.periods = _Remembered(self._period)

    def read(self, first: int, stretch: Stretch) -> Piece:
        """Return a stretch of rows, of which ``first`` is the number of the first in the file."""
        piece = Piece()
        series = self._series_of([stretch.columns[index] for index in self.names], len(stretch))
        periods = list(map(self.periods.__getitem__, stretch.columns[self.careful.period_index]))
        figures = [stretch.columns[each.index] for each in self.columns]
        begin = 0
        for odd in [*_odd_rows(stretch, series, periods, figures), len(stretch)]:
            part = slice(begin, odd)
            self._write(first + begin, series[part], periods[part], [texts[part] for texts in figures], piece)
            if odd < len(stretch):
                self._read_carefully(first + odd, stretch.row(odd), piece)
            begin = odd + 1
        piece.series, piece.citations = self.numbering.new()
        return piece

    # --- column by column

    def _series_of(self, names: Sequence[Sequence[str]], count: int) -> list[tuple[int, ...] | None]:
        """Return the numbers of the series of every row, one per column of figures; ``None`` for an odd row."""
        begins = _begins(names, count)
        if len(begins) * _RUN > count:
            return list(map(self.series.__getitem__, zip(*names, strict=True)))
        found: list[tuple[int, ...] | None] = []
        for begin, end in pairwise([*begins, count]):
            found += repeat(self.series[tuple(column[begin] for column in names)], end - begin)
        return found

    def _numbers(self, name: tuple[str, ...]) -> tuple[int, ...] | None:
        texts, known_as, when = [text.strip() for text in name], self.careful.names, len(self.careful.when)
        found = self.careful.groups.get(tuple(known_as[text] for text in texts[:when]))
        lookups = zip(self.careful.lookups, texts[when:], strict=True)
        parts = {part: codes.get(known_as[text]) for (part, _, codes), text in lookups}
        if found is None or None in parts.values() or any(each.place.accumulation == "period" for each in found[1]):
            return None
        places = [each.place for each in found[1]]
        looked_up: dict[str, str] = {part: code for part, code in parts.items() if code is not None}
        try:
            keys = [place.key(looked_up, Accumulation(place.accumulation)) for place in places]
        except SourceError:
            return None  # the careful reader raises it, if it comes to such a cell
        return tuple(self.numbering.series(key, place.stored_unit) for key, place in zip(keys, places, strict=True))

    def _period(self, text: str) -> int | None:
        try:
            return self.careful.form.read_cell(text).period
        except PeriodError:
            return None

    def _write(
        self,
        first: int,
        series: Sequence[tuple[int, ...] | None],
        periods: Sequence[int | None],
        figures: Sequence[Sequence[str]],
        piece: Piece,
    ) -> None:
        """Add rows in which everything is plain."""
        if not series:
            return
        into, headers = piece.columns, [each.header for each in self.columns]
        piece.rows_read += len(series)
        into.series += chain.from_iterable(each for each in series if each is not None)
        into.period += [each for each in periods if each is not None for _ in headers]
        stored = [_stored(texts, each.place.figures) for texts, each in zip(figures, self.columns, strict=True)]
        into.value += _alternating([values for values, _ in stored])
        into.decimals += _alternating([decimals for _, decimals in stored])
        into.raw += _alternating(figures)
        into.place += [f"row {number}, {header}" for number in range(first, first + len(series)) for header in headers]

    # --- row by row

    def _read_carefully(self, number: int, row: Row, piece: Piece) -> None:
        if not any(text_of(cell) for cell in row):
            return
        parsed = Parsed()
        self.careful.read_line(Line(number, row), parsed)
        piece.rows_read += 1
        piece.missing += parsed.missing
        piece.excluded += parsed.excluded
        piece.rejects += parsed.rejects
        piece.blanks += parsed.blanks
        piece.columns.extend(self.numbering.columns(parsed.facts))


def _begins(columns: Sequence[Sequence[str]], count: int) -> list[int]:
    """Return the rows at which one of the columns holds another text than in the row before, and the first."""
    begins = {0}
    for column in columns:
        begins.update(compress(range(1, count), map(ne, column, islice(column, 1, None))))
    return sorted(begins)


def _alternating(columns: Sequence[Sequence[_Found]]) -> Sequence[_Found]:
    """Return the cells of some columns row by row."""
    return columns[0] if len(columns) == 1 else list(chain.from_iterable(zip(*columns, strict=True)))


def _odd_rows(
    stretch: Stretch, series: Sequence[object], periods: Sequence[object], figures: Sequence[Sequence[str]]
) -> list[int]:
    """Return the rows that must be read carefully, in order."""
    odd = set(stretch.odd)
    for column in (series, periods):
        if None in column:
            odd.update(number for number, each in enumerate(column) if each is None)
    for texts in figures:
        joined = "\n".join(texts) + "\n"
        if joined.count("\n") != len(texts) or _ONLY_NUMBERS.fullmatch(joined) is None:
            odd.update(number for number, text in enumerate(texts) if ONE_NUMBER.fullmatch(text) is None)
    return sorted(odd)


def _stored(texts: Sequence[str], figures: FigureReading) -> tuple[list[float], list[int]]:
    """Return plain numbers as ``FigureReading.read`` does, many at once."""
    factor = figures.factor
    sign, digits, exponent = factor.as_tuple()
    if factor == ONE:
        values, shift = list(map(float, texts)), 0
    elif (sign, digits) == (0, (1,)):  # a power of ten is written behind the figure, and rounded once with it
        values, shift = list(map(float, map(add, texts, repeat(f"e{exponent}")))), int(exponent)
    else:
        values, shift = [float(parse_number(text) * factor) for text in texts], int(exponent)
    if figures.decimals is not None:
        return values, [figures.decimals] * len(texts)
    return values, _decimals(texts, shift)


def _decimals(texts: Sequence[str], shift: int) -> list[int]:
    first = decimals_of(parse_number(texts[0]))
    place = itemgetter(-first - 1)
    if first and min(map(len, texts)) > first and set(map(place, texts)) == {"."}:
        return [max(0, first - shift)] * len(texts)
    return [max(0, len(text.partition(".")[2]) - shift) for text in texts]
