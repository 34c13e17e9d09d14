"""Totals that are stored where the publisher gives none, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from data import schema
from data.catalogue import load_catalogue
from data.check_settings import DEFAULT_CHECKS
from data.columns import Numbering, Piece
from data.facts import PartsOf, SeriesKey
from data.loaders.long_load import run_long
from data.periods import month_period
from data.total_settings import Total
from data.vintages import as_of
from tests.data.loads import declare_sources, fact, load

CATALOGUE = load_catalogue(Path(__file__).resolve().parents[2] / "data" / "catalogue")
KEY = SeriesKey("trade", "100000", "M", "S", flow="X", currency="CNY")
JAN, FEB = month_period(2024, 1), month_period(2024, 2)
ASIA = PartsOf("trade", "partner", "W_ASIA", ("JPN", "KOR"))
WORLD = PartsOf("trade", "partner", "_T", ("W_ASIA", "USA"))
FLOWS = PartsOf("trade", "flow", "T", ("X", "M"))


@pytest.fixture(autouse=True)
def _sources(warehouse):
    declare_sources(warehouse)


def part(value, partner, *, period=JAN, **parts):
    return fact(value, key=KEY.with_(partner=partner), period=period, **parts)


def held(warehouse, partner="_T", *, flow="X"):
    """Values of a series by period, with whether they are derived."""
    now = schema.observation.c
    asked = (
        select(now.period, now.value, now.derived, now.obs_status)
        .where(now.series_id == KEY.with_(partner=partner, flow=flow).series_id)
        .order_by(now.period)
    )
    return [tuple(row) for row in warehouse.read(asked)]


def write(warehouse, facts, content, *, totals=(ASIA, WORLD), **options):
    report = warehouse.write(load(facts, content=content, totals=totals, **options))
    assert report.state == "done", report.error
    return report


def write_long(warehouse, facts, content, *, totals=(ASIA, WORLD), **options):
    numbering = Numbering()
    columns = numbering.columns(facts)
    piece = Piece(columns, *numbering.new(), rows_read=len(facts))
    made, today = load((), content=content, totals=totals, **options), date(2026, 11, 23)
    report = run_long(made, [piece], DEFAULT_CHECKS, CATALOGUE, warehouse, today, lambda _: None)
    assert report.state == "done", report.error
    return report


WHOLE = [part(1.25, "JPN"), part(2.5, "KOR"), part(10.0, "USA")]


def test_a_total_is_the_sum_of_its_parts_and_says_that_it_is_derived(warehouse):
    report = write(warehouse, WHOLE, "a")
    assert held(warehouse, "W_ASIA") == [(JAN, 3.75, True, "A")]
    assert held(warehouse) == [(JAN, 13.75, True, "A")]
    assert (report.counts["new"], report.counts["totals"]) == (3, 2)
    places = select(schema.observation.c.place).where(schema.observation.c.derived)
    assert sorted(row.place for row in warehouse.read(places)) == ["partner: 2 → W_ASIA", "partner: 2 → _T"]


def test_a_total_with_a_missing_part_is_none_unless_missing_means_nothing(warehouse):
    write(warehouse, WHOLE[1:], "a")
    assert (held(warehouse, "W_ASIA"), held(warehouse)) == ([], [])
    zero = PartsOf("trade", "partner", "W_ASIA", ("JPN", "KOR"), missing_is_zero=True)
    write(warehouse, [part(2.5, "KOR", period=FEB)], "b", totals=[zero])
    assert held(warehouse, "W_ASIA") == [(FEB, 2.5, True, "A")]
    write(warehouse, [part(1.0, "JPN")], "c")  # the part that was missing comes by itself
    assert held(warehouse, "W_ASIA")[0] == (JAN, 3.5, True, "A")
    assert held(warehouse)[0] == (JAN, 13.5, True, "A")


def test_a_published_total_wins_whenever_it_comes(warehouse):
    write(warehouse, [*WHOLE, part(3.9, "W_ASIA")], "a")
    assert held(warehouse, "W_ASIA") == [(JAN, 3.9, False, "A")]
    assert held(warehouse) == [(JAN, 13.9, True, "A")]  # and is what the world is added up from
    report = write(warehouse, [part(14.0, "_T")], "b", vintage=date(2024, 5, 1))
    assert (held(warehouse), report.counts["revised"]) == ([(JAN, 14.0, False, "A")], 0)
    write(warehouse, [part(1.5, "JPN")], "c", vintage=date(2024, 6, 1))
    assert (held(warehouse)[0][1], held(warehouse, "W_ASIA")[0][1]) == (14.0, 3.9)


def test_a_revised_part_revises_only_its_own_totals(warehouse):
    write(warehouse, [*WHOLE, *(part(each.value, each.key.partner, period=FEB) for each in WHOLE)], "a")
    report = write(warehouse, [part(1.5, "JPN"), part(1.25, "JPN", period=FEB)], "b", vintage=date(2024, 6, 1))
    assert held(warehouse) == [(JAN, 14.0, True, "A"), (FEB, 13.75, True, "A")]
    assert (report.counts["revised"], report.counts["totals"]) == (1, 2)
    then = schema.observation_history.c
    assert [row.value for row in warehouse.read(select(then.value).where(then.derived).order_by(then.value))] == [
        3.75, 13.75,
    ]  # fmt: skip
    again = write(warehouse, [part(1.5, "JPN")], "c", vintage=date(2024, 7, 1))
    assert again.counts["totals"] == 0


def test_confidential_parts_make_no_total_and_take_one_back(warehouse):
    secret = part(None, "JPN", obs_status="Q", conf_status="C")
    write(warehouse, [secret, *WHOLE[1:]], "a")
    assert (held(warehouse, "W_ASIA"), held(warehouse)) == ([], [])
    open_, later = part(1.0, "JPN", period=FEB), part(None, "JPN", period=FEB, obs_status="Q", conf_status="C")
    write(warehouse, [open_, part(2.5, "KOR", period=FEB), part(10.0, "USA", period=FEB)], "b")
    assert held(warehouse)[0] == (FEB, 13.5, True, "A")
    write(warehouse, [later], "c", vintage=date(2024, 6, 1))
    assert held(warehouse, "W_ASIA") == [(FEB, None, True, "Q")]
    assert held(warehouse)[0][1] is None


def test_a_part_that_is_withdrawn_takes_the_total_back(warehouse):
    write(warehouse, WHOLE, "a")
    write(warehouse, [part(None, "KOR", obs_status="L")], "b", vintage=date(2024, 6, 1))
    assert held(warehouse, "W_ASIA") == [(JAN, None, True, "L")]
    write(warehouse, [part(2.5, "KOR")], "c", vintage=date(2024, 7, 1))
    assert held(warehouse) == [(JAN, 13.75, True, "A")]


def test_an_older_file_that_brings_the_missing_part_still_makes_the_total(warehouse):
    write(warehouse, WHOLE[1:], "new", vintage=date(2024, 6, 1))
    write(warehouse, WHOLE[:1], "old", vintage=date(2024, 2, 1))
    assert held(warehouse) == [(JAN, 13.75, True, "A")]


def test_simulated_parts_never_become_a_real_total(warehouse):
    write(warehouse, WHOLE[:1], "simulated", source="simulated", totals=())
    write(warehouse, WHOLE[1:], "real")
    assert (held(warehouse, "W_ASIA"), held(warehouse)) == ([], [])
    write(warehouse, WHOLE, "all simulated", source="simulated")
    assert held(warehouse, "W_ASIA") == []


def test_two_dimensions_add_up_one_after_the_other(warehouse):
    imports = [fact(each.value, key=each.key.with_(flow="M"), period=JAN) for each in WHOLE]
    write(warehouse, [*WHOLE, *imports], "a", totals=[ASIA, WORLD, FLOWS])
    assert held(warehouse, flow="T") == [(JAN, 27.5, True, "A")]
    assert held(warehouse, "JPN", flow="T") == [(JAN, 2.5, True, "A")]


def test_the_state_before_a_total_was_revised_can_still_be_read(warehouse):
    write(warehouse, WHOLE, "a")
    write(warehouse, [part(1.5, "JPN")], "b", vintage=date(2024, 6, 1))
    total = KEY.with_(partner="_T").series_id
    assert [row.value for row in warehouse.read(as_of([total], date(2024, 5, 1)))] == [13.75]


def test_bulk_a_long_load_makes_its_totals_too(warehouse):
    report = write_long(warehouse, WHOLE, "a")
    assert (report.counts["new"], report.counts["totals"]) == (3, 2)
    report = write_long(warehouse, [part(1.5, "JPN"), *WHOLE[1:]], "b", vintage=date(2024, 6, 1))
    assert (report.counts["revised"], report.counts["unchanged"], report.counts["totals"]) == (1, 2, 2)
    assert (held(warehouse, "W_ASIA"), held(warehouse)) == ([(JAN, 4.0, True, "A")], [(JAN, 14.0, True, "A")])
    old = warehouse.read(select(schema.observation_history.c.value).order_by(schema.observation_history.c.value))
    assert [row.value for row in old] == [1.25, 3.75, 13.75]


def test_a_source_declares_its_totals():
    by_flow = Total(indicator="trade", dimension="flow", total="T", partition=1)
    assert by_flow.sums(CATALOGUE) == [FLOWS]
    by_list = Total(indicator="trade", dimension="commodity", code_list="hs2022", missing="zero").sums(CATALOGUE)
    assert ("HS_S01", True) in {(each.total, each.missing_is_zero) for each in by_list}
    assert len(by_list) == 21
    for wrong in (
        {}, {"parts": ["X"]}, {"parts": ["X", "X"]}, {"parts": ["X", "M"], "partition": 1}, {"missing": "nought"},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            Total(indicator="trade", dimension="flow", **wrong)
    for wrong in (
        {"indicator": "tradr", "parts": ["X", "M"]}, {"indicator": "price_brent", "parts": ["X", "M"]},
        {"indicator": "trade", "partition": 2}, {"indicator": "trade", "code_list": "hs2023"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"catalogue|add up|partitions|code list"):
            Total(**{"dimension": "flow", **wrong}).sums(CATALOGUE)
