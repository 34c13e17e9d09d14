"""The table behind a panel, one click away: its figures with source, file, hash, place and status."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate

from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.selection import Clicks
from data.selection import Selection
from layouts import ids
from layouts.lineage import lineage


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register the callback that fills the dialog, and the one that opens it in the browser."""

    @doorman.callback(
        Output(ids.TABLE_CONTENT, "data"),
        Wire(Input(ids.table_button(ALL), "n_clicks"), Clicks),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def show_table(clicks: dict[str, int | None], query: str | None, path: str | None) -> dict[str, Any]:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not clicks.get(pressed["panel"]) or query is None or path is None:
            raise PreventUpdate
        content = table(context, pressed["panel"], context.selection_at(path, query))
        # The same table asked for twice must open twice: the number of the press makes it another content.
        return {**content, "press": [pressed["panel"], clicks[pressed["panel"]]]}

    app.clientside_callback(
        ClientsideFunction("onescreen", "openTable"), Input(ids.TABLE_CONTENT, "data"), prevent_initial_call=True
    )


def table(context: Context, code: str, selection: Selection) -> dict[str, Any]:
    """Return the table of everything a panel asks for under a selection."""
    declared = context.panels[code]
    with context.warehouse.snapshot() as data:
        frame = context.frame(data, declared.ask(context.catalogue, selection), selection)
    return lineage(declared, frame, context.catalogue, style_of(selection))
