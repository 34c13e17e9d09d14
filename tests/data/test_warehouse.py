"""What a warehouse promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data import schema
from data.facts import Citation
from data.periods import month_period
from data.state import dump_state
from data.vintages import as_of
from data.warehouse import Warehouse, open_warehouse
from tests.data.loads import KEY, declare_sources, fact, load, two_rejects

JANUARY, MARCH = date(2024, 1, 20), date(2024, 3, 20)


@pytest.fixture(autouse=True)
def _sources(warehouse):
    declare_sources(warehouse)


def current(warehouse, *columns):
    names = columns or ("value", "revisions", "simulated")
    return [tuple(row) for row in warehouse.read(select(*(schema.observation.c[name] for name in names)))]


def history(warehouse, *columns):
    names = columns or ("value",)
    table = schema.observation_history
    statement = select(*(table.c[name] for name in names)).order_by(table.c.known_from, table.c.known_to)
    return [tuple(row) for row in warehouse.read(statement)]


def test_a_new_value_is_stored_with_where_it_came_from(warehouse):
    page = Citation("统计局", "公报", "2024-04-20", "https://example.org/1")
    facts = [fact(5003.38, citation=page, note="初步")]
    report = warehouse.write(load(facts, content="a", rejects=two_rejects(), rows_read=3))
    assert (report.state, report.counts["new"], report.counts["rejected"], report.counts["read"]) == ("done", 1, 2, 3)
    columns = ("value", "decimals", "place", "raw", "note", "load_id", "vintage", "obs_status", "conf_status")
    stored = (5003.38, 2, "row 1", "5003.38", "初步", report.load_id, date(2024, 4, 20), "A", "F")
    assert current(warehouse, *columns) == [stored]
    cited = [tuple(row)[1:] for row in warehouse.read(select(schema.citation))]
    assert cited == [("统计局", "公报", "2024-04-20", "https://example.org/1")]
    rejected = [tuple(row)[1:] for row in warehouse.read(select(schema.rejected_row))]
    assert rejected == [(1, "row 7", "n/a", "not a number"), (2, "row 9", "1_000", "not a number")]
    ledger = warehouse.read(select(schema.load))[0]
    assert (ledger.state, ledger.rows_new, ledger.rows_rejected, ledger.file_name) == ("done", 1, 2, "a.csv")
    assert ledger.finished_at.tzinfo is not None


def test_the_same_file_again_also_renamed_changes_nothing(warehouse):  # L-01
    warehouse.write(load([fact(1.0)], content="a"))
    before, version = dump_state(warehouse), warehouse.data_version()
    for name in ("a.csv", "renamed.csv"):
        assert warehouse.write(load([fact(1.0)], content="a", file_name=name)).state == "unchanged"
    assert (dump_state(warehouse), warehouse.data_version()) == (before, version)


def test_the_same_file_read_another_way_is_loaded_again(warehouse):
    warehouse.write(load([fact(1.0)], content="a", reading="mapping 1"))
    report = warehouse.write(load([fact(2.0)], content="a", reading="mapping 2"))
    assert (report.state, report.counts["revised"]) == ("done", 1)


def test_another_file_with_the_same_values_leaves_the_values_and_the_data_version(warehouse):
    warehouse.write(load([fact(1.0)], content="a"))
    before, version = current(warehouse), warehouse.data_version()
    assert warehouse.write(load([fact(1.0)], content="b")).counts["unchanged"] == 1
    assert (current(warehouse), warehouse.data_version()) == (before, version)


def test_a_changed_value_moves_the_old_one_to_history(warehouse):  # L-08
    first = warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    second = warehouse.write(load([fact(2.0)], content="b", vintage=MARCH))
    assert second.counts["revised"] == 1
    assert current(warehouse) == [(2.0, 1, False)]
    [(value, load_id, superseded_by, known_from, known_to)] = history(
        warehouse, "value", "load_id", "superseded_by", "known_from", "known_to"
    )
    assert (value, load_id, superseded_by) == (1.0, first.load_id, second.load_id)
    [(new_from,)] = current(warehouse, "known_from")
    assert known_from < known_to == new_from


def test_a_changed_status_is_a_revision_too(warehouse):
    warehouse.write(load([fact(1.0, obs_status="P")], content="a"))
    assert warehouse.write(load([fact(1.0, obs_status="A")], content="b")).counts["revised"] == 1


def test_what_was_known_on_a_day_can_be_read(warehouse):  # L-08
    other = KEY.with_(industry="S2")
    warehouse.write(load([fact(1.0), fact(7.0, key=other)], content="a", vintage=JANUARY))
    before = dump_rows(warehouse, JANUARY)
    warehouse.write(load([fact(2.0)], content="b", vintage=MARCH))
    warehouse.write(load([fact(3.0)], content="c", vintage=date(2024, 6, 1)))
    assert dump_rows(warehouse, JANUARY) == before
    assert sorted(row[2] for row in dump_rows(warehouse, MARCH)) == [2.0, 7.0]
    assert sorted(row[2] for row in dump_rows(warehouse, date(2024, 12, 31))) == [3.0, 7.0]
    assert dump_rows(warehouse, date(2023, 12, 31)) == []


def dump_rows(warehouse, day):
    ids = [KEY.series_id, KEY.with_(industry="S2").series_id]
    return sorted(tuple(row) for row in warehouse.read(as_of(ids, day)))


def test_an_older_vintage_that_arrives_late_goes_to_history_only(warehouse):
    warehouse.write(load([fact(2.0)], content="b", vintage=MARCH))
    version = warehouse.data_version()
    report = warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    assert (report.counts["outranked"], report.counts["late"]) == (1, 1)
    assert current(warehouse) == [(2.0, 1, False)]  # it was another value once
    assert history(warehouse) == [(1.0,)]
    assert [row[2] for row in dump_rows(warehouse, JANUARY)] == [1.0]
    assert warehouse.data_version() != version


def test_a_real_value_replaces_a_simulated_one_whatever_its_date_and_is_no_revision(warehouse):
    warehouse.write(load([fact(1.0)], content="s", source="simulated", vintage=MARCH))
    report = warehouse.write(load([fact(2.0)], content="a", vintage=JANUARY))
    assert report.counts["new"] == 1
    assert current(warehouse) == [(2.0, 0, False)]
    assert history(warehouse, "value", "simulated") == [(1.0, True)]


def test_a_simulated_value_never_replaces_a_real_one(warehouse):
    warehouse.write(load([fact(2.0)], content="a", vintage=JANUARY))
    version = warehouse.data_version()
    report = warehouse.write(load([fact(1.0)], content="s", source="simulated", vintage=MARCH))
    assert (report.counts["outranked"], report.counts["late"]) == (1, 0)
    assert current(warehouse) == [(2.0, 0, False)]
    assert history(warehouse) == []
    assert warehouse.data_version() == version


def test_a_published_value_wins_over_a_derived_one(warehouse):
    warehouse.write(load([fact(1.0, derived=True)], content="a", vintage=MARCH))
    warehouse.write(load([fact(1.1)], content="b", vintage=JANUARY))
    warehouse.write(load([fact(1.2, derived=True)], content="c", vintage=date(2024, 6, 1)))
    assert current(warehouse, "value", "derived", "revisions") == [(1.1, False, 0)]


def test_simulated_values_are_revised_like_real_ones(warehouse):
    warehouse.write(load([fact(1.0)], content="s1", source="simulated", vintage=JANUARY))
    warehouse.write(load([fact(1.5)], content="s2", source="simulated", vintage=MARCH))
    assert current(warehouse) == [(1.5, 1, True)]


def test_a_duplicate_with_the_same_value_collapses_and_is_counted(warehouse):
    report = warehouse.write(load([fact(1.0), fact(1.0, place="row 2")], content="a"))
    assert (report.counts["new"], report.counts["collapsed"], report.counts["read"]) == (1, 1, 2)


def test_a_conflicting_duplicate_refuses_the_whole_load_and_names_both_places(warehouse):
    facts = [fact(9.0, period=month_period(2024, 6)), fact(1.0, place="row 4"), fact(2.0, place="row 8")]
    report = warehouse.write(load(facts, content="a"))
    assert report.state == "failed"
    assert "'1.0' at row 4" in report.error
    assert "'2.0' at row 8" in report.error
    assert "2024-Q1" in report.error
    assert current(warehouse) == []
    assert [(row.state, row.error) for row in warehouse.read(select(schema.load))] == [("failed", report.error)]


def test_the_same_failure_stands_in_the_ledger_once(warehouse):
    for _ in range(3):
        warehouse.write(load([fact(1.0), fact(2.0)], content="a"))
    assert warehouse.read(select(func.count()).select_from(schema.load))[0][0] == 1


def test_a_refused_file_can_be_loaded_when_it_is_read_rightly(warehouse):
    warehouse.write(load([fact(1.0), fact(2.0)], content="a"))
    assert warehouse.write(load([fact(1.0)], content="a")).state == "done"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([fact(math.nan)], "not a finite number"),
        ([fact(math.inf)], "not a finite number"),
        ([fact(None)], "no value and no status"),
        ([fact(1.0), fact(2.0, period=1, unit="PERCENT")], "has unit CNY_100M, but PERCENT"),
    ],
)
def test_impossible_facts_refuse_the_load(warehouse, facts, words):
    report = warehouse.write(load(facts, content="a"))
    assert (report.state, current(warehouse)) == ("failed", [])
    assert words in report.error


def test_a_series_keeps_its_unit(warehouse):
    warehouse.write(load([fact(1.0)], content="a"))
    report = warehouse.write(load([fact(10000.0, unit="CNY_10K")], content="b"))
    assert report.state == "failed"
    assert "is stored in CNY_100M, this load gives CNY_10K" in report.error


def test_a_value_may_be_missing_with_a_status_that_says_why(warehouse):
    warehouse.write(load([fact(None, obs_status="L"), fact(None, period=1, conf_status="C")], content="a"))
    assert sorted(current(warehouse, "obs_status", "conf_status")) == [("A", "C"), ("L", "F")]


def test_an_undeclared_source_is_refused(warehouse):
    report = warehouse.write(load([fact(1.0)], content="a", source="nobody"))
    assert "source nobody is not declared" in report.error


def test_a_parser_that_breaks_off_leaves_nothing(warehouse):
    def facts():
        yield fact(1.0)
        raise ValueError("broken file")

    before = dump_state(warehouse)
    with pytest.raises(ValueError, match="broken file"):
        warehouse.write(load(facts(), content="a"))
    assert dump_state(warehouse) == before


# --- versions and cache


def test_a_load_shows_at_once_and_unchanged_data_come_from_the_cache(warehouse_url, warehouse):
    reader = open_warehouse(warehouse_url, readonly=True)
    statement = select(schema.observation.c.value)
    assert reader.read(statement) == []
    warehouse.write(load([fact(1.0)], content="a"))
    assert [row.value for row in reader.read(statement)] == [1.0]
    first, second = reader.read(statement), reader.read(statement)
    assert first[0] is second[0]
    first.clear()
    assert len(reader.read(statement)) == 1
    reader.dispose()


def test_the_cache_tells_questions_apart(warehouse):
    warehouse.write(load([fact(1.0), fact(2.0, period=1)], content="a"))
    column = schema.observation.c
    ask = lambda period: [row.value for row in warehouse.read(select(column.value).where(column.period.in_([period])))]  # noqa: E731
    assert (ask(1), ask(month_period(2024, 3)), ask(2)) == ([2.0], [1.0], [])


def test_every_load_that_changes_something_has_a_version_of_its_own(warehouse):
    versions = [warehouse.data_version()]
    for number in range(4):
        warehouse.write(load([fact(float(number))], content=str(number)))
        versions.append(warehouse.data_version())
    assert len(set(versions)) == 5
    counts = [int(version.split(".")[0]) for version in versions]
    assert counts == sorted(counts)


def test_time_never_runs_backwards_in_the_ledger(warehouse_url):
    times = iter([datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC) - timedelta(days=2)])
    warehouse = open_warehouse(warehouse_url, clock=lambda: next(times))
    for number in (1.0, 2.0):
        warehouse.write(load([fact(number)], content=str(number)))
    [(known_from, known_to)] = history(warehouse, "known_from", "known_to")
    assert known_from < known_to
    warehouse.dispose()


# --- sources and code lists


def test_a_source_may_be_reworded_but_not_turn_from_simulated_to_real(warehouse):
    texts = dict.fromkeys(("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page"), "x")
    version = warehouse.data_version()
    warehouse.register_source("real", simulated=False, **texts)
    assert warehouse.data_version() != version
    with pytest.raises(ValueError, match="cannot change between simulated and real"):
        warehouse.register_source("simulated", simulated=False, **texts)


def test_a_code_list_is_exactly_what_was_written(warehouse):
    def row(code, position):
        return {"code": code, "name_zh": code, "name_en": code, "parent": "", "level": 1, "position": position}

    warehouse.write_codes("industry", [row("C25", 1), row("C26", 2)])
    version = warehouse.data_version()
    warehouse.write_codes("industry", [row("C26", 2), row("C25", 1)])
    assert warehouse.data_version() == version
    warehouse.write_codes("industry", [row("C26", 1)])
    assert [tuple(found)[:2] for found in warehouse.read(select(schema.code))] == [("industry", "C26")]


def test_the_warehouse_is_shared_between_threads(warehouse: Warehouse):
    from concurrent.futures import ThreadPoolExecutor

    warehouse.write(load([fact(1.0)], content="a"))
    statement = select(schema.observation.c.value)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: warehouse.read(statement)[0].value, range(100)))
    assert answers == [1.0] * 100
