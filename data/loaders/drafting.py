"""A first declaration for an unknown workbook or CSV: what can be seen is written down, what must be decided is TODO.

Nothing of the file is believed: a draft loads nothing before a person has replaced every TODO, and
``python -m data.preview`` shows what it then reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from data.catalogue import Catalogue
from data.loaders.cells import canonical, text_of
from data.loaders.draft_axis import Axis, find_axis, form_of
from data.loaders.draft_columns import Figure, columns_of, is_figure, rows_of
from data.loaders.draft_text import declaration
from data.loaders.grids import Delimiter, Format, Grid, Opening, SheetRule, read_grids
from data.loaders.heads import header_text, read_head
from data.loaders.layouts import Group, TableLayout
from data.loaders.limits import Limits
from data.loaders.source import FileRefusedError, Parsed, Source

KINDS: dict[str, Format] = {".csv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xls": "xls", ".ods": "ods"}
UNIT_CELL = re.compile(r"单\s*位\s*[:：]\s*(\S+)")
UNIT_TEXT = re.compile(
    r"^[((]?(?:\$|US\$|%|亿|万|元|吨|人|户|件|美元|千|cents|index|[0-9]{4} ?= ?100)[^)]*[))]?$", re.IGNORECASE
)
CODE_TEXT = re.compile(r"^[A-Z0-9_.]{3,}$")
NOTES = ("注:", "注 ", "注1", "说明:", "资料来源", "数据来源", "备注:", "Source", "Note", "source", "note")
WORDS = ("年", "月", "日期", "时间", "指标", "地区", "名称", "单位", "合计", "总")  # of which a GB18030 file holds one


@dataclass
class Draft:
    """What was seen of one table, to be written as a declaration."""

    code: str
    file_name: str
    kind: Format
    grid: Grid
    axis: Axis
    header_row: int
    levels: tuple[str, ...]
    unit_cell: str = ""  # the unit in a cell above the table
    unit_column: str = ""  # the label column that holds units
    unit: str = ""  # the one unit of all rows, as written
    labels: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    notes_below: str = ""
    fill_right: bool = False
    told: bool = False  # the periods tell 累计


def parse_draft(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read a foreign file in the cage and hand its draft back as the one note; it holds no facts."""
    return Parsed(notes=[declaration(draft_of(source.code, path, catalogue, source.limits), catalogue, source.vintage)])


def draft_source(code: str, today: date, limits: Limits) -> Source:
    """Return the source a file is drafted under; it declares nothing yet."""
    text = "TODO"
    return Source(
        code=code, loader="table", files=("*",), title_zh=text, title_en=text, publisher_zh=text, publisher_en=text,
        licence=text, page="", vintage=today, limits=limits,
    )  # fmt: skip


def draft_of(code: str, path: Path, catalogue: Catalogue, limits: Limits) -> Draft:
    """Look at a file and return what a declaration can say of it; no period anywhere raises ``FileRefusedError``."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise FileRefusedError(path.name, "the file name", " or ".join(KINDS), path.suffix)
    rule = None if kind == "csv" else SheetRule(take="all")
    grids = [grid for opening in _openings(kind, rule, limits) for grid in read_grids(path, opening)]
    if kind == "csv":
        grids = [max(grids, key=lambda grid: len(grid.rows[0]) if grid.rows else 0)]
    found = [(grid, axis) for grid in grids if (axis := find_axis(grid)) is not None]
    if not found:
        raise FileRefusedError(path.name, "the file", "periods in a column, a header row or a title", "none")
    grid, axis = max(found, key=lambda each: each[1].count)
    return _filled(Draft(code, path.name, kind, grid, axis, 1, ()), catalogue)


def _openings(kind: Format, rule: SheetRule | None, limits: Limits) -> Iterator[Opening]:
    delimiters: tuple[Delimiter, ...] = (",", ";", "\t") if kind == "csv" else (",",)
    for delimiter in delimiters:
        yield Opening(kind, "", rule, "auto", WORDS, delimiter, limits)


def _filled(draft: Draft, catalogue: Catalogue) -> Draft:
    grid = draft.grid
    if draft.axis.kind == "title":
        draft.axis = replace(draft.axis, first_row=_first_row_of_figures(grid, draft.axis.first_row))
    first = draft.axis.first_row
    draft.header_row = _header_row(draft)
    if draft.axis.kind == "rows" and _has_figure_names(draft):
        first += 1
        draft.axis = replace(draft.axis, first_row=first)
    draft.levels = tuple(_level(draft, number) for number in range(draft.header_row, first))
    merged = any(each.top < first and each.bottom >= draft.header_row for each in grid.merged)
    draft.fill_right = len(draft.levels) > 1 and not merged and "period" in draft.levels[:-1]
    above = (text_of(cell) for row in grid.rows[: first - 1] for cell in row)
    draft.unit_cell = next((match[1] for text in above if (match := UNIT_CELL.search(text))), "")
    draft.unit = draft.unit_cell
    draft.told = draft.axis.form in ("month_zh", "quarter_zh")
    names = _names(draft)
    last = _last_row(draft)
    body = [row for row in grid.rows[first - 1 : last] if any(text_of(cell) for cell in row)]
    columns_of(draft, names, body, catalogue) if "period" not in draft.levels else rows_of(
        draft, names, body, catalogue
    )
    return draft


def _first_row_of_figures(grid: Grid, below: int) -> int:
    for number, row in enumerate(grid.rows[below:], start=below + 1):
        if sum(1 for cell in row if isinstance(cell, int | float) and not isinstance(cell, bool)) >= 1 or (
            grid.is_csv and sum(1 for cell in row if text_of(cell).replace(".", "").replace(",", "").isdigit()) >= 1
        ):
            return number
    return below + 2


def _header_row(draft: Draft) -> int:
    """Return the first header row: upwards from the data until every column of figures has a name."""
    axis, grid = draft.axis, draft.grid
    lowest = axis.first_row - 1
    if axis.kind == "rows":
        return axis.index
    figures = _figure_columns(draft)
    top = lowest
    while top > 1 and top > lowest - 4 and not _is_complete(grid, top, figures) and _names_columns(grid, top - 1):
        top -= 1
    return max(1, top)


def _figure_columns(draft: Draft) -> set[int]:
    """Return the columns that hold numbers in the first rows below the header."""
    rows = draft.grid.rows[draft.axis.first_row - 1 : draft.axis.first_row + 20]
    skipped = draft.axis.index if draft.axis.kind == "column" else -1
    return {index for row in rows for index, cell in enumerate(row) if index != skipped and is_figure(cell)}


def _is_complete(grid: Grid, number: int, figures: set[int]) -> bool:
    texts = {index: text for index in figures if (text := canonical(grid.text(number, index + 1)))}
    is_second = all(UNIT_TEXT.match(text) or CODE_TEXT.match(text) for text in texts.values())
    covered = any(each.top < number <= each.bottom for each in grid.merged)
    return len(texts) == len(figures) and not is_second and not covered and len(set(texts.values())) == len(texts)


def _names_columns(grid: Grid, number: int) -> bool:
    texts = [text for cell in grid.rows[number - 1] if (text := text_of(cell))]
    is_title = any(each.top == number and each.right - each.left + 1 >= _width(grid) - 1 for each in grid.merged)
    return len(texts) >= 2 and not is_title and not any(UNIT_CELL.search(text) for text in texts)


def _width(grid: Grid) -> int:
    return max((len(row) for row in grid.rows), default=0)


def _level(draft: Draft, number: int) -> str:
    axis = draft.axis
    if axis.kind == "rows":
        return "period" if axis.index <= number < axis.index + axis.rows else "figure"
    texts = [text for cell in draft.grid.rows[number - 1] if (text := canonical(text_of(cell)))]
    if number > draft.header_row and texts and all(UNIT_TEXT.match(text) for text in texts):
        return "unit"
    if number > draft.header_row and texts and all(CODE_TEXT.match(text) for text in texts):
        return "skip"
    return "figure"


def _has_figure_names(draft: Draft) -> bool:
    """Tell whether the row below the periods names the figures of each (绝对量, 增速) and is no data yet."""
    number = draft.axis.first_row
    texts = [text_of(cell) for cell in draft.grid.rows[number - 1]] if number <= len(draft.grid.rows) else []
    return sum(1 for text in texts if text) >= 2 and not any(is_figure(text) for text in texts)


def _names(draft: Draft) -> list[tuple[str, str, str]]:
    """Return for each column its name, the period above it and its unit, as the declaration will read them."""
    group = Group.model_validate({"column": [{"header": "?"}]})
    layout = TableLayout.model_validate(
        {
            "format": draft.kind,
            "sheet": draft.grid.sheet,
            "header_row": draft.header_row,
            "levels": draft.levels,
            "fill_right": draft.fill_right,
            "period": {"text": "{period}", "form": draft.axis.form},
            "group": [group],
        }
    )
    head = read_head(draft.file_name, draft.grid, layout)
    texts = [header_text(cell) for cell in draft.grid.rows[draft.header_row - 1]]
    every = zip(head.names, head.periods, head.units or [""] * len(head.names), strict=False)
    return [
        (name or (texts[index] if index < len(texts) and not form_of([texts[index] or None])[1] else ""), period, unit)
        for index, (name, period, unit) in enumerate(every)
    ]


def _last_row(draft: Draft) -> int:
    rows = draft.grid.rows
    for number in range(draft.axis.first_row, len(rows) + 1):
        first = next((text for cell in rows[number - 1] if (text := text_of(cell))), "")
        if canonical(first).startswith(NOTES):
            draft.notes_below = next(each for each in NOTES if canonical(first).startswith(each))
            return number - 1
    return len(rows)
