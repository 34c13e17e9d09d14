"""The rows of a declared table: each cell becomes a fact, a reject, missing or left out by declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.catalogue import Catalogue
from data.facts import Blank, Fact, Reject, SeriesKey
from data.loaders.cells import Cell, Names, Row, Shown, canonical, is_scaled, text_of
from data.loaders.figures import MOST_LIKELY_FRACTIONS
from data.loaders.layout_parts import FIELDS, PERIOD, VALUE, Excluded
from data.loaders.layouts import Group, TableLayout
from data.loaders.numbers import NumberError
from data.loaders.period_cells import PeriodError, PeriodReading
from data.loaders.placements import Place, name_codes, place_column
from data.loaders.sensitive import SHORTEST, check_text
from data.loaders.shapes import Line, Shape
from data.loaders.source import FileRefusedError, Parsed, Source
from data.periods import Accumulation, month_of

RAW_CHARACTERS = 500
FEBRUARY = 2


@dataclass
class _Column:
    """One column of figures of a group: where it stands, where its figures go, and what was seen in it."""

    index: int
    header: str
    place: Place
    keys: dict[tuple[str, ...], SeriesKey] = field(default_factory=dict)
    count: int = 0
    largest: float = 0.0


@dataclass(frozen=True)
class _Rule:
    """One rule of rows or cells to leave out."""

    index: int
    values: frozenset[str]
    pattern: re.Pattern[str] | None
    headers: frozenset[str]

    @classmethod
    def of(cls, rule: Excluded, index: int, headers: tuple[str, ...]) -> _Rule:
        pattern = re.compile(rule.pattern) if rule.pattern else None
        return cls(index, frozenset(map(canonical, rule.values)), pattern, frozenset(rule.columns or headers))

    def holds(self, text: str) -> bool:
        return text in self.values or (self.pattern is not None and self.pattern.fullmatch(text) is not None)


class TableReader:
    """Reads the lines of one table; holds what is worked out once per table."""

    def __init__(
        self,
        source: Source,
        path: Path,
        catalogue: Catalogue,
        layout: TableLayout,
        table: Shape,
        headers: Mapping[str, int],
    ) -> None:
        self.path, self.layout, self.table, self.grid, self.headers = path, layout, table, table.grid, headers
        self.notes: list[str] = []
        self.missing = frozenset(layout.missing)
        self.form = layout.period.reading
        self.names = Names({other: name for name, others in layout.names.items() for other in others})
        self.periods: dict[Cell, PeriodReading] = {}
        column = layout.period.column
        self.period_index = headers[column] if isinstance(column, str) and column else -1
        if isinstance(column, int):
            self.period_index = column - 1
        self.last_index = max(self.period_index, *headers.values(), 0)
        self.width = len(table.headers)
        self.when = tuple(headers[header] for header in layout.group[0].when)
        self.lookups = [
            (lookup.part, headers[lookup.header], _codes_by_name(name_codes(source, catalogue, lookup), lookup.aliases))
            for lookup in layout.lookup
        ]
        values = layout.value_headers
        self.excluded = [_Rule.of(rule, headers[rule.header], values) for rule in layout.excluded]
        self.groups = {
            tuple(map(self.names.__getitem__, group.when.values())): self._prepared(source, catalogue, group)
            for group in layout.group
        }
        figures = {headers[header] for header in values if header in headers}
        read = {*figures, self.period_index, *(index for _, index, _ in self.lookups), *self.when}
        self.texts = [] if set(layout.allows) == {"personal", "enterprise"} else [
            index for index in range(self.width) if index not in read
        ]  # fmt: skip
        self.percents = _percent_columns(table, figures) if not self.grid.is_csv else frozenset()
        self.merged = {
            (row, column)
            for each in self.grid.merged
            if each.bottom >= table.first_row
            for row in range(each.top, min(each.bottom, table.last_row) + 1)
            for column in range(each.left, min(each.right, table.width) + 1)
        }

    def _prepared(self, source: Source, catalogue: Catalogue, group: Group) -> tuple[Group, list[_Column]]:
        columns = [each for each in group.column if each.header in self.headers]
        frequency = self.form.frequency
        return group, [
            _Column(self.headers[each.header], each.header, place_column(source, catalogue, group, each, frequency))
            for each in columns
        ]

    def read_line(self, line: Line, parsed: Parsed) -> None:
        """Add the facts, rejects and missing cells of one line."""
        row = line.cells
        if len(row) <= self.last_index:
            parsed.rejects.append(self._reject_row(line, f"only {len(row)} cells"))
            return
        if self.texts:
            self._check_texts(line)
        if self.grid.is_csv and len(row) > self.width and any(map(text_of, row[self.width :])):
            parsed.rejects.append(self._reject_row(line, f"{len(row)} cells under {self.width} headers"))
            return
        left_out = self._left_out(row)
        parsed.excluded += sum(1 for header in left_out if self._has_cell(line, header))
        if left_out and left_out.issuperset(self.layout.value_headers):
            return
        prepared = self._group_of(line, parsed)
        if prepared is None:
            return
        try:
            period, told = self._period_of(row)
        except PeriodError as error:
            parsed.rejects.append(self._reject_row(line, str(error)))
            return
        codes = self._codes(line, parsed)
        if codes is None:
            return
        for column in prepared:
            if column.header not in left_out:
                self._read_cell(line, column, codes, period, told, parsed)

    def _has_cell(self, line: Line, header: str) -> bool:
        """Tell whether the line has a cell of this header; a period may lack a figure that others have."""
        index = self.headers.get(header, -1)
        return index >= 0 and (line.columns is None or line.columns[index] > 0)

    def _figures_of(self, line: Line) -> int:
        return sum(1 for header in self.layout.value_headers if self._has_cell(line, header))

    def _left_out(self, row: Row) -> set[str]:
        names = self.names
        return {
            header for rule in self.excluded if rule.holds(names[text_of(row[rule.index])]) for header in rule.headers
        }

    def _check_texts(self, line: Line) -> None:
        for index in self.texts:
            text = text_of(line.cells[index]) if index < len(line.cells) else ""
            if len(text) >= SHORTEST:
                check_text(self.path.name, self._place(line, index), text, self.layout.allows)

    def _period_of(self, row: Row) -> PeriodReading:
        cell: Cell = row[self.period_index] if self.period_index >= 0 else self._period_text(row)
        found = self.periods.get(cell)
        if found is None:
            found = self.form.read_cell(cell, from_1904=self.grid.from_1904)
            self.periods[cell] = found
        return found

    def _period_text(self, row: Row) -> str:
        pattern = self.layout.period.text or "{period}"

        def said(match: re.Match[str]) -> str:
            cell = row[self.headers[self.layout.header_of_field(match[1])]]
            return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else text_of(cell)

        return FIELDS.sub(said, pattern)

    def _group_of(self, line: Line, parsed: Parsed) -> list[_Column] | None:
        row = line.cells
        found = tuple(self.names[text_of(row[index])] for index in self.when)
        prepared = self.groups.get(found)
        if prepared is not None:
            self._check_unit_column(line, prepared[0])
            return prepared[1]
        columns = ", ".join(self.layout.group[0].when)
        if self.layout.unmatched == "exclude":
            parsed.excluded += self._figures_of(line)
        elif self.layout.unmatched == "refuse":
            known = " or ".join(", ".join(texts) for texts in self.groups)
            place = self.grid.row_place(line.number)
            raise FileRefusedError(self.path.name, place, f"{columns}: {known}", ", ".join(found))
        else:
            parsed.rejects.append(self._reject_row(line, f"{columns} is not declared: {', '.join(found)}"))
        return None

    def _check_unit_column(self, line: Line, group: Group) -> None:
        if not self.layout.unit_column:
            return
        index = self.headers[self.layout.unit_column]
        found = text_of(line.cells[index])
        if self.names[found] != self.names[group.unit or ""]:
            place = self._place(line, index, self.layout.unit_column)
            raise FileRefusedError(self.path.name, place, f"unit {group.unit!r}", repr(found))

    def _codes(self, line: Line, parsed: Parsed) -> tuple[str, ...] | None:
        codes = []
        for part, index, known in self.lookups:
            text = text_of(line.cells[index])
            code = known.get(self.names[text])
            if code is None:
                parsed.rejects.append(self._reject_row(line, f"{part} {text!r} is not in the code list"))
                return None
            codes.append(code)
        return tuple(codes)

    def _read_cell(
        self,
        line: Line,
        column: _Column,
        codes: tuple[str, ...],
        period: int,
        told: Accumulation | None,
        parsed: Parsed,
    ) -> None:
        if line.columns is not None and line.columns[column.index] < 1:
            return  # this period has no column of this name
        cell = line.cells[column.index]
        place, text = column.place, text_of(cell)
        where = self._place(line, column.index, column.header)
        try:
            key = self._key(column, codes, period, told)
            if text in self.missing:
                parsed.missing += 1
                parsed.blanks.append(Blank(key, period, place.stored_unit, where, text))
                return
            if text in self.layout.status:
                parsed.facts.append(self._without_value(key, period, place, where, text))
                return
            if self.merged and (line.number, self._file_column(line, column.index)) in self.merged:
                raise NumberError("the figure stands in merged cells, so that it is not clear which it is for")
            value, decimals, status = place.figures.read(cell, beside_percents=column.index in self.percents)
        except NumberError as error:
            parsed.rejects.append(Reject(where, text[:RAW_CHARACTERS], str(error)))
            return
        if place.figures.percent == "auto":
            _watch(column, cell, value)
        parsed.facts.append(Fact(key, period, value, place.stored_unit, where, text, decimals, status))

    def _key(self, column: _Column, codes: tuple[str, ...], period: int, told: Accumulation | None) -> SeriesKey:
        """Return the series of a cell; a period whose text contradicts the declared accumulation is an error."""
        accumulation = column.place.accumulation
        if accumulation == "period":
            accumulation = told or Accumulation.SINGLE
        elif told is not None and accumulation != told and not _is_first_slot(column.place, period):
            raise NumberError(f"the period is a stretch (累计), the column is declared as {accumulation}")
        key = column.keys.get((accumulation, *codes))
        if key is None:
            parts: dict[str, str] = {part: code for (part, _, _), code in zip(self.lookups, codes, strict=True)}
            key = column.keys[accumulation, *codes] = column.place.key(parts, Accumulation(accumulation))
        return key

    def _without_value(self, key: SeriesKey, period: int, place: Place, where: str, text: str) -> Fact:
        status = self.layout.status[text]
        obs_status, conf_status = ("A", "C") if status == "C" else (status, "F")
        return Fact(
            key, period, None, place.stored_unit, where, text, None, obs_status=obs_status, conf_status=conf_status
        )

    def finish(self) -> None:
        """Refuse a column of rates that are all below one: whether they are per cent or fractions must be declared."""
        for _, columns in self.groups.values():
            for column in columns:
                if column.count >= MOST_LIKELY_FRACTIONS and 0 < column.largest < 1:
                    raise FileRefusedError(
                        self.path.name,
                        f"column {column.header}",
                        "per cent; declare percent = points (0.05 is 0.05 %) or fraction (5 %) / 请声明百分比写法",
                        f"{column.count} figures that are all below 1",
                    )

    def _file_column(self, line: Line, index: int) -> int:
        return index + 1 if line.columns is None else line.columns[index]

    def _place(self, line: Line, index: int, header: str = "") -> str:
        if line.columns is not None and self.grid.is_csv and header:
            period = text_of(line.cells[self.headers[PERIOD]])
            header = period if header == VALUE else f"{period}/{header}"
        return self.grid.place(line.number, self._file_column(line, index), header)

    def _reject_row(self, line: Line, reason: str) -> Reject:
        raw = ",".join(text_of(cell) for cell in line.cells)[:RAW_CHARACTERS]
        check_text(self.path.name, self.grid.row_place(line.number), raw, self.layout.allows)
        return Reject(self.grid.row_place(line.number), raw, reason)


def _codes_by_name(codes: Mapping[str, str], aliases: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    known = {canonical(name): code for name, code in codes.items()}
    known |= {canonical(other): known[canonical(name)] for name, others in aliases.items() for other in others}
    return known


def _is_first_slot(place: Place, period: int) -> bool:
    """Tell whether the period is 1–2月 of an indicator that has no January: 当期 and 累计 are the same figure there."""
    return place.indicator.combined_january_february and month_of(period) == FEBRUARY


def _watch(column: _Column, cell: Cell, value: float) -> None:
    if isinstance(cell, Shown) or (isinstance(cell, str) and cell.rstrip().endswith(("%", "％"))):
        column.largest = 1.0  # it is said how the rates are written
    column.count += 1
    column.largest = max(column.largest, abs(value))


def _percent_columns(table: Shape, figures: set[int]) -> frozenset[int]:
    """Return the columns of figures with a cell of a per-cent format, and note the formats that show another scale."""
    found: set[int] = set()
    scaled: set[str] = set()
    for line in table.lines():
        for index in figures:
            cell = line.cells[index] if index < len(line.cells) else None
            if isinstance(cell, Shown):
                if cell.is_percent:
                    found.add(index)
                if is_scaled(cell.format):
                    scaled.add(table.headers[index])
    table.notes.extend(
        f"column {name!r} is shown in another scale than stored; the stored value is read" for name in sorted(scaled)
    )
    return frozenset(found)
