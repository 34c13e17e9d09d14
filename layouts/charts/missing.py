"""A period without a figure inside the range: a dotted slot and the words for it, never a zero and never a bridge.

The height of the slot is that of the tallest mark shown, the same for every slot: it says nothing about a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layouts.charts.parts import Figure
from layouts.theme import Style

HALF_WIDTH = 0.32
MISSING = ("虚框：无可显示的数值", "dotted: no figure to show")
ROOM_PX = 26  # over the plot, for the words


def missing_slots(series: Iterable[Sequence[float | None]]) -> list[int]:
    """Return the slots in which a series has no value that had one before."""
    found: set[int] = set()
    for values in series:
        first = next((slot for slot, value in enumerate(values) if value is not None), len(values))
        found |= {slot for slot in range(first, len(values)) if values[slot] is None}
    return sorted(found)


def runs(slots: Sequence[int]) -> list[tuple[int, int]]:
    """Return neighbouring slots as (first, last)."""
    firsts = [slot for slot in slots if slot - 1 not in slots]
    lasts = [slot for slot in slots if slot + 1 not in slots]
    return list(zip(firsts, lasts, strict=True))


def dotted_slots(slots: Sequence[int], low: float, high: float, style: Style) -> list[Figure]:
    """Return a dotted frame around each slot, or around neighbouring ones together, from ``low`` to ``high``."""
    line = {"dash": "dot", "width": style.line_px(2, 1.25), "color": style.token("text-3")}
    return [
        {
            "type": "rect",
            "x0": first - HALF_WIDTH,
            "x1": last + HALF_WIDTH,
            "y0": low,
            "y1": high,
            "line": line,
            "name": "missing",
        }
        for first, last in runs(slots)
    ]


def legend(text: str, style: Style) -> Figure:
    """Return words at the top left, over the plot."""
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"size": style.tick_px, "color": style.token("text-2")},
    }
