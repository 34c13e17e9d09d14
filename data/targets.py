"""How far the year's target is reached, and how far it should be by now (domain rules, section 7).

A level target compares 累计/年度目标 with 序时进度: the median share of the year reached by that month over the last
three years. n/12 stands in only where there is no history, and says so. A growth target compares official growth
with the target in percentage points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from data.periods import MONTHS_PER_YEAR, month_of, month_period, year_of

YEARS_OF_HISTORY = 3
PERCENT = 100.0


@dataclass(frozen=True)
class Schedule:
    """序时进度: ``percent`` of the year that should be reached, and the years it was learnt from.

    Without ``years`` it is n/12 and must be shown as such.
    """

    percent: float
    years: tuple[int, ...]

    @property
    def is_seasonal(self) -> bool:
        """Tell whether the schedule follows earlier years rather than n/12."""
        return bool(self.years)


@dataclass(frozen=True)
class Completion:
    """What was reached and what should be: both in per cent of the target year, or in per cent growth."""

    reached: float
    expected: float

    @property
    def gap_points(self) -> float:
        """Return how many percentage points ahead (positive) or behind."""
        return self.reached - self.expected

    @property
    def is_behind(self) -> bool:
        """Tell whether the target is missed so far."""
        return self.gap_points < 0


def schedule(cumulative: Mapping[int, float], period: int) -> Schedule:
    """Return 序时进度 at a month (or quarter) from the 累计 series (period → value) of the years before."""
    year, month = year_of(period), month_of(period)
    shares = {
        earlier: share
        for earlier in range(year - YEARS_OF_HISTORY, year)
        if (share := _share_of_year(cumulative, earlier, month)) is not None
    }
    if not shares:
        return Schedule(PERCENT * month / MONTHS_PER_YEAR, ())
    return Schedule(median(shares.values()), tuple(shares))


def _share_of_year(cumulative: Mapping[int, float], year: int, month: int) -> float | None:
    """Per cent of a finished year that was reached by a month; ``None`` if either figure is missing."""
    by_then = cumulative.get(month_period(year, month))
    whole = cumulative.get(month_period(year, MONTHS_PER_YEAR))
    if by_then is None or whole is None or whole <= 0:
        return None
    return PERCENT * by_then / whole


def level_completion(cumulative: float, target: float, expected: Schedule) -> Completion:
    """Compare 累计 with the year's target (same unit). ``ValueError`` if the target is not positive."""
    if target <= 0:
        raise ValueError(f"a level target is positive, not {target}")
    return Completion(PERCENT * cumulative / target, expected.percent)


def growth_completion(official_growth: float, target: float) -> Completion:
    """Compare official growth with a growth target, both in per cent."""
    return Completion(official_growth, target)
