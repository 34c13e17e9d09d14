"""Whether the newest figure of an indicator is as new as it should be: 正常, 临期, 过期 or 中断.

The clock of a figure is its release calendar: the next period's value is due ``release_lag_days`` after that
period's last day. Days are Asia/Shanghai days (``data.clock``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from data.periods import Frequency, next_slot, release_day

DUE_SOON_DAYS = {Frequency.DAILY: 0, Frequency.MONTHLY: 3, Frequency.QUARTERLY: 7, Frequency.ANNUAL: 14}
# A release this late is more than late: for monthly data and slower, the one after it is missed as well.
BROKEN_AFTER_DAYS = {Frequency.DAILY: 7, Frequency.MONTHLY: 31, Frequency.QUARTERLY: 92, Frequency.ANNUAL: 366}


class Freshness(StrEnum):
    """正常, 临期, 过期, 中断."""

    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    BROKEN = "broken"


@dataclass(frozen=True)
class NextRelease:
    """The state of an indicator, the period that is awaited, the day it is due and how many days late it is.

    Where the day is one of the source's calendar, ``calendar`` says which in both languages, ``combined`` whether
    January is released with February, and ``unknown_years`` names the years whose holidays are not announced.
    """

    state: Freshness
    awaited_period: int
    due: date
    days_late: int
    combined: bool | None = None
    calendar: tuple[str, str] | None = None
    unknown_years: tuple[int, ...] = ()


def freshness(
    latest_period: int,
    frequency: Frequency | str,
    release_lag_days: int,
    today: date,
    *,
    combined: bool = False,
    every_months: int = 0,
) -> NextRelease:
    """Return the state from the latest period that has a value.

    An indicator without any value has no freshness: the panel says that it is empty. What is held or counted once in
    ``every_months`` months (an exhibition) awaits its next time and not the next month.
    """
    frequency = Frequency(frequency)
    following = next_slot(frequency, latest_period, combined=combined)
    awaited = latest_period + every_months if every_months else following
    due = release_day(frequency, awaited, release_lag_days)
    return NextRelease(state_on(frequency, due, today), awaited, due, max((today - due).days, 0))


def state_on(frequency: Frequency, due: date, today: date) -> Freshness:
    """Return the state of a figure that was or is due on a day."""
    if today > due + timedelta(days=BROKEN_AFTER_DAYS[frequency]):
        return Freshness.BROKEN
    if today > due:
        return Freshness.OVERDUE
    is_near = today >= due - timedelta(days=DUE_SOON_DAYS[frequency])
    return Freshness.DUE_SOON if is_near else Freshness.CURRENT
