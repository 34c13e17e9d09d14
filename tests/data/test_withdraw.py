"""A load taken back (L-18), on both engines: what returns, what stays, and what is said about it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from data import failpoints, schema
from data.facts import SeriesKey
from data.failpoints import InjectedFailureError
from data.queries import Want, read_frame
from data.settings import ROOT
from data.state import dump_state
from data.warehouse import Warehouse, open_warehouse
from data.withdraw import WithdrawalRefusedError, main, withdraw
from tests.data.loads import KEY, declare_sources, fact, load
from tests.data.test_as_of import ABSENT, CELLS, ONE_LOAD, VINTAGES, all_known, numbers, write_files

JANUARY, MARCH, MAY = date(2024, 1, 20), date(2024, 3, 20), date(2024, 5, 20)
OTHER = KEY.with_(industry="S2")
WHY = "the wrong file was sent"


@pytest.fixture(autouse=True)
def _sources(warehouse: Warehouse) -> None:
    declare_sources(warehouse)


def held(warehouse: Warehouse, key: SeriesKey = KEY, day: date | None = None):
    frame = read_frame(warehouse, [Want(key, 0, 10**6)], True, day)
    return [(cell.value, cell.load_id, cell.vintage, cell.revisions, cell.place) for cell in frame[key]]


def everything(warehouse: Warehouse, keys=(KEY, OTHER)):
    return [held(warehouse, key, day) for key in keys for day in (None, JANUARY, MARCH, MAY)]


def ledger(warehouse: Warehouse, load_id: int):
    return warehouse.read(select(schema.load).where(schema.load.c.load_id == load_id))[0]


def test_l_18_the_state_before_a_load_returns_exactly(warehouse: Warehouse) -> None:
    warehouse.write(load([fact(1.0), fact(7.0, key=OTHER)], content="a", vintage=JANUARY))
    before = everything(warehouse)
    bad = warehouse.write(load([fact(2.0), fact(3.0, period=24000)], content="b", vintage=MARCH))
    assert everything(warehouse) != before
    version = warehouse.data_version()
    done = withdraw(warehouse, bad.load_id, WHY, "Li")
    assert (done.state, done.taken, done.restored) == ("withdrawn", 2, 1)
    assert everything(warehouse) == before
    assert warehouse.data_version() != version


def test_l_18_where_a_later_load_came_its_value_stays_and_only_the_rest_is_given_back(warehouse: Warehouse) -> None:
    warehouse.write(load([fact(1.0), fact(7.0, key=OTHER)], content="a", vintage=JANUARY))
    bad = warehouse.write(load([fact(2.0), fact(8.0, key=OTHER)], content="b", vintage=MARCH))
    warehouse.write(load([fact(3.0)], content="c", vintage=MAY))
    withdraw(warehouse, bad.load_id, WHY, "Li")
    assert [row[0::3] for row in held(warehouse)] == [(3.0, 1)]  # revised once: from 1.0, no longer from 2.0
    assert [row[0::3] for row in held(warehouse, OTHER)] == [(7.0, 0)]
    assert [row[0] for row in held(warehouse, KEY, MARCH)] == [1.0]


def test_l_18_what_a_later_load_said_again_stays_as_its_own(warehouse: Warehouse) -> None:
    first = warehouse.write(load([fact(1.0), fact(7.0, key=OTHER)], content="a", vintage=JANUARY))
    again = warehouse.write(load([fact(1.0)], content="b", vintage=MARCH))
    withdraw(warehouse, first.load_id, WHY, "Li")
    assert held(warehouse) == [(1.0, again.load_id, MARCH, 0, "row 1")]
    assert (held(warehouse, OTHER), held(warehouse, KEY, JANUARY)) == ([], [])


def test_l_18_the_simulated_value_under_a_real_one_returns(warehouse: Warehouse) -> None:
    warehouse.write(load([fact(9.0)], content="s", source="simulated", vintage=JANUARY))
    before = everything(warehouse)
    real = warehouse.write(load([fact(1.0)], content="a", vintage=MARCH))
    withdraw(warehouse, real.load_id, WHY, "Li")
    assert everything(warehouse) == before


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=st.lists(ONE_LOAD, max_size=4), bad=ONE_LOAD, day=st.sampled_from([*VINTAGES, None]))
def test_l_18_round_trip(warehouse: Warehouse, files, bad, day) -> None:
    key = KEY.with_(industry=f"W{next(numbers)}")
    write_files(warehouse, files, key)
    before = all_known(warehouse, day, key, simulated=True)
    value = dict(zip(CELLS, bad[3], strict=True))
    facts = [fact(1.0 if each == "absent" else 4.0, key=key, period=period) for period, each in value.items()]
    report = warehouse.write(load(facts, content=f"bad {key.industry}", source=bad[0], vintage=bad[1]))
    withdraw(warehouse, report.load_id, WHY, "Li")
    assert all_known(warehouse, day, key, simulated=True) == before


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    files=st.lists(ONE_LOAD.filter(lambda each: each[0] in ("real", "other") and not each[2]), min_size=2, max_size=5),
    which=st.integers(0, 4),
    day=st.sampled_from([*VINTAGES, None]),
)
def test_l_18_whichever_load_is_withdrawn_it_is_as_if_it_had_never_come(
    warehouse: Warehouse, files, which, day
) -> None:
    key, without = (KEY.with_(industry=f"V{next(numbers)}") for _ in range(2))
    which %= len(files)
    write_files(warehouse, files, key)
    write_files(warehouse, [each for number, each in enumerate(files) if number != which], without)
    name = f"{key.industry} {which}.csv"
    [row] = warehouse.read(select(schema.load.c.load_id).where(schema.load.c.file_name == name))
    withdraw(warehouse, row.load_id, WHY, "Li")
    given_back, never_came = (all_known(warehouse, day, each, simulated=True) for each in (key, without))
    assert given_back == never_came


def test_a_withdrawal_gives_back_how_often_a_cell_was_revised(warehouse: Warehouse) -> None:
    key, without = (KEY.with_(industry=f"V{next(numbers)}") for _ in range(2))
    rest = [ABSENT] * 7
    march, late = ("real", date(2024, 3, 1), False, (1.0, *rest)), ("real", date(2024, 2, 1), False, (None, *rest))
    again, last = ("other", date(2024, 2, 1), False, (None, *rest)), ("other", date(2024, 3, 1), False, (None, *rest))
    write_files(warehouse, [march, late, again, last], key)
    write_files(warehouse, [march, again, last], without)
    [row] = warehouse.read(select(schema.load.c.load_id).where(schema.load.c.file_name == f"{key.industry} 1.csv"))
    withdraw(warehouse, row.load_id, WHY, "Li")
    assert all_known(warehouse, date(2024, 4, 1), key, simulated=True) == all_known(
        warehouse, date(2024, 4, 1), without, simulated=True
    )


def test_the_ledger_and_the_history_say_so_and_nothing_is_deleted(warehouse: Warehouse) -> None:
    warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    bad = warehouse.write(load([fact(2.0)], content="b", vintage=MARCH))
    withdraw(warehouse, bad.load_id, WHY, "Li")
    row = ledger(warehouse, bad.load_id)
    assert (row.state, row.withdrawn_because, row.withdrawn_by, row.rows_revised) == ("withdrawn", WHY, "Li", 1)
    assert row.withdrawn_at > row.finished_at
    [own] = warehouse.read(select(schema.load).where(schema.load.c.kind == "withdrawal"))
    assert (own.state, own.rows_read, own.rows_revised) == ("done", 1, 1)
    assert (WHY in own.note, "Li" in own.note, f"load {bad.load_id}: b.csv" in own.file_name) == (True, True, True)
    then = schema.observation_history.c
    rows = warehouse.read(select(then.value, then.superseded_by, then.known_from, then.known_to).order_by(then.value))
    assert [tuple(each)[:2] for each in rows] == [(1.0, bad.load_id), (2.0, own.load_id)]
    assert rows[0].known_to == rows[1].known_from < rows[1].known_to


def test_withdrawing_twice_changes_nothing(warehouse: Warehouse) -> None:
    bad = warehouse.write(load([fact(2.0)], content="b"))
    withdraw(warehouse, bad.load_id, WHY, "Li")
    before, version = dump_state(warehouse), warehouse.data_version()
    assert withdraw(warehouse, bad.load_id, "another reason", "Wang").state == "unchanged"
    assert (dump_state(warehouse), warehouse.data_version()) == (before, version)


def test_the_file_may_be_loaded_again_on_purpose_and_not_by_itself(warehouse: Warehouse) -> None:
    a = load([fact(2.0)], content="b")
    bad = warehouse.write(a)
    withdraw(warehouse, bad.load_id, WHY, "Li")
    assert warehouse.is_withdrawn("real", a.sha256)
    assert not warehouse.has_loaded("real", a.sha256)
    again = warehouse.write(a)
    assert (again.state, again.counts["new"]) == ("done", 1)
    assert [row[:2] for row in held(warehouse)] == [(2.0, again.load_id)]
    assert (warehouse.is_withdrawn("real", a.sha256), warehouse.has_loaded("real", a.sha256)) == (False, True)


def test_what_cannot_be_withdrawn_is_refused_with_the_reason(warehouse: Warehouse) -> None:
    failed = warehouse.write(load([fact(1.0), fact(2.0)], content="conflict"))
    good = warehouse.write(load([fact(1.0)], content="a"))
    for load_id, reason, words in [
        (failed.load_id, WHY, "was not stored"),
        (4711, WHY, "there is no load 4711"),
        (good.load_id, " x ", "say why"),
    ]:
        with pytest.raises(WithdrawalRefusedError, match=words):
            withdraw(warehouse, load_id, reason, "Li")
    withdraw(warehouse, good.load_id, WHY, "Li")
    [own] = warehouse.read(select(schema.load.c.load_id).where(schema.load.c.kind == "withdrawal"))
    with pytest.raises(WithdrawalRefusedError, match="is a withdrawal itself"):
        withdraw(warehouse, own.load_id, WHY, "Li")


TAMPERING = [
    update(schema.load).values(rows_new=9),
    update(schema.load).values(state="withdrawn"),  # without time and reason
    update(schema.load).where(schema.load.c.state == "withdrawn").values(withdrawn_because="another"),
    update(schema.load).where(schema.load.c.state == "withdrawn").values(state="done"),
    delete(schema.load).where(schema.load.c.state == "withdrawn"),
    update(schema.observation_history).values(value=0.0),
    text("DELETE FROM observation_history"),
]


@pytest.mark.parametrize("statement", TAMPERING, ids=str)
def test_l_11_the_triggers_stay_as_strict_as_before(warehouse: Warehouse, statement) -> None:
    warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    bad = warehouse.write(load([fact(2.0)], content="b", vintage=MARCH))
    withdraw(warehouse, bad.load_id, WHY, "Li")
    before = dump_state(warehouse)
    with pytest.raises(SQLAlchemyError, match="append-only"), warehouse.writing.begin() as connection:
        connection.execute(statement)
    assert dump_state(warehouse) == before


def test_a_failure_at_any_step_leaves_the_state_before_or_after(database, monkeypatch) -> None:
    def prepared():
        opened = open_warehouse(database.create())
        declare_sources(opened)
        opened.write(load([fact(1.0), fact(7.0, key=OTHER)], content="a", vintage=JANUARY))
        bad = opened.write(load([fact(2.0), fact(8.0, key=OTHER)], content="b", vintage=MARCH))
        opened.write(load([fact(2.0)], content="c", vintage=MAY))
        return opened, bad.load_id

    opened, bad = prepared()
    old = dump_state(opened)
    withdraw(opened, bad, WHY, "Li")
    new = dump_state(opened)
    opened.dispose()
    steps = 0
    while True:
        steps += 1
        opened, bad = prepared()
        failpoints.restart_count()
        monkeypatch.setenv("ONESCREEN_FAIL_AT", str(steps))
        try:
            withdraw(opened, bad, WHY, "Li")
            broken = False
        except InjectedFailureError:
            broken = True
        monkeypatch.delenv("ONESCREEN_FAIL_AT")
        assert dump_state(opened) in (old, new), f"half a withdrawal at checkpoint {steps}"
        withdraw(opened, bad, WHY, "Li")
        assert dump_state(opened) == new
        opened.dispose()
        if not broken:
            break
    assert steps == 8


def test_the_command_says_what_it_did(warehouse: Warehouse, warehouse_url: str, monkeypatch, capsys) -> None:
    warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    bad = warehouse.write(load([fact(2.0), fact(3.0, key=OTHER)], content="b", vintage=MARCH))
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", warehouse_url)
    assert main([str(bad.load_id), "--reason", WHY, "--by", "Li"]) == 0
    assert (
        f"load {bad.load_id} (b.csv) is withdrawn: 1 earlier values returned, 1 cells have no"
        in capsys.readouterr().out
    )
    assert main([str(bad.load_id), "--reason", WHY]) == 0
    assert "was withdrawn before" in capsys.readouterr().out
    assert main(["99", "--reason", WHY]) == 2
    assert "there is no load 99" in capsys.readouterr().err


def test_the_command_runs_as_a_module() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "data.withdraw", "--help"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, "take a load back" in ended.stdout) == (0, True)
