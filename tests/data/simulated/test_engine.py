"""The arithmetic of the simulated source: benchmarking, rounding, noise, and mistakes in a declaration."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data.catalogue import load_catalogue
from data.periods import month_period
from data.simulate import make_series, simulate
from data.simulation.benchmark import corrections, joint_corrections
from data.simulation.nodes import bend, only_at, up_to
from data.simulation.paths import generator, levels_for, wandering
from data.simulation.rounding import largest_remainder, to_units
from data.simulation.slots import slots_between
from data.simulation.spec import SimulationError, read_spec

CATALOGUE_FOLDER = Path(__file__).parents[3] / "data" / "catalogue"
HORIZON = {"seed": 1, "first_year": 2019, "horizon_year": 2030}
TODAY = date(2026, 11, 23)


@given(
    parts=arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.floats(0, 1e6)),
    data=st.data(),
)
def test_largest_remainder_adds_up_whatever_the_parts(parts, data):
    totals = np.array(data.draw(st.lists(st.integers(0, 10**7), min_size=parts.shape[1], max_size=parts.shape[1])))
    numbers = largest_remainder(parts, totals)
    assert (numbers.sum(axis=0) == totals).all()


@given(
    parts=arrays(np.float64, (4, 5), elements=st.floats(1, 1e5)),
    fixed=st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 4)), st.integers(0, 1000), max_size=6),
)
def test_largest_remainder_keeps_published_cells_and_still_adds_up(parts, fixed):
    totals = np.rint(parts.sum(axis=0)).astype(np.int64) + 5000
    numbers = largest_remainder(parts, totals, fixed)
    assert all(numbers[cell] == number for cell, number in fixed.items())
    assert (numbers.sum(axis=0) == totals).all()


def test_parts_near_their_total_move_by_less_than_one_unit():
    parts = np.array([[10.4, 20.6], [5.3, 7.1], [4.3, 2.3]])
    numbers = largest_remainder(parts, np.array([20, 30]))
    assert np.abs(numbers - parts).max() < 1


def test_a_column_that_is_all_published_is_left_alone():
    numbers = largest_remainder(np.array([[1.0], [2.0]]), np.array([10]), {(0, 0): 1, (1, 0): 2})
    assert numbers.tolist() == [[1], [2]]


def test_a_value_with_more_decimals_than_declared_is_refused():
    assert to_units(5003.38, 2) == 500338
    with pytest.raises(ValueError, match="more than 1 decimals"):
        to_units(5003.38, 1)


@settings(max_examples=50)
@given(
    path=arrays(np.float64, 44, elements=st.floats(50, 150)),
    known=st.dictionaries(st.integers(0, 43), st.floats(0.8, 1.2), min_size=1, max_size=8),
)
def test_a_bent_path_runs_exactly_through_its_running_totals(path, known):
    slots = slots_between("M", True, 2019, 2022)
    wanted = {slot: float(slots.to_date(path)[slot]) * factor for slot, factor in known.items()}
    bent = slots.to_date(bend(path, wanted, up_to(slots), slots.per_year))
    assert np.allclose([bent[slot] for slot in wanted], list(wanted.values()), rtol=1e-6)


def test_without_anything_published_nothing_is_bent():
    path = np.arange(1.0, 12.0)
    assert bend(path, {}, only_at(slots_between("M", True, 2019, 2019))) is path


def test_corrections_fade_away_from_what_is_known():
    row = np.zeros((1, 60))
    row[0, 10] = 1.0
    moved = corrections(row, np.array([1.0]))
    assert moved[10] == pytest.approx(1.0)
    assert abs(moved[59]) < 0.01
    assert (np.diff(np.abs(moved[10:])) <= 1e-12).all()


def test_parts_are_bent_together_so_that_they_still_make_the_whole():
    weights = np.ones((3, 8)) * np.array([[1.0], [2.0], [3.0]])
    row = np.zeros(8)
    row[:4] = 2.0
    moved = joint_corrections(weights, np.zeros(8), [(1, row, 0.5)])
    assert np.allclose((weights * moved).sum(axis=0), 0)
    assert row @ moved[1] == pytest.approx(0.5)


@given(st.integers(1, 100), st.integers(1, 100))
def test_longer_noise_begins_with_the_shorter_one(length, more):
    short = wandering(generator(7, "a"), length, 1.0)
    assert np.array_equal(short, wandering(generator(7, "a"), length + more, 1.0)[:length])


def test_noise_depends_on_seed_and_name():
    drawn = {tuple(wandering(generator(seed, name), 3, 1.0)) for seed in (1, 2) for name in ("a", "b")}
    assert len(drawn) == 4


def test_levels_follow_the_trend_outside_the_declared_years():
    levels = levels_for({2020: 100.0, 2022: 121.0}, 2019, 2023, 10.0)
    assert levels == pytest.approx([100 / 1.1, 100, 110, 121, 133.1])


def test_a_year_with_january_and_february_combined_has_eleven_slots():
    slots = slots_between("M", True, 2019, 2020)
    assert slots.per_year == 11
    assert slots.add_months(np.ones(slots.months)).tolist() == ([2.0] + [1.0] * 10) * 2


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"flow": [{"indicator": "gdp", "levels": {"2020": 1.0}, "colour": "red"}]}, "flow.0.colour"),
        ({"flow": [{"indicator": "gdp", "levels": {}}]}, "flow.0.levels"),
        ({"flow": [{"indicator": "gdp", "levels": {"2020": 1.0}, "season": "spring"}]}, "no season 'spring'"),
        ({"rate": [{"indicator": "gdp", "levels": {"2020": 1.0}, "shocks": ["flood"]}]}, "no shock 'flood'"),
        ({"shock": {"flood": {"2020": 0.9}}}, "a month is written 2024-03"),
        ({"season": {"short": [1.0, 2.0]}}, "season.short"),
    ],
)
def test_a_mistake_in_the_declaration_is_named(sections, said):
    with pytest.raises(SimulationError, match=said):
        read_spec({"simulation": HORIZON, **sections}, "here.toml")


def gdp_of(region, **more):
    return {
        "simulation": HORIZON,
        "flow": [{"indicator": "gdp", "region": region, "level_noise": 0.0, "decimals": 2, **more}],
    }


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(CATALOGUE_FOLDER)


def test_another_district_needs_no_python(catalogue):
    spec = read_spec(gdp_of("370213", levels={2018: 480, 2019: 518, 2020: 540}))
    key = catalogue.indicators["gdp"].key("370213")
    real = {key: {month_period(2019, 12): 518.03}, key.with_(measure="yoy"): {month_period(2019, 12): 8.0}}
    made = {series.key: series for series in make_series(catalogue, spec, real, TODAY)}
    at = list(made[key].periods).index(month_period(2019, 12))
    assert made[key].values[at] == 518.03
    assert made[key.with_(measure="yoy")].values[at] == 8.0


def test_an_unknown_indicator_is_named(catalogue):
    spec = {"simulation": HORIZON, "flow": [{"indicator": "happiness", "levels": {"2020": 1.0}}]}
    with pytest.raises(SimulationError, match="happiness"):
        simulate(catalogue, spec, {}, TODAY)


def test_a_published_figure_that_cannot_be_met_is_named(catalogue):
    spec = read_spec(gdp_of("370213", levels={2018: 480, 2020: 540}))
    key = catalogue.indicators["gdp"].key("370213")
    real = {key: {month_period(2020, 9): 500.0, month_period(2020, 12): 400.0}}
    with pytest.raises(SimulationError, match="2020-12 would be negative"):
        simulate(catalogue, spec, real, TODAY)


def test_a_day_beyond_the_horizon_moves_the_horizon(catalogue):
    spec = read_spec(gdp_of("370213", levels={2018: 480, 2020: 540}))
    loads = simulate(catalogue, spec, {}, date(2041, 3, 1))
    assert loads[-1].vintage.year == 2041


def test_a_skipped_year_is_final_from_the_beginning(catalogue):
    revision = {"after_months": 10, "size_percent": 1.0, "skipped_years": [2020]}
    spec = read_spec(gdp_of("370213", levels={2018: 480, 2020: 540}, revision=revision))
    told = {}
    for load in simulate(catalogue, spec, {}, TODAY):
        for fact in load.facts:
            if fact.key.measure == "level":
                told.setdefault(fact.period, []).append((fact.obs_status, fact.value))
    assert [status for status, _ in told[month_period(2020, 12)]] == ["A"]
    assert [status for status, _ in told[month_period(2021, 12)]] == ["P", "A"]
    assert [status for status, _ in told[month_period(2026, 6)]] == ["P"]
    first, final = (value for _, value in told[month_period(2021, 12)])
    assert 0 < abs(first / final - 1) < 0.05
