"""One callback draws any panel: read the selection strictly, ask once, draw, print source and state beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import MATCH, ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.refusals import RefusalError
from callbacks.security import report
from data.freshness import Freshness, freshness
from data.queries import Frame, read_frame
from data.selection import Selection
from layouts import ids, panel, stamps, words
from layouts.panel import Drawing, Drawn, Panel
from layouts.screens import places_of

if TYPE_CHECKING:
    from data.warehouse import Snapshot

LATE = frozenset({Freshness.OVERDUE, Freshness.BROKEN})


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register the draw callback, and the clientside one that fits a figure into its place."""

    @doorman.callback(
        panel.outputs(MATCH),
        Wire(Input(ids.SELECTION, "data"), QueryText),
        Wire(Input(ids.TICK, "data"), ShortText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
    )
    def draw_panel(code: str, query: str | None, _tick: str | None, path: str | None) -> tuple[Any, ...]:
        if query is None or path is None:
            raise PreventUpdate
        selection = context.selection_at(path, query)
        return drawn_or_failed(context, code, selection)

    app.clientside_callback(
        ClientsideFunction("onescreen", "fit"),
        Output(ids.graph(MATCH), "figure"),
        Input(ids.figure(MATCH), "data"),
        prevent_initial_call=True,
    )


def drawn_or_failed(context: Context, code: str, selection: Selection) -> tuple[Any, ...]:
    """Return what the draw callback writes; after a failure the last good picture stays and a banner says so."""
    try:
        with context.warehouse.snapshot() as data:
            key = (code, selection.address(), data.version, context.clock.today())
            made: tuple[Any, ...] = context.results.get_or_make(
                key, lambda: parts(context, data, context.panels[code], selection)
            )
        return made
    except RefusalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the reason, the screen must say that a panel failed
        now = context.clock.now()
        return panel.failed_parts(style_of(selection), f"{now:%H:%M}", report(error))


def parts(context: Context, data: Snapshot, declared: Panel, selection: Selection) -> tuple[Any, ...]:
    """Read, draw and stamp one panel, all of it from one state of the data."""
    style = style_of(selection)
    frame = read_frame(data, declared.ask(context.catalogue, selection), context.settings.simulated)
    drawn = declared.draw(Drawing(frame, context.catalogue, selection, style))
    stamp = stamps.stamp_of(frame, drawn, context.catalogue, style, overdue(frame, drawn, context, selection))
    area = places_of(selection, context.panels).get(declared.code, "")
    return panel.drawn_parts(declared, drawn, stamp, style, data.version, area)


def overdue(frame: Frame, drawn: Drawn, context: Context, selection: Selection) -> stamps.Overdue | None:
    """Return the period that should be there already, if the panel shows the latest data and they are late."""
    lead = drawn.lead or stamps.lead_of(frame)
    newest = frame.last(lead) if lead else None
    if lead is None or newest is None or selection.period is not None:
        return None
    indicator = context.catalogue.indicators[lead.indicator]
    combined = indicator.combined_january_february
    release = freshness(
        newest.period, lead.frequency, indicator.release_lag_days, context.clock.today(), combined=combined
    )
    if release.state not in LATE:
        return None
    awaited = words.period_label(
        lead.frequency, lead.accumulation, release.awaited_period, selection.language, combined
    )
    return stamps.Overdue(awaited, release.due, release.days_late)
