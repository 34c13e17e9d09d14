"""Two measures of the same industries side by side: one name, two bars, each with its figure and its change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.charts.parts import Change, Figure, bold, change_color, number_font
from layouts.theme import Style

LEFT, RIGHT = (0.0, 0.52), (0.58, 1.0)  # the shares of the width the two measures take
ROOM_FOR_TEXT = 2.6


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of a row: its value (``None``: no bar, the label says why), its text and its change."""

    value: float | None
    label: str
    change: Change


@dataclass(frozen=True, slots=True)
class PairedRow:
    """One industry with both of its figures."""

    name: str
    left: Reading
    right: Reading
    code: str = ""
    selected: bool = False


def paired(rows: Sequence[PairedRow], style: Style, titles: tuple[str, str]) -> Figure:
    """Return the rows in the given order from the top, with a head over either side."""
    upwards = list(reversed(rows))
    left, right = [row.left for row in upwards], [row.right for row in upwards]
    return {
        "data": [_bars(upwards, left, "x", style), _bars(upwards, right, "x2", style)],
        "layout": {
            "margin": {"l": 4, "r": 4, "t": 2, "b": 2},
            "showlegend": False,
            "xaxis": _axis(left, LEFT),
            "xaxis2": _axis(right, RIGHT) | {"anchor": "y"},
            "yaxis": _names(upwards, style),
            "annotations": [
                *_heads(titles, len(upwards), style),
                *_changes(left, LEFT[1], style),
                *_changes(right, RIGHT[1], style),
            ],
        },
    }


def _axis(side: Sequence[Reading], domain: tuple[float, float]) -> Figure:
    values = [each.value for each in side if each.value is not None]
    high, low = max([*values, 0.0]) or 1.0, min([*values, 0.0])
    reach = max(high, -low)
    return {
        "domain": list(domain),
        "range": [-reach * 0.9 if low < 0 else 0.0, reach * ROOM_FOR_TEXT],
        "zeroline": low < 0,
        "showticklabels": False,
        "showline": False,
        "showgrid": False,
        "ticks": "",
        "fixedrange": True,
    }


def _bars(upwards: Sequence[PairedRow], side: Sequence[Reading], axis: str, style: Style) -> Figure:
    colors = [style.token("accent") if row.selected else style.sequential(2) for row in upwards]
    losses = [(each.value or 0.0) < 0 for each in side]
    return {
        "type": "bar",
        "orientation": "h",
        "xaxis": axis,
        "yaxis": "y",
        "y": list(range(len(upwards))),
        "x": [each.value for each in side],
        "width": 0.56,
        "marker": {
            "color": [style.token("surface") if loss else color for loss, color in zip(losses, colors, strict=True)],
            "line": {"color": colors, "width": [1.5 if loss else 0 for loss in losses]},
        },
        "text": [each.label for each in side],
        "textposition": "outside",
        "textfont": number_font(style, style.token("text")),
        "constraintext": "none",
        "cliponaxis": False,
        "customdata": [row.code for row in upwards],
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [
            f"{row.name} {each.label} {each.change.text}".strip() for row, each in zip(upwards, side, strict=True)
        ],
    }


def _names(upwards: Sequence[PairedRow], style: Style) -> Figure:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(upwards))),
        "ticktext": [row.name for row in upwards],
        "range": [-0.55, len(upwards) - 0.45 + 0.8],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": style.label_px, "color": style.token("text-2")},
        "ticklabelstandoff": 8,
        "automargin": True,
        "fixedrange": True,
    }


def _heads(titles: tuple[str, str], count: int, style: Style) -> list[Figure]:
    return [
        {
            "xref": "paper",
            "x": side[0],
            "xanchor": "left",
            "y": count - 0.15,
            "text": title,
            "showarrow": False,
            "font": {"size": style.tick_px, "color": style.token("text-3")},
        }
        for side, title in zip((LEFT, RIGHT), titles, strict=True)
    ]


def _changes(side: Sequence[Reading], edge: float, style: Style) -> list[Figure]:
    return [
        {
            "xref": "paper",
            "x": edge,
            "xanchor": "right",
            "y": height,
            "text": bold(each.change.text),
            "showarrow": False,
            "font": number_font(style, change_color(style, each.change.direction)),
        }
        for height, each in enumerate(side)
        if each.change.text
    ]
