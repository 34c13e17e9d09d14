"""目标完成率 against 序时进度."""

import pytest

from data.periods import month_period
from data.targets import Schedule, growth_completion, level_completion, schedule

SEPTEMBER_2024 = month_period(2024, 9)


def history(shares: dict[int, float], whole: float = 1000.0) -> dict[int, float]:
    series = {month_period(year, 9): whole * share / 100 for year, share in shares.items()}
    return series | {month_period(year, 12): whole for year in shares}


SCHEDULES = [
    # share of the year reached by September, per year -> expected per cent, years used
    ({2021: 70.0, 2022: 74.0, 2023: 71.0}, 71.0, (2021, 2022, 2023)),
    ({2020: 10.0, 2021: 70.0, 2022: 74.0, 2023: 71.0}, 71.0, (2021, 2022, 2023)),  # only the last three years
    ({2022: 74.0, 2023: 71.0}, 72.5, (2022, 2023)),
    ({2023: 71.0}, 71.0, (2023,)),
    ({}, 75.0, ()),  # 9/12, and it says so
    ({2019: 10.0}, 75.0, ()),
]


@pytest.mark.parametrize(("shares", "percent", "years"), SCHEDULES)
def test_schedule(shares, percent, years):
    told = schedule(history(shares), SEPTEMBER_2024)
    assert told.percent == pytest.approx(percent)
    assert told.years == years
    assert told.is_seasonal is bool(years)


def test_an_unfinished_year_is_no_history():
    assert schedule({month_period(2023, 9): 700.0}, SEPTEMBER_2024).years == ()


def test_a_level_target():
    told = level_completion(728.0, 1000.0, Schedule(75.0, (2023,)))
    assert told.reached == pytest.approx(72.8)
    assert told.gap_points == pytest.approx(-2.2)
    assert told.is_behind


def test_a_growth_target_is_compared_in_points():
    told = growth_completion(6.4, 6.0)
    assert told.gap_points == pytest.approx(0.4)
    assert not told.is_behind


@pytest.mark.parametrize("target", [0.0, -1.0])
def test_a_level_target_is_positive(target):
    with pytest.raises(ValueError):
        level_completion(1.0, target, Schedule(75.0, ()))
