"""Period algebra: tables of domain rules section 2, and properties (T-03)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import periods
from data.periods import Accumulation, Frequency, month_period

MONTHS = st.integers(month_period(1901, 1), month_period(2099, 12))
STEPPED = st.sampled_from([Frequency.ANNUAL, Frequency.QUARTERLY, Frequency.MONTHLY])


def m(text: str) -> int:
    year, month = text.split("-")
    return month_period(int(year), int(month))


NEXT_AND_PREVIOUS = [
    # frequency, combined, period, next
    ("M", True, "2024-12", "2025-02"),
    ("M", True, "2024-02", "2024-03"),
    ("M", True, "2024-11", "2024-12"),
    ("M", False, "2024-12", "2025-01"),
    ("M", False, "2024-01", "2024-02"),
    ("Q", False, "2024-12", "2025-03"),
    ("Q", False, "2024-03", "2024-06"),
    ("A", False, "2024-12", "2025-12"),
]


@pytest.mark.parametrize(("frequency", "combined", "period", "following"), NEXT_AND_PREVIOUS)
def test_t_03_next_and_previous_slot(frequency, combined, period, following):
    assert periods.next_slot(frequency, m(period), combined=combined) == m(following)
    assert periods.previous_slot(frequency, m(following), combined=combined) == m(period)


POSSIBLE = [
    # frequency, combined, accumulation, period, possible
    ("M", True, "S", "2024-01", False),
    ("M", True, "Y", "2024-01", False),
    ("M", True, "P", "2024-01", True),
    ("M", True, "S", "2024-02", True),
    ("M", False, "S", "2024-01", True),
    ("Q", False, "Y", "2024-03", True),
    ("Q", False, "Y", "2024-02", False),
    ("A", False, "S", "2024-12", True),
    ("A", False, "S", "2024-11", False),
]


@pytest.mark.parametrize(("frequency", "combined", "accumulation", "period", "possible"), POSSIBLE)
def test_t_03_a_january_of_combined_data_is_impossible(frequency, combined, accumulation, period, possible):
    told = periods.period_is_possible(frequency, m(period), combined=combined, accumulation=accumulation)
    assert told is possible


def test_t_03_an_impossible_period_has_no_neighbours():
    with pytest.raises(ValueError, match="2024-01"):
        periods.next_slot("M", m("2024-01"), combined=True)
    with pytest.raises(ValueError, match="2024-02"):
        periods.previous_slot("Q", m("2024-02"))


def test_t_03_the_slots_of_a_year():
    combined = periods.slots_of_year("M", 2024, combined=True)
    assert [periods.month_of(period) for period in combined] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert len(periods.slots_of_year("M", 2024)) == 12
    assert [periods.month_of(period) for period in periods.slots_of_year("Q", 2024)] == [3, 6, 9, 12]
    assert periods.slots_of_year("A", 2024) == (m("2024-12"),)
    assert len(periods.slots_of_year("D", 2024)) == 366


def test_t_03_a_window_steps_over_january():
    shown = periods.window("M", m("2024-03"), 4, combined=True)
    assert shown == (m("2023-11"), m("2023-12"), m("2024-02"), m("2024-03"))
    with pytest.raises(ValueError):
        periods.window("M", m("2024-03"), 0)


FULL_YEARS = [
    ("M", "Y", "2023-12", True),
    ("Q", "Y", "2023-12", True),
    ("A", "S", "2023-12", True),
    ("M", "Y", "2023-11", False),
    ("M", "S", "2023-12", False),
    ("M", "P", "2023-12", False),
]


@pytest.mark.parametrize(("frequency", "accumulation", "period", "full"), FULL_YEARS)
def test_t_03_only_a_whole_year_is_a_year(frequency, accumulation, period, full):
    assert periods.is_full_year(frequency, accumulation, m(period)) is full


ENDS = [("M", "2024-02", date(2024, 2, 29)), ("M", "2023-02", date(2023, 2, 28)), ("Q", "2024-06", date(2024, 6, 30))]


@pytest.mark.parametrize(("frequency", "period", "last_day"), ENDS)
def test_t_03_period_end(frequency, period, last_day):
    assert periods.period_end(frequency, m(period)) == last_day


RELEASED = [
    # frequency, combined, today, lag in days, latest released
    ("M", False, date(2024, 10, 18), 18, "2024-09"),
    ("M", False, date(2024, 10, 17), 18, "2024-08"),
    ("M", True, date(2024, 2, 20), 18, "2023-12"),  # January alone is never released
    ("M", True, date(2024, 3, 18), 18, "2024-02"),
    ("M", True, date(2024, 3, 17), 18, "2023-12"),
    ("M", False, date(2024, 2, 29), 0, "2024-02"),
    ("Q", False, date(2024, 10, 19), 20, "2024-06"),
    ("Q", False, date(2024, 10, 20), 20, "2024-09"),
    ("A", False, date(2026, 11, 23), 90, "2025-12"),
]


@pytest.mark.parametrize(("frequency", "combined", "today", "lag", "latest"), RELEASED)
def test_latest_released(frequency, combined, today, lag, latest):
    assert periods.latest_released(frequency, today, lag, combined=combined) == m(latest)


def test_latest_released_day():
    assert periods.latest_released("D", date(2024, 3, 1), 1) == date(2024, 2, 29).toordinal()


@given(MONTHS, STEPPED, st.booleans(), st.integers(1, 60))
def test_t_03_stepping_forth_and_back_returns(period, frequency, combined, steps):
    combined = combined and frequency is Frequency.MONTHLY
    start = periods.period_of_day(frequency, periods.period_end("M", period))
    if not periods.period_is_possible(frequency, start, combined=combined):
        start += 1
    there = start
    for _ in range(steps):
        there = periods.next_slot(frequency, there, combined=combined)
    back = there
    for _ in range(steps):
        back = periods.previous_slot(frequency, back, combined=combined)
    assert back == start
    assert periods.window(frequency, there, steps + 1, combined=combined)[0] == start


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)), STEPPED, st.integers(0, 200), st.booleans())
def test_latest_released_is_released_and_the_next_is_not(today, frequency, lag, combined):
    combined = combined and frequency is Frequency.MONTHLY
    latest = periods.latest_released(frequency, today, lag, combined=combined)
    following = periods.next_slot(frequency, latest, combined=combined)
    assert periods.release_day(frequency, latest, lag) <= today < periods.release_day(frequency, following, lag)


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)), st.sampled_from(list(Frequency)))
def test_t_03_a_day_lies_in_its_period(day, frequency):
    period = periods.period_of_day(frequency, day)
    assert day <= periods.period_end(frequency, period)
    if frequency is not Frequency.DAILY:
        assert periods.period_end("M", period - {"A": 12, "Q": 3, "M": 1}[frequency]) < day


@given(st.integers(1901, 2099), st.integers(1, 12))
def test_t_03_year_and_month_come_back(year, month):
    period = month_period(year, month)
    assert (periods.year_of(period), periods.month_of(period)) == (year, month)
    assert periods.year_of(periods.same_period_last_year(period)) == year - 1
    assert periods.month_of(periods.same_period_last_year(period)) == month
    assert periods.first_of_year("M", period) == month_period(year, 1)
    assert periods.first_of_year("M", period, combined=True) == month_period(year, 2)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_t_03_month_outside_the_year_is_refused(month):
    with pytest.raises(ValueError):
        month_period(2024, month)


def test_first_of_year_of_a_day():
    day = date(2024, 7, 9)
    assert periods.first_of_year("D", day.toordinal()) == date(2024, 1, 1).toordinal()


def test_accumulations_are_three():
    assert [each.value for each in Accumulation] == ["S", "Y", "P"]
