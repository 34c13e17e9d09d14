"""The only callback that writes the selection: controls and the Back button become one canonical query.

The address bar follows in the browser (``assets/address.js``): writing ``dcc.Location`` would mount the page anew.
"""

from __future__ import annotations

from typing import Annotated

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from pydantic import Field, TypeAdapter

from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.refusals import RefusalError
from data.selection import Selection, SelectionError
from layouts import header, ids

ACCUMULATION_GROUP = "accumulation"

Clicks = TypeAdapter(Annotated[int, Field(strict=True, ge=0, le=10**9)])


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register the writer of the selection and what follows it in the browser."""

    @doorman.callback(
        Output(ids.SELECTION, "data"),
        Wire(Input(ids.PERIOD_CHOICE, "data"), ShortText),
        Wire(Input(ids.choice(ACCUMULATION_GROUP, ALL), "n_clicks"), Clicks),
        Wire(Input(ids.ADDRESS, "data"), QueryText),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def choose(
        period: str | None, _clicks: dict[str, int | None], address: str | None, query: str | None, path: str | None
    ) -> str:
        if path is None:
            raise PreventUpdate
        if ctx.triggered_id == ids.ADDRESS:
            return context.selection_at(path, (address or "").partition("#")[0]).to_query()
        return with_choice(context.selection_at(path, query or ""), ctx.triggered_id, period).to_query()

    @doorman.callback(
        Output(ids.SWITCHES, "children"),
        Wire(Input(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def keep_choices_in_links(query: str | None, path: str | None) -> list[Component]:
        if query is None or path is None:
            raise PreventUpdate
        selection = context.selection_at(path, query)
        return list(header.switches(selection, style_of(selection)))

    app.clientside_callback(
        ClientsideFunction("onescreen", "mirror"), Output(ids.MIRROR, "data"), Input(ids.SELECTION, "data")
    )
    app.clientside_callback(
        ClientsideFunction("onescreen", "checked"),
        Output(ids.choice(ACCUMULATION_GROUP, ALL), "aria-checked"),
        Input(ids.SELECTION, "data"),
        State(ids.choice(ACCUMULATION_GROUP, ALL), "id"),
        prevent_initial_call=True,
    )


def with_choice(selection: Selection, control: object, period: str | None) -> Selection:
    """Return the selection after a control was used. ``RefusalError`` if its value is none of ours."""
    try:
        if control == ids.PERIOD_CHOICE:
            return selection.with_(period=period or None)
        if isinstance(control, dict) and control.get("group") == ACCUMULATION_GROUP:
            return selection.with_(accumulation=control["value"])
    except SelectionError:
        raise RefusalError("bad_selection") from None
    raise PreventUpdate
