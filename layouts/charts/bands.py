"""An index on a scale with named bands: a bar per row, a line at every threshold, the bands' names over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.charts.parts import NO_CHANGE, Change, Figure, bold, change_column, number_font
from layouts.theme import Style

ROOM_FOR_TEXT = 1.75


@dataclass(frozen=True, slots=True)
class BandRow:
    """One index: its name, its value (``None``: no bar, the label says why), its texts."""

    name: str
    value: float | None
    label: str
    change: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class Band:
    """One band: where it begins and its name."""

    start: float
    name: str


def banded(rows: Sequence[BandRow], bands: Sequence[Band], style: Style) -> Figure:
    """Return the rows from the top; the last band is open to the right."""
    upwards = list(reversed(rows))
    top = max([bands[-1].start * 1.12, *(row.value or 0.0 for row in rows)])
    return {
        "data": [_bars(upwards, style)],
        "layout": {
            "margin": {"l": 4, "r": 4, "t": 2, "b": 2},
            "showlegend": False,
            "xaxis": {"visible": False, "range": [0, top * ROOM_FOR_TEXT], "fixedrange": True},
            "yaxis": _names(upwards, style),
            "shapes": [_threshold(band, len(rows), style) for band in bands[1:]],
            "annotations": [
                *_heads(bands, len(rows), style),
                *change_column(style, [(height, row.change) for height, row in enumerate(upwards)]),
            ],
        },
    }


def _bars(upwards: Sequence[BandRow], style: Style) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(upwards))),
        "x": [row.value for row in upwards],
        "width": 0.52,
        "marker": {"color": style.sequential(2), "line": {"width": 0}},
        "text": [bold(row.label) if row.value is not None else row.label for row in upwards],
        "textposition": "outside",
        "textfont": number_font(style, style.token("text")),
        "constraintext": "none",
        "cliponaxis": False,
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [" ".join(filter(None, (row.name, row.label, row.change.text))) for row in upwards],
    }


def _threshold(band: Band, count: int, style: Style) -> Figure:
    line = {"color": style.token("axis"), "width": 1, "dash": "dot"}
    return {"type": "line", "x0": band.start, "x1": band.start, "y0": -0.5, "y1": count - 0.45, "line": line}


def _heads(bands: Sequence[Band], count: int, style: Style) -> list[Figure]:
    return [
        {
            "x": band.start,
            "xanchor": "left",
            "xshift": 3,
            "y": count - 0.3,
            "text": band.name,
            "showarrow": False,
            "font": {"size": style.tick_px, "color": style.token("text-3")},
        }
        for band in bands
    ]


def _names(upwards: Sequence[BandRow], style: Style) -> Figure:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(upwards))),
        "ticktext": [row.name for row in upwards],
        "range": [-0.55, len(upwards) + 0.1],
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": style.label_px, "color": style.token("text-2")},
        "ticklabelstandoff": 8,
        "automargin": True,
        "fixedrange": True,
    }
