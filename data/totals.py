"""Sums that hold: parts to a total, single periods to a year, and single periods out of running totals.

A sum with a missing part is no sum: it is ``None`` and never the sum of what happens to be there. Values are in
their declared unit; ``decimals`` is the published precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.measures import single_from_cumulative
from data.periods import Frequency, first_of_year, previous_slot, slots_of_year


def total_of(parts: Iterable[float | None]) -> float | None:
    """Return the sum of the parts, or ``None`` if one is missing or there are none."""
    listed = list(parts)
    present = [part for part in listed if part is not None]
    return math.fsum(present) if listed and len(present) == len(listed) else None


def adds_up(parts: Iterable[float], total: float, decimals: int) -> bool:
    """Tell whether rounded parts agree with a rounded total: each may be off by half a unit of the last decimal."""
    listed = list(parts)
    half_unit = 0.5 * 10.0**-decimals
    allowed = half_unit * (len(listed) + 1)
    return abs(math.fsum(listed) - total) <= allowed * (1 + 1e-9)


def year_total(
    singles: Mapping[int, float | None], year: int, frequency: Frequency | str, *, combined: bool = False
) -> float | None:
    """Return the year's sum of single periods; ``None`` unless every slot of the year is there."""
    return total_of(singles.get(period) for period in slots_of_year(frequency, year, combined=combined))


@dataclass(frozen=True, slots=True)
class Single:
    """A single period's value; ``derived`` where it was worked out as 累计(n) − 累计(n−1) and must say 推算."""

    value: float
    derived: bool


def singles(
    published: Mapping[int, float],
    cumulative: Mapping[int, float],
    frequency: Frequency | str,
    decimals: int,
    *,
    combined: bool = False,
) -> dict[int, Single]:
    """Return the single periods: published ones as they are, the others derived where both running totals exist."""
    derived = {
        period: Single(value, derived=True)
        for period in cumulative
        if (value := _derived(cumulative, period, frequency, decimals, combined)) is not None
    }
    given = {period: Single(value, derived=False) for period, value in published.items()}
    return dict(sorted((derived | given).items()))


def _derived(
    cumulative: Mapping[int, float], period: int, frequency: Frequency | str, decimals: int, combined: bool
) -> float | None:
    """Take one slot out: the first of a year is its own running total, later ones need the slot before."""
    if period == first_of_year(frequency, period, combined=combined):
        return single_from_cumulative(cumulative[period], 0.0, decimals)
    before = cumulative.get(previous_slot(frequency, period, combined=combined))
    return single_from_cumulative(cumulative[period], before, decimals)
