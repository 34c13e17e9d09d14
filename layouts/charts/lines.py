"""Lines over the slots of a period axis: solid where the figures are final and real, dashed where they are not.

A stretch between two points is dashed when either end is simulated, provisional or derived; a missing slot is a
gap in a dotted frame. So a real and a simulated point are never joined by one unmarked line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from layouts.charts.missing import MISSING, ROOM_PX, dotted_slots, legend, missing_slots
from layouts.charts.parts import Figure, Tick, apart, end_label, nice_ticks, period_axis
from layouts.theme import Style

DASH = "dot"


@dataclass(frozen=True, slots=True)
class Point:
    """One slot of a line: value in the panel's unit or ``None`` for a gap; ``marked`` is drawn dashed."""

    value: float | None
    marked: bool = False
    text: str = ""
    code: str = ""  # what a click on it selects


@dataclass(frozen=True, slots=True)
class Line:
    """One series: name, points per slot, the text of its last value, and its colours for mark and text."""

    name: str
    points: Sequence[Point]
    last_label: str
    color: str
    text_color: str
    strong: bool = True


def lines(
    series: Sequence[Line],
    ticks: Sequence[Tick],
    style: Style,
    tick_texts: Sequence[tuple[float, str]] | None = None,
    right_px: int = 112,
) -> Figure:
    """Return the lines with direct labels at their ends; ``tick_texts`` are (value, text) of the y axis."""
    values = [point.value for line in series for point in line.points if point.value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    pad = (high - low or 1) * 0.12
    missing = missing_slots([point.value for point in line.points] for line in series)
    words = _end_labels(series, style, (high - low or 1) * 0.16)
    return {
        "data": [trace for line in series for trace in _traces(line, style)],
        "layout": {
            "margin": {"l": 2, "r": right_px, "t": ROOM_PX if missing else 8, "b": 4},
            "showlegend": False,
            "hovermode": "closest" if style.wall else "x unified",
            "annotations": [*words, legend(style.words(*MISSING), style)] if missing else words,
            "shapes": dotted_slots(missing, low, high, style),
            "xaxis": period_axis(ticks, most=4 if style.wall else 7, pad=0.2),
            "yaxis": _value_axis(low - (pad if low < 0 else 0), high + pad, tick_texts),
        },
    }


def _value_axis(low: float, high: float, tick_texts: Sequence[tuple[float, str]] | None) -> Figure:
    axis: Figure = {"range": [low, high], "zeroline": True, "fixedrange": True}
    if tick_texts is not None:
        axis |= {
            "tickmode": "array",
            "tickvals": [value for value, _ in tick_texts],
            "ticktext": [text for _, text in tick_texts],
        }
    return axis


def axis_values(series: Sequence[Line]) -> list[float]:
    """Return the round values the y axis of these lines should label."""
    values = [point.value for line in series for point in line.points if point.value is not None]
    return nice_ticks(min(values, default=0.0), max(values, default=1.0))


def _end_labels(series: Sequence[Line], style: Style, gap: float) -> list[Figure]:
    ends = [(line, end) for line in series if (end := _last_value(line)) is not None]
    heights = apart([end for _, end in ends], gap)
    return [
        end_label(style, height, f"{line.name} <b>{line.last_label}</b>", line.text_color)
        for (line, _), height in zip(ends, heights, strict=True)
    ]


def _last_value(line: Line) -> float | None:
    return next((point.value for point in reversed(line.points) if point.value is not None), None)


def stretches(points: Sequence[Point]) -> Iterator[tuple[bool, list[int]]]:
    """Return runs of neighbouring slots to draw in one stroke: (dashed, slots). A lone point is a run of one."""
    steps = [
        (slot, points[slot].marked or points[slot + 1].marked)
        for slot in range(len(points) - 1)
        if points[slot].value is not None and points[slot + 1].value is not None
    ]
    drawn: set[int] = set()
    for _, run in groupby(enumerate(steps), key=lambda item: (item[1][0] - item[0], item[1][1])):
        found = [step for _, step in run]
        slots = [slot for slot, _ in found] + [found[-1][0] + 1]
        drawn.update(slots)
        yield found[0][1], slots
    for slot, point in enumerate(points):
        if point.value is not None and slot not in drawn:
            yield point.marked, [slot]


def _traces(line: Line, style: Style) -> Iterator[Figure]:
    end = max((slot for slot, point in enumerate(line.points) if point.value is not None), default=-1)
    width = style.line_px(3, 2) if line.strong else style.line_px(2.25, 1.5)
    for dashed, slots in stretches(line.points):
        sizes = [style.line_px(9, 6) if slot == end or len(slots) == 1 else 0 for slot in slots]
        yield {
            "type": "scatter",
            "mode": "lines+markers",
            "x": slots,
            "y": [line.points[slot].value for slot in slots],
            "name": line.name,
            "customdata": [line.points[slot].code for slot in slots],
            "line": {"color": line.color, "width": width, **({"dash": DASH} if dashed else {})},
            "marker": {"size": sizes, "color": line.color, "opacity": 1, "line": {"width": 0}},
            "connectgaps": False,
            "hoverinfo": "none" if style.wall else "text",
            "hovertext": [f"{line.name} {line.points[slot].text}" for slot in slots],
        }
