"""正常, 临期, 过期, 中断; and the clock."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from data.clock import Clock, clock_for, fixed_clock, to_shanghai
from data.freshness import Freshness, freshness
from data.periods import month_period

STATES = [
    # latest, frequency, combined, today -> state, awaited, due, days late (release lag 18 days)
    ((2024, 9), "M", False, date(2024, 11, 1), "current", (2024, 10), date(2024, 11, 18), 0),
    ((2024, 9), "M", False, date(2024, 11, 14), "current", (2024, 10), date(2024, 11, 18), 0),
    ((2024, 9), "M", False, date(2024, 11, 15), "due_soon", (2024, 10), date(2024, 11, 18), 0),
    ((2024, 9), "M", False, date(2024, 11, 18), "due_soon", (2024, 10), date(2024, 11, 18), 0),
    ((2024, 9), "M", False, date(2024, 11, 19), "overdue", (2024, 10), date(2024, 11, 18), 1),
    ((2024, 9), "M", False, date(2024, 12, 19), "overdue", (2024, 10), date(2024, 11, 18), 31),
    ((2024, 9), "M", False, date(2024, 12, 20), "broken", (2024, 10), date(2024, 11, 18), 32),
    ((2023, 12), "M", True, date(2024, 2, 20), "current", (2024, 2), date(2024, 3, 18), 0),
    ((2023, 12), "M", False, date(2024, 2, 20), "overdue", (2024, 1), date(2024, 2, 18), 2),
    ((2024, 6), "Q", False, date(2024, 10, 12), "due_soon", (2024, 9), date(2024, 10, 18), 0),
    ((2023, 12), "A", False, date(2024, 11, 23), "current", (2024, 12), date(2025, 1, 18), 0),
]


@pytest.mark.parametrize(("latest", "frequency", "combined", "today", "state", "awaited", "due", "late"), STATES)
def test_freshness(latest, frequency, combined, today, state, awaited, due, late):
    told = freshness(month_period(*latest), frequency, 18, today, combined=combined)
    assert (told.state, told.awaited_period, told.due) == (state, month_period(*awaited), due)
    assert told.days_late == late


def test_daily_prices_may_pause_over_a_holiday():
    friday = date(2024, 9, 27)
    assert freshness(friday.toordinal(), "D", 3, friday + timedelta(days=3)).state is Freshness.CURRENT
    assert freshness(friday.toordinal(), "D", 3, friday + timedelta(days=6)).state is Freshness.OVERDUE
    assert freshness(friday.toordinal(), "D", 3, friday + timedelta(days=12)).state is Freshness.BROKEN


HELD = [  # of an exhibition held in October 2023: today -> state, awaited, days late (release lag 18 days)
    (date(2024, 5, 1), "current", (2024, 10), 0),
    (date(2024, 11, 17), "due_soon", (2024, 10), 0),
    (date(2024, 11, 20), "overdue", (2024, 10), 2),
    (date(2025, 1, 5), "broken", (2024, 10), 48),
]


@pytest.mark.parametrize(("today", "state", "awaited", "late"), HELD)
def test_what_comes_once_a_year_is_late_only_after_its_next_time(today, state, awaited, late):
    told = freshness(month_period(2023, 10), "M", 18, today, every_months=12)
    assert (told.state, told.awaited_period, told.days_late) == (state, month_period(*awaited), late)


def test_the_clock_shows_shanghai_whatever_the_zone_of_the_machine():
    late_evening_utc = datetime(2024, 10, 20, 16, 30, tzinfo=UTC)
    clock = Clock(utc_now=lambda: late_evening_utc)
    assert clock.today() == date(2024, 10, 21)
    assert f"{clock.now():%H:%M}" == "00:30"
    new_york = late_evening_utc.astimezone(timezone(timedelta(hours=-4)))
    assert to_shanghai(new_york) == clock.now()


def test_a_fixed_day_stands_still():
    assert clock_for(date(2026, 11, 23)).today() == date(2026, 11, 23)
    assert fixed_clock(date(2026, 11, 23)).now().utcoffset() == timedelta(hours=8)
    assert abs(clock_for(None).now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError):
        to_shanghai(datetime(2024, 1, 1))  # noqa: DTZ001
