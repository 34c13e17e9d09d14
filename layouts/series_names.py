"""Series as words: in full for a table of sources, and short where only what tells several apart is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.facts import NOT_APPLICABLE, TOTAL
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey

GROWTH = {"yoy": ("同比（公布）", "y/y, official"), "avg2": ("两年平均（公布）", "two-year average, official")}
MEASURES = ("level", *GROWTH)
ACCUMULATIONS = {"S": ("当期", "single period"), "Y": ("累计", "year to date"), "P": ("时点", "at a date")}
DIMENSIONS = ("industry", "partner", "commodity", "flow", "breakdown")
ACCUMULATION, MEASURE = 8, 9  # where the two stand among the short parts of a series


def series_name(key: SeriesKey, catalogue: Catalogue, style: Style) -> str:
    """Return a series as words: indicator, the parts that are not totals, region, accumulation, measure."""
    parts = [catalogue.indicators[key.indicator].word("name", style.language)]
    parts += [_label(key, dimension, catalogue, style) for dimension in DIMENSIONS]
    parts += [_region(key, catalogue, style), style.words(*ACCUMULATIONS[key.accumulation]), _measure(key, style)]
    return " · ".join(part for part in parts if part)


def apart(keys: Sequence[SeriesKey], catalogue: Catalogue, style: Style, *, accumulation: bool = True) -> list[str]:
    """Return for each series, in the fewest short words, what tells it from the others; a lone one is its indicator.

    当期 and 累计 side by side are always told apart, unless the caller prints their periods (``accumulation=False``);
    a growth always says that it is one.
    """
    parts = [_short_parts(key, catalogue, style) for key in keys]
    places = _telling_places(parts)
    always = [ACCUMULATION] if accumulation and len({each[ACCUMULATION] for each in parts}) > 1 else []
    names = []
    for each in parts:
        own = [each[place] for place in sorted({*places, *always}) if each[place]] or [each[0]]
        names.append(" · ".join([*own, each[MEASURE]] if each[MEASURE] and MEASURE not in places else own))
    return names


def _telling_places(parts: Sequence[Sequence[str]]) -> list[int]:
    """Return which parts are needed to tell every series apart: the most telling first, until all differ."""
    chosen: list[int] = []
    distinct = 1
    while distinct < len(parts):
        rest = [place for place in range(len(parts[0])) if place not in chosen]
        counts = {place: len({tuple(each[one] for one in (*chosen, place)) for each in parts}) for place in rest}
        best = max(counts, key=lambda place: counts[place], default=None)
        if best is None or counts[best] <= distinct:
            break
        chosen.append(best)
        distinct = counts[best]
    return chosen


def _short_parts(key: SeriesKey, catalogue: Catalogue, style: Style) -> list[str]:
    return [
        catalogue.indicators[key.indicator].word("short", style.language),
        *(_label(key, dimension, catalogue, style, short=True) for dimension in DIMENSIONS),
        _region(key, catalogue, style),
        "" if key.currency == NOT_APPLICABLE else key.currency,
        style.words(*ACCUMULATIONS[key.accumulation]),
        _measure(key, style),
    ]


def _label(key: SeriesKey, dimension: str, catalogue: Catalogue, style: Style, *, short: bool = False) -> str:
    code = getattr(key, dimension)
    return "" if code == TOTAL else catalogue.label(dimension, code, style.language, short=short)


def _region(key: SeriesKey, catalogue: Catalogue, style: Style) -> str:
    return catalogue.regions[key.region].word("short", style.language) if key.region in catalogue.regions else ""


def _measure(key: SeriesKey, style: Style) -> str:
    return style.words(*GROWTH[key.measure]) if key.measure in GROWTH else ""


def stored_unit(key: SeriesKey, catalogue: Catalogue, style: Style) -> str:
    """Return the unit a series is stored in; growth is in per cent."""
    if key.measure in GROWTH:
        return "%"
    unit = catalogue.units[catalogue.indicators[key.indicator].unit]
    return style.words(unit.name_zh, unit.stored_name_en or unit.name_en)
