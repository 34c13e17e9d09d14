"""The rows of a declared table: each cell becomes a fact, a reject, missing or left out by declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from data.catalogue import Catalogue
from data.facts import Blank, Fact, Reject, SeriesKey
from data.loaders.cells import Cell, Names, Row, text_of
from data.loaders.figures import MOST_LIKELY_FRACTIONS
from data.loaders.layout_parts import FIELDS, PERIOD, VALUE
from data.loaders.layouts import Group, TableLayout
from data.loaders.numbers import NumberError
from data.loaders.period_cells import PeriodError, PeriodReading
from data.loaders.placements import Place, name_codes, place_column
from data.loaders.sensitive import SHORTEST, check_text
from data.loaders.shapes import Line, Shape
from data.loaders.source import FileRefusedError, Parsed, Source
from data.loaders.table_columns import (
    SIGNS,
    FigureColumn,
    LeftOut,
    codes_by_name,
    is_first_slot,
    percent_columns,
    watch,
)
from data.periods import Accumulation

RAW_CHARACTERS = 500


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
            (lookup.part, headers[lookup.header], codes_by_name(name_codes(source, catalogue, lookup), lookup.aliases))
            for lookup in layout.lookup
        ]
        values = layout.value_headers
        self.excluded = [LeftOut.of(rule, headers[rule.header], values) for rule in layout.excluded]
        self.groups = {
            tuple(map(self.names.__getitem__, group.when.values())): self._prepared(source, catalogue, group)
            for group in layout.group
        }
        figures = {headers[header] for header in values if header in headers}
        read = {*figures, self.period_index, *(index for _, index, _ in self.lookups), *self.when}
        self.texts = [] if set(layout.allows) == {"personal", "enterprise"} else [
            index for index in range(self.width) if index not in read
        ]  # fmt: skip
        rates = {
            each.index
            for _, columns in self.groups.values()
            for each in columns
            if each.place.figures.percent == "auto"
        }
        self.percents = percent_columns(table, figures, rates)
        self.merged = {
            (row, column)
            for each in self.grid.merged
            if each.bottom >= table.first_row
            for row in range(each.top, min(each.bottom, table.last_row) + 1)
            for column in range(each.left, min(each.right, table.width) + 1)
        }

    def _prepared(self, source: Source, catalogue: Catalogue, group: Group) -> tuple[Group, list[FigureColumn]]:
        columns = [each for each in group.column if each.header in self.headers]
        frequency = self.form.frequency
        return group, [
            FigureColumn(
                self.headers[each.header], each.header, place_column(source, catalogue, group, each, frequency)
            )
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
        count = sum(1 for header in left_out if self._has_cell(line, header))
        if left_out and left_out.issuperset(self.layout.value_headers):
            parsed.excluded += count
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
        parsed.excluded += count
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

    def _group_of(self, line: Line, parsed: Parsed) -> list[FigureColumn] | None:
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
        column: FigureColumn,
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
            value, decimals, status = place.figures.read(cell, beside_percents=self._is_unclear(column, cell))
        except NumberError as error:
            parsed.rejects.append(Reject(where, text[:RAW_CHARACTERS], str(error)))
            return
        if place.figures.percent == "auto":
            watch(column, cell, value)
        parsed.facts.append(Fact(key, period, value, place.stored_unit, where, text, decimals, status))

    def _is_unclear(self, column: FigureColumn, cell: Cell) -> bool:
        if column.place.figures.percent != "auto" or (isinstance(cell, str) and cell.rstrip().endswith(SIGNS)):
            return False
        return self.percents.makes_unclear(column.index, cell)

    def _key(self, column: FigureColumn, codes: tuple[str, ...], period: int, told: Accumulation | None) -> SeriesKey:
        """Return the series of a cell; a period whose text contradicts the declared accumulation is an error."""
        accumulation = column.place.accumulation
        if accumulation == "period":
            accumulation = told or Accumulation.SINGLE
        elif told is not None and accumulation != told and not is_first_slot(column.place, period):
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
