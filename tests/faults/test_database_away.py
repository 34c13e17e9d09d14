"""R-05, R-06: the database is killed or restarted under loaders and web processes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from sqlalchemy import func, select

from data import schema
from data.dialects import Patience, WarehouseUnavailableError
from data.settings import ROOT
from data.warehouse import open_warehouse
from tests.data.loads import declare_sources, fact, load
from tests.data.test_warehouse_faults import LOADER, PERIODS, SEED, SERIES, batch
from tests.faults.asking import ask
from tests.faults.conftest import fill_a_little, workers

pytestmark = pytest.mark.postgresql


def test_r_05_kill_9_of_postgresql_mid_load_loses_nothing_and_the_loader_goes_on(killable_postgresql):
    postgresql, databases = killable_postgresql
    url, delay = databases.create(), random.Random(SEED)
    opened = open_warehouse(url)
    declare_sources(opened)
    loader = subprocess.Popen(
        [sys.executable, "-c", LOADER, url, "1"], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    loader.stdout.readline()  # it is at work
    for _ in range(3):
        time.sleep(delay.uniform(0.05, 0.4))
        postgresql.kill()
        time.sleep(0.3)
        assert loader.poll() is None, "the loader gave up although it may wait for a minute"
        postgresql.start()
    last = loader.stdout.readline()  # what was on its way, and then at least one load after the last restart
    while int(last.split()[0]) < 3:
        last = loader.stdout.readline()
    time.sleep(2)
    os.killpg(loader.pid, signal.SIGKILL)
    told = [last, *loader.stdout.read().splitlines()]
    loader.stdout.close()
    loader.wait()
    acknowledged = max(int(line.split()[0]) for line in told if line.strip().endswith(("done", "unchanged")))
    opened.dispose()
    table = schema.observation
    values = [row[0] for row in opened.read(select(table.c.value).distinct())]
    count = opened.read(select(func.count()).select_from(table))[0][0]
    ledger = opened.read(select(func.count()).where(schema.load.c.state == "done"))[0][0]
    history = opened.read(select(func.count()).select_from(schema.observation_history))[0][0]
    opened.dispose()
    assert len(values) == 1, f"half a load is visible (TEST_SEED={SEED})"
    assert values[0] in (acknowledged, acknowledged + 1), f"an acknowledged load is lost (TEST_SEED={SEED})"
    assert (count, ledger) == (SERIES * PERIODS, values[0])
    assert history == SERIES * PERIODS * (values[0] - 1), "every edition before is in history, whole and once"


def test_r_05_the_loader_gives_up_in_words_when_the_database_stays_away(killable_postgresql):
    postgresql, databases = killable_postgresql
    opened = open_warehouse(databases.create(), patience=Patience(away_s=1.5, connect_s=2))
    declare_sources(opened)
    postgresql.kill()
    began = time.monotonic()
    try:
        with pytest.raises(WarehouseUnavailableError, match=r"does not answer .* / 数据库没有应答") as raised:
            opened.write(load([fact(1.0)], content="a"))
        took = time.monotonic() - began
    finally:
        postgresql.start()
    assert 1.4 < took < 15
    assert raised.value.outage.code == "away"
    assert "onescreen" not in str(raised.value)
    assert opened.write(load([fact(1.0)], content="a")).state == "done"
    opened.dispose()


def test_r_05_and_r_06_the_web_says_that_the_database_is_away_and_answers_when_it_is_back(killable_postgresql, web):
    postgresql, databases = killable_postgresql
    url = databases.create()
    fill_a_little(url)
    server = web(url)
    before = ask(f"{server.url}/api/version")
    processes = workers(server)
    assert before.status == 200
    postgresql.kill()
    for _ in range(4):  # the page's heartbeat takes this for "no answer" and shows 旧数据 over the last figures
        away = ask(f"{server.url}/api/version")
        assert (away.status, away.code) == (503, "warehouse_away")
        assert away.seconds < 5
        assert away.headers["Retry-After"] == "5"
        assert ask(f"{server.url}/readyz").status == 503
        assert ask(f"{server.url}/healthz").status == 200
    postgresql.start()
    for _ in range(4):  # the very first request after the restart, in whichever process
        back = ask(f"{server.url}/api/version")
        assert (back.status, back.body) == (200, before.body)
    assert workers(server) == processes, "a web process died"


def test_r_06_a_restart_while_idle_is_not_noticed(killable_postgresql):
    postgresql, databases = killable_postgresql
    reader = open_warehouse(databases.create(), readonly=True)
    assert reader.reading.pool._pre_ping is True
    assert reader.data_version() == "0"
    postgresql.stop()
    postgresql.start()
    assert reader.data_version() == "0"
    reader.dispose()


def test_r_05_a_connection_that_breaks_while_rows_are_copied_is_one_more_try(killable_postgresql, monkeypatch):
    """The bulk path speaks to the driver itself; what breaks there must be known for an outage, too."""
    _, databases = killable_postgresql
    opened = open_warehouse(databases.create())
    declare_sources(opened)
    original, broken = psycopg.Copy.write, []

    def cut_once(copy, text):
        half = len(text) // 2
        original(copy, text[:half])
        if not broken:
            broken.append(copy.connection.info.backend_pid)
            databases.say(f"SELECT pg_terminate_backend({broken[0]})")
        original(copy, text[half:])

    monkeypatch.setattr(psycopg.Copy, "write", cut_once)
    assert opened.write(batch(1)).state == "done"
    assert broken, "it was cut"
    assert opened.read(select(func.count()).select_from(schema.observation))[0][0] == SERIES * PERIODS
    assert [row.state for row in opened.read(select(schema.load))] == ["done"]
    opened.dispose()
