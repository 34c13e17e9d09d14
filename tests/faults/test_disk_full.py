"""R-07, R-08: a full disk. A load fails in words, nothing of it stays, reading goes on, and room heals."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import schema
from data.dialects import WarehouseUnavailableError
from data.settings import ROOT, Settings
from data.warehouse import open_warehouse
from tests.conftest import TODAY
from tests.data.loads import declare_sources
from tests.data.test_warehouse_faults import PERIODS, SERIES, batch
from tests.faults.asking import ask
from tests.faults.conftest import fill_a_little
from tests.servers import LiveServer


def load_until_full(opened):
    """Load edition after edition; return the number of those that were acknowledged and the failure."""
    for number in range(1, 200):
        try:
            report = opened.write(batch(number))
        except WarehouseUnavailableError as error:
            return number - 1, error
        assert report.state == "done"
    raise AssertionError("the disk did not get full")


def assert_whole(opened, editions):
    """Exactly ``editions`` loads are stored, each whole, and the ledger says so."""
    table = schema.observation
    assert [row[0] for row in opened.read(select(table.c.value).distinct())] == [float(editions)]
    assert opened.read(select(func.count()).select_from(table))[0][0] == SERIES * PERIODS
    history = opened.read(select(func.count()).select_from(schema.observation_history))[0][0]
    assert history == SERIES * PERIODS * (editions - 1)
    assert [row.state for row in opened.read(select(schema.load))] == ["done"] * editions
    if opened.dialect == "sqlite":
        with opened.reading.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def more_room(folder, mebibytes):
    subprocess.run(["mount", "-o", f"remount,size={mebibytes}m", str(folder)], check=True)


@pytest.mark.sqlite
def test_r_07_sqlite_on_a_full_disk(small_disk, web):
    folder = small_disk(3)
    url = f"sqlite:///{folder / 'onescreen.db'}"
    opened = open_warehouse(url)
    opened.migrate()
    declare_sources(opened)
    server = web(url)
    editions, error = load_until_full(opened)
    assert editions >= 1
    assert error.outage.code == "full"
    assert "the disk of the warehouse is full" in str(error)
    assert "磁盘已满" in str(error)
    assert_whole(opened, editions)
    version = ask(f"{server.url}/api/version")
    assert (version.status, opened.data_version() in version.body) == (200, True)
    assert load_again(opened, editions).outage.code == "full"  # still full, still nothing broken
    more_room(folder, 30)
    assert opened.write(batch(editions + 1)).state == "done"  # no restart of anything
    assert_whole(opened, editions + 1)
    assert opened.data_version() in ask(f"{server.url}/api/version").body
    opened.dispose()


def load_again(opened, editions):
    with pytest.raises(WarehouseUnavailableError) as raised:
        opened.write(batch(editions + 1))
    return raised.value


@pytest.mark.postgresql
def test_r_07_postgresql_in_a_full_tablespace(small_disk, killable_postgresql):
    postgresql, databases = killable_postgresql
    folder = small_disk(14, parent=postgresql.folder)
    shutil.chown(folder, *([postgresql.user] if postgresql.user else [os.getuid()]))
    Path(folder).chmod(0o700)
    databases.say(f"CREATE TABLESPACE small LOCATION '{folder}'")
    url = databases.create(tablespace="small")
    opened = open_warehouse(url)
    declare_sources(opened)
    editions, error = load_until_full(opened)
    assert (editions >= 1, error.outage.code) == (True, "full")
    assert_whole(opened, editions)
    more_room(folder, 60)
    assert opened.write(batch(editions + 1)).state == "done"
    assert_whole(opened, editions + 1)
    opened.dispose()
    databases.drop(url)
    databases.say("DROP TABLESPACE small")


@pytest.mark.sqlite
def test_r_07_refresh_ends_with_the_reason_and_succeeds_when_there_is_room(small_disk, tmp_path):
    folder, sources = small_disk(1), tmp_path / "sources"
    sources.mkdir()
    shutil.copyfile(ROOT / "data/sources/fed_h10.toml", sources / "fed_h10.toml")
    environment = os.environ | {
        "ONESCREEN_WAREHOUSE": f"sqlite:///{folder / 'onescreen.db'}", "ONESCREEN_SOURCES": str(sources),
    }  # fmt: skip
    command = [sys.executable, "-m", "data.refresh"]
    failed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert failed.returncode == 2
    assert "the disk of the warehouse is full" in failed.stderr
    assert "Traceback" not in failed.stderr
    more_room(folder, 30)
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr


@pytest.mark.sqlite
def test_r_08_a_full_disk_for_the_log_stops_no_request(small_disk, sqlite_files):
    """There is no audit yet whose failure would have to stop changes: nothing is changed through the web."""
    folder, url = small_disk(1), sqlite_files.create()
    fill_a_little(url)
    server = LiveServer(Settings(warehouse=url, today=TODAY), folder / "log")
    server.start()
    try:
        with contextlib.suppress(OSError), (folder / "filler").open("wb") as file:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        for _ in range(3):
            assert ask(f"{server.url}/api/version").status == 200
        opened = open_warehouse(url)
        with opened.writing.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE meta RENAME TO kept")
        for _ in range(5):  # each of these wants to write a traceback
            assert ask(f"{server.url}/api/version").status == 503
        with opened.writing.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE kept RENAME TO meta")
        opened.dispose()
        assert ask(f"{server.url}/api/version").status == 200
        assert ask(f"{server.url}/healthz").status == 200
    finally:
        server.kill()
