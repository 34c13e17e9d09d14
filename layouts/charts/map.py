"""The schematic map: hand-drawn outlines as filled polygons in km, a circle per cluster, labels in two columns.

Nothing is fetched (no ``geo`` or tile traces) and nothing here is an administrative boundary: the panel says 示意图.
The ranges of the axes and the columns of labels depend on the shape of the panel: ``layout.meta.map`` tells
``figure.js`` what it needs to keep kilometres square and to place the labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layouts.charts.parts import Change, Emphasis, Figure, change_color, emphasis
from layouts.theme import FONT_NUM, Style, mix

Path = Sequence[tuple[float, float]]
GEOMETRY = {"y_center": 2.75, "y_half": 41.25, "center_min": -6, "reach": 23.6, "left": -50, "right": 36}
COLUMN_WALL_PX, COLUMN_DESK_PX = 138, 112
SMALLEST_PX, LARGEST_PX = 12.0, 44.0
SEA_STEPS = ((1, 0.5, 0.87), (1, 0.0, 0.8), (2, 0.0, 0.72), (3, 0.0, 0.62))  # sea-n, share of sea-0, fade of coast


@dataclass(frozen=True, slots=True)
class Site:
    """One cluster: names ready to show, its point in km, its value for the circle, and its texts.

    Its label stands in the column at ``side`` (``left`` or ``right``), at the height ``label_y_km``.
    """

    name: str
    place: str
    value: float | None
    label: str
    change: Change
    x_km: float
    y_km: float
    label_y_km: float
    side: str
    selected: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name on the map for orientation."""

    text: str
    x_km: float
    y_km: float
    large: bool = False


def schematic_map(
    outline: Mapping[str, Sequence[Path]], sites: Sequence[Site], names: Sequence[PlaceName], style: Style
) -> Figure:
    """Return the map. Layers of ``outline``: ``ring_15km`` … (sea lines), land, district, islands."""
    return {
        "data": [*_ground(outline, style), _circles(sites, style)],
        "layout": {
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "showlegend": False,
            "annotations": list(_names(names, style)),
            "xaxis": {"visible": False, "fixedrange": True},
            "yaxis": {"visible": False, "fixedrange": True},
            "meta": {"map": _geometry(outline, sites, style)},
        },
    }


def _geometry(outline: Mapping[str, Sequence[Path]], sites: Sequence[Site], style: Style) -> Figure:
    return {
        **GEOMETRY,
        "extent": _extent(outline, sites),
        "column_px": COLUMN_WALL_PX if style.wall else COLUMN_DESK_PX,
        "label_px": style.label_px,
        "line_color": style.token("text-3"),
        "labels": [_label(site, style) for site in sites],
    }


def _extent(outline: Mapping[str, Sequence[Path]], sites: Sequence[Site]) -> list[float]:
    """Return west, east, south and north of the district and its clusters: what a narrow map shows."""
    points = [(site.x_km, site.y_km) for site in sites]
    points += [point for path in outline.get("district", ()) for point in path]
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    return [min(xs), max(xs), min(ys), max(ys)]


def _ground(outline: Mapping[str, Sequence[Path]], style: Style) -> Iterator[Figure]:
    seas = sorted((name for name in outline if name.startswith("ring_")), key=_offshore_km, reverse=True)
    coast = style.token("coast")
    for name, (step, depth, fade) in zip(seas, SEA_STEPS, strict=False):
        fill = mix(style.token(f"sea-{step}"), style.token("sea-0"), depth)
        yield _area(outline[name], fill, mix(coast, style.token("sea-3"), fade), 1)
    for name, fill, line, width in (
        ("land", "land", "land", 0.0),
        ("district", "land-focus", "coast", 1.25),
        ("islands", "land-focus", "coast", 1.0),
    ):
        if name in outline:
            yield _area(outline[name], style.token(fill), style.token(line), width)


def _offshore_km(layer: str) -> int:
    """Return how far off the coast a sea line runs: ``ring_15km`` is 15."""
    return int(layer.removeprefix("ring_").removesuffix("km"))


def _area(paths: Sequence[Path], fill: str, line: str, width: float) -> Figure:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for path in paths:
        xs += [*(x for x, _ in path), None]
        ys += [*(y for _, y in path), None]
    edge = {"color": line, "width": width}
    return _quiet({"mode": "lines", "x": xs, "y": ys, "fill": "toself", "fillcolor": fill, "line": edge})


def _quiet(trace: dict[str, Any]) -> Figure:
    return {"type": "scatter", "hoverinfo": "skip", "showlegend": False, **trace}


def _circles(sites: Sequence[Site], style: Style) -> Figure:
    """Return the circles: area by value, hollow for a fall, smallest where there is no value."""
    falls = [site.change.direction == "down" for site in sites]
    ground = style.token("land-focus")
    fills = [style.token("surface") if fall else style.token("accent") for fall in falls]
    plain = Emphasis(
        fills, [style.fall_color if fall else ground for fall in falls], [3 if fall else 2 for fall in falls]
    )
    look = emphasis(style, fills, [site.selected for site in sites], plain)
    return _quiet(
        {
            "hoverinfo": "none",  # silent, but it can be clicked
            "customdata": [site.code for site in sites],
            "mode": "markers",
            "x": [site.x_km for site in sites],
            "y": [site.y_km for site in sites],
            "marker": {
                "size": _sizes(sites, 1.0 if style.wall else 0.75),
                "opacity": 1,
                "color": look.fills,
                "line": {"color": look.edges, "width": look.widths},
            },
        }
    )


def _sizes(sites: Sequence[Site], scale: float) -> list[float]:
    """Return diameters in px at k = 1, so that areas are in proportion to values."""
    largest = max((site.value or 0.0 for site in sites), default=0.0)
    if largest <= 0:
        return [SMALLEST_PX * scale for _ in sites]
    return [max(SMALLEST_PX, LARGEST_PX * math.sqrt(max(site.value or 0.0, 0.0) / largest)) * scale for site in sites]


def _names(names: Sequence[PlaceName], style: Style) -> Iterator[Figure]:
    for name in names:
        size = (20 if name.large else 15) if style.wall else (15 if name.large else 12)
        font = {"size": size, "color": style.token("text-3")}
        yield {"x": name.x_km, "y": name.y_km, "text": name.text, "showarrow": False, "font": font}


def _label(site: Site, style: Style) -> Figure:
    small = f"color:{style.token('text-2')};font-size:{15 if style.wall else 12}px"
    family = FONT_NUM.replace('"', "'")
    color = change_color(style, site.change.direction)
    return {
        "x": site.x_km,
        "y": site.y_km,
        "label_y": site.label_y_km,
        "side": site.side,
        "color": style.token("text"),
        "text": f'<b>{site.name}</b><span style="{small}">  {site.place}</span><br>'
        f'<span style="font-family:{family}">{site.label}</span>  '
        f'<span style="font-family:{family};color:{color}"><b>{site.change.text}</b></span>',
    }
