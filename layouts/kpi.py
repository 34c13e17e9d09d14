"""The cards of the key figures: name, value, change, badges, sparkline, target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from layouts import marks
from layouts.sparkline import sparkline
from layouts.texts import text
from layouts.theme import Style
from layouts.words import Badge, Change

PERIOD = "period"


@dataclass(frozen=True)
class Target:
    """The bar under a card: how far it is filled, where the mark stands (both 0–100 of its width), and the words.

    For a level the fill is the share of the year's target reached and the mark is 序时进度; for a growth the fill is
    the rate and the mark the goal, on one scale.
    """

    fill_percent: float
    mark_percent: float
    left_label: str
    left_value: str
    right_words: str
    behind: bool = False
    title: str = ""  # the target in full, with who set it


@dataclass(frozen=True)
class Kpi:
    """One key figure as it is read. ``number`` and ``change`` come from ``layouts.words``."""

    code: str
    name: str
    number: str
    unit: str
    change_label: str = ""
    change: Change | None = None
    badges: Sequence[Badge] = ()
    trend: Sequence[float | None] = ()
    target: Target | None = None
    period_text: str = ""
    period_short: str = ""  # said where the card is not of the period of the strip
    source_text: str = ""


def kpi_strip(kpis: Sequence[Kpi], style: Style) -> list[html.Div]:
    """Return the cards; on the wall in two halves, so that nothing crosses the seam of a double screen."""
    cards = [kpi_card(kpi, style) for kpi in kpis]
    if not style.wall:
        return cards
    first = math.ceil(len(cards) / 2)
    halves = cards[:first], cards[first:]
    return [html.Div(half, className=f"kset k{number}") for number, half in enumerate(halves, start=1)]


def kpi_card(kpi: Kpi, style: Style) -> html.Div:
    """Return one card. The period stands by the line where the figure is of another one than the strip.

    Badges stand beside the name on the desk. On the wall the first stands beside the change, the others beside the
    name: a card is 205 px wide there.
    """
    badges = [_badge(badge, style) for badge in kpi.badges if badge.code != PERIOD]
    beside_name, beside_change = (badges[1:], badges[:1]) if style.wall else (badges, [])
    other_periods = [badge.text for badge in kpi.badges if badge.code == PERIOD] or [kpi.period_short]
    when = [html.Span(words, className="when") for words in other_periods if words]
    aim = kpi.target.title if kpi.target else ""
    line = sparkline(kpi.trend, style, height_rem=2.2 if style.wall else 1.75)
    return html.Div(
        [
            html.Div([html.Span(kpi.name, className="nm"), *beside_name], className="kpi-name"),
            html.Div([kpi.number, html.Small(kpi.unit)], className="kpi-val"),
            html.Div([*_change(kpi, style), *beside_change, *([] if style.wall else when)], className="kpi-chg"),
            html.Div([*(when if style.wall else []), line], className="kpi-trend"),
            *([_target(kpi.target)] if kpi.target else []),
        ],
        className="kpi",
        role="group",
        title=" · ".join(part for part in (kpi.name, kpi.period_text, kpi.source_text, aim) if part),
        **marks.attributes(aria_label=kpi.name, data_kpi=kpi.code),
    )


def _badge(badge: Badge, style: Style) -> html.Span:
    """Return a badge that fits a card: the English word for simulated is shortened on the wall."""
    if style.wall and style.language == "en" and badge.code == "simulated":
        return html.Span("Sim.", className="chip sim", title=badge.text)
    return marks.badge(badge, with_icon=False)


def _change(kpi: Kpi, style: Style) -> list[html.Span]:
    """Return label and change; percentage points stand small behind the figure, because they are long."""
    if kpi.change is None:
        return []
    amount, _, points = kpi.change.number.partition(" ")
    label = html.Span(kpi.change_label, className="lab")
    if not points or not kpi.change.arrow:
        return [label, marks.change(kpi.change)]
    arrow = html.I(kpi.change.arrow, **marks.attributes(aria_hidden="true"))
    spoken = html.Span(kpi.change.spoken, className="vh")
    figure = html.Span(amount, **marks.attributes(aria_hidden="true"))
    delta = html.Span([spoken, arrow, figure], className=f"delta {kpi.change.direction}")
    unit = html.Span(text("points", style.language), className="lab", **marks.attributes(aria_hidden="true"))
    return [label, delta, unit]


def _target(target: Target) -> html.Div:
    behind = " behind" if target.behind else ""
    bar = html.Div(
        [
            html.B(style={"width": f"{_within(target.fill_percent):.1f}%"}),
            html.U(style={"left": f"{_within(target.mark_percent):.1f}%"}),
        ],
        className=f"t-bar{behind}",
        **marks.attributes(aria_hidden="true"),
    )
    left = html.Span([target.left_label, " ", html.B(target.left_value, className="num")])
    words = html.Div([left, html.Span(target.right_words, className=behind.strip())], className="t-txt")
    return html.Div([bar, words], className="target")


def _within(percent: float) -> float:
    return min(100.0, max(0.0, percent))
