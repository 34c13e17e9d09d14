"""当期 and 累计 in each other's columns, for files with no history: the real ones pass, swapped they are held back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data.check_batch import Batch
from data.check_columns import columns
from data.check_settings import Checks
from data.checks import examine, verdict
from data.facts import Fact
from data.periods import month_period

TODAY = date(2026, 11, 23)
OTHER = {"S": "Y", "Y": "S"}


def swapped(fact: Fact) -> Fact:
    key = fact.key
    return replace(fact, key=key.with_(accumulation=OTHER.get(key.accumulation, key.accumulation)))


def found(catalogue, facts, **more):
    return list(columns(Batch(catalogue, list(facts), TODAY, **more)))


@pytest.mark.parametrize(
    "code",
    ["customs_totals", "customs_by_partner", "nbs_macro", "nbs_easyquery", "published_figures", "world_bank_gdp"],
)
def test_no_real_source_is_taken_for_swapped(parsed, catalogue, code):
    assert [found(catalogue, one.facts) for one in parsed(code)] == [[] for _ in parsed(code)]


@pytest.mark.parametrize("code", ["customs_totals", "customs_by_partner"])
def test_real_customs_tables_with_their_columns_swapped_are_held_back(parsed, catalogue, code):
    for one in parsed(code):
        facts = [swapped(fact) for fact in one.facts]
        assert "trade" in {each.indicator for each in found(catalogue, facts)}
        findings = examine(Batch(catalogue, facts, TODAY, Checks(falling="off", growth="off", unit_jump="off")))
        assert verdict([each for each in findings if each.check == "columns"]) == "quarantine"


MONTHS = range(1, 13)
AMOUNTS = {month: 100.0 + 7 * month for month in MONTHS}


def year(catalogue, amounts=AMOUNTS, months=MONTHS, measure="level", to_date=None):
    """A year of 出口: 当期 and 累计 of each month."""
    facts = []
    for month in months:
        so_far = sum(amounts[each] for each in MONTHS if each <= month) if to_date is None else to_date[month]
        for accumulation, value in (("S", amounts[month]), ("Y", so_far)):
            key = catalogue.indicator("trade").key(
                region="100000", accumulation=accumulation, flow="X", measure=measure
            )
            parts = {"unit": "CNY_100M", "place": f"row {month}", "raw": str(value), "decimals": 1}
            facts.append(Fact(key=key, period=month_period(2024, month), value=value, **parts))
    return facts


def test_what_revisions_and_rounding_explain_passes(catalogue):
    assert found(catalogue, year(catalogue)) == []
    revised = [replace(fact, value=(fact.value or 0) * 1.002) if fact.key.accumulation == "Y" else fact
               for fact in year(catalogue)]  # fmt: skip
    assert found(catalogue, revised) == []
    typed = {month: 300.0 if month == 5 else AMOUNTS[month] for month in MONTHS}
    so_far = {month: sum(AMOUNTS[each] for each in MONTHS if each <= month) for month in MONTHS}
    assert found(catalogue, year(catalogue, typed, to_date=so_far)) == [], "one cell is no swapped column"


def test_a_swapped_file_says_where_and_what_does_not_fit(catalogue):
    findings = found(catalogue, [swapped(fact) for fact in year(catalogue)])
    assert len(findings) == 11, "in January both are the same"
    assert findings[0].severity == "quarantine"
    assert findings[0].place == "row 2"
    assert "两列可能颠倒" in findings[0].reason_zh
    assert "11/11 are off" in findings[0].reason_en
    assert found(catalogue, [swapped(fact) for fact in year(catalogue, months=[1])]) == []


def test_a_file_of_two_months_is_held_against_the_sum_that_is_stored(catalogue):
    facts = year(catalogue, months=[6, 7])
    may = catalogue.indicator("trade").key(region="100000", accumulation="Y", flow="X")
    held = {(may.series_id, month_period(2024, 5)): sum(AMOUNTS[month] for month in range(1, 6))}
    assert found(catalogue, facts, held=held) == []
    assert len(found(catalogue, [swapped(fact) for fact in facts], held=held)) == 2


def test_growth_of_the_sum_lies_between_that_of_its_parts(catalogue):
    monthly = {month: 2.0 + (5 if month % 2 else -4) + month for month in MONTHS}
    to_date = {month: sum(monthly[each] for each in MONTHS if each <= month) / month for month in MONTHS}
    facts = year(catalogue, monthly, measure="yoy", to_date=to_date)
    assert found(catalogue, facts) == []
    findings = found(catalogue, [swapped(fact) for fact in facts])
    assert findings
    assert "增速" in findings[0].reason_zh


def test_a_source_may_switch_it_off_or_let_it_warn(catalogue):
    facts = [swapped(fact) for fact in year(catalogue)]
    assert {each.severity for each in found(catalogue, facts, settings=Checks(columns="warn"))} == {"warn"}
    off = examine(Batch(catalogue, facts, TODAY, Checks(columns="off")))
    assert "columns" not in {each.check for each in off}
