"""The figures of an unknown table: which columns or rows hold them, what they may be, and what stands for missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from data.catalogue import Catalogue
from data.loaders.cells import Cell, Row, canonical, text_of
from data.loaders.draft_names import (
    GROWTH,
    LIKELY,
    SINGLE,
    SURE,
    TO_DATE,
    Match,
    factor_between,
    matches,
    unit_in,
)
from data.loaders.numbers import NumberError, number_of_cell

if TYPE_CHECKING:
    from data.loaders.drafting import Draft

MARKERS = ("", "-", "—", "–", "…", "...", "..", "n.a.", "N/A", "x", "×")
UNIT_HEADERS = ("单位", "计量单位", "unit")


@dataclass
class Figure:
    """A column or row of figures, the indicators it may be, and what is open about it."""

    name: str
    found: list[Match] = field(default_factory=list)
    unit: str = ""
    factor: Decimal | None = None
    is_growth: bool = False
    accumulation: str = ""
    todo: list[str] = field(default_factory=list)
    row_unit: str = ""  # the unit as the row of the file has it
    figure: str = ""  # name of the figures within a period

    @property
    def best(self) -> Match | None:
        """The indicator it most likely is."""
        return self.found[0] if self.found and self.found[0].score >= LIKELY else None

    @property
    def is_sure(self) -> bool:
        """Whether one name is alike enough and no other as alike."""
        return bool(self.best) and self.found[0].score >= SURE and (
            len(self.found) < 2 or self.found[1].score < self.found[0].score
        )  # fmt: skip


def is_figure(cell: Cell) -> bool:
    """Tell whether a cell is a number."""
    try:
        number_of_cell(cell, percent=True)
    except NumberError:
        return False
    return True


def columns_of(draft: Draft, names: Sequence[tuple[str, str, str]], body: Sequence[Row], catalogue: Catalogue) -> None:
    """Sort the columns of a table with periods in rows (or in its title) into labels and figures."""
    taken: set[str] = set()
    _find_unit_column(draft, names, body)
    for index, (name, _, unit) in enumerate(names):
        cells = [row[index] if index < len(row) else None for row in body]
        if draft.axis.kind == "column" and index == draft.axis.index:
            continue
        if not name or name in taken or not any(text_of(cell) for cell in cells):
            continue
        taken.add(name)
        if sum(map(is_figure, cells)) * 2 >= sum(1 for cell in cells if text_of(cell) not in MARKERS) > 0:
            draft.figures.append(figure_of(draft, name, unit, catalogue))
            _note_markers(draft, cells)
        else:
            draft.labels.append(name)


def _find_unit_column(draft: Draft, names: Sequence[tuple[str, str, str]], body: Sequence[Row]) -> None:
    """Note the column of units if all rows have the same."""
    for index, (name, _, _) in enumerate(names):
        if canonical(name).lower() in UNIT_HEADERS:
            said = {text for row in body if index < len(row) and (text := text_of(row[index]))}
            if len(said) == 1:
                draft.unit_column, draft.unit = name, said.pop()


def rows_of(draft: Draft, names: Sequence[tuple[str, str, str]], body: Sequence[Row], catalogue: Catalogue) -> None:
    """Sort a table with periods in its header: the columns without one are labels, each row is a figure."""
    label_columns = [index for index, (name, period, _) in enumerate(names) if name and not _is_period(draft, period)]
    draft.labels = [names[index][0] for index in label_columns]
    unit_column = next((i for i in label_columns if canonical(names[i][0]).lower() in UNIT_HEADERS), None)
    draft.unit_column = names[unit_column][0] if unit_column is not None else ""
    figures = [index for index in range(len(names)) if index not in label_columns]
    inner = list(dict.fromkeys(names[index][0] for index in figures if names[index][0] and "figure" in draft.levels))
    seen: set[str] = set()
    for row in body:
        cells = [row[index] if index < len(row) else None for index in figures]
        texts = [text_of(row[index]) if index < len(row) else "" for index in label_columns]
        label = next(
            (text for index, text in zip(label_columns, texts, strict=True) if text and index != unit_column), ""
        )
        if not label or label in seen or not any(map(is_figure, cells)):
            continue
        seen.add(label)
        unit = text_of(row[unit_column]) if unit_column is not None and unit_column < len(row) else ""
        for name in inner or [""]:
            figure = figure_of(draft, f"{label}{name}", unit or unit_in(canonical(label)), catalogue)
            figure.name, figure.figure, figure.row_unit = label, name, unit
            draft.figures.append(figure)
        _note_markers(draft, cells)


def _is_period(draft: Draft, text: str) -> bool:
    from data.loaders.draft_axis import form_of

    return bool(text) and form_of([text])[0] == draft.axis.form


def figure_of(draft: Draft, name: str, unit: str, catalogue: Catalogue) -> Figure:
    """Return what a header may mean, and what is open about it."""
    written = canonical(unit).strip("()") or unit_in(name) or draft.unit
    figure = Figure(name, matches(name, catalogue), written, is_growth=bool(GROWTH.search(name)))
    best = figure.best
    if best is None:
        return figure
    stored = "PERCENT" if figure.is_growth else best.indicator.unit
    figure.factor = Decimal(1) if figure.is_growth else factor_between(written, stored, catalogue) if written else None
    if figure.factor is None:
        figure.todo.append(
            f"unit {written or 'nowhere stated'!r} into {stored}: declare factor, or remove this line if it is 1"
        )
    if not figure.is_sure:
        said = ", ".join(
            f"{match.indicator.code} ({match.indicator.name_zh}, {match.score:.2f})" for match in figure.found
        )
        figure.todo.append(f"which indicator: {said}")
    figure.accumulation = _accumulation(figure, best.indicator.accumulations, draft.told)
    if not figure.accumulation:
        figure.todo.append(f"accumulation: one of {', '.join(best.indicator.accumulations)} (当期 S, 累计 Y, 时点 P)")
    return figure


def _accumulation(figure: Figure, possible: Sequence[str], told: bool) -> str:
    said = "Y" if TO_DATE.search(figure.name) else "S" if SINGLE.search(figure.name) else ""
    if said in possible:
        return said
    if len(possible) == 1:
        return possible[0]
    return "period" if told and {"S", "Y"} <= set(possible) and not said else ""


def _note_markers(draft: Draft, cells: Iterable[Cell]) -> None:
    for cell in cells:
        text = text_of(cell)
        if is_figure(cell):
            continue
        known = draft.missing if text in MARKERS else draft.strange
        if text not in known and len(known) < 10:
            known.append(text)
