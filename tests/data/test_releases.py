"""When the next figure is due: by the calendar of its source where it has the rhythm, else by the days of the lag."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from data.freshness import Freshness
from data.periods import month_period
from data.releases import next_release
from data.schedule import Schedule

INDICATOR = SimpleNamespace(release_lag_days=20, combined_january_february=False, every_months=0)
MONTHS = {"every": "month", "day": 18}
SEPTEMBER = month_period(2024, 9)


def schedule(**release: Any) -> Schedule:
    return Schedule.model_validate({"release": release})


CASES = [
    (None, "M", SEPTEMBER, date(2024, 11, 20), False),
    (Schedule(cron="10 0 * * *"), "M", SEPTEMBER, date(2024, 11, 20), False),
    (schedule(**MONTHS), "M", SEPTEMBER, date(2024, 11, 18), True),
    (schedule(every="month", day=10), "M", SEPTEMBER, date(2024, 11, 11), True),  # a Sunday
    (schedule(every="month", day=10, if_holiday="previous_workday"), "M", SEPTEMBER, date(2024, 11, 8), True),
    (schedule(every="month", day=1), "M", month_period(2024, 8), date(2024, 10, 8), True),  # seven days of holidays
    (schedule(every="month", day=14, january=False), "M", month_period(2024, 12), date(2025, 3, 14), True),
    # A calendar of months does not say when a quarter is published, nor one of quarters when a month is.
    (schedule(**MONTHS), "Q", month_period(2024, 6), date(2024, 10, 20), False),
    (schedule(every="quarter", day=30), "M", SEPTEMBER, date(2024, 11, 20), False),
    (schedule(every="quarter", day=30), "Q", month_period(2024, 6), date(2024, 10, 30), True),
]


@pytest.mark.parametrize(("planned", "frequency", "latest", "due", "is_calendar"), CASES)
def test_the_day_and_how_it_is_known(
    planned: Schedule | None, frequency: str, latest: int, due: date, is_calendar: bool
) -> None:
    found = next_release(INDICATOR, frequency, latest, date(2024, 10, 1), planned)
    assert (found.due, found.calendar is not None) == (due, is_calendar)
    assert found.state in {Freshness.CURRENT, Freshness.DUE_SOON}


def test_what_is_late_by_the_calendar_is_late_by_its_days() -> None:
    found = next_release(INDICATOR, "M", month_period(2024, 8), date(2024, 10, 21), schedule(**MONTHS))
    assert (found.state, found.days_late, found.awaited_period) == (Freshness.OVERDUE, 3, SEPTEMBER)


def test_january_with_february_is_awaited_as_one() -> None:
    found = next_release(
        INDICATOR, "M", month_period(2024, 12), date(2025, 1, 20), schedule(every="month", day=14, january=False)
    )
    assert (found.awaited_period, found.combined) == (month_period(2025, 2), True)


def test_a_year_whose_holidays_are_not_announced_is_named() -> None:
    found = next_release(INDICATOR, "M", month_period(2031, 8), date(2031, 9, 20), schedule(**MONTHS))
    assert found.unknown_years == (2031,)
