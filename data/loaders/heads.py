"""The head of a table: which row begins it, what its header rows say, and the texts above it.

Header cells that are merged hold for all the cells they cover; names are compared in their canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from data.loaders.cells import Cell, Row, canonical, text_of
from data.loaders.grids import Grid
from data.loaders.layout_parts import FILE, SHEET, Capture
from data.loaders.layouts import TableLayout
from data.loaders.source import FileRefusedError

SEARCHED_ROWS = 60  # for an anchor, a captured text, an expected text
JOINT = "/"


@dataclass(frozen=True)
class Head:
    """The header of a table: for each column its name, its period and its unit, as far as there is one."""

    first_row: int
    names: tuple[str, ...]
    periods: tuple[str, ...]
    units: tuple[str, ...]
    captured: Mapping[str, str] = field(default_factory=dict)
    last_row: int = 0


def read_head(file_name: str, grid: Grid, layout: TableLayout) -> Head:
    """Read the head of one grid; what is not as declared raises ``FileRefusedError``."""
    first = layout.header_row or _anchored(file_name, grid, layout)
    rows = [_header_row(grid, first + offset, layout, offset) for offset in range(len(layout.levels))]
    width = max((len(row) for row in rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    _check_expected(file_name, grid, layout, first)
    captured = {each.name: _captured(file_name, grid, each, first) for each in layout.capture}
    captured |= {SHEET: grid.sheet, FILE: grid.member or file_name}
    below = first + len(layout.levels)
    if layout.unit_row is not None:
        units = _header_row(grid, layout.unit_row, layout, len(layout.levels))
        below = max(below, layout.unit_row + 1)
    else:
        units = _joined(rows, layout, "unit", width)
    names = _joined(rows, layout, "figure", width)
    periods = _joined(rows, layout, "period", width)
    if layout.has_periods_in_header:
        names = _names_beside_periods(rows, layout, names)
    return Head(first, tuple(names), tuple(periods), tuple(units), captured, below - 1)


def _anchored(file_name: str, grid: Grid, layout: TableLayout) -> int:
    wanted = {canonical(layout.anchor), *(canonical(each) for each in layout.aliases.get(layout.anchor, ()))}
    found = [
        number
        for number, row in enumerate(grid.rows[:SEARCHED_ROWS], start=1)
        if any(canonical(text_of(cell)) in wanted for cell in row if isinstance(cell, str))
    ]
    if len(found) != 1:
        where = f"the first {SEARCHED_ROWS} rows{' of ' + grid.sheet if grid.sheet else ''}"
        rows = f"in rows {', '.join(map(str, found))}" if found else "in none"
        raise FileRefusedError(file_name, where, f"one row with the header {layout.anchor!r}", rows)
    return found[0]


def _header_row(grid: Grid, number: int, layout: TableLayout, offset: int) -> list[str]:
    """Return the texts of a header row, with merged cells and, where declared, blank ones filled."""
    cells: list[Cell] = list(grid.rows[number - 1]) if number <= len(grid.rows) else []
    for each in grid.merged:
        if each.top <= number <= each.bottom:
            cells += [None] * (each.right - len(cells))
            top = grid.rows[each.top - 1] if each.top <= len(grid.rows) else ()
            value = top[each.left - 1] if each.left <= len(top) else None
            cells[each.left - 1 : each.right] = [value] * (each.right - each.left + 1)
    texts = [header_text(cell) for cell in cells]
    if layout.fill_right and offset < len(layout.levels) - 1:
        for index in range(1, len(texts)):
            texts[index] = texts[index] or texts[index - 1]
    return texts


def header_text(cell: Cell) -> str:
    """Return the canonical text of a header; a whole number (the year 2023) without a point."""
    return canonical(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else text_of(cell))


def _joined(rows: list[list[str]], layout: TableLayout, level: str, width: int) -> list[str]:
    """Join what the header rows of one level say, column by column; what is said twice counts once."""
    joint = "" if level == "period" else JOINT
    chosen = [row for row, each in zip(rows, layout.levels, strict=True) if each == level]
    return [joint.join(_once([row[index] for row in chosen])) for index in range(width)]


def _once(texts: list[str]) -> Iterator[str]:
    last = ""
    for text in texts:
        if text and text != last:
            yield text
        last = text


def _names_beside_periods(rows: list[list[str]], layout: TableLayout, names: list[str]) -> list[str]:
    """Return the names of the columns that are no periods from whichever header row they stand in."""
    declared = {canonical(each) for each in (*layout.row_headers, *layout.carried, *layout.ignored)}
    declared |= layout.declared_header.keys()
    every = [JOINT.join(_once([row[index] for row in rows])) for index in range(len(names))]
    return [whole if whole in declared else name for whole, name in zip(every, names, strict=True)]


def _check_expected(file_name: str, grid: Grid, layout: TableLayout, first: int) -> None:
    for each in layout.expected:
        if each.row is not None and each.column is not None:
            found = grid.text(each.row, each.column)
            if found != each.text:
                raise FileRefusedError(file_name, grid.place(each.row, each.column), repr(each.text), repr(found))
        elif all(canonical(text) != canonical(each.text) for _, _, text in _texts_above(grid, first)):
            raise FileRefusedError(file_name, f"the rows above {grid.row_place(first)}", repr(each.text), "it nowhere")


def _captured(file_name: str, grid: Grid, capture: Capture, first: int) -> str:
    if capture.row is not None and capture.column is not None:
        texts = [grid.text(capture.row, capture.column)]
        place = grid.place(capture.row, capture.column)
    else:
        texts = [text for _, _, text in _texts_above(grid, first)]
        place = f"the rows above {grid.row_place(first)}"
    found = {match[1].strip() for text in texts if (match := re.search(capture.pattern, text))}
    if len(found) != 1:
        said = " and ".join(sorted(map(repr, found))) or "none"
        raise FileRefusedError(file_name, place, f"one text like {capture.pattern!r} ({capture.name})", said)
    return found.pop()


def _texts_above(grid: Grid, first: int) -> Iterator[tuple[int, int, str]]:
    rows: list[Row] = list(grid.rows[: first - 1])
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        for index, cell in enumerate(row, start=1):
            if isinstance(cell, str) and cell.strip():
                yield number, index, cell
