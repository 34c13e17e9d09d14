"""Where the periods of an unknown table stand: down a column, along a header row, in two header rows, or in a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.loaders.cells import Cell, text_of
from data.loaders.grids import Grid
from data.loaders.heads import header_text
from data.loaders.period_cells import FORMS, PeriodError

SAMPLE = 60  # cells that tell the form
LEAST = 3  # periods that make an axis
SEARCHED_COLUMNS, SEARCHED_ROWS = 6, 30
# In this order: what is narrower comes first, so that 2023-06-15 is told from any day.
ORDER = (
    "month", "month_with_m", "month_zh", "quarter_zh", "quarter", "quarter_q", "year_zh", "month_dotted", "month_slash",
    "month_name", "middle_of_month", "middle_of_year", "month_of_date", "day", "year", "month_digits",
    "quarter_letter", "quarter_first", "month_dotted_number",
)  # fmt: skip
TITLE = re.compile(r"([0-9]{4}年(?:[0-9]{1,2}[-—–至])?[0-9]{1,2}月|[0-9]{4}年[一二三四]季度|[0-9]{4}年(?=[^0-9]|$))")


@dataclass(frozen=True)
class Axis:
    """``kind`` is column, rows (one or two header rows) or title; ``count`` how many periods stand there."""

    kind: str
    form: str
    count: int
    first_row: int
    index: int = 0  # of the column, or the header row (from 1)
    rows: int = 1  # header rows the period is put together from
    text: str = ""  # the period in a title


def form_of(cells: Sequence[Cell]) -> tuple[str, int]:
    """Return the form that reads most cells, and how many; ``("", 0)`` if none reads any."""
    sample = [cell for cell in cells if cell is not None][:SAMPLE]
    counts = {name: sum(1 for cell in sample if _reads(name, cell)) for name in ORDER}
    best = max(ORDER, key=lambda name: counts[name])
    if not counts[best]:
        return "", 0
    return best, sum(1 for cell in cells if _reads(best, cell))


def _reads(name: str, cell: Cell) -> bool:
    if cell is None or (isinstance(cell, int | float) and name not in ("year", "month_dotted_number", "month_digits")):
        return False
    try:
        reading = FORMS[name].read_cell(cell)
    except PeriodError:
        return False
    return not (name in ("year", "month_digits") and not 1900 * 12 <= reading.period < 2101 * 12)


def find_axis(grid: Grid) -> Axis | None:
    """Return where the periods stand; ``None`` if nowhere."""
    found = [*_in_columns(grid), *_in_rows(grid)]
    if found:
        return max(found, key=lambda axis: (axis.count, axis.rows))
    for number, row in enumerate(grid.rows[:SEARCHED_ROWS], start=1):
        for cell in row:
            match = TITLE.search(text_of(cell)) if isinstance(cell, str) else None
            if match and form_of([match[1]])[1]:
                return Axis("title", form_of([match[1]])[0], 1, number, text=match[1])
    return None


def _in_columns(grid: Grid) -> list[Axis]:
    found = []
    for index in range(SEARCHED_COLUMNS):
        cells = [row[index] if index < len(row) else None for row in grid.rows]
        form, count = form_of(cells)
        if count >= LEAST:
            first = next(number for number, cell in enumerate(cells, start=1) if _reads(form, cell))
            found.append(Axis("column", form, count, first, index))
    return found


def _in_rows(grid: Grid) -> list[Axis]:
    found = []
    texts = [[header_text(cell) for cell in _merged_row(grid, number)] for number in range(1, SEARCHED_ROWS + 1)]
    for number, row in enumerate(texts[: len(grid.rows)], start=1):
        form, count = form_of([cell or None for cell in dict.fromkeys(row)])
        if count >= LEAST:
            found.append(Axis("rows", form, count, number + 1, number))
        above = texts[number - 2] if number > 1 else []
        if above:
            joined = [f"{a}{b}" for a, b in zip(_filled(above), row, strict=False) if b]
            form, count = form_of([*dict.fromkeys(joined)])
            if count >= LEAST:
                found.append(Axis("rows", form, count, number + 1, number - 1, 2))
    return found


def _filled(texts: Sequence[str]) -> list[str]:
    last, filled = "", []
    for text in texts:
        last = text or last
        filled.append(last)
    return filled


def _merged_row(grid: Grid, number: int) -> list[Cell]:
    if number > len(grid.rows):
        return []
    cells = list(grid.rows[number - 1])
    for each in grid.merged:
        if each.top <= number <= each.bottom and each.top <= len(grid.rows):
            top = grid.rows[each.top - 1]
            cells += [None] * (each.right - len(cells))
            value = top[each.left - 1] if each.left <= len(top) else None
            cells[each.left - 1 : each.right] = [value] * (each.right - each.left + 1)
    return cells
