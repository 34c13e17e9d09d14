"""A draft as the text of a declaration: TOML that a person completes, with a reason beside every TODO."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import orjson

from data.catalogue import Catalogue
from data.loaders.cells import text_of
from data.loaders.draft_columns import UNIT_HEADERS, Figure
from data.loaders.draft_names import LIKELY

if TYPE_CHECKING:
    from data.loaders.drafting import Draft


def quoted(text: str) -> str:
    """Return a text as TOML writes it, which for a basic string is as JSON does."""
    return orjson.dumps(text).decode().replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def declaration(draft: Draft, catalogue: Catalogue, today: date) -> str:
    """Return the whole declaration."""
    return "\n".join([*_header(draft, today), "", *_table(draft), "", *_groups(draft, catalogue)]) + "\n"


def _header(draft: Draft, today: date) -> Iterator[str]:
    yield f"# Drafted from {_comment(draft.file_name)}: replace every TODO, then look with python -m data.preview."
    yield ""
    yield f"code = {quoted(draft.code)}"
    yield 'loader = "table"'
    yield f"files = [{quoted(draft.code + '/*')}] # a folder of this name in the drop folder takes the files"
    title = next((text for row in draft.grid.rows[:3] for cell in row if (text := text_of(cell))), "")
    yield f'title_zh = "TODO" # the first text of the file: {_comment(title[:80])}'
    for key in ("title_en", "publisher_zh", "publisher_en", "licence"):
        yield f'{key} = "TODO"'
    yield 'page = "" # address of the page it is published on'
    yield f"vintage = {today.isoformat()} # TODO the day this edition was published"


def _table(draft: Draft) -> Iterator[str]:
    axis, grid = draft.axis, draft.grid
    yield "[table]"
    yield f"format = {quoted(draft.kind)}"
    if grid.sheet:
        yield f"sheet = {quoted(grid.sheet)} # the visible sheet with most periods"
    yield f"header_row = {draft.header_row}"
    if draft.levels != ("figure",):
        yield f"levels = [{', '.join(map(quoted, draft.levels))}]"
    if draft.fill_right:
        yield "fill_right = true # blank header cells belong to the text left of them"
    if draft.notes_below:
        yield f"notes_below = [{quoted(draft.notes_below)}]"
    if draft.missing:
        yield f"missing = [{', '.join(map(quoted, draft.missing))}] # TODO check: none of these means zero"
    if draft.strange:
        yield f"# TODO no numbers among the figures, which will be rejected: {_comment(', '.join(draft.strange))}"
    yield f"period = {_period(draft)}"
    if axis.form in ("month_dotted_number", "month_digits", "year"):
        yield f"# TODO check the periods: numbers were read as {axis.form}"
    left = [figure.name for figure in draft.figures if _is_left_out(draft, figure) and not _in_rows(draft)]
    if left:
        yield f"ignored = [{', '.join(map(quoted, left))}] # no indicator has a name like these"
    if draft.unit_column or draft.unit_cell:
        yield f"unit_column = {quoted(draft.unit_column or 'unit')}"
    labels = [label for label in draft.labels if label not in {*_used_labels(draft), draft.unit_column}]
    if labels:
        yield f"carried = [{', '.join(map(quoted, labels))}] # describe the rows and are not needed"
    if _in_rows(draft):
        yield 'unmatched = "exclude" # rows whose label is not declared below are left out'
    yield from _captures(draft)


def _captures(draft: Draft) -> Iterator[str]:
    if draft.unit_cell and not draft.unit_column:
        yield ""
        yield "[[table.capture]]"
        yield 'name = "unit"'
        yield 'pattern = "单\\\\s*位\\\\s*[:：]\\\\s*(\\\\S+)"'
    if draft.axis.kind == "title":
        yield ""
        yield "[[table.capture]]"
        yield 'name = "title"'
        yield f"pattern = {quoted('(' + _digits(draft.axis.text) + ')')}"


def _digits(text: str) -> str:
    return re.sub(r"[0-9]+", lambda match: "[0-9]{4}" if len(match[0]) == 4 else "[0-9]{1,2}", text)


def _period(draft: Draft) -> str:
    axis = draft.axis
    form = quoted(axis.form)
    if axis.kind == "rows":
        return f"{{ form = {form} }}"
    if axis.kind == "title":
        return f'{{ text = "{{title}}", form = {form} }}'
    rows = draft.grid.rows[draft.header_row - 1]
    header = text_of(rows[axis.index]) if axis.index < len(rows) else ""
    return f"{{ column = {quoted(header) if header else axis.index + 1}, form = {form} }}"


def _in_rows(draft: Draft) -> bool:
    return "period" in draft.levels


def _used_labels(draft: Draft) -> set[str]:
    return {draft.labels[0], *_unit_labels(draft)} if _in_rows(draft) and draft.labels else set()


def _unit_labels(draft: Draft) -> list[str]:
    return [label for label in draft.labels if label.lower() in UNIT_HEADERS]


def _is_left_out(draft: Draft, figure: Figure) -> bool:
    return figure.best is None and any(each.best for each in draft.figures)


def _groups(draft: Draft, catalogue: Catalogue) -> Iterator[str]:
    if not _in_rows(draft):
        yield "[[table.group]]"
        if draft.unit_column or draft.unit_cell:
            yield f"unit = {quoted(draft.unit)}"
        for figure in draft.figures:
            if not _is_left_out(draft, figure):
                yield from _column(draft, figure, figure.name, catalogue)
        return
    label = next((each for each in draft.labels if each not in _unit_labels(draft)), "?")
    for name in dict.fromkeys(figure.name for figure in draft.figures):
        figures = [figure for figure in draft.figures if figure.name == name]
        if all(_is_left_out(draft, figure) for figure in figures):
            yield f"# {_comment(name)}: no indicator has a name like it"
            continue
        yield "[[table.group]]"
        yield f"when = {{ {quoted(label)} = {quoted(name)} }}"
        if draft.unit_column or draft.unit_cell:
            yield f"unit = {quoted(figures[0].row_unit if draft.unit_column else draft.unit_cell)}"
        for figure in figures:
            if not _is_left_out(draft, figure):
                yield from _column(draft, figure, figure.figure or "value", catalogue)
        yield ""


def _column(draft: Draft, figure: Figure, header: str, catalogue: Catalogue) -> Iterator[str]:
    yield ""
    yield "[[table.group.column]]"
    yield f"header = {quoted(header)}"
    best = figure.best
    if best is None:
        said = ", ".join(f"{match.indicator.code} ({match.score:.2f})" for match in figure.found)
        yield f'indicator = "TODO" # nothing in the catalogue has a name like it (best: {said}; below {LIKELY})'
        yield 'accumulation = "TODO" # S 当期, Y 累计, P 时点'
        yield f'stored_unit = "TODO" # the file says {_comment(figure.unit) or "no unit"}'
        return
    todo = {each.partition(":")[0].split()[0]: each for each in figure.todo}
    if "which" in todo:
        yield f'indicator = "TODO" # {_comment(todo["which"])}'
    else:
        yield f"indicator = {quoted(best.indicator.code)} # {best.indicator.name_zh} ({best.score:.2f})"
    if figure.is_growth:
        yield 'measure = "yoy" # published growth'
    yield f"accumulation = {quoted(figure.accumulation or 'TODO')}" + (
        f" # {_comment(todo['accumulation'])}" if "accumulation" in todo else ""
    )
    yield f"stored_unit = {quoted('PERCENT' if figure.is_growth else best.indicator.unit)}"
    if "unit" in draft.levels:
        index = _unit_of(draft, figure)
        yield f"unit = {quoted(index)}"
    if figure.factor is None:
        yield f'factor = "TODO" # {_comment(todo["unit"])}'
    elif figure.factor != 1:
        yield f'factor = "{figure.factor:f}" # {_comment(figure.unit)} → {catalogue.units[best.indicator.unit].name_zh}'


def _unit_of(draft: Draft, figure: Figure) -> str:
    row = draft.header_row + draft.levels.index("unit")
    for index, cell in enumerate(draft.grid.rows[draft.header_row - 1]):
        if text_of(cell) and text_of(cell) in figure.name:
            return draft.grid.text(row, index + 1)
    return figure.unit
