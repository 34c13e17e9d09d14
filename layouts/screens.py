"""Which panels stand where: the wall and the planners' pages (which are the phone's below 768 px).

A place is a panel code and its CSS classes; ``assets/onescreen-3-wall.css`` says where on the grid that is for one,
two or three screens side by side. Places marked ``only-wide`` exist on walls of two or more screens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from data.selection import Selection
from layouts import header, ids, marks
from layouts.header import Pages
from layouts.panel import Panel, shell
from layouts.texts import text
from layouts.theme import Style


@dataclass(frozen=True)
class Place:
    """A panel on a screen, and the classes that put it there."""

    panel: str
    area: str = ""


WALL_OVERVIEW: Mapping[str, Sequence[Place]] = {
    "left": (
        Place("clusters", "a-clu"),
        Place("heat", "a-heat"),
        Place("bubble", "a-bub only-wide"),
        Place("movers", "a-tree only-wide"),
    ),
    "middle": (Place("map", "mapp"), Place("shipping", "a-ship")),
    "right": (
        Place("trade", "a-trd"),
        Place("teu", "a-teu only-wide"),
        Place("partners", "a-par only-wide"),
        Place("commodities", "a-com only-wide"),
        Place("digital_growth", "a-dg1 only-wide"),
        Place("digital", "a-dig"),
    ),
}

DESK_OVERVIEW: Sequence[Place] = (
    Place("clusters", "s5"),
    Place("heat", "s7"),
    Place("trade", "s7"),
    Place("digital", "s5"),
    Place("map", "s7 mapp"),
    Place("gdp_history", "s5"),
    Place("shipping", "s12 low"),
    Place("bubble", "s6"),
    Place("movers", "s6"),
    Place("partners", "s4"),
    Place("commodities", "s4"),
    Place("teu", "s4"),
    Place("national_trade", "s6"),
    Place("national_partners", "s6"),
    Place("bulk_prices", "s7"),
    Place("digital_growth", "s5"),
)

DESK_CLUSTERS: Sequence[Place] = (
    Place("bubble", "s7"),
    Place("clusters", "s5"),
    Place("heat", "s7"),
    Place("movers", "s5"),
    Place("map", "s12 mapp"),
)

DESK_TRADE: Sequence[Place] = (
    Place("trade", "s7"),
    Place("partners", "s5"),
    Place("teu", "s6"),
    Place("commodities", "s6"),
    Place("shipping", "s12 low"),
    Place("bulk_prices", "s12"),
    Place("national_trade", "s6"),
    Place("national_partners", "s6"),
)

DESK_DIGITAL: Sequence[Place] = (
    Place("digital", "s6"),
    Place("digital_growth", "s6"),
)

DESK: Mapping[str, Sequence[Place]] = {
    "overview": DESK_OVERVIEW,
    "clusters": DESK_CLUSTERS,
    "trade": DESK_TRADE,
    "digital": DESK_DIGITAL,
}

Panels = Mapping[str, Panel]


def places_of(selection: Selection, panels: Panels) -> dict[str, str]:
    """Return the area of every panel on the selected screen, by panel code."""
    if selection.kind == "wall":
        return {place.panel: place.area for group in WALL_OVERVIEW.values() for place in group}
    return {place.panel: place.area for place in desk_places(selection.page, panels)}


def desk_places(page: str, panels: Panels) -> list[Place]:
    """Return the places of a planners' page: those named here, then every panel that asks for one there itself."""
    places = DESK[page]
    named = {place.panel for place in places}
    asking = [panel for panel in panels.values() if panel.desk and panel.page == page and panel.code not in named]
    return [*places, *(Place(panel.code, panel.desk) for panel in asking)]


def screen(
    selection: Selection, panels: Panels, title: str, pages: Pages, periods: Sequence[tuple[str, str]] = ()
) -> Component:
    """Return the selected screen before its data. ``periods`` are the months the desk's filter offers.

    A place whose panel is not among ``panels`` is a ``KeyError``: a screen names only panels that exist.
    """
    style = Style(selection.theme, selection.rise, selection.kind, selection.language)
    if selection.kind == "wall":
        return _wall(selection, panels, title, pages, style)
    return _desk(selection, panels, title, pages, periods, style)


def _wall(selection: Selection, panels: Panels, title: str, pages: Pages, style: Style) -> html.Main:
    groups = {name: _shells(places, panels, style) for name, places in WALL_OVERVIEW.items()}
    left = html.Div(
        [
            html.Div(groups["left"], className="g-left-in"),
            html.Div(groups["middle"], className="g-mid"),
        ],
        className="grp g-left",
    )
    right = html.Div(groups["right"], className="grp g-right")
    return html.Main(
        [
            header.wall_header(selection, title, style),
            _kpis("w-kpis", style),
            html.Div([left, right], className="w-main"),
            header.wall_foot(selection, style, pages),
        ],
        className="wall",
        id="main",
    )


def _desk(
    selection: Selection,
    panels: Panels,
    title: str,
    pages: Pages,
    periods: Sequence[tuple[str, str]],
    style: Style,
) -> html.Div:
    skip = html.A(text("skip", style.language), href="#main", className="skip")
    filters = html.Div(
        header.filter_bar(selection, periods, style),
        id=ids.FILTERS,
        className="d-filter",
        role="search",
        **marks.attributes(aria_label=text("filters", style.language)),
    )
    notices = html.Div(id=ids.TICKER, className="d-ticker")
    body = [_kpis("d-stats", style), *_shells(desk_places(selection.page, panels), panels, style)]
    main = html.Main(body, className="d-main", id="main")
    return html.Div([skip, header.desk_top(selection, title, style, pages), filters, notices, main], className="desk")


def _kpis(class_name: str, style: Style) -> html.Section:
    label = text("key_figures", style.language)
    return html.Section(id=ids.KPIS, className=class_name, **marks.attributes(aria_label=label))


def _shells(places: Sequence[Place], panels: Panels, style: Style) -> list[html.Section]:
    return [shell(panels[place.panel], style, place.area) for place in places]
