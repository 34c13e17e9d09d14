"""Any declared layout laid out as one plain table: a header, and lines whose cells still know where they stand.

Periods in the header become lines of their own, merged and filled-down labels stand in every row they hold for,
captured texts stand beside every row, and the notes below the table are cut off by the declared rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.facts import Reject
from data.loaders.archives import CUT
from data.loaders.cells import Cell, Row, canonical, text_of
from data.loaders.grids import Grid
from data.loaders.heads import Head, read_head
from data.loaders.layout_parts import PERIOD, VALUE
from data.loaders.layouts import TableLayout
from data.loaders.numbers import NumberError, number_of_cell
from data.loaders.period_cells import PeriodError
from data.loaders.source import FileRefusedError

HEAD_ROWS = 4  # rows between the header and the first figures (codes, numbering) that may be passed over


class Line(NamedTuple):
    """One row of a plain table: its number in the file, its cells, and the column of each (``None``: as they stand)."""

    number: int
    cells: Row
    columns: Sequence[int] | None = None


@dataclass
class Shape:
    """One grid as a plain table. ``headers`` are canonical; those beyond ``width`` are no columns of the file."""

    file_name: str
    grid: Grid
    layout: TableLayout
    head: Head
    headers: list[str]
    units: Mapping[str, tuple[str, int]]  # header -> unit in the header rows, and its column
    notes: list[str]
    rejects: list[Reject]
    first_row: int
    last_row: int
    numbers: int = 0

    @property
    def width(self) -> int:
        """How many columns the header of the file has."""
        return len(self.head.names)

    def lines(self) -> Iterator[Line]:
        """Give the lines of the table; blank rows are passed over."""
        extra = tuple(self.head.captured.values())
        fills = self._filled_columns()
        carried: dict[int, Cell] = {}
        for number in range(self.first_row, self.last_row + 1):
            row = self.grid.rows[number - 1]
            if not any(text_of(cell) for cell in row):
                continue
            if len(row) < self.width and not self.grid.is_csv:
                row = (*row, *[None] * (self.width - len(row)))
            if fills:
                row = _filled(row, fills.get(number, {}), fills.get(0, {}), carried)
            if self.layout.has_periods_in_header:
                yield from self._unpivoted(number, row, extra)
            else:
                yield Line(number, self._padded(row, extra) if self.needs_extra else row)

    @property
    def needs_extra(self) -> bool:
        """Whether a row needs the captured texts beside it."""
        return bool(self.head.captured.keys() & {*self.layout.row_headers})

    def _padded(self, row: Row, extra: Sequence[str]) -> Row:
        if self.grid.is_csv and len(row) < self.width:
            return row  # a line with too few cells is told as such
        return (*row[: self.width], *[None] * (self.width - len(row)), *extra, *row[self.width :])

    # --- labels that hold for several rows

    def _filled_columns(self) -> dict[int, dict[int, Cell]]:
        """Return for each row the labels merged cells give it, and under 0 the columns that are filled down."""
        names = [self.layout.declared_header.get(name, name) for name in self.head.names]
        down = {canonical(each) for each in self.layout.fill_down}
        found: dict[int, dict[int, Cell]] = {}
        if down:
            found[0] = {index: None for index, name in enumerate(names) if canonical(name) in down}
        values = {canonical(each) for each in self.layout.value_headers}
        for each in self.grid.merged:
            if each.bottom < self.first_row or each.top > self.last_row or each.left > self.width:
                continue
            top = self.grid.rows[each.top - 1] if each.top <= len(self.grid.rows) else ()
            label = top[each.left - 1] if each.left <= len(top) else None
            index = each.left - 1
            is_label = not self.head.periods[index] if self.layout.has_periods_in_header else names[index] not in values
            for number in range(each.top, each.bottom + 1) if is_label else ():
                found.setdefault(number, {})[index] = label
        return found

    # --- periods in the header

    def _label_columns(self) -> list[int]:
        known = {canonical(each) for each in (*self.layout.row_headers, *self.layout.carried, *self.layout.ignored)}
        names = [canonical(self.layout.declared_header.get(name, name)) for name in self.head.names]
        return [
            index
            for index, (name, period) in enumerate(zip(names, self.head.periods, strict=True))
            if name in known or not period
        ]

    def _period_columns(self, labels: set[int]) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for index, period in enumerate(self.head.periods):
            if index in labels or self._is_empty(index, period):
                continue
            name = self.head.names[index] if "figure" in self.layout.levels else VALUE
            figures = found.setdefault(period, {})
            if name in figures:
                place = self.grid.place(self.head.first_row, index + 1)
                raise FileRefusedError(self.file_name, place, f"one column {name!r} for {period!r}", "two")
            figures[name] = index
        return found

    def _is_empty(self, index: int, period: str) -> bool:
        """Tell whether a column is none of the table: no period above it, and nothing in it."""
        if _reads_as_period(self.layout, period):
            return False
        return not any(text_of(row[index]) for row in self.grid.rows[self.first_row - 1 :] if index < len(row))

    def _unpivoted(self, number: int, row: Row, extra: Sequence[str]) -> Iterator[Line]:
        labels = self.labels
        if self.grid.is_csv and len(row) != self.width and not _differs_in_blanks(row, self.width):
            raw = ",".join(text_of(cell) for cell in row)
            reason = f"{len(row)} cells under {self.width} headers"
            self.rejects.append(Reject(self.grid.row_place(number), raw[:500], reason))
            return
        padded = (*row, *[None] * (self.width - len(row)))
        own = [padded[index] for index in labels]
        figures = self.headers[len(labels) + len(extra) + 1 :]
        for period, columns in self.periods.items():
            places = [columns.get(name, -1) for name in figures]
            cells = (*own, *extra, period, *(padded[index] if index >= 0 else None for index in places))
            where = (*(index + 1 for index in labels), *[1] * (len(extra) + 1), *(index + 1 for index in places))
            yield Line(number, cells, where)

    def __post_init__(self) -> None:
        """Work out once which columns are labels and which are periods."""
        self.labels: list[int] = []
        self.periods: dict[str, dict[str, int]] = {}  # period -> name of the figure -> column
        if self.layout.has_periods_in_header:
            self.labels = self._label_columns()
            self.periods = self._period_columns(set(self.labels))


def _filled(row: Row, merged: Mapping[int, Cell], down: Mapping[int, Cell], carried: dict[int, Cell]) -> Row:
    cells = [*row, *[None] * (max((*merged, *down), default=-1) + 1 - len(row))]
    for index, label in merged.items():
        cells[index] = label
    for index in down:
        if text_of(cells[index]):
            carried[index] = cells[index]
        else:
            cells[index] = carried.get(index)
    return cells


def _differs_in_blanks(row: Row, width: int) -> bool:
    return len(row) > width and not any(text_of(cell) for cell in row[width:])


def shape(file_name: str, grid: Grid, layout: TableLayout) -> Shape:
    """Lay out one grid as a plain table; a head or an end that is not as declared raises ``FileRefusedError``."""
    head = read_head(file_name, grid, layout)
    names = [canonical(layout.declared_header.get(name, name)) for name in head.names]
    first = layout.first_row or head.last_row + 1
    result = Shape(file_name, grid, layout, head, names, {}, [*grid.notes], [], first, len(grid.rows))
    result.headers = _headers(result, names)
    result.units = {
        name: (unit, index + 1) for index, (name, unit) in enumerate(zip(names, head.units, strict=False)) if name
    }
    values = _value_columns(result)
    if layout.first_row is None and not layout.has_periods_in_header:
        result.first_row = _first_data_row(result, values)
    _cut_notes(result, values)
    _check_end(result)
    return result


def _headers(result: Shape, names: list[str]) -> list[str]:
    extra = [canonical(name) for name in result.head.captured]
    if not result.layout.has_periods_in_header:
        return [*names, *extra] if result.needs_extra else names
    figures = dict.fromkeys(name for columns in result.periods.values() for name in columns)
    return [*(names[index] for index in result.labels), *extra, canonical(PERIOD), *figures]


def _value_columns(result: Shape) -> list[int]:
    if result.layout.has_periods_in_header:
        return [index for columns in result.periods.values() for index in columns.values()]
    wanted = {canonical(each) for each in result.layout.value_headers}
    return [index for index, name in enumerate(result.headers) if name in wanted]


def _is_number(cell: Cell) -> bool:
    try:
        number_of_cell(cell)
    except NumberError:
        return False
    return True


def _has_figure(row: Row, values: Sequence[int]) -> bool:
    return any(index < len(row) and _is_number(row[index]) for index in values)


def _first_data_row(result: Shape, values: Sequence[int]) -> int:
    """Return the first row below the header that has a figure or a period; codes and numbering are passed over."""
    column, rows = result.layout.period.column, result.grid.rows
    index = column - 1 if isinstance(column, int) else _index(result.headers, canonical(column))
    passed: list[int] = []
    for number in range(result.first_row, min(result.first_row + HEAD_ROWS, len(rows)) + 1):
        row = rows[number - 1] if number <= len(rows) else ()
        cell = row[index] if index is not None and index < len(row) else None
        if _has_figure(row, values) or (cell is not None and _reads_as_period(result.layout, cell)):
            break
        if any(text_of(each) for each in row):
            passed.append(number)
    else:
        return result.first_row
    if passed:
        result.notes.append(f"rows {', '.join(map(str, passed))} below the header hold no figure and are not read")
    return number


def _index(headers: Sequence[str], name: str) -> int | None:
    return headers.index(name) if name in headers else None


def _reads_as_period(layout: TableLayout, cell: Cell) -> bool:
    try:
        layout.period.reading.read_cell(cell)
    except PeriodError:
        return False
    return True


def _cut_notes(result: Shape, values: Sequence[int]) -> None:
    """End the table where its notes begin; a figure that stands below them is rejected, so that none is lost."""
    begins = tuple(canonical(each) for each in result.layout.notes_below)
    rows = result.grid.rows
    for number in range(result.first_row, len(rows) + 1) if begins else ():
        first = next((text for cell in rows[number - 1] if (text := text_of(cell))), "")
        if canonical(first).startswith(begins):
            result.last_row = number - 1
            break
    for number in range(result.last_row + 1, len(rows) + 1):
        row = rows[number - 1]
        if _has_figure(row, values):
            raw = ",".join(text_of(cell) for cell in row)
            result.rejects.append(Reject(result.grid.row_place(number), raw[:500], "it stands below the notes"))


def _check_end(result: Shape) -> None:
    """Refuse a table that lacks its declared last row or has other than the declared number of rows, or a cut line."""
    grid, layout = result.grid, result.layout
    filled = [n for n in range(result.first_row, result.last_row + 1) if any(text_of(c) for c in grid.rows[n - 1])]
    expected: int | None = layout.rows
    if layout.footer:
        last = grid.rows[filled[-1] - 1] if filled else ()
        first = next((text for cell in last if (text := text_of(cell))), "")
        match = re.fullmatch(layout.footer, first)
        if match is None:
            raise FileRefusedError(result.file_name, "the end of the table", f"{CUT} ({layout.footer!r})", repr(first))
        result.last_row = filled.pop() - 1
        expected = int(match[1]) if match.re.groups and match[1] and match[1].isdecimal() else expected
    if expected is not None and len(filled) != expected:
        raise FileRefusedError(result.file_name, "the table", f"{expected} rows / {CUT}", f"{len(filled)} rows")
    result.numbers = len(filled)
    if grid.is_csv and filled and not layout.footer:
        _check_last_line(result, filled[-1])


def _check_last_line(result: Shape, number: int) -> None:
    """Refuse a CSV whose last line has too few cells, or ends without a line break inside what may be half a cell."""
    row = result.grid.rows[number - 1]
    needed = max((index for index, name in enumerate(result.head.names) if name), default=-1) + 1
    if len(row) < needed:
        found = f"{len(row)} cells under {needed} headers; if it is a note, declare notes_below / 末行不完整"
        raise FileRefusedError(result.file_name, result.grid.row_place(number), CUT, found)
    if result.grid.ends_in_break or not result.layout.last_line_break or number != len(result.grid.rows):
        return
    layout = result.layout
    last = result.headers[len(row) - 1] if len(row) <= result.width and not layout.has_periods_in_header else VALUE
    proven = {canonical(each) for each in (layout.unit_column, *layout.group[0].when)}
    figures = {VALUE, *(canonical(each) for each in (*layout.row_headers, *layout.value_headers))}
    if last in proven or last not in figures:
        return
    found = (
        "a last line without a line break, which may be half a number; if this publisher never writes one, "
        "declare last_line_break = false / 末行没有换行符，数字可能被截断"
    )
    raise FileRefusedError(result.file_name, result.grid.row_place(number), CUT, found)
