"""Working days in China: public holidays and the weekends that are worked instead (调休).

The arrangement of a year is announced in the autumn before it; ``chinesecalendar`` holds the announced years and
refuses all others. For those only the weekends are known, and every answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

IfHoliday = Literal["next_workday", "previous_workday", "same_day"]
SATURDAY = 5
_STEP = {"next_workday": timedelta(days=1), "previous_workday": timedelta(days=-1)}


@dataclass(frozen=True)
class PlannedDay:
    """A day, and the years whose holidays had to be left out because they are not announced yet."""

    day: date
    unknown_years: tuple[int, ...] = ()


def is_workday(day: date) -> tuple[bool, bool]:
    """Tell whether people work on a day, and whether its year is known; if not, only weekends are free."""
    # Imported here: the web processes read declarations and need no calendar until somebody asks for a day.
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < SATURDAY, False


def moved(day: date, if_holiday: IfHoliday) -> PlannedDay:
    """Return the day itself if it is a working day, else the nearest one in the declared direction."""
    unknown: set[int] = set()
    while if_holiday != "same_day":
        is_working, is_known = is_workday(day)
        unknown |= set() if is_known else {day.year}
        if is_working:
            break
        day += _STEP[if_holiday]
    return PlannedDay(day, tuple(sorted(unknown)))


def nth_workday(year: int, month: int, number: int) -> PlannedDay:
    """Return the n-th working day of a month, counted on from its first day."""
    planned = moved(date(year, month, 1), "next_workday")
    unknown = set(planned.unknown_years)
    for _ in range(number - 1):
        planned = moved(planned.day + timedelta(days=1), "next_workday")
        unknown |= set(planned.unknown_years)
    return PlannedDay(planned.day, tuple(sorted(unknown)))
