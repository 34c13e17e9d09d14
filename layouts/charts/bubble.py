"""Strength × growth × size: one named bubble per industry, a dotted line where strength is average."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from layouts.charts.parts import Emphasis, Figure, emphasis, nice_ticks
from layouts.theme import Style

LARGEST_PX = 52.0
SMALLEST_PX = 14.0


WIDE_FROM = 0x2E80  # hanzi and full-width signs are as wide as they are high
# About the size of the plot at k = 1, to keep names apart; the real one differs a little from screen to screen.
WALL_PX, DESK_PX = (420.0, 230.0), (480.0, 170.0)
Box = tuple[float, float, float, float]  # left, bottom, right, top in px


class Place(NamedTuple):
    """Where a name stands beside its bubble."""

    right: int
    up: int


PLACES = (Place(1, 0), Place(-1, 0), Place(0, 1), Place(0, -1))


@dataclass(frozen=True, slots=True)
class Frame:
    """The ranges of both axes and about how many px they take."""

    width: float
    low: float
    high: float
    size_px: tuple[float, float]

    def pixel(self, strength: float, growth: float) -> tuple[float, float]:
        """Return about where a point lies, in px from the lower left."""
        return strength / self.width * self.size_px[0], (growth - self.low) / (self.high - self.low) * self.size_px[1]

    def outside(self, box: Box) -> float:
        """Return how much of a box lies outside the plot, weighed so that it is avoided first."""
        over = max(-box[0], 0) + max(box[2] - self.size_px[0], 0) + max(-box[1], 0) + max(box[3] - self.size_px[1], 0)
        return 1000 * over


@dataclass(frozen=True, slots=True)
class Bubble:
    """One industry: strength on x, growth in per cent on y, size (any unit, area in proportion), hover text."""

    name: str
    strength: float
    growth: float
    size: float
    text: str = ""
    selected: bool = False
    code: str = ""


def bubbles(
    found: Sequence[Bubble], style: Style, axis_title: str, average: float | None, corners: tuple[str, str, str]
) -> Figure:
    """Return the bubbles with their names; ``corners`` label top left, top right and bottom right.

    ``average`` is the strength of the reference area (1 for a location quotient), or ``None`` where there is none.
    """
    width = max([bubble.strength for bubble in found] + [average or 0]) * 1.22 or 1
    growths = [bubble.growth for bubble in found]
    low, high = min([*growths, 0.0]), max([*growths, 0.0])
    span = high - low or 1
    sizes = _sizes(found, style)
    frame = Frame(width, low - span * 0.28, high + span * 0.48, WALL_PX if style.wall else DESK_PX)
    return {
        "data": [_trace(found, sizes, style)],
        "layout": {
            "margin": {"l": 4, "r": 8, "t": 4, "b": 4},
            "showlegend": False,
            "annotations": [*_names(found, sizes, style, frame), *_corners(corners, style)],
            "shapes": [] if average is None else [_average_line(average, style)],
            "xaxis": {"range": [0, width], "title": {"text": axis_title}, "ticks": "", "nticks": 5, "fixedrange": True},
            "yaxis": _growth_axis(frame.low, frame.high),
        },
    }


def _sizes(found: Sequence[Bubble], style: Style) -> list[float]:
    largest = max((bubble.size for bubble in found), default=0) or 1
    scale = 1 if style.wall else 0.75
    return [max(SMALLEST_PX, LARGEST_PX * math.sqrt(max(bubble.size, 0) / largest)) * scale for bubble in found]


def _trace(found: Sequence[Bubble], sizes: Sequence[float], style: Style) -> Figure:
    fills = [style.token("accent") if bubble.selected else style.sequential(2) for bubble in found]
    plain = Emphasis(fills, [style.token("surface")] * len(found), [1.5] * len(found))
    look = emphasis(style, fills, [bubble.selected for bubble in found], plain)
    return {
        "type": "scatter",
        "mode": "markers",
        "customdata": [bubble.code for bubble in found],
        "x": [bubble.strength for bubble in found],
        "y": [bubble.growth for bubble in found],
        "marker": {
            "size": list(sizes),
            "color": look.fills,
            "opacity": 0.9,
            "line": {"color": look.edges, "width": look.widths},
        },
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [bubble.text for bubble in found],
    }


def _names(found: Sequence[Bubble], sizes: Sequence[float], style: Style, frame: Frame) -> list[Figure]:
    """Return a name beside each bubble, the largest first, where it covers no other bubble and no other name."""
    points = [frame.pixel(bubble.strength, bubble.growth) for bubble in found]
    circles = [
        (x - size / 2, y - size / 2, x + size / 2, y + size / 2) for (x, y), size in zip(points, sizes, strict=True)
    ]
    taken: list[Box] = []
    names = []
    for index in sorted(range(len(found)), key=lambda index: -sizes[index]):
        others = [circle for other, circle in enumerate(circles) if other != index]
        place, box = _free_place(points[index], sizes[index], found[index].name, style, frame, [*taken, *others])
        taken.append(box)
        names.append(_name(found[index], sizes[index], place, style))
    return names


def _free_place(
    point: tuple[float, float], size: float, name: str, style: Style, frame: Frame, taken: Sequence[Box]
) -> tuple[Place, Box]:
    """Return the first of right, left, above, below that covers least of what is taken and stays inside."""
    width = style.label_px * sum(1.0 if ord(character) > WIDE_FROM else 0.58 for character in name)
    height, reach = style.label_px * 1.25, size / 2 + 3
    boxes = {}
    for place in PLACES:
        x, y = point[0] + place.right * (reach + width / 2), point[1] + place.up * (reach + height / 2)
        boxes[place] = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    cost = {place: sum(_overlap(box, other) for other in taken) + frame.outside(box) for place, box in boxes.items()}
    best = min(PLACES, key=lambda place: cost[place])
    return best, boxes[best]


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)


def _name(bubble: Bubble, size: float, place: Place, style: Style) -> Figure:
    reach = size / 2 + 3
    return {
        "x": bubble.strength,
        "y": bubble.growth,
        "xanchor": {1: "left", -1: "right", 0: "center"}[place.right],
        "yanchor": {1: "bottom", -1: "top", 0: "middle"}[place.up],
        "xshift": reach * place.right,
        "yshift": reach * place.up,
        "borderpad": 0,
        "text": f"<b>{bubble.name}</b>",
        "showarrow": False,
        "font": {"size": style.label_px, "color": style.token("text")},
    }


def _corners(corners: tuple[str, str, str], style: Style) -> list[Figure]:
    places = ((0, 1, "left", "top"), (1, 1, "right", "top"), (1, 0.01, "right", "bottom"))
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": x,
            "y": y,
            "xanchor": xanchor,
            "yanchor": yanchor,
            "text": text,
            "showarrow": False,
            "font": {"size": 15 if style.wall else 12, "color": style.token("text-3")},
        }
        for text, (x, y, xanchor, yanchor) in zip(corners, places, strict=True)
    ]


def _average_line(average: float, style: Style) -> Figure:
    line = {"color": style.token("zero"), "width": 1, "dash": "dot"}
    return {"type": "line", "x0": average, "x1": average, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _growth_axis(low: float, high: float) -> Figure:
    values = nice_ticks(low, high)
    return {
        "range": [low, high],
        "tickmode": "array",
        "tickvals": values,
        "ticktext": [f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):g}%" for value in values],
        "zeroline": True,
        "fixedrange": True,
    }
