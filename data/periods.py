"""Period algebra: what a period is and which period stands before, beside or a year before it.

A period is an integer beside its frequency and accumulation (see ``Frequency`` and ``Accumulation``):

* ``A``, ``Q`` and ``M`` periods are ``year * 12 + month - 1`` of their **last** month, so that the same
  period a year before is always ``period - 12`` and 2024Q1 累计, 2024年1–3月累计 and March 2024 sort together;
* ``D`` periods are proleptic Gregorian day numbers (``datetime.date.toordinal``).

A period is never a timestamp and never passes through a time zone (domain rules, section 2).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

MONTHS_PER_YEAR = 12
JANUARY = 1


class Frequency(StrEnum):
    """How often a series has a value."""

    ANNUAL = "A"
    QUARTERLY = "Q"
    MONTHLY = "M"
    DAILY = "D"


# A day period moves by one day, every other by months.
_MONTHS_OF = {Frequency.ANNUAL: 12, Frequency.QUARTERLY: 3, Frequency.MONTHLY: 1, Frequency.DAILY: 1}


class Accumulation(StrEnum):
    """Which stretch of time a value covers: 当期, 累计 or 时点."""

    SINGLE = "S"
    YEAR_TO_DATE = "Y"
    POINT_IN_TIME = "P"


def month_period(year: int, month: int) -> int:
    """Return the period number of a calendar month (``month`` is 1–12)."""
    if not 1 <= month <= MONTHS_PER_YEAR:
        raise ValueError(f"month must be 1–12, not {month}")
    return year * MONTHS_PER_YEAR + month - 1


def year_of(period: int) -> int:
    """Return the calendar year of an ``A``, ``Q`` or ``M`` period."""
    return period // MONTHS_PER_YEAR


def month_of(period: int) -> int:
    """Return the last calendar month (1–12) of an ``A``, ``Q`` or ``M`` period."""
    return period % MONTHS_PER_YEAR + 1


def quarter_of(period: int) -> int:
    """Return the quarter (1–4) the period ends in."""
    return (month_of(period) + 2) // 3


def day_period(day: date) -> int:
    """Return the period number of a day (frequency ``D``)."""
    return day.toordinal()


def same_period_last_year(period: int) -> int:
    """Return the period one year before an ``A``, ``Q`` or ``M`` period."""
    return period - MONTHS_PER_YEAR


def period_is_possible(
    frequency: Frequency | str, period: int, *, combined: bool = False, accumulation: Accumulation | str | None = None
) -> bool:
    """Tell whether a series can have a value at this period.

    Quarters end in March, June, September and December, years in December. ``combined`` is the 1–2月 rule: the
    slots of a year are {1–2月, 3月, …, 12月} and January is impossible, except for a state at a date (``P``).
    """
    frequency = Frequency(frequency)
    if frequency is Frequency.DAILY:
        return period >= 1
    if frequency is Frequency.MONTHLY:
        is_state = accumulation is not None and Accumulation(accumulation) is Accumulation.POINT_IN_TIME
        return not (combined and not is_state and month_of(period) == JANUARY)
    return month_of(period) % _MONTHS_OF[frequency] == 0


def require_possible(frequency: Frequency | str, period: int, *, combined: bool = False) -> int:
    """Return the period; ``ValueError`` if no series of this frequency and 1–2月 rule can have it."""
    if not period_is_possible(frequency, period, combined=combined):
        raise ValueError(f"{Frequency(frequency).name.lower()} data have no period {_plain(frequency, period)}")
    return period


def next_slot(frequency: Frequency | str, period: int, *, combined: bool = False) -> int:
    """Return the next period a series has; after December comes 1–2月 (February) where combined."""
    frequency = Frequency(frequency)
    following = require_possible(frequency, period, combined=combined) + _MONTHS_OF[frequency]
    return following if period_is_possible(frequency, following, combined=combined) else following + 1


def previous_slot(frequency: Frequency | str, period: int, *, combined: bool = False) -> int:
    """Return the period before this one; before 1–2月 (February) comes December where combined."""
    frequency = Frequency(frequency)
    preceding = require_possible(frequency, period, combined=combined) - _MONTHS_OF[frequency]
    return preceding if period_is_possible(frequency, preceding, combined=combined) else preceding - 1


def slots_of_year(frequency: Frequency | str, year: int, *, combined: bool = False) -> tuple[int, ...]:
    """Return the periods of a year in order: eleven for monthly data with 1–2月 combined, else 12, 4 or 1; days too."""
    frequency = Frequency(frequency)
    if frequency is Frequency.DAILY:
        return tuple(range(date(year, 1, 1).toordinal(), date(year, MONTHS_PER_YEAR, 31).toordinal() + 1))
    months = (month_period(year, month) for month in range(1, MONTHS_PER_YEAR + 1))
    return tuple(period for period in months if period_is_possible(frequency, period, combined=combined))


def first_of_year(frequency: Frequency | str, period: int, *, combined: bool = False) -> int:
    """Return the first period of the year the period lies in."""
    frequency = Frequency(frequency)
    if frequency is Frequency.DAILY:
        return date.fromordinal(period).replace(month=1, day=1).toordinal()
    return slots_of_year(frequency, year_of(period), combined=combined)[0]


def window(frequency: Frequency | str, last: int, slots: int, *, combined: bool = False) -> tuple[int, ...]:
    """Return ``slots`` periods in order, ending with ``last``. ``ValueError`` if fewer than one is asked for."""
    if slots < 1:
        raise ValueError(f"a window has at least one period, not {slots}")
    periods = [require_possible(frequency, last, combined=combined)]
    while len(periods) < slots:
        periods.append(previous_slot(frequency, periods[-1], combined=combined))
    return tuple(reversed(periods))


def is_full_year(frequency: Frequency | str, accumulation: Accumulation | str, period: int) -> bool:
    """Tell whether the value at this period is a whole year's: 累计 to December, or an annual figure.

    Anything else is an incomplete year and is never summed into an annual value.
    """
    frequency, accumulation = Frequency(frequency), Accumulation(accumulation)
    if accumulation is Accumulation.POINT_IN_TIME or frequency is Frequency.DAILY:
        return False
    is_december = month_of(period) == MONTHS_PER_YEAR
    return is_december and (frequency is Frequency.ANNUAL or accumulation is Accumulation.YEAR_TO_DATE)


def period_end(frequency: Frequency | str, period: int) -> date:
    """Return the last day of a period."""
    if Frequency(frequency) is Frequency.DAILY:
        return date.fromordinal(period)
    year, month = year_of(period), month_of(period)
    return date(year, month, monthrange(year, month)[1])


def period_of_day(frequency: Frequency | str, day: date) -> int:
    """Return the period a day lies in, finished or not."""
    frequency = Frequency(frequency)
    if frequency is Frequency.DAILY:
        return day_period(day)
    length = _MONTHS_OF[frequency]
    return month_period(day.year, (day.month + length - 1) // length * length)


def release_day(frequency: Frequency | str, period: int, release_lag_days: int) -> date:
    """Return the day by which the value of a period is published: ``release_lag_days`` after its last day."""
    return period_end(frequency, period) + timedelta(days=release_lag_days)


def latest_released(frequency: Frequency | str, today: date, release_lag_days: int, *, combined: bool = False) -> int:
    """Return the last period already published on ``today`` by the release lag."""
    period = period_of_day(frequency, today - timedelta(days=release_lag_days))
    if not period_is_possible(frequency, period, combined=combined):
        period += 1  # a day in January lies in 1–2月
    while release_day(frequency, period, release_lag_days) > today:
        period = previous_slot(frequency, period, combined=combined)
    return period


def _plain(frequency: Frequency | str, period: int) -> str:
    if Frequency(frequency) is Frequency.DAILY:
        return str(period)
    return f"{year_of(period):04d}-{month_of(period):02d}"
