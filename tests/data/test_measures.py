"""How numbers are worked out: the vectors of the domain rules, small tables, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import measures
from data.measures import Amount, Basis, ChangeUnit, Concentration, NotComparableError, Outcome

AMOUNTS = st.integers(-(10**11), 10**11).map(lambda cents: cents / 100)
POSITIVE = st.floats(0.01, 1e9)
RATES = st.floats(-90, 300)


GROWTHS = [
    # current, base, official -> value, basis, outcome
    (3436.75, 3112.12, 5.3, 5.3, Basis.OFFICIAL, Outcome.RATE),  # the district's GDP of 2022 Q1–3
    (3436.75, 3112.12, None, 10.4, Basis.NOMINAL, Outcome.RATE),  # what the levels give, and how it is marked
    (27298.3, 29047.6, 16.5, 16.5, Basis.OFFICIAL, Outcome.RATE),  # national industrial profit 2018 Jan–May
    (27298.3, 29047.6, None, -6.0, Basis.NOMINAL, Outcome.RATE),
    (50.0, -100.0, None, None, Basis.NOMINAL, Outcome.TURNED_PROFIT),
    (-50.0, 100.0, None, None, Basis.NOMINAL, Outcome.TURNED_LOSS),
    (-60.0, -100.0, None, 40.0, Basis.NOMINAL, Outcome.LOSS_NARROWED),
    (-150.0, -100.0, None, 50.0, Basis.NOMINAL, Outcome.LOSS_WIDENED),
    (-100.0, -100.0, None, None, Basis.NOMINAL, Outcome.LOSS_UNCHANGED),
    (0.0, -100.0, None, 100.0, Basis.NOMINAL, Outcome.LOSS_NARROWED),
    (5.0, 0.0, None, None, Basis.NOMINAL, Outcome.NO_BASE),
    (-5.0, 0.0, None, None, Basis.NOMINAL, Outcome.NO_BASE),
    (0.0, 100.0, None, -100.0, Basis.NOMINAL, Outcome.RATE),
    (4.0, 2.3e-308, None, None, Basis.NOMINAL, Outcome.NO_BASE),  # as good as zero
    (None, 100.0, None, None, None, Outcome.UNAVAILABLE),
    (100.0, None, None, None, None, Outcome.UNAVAILABLE),
    (None, None, 6.0, 6.0, Basis.OFFICIAL, Outcome.RATE),  # a growth may be published without its level
]


@pytest.mark.parametrize(("current", "base", "official", "value", "basis", "outcome"), GROWTHS)
def test_growth(current, base, official, value, basis, outcome):
    told = measures.growth(current, base, official)
    assert (told.basis, told.outcome) == (basis, outcome)
    assert told.value == (None if value is None else pytest.approx(value, abs=0.05))


def test_an_indicator_may_forbid_nominal_growth():
    assert measures.growth(110, 100, nominal_allowed=False) == measures.UNAVAILABLE


def test_the_change_of_a_rate_is_in_points():
    told = measures.change_in_points(8.6, 8.2)
    assert told.value == pytest.approx(0.4)
    assert told.unit is ChangeUnit.POINTS
    assert measures.change_in_points(None, 8.2).outcome is Outcome.UNAVAILABLE


def test_month_on_month_only_from_adjusted_data():
    assert measures.sequential_growth(110, 100, "raw") == measures.UNAVAILABLE
    told = measures.sequential_growth(110, 100, "sa")
    assert told.value == pytest.approx(10)
    assert told.basis is Basis.ADJUSTED


TWO_YEARS = [(72.1, 31.2), (6.4, 3.2), (0.0, 0.0), (-100.0, -100.0)]


@pytest.mark.parametrize(("over_two_years", "average"), TWO_YEARS)
def test_average_of_two_years(over_two_years, average):
    assert round(measures.average_of_two_years(over_two_years), 1) == average


def test_two_year_average_from_two_rates():
    assert measures.two_year_average(10.0, 10.0) == pytest.approx(10.0)
    assert measures.two_year_average(21.0, 0.0) == pytest.approx(10.0)
    with pytest.raises(ValueError):
        measures.average_of_two_years(-100.1)
    with pytest.raises(ValueError):
        measures.two_year_average(-150.0, -150.0)


def test_a_published_two_year_average_wins():
    assert measures.two_year_growth(3.1, 10.0, 10.0) == measures.official_growth(3.1)
    assert measures.two_year_growth(None, 10.0, 10.0).basis is Basis.DERIVED
    assert measures.two_year_growth(None, 10.0, None) == measures.UNAVAILABLE


SINGLES = [(33.3, 11.1, 1, 22.2), (0.3, 0.1, 1, 0.2), (33.3, 0.0, 1, 33.3), (None, 1.0, 1, None), (1.0, None, 1, None)]


@pytest.mark.parametrize(("now", "before", "decimals", "single"), SINGLES)
def test_single_from_cumulative(now, before, decimals, single):
    assert measures.single_from_cumulative(now, before, decimals) == single


def test_contributions_of_the_three_sectors():
    shares = {"S1": 2.28, "S2": 37.22, "S3": 60.50}
    told = measures.contributions(shares, {"S1": 0.4, "S2": 3.0, "S3": 6.9}, 5.3)
    assert {part: round(points, 2) for part, points in told.points.items()} == {"S1": 0.01, "S2": 1.12, "S3": 4.17}
    assert round(sum(told.points.values()), 2) == 5.30
    assert round(told.residual, 2) == 0
    assert told.rates is not None
    assert {part: round(rate, 1) for part, rate in told.rates.items()} == {"S1": 0.2, "S2": 21.1, "S3": 78.8}


def test_small_growth_has_no_contribution_rates():
    told = measures.contributions({"a": 50.0, "b": 50.0}, {"a": 10.0, "b": -9.2}, 0.4)
    assert told.rates is None
    assert told.points == {"a": 5.0, "b": pytest.approx(-4.6)}
    assert measures.contributions({"a": 100.0}, {"a": 0.5}, 0.5).rates is not None


def test_contributions_need_the_same_components():
    with pytest.raises(ValueError):
        measures.contributions({"a": 100.0}, {"b": 1.0}, 1.0)


LQS = [(20.0, 100.0, 100.0, 1000.0, 2.0), (10.0, 100.0, 100.0, 1000.0, 1.0), (0.0, 100.0, 100.0, 1000.0, 0.0)]


@pytest.mark.parametrize(("local", "local_total", "reference", "reference_total", "quotient"), LQS)
def test_location_quotient(local, local_total, reference, reference_total, quotient):
    amounts = (Amount(value, "亿元", 24296) for value in (local, local_total, reference, reference_total))
    assert measures.location_quotient(*amounts) == pytest.approx(quotient)


def test_location_quotient_refuses_what_is_not_comparable():
    good = Amount(10.0, "亿元", 24296)
    for other in (Amount(10.0, "万元", 24296), Amount(10.0, "亿元", 24297), Amount(10.0, "亿元", 24296, "可比价")):
        with pytest.raises(NotComparableError):
            measures.location_quotient(good, good, good, other)


@pytest.mark.parametrize("place", range(4))
def test_location_quotient_with_a_missing_figure(place):
    amounts = [Amount(10.0, "亿元", 24296) for _ in range(4)]
    amounts[place] = Amount(None, "亿元", 24296)
    assert measures.location_quotient(*amounts) is None


def test_revealed_comparative_advantage():
    assert measures.revealed_comparative_advantage(20, 100, 50, 1000) == pytest.approx(4.0)
    assert measures.revealed_comparative_advantage(20, 100, 0, 1000) is None


HHIS = [([30, 30, 20, 20], 2600, Concentration.HIGH), ([1], 10000, Concentration.HIGH), ([1] * 10, 1000, "moderate")]


@pytest.mark.parametrize(("parts", "index", "band"), HHIS)
def test_herfindahl(parts, index, band):
    assert measures.herfindahl(parts) == pytest.approx(index)
    assert measures.concentration(index) == band


@pytest.mark.parametrize(("index", "band"), [(999.9, "low"), (1000, "moderate"), (1800, "moderate"), (1800.1, "high")])
def test_bands_of_concentration(index, band):
    assert measures.concentration(index) == band


@pytest.mark.parametrize("parts", [[0, 0], [-1, 2], []])
def test_herfindahl_refuses(parts):
    with pytest.raises(ValueError):
        measures.herfindahl(parts)


SPREADS = [  # parts, whole -> index, share covered
    ([30, 30, 20, 20], 100, 2600, 100),
    ([30, 30, 20, 20], 100.3, 2600, 99.7),
    ([30, 30, 20, 20], 125, None, 80),
    ([30, None, 70], 100, 5800, 100),
    ([30, None], 100, None, 30),
    ([60, 60], 100, None, 120),
    ([], 100, None, None),
    ([None], 100, None, None),
    ([50, 50], None, None, None),
    ([50, 50], 0, None, None),
]


@pytest.mark.parametrize(("parts", "whole", "index", "covered"), SPREADS)
def test_an_index_of_concentration_needs_parts_that_cover_the_whole(parts, whole, index, covered):
    found = measures.spread(parts, whole)
    assert found.index == (None if index is None else pytest.approx(index))
    assert found.covered == (None if covered is None else pytest.approx(covered, abs=0.01))


def test_shift_share():
    told = measures.shift_share(100.0, 115.0, 5.0, 8.0)
    assert (told.reference, told.mix, told.local) == pytest.approx((5.0, 3.0, 7.0))


@given(AMOUNTS, AMOUNTS, st.none() | RATES)
def test_growth_is_a_rate_or_words_and_official_wins(current, base, official):
    told = measures.growth(current, base, official)
    if official is not None:
        assert told == measures.official_growth(official)
    elif base <= 0 or current < 0:
        assert told.outcome is not Outcome.RATE
    else:
        assert told.basis is Basis.NOMINAL
        assert base * (1 + told.value / 100) == pytest.approx(current, rel=1e-6, abs=1e-6 * base)


@given(st.lists(st.tuples(POSITIVE, RATES), min_size=1, max_size=8), st.floats(-50, 50))
def test_contributions_and_residual_add_up(parts, total_growth):
    whole = sum(size for size, _ in parts)
    shares = {str(place): 100 * size / whole for place, (size, _) in enumerate(parts)}
    growths = {str(place): rate for place, (_, rate) in enumerate(parts)}
    told = measures.contributions(shares, growths, total_growth)
    assert sum(told.points.values()) + told.residual == pytest.approx(total_growth, abs=1e-6)
    assert (told.rates is None) == (abs(total_growth) < 0.5)


@given(st.floats(0, 1e9), st.floats(0, 1e9), RATES, RATES)
def test_shift_share_sums_to_the_change(before, now, total_growth, industry_growth):
    told = measures.shift_share(before, now, total_growth, industry_growth)
    assert told.change == pytest.approx(now - before, abs=1e-9 * max(before, now, 1) * 100)


@given(st.lists(POSITIVE, min_size=1, max_size=30))
def test_herfindahl_lies_between_equal_parts_and_monopoly(parts):
    index = measures.herfindahl(parts)
    assert 10000 / len(parts) - 1e-6 <= index <= 10000 + 1e-6


@given(RATES, RATES)
def test_two_years_of_the_average_give_the_same_growth(now, before):
    average = measures.two_year_average(now, before)
    assert (1 + average / 100) ** 2 == pytest.approx((1 + now / 100) * (1 + before / 100))
    assert min(now, before) - 1e-6 <= average <= max(now, before) + 1e-6


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=12))
def test_singles_from_cumulative_add_up_again(cents):
    cumulative, total = [], 0
    for one in cents:
        total += one
        cumulative.append(total / 100)
    befores = [0.0, *cumulative[:-1]]
    singles = [measures.single_from_cumulative(now, then, 2) for now, then in zip(cumulative, befores, strict=True)]
    assert [round(single * 100) for single in singles] == cents
