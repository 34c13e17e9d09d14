"""The ledger is complete, and the embargo (L-16) keeps a load out of it and of every query until its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data import schema
from data.clock import SHANGHAI
from data.ledger import main
from data.queries import Want, extent, latest_periods, read_frame
from data.warehouse import Warehouse, open_warehouse
from tests.data.loads import KEY, declare_sources, fact, load, two_rejects

NOON = datetime(2024, 5, 20, 12, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clocked(warehouse_url: str):
    """A warehouse whose clock stands where ``now[0]`` says, with one value that was released before."""
    now = [NOON - timedelta(days=1)]
    opened = open_warehouse(warehouse_url, clock=lambda: now[0].astimezone(UTC))
    declare_sources(opened)
    opened.write(load([fact(1.0)], content="before"))
    yield opened, now
    opened.dispose()


def embargoed():
    facts = [fact(2.0), fact(3.0, period=24600)]
    return load(facts, content="secret", release_at=NOON, rejects=two_rejects(), rows_read=4)


def shown(warehouse: Warehouse):
    frames = [read_frame(warehouse, [Want(KEY, 0, 10**6)], True, day) for day in (None, NOON.date())]
    values = [[cell.value for cell in frame[KEY]] for frame in frames]
    questions = (latest_periods([KEY], True), extent([KEY], True))
    return values, [[tuple(row) for row in warehouse.read(each)] for each in questions], warehouse.data_version()


@pytest.mark.parametrize("before", [SECOND, timedelta(microseconds=1)])
def test_l_16_before_the_release_nothing_of_a_load_can_be_seen_anywhere(clocked, before) -> None:
    warehouse, now = clocked
    was = shown(warehouse)
    now[0] = NOON - before
    report = warehouse.write(embargoed())
    assert (report.state, report.error) == ("embargoed", "embargoed until 2024-05-20 12:00:00+08:00 (Asia/Shanghai)")
    assert shown(warehouse) == was
    for table in (schema.observation_history, schema.rejected_row, schema.finding):
        assert warehouse.read(select(func.count()).select_from(table))[0][0] == 0
    [row] = warehouse.read(select(schema.load).where(schema.load.c.state == "embargoed"))
    assert (row.rows_new, row.release_at) == (0, NOON)


@pytest.mark.parametrize("after", [timedelta(0), SECOND])
def test_l_16_from_the_release_on_it_is_loaded_and_shown(clocked, after) -> None:
    warehouse, now = clocked
    now[0] = NOON - SECOND
    for _ in range(2):
        warehouse.write(embargoed())  # a refresh in between: it is said once
    assert warehouse.read(select(func.count()).select_from(schema.load))[0][0] == 2
    now[0] = NOON + after
    report = warehouse.write(embargoed())
    assert (report.state, report.counts["revised"], report.counts["new"]) == ("done", 1, 1)
    assert shown(warehouse)[0] == [[2.0, 3.0], [2.0, 3.0]]


def test_every_load_tells_how_long_it_took_and_what_became_of_every_row(warehouse: Warehouse) -> None:
    declare_sources(warehouse)
    warehouse.write(load([fact(1.0)], content="a"))
    facts = [fact(2.0), fact(3.0, period=24000), fact(4.0, period=24001)]
    warehouse.write(load(facts, content="b", rejects=two_rejects(), rows_read=5))
    warehouse.write(load([fact(1.0), fact(2.0)], content="c"))
    rows = warehouse.read(select(schema.load).order_by(schema.load.c.load_id))
    assert all(row.duration_ms is not None and row.duration_ms >= 0 and row.finished_at for row in rows)
    counted = [(row.rows_read, row.rows_new, row.rows_revised, row.rows_unchanged, row.rows_rejected) for row in rows]
    assert counted == [(1, 1, 0, 0, 0), (5, 2, 1, 0, 2), (0, 0, 0, 0, 0)]
    assert [row.error != "" for row in rows] == [False, False, True]


def test_the_command_prints_the_last_loads_and_everything_about_one(warehouse, warehouse_url, monkeypatch, capsys):
    declare_sources(warehouse)
    warehouse.write(load([fact(1.0)], content="a"))
    warehouse.write(load([fact(1.0), fact(2.0)], content="b", source="other"))
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", warehouse_url)
    assert main([]) == 0
    heading, newest, oldest = capsys.readouterr().out.splitlines()
    assert heading.split("\t")[:6] == ["load", "started", "seconds", "source", "file", "state"]
    assert newest.split("\t")[3:6] == ["other", "b.csv", "failed"]
    assert "is given twice" in newest
    assert oldest.split("\t")[5:12] == ["done", "1", "1", "0", "0", "0", "0"]
    assert main(["--source", "real", "--last", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["--load", "1"]) == 0
    assert "file_name\ta.csv" in capsys.readouterr().out
    assert main(["--load", "9"]) == 1
