"""Counts stacked over a period axis: one colour and one name per layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.charts.parts import Figure, Tick, number_font, period_axis
from layouts.theme import Style


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its name, its colour, and its count in every slot."""

    name: str
    color: str
    counts: Sequence[int]


def stacked(layers: Sequence[Layer], ticks: Sequence[Tick], style: Style) -> Figure:
    """Return the layers as stacked columns, the first at the bottom, with the whole count above each column."""
    totals = [sum(counts) for counts in zip(*(layer.counts for layer in layers), strict=True)]
    places = list(range(len(ticks)))
    bars = [
        {
            "type": "bar",
            "x": places,
            "y": list(layer.counts),
            "name": layer.name,
            "marker": {"color": layer.color},
            "hoverinfo": "none" if style.wall else "text",
            "hovertext": [
                f"{tick.year} {tick.label} · {layer.name} {n}" for tick, n in zip(ticks, layer.counts, strict=True)
            ],
        }
        for layer in layers
    ]
    font = number_font(style, style.token("text"))
    words = [
        {"x": place, "y": total, "text": str(total), "showarrow": False, "yanchor": "bottom", "font": font}
        for place, total in zip(places, totals, strict=True)
    ]
    return {
        "data": bars,
        "layout": {
            "barmode": "stack",
            "bargap": 0.4,
            "showlegend": False,
            "margin": {"l": 6, "r": 6, "t": 20, "b": 4},
            "annotations": words,
            "xaxis": period_axis(ticks, most=6 if style.wall else 12),
            "yaxis": {"visible": False, "range": [0, max([*totals, 1]) * 1.18], "fixedrange": True},
        },
    }
