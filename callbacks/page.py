"""The page: what stands around it, and which screen an address shows."""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from pydantic import TypeAdapter

from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.filters import bar_of
from callbacks.refusals import RefusalError
from data.selection import ROUTES, Selection
from layouts import expanded, filter_bar, ids
from layouts.header import wall_path
from layouts.screens import NO_BAR, Bar, screen, wall_page

Wanted = TypeAdapter(bool)


def root_layout(context: Context) -> html.Div:
    """Return what every page has: the address, the data version last heard of, and the place of the screen."""
    return html.Div(
        [
            dcc.Location(id=ids.LOCATION, refresh=False),
            dcc.Store(id=ids.TICK, data=context.data_version()),
            html.Div(id=ids.PAGE),
        ],
        id="root",
    )


def register(doorman: Doorman, context: Context) -> None:
    """Register the callback that shows the screen of an address."""

    @doorman.callback(
        Output(ids.PAGE, "children"),
        Wire(Input(ids.LOCATION, "pathname"), ShortText),
        Wire(State(ids.LOCATION, "search"), QueryText),
    )
    def show_screen(path: str | None, query: str | None) -> list[Any]:
        if path is None:
            raise PreventUpdate
        return page(context, context.selection_at(path, query or ""))

    @doorman.callback(
        [Output(ids.wall_page(MATCH), "children")],
        Wire(Input(ids.wanted(MATCH), "data"), Wanted),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def fill_wall_page(code: str, wanted: bool | None, query: str | None, path: str | None) -> list[Any]:
        if not wanted or query is None or path is None:
            raise PreventUpdate
        selection = context.selection_at(path, query)
        if selection.kind != "wall" or ROUTES[wall_path(code)].page != code:
            raise RefusalError("bad_payload")
        return [wall_page(code, context.panels, context.catalogue.pages, style_of(selection))]


def page(context: Context, selection: Selection) -> list[Any]:
    """Return the screen of a selection before its data, with the selection beside it.

    The selection stands in the page as it comes from the address, so that nothing is drawn before it is known and
    nothing is drawn twice. What changes it exists only where there is something to change it with.
    """
    style = style_of(selection)
    bar = NO_BAR if style.wall else bar_of(context, selection)
    around = [] if style.wall else [dcc.Store(id=ids.ADDRESS), *filter_bar.stores(), expanded.dialog(style)]
    stores = [dcc.Store(id=ids.SELECTION, data=selection.to_query()), dcc.Store(id=ids.MIRROR)]
    return [*stores, *around, _screen(context, selection, bar)]


def _screen(context: Context, selection: Selection, bar: Bar) -> Component:
    title, pages = context.title(selection.language), context.catalogue.pages
    return screen(selection, context.panels, title, pages, bar)
