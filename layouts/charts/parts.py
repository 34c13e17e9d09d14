"""What the charts have in common: the axis of periods, annotations, and the marks of a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from layouts.theme import FONT_NUM, Style, mix

Figure = dict[str, Any]
SMALLEST_SPAN = 1e-9  # below it an axis has nothing to tell apart
Direction = Literal["up", "down", "flat", "none"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change as text (``▲6.4%``, ``扭亏为盈``) and which way it goes; ``none`` where there is nothing to tell."""

    text: str
    direction: Direction


NO_CHANGE = Change("", "none")


@dataclass(frozen=True, slots=True)
class Tick:
    """One slot of a period axis: its label, whether a label is wanted there, and the year where one begins."""

    label: str
    year: str = ""


FADED = 0.5  # how far a mark that is not the chosen one goes towards the ground; its edge stays


@dataclass(frozen=True, slots=True)
class Emphasis:
    """How the marks of a chart are filled and edged once one of them is chosen."""

    fills: list[str]
    edges: list[str]
    widths: list[float]


def emphasis(style: Style, fills: Sequence[str], selected: Sequence[bool], edges: Emphasis) -> Emphasis:
    """Return the chosen mark with a full outline, the others faded to half with an edge of 3:1; else ``edges``."""
    if not any(selected):
        return edges
    ground, outline, edge = style.token("surface"), style.token("text"), style.token("line-strong")
    pairs = list(zip(fills, selected, strict=True))
    return Emphasis(
        [fill if chosen else mix(fill, ground, FADED) for fill, chosen in pairs],
        [outline if chosen else edge for _, chosen in pairs],
        [style.line_px(3, 2) if chosen else 1 for _, chosen in pairs],
    )


def change_color(style: Style, direction: Direction) -> str:
    """Return the colour of a change; the arrow or word in its text says the same."""
    return style.token("text-3") if direction == "none" else style.change_color(direction)


def bold(text: str) -> str:
    """Return the text in bold, or nothing for nothing."""
    return f"<b>{text}</b>" if text else ""


def change_column(style: Style, changes: Sequence[tuple[float | str, Change]]) -> list[dict[str, Any]]:
    """Return the growth column at the right edge: one annotation per (y position, change)."""
    return [
        {
            "xref": "paper",
            "x": 0.995,
            "xanchor": "right",
            "y": y,
            "text": bold(change.text),
            "showarrow": False,
            "font": number_font(style, change_color(style, change.direction)),
        }
        for y, change in changes
        if change.text
    ]


def number_font(style: Style, color: str, size_px: float | None = None) -> dict[str, Any]:
    """Return the font of a figure (narrow digits) at a size for k = 1."""
    return {"size": style.label_px if size_px is None else size_px, "color": color, "family": FONT_NUM}


WIDE_FROM = 0x2E80  # hanzi and full-width signs are as wide as they are high
NARROW_EM = 0.52


def text_width_px(text: str, size_px: float) -> float:
    """Return about how wide a text is drawn; marks of bold do not count."""
    plain = text.replace("<b>", "").replace("</b>", "")
    return size_px * sum(1.0 if ord(character) > WIDE_FROM else NARROW_EM for character in plain)


def end_label(style: Style, y: float, text: str, color: str, shift_px: float = 0) -> dict[str, Any]:
    """Return a direct label right of the plot, at the height of the last value."""
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 8,
        "y": y,
        "yshift": shift_px,
        "align": "left",
        "text": text,
        "showarrow": False,
        "font": number_font(style, color),
    }


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """Return the heights moved up or down so that labels stand at least ``gap`` apart, in their order."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    moved = list(heights)
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + gap)
    drift = (sum(moved) - sum(heights)) / len(heights) if heights else 0.0
    return [height - drift for height in moved]


def period_axis(ticks: Sequence[Tick], most: int, pad: float = 0.6) -> dict[str, Any]:
    """Return the x axis over slots 0…n−1 with at most ``most`` labels, always one at the last slot."""
    last = len(ticks) - 1
    step = max(1, -(-last // max(1, most - 1)))
    shown = list(range(last, -1, -step))[::-1]
    texts, year = [], ""
    for index in shown:
        texts.append(ticks[index].label + (f"<br><b>{ticks[index].year}</b>" if ticks[index].year != year else ""))
        year = ticks[index].year
    return {
        "type": "linear",
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": texts,
        "showline": False,
        "ticks": "",
        "range": [-pad, last + pad],
        "fixedrange": True,
    }


def nice_ticks(low: float, high: float, count: int = 3) -> list[float]:
    """Return a few round values inside ``low``–``high`` (both ends may lie outside them), zero among them."""
    span = max(high, 0.0) - min(low, 0.0)
    if span < SMALLEST_SPAN:
        return [0.0]
    step = _round_step(span / count)
    first, last = int(min(low, 0.0) / step), int(max(high, 0.0) / step)
    return [step * n for n in range(first, last + 1)]


def _round_step(raw: float) -> float:
    scale = 1.0
    while raw >= 10 * scale:
        scale *= 10
    while raw < scale:
        scale /= 10
    return next(step * scale for step in (1, 2, 5, 10) if raw <= step * scale)
