"""What one industry is made of: a tile per part, area by size, colour by class of change, all of one parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.charts.parts import Change, Figure, text_width_px
from layouts.theme import FONT_NUM, Style, ink_on

WALL_PX, DESK_PX = (430.0, 250.0), (500.0, 190.0)  # about the size of the plot at k = 1
FLOOR_WALL_PX, FLOOR_DESK_PX = 14, 12
SHARE_OF_SMALLEST = 0.5  # a tile without a figure is drawn at half the size of the smallest that has one
ROOT = "whole"


@dataclass(frozen=True, slots=True)
class Tile:
    """One part: its name, size in any one unit, its texts, its change and the class of it in per cent.

    A size that may not be shown is ``None``; its tile has a size that says nothing, and its figure is ×.
    """

    name: str
    size: float | None
    figure: str
    share: str
    change: Change
    growth: float | None
    code: str = ""
    selected: bool = False


def treemap(tiles: Sequence[Tile], style: Style) -> Figure:
    """Return the tiles, the largest first; a tile too small for all its lines says its name and change, or nothing."""
    ordered = sorted(tiles, key=lambda tile: -(tile.size or 0.0))
    sizes = _sizes(ordered)
    return {
        "data": [_trace(ordered, sizes, style)],
        "layout": {
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "uniformtext": {"minsize": FLOOR_WALL_PX if style.wall else FLOOR_DESK_PX, "mode": "hide"},
        },
    }


def _sizes(tiles: Sequence[Tile]) -> list[float]:
    known = [tile.size for tile in tiles if tile.size]
    hidden = SHARE_OF_SMALLEST * min(known, default=1.0)
    return [tile.size if tile.size is not None else hidden for tile in tiles]


def _trace(tiles: Sequence[Tile], sizes: Sequence[float], style: Style) -> Figure:
    colors = [style.diverging_color(tile.growth) for tile in tiles]
    whole = sum(sizes)
    texts = [_text(tile, size / whole if whole else 0.0, style) for tile, size in zip(tiles, sizes, strict=True)]
    names = [tile.code or f"part {number}" for number, tile in enumerate(tiles)]
    return {
        "type": "treemap",
        "ids": [ROOT, *names],
        "labels": ["", *(tile.name for tile in tiles)],
        "parents": ["", *([ROOT] * len(tiles))],
        "values": [whole, *sizes],
        "branchvalues": "total",
        "text": ["", *texts],
        "textinfo": "text",
        "textposition": "top left",
        "textfont": {
            "size": style.label_px,
            "family": FONT_NUM,
            "color": [style.token("text"), *(ink_on(color) for color in colors)],
        },
        "marker": {
            "colors": [style.token("surface"), *colors],
            "line": {
                "color": [style.token("surface"), *(_edge(tile, style) for tile in tiles)],
                "width": [0, *(style.line_px(5, 3) if tile.selected else 1.5 for tile in tiles)],
            },
            "pad": {"t": 0, "l": 0, "r": 0, "b": 0},
        },
        "pathbar": {"visible": False},
        "tiling": {"packing": "squarify", "pad": 2},
        "customdata": ["", *(tile.code for tile in tiles)],
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": ["", *(" ".join(filter(None, (t.name, t.figure, t.share, t.change.text))) for t in tiles)],
    }


def _edge(tile: Tile, style: Style) -> str:
    return style.token("accent" if tile.selected else "surface")


def _text(tile: Tile, part: float, style: Style) -> str:
    """Return as many lines as a tile of this share of the plot has room for."""
    width_px, height_px = WALL_PX if style.wall else DESK_PX
    side_px = (part * width_px * height_px) ** 0.5  # of a square tile; tiles are about square
    detail = " ".join(filter(None, (tile.share, tile.change.text)))
    for lines in ([f"<b>{tile.name}</b>", tile.figure, detail], [f"<b>{tile.name}</b>", tile.change.text]):
        shown = [line for line in lines if line]
        fits_high = len(shown) * 1.35 * style.label_px <= side_px
        if fits_high and max(text_width_px(line, style.label_px) for line in shown) <= 1.15 * side_px:
            return "<br>".join(shown)
    return f"<b>{tile.name}</b>"
