"""The header of the wall, the bars of the desk, and the ticker.

Clock, date and connection are written by the browser (``page.js``, ``heartbeat.js``): a screen whose server is away
must still say what time it is and that its data are old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.catalogue.pages import PageDeclaration
from data.freshness import Freshness
from data.periods import MONTHS_PER_YEAR
from data.selection import ROUTES, Rise, Selection
from layouts import ids, marks, words
from layouts.panel import Takeaway
from layouts.texts import text
from layouts.theme import Language, Style
from layouts.toolbar import page_export

FRESHNESS_MARKS = {
    Freshness.CURRENT: ("ok", "circle-fill"),
    Freshness.DUE_SOON: ("aging", "circle-half"),
    Freshness.OVERDUE: ("stale", "exclamation-triangle"),
    Freshness.BROKEN: ("err", "x-octagon"),
}


RISES: tuple[Rise, ...] = ("cn", "intl", "mono")
Pages = Mapping[str, PageDeclaration]


@dataclass(frozen=True)
class Header:
    """What the header says about the data: ``published_months`` of the year (0–12) fill the year bar."""

    period_text: str
    published_months: int
    released_text: str
    counts: Mapping[Freshness, int] = field(default_factory=dict)
    headline: Takeaway | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Alert:
    """One line of the ticker; ``level`` is 1 (Ⅰ red) to 4 (Ⅳ blue), 0 for a notice without level."""

    level: int
    words: str
    when: str = ""
    is_acknowledged: bool = False  # then it is listed, but does not hold the wall


def wall_header(selection: Selection, title: str, style: Style) -> html.Header:
    """Return the header of a wall before its data."""
    heading = html.Div(
        [html.H1(title, className="w-title"), html.P(id=ids.HEADER_HEADLINE, className="w-sub")], className="w-ttl"
    )
    right = html.Div([_meta(selection, style), html.Div(className="w-clock", **_clock("time"))], className="w-right")
    return html.Header([html.Div(id=ids.HEADER_PERIOD, className="w-period"), heading, right], className="w-head")


def period_block(header: Header, style: Style) -> list[Component]:
    """Return period, year bar, latest release, freshness and the simulated chip (fills ``ids.HEADER_PERIOD``)."""
    first = [year_bar(header.published_months, style), *_simulated_chip(header, style)]
    stamp = [_released(header, style), *freshness_counts(header, style)]
    return [
        html.Span(header.period_text, className="pv"),
        html.Span(first, style={"display": "flex", "alignItems": "center", "gap": ".65rem"}),
        html.Span(stamp, className="w-stamp"),
    ]


def desk_stamp(header: Header, style: Style) -> list[Component]:
    """Return the same for the line under the filters of the desk, shorter (fills ``ids.HEADER_PERIOD`` there)."""
    period = html.Span(header.period_text, className="num")
    return [period, *_simulated_chip(header, style), _released(header, style), *freshness_counts(header, style)]


def _released(header: Header, style: Style) -> html.Span:
    """Say when the newest of the figures was published, which is not the period they are of."""
    full = f"{text('latest_release', style.language)} {header.released_text}"
    shown = f"{text('released', style.language)} {header.released_text}" if style.wall else full
    return html.Span(shown, title=full)


def _simulated_chip(header: Header, style: Style) -> list[Component]:
    """Say in the header that some figures are simulated; it stands first, so that nothing can push it out."""
    if not header.simulated:
        return []
    label = html.Span(text("some_simulated", style.language), className="vh")
    shown = html.Span(text("simulated_chip", style.language), **marks.attributes(aria_hidden="true"))
    return [
        html.Span(
            [marks.icon("exclude"), shown, label], className="chip sim", title=text("some_simulated", style.language)
        )
    ]


def headline(header: Header, style: Style) -> list[Component | str]:
    """Return the sentence of the day (fills ``ids.HEADER_HEADLINE``)."""
    sentence = header.headline
    return [] if sentence is None else marks.bold(style.words(sentence.zh, sentence.en))


def freshness_counts(header: Header, style: Style) -> list[html.Span]:
    """Return ``数据：● 14 正常 ▲ 1 过期`` and the like, read aloud with · between; a state nobody is in is left out."""
    present = [state for state in FRESHNESS_MARKS if header.counts.get(state)]
    return [
        html.Span(
            [
                text("freshness", style.language) if state is present[0] else html.Span(" · ", className="vh"),
                marks.icon(FRESHNESS_MARKS[state][1]),
                f"{header.counts[state]} {words.freshness_words(state, style.language)}",
            ],
            className=f"fresh {FRESHNESS_MARKS[state][0]}",
        )
        for state in present
    ]


def year_bar(published_months: int, style: Style) -> html.Span:
    """Return twelve blocks, the published months filled."""
    blocks = [html.I(className="on" if month <= published_months else "") for month in range(1, MONTHS_PER_YEAR + 1)]
    label = text("published_months", style.language, n=published_months)
    return html.Span(blocks, className="yearbar", role="img", **marks.attributes(aria_label=label))


def switches(selection: Selection, style: Style) -> list[html.A]:
    """Return the links that switch theme and language; they keep every other choice of the address.

    The wall says what is on, the desk (like any tool bar) what a click gives.
    """
    other_theme = "light" if selection.theme == "dark" else "dark"
    next_rise = RISES[(RISES.index(selection.rise) + 1) % len(RISES)]
    other_language: Language = "en" if selection.language == "zh" else "zh"
    shown_theme = selection.theme if style.wall else other_theme
    theme: list[Component | str] = [marks.icon("moon" if shown_theme == "dark" else "sun")]
    language: list[Component | str] = [text("language_name", selection.language if style.wall else other_language)]
    if style.wall:
        theme.append(text(selection.theme, style.language))
        language.insert(0, marks.icon("translate"))
    colours = [] if style.wall else [_rise_switch(selection, style, next_rise)]
    return [
        *colours,
        _switch(theme, selection.with_(theme=other_theme).address(), text("theme", style.language)),
        _switch(language, selection.with_(language=other_language).address(), text("language", style.language)),
    ]


def _rise_switch(selection: Selection, style: Style, other: Rise) -> html.A:
    """Return the link that changes which colour means a rise; it shows the setting that is on."""
    now = text(f"rise_{selection.rise}", style.language)
    label = text("rise_switch", style.language, now=now, other=text(f"rise_{other}", style.language))
    mark = html.Span([html.I("▲", className="up"), html.I("▼", className="down")], className="rise-mark")
    return _switch([mark], selection.with_(rise=other).address(), label)


def _switch(children: list[Component | str], address: str, label: str) -> html.A:
    return html.A(children, href=address, className="switch", title=label, **marks.attributes(aria_label=label))


def desk_top(selection: Selection, title: str, style: Style, pages: Pages) -> html.Header:
    """Return the top bar of the desk: name, pages, switches, connection."""
    wall = ROUTES[wall_path(selection.page)].with_(language=selection.language)
    links = [
        html.A(
            [pages[route.page].word("name", style.language), *_count(route.page)],
            href=_same_look(route, selection).address(),
            **_current(route.page == selection.page),
        )
        for route in _routes("desk")
    ]
    links.append(html.A([marks.icon("display"), text("wall_link", style.language)], href=wall.address()))
    right = [
        _connection(style),
        html.Span(switches(selection, style), id=ids.SWITCHES, className="switches"),
        page_export(selection.page, style),
    ]
    return html.Header(
        [html.H1(title, className="d-brand"), html.Nav(links, className="d-nav"), html.Div(right, className="d-right")],
        className="d-top",
    )


def ticker(alerts: Sequence[Alert], style: Style) -> list[Component]:
    """Return the warnings (fills ``ids.TICKER``); the browser shows a few at a time and changes them by fading."""
    title = [marks.icon("exclamation-triangle"), html.Span(f"{text('alerts', style.language)} {len(alerts)}")]
    # page.js writes how many wait for their turn: only the browser knows how many the screen has room for.
    waiting = marks.attributes(data_others=text("rotating", style.language, n="{n}"))
    others = html.Span(className="others", style={"fontWeight": 400, "whiteSpace": "nowrap"}, **waiting)
    items = [html.Li(_alert(alert, style)) for alert in alerts] or [
        html.Li(html.Span(text("no_alerts", style.language)))
    ]
    unknown = [alert.level for alert in alerts if alert.level and not alert.is_acknowledged]
    gravest = str(min(unknown, default=""))
    turns = marks.attributes(aria_live="polite", data_rotate="8", data_gravest=gravest)
    shown = html.Ul(items, className="warns", **turns)
    if style.wall:  # the foot of the wall is a grid of two
        return [html.Span([*title, others], className="tl"), shown]
    return [html.Span(title, className="tl"), shown, others]


def wall_foot(selection: Selection, style: Style, pages: Pages) -> html.Footer:
    """Return the foot of the wall: the ticker and the names of the wall pages."""
    listed = [_page_name(route, selection, pages, style) for route in _routes("wall")]
    names = html.Ul(listed, className="pages", **marks.attributes(aria_label=text("pages", style.language)))
    # wall.js says here that the turning of the pages is paused, or that the page shown has panels without news.
    told = marks.attributes(
        data_turning="",
        data_paused=text("turning_paused", style.language),
        data_pinned=text("turning_pinned", style.language),
        data_troubled=text("page_troubled", style.language, n="{n}"),
    )
    turning = html.Span([names, html.Span(className="w-turn", role="status", **told)], className="w-names")
    return html.Footer([html.Div(id=ids.TICKER, className="w-ticker"), turning], className="w-tick")


def _page_name(route: Selection, selection: Selection, pages: Pages, style: Style) -> html.Li:
    name: list[Component | str] = [pages[route.page].word("wall", style.language), *_count(route.page)]
    link = html.A(name, href=selection.with_(page=route.page).address())
    return html.Li(link, **_current(route.page == selection.page), **marks.attributes(data_goes_to=route.page))


def _alert(alert: Alert, style: Style) -> list[Component]:
    levels = text("levels", style.language).split(",")
    badge = [html.Span(levels[alert.level - 1], className=f"lvl lvl-{alert.level}")] if alert.level else []
    when: list[Component] = [html.Time(alert.when)] if alert.when else []
    if alert.is_acknowledged:
        when.insert(0, html.Small(text("acknowledged", style.language), className="known"))
    return [*badge, html.Span(alert.words), *when]


def _count(page: str) -> list[Component]:
    """Return the place beside 预警 where the number of warnings stands."""
    return [html.Span(id=ids.WARNING_COUNT, className="nav-n num")] if page == "warnings" else []


def _meta(selection: Selection, style: Style) -> html.Div:
    first = html.Div([html.Span(**_clock("date")), _connection(style)])
    viewer = html.Span([marks.icon("display"), selection.device or text("wall_viewer", style.language)])
    second = html.Div([html.Span(switches(selection, style), id=ids.SWITCHES, className="switches"), viewer])
    return html.Div([first, second], className="w-meta")


def _connection(style: Style) -> html.Span:
    """Return the dot that heartbeat.js keeps: it lives in the browser and survives the server."""
    label = html.Span(text("connected", style.language), **marks.attributes(data_connection_text=""))
    return html.Span(
        [marks.icon("circle-fill"), label],
        className="fresh ok conn",
        role="status",
        **marks.attributes(data_connection=""),
    )


def _clock(part: str) -> dict[str, Any]:
    return marks.attributes(data_clock=part)


def _current(is_current: bool) -> dict[str, Any]:
    return marks.attributes(aria_current="page") if is_current else {}


def _routes(kind: str) -> Iterable[Selection]:
    return (route for route in ROUTES.values() if route.kind == kind)


def wall_path(page: str) -> str:
    """Return the path of a page on the wall; the overview's where the wall does not have the page."""
    found = (path for path, route in ROUTES.items() if (route.kind, route.page) == ("wall", page))
    return next(found, "/wall/overview")


def _same_look(route: Selection, selection: Selection) -> Selection:
    return route.with_(theme=selection.theme, language=selection.language, rise=selection.rise)
