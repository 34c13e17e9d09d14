"""Simulated figures agree with every published one, add up in every period, and stand where they may stand."""

from datetime import date

import pytest

from data.harmonized import chapters, sections
from data.periods import latest_released, month_of, month_period, period_is_possible, previous_slot
from data.simulate import simulate
from data.simulation.growth import SMALLEST_BASE_UNITS
from tests.data.simulated.cells import known
from tests.data.simulated.conftest import TODAY

MAY_BE_NEGATIVE = {"industrial_profit"}
NOT_BY_DIVISION = {"signed_projects", "signed_amount"}  # these are counted by cluster alone
WORKED_OUT = ("gdp_share", "urbanization_rate", "marine_gdp_share_of", "four_new_economy_share")
BY_GROUP = {"industrial_output"}  # given by three-digit groups as well
SUMS = [  # indicator, dimension, whole, parts that the catalogue does not already declare as a partition
    ("gdp", "industry", "S2", ("IND", "E")),
    ("gdp", "industry", "S3", ("F", "G", "H", "J", "K", "OTH_SVC")),
    ("bulk_turnover", "commodity", "_T", ("CRUDE", "TSR20", "PULP", "IRON_ORE", "SOYBEAN")),
    ("quality_batches", "breakdown", "_T", ("QK_INDUSTRIAL", "QK_FOOD", "QK_DRUGS", "QK_CONSUMER")),
]


def divisions_of(catalogue):
    return {code for each in catalogue.clusters.values() if each.scope == "industrial" for code in each.divisions}


def groups_of(catalogue, division):
    return [code for code, each in catalogue.code_lists["gbt4754_2017"].codes.items() if each.parent == division]


def wholes_and_parts(catalogue, keys):
    """Give (key of a whole, keys of its parts) for every total that must be met."""
    for key in keys:
        indicator = catalogue.indicators[key.indicator]
        if key.measure != "level" or indicator.value_kind == "rate":
            continue
        for dimension, partitions in indicator.partitions.items():
            if getattr(key, dimension) == indicator.defaults.get(dimension, "_T"):
                for parts in partitions:
                    yield key, tuple(key.with_(**{dimension: part}) for part in parts)
        if key.industry in catalogue.clusters and key.indicator not in NOT_BY_DIVISION:
            divisions = catalogue.clusters[key.industry].divisions
            yield key, tuple(key.with_(industry=division) for division in divisions)
        if key.indicator in BY_GROUP and key.industry in divisions_of(catalogue):
            yield key, tuple(key.with_(industry=group) for group in groups_of(catalogue, key.industry))
        for code, dimension, whole, parts in SUMS:
            if key.indicator == code and getattr(key, dimension) == whole:
                yield key, tuple(key.with_(**{dimension: part}) for part in parts)


def count_sums(catalogue, cells, real):
    """Assert that parts add up wherever one of the figures is simulated; return how many sums there were."""
    periods = {}
    for key, period in cells:
        periods.setdefault(key, []).append(period)
    checked = 0
    for whole, parts in wholes_and_parts(catalogue, periods):
        for period in periods[whole]:
            if not all((part, period) in cells for part in parts):
                continue
            if all(period in real.get(key, {}) for key in (whole, *parts)):
                continue  # all published: their rounding is the publisher's
            assert sum(cells[part, period] for part in parts) == cells[whole, period], (whole, period)
            checked += 1
    return checked


def test_every_declared_indicator_and_every_member_of_it_is_filled(catalogue, spec, loads):
    filled = {}
    for load in loads:
        for fact in load.facts:
            filled.setdefault(fact.key.indicator, set()).add(fact.key)
    assert set(filled) == set(spec.indicators)
    for code in spec.indicators:
        indicator = catalogue.indicators[code]
        for dimension in indicator.dimensions:
            there = {getattr(key, dimension) for key in filled[code]}
            assert set(indicator.codes_of(dimension)) <= there, (code, set(indicator.codes_of(dimension)) - there)


def test_no_published_cell_is_given(loads, real):
    given = {(fact.key, fact.period) for load in loads for fact in load.facts}
    assert not given & {(key, period) for key, figures in real.items() for period in figures}


def test_every_path_runs_exactly_through_the_published_figures(made, real):
    met = 0
    for key in real.keys() & made.keys():
        series = made[key]
        index = {int(period): position for position, period in enumerate(series.periods)}
        for period, value in real[key].items():
            position = index.get(period)
            if position is None or not series.known[position]:
                continue
            same = round(value * 10**series.decimals) == series.units[position]
            if not same and key.indicator.startswith(WORKED_OUT):
                # A ratio is worked out from the figures it relates, which are published more finely than itself.
                same = abs(series.values[position] - value) <= 0.11
            assert same, (key, period, value, series.values[position])
            met += 1
    assert met >= 120


def test_all_parts_add_up_to_their_wholes_in_every_period(catalogue, cells, real):
    assert count_sums(catalogue, cells, real) > 15_000


@pytest.mark.parametrize("editions", [3, 9, 14])
def test_parts_added_up_at_every_earlier_time_too(catalogue, loads, real, editions):
    assert count_sums(catalogue, known(loads[:editions], real), real) > 1000


def test_the_groups_of_every_division_add_up_to_it(catalogue, cells):
    output, checked = catalogue.indicators["industrial_output"], 0
    for division in divisions_of(catalogue):
        for region, accumulation in (("370211", "Y"), ("370211", "S"), ("370200", "Y")):
            whole = output.key(region=region, accumulation=accumulation, industry=division)
            parts = [whole.with_(industry=group) for group in groups_of(catalogue, division)]
            periods = [period for key, period in cells if key == parts[0]]
            for period in periods:
                assert sum(cells[part, period] for part in parts) == cells[whole, period]
            checked += len(periods)
    assert checked == 11 * 3 * 31  # divisions, series of each, slots from 2024 to October 2026


def test_a_group_the_district_has_no_output_of_is_a_true_zero(catalogue, cells):
    """Missing links of a chain are told by these zeros, which are not the same as no figure at all."""
    key = catalogue.indicators["industrial_output"].key(accumulation="Y", industry="C263")
    assert {units for (each, _), units in cells.items() if each == key} == {0}
    assert min(units for (each, _), units in cells.items() if each == key.with_(region="370200")) > 0


def test_reference_areas_have_the_divisions_a_location_quotient_needs(catalogue, cells):
    output = catalogue.indicators["industrial_output"]
    for region in (catalogue.district.city_region, *catalogue.district.comparison_regions):
        for code in (*divisions_of(catalogue), "_T"):
            assert (output.key(region=region, accumulation="Y", industry=code), month_period(2026, 10)) in cells


def test_exports_and_imports_make_trade(cells):
    seen = 0
    for (key, period), units in cells.items():
        if key.indicator in {"trade", "trade_usd"} and key.flow == "T" and key.measure == "level":
            sides = [cells.get((key.with_(flow=side), period)) for side in "XM"]
            if None not in sides:
                assert sum(sides) == units, (key, period)
                seen += 1
    assert seen > 5000


def test_chapters_add_up_to_their_section_and_begin_with_it_in_2024(catalogue, cells):
    trade, checked = catalogue.indicators["trade"], 0
    # Arms, art, precious metals and fats are one chapter each: there is nothing to drill to.
    drilled = [section for section in sections(catalogue) if len(chapters(catalogue, section)) > 1]
    assert len(drilled) == 17
    for section in drilled:
        for flow in "XMT":
            whole = trade.key(accumulation="Y", flow=flow, commodity=section)
            parts = [whole.with_(commodity=chapter) for chapter in chapters(catalogue, section)]
            periods = sorted(period for key, period in cells if key == parts[0])
            assert periods[0] == month_period(2024, 1)
            for period in periods:
                assert sum(cells[part, period] for part in parts) == cells[whole, period]
            checked += len(periods)
    assert checked == 17 * 3 * 34  # sections, flows, months from 2024 to October 2026


def test_sectors_add_up_to_the_published_gdp_of_2023(cells, catalogue):
    gdp = catalogue.indicators["gdp"]
    parts = [cells[gdp.key(industry=sector), month_period(2023, 12)] for sector in ("S1", "S2", "S3")]
    assert parts == [9576, 170203, 320559]
    assert sum(parts) == cells[gdp.key(), month_period(2023, 12)] == 500338


def test_there_is_no_january_where_it_is_combined_with_february(catalogue, loads):
    for load in loads:
        for fact in load.facts:
            key = fact.key
            combined = catalogue.indicators[key.indicator].combined_january_february
            assert period_is_possible(key.frequency, fact.period, combined=combined, accumulation=key.accumulation), (
                fact
            )


def test_single_months_are_the_differences_of_running_totals(catalogue, loads, cells):
    checked = 0
    for key, period in {(fact.key, fact.period) for load in loads for fact in load.facts}:
        indicator = catalogue.indicators[key.indicator]
        if (key.measure, key.accumulation) != ("level", "S") or "Y" not in indicator.accumulations:
            continue
        if indicator.value_kind == "rate":
            continue
        combined = indicator.combined_january_february
        running = key.with_(accumulation="Y")
        is_first = month_of(period) == (2 if combined else 1)
        before = 0 if is_first else cells[running, previous_slot("M", period, combined=combined)]
        assert cells[key, period] == cells[running, period] - before, (key, period)
        checked += 1
    assert checked > 15_000


def ends_early(made, key, due):
    """An event is once a year, and there is no growth over a base of (nearly) nothing or below."""
    if key.indicator.startswith("expo_"):
        return True
    level = made[key.with_(measure="level")]
    units = dict(zip(level.periods.tolist(), level.units.tolist(), strict=True))
    return key.measure == "yoy" and (units[due - 12] < SMALLEST_BASE_UNITS or units[due] <= 0)


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29)])
def test_every_series_ends_with_the_last_period_released(catalogue, spec, real, made, today):
    latest = {}
    for load in simulate(catalogue, spec, real, today):
        assert load.vintage <= today
        for fact in load.facts:
            latest[fact.key] = max(latest.get(fact.key, 0), fact.period)
    for key, period in latest.items():
        indicator = catalogue.indicators[key.indicator]
        combined = indicator.combined_january_february and key.accumulation != "P"
        due = latest_released(key.frequency, today, indicator.release_lag_days, combined=combined)
        assert period == due or ends_early(made, key, due), (key, period, due)


def test_values_begin_in_2019(loads):
    assert min(fact.period for load in loads for fact in load.facts) == month_period(2019, 1)


def test_amounts_are_not_negative_and_shares_are_shares(catalogue, loads):
    for load in loads:
        for fact in load.facts:
            kind = catalogue.indicators[fact.key.indicator].value_kind
            if fact.key.measure == "level" and kind != "rate" and fact.key.indicator not in MAY_BE_NEGATIVE:
                assert fact.value >= 0, fact
            if fact.key.measure == "level" and kind == "share":
                assert fact.value <= 100, fact
