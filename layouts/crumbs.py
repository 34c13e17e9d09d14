"""The stack in sight: the drill path as a breadcrumb, every mark as a pill, and how to undo the last step.

Each is a link to the screen it leads to, so it can be copied or opened beside this one; ``filters.js`` follows it
without a new page.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from data import drill
from data.selection import Mark, Selection
from layouts import marks
from layouts.compare import is_compared, side_words
from layouts.mark_list import mark_name, month_code
from layouts.texts import text
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from layouts.panel import Panel


def crumbs(selection: Selection, catalogue: Catalogue, usable: Collection[str], style: Style) -> list[Component]:
    """Return breadcrumb and pills (fills ``ids.CRUMBS``)."""
    path = [_path(selection, catalogue, style)] if "industry" in usable or selection.industry else []
    pills = [_pill(selection, catalogue, mark, style) for mark in selection.stack]
    listed = html.Ul(pills, className="pills", **marks.attributes(aria_label=text("linked_marks", style.language)))
    return [*path, listed] if pills else [*path]


def _path(selection: Selection, catalogue: Catalogue, style: Style) -> html.Nav:
    codes = drill.drill_path(catalogue, selection.industry)
    whole = text("all_industries", style.language)
    steps = [(whole, drill.without(selection, "industry"))]
    steps += [
        (mark_name(catalogue, "industry", code, selection.language), selection.with_(industry=code)) for code in codes
    ]
    items = [html.Li(_step(name, target, target == selection)) for name, target in steps]
    below = _parts_below(selection, catalogue, style)
    return html.Nav(
        html.Ol([*items, *below], className="crumb"), **marks.attributes(aria_label=text("drill_path", style.language))
    )


def _step(name: str, target: Selection, is_here: bool) -> Component:
    if is_here:
        return html.B(name, **marks.attributes(aria_current="location"))
    return html.A(name, href=target.address(), **marks.attributes(data_go=""))


def _parts_below(selection: Selection, catalogue: Catalogue, style: Style) -> list[Component]:
    """Return how many parts the chosen industry has: 细分行业 3."""
    if selection.industry is None:
        return []
    parts = drill.parts_of(catalogue, selection.industry)
    return [html.Li(html.Span(text("parts_below", style.language, n=len(parts))))] if parts else []


def _pill(selection: Selection, catalogue: Catalogue, mark: Mark, style: Style) -> html.Li:
    value = getattr(selection, mark)
    name = mark_name(catalogue, mark, month_code(value) if mark == "period" else value, selection.language)
    label = text("linked", style.language, name=name)
    return html.Li(
        html.A(
            [label, html.Span("✕", **marks.attributes(aria_hidden="true"))],
            href=drill.without(selection, mark).address(),
            className="pill",
            **marks.attributes(data_go="", data_pill=mark, aria_label=text("take_off", style.language, name=name)),
        )
    )


def hint(selection: Selection, catalogue: Catalogue, panels: Sequence[Panel], style: Style) -> list[Component]:
    """Return how many panels follow the stack, and the way one step back (fills ``ids.HINT``)."""
    sides = _sides(selection, catalogue, style)
    if not selection.stack:
        return sides
    reached = sum(bool(panel.follows & set(selection.stack)) for panel in panels)
    back = html.A(
        [html.Kbd("Esc"), text("undo_step", style.language)],
        href=drill.undone(selection, catalogue).address(),
        className="undo",
        **marks.attributes(data_go="", data_undo=""),
    )
    return [*sides, html.Span(text("reaches", style.language, n=reached)), back]


def _sides(selection: Selection, catalogue: Catalogue, style: Style) -> list[Component]:
    """Return which side is which where two screens stand side by side."""
    if not is_compared(selection):
        return []
    sides = "，".join(side_words(selection, catalogue, other) for other in (False, True))
    return [html.Span(sides + text("cards_left", style.language))]
