"""Faults while loading: concurrency, a failure at every step, kill -9 at any time (R-01, R-03, R-04, L-02)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import date

import pytest
from sqlalchemy import func, select, text

from data import dialects, failpoints, schema
from data.failpoints import InjectedFailureError
from data.settings import ROOT
from data.state import dump_state
from data.warehouse import open_warehouse
from tests.data.loads import KEY, declare_sources, fact, load, two_rejects

SERIES, PERIODS = 40, 100
SEED = int(os.environ.get("TEST_SEED", "20261123"))


def first():
    facts = [fact(1.0), fact(2.0, key=KEY.with_(industry="S1")), fact(3.0, period=24000)]
    return load(facts, content="first", vintage=date(2024, 1, 20), rejects=two_rejects())


def second():
    """Revises, adds, leaves alone and rejects, so that every step of a load has something to do."""
    late = [fact(7.0, key=KEY.with_(industry="S3"), citation=None)]
    facts = [fact(1.5), fact(2.0, key=KEY.with_(industry="S1")), fact(9.0, period=24001), *late]
    return load(facts, content="second", vintage=date(2024, 3, 20), rejects=two_rejects())


# ---


@pytest.mark.sqlite
def test_r_01_sqlite_engines_are_set_to_keep_what_they_acknowledge(sqlite_files):
    opened = open_warehouse(sqlite_files.create())
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for engine in (opened.writing, opened.reading):
        with engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
            assert found == expected
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 5000
            version = tuple(map(int, connection.exec_driver_sql("SELECT sqlite_version()").scalar().split(".")))
            assert version >= (3, 51, 3)  # older ones have the WAL-reset bug
    with opened.reading.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
    opened.dispose()


def test_r_01_postgresql_readers_are_read_only_limited_and_see_one_moment(warehouse):
    if warehouse.dialect == "sqlite":
        return
    reader = open_warehouse(warehouse.reading.url.render_as_string(hide_password=False), readonly=True)
    with reader.reading.connect() as connection:
        say = lambda name: connection.exec_driver_sql(f"SHOW {name}").scalar()  # noqa: E731
        assert (say("transaction_read_only"), say("transaction_isolation")) == ("on", "repeatable read")
        assert (say("statement_timeout"), say("timezone")) == ("10s", "UTC")
    reader.dispose()


def test_r_01_no_increment_is_lost_between_writers(warehouse_url):
    assert count_together(warehouse_url) == ("240", [])


def test_r_01_the_increments_would_show_a_writer_that_begins_as_a_reader(sqlite_files, monkeypatch):
    """The canary: with SQLite's own way to begin, the test above must fail."""
    url = sqlite_files.create()
    begin = dialects._say_on_begin
    monkeypatch.setattr(dialects, "_say_on_begin", lambda engine, _statement: begin(engine, "BEGIN"))
    count, errors = count_together(url)
    assert errors or count != "240"


def count_together(url):
    """Four writers count to sixty each; return what stands in the end and what they ran into."""
    opened = open_warehouse(url)
    opened.note("count", "0")
    errors = []

    def count_up():
        mine = open_warehouse(url)
        try:
            for _ in range(60):
                increment(mine)
        except Exception as error:  # noqa: BLE001 - whatever a thread raises must reach the test
            errors.append(error)
        finally:
            mine.dispose()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = opened.noted("count")
    opened.dispose()
    return count, errors


def increment(warehouse):
    """Read, change and write the way the warehouse does it: inside one writer's transaction."""
    with warehouse.writing.begin() as connection:
        dialects.lock_writers(connection)
        count = int(connection.execute(text("SELECT value FROM meta WHERE key = 'count'")).scalar())
        connection.execute(text("UPDATE meta SET value = :value WHERE key = 'count'"), {"value": str(count + 1)})


def test_r_01_two_writers_at_once_both_succeed_and_the_same_file_is_stored_once(warehouse_url):
    opened = open_warehouse(warehouse_url)
    declare_sources(opened)
    reports, errors = [], []

    def write_all():
        mine = open_warehouse(warehouse_url)
        try:
            for number in range(10):
                reports.append(mine.write(load([fact(float(number))], content=str(number))))
        except Exception as error:  # noqa: BLE001 - whatever a thread raises must reach the test
            errors.append(error)
        finally:
            mine.dispose()

    threads = [threading.Thread(target=write_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(report.state for report in reports) == ["done"] * 10 + ["unchanged"] * 10
    opened.dispose()


# ---


@pytest.fixture
def fail_at(monkeypatch):
    def set_to(number):
        failpoints.restart_count()
        monkeypatch.setenv("ONESCREEN_FAIL_AT", str(number))

    yield set_to
    monkeypatch.delenv("ONESCREEN_FAIL_AT", raising=False)


def test_r_03_a_failure_at_any_step_leaves_the_old_data_or_the_new_whole(database, fail_at, monkeypatch):
    whole = open_warehouse(database.create())
    declare_sources(whole)
    whole.write(first())
    old = dump_state(whole)
    whole.write(second())
    new = dump_state(whole)
    whole.dispose()
    steps, after_commit = 0, 0
    while True:
        steps += 1
        opened = open_warehouse(database.create())
        declare_sources(opened)
        opened.write(first())
        fail_at(steps)
        broken = breaks(opened)
        state = dump_state(opened)
        assert state in (old, new), f"half a load at checkpoint {steps}"
        after_commit += broken and state == new
        monkeypatch.delenv("ONESCREEN_FAIL_AT")
        assert opened.write(second()).state == ("unchanged" if state == new else "done")
        assert dump_state(opened) == new
        opened.dispose()
        if not broken:
            break
    assert steps >= 10, "the loop must have broken every step"
    assert after_commit == 1  # L-02: a crash after the commit is recognised by the file's fingerprint


def breaks(warehouse):
    try:
        warehouse.write(second())
    except InjectedFailureError:
        return True
    return False


def test_r_03_a_process_that_dies_at_any_step_leaves_the_old_data_or_the_new_whole(database):
    """The same, ending the process as kill -9 does; at some of the steps, because a process takes a while."""
    whole = open_warehouse(database.create())
    declare_sources(whole)
    old = dump_state(whole)
    whole.write(second())
    new = dump_state(whole)
    whole.dispose()
    seen = set()
    for step in (1, 4, 7, 9, 10):
        url = database.create()
        opened = open_warehouse(url)
        declare_sources(opened)
        environment = os.environ | {"ONESCREEN_FAIL_AT": str(step), "ONESCREEN_FAIL_HARD": "1"}
        ended = subprocess.run([sys.executable, "-c", LOAD_ONCE, url], cwd=ROOT, env=environment)
        state = dump_state(opened)
        assert state in (old, new)
        seen.add((ended.returncode, state == new))
        opened.write(second())
        assert dump_state(opened) == new
        opened.dispose()
    assert seen == {(failpoints.KILLED, False), (failpoints.KILLED, True)}  # the last step stands after the commit


# ---


LOAD_ONCE = """
import sys
from data.warehouse import open_warehouse
from tests.data.test_warehouse_faults import second
open_warehouse(sys.argv[1]).write(second())
"""

LOADER = """
import sys
from data.warehouse import open_warehouse
from tests.data.test_warehouse_faults import batch
warehouse = open_warehouse(sys.argv[1])
number = int(sys.argv[2])
while True:
    report = warehouse.write(batch(number))
    print(number, report.state, flush=True)
    number += 1
"""


def batch(number):
    """Edition ``number``: every value of it is ``number``, so that half an edition shows as two different values."""
    keys = [KEY.with_(industry=f"C{index}") for index in range(SERIES)]
    facts = [fact(float(number), key=key, period=24000 + period) for key in keys for period in range(PERIODS)]
    return load(facts, content=str(number), vintage=date.fromordinal(date(2000, 1, 1).toordinal() + number))


def kill_loader(url, number, delay_s):
    """Start a loader at edition ``number``, kill it after a while, return the last edition it acknowledged."""
    command = [sys.executable, "-c", LOADER, url, str(number)]
    loader = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    loader.stdout.readline()  # it is at work
    time.sleep(delay_s)
    os.killpg(loader.pid, signal.SIGKILL)
    lines = loader.stdout.read().splitlines()
    loader.stdout.close()
    loader.wait()
    whole = [line.split() for line in lines if line.endswith("done")]
    return int(whole[-1][0]) if whole else number


KILLS = [
    pytest.param("sqlite", 40, marks=pytest.mark.sqlite),
    pytest.param("postgresql", 10, marks=pytest.mark.postgresql),
]


@pytest.mark.parametrize(("database", "kills"), KILLS, indirect=["database"])
def test_r_04_kill_9_at_any_time_loses_nothing_acknowledged_and_leaves_no_half_load(database, kills):
    random_delay = random.Random(SEED)
    url = database.create()
    opened = open_warehouse(url)
    declare_sources(opened)
    table, number = schema.observation, 1
    for _ in range(kills):
        acknowledged = kill_loader(url, number, random_delay.uniform(0.005, 0.25))
        with opened.reading.connect() as connection:
            values = connection.execute(select(table.c.value).distinct()).scalars().all()
            count = connection.execute(select(func.count()).select_from(table)).scalar()
            if opened.dialect == "sqlite":
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert len(values) == 1, f"half a load is visible (TEST_SEED={SEED})"
        assert count == SERIES * PERIODS
        assert values[0] in (acknowledged, acknowledged + 1), f"an acknowledged load is lost (TEST_SEED={SEED})"
        number = int(values[0])
    assert opened.write(batch(number)).state == "unchanged"
    history = opened.read(select(func.count()).select_from(schema.observation_history))[0][0]
    assert history == SERIES * PERIODS * (number - 1), "every edition before is in history, whole"
    opened.dispose()
