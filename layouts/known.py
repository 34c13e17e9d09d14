"""What a screen of the past says about itself: 截至 2026-11-01 所知, in the header and on every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from layouts import marks
from layouts.texts import text
from layouts.theme import Style

if TYPE_CHECKING:
    from data.selection import Selection


def known_on(selection: Selection, style: Style, *, short: bool = False) -> list[Component]:
    """Return the chip that says as of which day the figures are known, or nothing where that is today."""
    if selection.as_of is None:
        return []
    day = selection.as_of.isoformat()
    words, full = (text(name, style.language, day=day) for name in ("known_short", "known_on"))
    return [html.Span([marks.icon("clock-history"), words if short else full], className="chip known", title=full)]
