"""The declared table: any sheet or CSV whose source says what its rows and columns mean.

One reader serves the Pink Sheet, EIA, exchange rates, customs and more; a new layout is a TOML, not code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from data.catalogue import Catalogue
from data.facts import Blank, Fact, Reject, SeriesKey
from data.loaders.grids import Grid, Row, read_grid, text_of
from data.loaders.layouts import Group, TableLayout, TableOptions
from data.loaders.numbers import NumberError, number_of_cell
from data.loaders.period_cells import PeriodError
from data.loaders.placements import Place, name_codes, place_column
from data.loaders.source import FileRefusedError, Parsed, Source

RAW_CHARACTERS = 500


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read one file as its ``[table]`` section declares. A file unlike the declaration raises ``FileRefusedError``."""
    options: TableOptions = source.options
    layout = options.table.known_to(catalogue.indicators)
    words = (*layout.row_headers, *layout.value_headers, *layout.declared_header)
    grid = read_grid(path, layout.format, layout.sheet, layout.encoding, words)
    _check_expected(path, grid, layout)
    reader = _Reader(source, path, catalogue, layout, grid, _find_headers(path, grid, layout))
    parsed = Parsed(notes=_notes(grid, layout))
    for number, row in enumerate(grid.rows[layout.first_row - 1 :], start=layout.first_row):
        if any(text_of(cell) for cell in row):
            parsed.rows_read += 1
            reader.read_row(number, row, parsed)
    if not parsed.rows_read:
        raise FileRefusedError(path.name, grid.row_place(layout.first_row), "at least one row of data", "none")
    return parsed


def _check_expected(path: Path, grid: Grid, layout: TableLayout) -> None:
    for cell in layout.expected:
        found = grid.text(cell.row, cell.column)
        if found != cell.text:
            raise FileRefusedError(path.name, grid.place(cell.row, cell.column), repr(cell.text), repr(found))


def _header_texts(grid: Grid, layout: TableLayout) -> list[str]:
    texts = [text_of(cell) for cell in grid.rows[layout.header_row - 1]] if len(grid.rows) >= layout.header_row else []
    return [layout.declared_header.get(text, text) for text in texts]


def _find_headers(path: Path, grid: Grid, layout: TableLayout) -> dict[str, int]:
    """Return the column number (from 0) of every needed header; a missing, doubled or otherwise-unit one refuses."""
    texts = _header_texts(grid, layout)
    row_place = grid.row_place(layout.header_row)
    columns: dict[str, int] = {}
    for header in (*layout.row_headers, *layout.carried, *layout.value_headers):
        if texts.count(header) != 1:
            near = ", ".join(map(repr, get_close_matches(header, texts, n=1, cutoff=0.4))) or "none like it"
            found = f"{near} in {len(texts)} columns" if header not in texts else f"it {texts.count(header)} times"
            raise FileRefusedError(path.name, row_place, f"one column {header!r}", found)
        columns[header] = texts.index(header)
    if layout.unit_row is not None:
        _check_units(path, grid, layout, columns, layout.unit_row)
    return columns


def _check_units(path: Path, grid: Grid, layout: TableLayout, columns: Mapping[str, int], unit_row: int) -> None:
    for group in layout.group:
        for column in group.column:
            index, expected = columns[column.header], column.unit or group.unit
            found = grid.text(unit_row, index + 1)
            if found != expected:
                place = grid.place(unit_row, index + 1)
                raise FileRefusedError(path.name, place, f"unit {expected!r} for {column.header!r}", repr(found))


def _notes(grid: Grid, layout: TableLayout) -> list[str]:
    known = {*layout.row_headers, *layout.carried, *layout.value_headers, *layout.ignored, ""}
    texts = _header_texts(grid, layout)
    return [f"column {text!r} is not declared" for text in texts if text not in known] + [
        f"column {text!r} is declared as ignored and is not there" for text in layout.ignored if text not in texts
    ]


@dataclass
class _Prepared:
    """One group with its columns' places in the grid and the series already looked up."""

    group: Group
    columns: list[tuple[int, str, Place]]
    keys: dict[tuple[int, tuple[str, ...]], SeriesKey]


class _Reader:
    """Reads the rows of one grid; holds what is worked out once per file."""

    def __init__(
        self, source: Source, path: Path, catalogue: Catalogue, layout: TableLayout, grid: Grid, headers: dict[str, int]
    ) -> None:
        self.path, self.layout, self.grid, self.headers = path, layout, grid, headers
        self.missing = frozenset(layout.missing)
        self.form = layout.period.reading
        column = layout.period.column
        self.period_index = headers[column] if isinstance(column, str) else column - 1
        self.last_index = max(self.period_index, *headers.values())
        self.when = tuple(headers[header] for header in layout.group[0].when)
        self.lookups = [
            (lookup.part, headers[lookup.header], name_codes(source, catalogue, lookup)) for lookup in layout.lookup
        ]
        self.excluded = [
            (headers[rule.header], frozenset(rule.values), frozenset(rule.columns or layout.value_headers))
            for rule in layout.excluded
        ]
        self.groups = {
            tuple(group.when.values()): _Prepared(
                group,
                [
                    (headers[c.header], c.header, place_column(source, catalogue, group, c, self.form.frequency))
                    for c in group.column
                ],
                {},
            )
            for group in layout.group
        }

    def read_row(self, number: int, row: Row, parsed: Parsed) -> None:
        """Add the facts, rejects and missing cells of one row."""
        if len(row) <= self.last_index:
            parsed.rejects.append(self._reject_row(number, row, f"only {len(row)} cells"))
            return
        left_out = {
            header for index, values, headers in self.excluded if text_of(row[index]) in values for header in headers
        }
        parsed.excluded += len(left_out)
        if left_out.issuperset(self.layout.value_headers):
            return
        prepared = self._group_of(number, row, parsed)
        if prepared is None:
            return
        try:
            period = self.form.read(text_of(row[self.period_index]))
        except PeriodError as error:
            parsed.rejects.append(self._reject_row(number, row, str(error)))
            return
        codes = self._codes(number, row, parsed)
        if codes is not None:
            for position, (index, header, place) in enumerate(prepared.columns):
                if header in left_out:
                    continue
                key = prepared.keys.get((position, codes))
                if key is None:
                    parts: dict[str, str] = {part: code for (part, _, _), code in zip(self.lookups, codes, strict=True)}
                    key = prepared.keys[position, codes] = place.key(parts)
                self._read_cell(number, row, index, header, place, key, period, parsed)

    def _group_of(self, number: int, row: Row, parsed: Parsed) -> _Prepared | None:
        found = tuple(text_of(row[index]) for index in self.when)
        prepared = self.groups.get(found)
        if prepared is None:
            columns = ", ".join(self.layout.group[0].when)
            if self.layout.unmatched == "refuse":
                known = " or ".join(", ".join(texts) for texts in self.groups)
                place = self.grid.row_place(number)
                raise FileRefusedError(self.path.name, place, f"{columns}: {known}", ", ".join(found))
            parsed.rejects.append(self._reject_row(number, row, f"{columns} is not declared: {', '.join(found)}"))
            return None
        self._check_unit_column(number, row, prepared.group)
        return prepared

    def _check_unit_column(self, number: int, row: Row, group: Group) -> None:
        if not self.layout.unit_column:
            return
        index = self.headers[self.layout.unit_column]
        found = text_of(row[index])
        if found != group.unit:
            place = self.grid.place(number, index + 1, self.layout.unit_column)
            raise FileRefusedError(self.path.name, place, f"unit {group.unit!r}", repr(found))

    def _codes(self, number: int, row: Row, parsed: Parsed) -> tuple[str, ...] | None:
        codes = []
        for part, index, known in self.lookups:
            code = known.get(text_of(row[index]))
            if code is None:
                reason = f"{part} {text_of(row[index])!r} is not in the code list"
                parsed.rejects.append(self._reject_row(number, row, reason))
                return None
            codes.append(code)
        return tuple(codes)

    def _read_cell(
        self, number: int, row: Row, index: int, header: str, place: Place, key: SeriesKey, period: int, parsed: Parsed
    ) -> None:
        cell = row[index]
        text = text_of(cell)
        where = self.grid.place(number, index + 1, header)
        if text in self.missing:
            parsed.missing += 1
            parsed.blanks.append(Blank(key, period, place.stored_unit, where, text))
            return
        try:
            value, decimals = place.stored(number_of_cell(cell))
        except NumberError as error:
            parsed.rejects.append(Reject(where, text[:RAW_CHARACTERS], str(error)))
            return
        parsed.facts.append(Fact(key, period, value, place.stored_unit, where, text, decimals))

    def _reject_row(self, number: int, row: Row, reason: str) -> Reject:
        raw = ",".join(text_of(cell) for cell in row)[:RAW_CHARACTERS]
        return Reject(self.grid.row_place(number), raw, reason)
