"""Head, key figures and ticker of a page, and how fresh the indicators are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callbacks.board import board
from callbacks.context import Context, style_of
from callbacks.releases import LATE, release_of
from data.facts import SeriesKey
from data.freshness import Freshness
from data.queries import Want, read_frame
from data.selection import ROUTES, Selection
from layouts import header, ids, key_figures, overview
from layouts.alerts import alerts
from layouts.counts import COUNTED
from layouts.known import known_on
from layouts.kpi import kpi_strip
from layouts.panel import Children, Drawing

if TYPE_CHECKING:
    from data.queries import Frame
    from data.warehouse import Snapshot


def of_head(selection: Selection) -> Selection:
    """Return what the head of a page is about: the district as a whole, whatever is marked.

    A wall turns its pages under one head, which is the overview's; so is that of a page without key figures.
    """
    has_own = selection.kind == "desk" and selection.page not in COUNTED
    return key_figures.whole(selection if has_own else selection.with_(page="overview"))


def head_parts(
    context: Context,
    data: Snapshot,
    selection: Selection,
    frame: Frame | None = None,
    of_warnings: Frame | None = None,
) -> dict[str, Children]:
    """Return header, headline, ticker and the number of warnings, by the ids of their places.

    ``frame`` and ``of_warnings`` are what head and warnings ask for, where that was read already.
    """
    drawing = _drawing(context, data, of_head(selection), frame)
    style, found = drawing.style, key_figures.read(drawing)
    head = overview.header(drawing, found, Counter(states(context).values()))
    period = header.period_block(head, style) if style.wall else header.desk_stamp(head, style)
    told = alerts(board(context, data, selection, frozenset({"warnings"}), of_warnings), context.catalogue, style)
    return {
        ids.HEADER_PERIOD: [*known_on(selection, style), *period],
        ids.HEADER_HEADLINE: header.headline(head, style),
        ids.TICKER: header.ticker(told, style),
        ids.WARNING_COUNT: str(len(told) or ""),
        ids.SWITCHES: header.switches(selection, style),
    }


def key_figure_cards(
    context: Context, data: Snapshot, selection: Selection, page: str, frame: Frame | None = None
) -> list[Any]:
    """Return the row of key figures of a page; of the warnings and of the sources, their counts."""
    if page in COUNTED:
        shown = board(context, data, selection, COUNTED[page].reads)
        return kpi_strip(COUNTED[page].cards(shown, style_of(selection)), style_of(selection))
    drawing = _drawing(context, data, selection.with_(page=page), frame)
    return kpi_strip(key_figures.cards(drawing, key_figures.read(drawing)), drawing.style)


def ask_for(context: Context, selection: Selection) -> Sequence[Want]:
    """Return what head and key figures of a page ask for."""
    return overview.ask(context.catalogue, selection)


def _drawing(context: Context, data: Snapshot, selection: Selection, frame: Frame | None) -> Drawing:
    if frame is None:
        frame = context.frame(data, ask_for(context, selection), selection)
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
    with context.warehouse.snapshot() as data:
        frame = read_frame(data, [Want(key, 0, 0, key) for key in keys.values()], context.settings.simulated)
    releases = {key.indicator: release_of(context, frame, key) for key in keys.values()}
    return {code: release.state for code, release in releases.items() if release is not None}


def stale(context: Context) -> list[str]:
    """Return the codes of the indicators on the screen that are overdue."""
    return sorted(code for code, state in states(context).items() if state in LATE)
