"""What happens when a panel is opened: its table, drawer and chart for the dialog, from one state of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks import panels
from callbacks.context import Context
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.refusals import RefusalError
from callbacks.releases import release_of
from data import origins
from data.freshness import NextRelease
from data.queries import Want, read_frame
from layouts import ids
from layouts.drawer import Origins, indicators_of, loads_of, shown_cells
from layouts.expanded import content

if TYPE_CHECKING:
    from data.facts import SeriesKey
    from data.selection import Selection
    from data.warehouse import Snapshot
    from layouts.view import View


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register the callback that fills the dialog, and the one that shows it in the browser."""

    @doorman.callback(
        Output(ids.EXPANDED_CONTENT, "data"),
        Wire(Input(ids.OPENED, "data"), ShortText),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def open_panel(opened: str | None, query: str | None, path: str | None) -> dict[str, Any]:
        if not opened or query is None or path is None:
            raise PreventUpdate
        code, _, press = opened.partition("#")
        if code not in context.panels:
            raise RefusalError("bad_payload")
        found = expanded(context, code, context.selection_at(path, query))
        # The same panel asked for twice must open twice: the number of the press makes it another content.
        return {**found, "press": press}

    app.clientside_callback(
        ClientsideFunction("onescreen", "showPanel"), Input(ids.EXPANDED_CONTENT, "data"), prevent_initial_call=True
    )


def expanded(context: Context, code: str, selection: Selection) -> dict[str, Any]:
    """Return what the dialog shows of a panel under a selection."""
    with context.warehouse.snapshot() as data:
        key = ("expanded", code, selection.address(), data.version, context.clock.today())
        made: dict[str, Any] = context.results.get_or_make(key, lambda: _expanded(context, data, code, selection))
    return made


def _expanded(context: Context, data: Snapshot, code: str, selection: Selection) -> dict[str, Any]:
    view = panels.view(context, data, context.panels[code], selection)
    return content(view, origins_of(context, data, view))


def origins_of(context: Context, data: Snapshot, view: View) -> Origins:
    """Return what the warehouse and the calendar know about the figures of a panel."""
    loads = [load.load_id for load in loads_of(view)]
    # The whole history of a series is long; most figures shown were never revised, and their cells say so.
    series = dict.fromkeys(key for key, cell in shown_cells(view) if cell.revised)
    return Origins(
        counted=origins.counted(data, loads),
        remarks=origins.remarks(data, loads),
        changes=origins.changes(data, series, context.settings.simulated, view.selection.as_of),
        releases=_releases(context, data, view),
        related=_related(context, view),
    )


def _releases(context: Context, data: Snapshot, view: View) -> dict[str, NextRelease]:
    """Return by indicator when its next figure is due, seen from the latest one there is."""
    keys: dict[str, SeriesKey] = {}
    for key in [each.key for each in view.listed()] or list(view.frame):
        keys.setdefault(key.indicator, key)
    newest = [Want(key, 0, 0, key) for key in keys.values()]
    frame = read_frame(data, newest, context.settings.simulated)
    releases = {code: release_of(context, frame, key) for code, key in keys.items()}
    return {code: release for code, release in releases.items() if release is not None}


def _related(context: Context, view: View) -> list[str]:
    """Return the titles of the other panels that ask for one of the same indicators."""
    mine = {each.code for each in indicators_of(view)}
    others = [panel for panel in context.panels.values() if panel.code != view.panel.code]
    asking = [
        panel
        for panel in others
        if mine & {want.key.indicator for want in panel.ask(context.catalogue, view.selection)}
    ]
    return [view.style.words(panel.title_zh, panel.title_en) for panel in asking]
