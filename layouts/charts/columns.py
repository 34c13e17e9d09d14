"""Columns from zero over the slots of a period axis: plain with last year's tick, or mirrored with a balance line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from layouts.charts.missing import MISSING, ROOM_PX, dotted_slots, legend, missing_slots
from layouts.charts.parts import Figure, Tick, apart, end_label, number_font, period_axis
from layouts.theme import Style, mix


@dataclass(frozen=True, slots=True)
class Column:
    """One slot: value (``None`` is a gap), last year's value for the tick, and its marks.

    ``hatched`` is a provisional or derived figure, ``hollow`` a simulated one among real ones. ``code`` is what a click
    on it selects.
    """

    value: float | None
    before: float | None = None
    text: str = ""
    hatched: bool = False
    hollow: bool = False
    code: str = ""


def columns(
    slots: Sequence[Column],
    ticks: Sequence[Tick],
    style: Style,
    before_words: str,
    tick_texts: Sequence[tuple[float, str]] = (),
) -> Figure:
    """Return columns with the last one in the accent, its value above it and ▬ where last year stood."""
    values = [value for slot in slots for value in (slot.value, slot.before) if value is not None]
    highest = max([*values, 0]) or 1
    top = highest * 1.12
    missing = missing_slots([[slot.value for slot in slots]])
    data = [_bars([slot.value for slot in slots], slots, _accent_last(slots, style), style)]
    if any(slot.before is not None for slot in slots):
        data.append(_before_marks(slots, style))
    return {
        "data": data,
        "layout": {
            "bargap": 0.36,
            "showlegend": False,
            "margin": {"l": 2, "r": 6, "t": 26, "b": 4},
            "annotations": _column_words(slots, style, before_words),
            "shapes": dotted_slots(missing, 0, highest, style),
            "xaxis": period_axis(ticks, most=4 if style.wall else 7, pad=0.7),
            "yaxis": _axis(0, top, tick_texts),
        },
    }


def _accent_last(slots: Sequence[Column], style: Style) -> list[str]:
    last = _last_slot(slots)
    return [style.category(1) if index == last else style.sequential(2) for index in range(len(slots))]


def _last_slot(slots: Sequence[Column]) -> int:
    return max((index for index, slot in enumerate(slots) if slot.value is not None), default=-1)


def _bars(values: Sequence[float | None], slots: Sequence[Column], colors: Sequence[str], style: Style) -> Figure:
    marker: Figure = {
        "color": [style.token("surface") if slot.hollow else color for slot, color in zip(slots, colors, strict=True)],
        "line": {"color": list(colors), "width": [1.5 if slot.hollow else 0 for slot in slots]},
    }
    if any(slot.hatched for slot in slots):
        shapes = ["/" if slot.hatched else "" for slot in slots]
        marker["pattern"] = {"shape": shapes, "fgcolor": style.token("surface"), "size": 6, "solidity": 0.35}
    return {
        "type": "bar",
        "x": list(range(len(slots))),
        "y": list(values),
        "customdata": [slot.code for slot in slots],
        "marker": marker,
        "hoverinfo": "none" if style.wall else "text",
        "hovertext": [slot.text for slot in slots],
    }


def _before_marks(slots: Sequence[Column], style: Style) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(range(len(slots))),
        "y": [slot.before for slot in slots],
        "marker": {
            "symbol": "line-ew",
            "size": style.line_px(20, 12),
            "opacity": 1,
            "line": {"width": style.line_px(3, 2), "color": style.token("text")},
        },
        "hoverinfo": "skip",
    }


def _column_words(slots: Sequence[Column], style: Style, before_words: str) -> list[Figure]:
    last = _last_slot(slots)
    words = []
    if last >= 0:
        words.append(
            {
                "x": last,
                "y": slots[last].value,
                "yanchor": "bottom",
                "yshift": 2,
                "xanchor": "right" if last == len(slots) - 1 else "center",
                "xshift": 16 if last == len(slots) - 1 else 0,
                "text": f"<b>{slots[last].text}</b>",
                "showarrow": False,
                "font": number_font(style, style.token("text"), 20 if style.wall else 14),
            }
        )
    told = [f"<b>▬</b> {before_words}"] if any(slot.before is not None for slot in slots) else []
    if missing_slots([[slot.value for slot in slots]]):
        told.append(style.words(*MISSING))
    if told:
        words.append(legend("　".join(told), style))
    return words


def _axis(low: float, high: float, tick_texts: Sequence[tuple[float, str]]) -> Figure:
    return {
        "range": [low, high],
        "tickmode": "array",
        "tickvals": [value for value, _ in tick_texts],
        "ticktext": [text for _, text in tick_texts],
        "fixedrange": True,
    }


@dataclass(frozen=True, slots=True)
class Side:
    """One side of mirrored columns: its word, its columns (positive values) and the text of its last value."""

    word: str
    slots: Sequence[Column]
    last_label: str


def mirrored(
    up: Side,
    down: Side,
    balance: Sequence[float | None],
    balance_words: tuple[str, str],
    ticks: Sequence[Tick],
    style: Style,
    tick_texts: Sequence[tuple[float, str]] = (),
) -> Figure:
    """Return ``up`` above and ``down`` below one axis, with the balance as a line on the same axis.

    ``balance_words`` are the word (顺差, 逆差) and the text of the last balance. ``tick_texts`` name heights on both
    sides without sign.
    """
    high = max([slot.value or 0 for slot in up.slots] + [value or 0 for value in balance] + [0]) or 1
    low = max([slot.value or 0 for slot in down.slots] + [-(value or 0) for value in balance] + [0]) or 1
    above, below = (missing_slots([[slot.value for slot in side.slots]]) for side in (up, down))
    words = _mirror_labels(up, down, balance, balance_words, style, (high + low) * 1.2)
    if above or below:
        words.append(legend(style.words(*MISSING), style))
    return {
        "data": [
            _bars([slot.value for slot in up.slots], up.slots, _side_colors(up, 1, style), style) | {"name": up.word},
            _bars([_below(slot.value) for slot in down.slots], down.slots, _side_colors(down, 2, style), style)
            | {"name": down.word},
            _balance_line(balance, style.token("surface"), style.line_px(6, 4.5), style.line_px(11, 8)),
            _balance_line(balance, style.token("text"), style.line_px(2.5, 1.75), style.line_px(7, 5)),
        ],
        "layout": {
            "barmode": "relative",
            "bargap": 0.3,
            "showlegend": False,
            "margin": {"l": 2, "r": 84 if style.wall else 66, "t": ROOM_PX if above or below else 6, "b": 4},
            "annotations": words,
            "shapes": [*dotted_slots(above, 0, high, style), *dotted_slots(below, -low, 0, style)],
            "xaxis": period_axis(ticks, most=4 if style.wall else 7),
            "yaxis": _axis(-low * 1.12, high * 1.12, tick_texts) | {"zeroline": True},
        },
    }


def _below(value: float | None) -> float | None:
    return None if value is None else -value


def _side_colors(side: Side, category: int, style: Style) -> list[str]:
    last = _last_slot(side.slots)
    plain = mix(style.category(category), style.token("surface"), 0.34)
    if style.theme == "light":
        plain = style.sequential(2) if category == 1 else style.category(2)
    strong = style.category_text(category)
    return [strong if index == last else plain for index in range(len(side.slots))]


def _balance_line(balance: Sequence[float | None], color: str, width: float, size: float) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(len(balance))),
        "y": list(balance),
        "connectgaps": False,
        "line": {"color": color, "width": width},
        "marker": {"size": size, "color": color, "opacity": 1},
        "hoverinfo": "skip",
    }


def _mirror_labels(
    up: Side, down: Side, balance: Sequence[float | None], balance_words: tuple[str, str], style: Style, span: float
) -> list[Figure]:
    """Return the three labels at the right, kept apart by the height of two lines of text."""
    ends = [
        (_last(slot.value for slot in up.slots), 0.88, up.word, up.last_label, style.category_text(1)),
        (_last(balance), 1.0, *balance_words, style.token("text")),
        (_last(slot.value for slot in down.slots), -0.7, down.word, down.last_label, style.category_text(2)),
    ]
    shown = [(end * share, word, text, color) for end, share, word, text, color in ends if end is not None]
    heights = apart([height for height, *_ in shown], span * (0.19 if style.wall else 0.26))
    return [
        end_label(style, height, f"{word}<br><b>{text}</b>", color)
        for (_, word, text, color), height in zip(shown, heights, strict=True)
    ]


def _last(values: Iterable[float | None]) -> float | None:
    return next((value for value in reversed(list(values)) if value is not None), None)
