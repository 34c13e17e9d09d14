"""A long plain CSV, read in stretches and column by column, so that ten million rows take no more memory than ten.

It gives exactly what ``data.loaders.table`` gives of the same file, and takes only declarations and headers that
are plain enough for that (a test holds the two against each other). A cell that is not a plain decimal number, a
period or name not seen before, a short or blank row goes the careful way, by the same rules as everywhere.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from data.catalogue import Catalogue
from data.columns import Numbering, Piece
from data.loaders.documents import last_bytes
from data.loaders.encodings import find_encoding
from data.loaders.figures import ONE, FigureReading
from data.loaders.grids import Grid, text_of
from data.loaders.layouts import Column, Group, TableLayout
from data.loaders.period_cells import PeriodError
from data.loaders.shapes import Line, shape
from data.loaders.source import Declared, FileRefusedError, Parsed, Source
from data.loaders.table_headers import find_columns
from data.loaders.table_rows import TableReader
from data.periods import Accumulation

LONG_BYTES = 8 * 1024 * 1024
ROWS = 20_000  # of one stretch
FACTOR_DIGITS = 10
_PLAIN_LAYOUT = {
    "format", "encoding", "delimiter", "header_row", "first_row", "missing", "period", "unmatched", "lookup", "group",
}  # fmt: skip
_PLAIN_PLACE = {
    "indicator", "accumulation", "measure", "region", "industry", "partner", "commodity", "flow", "breakdown",
    "stored_unit", "factor", "decimals", "unit", "header", "when", "column",
}  # fmt: skip
_PLAIN_LOOKUP = {"header", "part", "codes", "code_list", "name", "total"}
_NUMBER = r"[+-]?[0-9]{1,12}+(?:\.[0-9]{1,6}+)?+"  # exact with a factor of ten digits
_ONE_NUMBER = re.compile(_NUMBER, re.ASCII)
_ONLY_NUMBERS = re.compile(rf"(?:{_NUMBER}\n)*+", re.ASCII)


def can_stream(source: Source, path: Path) -> bool:
    """Tell whether a file is long, and its declaration and header plain."""
    layout: TableLayout = source.options.table
    return (
        path.stat().st_size >= LONG_BYTES
        and _is_plain(layout)
        and _has_plain_header(path, layout)
        and last_bytes(path, 1) == b"\n"
    )


def _is_plain(layout: TableLayout) -> bool:
    places: list[Group | Column] = [*layout.group, *(column for group in layout.group for column in group.column)]
    alike = {tuple((each.header, _merged(group, each)) for each in group.column) for group in layout.group}
    return (
        _sets_only(_PLAIN_LAYOUT, layout)
        and layout.format == "csv"
        and (layout.header_row, layout.first_row) == (1, 2)
        and _sets_only({"column", "form"}, layout.period)
        and isinstance(layout.period.column, str)
        and layout.period.reading.stretch is None
        and not layout.period.reading.serial
        and all(_sets_only(_PLAIN_PLACE, each) for each in places)
        and all(_sets_only(_PLAIN_LOOKUP, each) for each in layout.lookup)
        and len(alike) == 1
        and all(len(factor.as_tuple().digits) <= FACTOR_DIGITS for kinds in alike for _, (factor, _) in kinds if factor)
    )


def _sets_only(plain: set[str], declared: Declared) -> bool:
    """Tell whether everything else is as it is where nothing is said."""
    fields = type(declared).model_fields.items()
    return all(
        name in plain or getattr(declared, name) == each.get_default(call_default_factory=True) for name, each in fields
    )


def _merged(group: Group, column: Column) -> tuple[Decimal | None, int | None]:
    """Return how the figures of a column are stored; in every group alike."""
    factor = group.factor if column.factor is None else column.factor
    return factor, group.decimals if column.decimals is None else column.decimals


def _has_plain_header(path: Path, layout: TableLayout) -> bool:
    """Tell whether the first line has every declared header once and no other one."""
    try:
        with path.open("rb") as file:
            line = file.readline(100_000)
        texts = [text.strip() for text in next(csv.reader([line.decode("utf-8-sig")], strict=True))]  # commas
    except (UnicodeDecodeError, csv.Error, StopIteration):
        return False  # the careful reader says what is wrong, or reads another encoding
    declared = {*layout.row_headers, *layout.value_headers}
    return len(texts) == len(declared) and set(texts) == declared


def stream(source: Source, path: Path, catalogue: Catalogue) -> Iterator[Piece]:
    """Give the file in pieces. Raises what ``data.loaders.table.parse`` raises, where it comes to it."""
    layout: TableLayout = source.options.table
    words = (*layout.row_headers, *layout.value_headers)
    encoding = find_encoding(path, words) if layout.encoding == "auto" else layout.encoding
    rows_read = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for piece in _pieces(source, path, catalogue, layout, file):
                rows_read += piece.rows_read
                yield piece
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefusedError(path.name, "the file", f"CSV in {encoding}", str(error)) from error
    if not rows_read:
        raise FileRefusedError(path.name, "row 2", "at least one row of data", "none")


def _pieces(source: Source, path: Path, catalogue: Catalogue, layout: TableLayout, file: TextIO) -> Iterator[Piece]:
    rows = csv.reader(file, strict=True)
    head = next(rows)
    reader = _LongReader(source, path, catalogue, layout, head)
    first = layout.first_row or 2
    while stretch := list(islice(rows, ROWS)):
        yield reader.read(first, stretch)
        first += len(stretch)


class _LongReader:
    """Reads stretches of rows; remembers the series of every name and the number of every period it saw.

    ``careful`` is the reader of all tables: it reads the odd rows, and says what names and columns mean.
    """

    def __init__(self, source: Source, path: Path, catalogue: Catalogue, layout: TableLayout, head: list[str]) -> None:
        table = shape(path.name, Grid("", [head, head], delimiter=","), layout)
        columns = find_columns(path.name, table)
        self.careful = TableReader(source, path, catalogue, layout, table, columns)
        self.last_index, self.width = self.careful.last_index, len(head)
        self.names = [*self.careful.when, *(index for _, index, _ in self.careful.lookups)]
        self.columns = next(iter(self.careful.groups.values()))[1]
        self.is_plain = all(each.place.figures.is_plain for _, group in self.careful.groups.values() for each in group)
        self.numbering = Numbering()
        self.series: dict[tuple[str, ...], tuple[int, ...] | None] = {}
        self.periods: dict[str, int | None] = {}

    def read(self, first: int, rows: list[list[str]]) -> Piece:
        """Return a stretch of rows, of which ``first`` is the number of the first in the file."""
        piece = Piece()
        lengths = set(map(len, rows))
        if self.is_plain and lengths == {self.width}:
            self._read_columns(first, rows, piece)
        else:
            for number, row in enumerate(rows, start=first):
                self._read_carefully(number, row, piece)
        piece.series, piece.citations = self.numbering.new()
        return piece

    # --- column by column

    def _read_columns(self, first: int, rows: list[list[str]], piece: Piece) -> None:
        columns = list(zip(*rows, strict=True))
        series = self._series_of(columns, len(rows))
        periods = self._periods_of(columns[self.careful.period_index])
        figures = [columns[each.index] for each in self.columns]
        begin = 0
        for odd in [*self._odd_rows(series, periods, figures), len(rows)]:
            stretch = slice(begin, odd)
            self._write(first + begin, series[stretch], periods[stretch], [texts[stretch] for texts in figures], piece)
            if odd < len(rows):
                self._read_carefully(first + odd, rows[odd], piece)
            begin = odd + 1

    def _series_of(self, columns: Sequence[tuple[str, ...]], count: int) -> list[tuple[int, ...] | None]:
        """Return the numbers of the series of every row, one per column of figures; ``None`` for an odd row."""
        names = list(zip(*(columns[index] for index in self.names), strict=True)) if self.names else [()] * count
        for name in dict.fromkeys(names):
            if name not in self.series:
                self.series[name] = self._numbers([text.strip() for text in name])
        return list(map(self.series.__getitem__, names))

    def _numbers(self, texts: Sequence[str]) -> tuple[int, ...] | None:
        known_as, when = self.careful.names, len(self.careful.when)
        found = self.careful.groups.get(tuple(known_as[text] for text in texts[:when]))
        lookups = zip(self.careful.lookups, texts[when:], strict=True)
        parts = {part: codes.get(known_as[text]) for (part, _, codes), text in lookups}
        if found is None or None in parts.values() or any(each.place.accumulation == "period" for each in found[1]):
            return None
        places = [each.place for each in found[1]]
        looked_up: dict[str, str] = {part: code for part, code in parts.items() if code is not None}
        keys = [place.key(looked_up, Accumulation(place.accumulation)) for place in places]
        return tuple(self.numbering.series(key, place.stored_unit) for key, place in zip(keys, places, strict=True))

    def _periods_of(self, texts: Sequence[str]) -> list[int | None]:
        for text in set(texts):
            if text not in self.periods:
                self.periods[text] = self._period(text)
        return list(map(self.periods.__getitem__, texts))

    def _period(self, text: str) -> int | None:
        try:
            return self.careful.form.read_cell(text).period
        except PeriodError:
            return None

    def _odd_rows(
        self, series: Sequence[object], periods: Sequence[object], figures: Sequence[tuple[str, ...]]
    ) -> list[int]:
        """Return the rows that must be read carefully, in order."""
        odd: set[int] = set()
        for column in (series, periods):
            if None in column:
                odd.update(number for number, each in enumerate(column) if each is None)
        for texts in figures:
            joined = "\n".join(texts) + "\n"
            if joined.count("\n") != len(texts) or _ONLY_NUMBERS.fullmatch(joined) is None:
                odd.update(number for number, text in enumerate(texts) if _ONE_NUMBER.fullmatch(text) is None)
        return sorted(odd)

    def _write(
        self,
        first: int,
        series: Sequence[tuple[int, ...] | None],
        periods: Sequence[int | None],
        figures: Sequence[tuple[str, ...]],
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
        into.value += chain.from_iterable(zip(*(values for values, _ in stored), strict=True))
        into.decimals += chain.from_iterable(zip(*(decimals for _, decimals in stored), strict=True))
        into.raw += chain.from_iterable(zip(*figures, strict=True))
        into.place += [f"row {number}, {header}" for number in range(first, first + len(series)) for header in headers]

    # --- row by row

    def _read_carefully(self, number: int, row: Sequence[str], piece: Piece) -> None:
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


def _stored(texts: Sequence[str], figures: FigureReading) -> tuple[list[float], list[int]]:
    """Return plain numbers as ``FigureReading.read`` does, many at once."""
    if figures.factor == ONE:
        values, shift = list(map(float, texts)), 0
    else:
        factor = figures.factor
        values = [float(number * factor) for number in map(Decimal, texts)]
        shift = int(factor.as_tuple().exponent)
    if figures.decimals is not None:
        return values, [figures.decimals] * len(texts)
    return values, [max(0, len(text.partition(".")[2]) - shift) for text in texts]
