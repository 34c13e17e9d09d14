"""What is worked out from stored figures: margin and location quotient, as spec tables on both databases."""

from __future__ import annotations

import pytest

from data.catalogue import load_catalogue
from data.derived import derived_cells, parts_of, with_derived
from data.facts import TOTAL
from data.periods import month_period
from data.queries import Want, read_frame
from data.settings import ROOT
from tests.data.loads import declare_sources, fact, load

OCTOBER = month_period(2024, 10)
CITY, PROVINCE = "370200", "370000"


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(ROOT / "data" / "catalogue")


def asked(warehouse, catalogue, key, facts, reference=CITY, source="real"):
    """Store the facts and return the derived cells of a key, read back as a panel reads."""
    declare_sources(warehouse)
    warehouse.write(load(facts, content="figures", source=source))
    wants = [Want(part, OCTOBER - 24, OCTOBER) for part in dict.fromkeys(parts_of(catalogue, key, reference))]
    return derived_cells(read_frame(warehouse, wants, simulated=True), catalogue, key, reference)


def output(catalogue, value, *, region=None, industry=TOTAL, **parts):
    key = catalogue.indicators["industrial_output"].key(region=region, accumulation="Y", industry=industry)
    return fact(value, key=key, period=OCTOBER, **parts)


QUOTIENTS = [  # here: part, whole; there: part, whole; quotient by hand
    ((200.0, 1000.0), (500.0, 5000.0), 2.0),
    ((100.0, 1000.0), (500.0, 5000.0), 1.0),
    ((1186.4, 4466.1), (1800.0, 15653.0), 2.31),  # as drawn in the design
    ((0.0, 1000.0), (500.0, 5000.0), 0.0),
]


@pytest.mark.parametrize(("here", "there", "quotient"), QUOTIENTS)
@pytest.mark.parametrize("reference", [CITY, PROVINCE])
def test_a_location_quotient_is_worked_out_against_the_chosen_area(
    warehouse, catalogue, here, there, quotient, reference
):
    key = catalogue.indicators["location_quotient"].key(industry="CL_PETRO")
    facts = [
        output(catalogue, here[0], industry="CL_PETRO"),
        output(catalogue, here[1]),
        output(catalogue, there[0], region=reference, industry="CL_PETRO"),
        output(catalogue, there[1], region=reference),
    ]
    (cell,) = asked(warehouse, catalogue, key, facts, reference)
    assert cell.value == pytest.approx(quotient, abs=0.005)
    assert cell.derived
    assert (cell.period, cell.decimals) == (OCTOBER, 2)


def test_without_the_figures_of_the_area_there_is_no_quotient(warehouse, catalogue):
    key = catalogue.indicators["location_quotient"].key(industry="CL_PETRO")
    facts = [output(catalogue, 200.0, industry="CL_PETRO"), output(catalogue, 1000.0)]
    facts += [output(catalogue, 500.0, region=CITY, industry="CL_PETRO")]  # but not the city's total
    assert asked(warehouse, catalogue, key, facts) == ()


def test_what_stands_on_a_confidential_figure_is_confidential(warehouse, catalogue):
    key = catalogue.indicators["location_quotient"].key(industry="CL_PETRO")
    facts = [
        output(catalogue, 200.0, industry="CL_PETRO", conf_status="C"),
        output(catalogue, 1000.0),
        output(catalogue, 500.0, region=CITY, industry="CL_PETRO"),
        output(catalogue, 5000.0, region=CITY),
    ]
    (cell,) = asked(warehouse, catalogue, key, facts)
    assert (cell.value, cell.conf_status) == (None, "C")


MARGINS = [(68.0, 1000.0, 6.8), (-20.0, 1000.0, -2.0), (0.0, 1000.0, 0.0), (10.0, 0.0, None)]


@pytest.mark.parametrize(("profit", "revenue", "margin"), MARGINS)
def test_a_margin_is_profit_over_revenue(warehouse, catalogue, profit, revenue, margin):
    key = catalogue.indicators["profit_margin"].key(industry="CL_PETRO")
    above, below = parts_of(catalogue, key, CITY)
    facts = [fact(profit, key=above, period=OCTOBER), fact(revenue, key=below, period=OCTOBER)]
    found = asked(warehouse, catalogue, key, facts)
    assert [cell.value for cell in found] == ([] if margin is None else [pytest.approx(margin)])


def test_simulated_parts_make_a_simulated_figure(warehouse, catalogue):
    key = catalogue.indicators["profit_margin"].key(industry="C26")
    above, below = parts_of(catalogue, key, CITY)
    facts = [fact(5.0, key=above, period=OCTOBER), fact(100.0, key=below, period=OCTOBER)]
    (cell,) = asked(warehouse, catalogue, key, facts, source="simulated")
    assert cell.simulated


def test_a_service_cluster_is_measured_by_its_own_indicators(catalogue):
    margin = parts_of(catalogue, catalogue.indicators["profit_margin"].key(industry="G55"), CITY)
    assert [(part.indicator, part.industry) for part in margin] == [
        ("service_profit", "G55"),
        ("service_revenue", "G55"),
    ]
    quotient = parts_of(catalogue, catalogue.indicators["location_quotient"].key(industry="CL_PORT"), CITY)
    assert {part.indicator for part in quotient} == {"service_revenue"}
    assert [(part.region, part.industry) for part in quotient] == [
        ("370211", "CL_PORT"), ("370211", TOTAL), (CITY, "CL_PORT"), (CITY, TOTAL)
    ]  # fmt: skip


def test_a_derived_series_stands_beside_the_stored_ones(warehouse, catalogue):
    key = catalogue.indicators["profit_margin"].key()
    above, below = parts_of(catalogue, key, CITY)
    declare_sources(warehouse)
    warehouse.write(load([fact(5.0, key=above, period=OCTOBER), fact(100.0, key=below, period=OCTOBER)], content="x"))
    frame = read_frame(warehouse, [Want(part, OCTOBER, OCTOBER) for part in (above, below)], simulated=True)
    more = with_derived(frame, catalogue, [key], CITY)
    assert more.value(key, OCTOBER) == pytest.approx(5.0)
    assert more.value(above, OCTOBER) == 5.0
    assert more.at(key, OCTOBER).load_id in more.loads


def test_a_stored_indicator_has_no_formula_to_ask_for(catalogue):
    with pytest.raises(ValueError, match="no formula"):
        parts_of(catalogue, catalogue.indicators["gdp"].key(), CITY)
