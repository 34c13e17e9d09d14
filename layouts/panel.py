"""What a panel is, and the frame around every panel: title, unit, takeaway, status, source, period, states.

A panel is declared (``Panel``); its ``draw`` turns a ``Drawing`` into a ``Drawn``. The frame computes source, period,
time of loading and badges from the cells shown (``layouts.stamps``), so no panel can forget or misstate them.

``shell`` is the panel before its data; ``PARTS`` names what is written into it when it is drawn, and ``drawn_parts``
and ``failed_parts`` are what is written. A figure is a plain dict for k = 1 without a template; ``assets/figure.js``
adds the template, scales it, fits it to its place and draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from dash import html
from dash.development.base_component import Component

from layouts import marks
from layouts.texts import text
from layouts.theme import Style
from layouts.toolbar import toolbar

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey
    from data.queries import Frame, Want
    from data.selection import Selection
    from layouts.alerts import Board
    from layouts.stamps import Stamp
    from layouts.view import Listed, WorkedOut

Children = Component | str | list[Any] | None
ALL_FILTERS = frozenset({"period", "accumulation"})


@dataclass(frozen=True)
class Takeaway:
    """The one sentence over a chart, computed from the data; one part between ``**`` is bold."""

    zh: str
    en: str


@dataclass(frozen=True)
class Empty:
    """Why there is nothing to show, and what to do about it."""

    reason_zh: str
    reason_en: str
    hint_zh: str = ""
    hint_en: str = ""
    icon: str = "inbox"
    action_zh: str = ""
    action_en: str = ""
    address: str = ""  # where the action leads


@dataclass(frozen=True)
class Drawing:
    """All a panel may look at when it draws."""

    frame: Frame
    catalogue: Catalogue
    selection: Selection
    style: Style
    board: Board | None = None  # what a panel that ``reads`` more than figures is given
    awaited: Mapping[SeriesKey, int] = field(default_factory=dict)  # by series the period that should be there already


@dataclass(frozen=True)
class Drawn:
    """What a panel shows.

    ``figure`` (a plain dict) or ``children``, not both. ``shown`` names the series really shown when they are fewer
    than were asked for, ``lead`` the series whose latest period is printed. ``flags`` may hold ``nominal`` when a
    growth on the panel is 名义推算; the other badges are read off the cells. ``listed`` says which series and periods
    the table behind the panel holds (``None``: all that is shown), ``worked_out`` which figures are no stored series.
    ``legend`` names the chart's colours as (colour, text) where only ``extra_side`` tells them: a picture has no head.
    """

    figure: dict[str, Any] | None = None
    children: Children = None
    takeaway: Takeaway | None = None
    alt: str = ""
    empty: Empty | None = None
    extra_side: Children = None
    shown: Sequence[SeriesKey] | None = None
    lead: SeriesKey | None = None
    flags: frozenset[str] = frozenset()
    note_zh: str = ""
    note_en: str = ""
    unit_zh: str = ""  # what stands beside the title, where a filter changes it (亿美元 for 亿元)
    unit_en: str = ""
    listed: Sequence[Listed] | None = None
    worked_out: Sequence[WorkedOut] = ()
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Panel:
    """One panel: what it is called, what it asks for, how it is drawn, which filters it follows.

    ``follows`` holds the names of ``layouts.filters``: ``period``, ``accumulation``, ``window`` (the range of months),
    ``growth.mom``, ``growth.avg2``, ``growth.base``, ``industry``, ``partner``, ``commodity``, ``region``,
    ``reference``, ``currency``. What the reader chose and a panel does not follow is said on the panel.
    """

    code: str
    theme: str
    title_zh: str
    title_en: str
    unit_zh: str
    unit_en: str
    ask: Callable[[Catalogue, Selection], Sequence[Want]] = field(repr=False)
    draw: Callable[[Drawing], Drawn] = field(repr=False)
    follows: frozenset[str] = ALL_FILTERS
    body: Literal["chart", "html"] = "chart"
    fixed_zh: str = ""
    fixed_en: str = ""
    desk: str = ""  # grid class on a planners' page, for a panel that no screen places by name
    page: str = "overview"  # the planners' page it then stands on
    sees: Callable[[Selection], Selection] = field(default=lambda selection: selection, repr=False)
    reads: frozenset[str] = frozenset()  # beside figures: warnings, history, sources, details (``layouts.alerts``)
    selects: str = ""  # the field of the selection a click on a mark sets; the mark's customdata is its code


NOTHING = Empty("", "")
SKELETON_PERCENT = (58, 62, 60, 55, 66, 44, 68, 70, 74, 71, 75)
# (part, property) in the order of ``drawn_parts``; ``html`` is what stands inside, all others are attributes.
PARTS = (
    ("plot", "figure"),
    ("root", "class"),
    ("root", "data-version"),
    ("side", "html"),
    ("takeaway", "html"),
    ("banner", "html"),
    ("body", "html"),
    ("foot", "html"),
    ("plot", "aria-label"),
    ("root", "data-state"),
    ("unit", "html"),
)
Parts = Mapping[tuple[str, str], Any]


def shell(panel: Panel, style: Style, area: str = "", name: str = "") -> html.Section:
    """Return a panel before its data: title and place are final, the body is a skeleton.

    ``name`` is what it goes by on this page where that is not its code (``layouts.ids.instance``).
    """
    name = name or panel.code
    title_id = f"title-{name}"
    head = [
        html.H2(
            [
                style.words(panel.title_zh, panel.title_en),
                html.Span(style.words(panel.unit_zh, panel.unit_en), className="p-unit", **part("unit")),
            ],
            className="p-title",
            id=title_id,
        ),
        html.Div(
            [
                *_fixed_chip(panel, style),
                html.Div(**part("side"), className="p-flags"),
                *([] if "sources" in panel.reads else toolbar(style.words(panel.title_zh, panel.title_en), style)),
            ],
            className="p-side",
        ),
        html.P(html.Span(className="skel skel-line"), **part("takeaway"), className="p-take"),
    ]
    return html.Section(
        [
            html.Header(head, className="p-head"),
            html.Div(**part("banner"), className="p-banner"),
            html.Div(_body(panel), className="p-body"),
            html.Footer(text("loading", style.language), **part("foot"), className="p-foot"),
        ],
        className=_class_name(panel, area, "loading"),
        **marks.attributes(
            data_part="root",
            data_name=name,
            aria_labelledby=title_id,
            data_panel=panel.code,
            data_area=area,
            data_version="",
            data_state="loading",
            data_selects="" if style.wall else panel.selects,
        ),
    )


def part(name: str) -> dict[str, Any]:
    """Return the attribute by which a part of a panel is found within it."""
    return marks.attributes(data_part=name)


def drawn_parts(panel: Panel, drawn: Drawn, stamp: Stamp, style: Style, version: str, area: str = "") -> Parts:
    """Return everything that is written into a panel that was drawn, or that has nothing to show, as ``PARTS``.

    ``area`` is the grid place the shell was made with, ``version`` the data version that was read.
    """
    state = "empty" if drawn.empty else "drawn"
    if stamp.simulated and not drawn.empty:
        state += " wm"
    takeaway = (
        None if drawn.empty or not drawn.takeaway else marks.bold(style.words(drawn.takeaway.zh, drawn.takeaway.en))
    )
    values = (
        None if drawn.empty else drawn.figure,
        _class_name(panel, area, state),
        version,
        [*marks.listed(drawn.extra_side), *stamp.badges(style)],
        takeaway,
        stamp.banner(style),
        empty_box(drawn.empty, style) if drawn.empty else drawn.children,
        stamp.foot(style, drawn.note_zh, drawn.note_en),
        drawn.alt,
        "empty" if drawn.empty else "stale" if stamp.overdue else "drawn",
        style.words(drawn.unit_zh, drawn.unit_en) or style.words(panel.unit_zh, panel.unit_en),
    )
    return dict(zip(PARTS, values, strict=True))


def failed_parts(style: Style, time_text: str, code: str) -> Parts:
    """Return what is written when drawing failed: the last good picture stays, a banner says when and which error."""
    kept, first = (
        html.Span(text(name, style.language, time=time_text, code=code), className=name.partition("_")[0])
        for name in ("refresh_failed", "first_failed")
    )  # the style shows the one that is true: whether there was a picture before is known in the browser
    retry = None if style.wall else marks.action(text("retry", style.language), data_retry="")
    return {
        ("side", "html"): marks.chip("err", text("error", style.language), "x-octagon"),
        ("banner", "html"): marks.banner([kept, first], retry, error=True),
        ("root", "data-state"): "error",
    }


def empty_box(empty: Empty, style: Style) -> html.Div:
    """Return the reason for an empty panel and the next step."""
    reason = style.words(empty.reason_zh, empty.reason_en) or text("no_data", style.language)
    hint = style.words(empty.hint_zh, empty.hint_en) or (
        "" if empty.reason_zh else text("no_data_hint", style.language)
    )
    said = [marks.icon(empty.icon), html.Div(reason), html.Small(hint)]
    if empty.address and not style.wall:
        said.append(html.A(style.words(empty.action_zh, empty.action_en), href=empty.address, className="btn-p"))
    return html.Div(said, className="emptybox")


def _class_name(panel: Panel, area: str, state: str) -> str:
    return " ".join(part for part in ("panel", f"p-{panel.code}", area, state) if part)


def _fixed_chip(panel: Panel, style: Style) -> list[Component]:
    """Say which filter a panel ignores; on the wall nobody filters."""
    ignored = ALL_FILTERS - panel.follows
    if style.wall or not ignored:
        return []
    name = "fixed_period" if "period" in ignored else "fixed_accumulation"
    words = style.words(panel.fixed_zh, panel.fixed_en) or text(name, style.language)
    return [marks.chip("fixed", words, "lock")]


def _body(panel: Panel) -> list[Component]:
    """Return the place of the chart (hidden where a panel has none), and that of everything that is no chart."""
    plot = html.Div(
        html.Div(className="plot"),
        className="p-plot",
        role="img",
        hidden=panel.body == "html",
        **part("plot"),
        **marks.attributes(aria_label=""),
    )
    bars = [html.I(style={"height": f"{height}%"}) for height in SKELETON_PERCENT]
    skeleton = html.Div(bars, className="skelbars", **marks.attributes(aria_busy="true"))
    return [plot, html.Div(skeleton, className="p-html", **part("body"))]
