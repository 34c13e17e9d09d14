"""Ranked horizontal bars: name, bar, value at the bar's end, change in a column at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layouts.charts.parts import NO_CHANGE, Change, Emphasis, Figure, change_column, emphasis, number_font
from layouts.theme import Style

ROOM_FOR_TEXT = 1.62
MORE_ROOM = 1.3  # on a wall for a deep room, where the same text takes more of a bar's place


@dataclass(frozen=True, slots=True)
class RankRow:
    """One bar. ``value`` in the panel's unit (``None``: no bar, the label says why), texts ready to show.

    ``group`` 1 or 2 gives the categorical colour where a ranking holds two kinds (exports, imports); 0 is plain.
    ``hollow`` marks a simulated bar among real ones. ``code`` is what a click on it selects.
    """

    name: str
    value: float | None
    label: str
    change: Change = NO_CHANGE
    group: int = 0
    selected: bool = False
    hollow: bool = False
    code: str = ""


def ranking(
    rows: Sequence[RankRow], style: Style, room: float = ROOM_FOR_TEXT, groups: Mapping[int, str] | None = None
) -> Figure:
    """Return the bars in the given order from the top; bars start at zero, negative values go left of it.

    ``groups`` names the groups of bars; each name stands beside the last bar of its group.
    """
    upwards = list(reversed(rows))
    positions = _positions(upwards)
    values = [row.value or 0 for row in rows]
    top, bottom = max([*values, 0]) or 1, min([*values, 0])
    room *= MORE_ROOM if style.far else 1
    return {
        "data": [_bars(upwards, positions, style)],
        "layout": {
            "margin": {"l": 4, "r": 4, "t": 2, "b": 2},
            "bargap": 0.42,
            "showlegend": False,
            "xaxis": {"visible": False, "range": [bottom * room, top * room], "fixedrange": True},
            "yaxis": _names(upwards, positions, style),
            "annotations": [
                *change_column(style, list(zip(positions, (row.change for row in upwards), strict=True))),
                *_group_names(upwards, positions, groups or {}, style),
            ],
        },
    }


def _group_names(
    upwards: Sequence[RankRow], positions: Sequence[float], groups: Mapping[int, str], style: Style
) -> list[Figure]:
    """Return the names of the groups in their colour, where the shortest bar of a group leaves room."""
    lowest = {row.group: position for row, position in reversed(list(zip(upwards, positions, strict=True)))}
    return [
        {
            "xref": "paper",
            "x": 0.76,
            "xanchor": "right",
            "y": lowest[group],
            "text": f"■ {name}",
            "showarrow": False,
            "font": {"size": style.tick_px, "color": style.category_text(group)},
        }
        for group, name in groups.items()
        if group in lowest
    ]


def _positions(upwards: Sequence[RankRow]) -> list[float]:
    """Return a height per bar, with half a step of air where one group ends and the next begins."""
    positions, height = [], 0.0
    for index, row in enumerate(upwards):
        height += 0.55 if index and row.group != upwards[index - 1].group else 0.0
        positions.append(height + index)
    return positions


def _bars(upwards: Sequence[RankRow], positions: Sequence[float], style: Style) -> Figure:
    colors = [_color(row, style) for row in upwards]
    fills = [style.token("surface") if row.hollow else color for row, color in zip(upwards, colors, strict=True)]
    plain = Emphasis(fills, colors, [1.5 if row.hollow else 0 for row in upwards])
    look = emphasis(style, fills, [row.selected for row in upwards], plain)
    return {
        "type": "bar",
        "orientation": "h",
        "y": positions,
        "x": [row.value for row in upwards],
        "width": 0.58,
        "marker": {"color": look.fills, "line": {"color": look.edges, "width": look.widths}},
        "customdata": [row.code for row in upwards],
        "text": [row.label for row in upwards],
        "textposition": "outside",
        "textfont": number_font(style, style.token("text")),
        "constraintext": "none",
        "cliponaxis": False,
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [" ".join(filter(None, (row.name, row.label, row.change.text))) for row in upwards],
    }


def _color(row: RankRow, style: Style) -> str:
    if row.selected:
        return style.token("accent")
    return style.category(row.group) if row.group else style.sequential(2)


def _names(upwards: Sequence[RankRow], positions: Sequence[float], style: Style) -> Figure:
    return {
        "type": "linear",
        "tickmode": "array",
        "tickvals": list(positions),
        "ticktext": [row.name for row in upwards],
        "range": [-0.55, (positions[-1] if positions else 0) + 0.55],
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": style.label_px, "color": style.token("text-2")},
        "ticklabelstandoff": 10,
        "automargin": True,
        "fixedrange": True,
    }
