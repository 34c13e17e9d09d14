"""Which panels stand where: the wall and the planners' pages (which are the phone's below 768 px).

A place is a panel code and its CSS classes; ``assets/onescreen-3-wall.css`` says where on the grid that is for one,
two or three screens side by side. Places marked ``only-wide`` exist on walls of two or more screens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from data.selection import ROUTES, Selection
from layouts import header, ids, marks
from layouts.compare import SUFFIX, is_compared
from layouts.counts import COUNTED
from layouts.header import Pages
from layouts.panel import Panel, shell
from layouts.texts import text
from layouts.theme import Style


@dataclass(frozen=True)
class Bar:
    """What the filters of a page show before any choice: the controls, breadcrumb and pills, and the hint."""

    filters: Sequence[Component] = ()
    crumbs: Sequence[Component] = ()
    hint: Sequence[Component] = ()


NO_BAR = Bar()


@dataclass(frozen=True)
class Place:
    """A panel on a screen, and the classes that put it there."""

    panel: str
    area: str = ""


OVERVIEW = "overview"

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

# The other pages of the wall: four to six panels, the first half on the left screen of a double wall.
WALL: Mapping[str, Sequence[Place]] = {
    "clusters": (
        Place("bubble", "a1"),
        Place("clusters", "a2"),
        Place("structure", "a3"),
        Place("heat", "a4"),
        Place("contribution", "a5"),
        Place("cluster_lines", "a6"),
    ),
    "trade": (
        Place("trade", "a1"),
        Place("teu", "a2"),
        Place("partners", "a3"),
        Place("trade_modes", "a4"),
        Place("import_goods", "a5"),
        Place("concentration", "a6"),
    ),
    "digital": (
        Place("digital_core", "a1"),
        Place("core_share", "a2"),
        Place("digital", "a3"),
        Place("digital_growth", "a4"),
        Place("software", "a5"),
        Place("networks", "a6"),
    ),
    "warnings": (
        Place("warning_list", "a1"),
        Place("warnings_over_time", "a2"),
        Place("targets", "a3"),
        Place("late_sources", "a4"),
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
    Place("structure", "s5"),
    Place("heat", "s7"),
    Place("cluster_lines", "s5"),
    Place("chain", "s7"),
    Place("clusters", "s5"),
    Place("returns", "s7"),
    Place("contribution", "s5"),
)

DESK_TRADE: Sequence[Place] = (
    Place("trade", "s7"),
    Place("partners", "s5"),
    Place("export_goods", "s6"),
    Place("import_goods", "s6"),
    Place("trade_modes", "s6"),
    Place("concentration", "s6"),
    Place("cargo", "s6"),
    Place("foreign_cargo", "s6"),
    Place("teu", "s6"),
    Place("ecommerce", "s6"),
    Place("bulk_goods", "s12"),
)

DESK_DIGITAL: Sequence[Place] = (
    Place("digital_core", "s7"),
    Place("core_share", "s5"),
    Place("software", "s5"),
    Place("digital", "s7"),
    Place("digital_growth", "s6"),
    Place("open_data", "s6"),
    Place("networks", "s7 low"),
    Place("parks", "s5 low"),
)

DESK_INVESTMENT: Sequence[Place] = (
    Place("signed", "s7"),
    Place("foreign", "s5"),
    Place("signed_amount", "s6"),
    Place("paid_in", "s6"),
    Place("expos", "s12"),
)

DESK_CITY: Sequence[Place] = (
    Place("entities", "s7"),
    Place("entities_new", "s5"),
    Place("services", "s7"),
    Place("city_rates", "s5"),
    Place("enforcement", "s5"),
    Place("quality", "s7"),
    Place("smart_city", "s12 low"),
)

DESK_WARNINGS: Sequence[Place] = (
    Place("warning_list", "s12"),
    Place("targets", "s7"),
    Place("late_sources", "s5"),
    Place("warnings_over_time", "s12"),
)

DESK_SOURCES: Sequence[Place] = (Place("data_sources", "s12"),)

DESK: Mapping[str, Sequence[Place]] = {
    "overview": DESK_OVERVIEW,
    "clusters": DESK_CLUSTERS,
    "trade": DESK_TRADE,
    "digital": DESK_DIGITAL,
    "investment": DESK_INVESTMENT,
    "city": DESK_CITY,
    "warnings": DESK_WARNINGS,
    "sources": DESK_SOURCES,
}

Panels = Mapping[str, Panel]
KEPT = frozenset({"mapp", "low"})  # what of a place stays when it gets half the width


def places_of(selection: Selection, panels: Panels) -> dict[str, str]:
    """Return the area of every panel on the selected screen, by what it goes by there (``ids.instance``)."""
    if selection.kind == "wall":
        pages = [drawn_on(page, selection, panels) for page in (OVERVIEW, *WALL)]
        return {name: area for page in pages for name, area in page.items()}
    return {place.panel: place.area for place in laid_out(selection, desk_places(selection.page, panels))}


def laid_out(selection: Selection, places: Sequence[Place]) -> list[Place]:
    """Return the places as they are, or, where two screens are compared, each beside its twin on half the width."""
    if not is_compared(selection):
        return list(places)
    kept = {place.panel: [each for each in place.area.split() if each in KEPT] for place in places}
    halves = {code: " ".join(["s6", *classes]) for code, classes in kept.items()}
    return [each for code, area in halves.items() for each in (Place(code, area), Place(code + SUFFIX, f"{area} twin"))]


def drawn_on(page: str, selection: Selection, panels: Panels) -> dict[str, str]:
    """Return the areas of the panels of one page of the selected screen, by what they go by there.

    ``KeyError`` for a page the screen does not have.
    """
    if selection.kind != "wall":
        if page != selection.page:
            raise KeyError(page)
        return places_of(selection, panels)
    if page == OVERVIEW:
        return {place.panel: place.area for group in WALL_OVERVIEW.values() for place in group}
    return {ids.instance(place.panel, page): place.area for place in WALL[page]}


def wall_instances() -> set[str]:
    """Return what the panels go by that stand on a page of the wall other than the overview."""
    return {ids.instance(place.panel, page) for page, places in WALL.items() for place in places}


def desk_places(page: str, panels: Panels) -> list[Place]:
    """Return the places of a planners' page: those named here, then every panel that asks for one there itself."""
    places = DESK[page]
    named = {place.panel for place in places}
    asking = [panel for panel in panels.values() if panel.desk and panel.page == page and panel.code not in named]
    return [*places, *(Place(panel.code, panel.desk) for panel in asking)]


def page_of(code: str, panels: Panels) -> str:
    """Return the first planners' page a panel stands on; one that stands on none belongs to the overview."""
    return next((page for page in DESK if code in {place.panel for place in desk_places(page, panels)}), "overview")


def panels_of(selection: Selection, panels: Panels) -> list[Panel]:
    """Return the panels of the selected page, each once."""
    names = places_of(selection.with_(compare=None, compare_region=None), panels)
    return [panels[code] for code in dict.fromkeys(map(ids.code_of, names))]


def screen(selection: Selection, panels: Panels, title: str, pages: Pages, bar: Bar = NO_BAR) -> Component:
    """Return the selected screen before its data. ``bar`` is what the desk's filters show.

    A place whose panel is not among ``panels`` is a ``KeyError``: a screen names only panels that exist.
    """
    style = Style(selection.theme, selection.rise, selection.kind, selection.language)
    if selection.kind == "wall":
        return _wall(selection, panels, title, pages, style)
    return _desk(selection, panels, title, pages, bar, style)


def _wall(selection: Selection, panels: Panels, title: str, pages: Pages, style: Style) -> html.Main:
    """Return the wall: one head, one foot, and between them all its pages, of which one is seen.

    Only that one is drawn with the page; ``wall.js`` asks for the others one after the other, so that the first is
    there soon.
    """
    codes = [route.page for route in ROUTES.values() if route.kind == "wall"]
    deck = [_wall_page(code, selection, panels, pages, style) for code in codes]
    return html.Main(
        [
            header.wall_header(selection, title, style),
            html.Div(deck, className="w-deck"),
            header.wall_foot(selection, style, pages),
        ],
        className="wall",
        id="main",
    )


def _wall_page(code: str, selection: Selection, panels: Panels, pages: Pages, style: Style) -> html.Section:
    """Return a page of the wall before its data: key figures and panels."""
    dwell_s = pages[code].dwell_s if selection.dwell is None else selection.dwell
    main = _overview_main(panels, style) if code == OVERVIEW else _page_main(code, panels, style)
    filled = [_kpis(code, f"w-kpis n{_cards(code, pages)}", style), main]
    return html.Section(
        html.Div(filled, className="w-fill"),
        className="w-page on" if code == selection.page else "w-page",
        **marks.attributes(
            aria_label=pages[code].word("wall", style.language), data_page=code, data_dwell_s=str(dwell_s)
        ),
    )


def _page_main(code: str, panels: Panels, style: Style) -> html.Div:
    """Return the panels of a page in two halves, which a wall of two screens shows side by side."""
    places = WALL[code]
    shells = [shell(panels[each.panel], style, each.area, ids.instance(each.panel, code)) for each in places]
    half = (len(shells) + 1) // 2
    left, right = html.Div(shells[:half], className="grp half"), html.Div(shells[half:], className="grp half")
    return html.Div([left, right], className=f"w-main p{len(shells)}")


def _overview_main(panels: Panels, style: Style) -> html.Div:
    groups = {name: _shells(places, panels, style) for name, places in WALL_OVERVIEW.items()}
    left = html.Div(
        [
            html.Div(groups["left"], className="g-left-in"),
            html.Div(groups["middle"], className="g-mid"),
        ],
        className="grp g-left",
    )
    right = html.Div(groups["right"], className="grp g-right")
    return html.Div([left, right], className="w-main p-over")


def _desk(
    selection: Selection,
    panels: Panels,
    title: str,
    pages: Pages,
    bar: Bar,
    style: Style,
) -> html.Div:
    skip = html.A(text("skip", style.language), href="#main", className="skip")
    bar_of_filters = html.Div(
        list(bar.filters),
        id=ids.FILTERS,
        className="d-filter",
        role="search",
        **marks.attributes(aria_label=text("filters", style.language)),
    )
    # On a phone page.js folds the bar away behind its summary, which no other screen shows.
    summary = html.Summary(text("filters", style.language))
    filters = html.Details([summary, bar_of_filters], open=True, className="d-filters")
    stack = html.Div(
        [
            html.Div(list(bar.crumbs), id=ids.CRUMBS, className="crumbs"),
            html.P(id=ids.HEADER_HEADLINE, className="d-headline"),
            html.Div(list(bar.hint), id=ids.HINT, className="crumbs-hint", **marks.attributes(aria_live="polite")),
        ],
        className="d-crumbs",
    )
    told = [html.Div(id=ids.TICKER, className="d-ticker"), html.Div(id=ids.HEADER_PERIOD, className="d-stamp")]
    notices = html.Section(told, className="d-notices", **marks.attributes(aria_label=text("alerts", style.language)))
    row = _kpis(selection.page, f"d-stats n{_cards(selection.page, pages)}", style)
    body = [row, *_shells(laid_out(selection, desk_places(selection.page, panels)), panels, style)]
    main = html.Main(body, className="d-main", id="main")
    top = header.desk_top(selection, title, style, pages)
    compared = marks.attributes(data_compared="yes" if is_compared(selection) else "no", data_page=selection.page)
    return html.Div([skip, top, filters, stack, notices, main], className="desk", **compared)


def _cards(page: str, pages: Pages) -> int:
    return len(COUNTED[page].names) if page in COUNTED else len(pages[page].key_figures)


def _kpis(page: str, class_name: str, style: Style) -> html.Section:
    label = text("key_figures", style.language)
    return html.Section(id=ids.kpis(page), className=class_name, **marks.attributes(aria_label=label))


def _shells(places: Sequence[Place], panels: Panels, style: Style) -> list[html.Section]:
    return [shell(panels[place.panel], style, place.area) for place in places]
