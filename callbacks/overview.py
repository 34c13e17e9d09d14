"""Head, key figures and ticker of a page, and how fresh the indicators are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import MATCH, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.board import board
from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from data.facts import SeriesKey
from data.freshness import Freshness, freshness
from data.queries import latest_periods
from data.selection import ROUTES, Selection
from layouts import header, ids, key_figures, overview
from layouts.alerts import alerts
from layouts.counts import COUNTED
from layouts.known import known_on
from layouts.kpi import kpi_strip
from layouts.panel import Drawing

if TYPE_CHECKING:
    from data.warehouse import Snapshot

LATE = frozenset({Freshness.OVERDUE, Freshness.BROKEN})


def register(doorman: Doorman, context: Context) -> None:
    """Register the callbacks that fill everything on a page that is no panel."""
    wires = (
        Wire(Input(ids.SELECTION, "data"), QueryText),
        Wire(Input(ids.TICK, "data"), ShortText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
    )

    @doorman.callback(
        [
            Output(ids.HEADER_PERIOD, "children"),
            Output(ids.HEADER_HEADLINE, "children"),
            Output(ids.TICKER, "children"),
            Output(ids.WARNING_COUNT, "children"),
        ],
        *wires,
    )
    def draw_head(query: str | None, _tick: str | None, path: str | None) -> tuple[Any, ...]:
        made: tuple[Any, ...] = _kept(context, "head", path, query, head_parts)
        return made

    @doorman.callback([Output(ids.kpis(MATCH), "children")], *wires)
    def draw_key_figures(page: str, query: str | None, _tick: str | None, path: str | None) -> list[Any]:
        return [_kept(context, f"kpis {page}", path, query, partial(key_figure_cards, page=page))]


def _kept(
    context: Context,
    part: str,
    path: str | None,
    query: str | None,
    make: Callable[[Context, Snapshot, Selection], Any],
) -> Any:  # noqa: ANN401 - whatever the part of the page is made of
    """Return a part of the page, worked out once for a selection, a state of the data and a day."""
    if query is None or path is None:
        raise PreventUpdate
    selection = context.selection_at(path, query)
    with context.warehouse.snapshot() as data:
        key = (part, selection.address(), data.version, context.clock.today())
        return context.results.get_or_make(key, lambda: make(context, data, selection))


def head_parts(context: Context, data: Snapshot, selection: Selection) -> tuple[Any, ...]:
    """Return header, headline and ticker, of the district as a whole whatever is marked.

    A wall turns its pages under one head, which is the overview's; so is that of a page without key figures.
    """
    has_own = selection.kind == "desk" and selection.page not in COUNTED
    shown = selection if has_own else selection.with_(page="overview")
    drawing = _drawing(context, data, key_figures.whole(shown))
    style, found = drawing.style, key_figures.read(drawing)
    head = overview.header(drawing, found, Counter(states(context).values()))
    period = header.period_block(head, style) if style.wall else header.desk_stamp(head, style)
    told = alerts(board(context, data, selection, frozenset({"warnings"})), context.catalogue, style)
    period = [*known_on(selection, style), *period]
    return period, header.headline(head, style), header.ticker(told, style), str(len(told) or "")


def key_figure_cards(context: Context, data: Snapshot, selection: Selection, page: str) -> list[Any]:
    """Return the row of key figures of a page; of the warnings and of the sources, their counts."""
    if page in COUNTED:
        shown = board(context, data, selection, COUNTED[page].reads)
        return kpi_strip(COUNTED[page].cards(shown, style_of(selection)), style_of(selection))
    drawing = _drawing(context, data, selection.with_(page=page))
    return kpi_strip(key_figures.cards(drawing, key_figures.read(drawing)), drawing.style)


def _drawing(context: Context, data: Snapshot, selection: Selection) -> Drawing:
    frame = context.frame(data, overview.ask(context.catalogue, selection), selection)
    return Drawing(frame, context.catalogue, selection, style_of(selection))


def keys_on_screen(context: Context) -> dict[int, SeriesKey]:
    """Return by series id the main series of every indicator some panel or card asks for under no choice."""
    asked = [want for route in ROUTES.values() for want in overview.ask(context.catalogue, route)]
    for panel in context.panels.values():
        asked += list(panel.ask(context.catalogue, ROUTES["/"]))
    indicators = dict.fromkeys(want.key.indicator for want in asked)
    leads = {want.key.indicator: want.key for want in reversed(asked) if want.key.measure == "level"}
    return {leads[code].series_id: leads[code] for code in indicators if code in leads}


def states(context: Context) -> dict[str, Freshness]:
    """Return the freshness of every indicator on the screen that has a value, by code; once per day and load."""
    key = ("states", context.data_version(), context.clock.today())
    found: dict[str, Freshness] = context.results.get_or_make(key, lambda: _states(context))
    return found


def _states(context: Context) -> dict[str, Freshness]:
    keys = keys_on_screen(context)
    rows: Sequence[Sequence[Any]] = context.warehouse.read(latest_periods(keys.values(), context.settings.simulated))
    today, found = context.clock.today(), {}
    for row in rows:
        key, latest = keys[row[0]], row[1]
        indicator = context.catalogue.indicators[key.indicator]
        combined = indicator.combined_january_february
        lag_days, every = indicator.release_lag_days, indicator.every_months
        release = freshness(latest, key.frequency, lag_days, today, combined=combined, every_months=every)
        found[key.indicator] = release.state
    return found


def stale(context: Context) -> list[str]:
    """Return the codes of the indicators on the screen that are overdue."""
    return sorted(code for code, state in states(context).items() if state in LATE)
