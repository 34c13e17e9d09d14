"""The checks before anything is stored, each as a small table of what passes and what does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.catalogue import load_catalogue
from data.check_batch import Batch
from data.check_comparisons import power_of_ten
from data.check_settings import Checks
from data.checks import KEPT, RULES, examine, verdict
from data.facts import Fact, Reject, SeriesKey
from data.findings import REMEDIES
from data.periods import day_period, month_period

CATALOGUE = load_catalogue(Path(__file__).resolve().parents[2] / "data" / "catalogue")
TODAY = date(2026, 11, 23)
GDP = CATALOGUE.indicator("gdp").key()
RETAIL = CATALOGUE.indicator("retail_sales").key(accumulation="Y")
PROFIT = CATALOGUE.indicator("industrial_profit").key(accumulation="Y")


def fact(key: SeriesKey, period: int, value: float | None, *, decimals: int = 2, **parts: object) -> Fact:
    options = {"unit": "CNY_100M", "place": f"row {period}", "raw": str(value), "decimals": decimals} | parts
    return Fact(key, period, value, **options)


def found(*facts: Fact, settings: Checks | None = None, **batch: object) -> list[tuple[str, str]]:
    """The checks that found something, with their severities, each once."""
    findings = examine(Batch(CATALOGUE, facts, TODAY, settings or Checks(), **batch))
    return sorted({(each.check, each.severity) for each in findings})


MARCH_2023, MARCH_2024 = month_period(2023, 3), month_period(2024, 3)


# --- L-06


@given(
    before=st.floats(1, 1e7),
    growth=st.floats(-0.2, 0.25),
    factor=st.sampled_from([1e4, 1e-4, 100, 0.01, 10, 0.1, 1000, 1e8]),
    held=st.booleans(),
)
def test_l_06_a_silent_change_of_unit_is_held_back(before, growth, factor, held):
    value = before * (1 + growth) * factor
    facts = [fact(GDP, MARCH_2024, value)]
    store = {(GDP.series_id, MARCH_2023): before} if held else {}
    facts += [] if held else [fact(GDP, MARCH_2023, before)]
    assert ("unit_jump", "quarantine") in found(*facts, held=store)


@given(before=st.floats(0.01, 1e9), ratio=st.floats(0.2, 4.0))
def test_l_06_true_growth_up_to_300_per_cent_passes(before, ratio):
    assert found(fact(GDP, MARCH_2023, before), fact(GDP, MARCH_2024, before * ratio)) == []


@given(factor=st.floats(0.001, 1000), decades=st.integers(-8, 8))
def test_l_06_a_power_of_ten_is_found_within_the_tolerance_only(factor, decades):
    value = factor * 10.0**decades
    power = power_of_ten(value, 1.0, 0.1)
    assert power == -power_of_ten(1.0, value, 0.1)
    assert power == 0 or 10**-0.51 <= value / 10.0**power <= 10**0.51
    if 10**-1.4 < value < 10**1.4 and power:
        assert 10**-0.11 <= value / 10.0**power <= 10**0.11


def test_l_06_it_is_the_year_before_that_counts_never_the_month_before():
    """累计 restarts in January: 1–2月 is a tenth of the December before, and that is no change of unit."""
    year = [fact(RETAIL, month_period(2023, month), 100.0 * month) for month in range(2, 13)]
    assert found(*year, fact(RETAIL, month_period(2024, 2), 120.0)) == []
    assert ("unit_jump", "quarantine") in found(*year, fact(RETAIL, month_period(2024, 2), 1_800_000.0))


def test_l_06_a_whole_file_in_another_unit_is_measured_by_what_is_held():
    held = {(GDP.series_id, MARCH_2023): 1000.0, (GDP.series_id, MARCH_2024): 1080.0}
    facts = [fact(GDP, MARCH_2023, 10_000_000.0), fact(GDP, MARCH_2024, 10_800_000.0)]
    assert ("unit_jump", "quarantine") in found(*facts, held=held)
    # … and what is held as it is was found true before.
    same = [fact(GDP, MARCH_2023, 1000.0), fact(GDP, MARCH_2024, 1080.0)]
    assert found(*same, held=held) == []
    low = {(GDP.series_id, MARCH_2023): 1000.0, (GDP.series_id, MARCH_2024): 100.0}
    assert found(fact(GDP, MARCH_2024, 100.0), held=low) == []


def test_l_06_published_growth_explains_a_true_jump():
    growth = GDP.with_(measure="yoy")
    facts = [fact(GDP, MARCH_2023, 10.0), fact(GDP, MARCH_2024, 100.0)]
    assert ("unit_jump", "quarantine") in found(*facts)
    assert found(*facts, fact(growth, MARCH_2024, 900.0, unit="PERCENT")) == []


def test_l_06_in_a_large_block_one_hit_may_be_chance_and_a_struck_column_is_not():
    trade = CATALOGUE.indicator("trade")
    partners = list(CATALOGUE.code_lists["partner"].codes)[:100]
    keys = [trade.key(region="100000", accumulation="Y", flow="X", partner=code) for code in partners]
    before = [fact(key, MARCH_2023, 100.0 + index) for index, key in enumerate(keys)]

    def now(struck: int) -> list[Fact]:
        return [
            fact(key, MARCH_2024, (105.0 + index) * (100.0 if index < struck else 1.0))
            for index, key in enumerate(keys)
        ]

    assert found(*before, *now(1)) == [("unit_jump", "warn")]
    assert found(*before, *now(100)) == [("unit_jump", "quarantine")]
    total = trade.key(region="100000", accumulation="Y", flow="X")
    totals = [fact(total, MARCH_2023, 9_000.0), fact(total, MARCH_2024, 900_000.0)]
    assert ("unit_jump", "quarantine") in found(*before, *now(0), *totals)


def test_l_06_daily_prices_look_a_year_back_over_closed_days():
    daily = CATALOGUE.indicator("price_brent_eia_daily").key(region="WLD")
    day = day_period(date(2024, 3, 1))
    facts = [fact(daily, day - 367, 80.0), fact(daily, day, 8_000.0)]
    assert ("unit_jump", "quarantine") in found(*facts)


@pytest.mark.parametrize(("before", "value"), [(0.0, 5.0), (5.0, 0.0), (-5.0, 50_000.0), (50_000.0, -5.0)])
def test_l_06_no_ratio_no_finding(before, value):
    assert found(fact(PROFIT, MARCH_2023, before), fact(PROFIT, MARCH_2024, value)) == []


def test_l_06_the_largest_and_smallest_numbers_compare_too():
    for before, value in ((1e-300, 1e300), (1e300, 1e-300), (-5.0, -50_000.0)):
        facts = [fact(PROFIT, MARCH_2023, before), fact(PROFIT, MARCH_2024, value)]
        assert found(*facts) == [("unit_jump", "quarantine")]


# --- L-07


@pytest.mark.parametrize(
    ("indicator", "value", "expected"),
    [
        ("gdp_share", 37.2, []),
        ("gdp_share", 100.0, []),
        ("gdp_share", 0.0, []),
        ("gdp_share", 104.0, [("range", "quarantine")]),
        ("gdp_share", -0.1, [("range", "quarantine")]),
        ("market_entities", -1.0, [("range", "quarantine")]),
        ("industrial_va_growth", -12.5, []),
        ("industrial_profit", -12.5, []),
    ],
)
def test_l_07_values_stay_within_what_their_kind_allows(indicator, value, expected):
    assert found(fact(CATALOGUE.indicator(indicator).key(), month_period(2024, 3), value)) == expected


def test_l_07_bounds_are_declared_with_their_severity():
    for severity in ("warn", "quarantine", "refuse"):
        settings = Checks(bounds=[{"indicator": "gdp", "minimum": 100, "maximum": 10_000, "severity": severity}])
        assert found(fact(GDP, MARCH_2024, 99.0), settings=settings) == [("range", severity)]
        assert found(fact(GDP, MARCH_2024, 100.0), settings=settings) == []


def test_l_07_the_year_to_date_does_not_fall():
    months = [fact(RETAIL, month_period(2024, month), value) for month, value in ((2, 100.0), (3, 150.0), (4, 149.0))]
    assert found(*months) == [("falling", "quarantine")]
    assert found(months[0], months[1]) == []
    assert found(fact(RETAIL, month_period(2024, 4), 149.0), held={(RETAIL.series_id, MARCH_2024): 150.0}) == [
        ("falling", "quarantine")
    ]
    rounding = fact(RETAIL, month_period(2024, 4), 149.99)
    assert found(months[1], rounding) == []
    profits = [fact(PROFIT, month_period(2024, month), value) for month, value in ((2, 100.0), (3, 80.0))]
    assert found(*profits) == []
    new_year = [fact(RETAIL, month_period(2023, 12), 900.0), fact(RETAIL, month_period(2024, 2), 100.0)]
    assert found(*new_year) == []


def _sectors(first: float, second: float, third: float, total: float) -> list[Fact]:
    keys = [GDP.with_(industry=code) for code in ("S1", "S2", "S3")]
    parts = [fact(key, MARCH_2024, value) for key, value in zip(keys, (first, second, third), strict=True)]
    return [*parts, fact(GDP, MARCH_2024, total)]


def test_l_07_parts_add_up_within_rounding():
    assert found(*_sectors(1.11, 2.22, 3.33, 6.66)) == []
    assert found(*_sectors(1.11, 2.22, 3.33, 6.68)) == []  # four roundings of half a hundredth
    assert found(*_sectors(1.11, 2.22, 3.33, 6.69)) == [("totals", "quarantine")]
    assert found(*_sectors(1.11, 2.22, 3.33, 6.69), settings=Checks(totals_slack=1)) == []
    assert found(*_sectors(1.11, 2.22, 3.33, 6.69), settings=Checks(totals="warn")) == [("totals", "warn")]
    assert found(*_sectors(1.11, 2.22, 3.33, 9.99)[1:]) == []  # a part is missing: nothing to add up


def test_l_07_a_source_declares_sums_of_its_own():
    trade = CATALOGUE.indicator("trade")
    values = {"T": 101.0, "X": 60.0, "M": 40.0}
    facts = [
        fact(trade.key(region="100000", accumulation="S", flow=flow), MARCH_2024, value)
        for flow, value in values.items()
    ]
    sums = [{"indicator": "trade", "dimension": "flow", "total": "T", "parts": ["X", "M"]}]
    assert found(*facts) == []
    assert found(*facts, settings=Checks(sums=sums)) == [("totals", "quarantine")]


def test_l_07_published_growth_far_from_the_levels_warns():
    growth = GDP.with_(measure="yoy")
    district = [  # this district: levels +10.4 %, published +5.3 %
        fact(GDP, month_period(2021, 9), 3112.12), fact(GDP, month_period(2022, 9), 3436.75),
        fact(growth, month_period(2022, 9), 5.3, unit="PERCENT"),
    ]  # fmt: skip
    assert found(*district) == []
    assert found(*district[:2], fact(growth, month_period(2022, 9), 53.0, unit="PERCENT")) == [("growth", "warn")]


def test_l_07_no_period_that_is_not_over_unless_it_is_a_forecast():
    key = CATALOGUE.indicator("price_brent_eia_daily").key(region="WLD")
    for period, ending, expected in (
        (GDP, month_period(2026, 9), []),
        (GDP, month_period(2026, 12), [("future", "quarantine")]),
        (RETAIL, month_period(2026, 10), []),
        (RETAIL, month_period(2026, 11), [("future", "quarantine")]),
        (key, day_period(TODAY), []),
        (key, day_period(TODAY) + 1, [("future", "quarantine")]),
    ):
        assert found(fact(period, ending, 50.0)) == expected
    assert found(fact(GDP, month_period(2026, 12), 50.0, obs_status="F")) == []


def test_l_07_unknown_codes_are_refused_and_the_nearest_is_named():
    for key, words in (
        (SeriesKey("retail_sale", "370211", "M", "Y"), "retail_sales"),
        (GDP.with_(region="999999"), "999999"),
        (GDP.with_(industry="S9"), "S9"),
        (GDP.with_(commodity="CRUDE"), "commodity"),
    ):
        findings = examine(Batch(CATALOGUE, [fact(key, MARCH_2024, 1.0)], TODAY))
        assert verdict(findings) == "refuse"
        assert words in findings[0].reason_en


# --- completeness, contradictions, L-04


def test_l_05_a_file_that_lost_a_fifth_of_its_rows_is_not_whole():
    one = fact(GDP, MARCH_2024, 1.0)
    assert found(one, rows_read=80, last_rows=100) == []
    assert found(one, rows_read=79, last_rows=100) == [("shrink", "quarantine")]
    assert found(one, rows_read=79, last_rows=None) == []
    assert found(one, rows_read=79, last_rows=100, settings=Checks(max_shrink=0.5)) == []


def test_a_file_with_many_unreadable_cells_is_another_file():
    rejects = [Reject(f"row {number}", "?", "not a number") for number in range(3)]
    facts = [fact(GDP, month_period(2020 + number, 3), 1.0) for number in range(6)]
    assert found(*facts, rejects=rejects, cells_read=9) == [("rejected", "quarantine")]
    assert found(*facts, rejects=rejects, cells_read=20) == []


def test_l_04_the_same_value_twice_is_one_and_two_values_are_a_contradiction_with_both_places():
    first, second = fact(GDP, MARCH_2024, 1.0, place="row 3"), fact(GDP, MARCH_2024, 1.0, place="row 9")
    assert found(first, second) == []
    other = fact(GDP, MARCH_2024, 1.5, place="row 9")
    assert found(first, other) == [("conflict", "quarantine")]
    finding = examine(Batch(CATALOGUE, [first, other], TODAY))[0]
    assert (finding.place, finding.raw) == ("row 3; row 9", "1.0; 1.5")


# --- what is declared


def test_a_check_can_be_switched_off_and_a_finding_accepted_with_a_reason():
    jump = [fact(GDP, MARCH_2023, 1.0), fact(GDP, MARCH_2024, 100.0)]
    assert found(*jump, settings=Checks(unit_jump="off")) == []
    accept = {"check": "unit_jump", "reason": "a new port opened"}

    def after(**what: str) -> list[str]:
        batch = Batch(CATALOGUE, jump, TODAY, Checks(accept=[accept | what]))
        return [each.check for each in examine(batch, "ab" * 32)]

    assert after(sha256="abab") == after(indicator="gdp") == after(indicator="gdp", period="2024-Q1") == []
    assert after(sha256="cd") == after(indicator="retail_sales") == after(indicator="gdp", period="2024-Q2") != []


def test_what_is_refused_cannot_be_accepted():
    settings = Checks(accept=[{"check": "codes", "reason": "never mind", "indicator": "gdp"}])
    assert found(fact(GDP.with_(industry="S9"), MARCH_2024, 1.0), settings=settings) == [("codes", "refuse")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"falling": "ignore"}, {"max_shrink": 2}, {"unknown": 1},
        {"accept": [{"check": "falling", "reason": "well well"}]},
        {"accept": [{"check": "odd", "reason": "well well", "indicator": "gdp"}]},
        {"accept": [{"check": "falling", "reason": "", "indicator": "gdp"}]},
    ],
)  # fmt: skip
def test_a_mistake_in_the_settings_is_an_error(wrong):
    with pytest.raises(ValidationError):
        Checks(**wrong)


def test_every_check_has_a_severity_a_remedy_and_a_rule():
    assert set(RULES) <= set(REMEDIES)
    assert all(Checks().severity_of(check) in ("warn", "quarantine", "refuse") for check in RULES)
    assert all(zh and en for zh, en in REMEDIES.values())


def test_many_findings_are_cut_and_the_gravest_stay():
    facts = [fact(RETAIL, month_period(year, 12), 5.0) for year in range(1700, 2000)]
    settings = Checks(bounds=[{"indicator": "retail_sales", "minimum": 10, "severity": "warn"}])
    findings = examine(Batch(CATALOGUE, facts, TODAY, settings))
    assert len(findings) == KEPT
