"""The marks of a panel as a list: the way to them by keyboard, and on a screen too small to hit them.

A mark is a point whose Plotly ``customdata`` holds a code (``Panel.selects`` says of what); a month is ``2024-09``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from data.periods import month_of, month_period, year_of
from layouts import words
from layouts.marks import attributes
from layouts.markup import options
from layouts.texts import text
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.selection import Language, Selection
    from layouts.panel import Drawn, Panel


def codes_of(figure: dict[str, Any] | None) -> list[str]:
    """Return the codes of a figure's marks, each once, in the order they are drawn."""
    traces = (figure or {}).get("data", [])
    return list(dict.fromkeys(code for trace in traces for code in _flat(trace.get("customdata", ()))))


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value else []
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each)


def month_code(period: int) -> str:
    """Return a month as a mark and the address write it: ``2024-09``."""
    return f"{year_of(period):04d}-{month_of(period):02d}"


def mark_name(catalogue: Catalogue, mark: str, code: str, language: Language) -> str:
    """Return what a mark is called: 石油化工, 东盟, 2024年9月."""
    if mark == "period":
        return words.period_label("M", "S", month_period(int(code[:4]), int(code[5:])), language, True)
    if code in catalogue.clusters:
        return catalogue.clusters[code].word("short", language)
    return catalogue.label(mark, code, language, short=True)


def mark_list(panel: Panel, drawn: Drawn, selection: Selection, catalogue: Catalogue, style: Style) -> list[Component]:
    """Return the list of a panel's marks, or nothing where a click selects nothing."""
    codes = [] if style.wall or not panel.selects else codes_of(drawn.figure)
    if not codes:
        return []
    chosen = getattr(selection, panel.selects)
    current = month_code(chosen) if panel.selects == "period" and chosen is not None else chosen
    names = {code: mark_name(catalogue, panel.selects, code, selection.language) for code in codes}
    offered = {"": text("select_mark", style.language)} | names
    label = text("select_mark_label", style.language)
    listed = html.Select(
        options(offered, current if current in names else ""),
        className="mark-list",
        title=label,
        **attributes(aria_label=label, data_mark_list=panel.selects, data_current=current or ""),
    )
    # Beside the tools it is as small as one of them; the span carries its sign.
    return [html.Span(listed, className="mark-pick on" if current in codes else "mark-pick")]
