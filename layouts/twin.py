"""The table twin of a panel: the numbers its chart shows, as a table with growth and status beside them.

Where the chart shows several periods of its series, periods stand down and series across; where it shows one figure
of each (a ranking, a map), the series stand down. Figures stand in the unit they are stored in, at their published
precision, in both languages. Files take the same table (``layouts.export_sheets``), so screen and file cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from data.measures import Basis, Outcome
from data.status import HAS_FIGURE, CellKind, ConfStatus, cell_kind, rounded
from layouts import words
from layouts.panels.reading import IN_POINTS
from layouts.panels.views import NAMES, growth_in, view_of
from layouts.series_names import apart, stored_unit
from layouts.texts import text

if TYPE_CHECKING:
    from data.facts import SeriesKey
    from data.measures import Growth
    from data.queries import Cell
    from layouts.view import Listed, View, WorkedOut

Kind = Literal["figure", "growth", "worked", "text"]


@dataclass(frozen=True)
class TwinCell:
    """One cell: its text as read, and the figure itself (``None`` where a sign or words stand).

    ``number`` is rounded at ``decimals``; a growth has its sign in ``number`` and an arrow in ``text``. ``mark`` says
    what is true of this cell and not of the whole row (模拟 among real ones), ``spoken`` what an ear hears.
    """

    text: str
    number: Decimal | None = None
    decimals: int = 0
    direction: str = "none"
    spoken: str = ""
    mark: str = ""


@dataclass(frozen=True)
class TwinColumn:
    """One column: what it is of, its unit, and what kind of cells stand in it."""

    head: str
    unit: str
    kind: Kind


@dataclass(frozen=True)
class TwinRow:
    """One row: its head, its cells (one per column), and the badges true of it."""

    head: str
    cells: tuple[TwinCell, ...]
    badges: tuple[words.Badge, ...]
    beside: bool = False


@dataclass(frozen=True)
class Twin:
    """The table of a panel: caption, the word over the row heads, columns, rows, and why it is empty.

    ``by_period`` tells that its rows are periods, the newest on top.
    """

    caption: str
    corner: str
    columns: tuple[TwinColumn, ...]
    rows: tuple[TwinRow, ...]
    empty: str = ""
    by_period: bool = False


@dataclass(frozen=True)
class _Place:
    """One figure on the way into the table: where it belongs, its stored cell, and the cells made of it."""

    listed: Listed
    period: int
    cell: Cell | None
    figure: TwinCell
    growth: Growth | None


def twin(view: View) -> Twin:
    """Return the table of what a panel shows."""
    listed = view.listed()
    caption = f"{view.title} · {view.stamp.period_text}" if view.stamp.period_text else view.title
    if not listed:
        empty = view.drawn.empty
        reason = view.style.words(empty.reason_zh, empty.reason_en) if empty else ""
        return Twin(caption, "", (), (), reason or text("no_data", view.style.language))
    places = [_place(view, each, period) for each in listed for period in each.periods]
    if all(len(each.periods) <= 1 for each in listed):
        return _by_series(view, listed, places, caption)
    return _by_period(view, listed, places, caption)


def _place(view: View, listed: Listed, period: int) -> _Place:
    cell = view.frame.at(listed.key, period)
    growth = None
    if listed.growth and listed.key.measure == "level":
        indicator, shown_as = view.catalogue.indicators[listed.key.indicator], growth_view(view)
        growth = growth_in(view.frame, indicator, listed.key, period, shown_as)
    return _Place(listed, period, cell, figure_cell(view, listed.key, cell), growth)


def growth_view(view: View) -> str:
    """Return which growth the panel shows: 同比, or the view the reader chose where the panel follows it."""
    chosen = view_of(view.selection, view.panel.follows)
    return "yoy" if chosen == "base" else chosen


def figure_cell(view: View, key: SeriesKey, cell: Cell | None) -> TwinCell:
    """Return a stored cell at its published precision; its sign where there is no figure."""
    indicator = view.catalogue.indicators[key.indicator]
    if cell is None:
        return _sign(CellKind.NOT_AVAILABLE, view)
    decimals = indicator.decimals if cell.decimals is None else cell.decimals
    kind = cell_kind(cell.value, decimals, cell.obs_status, cell.conf_status)
    if kind not in HAS_FIGURE or cell.value is None:
        return _sign(kind, view)
    if kind is CellKind.ROUNDS_TO_ZERO:
        return TwinCell(words.rounds_to_zero(cell.value, decimals))
    return TwinCell(words.number(cell.value, decimals), rounded(cell.value, decimals), decimals)


def _sign(kind: CellKind, view: View) -> TwinCell:
    return TwinCell(words.missing_text(kind), spoken=words.missing_words(kind, view.style.language))


def growth_cell(view: View, place: _Place) -> TwinCell:
    """Return the change beside a figure: ▲11.2, ▼1.8, 0.0, or its words; × where the figure is confidential."""
    growth, cell = place.growth, place.cell
    assert growth is not None
    if growth.outcome is Outcome.UNAVAILABLE:
        hidden = cell is not None and ConfStatus(cell.conf_status) is not ConfStatus.FREE
        return _sign(CellKind.CONFIDENTIAL if hidden else CellKind.NOT_AVAILABLE, view)
    told = words.change(growth, view.style.language)
    if growth.outcome is not Outcome.RATE or growth.value is None:
        return TwinCell(told.text, direction=told.direction, spoken=told.spoken)
    decimals = words.CHANGE_DECIMALS
    exact = rounded(growth.value, decimals)
    return TwinCell(f"{told.arrow}{words.number(abs(exact), decimals)}", exact, decimals, told.direction, told.spoken)


# --- series down -------------------------------------------------------------------------------------------------


def _by_series(view: View, listed: Sequence[Listed], places: Sequence[_Place], caption: str) -> Twin:
    """Return one row per series, in the order of the chart: period and unit are columns where they differ."""
    names = apart([each.key for each in listed], view.catalogue, view.style, accumulation=False)
    placed = {place.listed.key: place for place in places}
    units = [stored_unit(each.key, view.catalogue, view.style) for each in listed]
    periods = [_period_words(view, placed[each.key]) if each.key in placed else "…" for each in listed]
    same_unit, same_period = len(set(units)) == 1, len(set(periods)) == 1
    columns = [] if same_period else [TwinColumn(text("period", view.style.language), "", "text")]
    columns.append(TwinColumn(text("figure", view.style.language), units[0] if same_unit else "", "figure"))
    if not same_unit:
        columns.append(TwinColumn(text("unit", view.style.language), "", "text"))
    grown = [place for place in places if place.growth is not None]
    if grown:
        columns.append(_growth_column(view, "", grown))
    worked = [each for each in view.drawn.worked_out if any(key is not None for key in each.values)]
    columns += [_worked_column(view, each, "") for each in worked]
    rows = []
    for number, each in enumerate(listed):
        place = placed.get(each.key) or _place(view, each, 0)
        cells = [] if same_period else [TwinCell(periods[number])]
        cells.append(place.figure)
        if not same_unit:
            cells.append(TwinCell(units[number]))
        if grown:
            none = TwinCell("—", spoken=words.missing_words(CellKind.NOT_APPLICABLE, view.style.language))
            cells.append(none if place.growth is None else growth_cell(view, place))
        cells += [_worked_cell(view, one, each.key, place.period) for one in worked]
        rows.append(TwinRow(names[number], tuple(cells), _badges(view, [place]), each.beside))
    return Twin(caption, text("item", view.style.language), tuple(columns), tuple(rows))


# --- periods down ------------------------------------------------------------------------------------------------


def _by_period(view: View, listed: Sequence[Listed], places: Sequence[_Place], caption: str) -> Twin:
    """Return one row per period, the newest on top; figure and growth of each series stand side by side."""
    names = apart([each.key for each in listed], view.catalogue, view.style)
    columns: list[TwinColumn] = []
    for name, each in zip(names, listed, strict=True):
        columns.append(TwinColumn(name, stored_unit(each.key, view.catalogue, view.style), "figure"))
        mine = [place for place in places if place.listed is each and _has_growth(place)]
        if mine:
            columns.append(_growth_column(view, name if len(listed) > 1 else "", mine))
    worked = [(one, key) for one in view.drawn.worked_out for key in one.values]
    columns += [_worked_column(view, one, "" if key is None else _name_of(view, key)) for one, key in worked]
    rows = [_period_row(view, listed, row, places, worked) for row in _row_keys(places)]
    return Twin(caption, text("period", view.style.language), tuple(columns), tuple(rows), by_period=True)


def _has_growth(place: _Place) -> bool:
    return place.growth is not None and place.growth.outcome is not Outcome.UNAVAILABLE


def _row_keys(places: Iterable[_Place]) -> list[tuple[bool, int]]:
    """Return (is a day, period) of every row, the newest first; a day and a month are no common row."""
    return sorted({_row_key(place): None for place in places}, reverse=True)


def _row_key(place: _Place) -> tuple[bool, int]:
    return place.listed.key.frequency == "D", place.period


def _period_row(
    view: View,
    listed: Sequence[Listed],
    row: tuple[bool, int],
    places: Sequence[_Place],
    worked: Sequence[tuple[WorkedOut, SeriesKey | None]],
) -> TwinRow:
    period = row[1]
    here = {place.listed.key: place for place in places if _row_key(place) == row}
    cells: list[TwinCell] = []
    for each in listed:
        place = here.get(each.key)
        cells.append(_sign(CellKind.NOT_AVAILABLE, view) if place is None else _marked(view, place, here.values()))
        if any(one.listed is each and _has_growth(one) for one in places):
            unknown = place is None or place.growth is None
            cells.append(_sign(CellKind.NOT_AVAILABLE, view) if unknown else growth_cell(view, here[each.key]))
    cells += [_worked_cell(view, one, key, period) for one, key in worked]
    first = next(iter(here.values()))
    return TwinRow(_period_words(view, first), tuple(cells), _badges(view, here.values()))


def _marked(view: View, place: _Place, row: Iterable[_Place]) -> TwinCell:
    """Return the figure with what is true of it and not of every figure in its row."""
    every = [{badge.code for badge in _cell_badges(view, one)} for one in row if one.cell is not None]
    common = set.intersection(*every) if every else set()
    own = [badge.text for badge in _cell_badges(view, place) if badge.code not in common]
    return replace(place.figure, mark=view.style.words("、", ", ").join(own))


# --- what both have in common ------------------------------------------------------------------------------------


def _period_words(view: View, place: _Place) -> str:
    key = place.listed.key
    combined = view.catalogue.indicators[key.indicator].combined_january_february
    return words.period_label(key.frequency, key.accumulation, place.period, view.style.language, combined)


def _name_of(view: View, key: SeriesKey) -> str:
    return apart([key], view.catalogue, view.style)[0]


def _growth_column(view: View, name: str, places: Sequence[_Place]) -> TwinColumn:
    """Return the head of a growth column: 同比, with 名义推算 where that is what all of its figures are."""
    told = [place.growth for place in places if place.growth is not None and place.growth.value is not None]
    notes = {words.basis_note(growth, view.style.language) for growth in told}
    note = next(iter(notes)) if len(notes) == 1 else "" if not notes else text("partly_derived", view.style.language)
    head = view.style.words(*NAMES[growth_view(view)])
    if note:
        head = view.style.words(f"{head}（{note}）", f"{head} ({note})")
    in_points = [view.catalogue.indicators[place.listed.key.indicator].value_kind in IN_POINTS for place in places]
    points = view.style.words("个百分点", "pp")
    unit = "%" if not any(in_points) else points if all(in_points) else f"% / {points}"
    return TwinColumn(f"{name} {head}".strip(), unit, "growth")


def _worked_column(view: View, worked: WorkedOut, name: str) -> TwinColumn:
    unit = view.catalogue.units.get(worked.unit)
    named = "" if unit is None else view.style.words(unit.name_zh, unit.stored_name_en or unit.name_en)
    return TwinColumn(f"{name} {view.style.words(worked.name_zh, worked.name_en)}".strip(), named, "worked")


def _worked_cell(view: View, worked: WorkedOut, key: SeriesKey | None, period: int) -> TwinCell:
    value = worked.values.get(key, {}).get(period)
    if value is None:
        return _sign(CellKind.NOT_AVAILABLE, view)
    shown = words.number(value, worked.decimals, sign=worked.sign)
    return TwinCell(shown, rounded(value, worked.decimals), worked.decimals, mark=worked.marks.get(key, ""))


def _cell_badges(view: View, place: _Place) -> tuple[words.Badge, ...]:
    cell = place.cell
    if cell is None:
        return ()
    return words.status_badges(
        view.style.language,
        obs_status=cell.obs_status,
        conf_status=cell.conf_status,
        simulated=cell.simulated,
        derived=cell.derived,
        revisions=cell.revisions,
    )


def _badges(view: View, places: Iterable[_Place]) -> tuple[words.Badge, ...]:
    """Return the badges of a row: of its figures, and of growth that was worked out."""
    listed = list(places)
    worn = {badge.code: badge for place in listed for badge in _cell_badges(view, place)}
    bases = {place.growth.basis for place in listed if place.growth is not None and place.growth.value is not None}
    for basis, code in ((Basis.NOMINAL, "nominal"), (Basis.DERIVED, "derived")):
        if basis in bases:
            worn[code] = words.badge(code, view.style.language)
    return tuple(worn.values())
