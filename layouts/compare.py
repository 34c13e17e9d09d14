"""Two screens side by side: every panel of a page once more, for another month or another region.

The other column is made of panels like any other (``twin``), which see the selection with the other month or region
in the place of the chosen one; so tables, files and sources behind them are those of what they show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.periods import month_period
from data.selection import FIRST_YEAR, Selection
from layouts import words
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.texts import text

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.queries import Want

SUFFIX = "-b"
EARLIEST = month_period(FIRST_YEAR, 1)
NO_OTHER_REGION = Empty(
    "该面板没有其他区域的数据",
    "This panel has no data for another region",
    "左侧仍为所选区域",
    "The left side shows the chosen region",
)
NO_OTHER_PERIOD = Empty(
    "该面板只有一个时期，无法对比",
    "This panel has one period only",
    "左侧为该面板自己的时期",
    "The left side shows the panel's own period",
)


def is_compared(selection: Selection) -> bool:
    """Tell whether two screens stand side by side; a wall shows one."""
    return selection.kind == "desk" and (selection.compare is not None or selection.compare_region is not None)


def is_twin(panel: Panel) -> bool:
    """Tell whether a panel stands in the other column."""
    return panel.code.endswith(SUFFIX)


def other_side(selection: Selection) -> Selection:
    """Return what the other column shows; the same for a selection that compares nothing. A range moves along."""
    other: dict[str, str | None] = {"compare": None, "compare_region": None}
    if selection.compare_region is not None:
        other |= {"region": selection.compare_region}
    if selection.compare is None:
        return selection.with_(**other)
    length = None
    if selection.since is not None and selection.period is not None:
        length = selection.period - selection.since
    since = None if length is None else max(selection.compare - length, EARLIEST)
    return selection.with_(**other | {"since": None}).with_(period=selection.compare).with_(since=since)


def twin(panel: Panel) -> Panel:
    """Return the panel of the other column."""

    def ask(catalogue: Catalogue, selection: Selection) -> Sequence[Want]:
        return [] if _nothing(panel, selection) else panel.ask(catalogue, other_side(selection))

    def draw(drawing: Drawing) -> Drawn:
        nothing = _nothing(panel, drawing.selection)
        if nothing is not None:
            return Drawn(empty=nothing)
        return panel.draw(replace(drawing, selection=other_side(drawing.selection)))

    return replace(panel, code=panel.code + SUFFIX, desk="", ask=ask, draw=draw, sees=other_side)


def with_twins(panels: Mapping[str, Panel]) -> dict[str, Panel]:
    """Return the panels and their twins, by code."""
    twins = [twin(panel) for panel in panels.values()]
    return {**panels, **{each.code: each for each in twins}}


def _nothing(panel: Panel, selection: Selection) -> Empty | None:
    """Return why a panel cannot show the other side, or None where it can."""
    if selection.compare_region is not None and "region" not in panel.follows:
        return NO_OTHER_REGION
    return NO_OTHER_PERIOD if selection.compare is not None and "period" not in panel.follows else None


def side_words(selection: Selection, catalogue: Catalogue, other: bool) -> str:
    """Return which side a panel is of: 左 · 最新 or 右 · 2025年10月 · 青岛."""
    seen, language = other_side(selection) if other else selection, selection.language
    parts = [text("side_right" if other else "side_left", language)]
    if selection.compare is not None:
        latest = text("latest", language)
        parts.append(latest if seen.period is None else words.period_label("M", "S", seen.period, language, True))
    if selection.compare_region is not None:
        parts.append(catalogue.regions[seen.region or catalogue.home_region].word("short", language))
    return " · ".join(parts)
