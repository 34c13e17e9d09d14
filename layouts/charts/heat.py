"""Industry × month as flat classes of change: breaks at ±5, ±10, ±15 %, four classes each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.charts.parts import Change, Figure, Tick, change_column, number_font, period_axis
from layouts.theme import Style, diverging_class, ink_on

CLASSES = 8
MOST_NUMBERED = 24
EXACT_ZERO = 8  # a class of its own beside the eight, in the neutral colour


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One industry: a change in per cent per slot (``None`` is a gap), its texts, and the last change in words.

    ``simulated`` marks the cells that are not real; the marks are drawn only where real and simulated stand
    together.
    """

    name: str
    values: Sequence[float | None]
    texts: Sequence[str]
    last: Change
    simulated: Sequence[bool] = ()
    selected: bool = False
    code: str = ""


def heat(rows: Sequence[HeatRow], ticks: Sequence[Tick], style: Style, growth_column: float = 0.29) -> Figure:
    """Return the heat map, first row on top. On a wall the last value stands right, on a desk one in every cell."""
    upwards = list(reversed(rows))
    last = len(ticks) - 1
    axis = period_axis(ticks, most=5 if style.wall else len(ticks), pad=0.5)
    axis["tickfont"] = {"size": style.tick_px}
    axis["range"] = [-0.5, last + 0.5 + (len(ticks) * growth_column if style.wall else 0)]
    return {
        "data": [_cells(upwards, len(ticks), style), _marks(upwards, style)],
        "layout": {
            "margin": {"l": 4, "r": 4, "t": 2, "b": 4},
            "xaxis": axis,
            "yaxis": _names(upwards, style),
            "annotations": _last_column(upwards, style),
            "shapes": [_outline(height, last, style) for height, row in enumerate(upwards) if row.selected],
        },
    }


def _cells(upwards: Sequence[HeatRow], slots: int, style: Style) -> Figure:
    palette = [*style.diverging, style.token("div-0")]
    steps = len(palette)
    scale = [[edge / steps, color] for index, color in enumerate(palette) for edge in (index, index + 1)]
    return {
        "type": "heatmap",
        "x": list(range(slots)),
        "y": list(range(len(upwards))),
        "z": [[_class(value) for value in row.values] for row in upwards],
        "zmin": -0.5,
        "zmax": CLASSES + 0.5,
        "zauto": False,
        "colorscale": scale,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "text": [list(row.texts) for row in upwards],
        "customdata": [[row.code] * slots for row in upwards],
        "hoverinfo": "none" if style.wall else "text",
    }


def _outline(height: int, last: int, style: Style) -> Figure:
    """Return the frame around the chosen row."""
    line = {"color": style.token("accent"), "width": style.line_px(3, 2)}
    return {"type": "rect", "x0": -0.5, "x1": last + 0.5, "y0": height - 0.5, "y1": height + 0.5, "line": line}


def _class(value: float | None) -> int | None:
    if value is None:
        return None
    return EXACT_ZERO if value == 0 else diverging_class(value)


def _marks(upwards: Sequence[HeatRow], style: Style) -> Figure:
    """Return what stands inside the cells: a ▼ for a fall on a wall, the signed number on a desk, … for a gap.

    One trace of texts: as annotations, each of which is measured, they would take longer to draw than all the rest.
    """
    marked = [
        (slot, height, text, _ink(value, style))
        for height, row in enumerate(upwards)
        for slot, value in enumerate(row.values)
        if (text := _mark(row, slot, style))
    ]
    slots, heights, texts, inks = (list(part) for part in zip(*marked, strict=True)) if marked else ([], [], [], [])
    return {
        "type": "scatter",
        "mode": "text",
        "name": "cell",  # where the cells are too narrow the browser leaves the sign of a fall alone
        "x": slots,
        "y": heights,
        "text": texts,
        "textfont": number_font(style, "", 14 if style.wall else 12) | {"color": inks},
        "hoverinfo": "skip",
        "cliponaxis": False,
        "showlegend": False,
    }


def _mark(row: HeatRow, slot: int, style: Style) -> str:
    value = row.values[slot]
    if len(row.values) > MOST_NUMBERED:  # the cells are too narrow for figures; the pointer tells them
        return ""
    if value is None:
        return "…"
    if style.wall:
        return "▼" if value < 0 else ""
    return row.texts[slot]


def _ink(value: float | None, style: Style) -> str:
    return style.token("text-3") if value is None else ink_on(style.diverging_color(value))


def _last_column(upwards: Sequence[HeatRow], style: Style) -> list[Figure]:
    return change_column(style, [(height, row.last) for height, row in enumerate(upwards)]) if style.wall else []


def _names(upwards: Sequence[HeatRow], style: Style) -> Figure:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(upwards))),
        "ticktext": [row.name for row in upwards],
        "showgrid": False,
        "zeroline": False,
        "tickfont": {"size": style.label_px, "color": style.token("text-2")},
        "ticklabelstandoff": 8,
        "automargin": True,
        "fixedrange": True,
    }
