"""The growth a panel shows: 同比 as published, or the view the reader chose where the panel can follow it.

环比 only of seasonally adjusted data and of prices and indices; 两年平均 as published, else from two official rates;
定基 as an index on the first period of the range, never across a missing base.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data import measures, periods
from data.measures import UNAVAILABLE, Basis, Growth, Outcome
from layouts.filters import growth_filter
from layouts.panel import Drawing, Takeaway
from layouts.panels import reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from data.catalogue.models import Indicator
    from data.facts import SeriesKey
    from data.queries import Frame
    from data.selection import Selection

YEAR = reading.MONTHS_PER_YEAR
NAMES = {
    "yoy": ("同比", "y/y"),
    "mom": ("环比", "m/m"),
    "avg2": ("两年平均", "2-year average"),
    "base": ("定基", "index"),
}


def view_of(selection: Selection, follows: Collection[str]) -> str:
    """Return the growth view a panel shows: the chosen one if it follows that, else 同比."""
    view = selection.growth or "yoy"
    return view if growth_filter(view) in follows else "yoy"


def months_before(view: str) -> int:
    """Return how many months before the first one shown a view needs."""
    return {"yoy": YEAR, "mom": 2, "avg2": 2 * YEAR, "base": 0}[view]


def keys_for(indicator: Indicator, key: SeriesKey, view: str) -> list[SeriesKey]:
    """Return the key with the series of official growth a view needs beside it."""
    more = [key.with_(measure="avg2")] if view == "avg2" and indicator.growth == "official" else []
    return [*reading.with_growth(indicator, key), *more]


def growth_in(frame: Frame, indicator: Indicator, key: SeriesKey, period: int, view: str) -> Growth:
    """Return the change of a series at a period in a view; 同比 of a rate is the rate's change in points."""
    if view == "avg2":
        return two_year_average(frame, indicator, key, period)
    if view == "mom":
        return sequential(frame, indicator, key, period)
    return reading.growth_at(frame, indicator, key, period)


def two_year_average(frame: Frame, indicator: Indicator, key: SeriesKey, period: int) -> Growth:
    """Return 两年平均增速: as published, else from the official rates of this period and the year before."""
    rates = key if indicator.value_kind == "rate" else reading.growth_key(key)
    if indicator.value_kind != "rate" and indicator.growth != "official":
        return UNAVAILABLE
    now, before = frame.at(rates, period), frame.at(rates, period - YEAR)
    published = frame.value(key.with_(measure="avg2"), period)
    if published is not None:
        return measures.official_growth(published)
    if now is None or before is None or now.simulated != before.simulated:
        return UNAVAILABLE
    return measures.two_year_growth(None, now.value, before.value)


def sequential(frame: Frame, indicator: Indicator, key: SeriesKey, period: int) -> Growth:
    """Return 环比: of a price or index as it is, of activity only from seasonally adjusted data."""
    before = periods.previous_slot(indicator.frequency, period, combined=indicator.combined_january_february)
    now, then = frame.at(key, period), frame.at(key, before)
    if now is None or then is None or now.simulated != then.simulated or key.accumulation == "Y":
        return UNAVAILABLE
    if indicator.value_kind in reading.OF_PRICE:
        change = measures.growth(now.value, then.value)
        return replace(change, basis=Basis.DERIVED) if change.basis else change
    return measures.sequential_growth(now.value, then.value, key.adjustment)


@dataclass(frozen=True, slots=True)
class Rebased:
    """定基: the figure as an index on 100 in ``base_period``; no value where either figure is missing."""

    value: float | None
    base_period: int


def rebased(frame: Frame, key: SeriesKey, period: int, base_period: int) -> Rebased:
    """Return a figure as an index on a base period; missing, not positive or of another origin is no base."""
    now, base = frame.at(key, period), frame.at(key, base_period)
    if now is None or base is None or now.value is None or now.simulated != base.simulated:
        return Rebased(None, base_period)
    if base.value is None or base.value <= 0:
        return Rebased(None, base_period)
    return Rebased(measures.PERCENT * now.value / base.value, base_period)


def is_told(growth: Growth) -> bool:
    """Tell whether there is a change to show."""
    return growth.outcome is not Outcome.UNAVAILABLE


def said_in(view: str, said: Takeaway | None) -> Takeaway | None:
    """Return a sentence that names its growth view; 同比 is what a sentence means by itself."""
    if said is None or view == "yoy":
        return said
    zh, en = NAMES[view]
    return Takeaway(f"{zh}：{said.zh}", f"{en[:1].upper()}{en[1:]}: {said.en}")


def view_unit(drawing: Drawing, view: str, zh: str, en: str) -> tuple[str, str]:
    """Return the words beside a title with the growth view in place of 同比 and y/y; empty where nothing changes."""
    if view == "yoy":
        return "", ""
    return zh.replace("同比", NAMES[view][0]), en.replace("y/y", NAMES[view][1])
