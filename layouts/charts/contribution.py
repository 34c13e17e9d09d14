"""What every part adds to a growth, in percentage points: bars from zero, the residual and the whole below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from layouts.charts.parts import Figure, number_font
from layouts.theme import Style

ROOM_RIGHT, ROOM_LEFT = 1.75, 0.32  # of the longest bar to the right: for labels, and where anything falls
AIR = 0.45  # between the parts and the sums below them

Kind = Literal["part", "residual", "whole"]


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """One bar: what it adds in points (``None``: the label says why not), its text, and its 贡献率 as text."""

    name: str
    points: float | None
    label: str
    rate: str = ""
    kind: Kind = "part"
    code: str = ""
    selected: bool = False


def contribution(rows: Sequence[ContributionRow], style: Style, rate_title: str) -> Figure:
    """Return the bars in the given order from the top; a fall is hollow, the residual hatched."""
    upwards = list(reversed(rows))
    heights = _heights(upwards)
    values = [row.points or 0.0 for row in rows]
    high, low = max([*values, 0.0]) or 1.0, min([*values, 0.0])
    return {
        "data": [_bars(upwards, heights, style)],
        "layout": {
            "margin": {"l": 4, "r": 4, "t": 2, "b": 2},
            "showlegend": False,
            "xaxis": {
                "range": [low - max(high, -low) * ROOM_LEFT if low < 0 else 0.0, max(high, -low) * ROOM_RIGHT],
                "zeroline": True,
                "showticklabels": False,
                "showline": False,
                "ticks": "",
                "fixedrange": True,
            },
            "yaxis": _names(upwards, heights, style),
            "annotations": _rates(upwards, heights, style, rate_title),
        },
    }


def _heights(upwards: Sequence[ContributionRow]) -> list[float]:
    lifted = [AIR if row.kind == "part" else 0.0 for row in upwards]
    return [number + lift for number, lift in enumerate(lifted)]


def _bars(upwards: Sequence[ContributionRow], heights: Sequence[float], style: Style) -> Figure:
    colors = [_color(row, style) for row in upwards]
    hollow = [row.kind == "part" and (row.points or 0.0) < 0 for row in upwards]
    surface = style.token("surface")
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(heights),
        "x": [row.points for row in upwards],
        "width": 0.58,
        "marker": {
            "color": [surface if empty else color for empty, color in zip(hollow, colors, strict=True)],
            "line": {
                "color": colors,
                "width": [1.5 if row.kind == "residual" or h else 0 for row, h in zip(upwards, hollow, strict=True)],
            },
            "pattern": {"shape": ["/" if row.kind == "residual" else "" for row in upwards], "fgcolor": surface},
        },
        "text": [row.label for row in upwards],
        "textposition": "outside",
        "textfont": number_font(style, style.token("text")),
        "constraintext": "none",
        "cliponaxis": False,
        "customdata": [row.code for row in upwards],
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [" ".join(filter(None, (row.name, row.label, row.rate))) for row in upwards],
    }


def _color(row: ContributionRow, style: Style) -> str:
    if row.kind == "part":
        return style.token("accent") if row.selected else style.sequential(2)
    return style.token("text-3" if row.kind == "residual" else "text-2")


def _names(upwards: Sequence[ContributionRow], heights: Sequence[float], style: Style) -> Figure:
    return {
        "tickmode": "array",
        "tickvals": list(heights),
        "ticktext": [f"<b>{row.name}</b>" if row.kind == "whole" else row.name for row in upwards],
        "range": [-0.55, heights[-1] + 0.6 + 0.75],  # the head of the column of rates stands above the first bar
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": style.label_px, "color": style.token("text-2")},
        "ticklabelstandoff": 8,
        "automargin": True,
        "fixedrange": True,
    }


def _rates(upwards: Sequence[ContributionRow], heights: Sequence[float], style: Style, rate_title: str) -> list[Figure]:
    told = [(height, row.rate) for height, row in zip(heights, upwards, strict=True) if row.rate]
    at_edge = {"xref": "paper", "x": 0.995, "xanchor": "right", "showarrow": False}
    head = {
        **at_edge,
        "y": heights[-1] + 0.85,
        "text": rate_title,
        "font": {"size": style.tick_px, "color": style.token("text-3")},
    }
    column = [
        {**at_edge, "y": height, "text": text, "font": number_font(style, style.token("text-2"))}
        for height, text in told
    ]
    return [head, *column] if told else []
