"""A chain from upstream to downstream: a column of boxes per stage; a strong link is filled, a missing one dashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from layouts.charts.parts import Figure, number_font, text_width_px
from layouts.theme import Style, ink_on

WIDTH, GAP = 0.9, 0.1  # of a stage: its boxes, and the arrow to the next
HIGH = 0.84  # of a row
EDGE = 0.012  # room for the edges of the outermost boxes
WALL_PX, DESK_PX = 430.0, 740.0  # about the width of the plot at k = 1
NARROW_BOX_PX = 104.0  # of a box on a phone

Strength = Literal["strong", "present", "weak", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class LinkBox:
    """One link: its name, its texts from the longest to the shortest that will do, and how strong it is."""

    name: str
    details: Sequence[str]
    strength: Strength
    code: str = ""
    selected: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a chain with its links."""

    name: str
    links: Sequence[LinkBox]


def chain(stages: Sequence[Stage], style: Style) -> Figure:
    """Return the stages side by side, an arrow from each to the next."""
    rows = max(len(stage.links) for stage in stages)
    columns = [_column(stage.links, rows) for stage in stages]
    boxes = [
        (place, height, link)
        for place, (stage, heights) in enumerate(zip(stages, columns, strict=True))
        for height, link in zip(heights, stage.links, strict=True)
    ]
    axis = {"visible": False, "fixedrange": True}
    return {
        "data": [_bars(boxes, len(stages), style)],
        "layout": {
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "showlegend": False,
            "barmode": "overlay",
            "xaxis": {**axis, "range": [-EDGE, len(stages) - GAP + EDGE]},
            "yaxis": {**axis, "range": [-0.5, rows + 0.25]},
            "annotations": [*_heads(stages, rows, style), *_arrows(len(stages), rows, style)],
            "shapes": _gaps(boxes, style),
            "meta": {"narrow_text": [_text(link, NARROW_BOX_PX, style, shortest=True) for _, _, link in boxes]},
        },
    }


def _column(links: Sequence[LinkBox], rows: int) -> list[float]:
    """Return the heights of a stage's boxes, spread over the rows, the first on top."""
    step = rows / len(links) if links else 1.0
    return [rows - 0.5 - step * (number + 0.5) for number in range(len(links))]


def _bars(boxes: Sequence[tuple[int, float, LinkBox]], stages: int, style: Style) -> Figure:
    fills = [_fill(link.strength, style) for _, _, link in boxes]
    room_px = (WALL_PX if style.wall else DESK_PX) / (stages - GAP) * WIDTH - 12
    return {
        "type": "bar",
        "orientation": "h",
        "base": [float(place) for place, _, _ in boxes],
        "x": [WIDTH] * len(boxes),
        "y": [height for _, height, _ in boxes],
        "width": HIGH,
        "marker": {
            "color": fills,
            "line": {
                "color": [_edge(link, style) for _, _, link in boxes],
                "width": [_edge_px(link, style) for _, _, link in boxes],
            },
        },
        "text": [_text(link, room_px, style) for _, _, link in boxes],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {**number_font(style, ""), "color": [ink_on(fill) for fill in fills]},
        "customdata": [link.code for _, _, link in boxes],
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [link.text for _, _, link in boxes],
    }


def _gaps(boxes: Sequence[tuple[int, float, LinkBox]], style: Style) -> list[Figure]:
    """Return the dashed edges of the missing links: a bar cannot have one."""
    line = {"color": style.token("aging"), "width": style.line_px(2.5, 1.75), "dash": "dash"}
    return [
        {"type": "rect", "x0": at, "x1": at + WIDTH, "y0": height - HIGH / 2, "y1": height + HIGH / 2, "line": line}
        for at, height, link in boxes
        if link.strength == "missing"
    ]


def _fill(strength: Strength, style: Style) -> str:
    names = {"strong": "seq-2", "present": "seq-1", "weak": "seq-0", "missing": "surface", "unknown": "surface-2"}
    return style.token(names[strength])


def _edge(link: LinkBox, style: Style) -> str:
    if link.selected:
        return style.token("text")
    return style.token("line-strong" if link.strength in ("missing", "unknown") else "seq-3")


def _edge_px(link: LinkBox, style: Style) -> float:
    if link.selected:
        return style.line_px(4, 3)
    return 0 if link.strength == "missing" else style.line_px(1.5, 1)


def _text(link: LinkBox, room_px: float, style: Style, *, shortest: bool = False) -> str:
    """Return the name with the longest of its texts that fits beside it, or with the shortest if that fits."""
    name = f"<b>{link.name}</b>"
    for detail in link.details[-1:] if shortest else link.details:
        line = f"{name}  {detail}"
        if text_width_px(line, style.label_px) <= room_px:
            return line
    return name


def _heads(stages: Sequence[Stage], rows: int, style: Style) -> list[Figure]:
    return [
        {
            "x": place + WIDTH / 2,
            "y": rows - 0.12,
            "yanchor": "middle",
            "text": f"<b>{stage.name}</b>",
            "showarrow": False,
            "font": {"size": style.label_px, "color": style.token("text-2")},
        }
        for place, stage in enumerate(stages)
    ]


def _arrows(count: int, rows: int, style: Style) -> list[Figure]:
    return [
        {
            "x": place + WIDTH + GAP / 2,
            "y": rows / 2 - 0.5,
            "text": "›",
            "showarrow": False,
            "font": {"size": style.label_px * 1.6, "color": style.token("text-3")},
        }
        for place in range(count - 1)
    ]
