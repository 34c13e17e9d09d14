"""Sums and what is taken out of running totals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.periods import month_period, slots_of_year
from data.totals import Single, adds_up, singles, total_of, year_total

TOTALS = [([1.0, 2.0], 3.0), ([1.0, None], None), ([], None), ([0.1] * 10, 1.0), ([0.0], 0.0)]


@pytest.mark.parametrize(("parts", "total"), TOTALS)
def test_total_of(parts, total):
    assert total_of(parts) == total


SUMS = [
    ([95.76, 1702.03, 3205.59], 5003.38, 2, True),  # the district's three sectors and GDP of 2023
    ([92.47, 1683.70, 2915.69], 4691.85, 2, True),  # of 2022: 0.01 off by rounding
    ([33.3, 33.3, 33.3], 100.0, 1, True),  # each rounded down
    ([33.3, 33.3, 33.3], 100.3, 1, False),
    ([], 0.0, 1, True),
]


@pytest.mark.parametrize(("parts", "total", "decimals", "agrees"), SUMS)
def test_adds_up(parts, total, decimals, agrees):
    assert adds_up(parts, total, decimals) is agrees


def test_an_unfinished_year_has_no_total():
    slots = slots_of_year("M", 2024, combined=True)
    whole = dict.fromkeys(slots, 1.0)
    assert year_total(whole, 2024, "M", combined=True) == 11.0
    assert year_total({**whole, slots[-1]: None}, 2024, "M", combined=True) is None
    assert year_total(dict.fromkeys(slots[:-1], 1.0), 2024, "M", combined=True) is None
    assert year_total(whole, 2024, "M") is None  # January is missing where the data are not combined


def m(month: int) -> int:
    return month_period(2024, month)


def test_a_published_single_wins_over_a_derived_one():
    told = singles({m(4): 9.9}, {m(2): 20.0, m(3): 31.5, m(4): 41.0, m(6): 60.0}, "M", 1, combined=True)
    assert told == {
        m(2): Single(20.0, derived=True),
        m(3): Single(11.5, derived=True),
        m(4): Single(9.9, derived=False),
    }  # June is missing because May is


def test_without_the_first_slot_nothing_is_derived_from_the_second():
    assert singles({}, {m(3): 31.5}, "M", 1, combined=True) == {}


@given(st.lists(st.integers(0, 10**6), min_size=11, max_size=11))
def test_derived_singles_add_up_to_the_year(tenths):
    slots = slots_of_year("M", 2024, combined=True)
    cumulative = {period: sum(tenths[: place + 1]) / 10 for place, period in enumerate(slots)}
    told = singles({}, cumulative, "M", 1, combined=True)
    assert [round(10 * single.value) for single in told.values()] == tenths
    assert all(single.derived for single in told.values())
    year = year_total({period: single.value for period, single in told.items()}, 2024, "M", combined=True)
    assert year == pytest.approx(cumulative[slots[-1]])


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.integers(0, 3))
def test_rounded_parts_always_agree_with_the_rounded_total(parts, decimals):
    assert adds_up([round(part, decimals) for part in parts], round(sum(parts), decimals), decimals)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=12), st.randoms())
def test_the_order_of_parts_does_not_matter(parts, random):
    shuffled = random.sample(parts, len(parts))
    assert total_of(part / 7 for part in parts) == total_of(part / 7 for part in shuffled)
