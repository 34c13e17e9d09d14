"""Simulated editions are the same every time; growth beside the levels meets what is published and hangs together."""

from collections import Counter
from datetime import date

from data.periods import month_period
from data.simulate import simulate
from tests.data.simulated.conftest import TODAY


def test_the_same_seed_and_day_give_the_same_bytes(catalogue, spec, real, loads):
    again = simulate(catalogue, spec, real, TODAY)
    assert [(load.file_name, load.sha256, load.size_bytes) for load in again] == [
        (load.file_name, load.sha256, load.size_bytes) for load in loads
    ]
    assert [load.facts for load in again] == [load.facts for load in loads]


def test_another_seed_gives_other_values(catalogue, spec, real, loads):
    other = simulate(catalogue, spec, real, TODAY, seed=1)
    assert not {load.sha256 for load in other} & {load.sha256 for load in loads}


def test_a_later_day_adds_and_changes_nothing_that_was_published(catalogue, spec, real, loads):
    later = simulate(catalogue, spec, real, date(2027, 5, 2))
    assert [load.sha256 for load in later[: len(loads) - 1]] == [load.sha256 for load in loads[:-1]]
    assert set(loads[-1].facts) <= set(later[len(loads) - 1].facts)
    assert len(later) == len(loads) + 1


def test_values_say_that_and_where_they_come_from(catalogue, sources, loads):
    assert sources["simulated"].simulated
    for load in loads:
        assert load.source == "simulated"
        for fact in load.facts:
            indicator = catalogue.indicators[fact.key.indicator]
            assert (fact.raw, fact.place, fact.derived) == ("", f"simulated.toml [{indicator.code}]", False)
            assert fact.unit == (indicator.unit if fact.key.measure == "level" else "PERCENT")


def test_an_edition_names_every_cell_once(loads):
    for load in loads:
        assert Counter((fact.key, fact.period) for fact in load.facts).most_common(1)[0][1] == 1


def test_editions_come_in_the_order_of_time(loads):
    assert [load.vintage for load in loads] == sorted({load.vintage for load in loads})
    assert loads[0].file_name == "simulated-2019H1"


def told_of(loads, key, period):
    return [(f.obs_status, f.value) for load in loads for f in load.facts if f.key == key and f.period == period]


def test_first_figures_are_provisional_and_later_revised(catalogue, loads):
    gdp = catalogue.indicators["gdp"].key()
    assert [status for status, _ in told_of(loads, gdp, month_period(2026, 9))] == ["P"]
    (first_status, first), (final_status, final) = told_of(loads, gdp, month_period(2020, 12))
    assert (first_status, final_status) == ("P", "A")
    assert first != final


def test_growth_needs_a_positive_base_and_a_positive_value(loads, cells):
    for load in loads:
        for fact in load.facts:
            if fact.key.measure == "yoy" and fact.key.indicator == "industrial_profit":
                level = fact.key.with_(measure="level")
                assert cells[level, fact.period] > 0
                assert cells.get((level, fact.period - 12), 1) > 0


def test_weighted_growth_of_the_sectors_is_the_growth_of_gdp(catalogue, cells):
    gdp = catalogue.indicators["gdp"]
    keys = [gdp.key(industry=sector) for sector in ("S1", "S2", "S3")]
    checked = 0
    for period in range(month_period(2020, 3), month_period(2026, 10)):
        growth = [cells.get((key.with_(measure="yoy"), period)) for key in keys]
        total = cells.get((gdp.key(measure="yoy"), period))
        if None in growth or total is None:
            continue
        base = [cells[key, period - 12] for key in keys]
        pulled = sum(size * rate for size, rate in zip(base, growth, strict=True)) / sum(base)
        assert abs(pulled - total) <= 6, (period, pulled, total)  # tenths of a per cent
        checked += 1
    assert checked == 27


def test_growth_without_a_wedge_is_the_ratio_of_levels(catalogue, made):
    trade = catalogue.indicators["trade"]
    level, growth = made[trade.key(flow="T")], made[trade.key(flow="T", measure="yoy")]
    for position in range(24, len(level.periods)):
        ratio = (level.values[position] / level.values[position - 12] - 1) * 100
        assert abs(ratio - growth.values[position]) <= 0.06


def test_official_growth_is_not_the_ratio_of_levels(catalogue, made):
    """The district's GDP of January to September 2022: +5.3 %, never the +10.4 % of the levels."""
    gdp = catalogue.indicators["gdp"]
    level, growth = made[gdp.key()], made[gdp.key(measure="yoy")]
    position = list(level.periods).index(month_period(2022, 9))
    assert growth.values[position] == 5.3
    assert round((level.values[position] / level.values[position - 4] - 1) * 100, 1) == 10.4
