"""The bar of filters, the stack in sight, and the industry tree, which is filled when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.context import Context, style_of
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from data.periods import month_of, month_period, year_of
from data.selection import Selection
from layouts import crumbs, filter_bar, filters, ids, industry_tree, key_figures, words
from layouts.panel import Drawing
from layouts.screens import Bar, panels_of

if TYPE_CHECKING:
    from data.queries import Reader

MONTHS_TO_CHOOSE = 120


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register what fills the industry tree when it is opened."""

    @doorman.callback(
        Output(ids.TREE_CONTENT, "data"),
        Wire(Input(ids.TREE_OPENED, "data"), ShortText),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def fill_tree(opened: str | None, query: str | None, path: str | None) -> dict[str, Any]:
        if opened is None or query is None or path is None:
            raise PreventUpdate
        # The same tree opened twice must be drawn twice: the number of the opening makes it another content.
        return {**tree_of(context, context.selection_at(path, query)), "opened": opened}

    app.clientside_callback(
        ClientsideFunction("onescreen", "drawTree"), Input(ids.TREE_CONTENT, "data"), prevent_initial_call=True
    )


def bar_places(context: Context, data: Reader, selection: Selection) -> dict[str, Sequence[Component]]:
    """Return the bar by the ids of its places; a wall has none."""
    if style_of(selection).wall:
        return {}
    bar = bar_of(context, data, selection)
    return {ids.FILTERS: bar.filters, ids.CRUMBS: bar.crumbs, ids.HINT: bar.hint}


def bar_of(context: Context, data: Reader, selection: Selection) -> Bar:
    """Return the controls, the breadcrumb with its pills, and the hint of a selection."""
    style, catalogue = style_of(selection), context.catalogue
    panels = panels_of(selection, context.panels)
    usable = filters.usable(panels)
    months = months_to_choose(context, data, selection)
    return Bar(
        filter_bar.filter_bar(selection, months, catalogue, usable, style),
        crumbs.crumbs(selection, catalogue, usable, style),
        crumbs.hint(selection, catalogue, panels, style),
    )


def tree_of(context: Context, selection: Selection) -> dict[str, Any]:
    """Return the industries with their output at the selected period."""
    with context.warehouse.snapshot() as data:
        frame = context.frame(data, industry_tree.ask(context.catalogue, selection), selection)
    return industry_tree.tree(Drawing(frame, context.catalogue, selection, style_of(selection)))


def months_to_choose(context: Context, data: Reader, selection: Selection) -> list[tuple[str, str]]:
    """Return the months the filter offers, the newest first, as ``(2024-09, 2024年9月)``."""
    figures = key_figures.figures_of(context.catalogue, selection)
    whole = key_figures.whole(selection)
    keys = [key_figures.key_of(figure, context.catalogue, whole) for figure in figures]
    newest = context.newest(data, keys, selection)
    if newest is None:
        return []
    # January alone is not published: who looks for it finds 1–2月.
    months = [
        period for period in range(newest, newest - MONTHS_TO_CHOOSE, -1) if period != month_period(year_of(period), 1)
    ]
    return [
        (
            f"{year_of(period):04d}-{month_of(period):02d}",
            words.period_label("M", "S", period, selection.language, True),
        )
        for period in months
    ]
