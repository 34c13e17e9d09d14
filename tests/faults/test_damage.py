"""R-18, R-20: a schema of another version, a migration that is killed, a file that is damaged."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, select, text

from app import create_app
from data import dialects, schema
from data.dialects import Patience, WarehouseUnavailableError
from data.refresh import refresh
from data.schema import metadata
from data.settings import ROOT, Settings
from data.warehouse import open_warehouse
from tests.conftest import TODAY
from tests.data.loads import declare_sources, fact, load
from tests.data.test_refresh import small_settings
from tests.data.test_warehouse_faults import SEED, batch
from tests.faults.conftest import fill_a_little

# ---


def test_r_18_a_newer_schema_is_refused_with_what_to_do_and_not_touched(warehouse_url):
    opened = open_warehouse(warehouse_url)
    with opened.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SystemExit, match=r"written by a newer one.*更新版本"):
        create_app(Settings(warehouse=warehouse_url, today=TODAY))
    with pytest.raises(Exception, match=r"Install that version, or restore a backup"):
        opened.migrate()
    with opened.reading.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    opened.dispose()


def test_r_18_an_older_schema_is_not_served_before_it_was_brought_up(warehouse_url):
    opened = open_warehouse(warehouse_url)
    with opened.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SystemExit, match=r"python -m data\.refresh"):
        create_app(Settings(warehouse=warehouse_url, today=TODAY))
    opened.dispose()


def _migrate(url, pipe):
    opened = open_warehouse(url)
    pipe.send("ready")
    opened.migrate()
    pipe.send("done")


def kill_a_migration(url, delay_s):
    """Begin a migration in a process of its own and kill it; tell whether it had ended."""
    forking = multiprocessing.get_context("fork")  # a new Python would take longer to start than to migrate
    here, there = forking.Pipe()
    migrating = forking.Process(target=_migrate, args=(url, there))
    migrating.start()
    assert here.recv() == "ready"
    ended = here.poll(delay_s)
    migrating.kill()
    migrating.join()
    here.close()
    there.close()
    return ended


def test_r_18_a_migration_killed_at_any_moment_leaves_all_tables_or_none(database, tmp_path):
    """Twenty kills on SQLite, fewer on PostgreSQL, where each needs a database of its own as well."""
    delay, cut, whole = random.Random(SEED), 0, {*metadata.tables, "alembic_version"}
    for number in range(20 if database.name == "sqlite" else 6):
        is_file = database.name == "sqlite"
        url = f"sqlite:///{tmp_path / f'{number}.db'}" if is_file else database.create_empty()
        ended = kill_a_migration(url, delay.uniform(0, 0.15))
        opened = open_warehouse(url)
        with opened.writing.connect() as connection:
            tables = set(inspect(connection).get_table_names())
        assert tables in (set(), whole), f"half a schema (TEST_SEED={SEED})"
        assert tables == whole or not ended, "an acknowledged migration is lost"
        cut += not ended
        opened.migrate()
        opened.check_schema()
        opened.dispose()
        if not is_file:
            database.drop(url)
    assert cut, "at least one was killed before its end"


# ---


@pytest.fixture
def damaged(tmp_path):
    """A warehouse file, big enough to have inner pages, a page of which is overwritten; and a whole copy."""
    path = tmp_path / "onescreen.db"
    opened = open_warehouse(f"sqlite:///{path}")
    opened.migrate()
    declare_sources(opened)
    opened.write(batch(1))
    opened.settle()
    opened.dispose()
    shutil.copyfile(path, tmp_path / "backup.db")
    spoil(path)
    return path


def spoil(path):
    """Overwrite what lies in the middle of the file."""
    with Path(path).open("r+b") as file:
        size = Path(path).stat().st_size
        for page in range(size // 4096 // 2, size // 4096 // 2 + 6):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


@pytest.mark.sqlite
def test_r_20_a_damaged_file_is_found_at_the_start_with_what_to_do(damaged, tmp_path):
    settings = Settings(warehouse=f"sqlite:///{damaged}", today=TODAY)
    with pytest.raises(SystemExit, match=r"the warehouse file is damaged.*restore a backup.*python -m data\.refresh"):
        create_app(settings)
    with pytest.raises(SystemExit, match=r"数据仓库文件已损坏.*恢复备份"):
        create_app(settings)
    shutil.copyfile(tmp_path / "backup.db", damaged)  # what the words say
    assert (
        create_app(settings).server.test_client().get("/api/version", headers={"Host": "localhost"}).status_code == 200
    )


@pytest.mark.sqlite
def test_r_20_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    path = tmp_path / "onescreen.db"
    path.write_bytes(b"this is a letter, not a database" * 400)
    with pytest.raises(SystemExit, match=r"the warehouse file is damaged"):
        create_app(Settings(warehouse=f"sqlite:///{path}", today=TODAY))
    with pytest.raises(WarehouseUnavailableError, match=r"the warehouse file is damaged"):
        refresh(Settings(warehouse=f"sqlite:///{path}", today=TODAY))
    assert path.read_bytes().startswith(b"this is a letter")


@pytest.mark.sqlite
def test_r_20_damage_while_serving_is_said_and_writes_nothing(sqlite_files):
    url = sqlite_files.create()
    fill_a_little(url)
    app = create_app(Settings(warehouse=url, today=TODAY))
    client, headers = app.server.test_client(), {"Host": "localhost"}
    assert client.get("/api/version", headers=headers).status_code == 200
    path = Path(make_url(url).database)
    # The disk goes bad under it; a process that asks what it does not remember meets that.
    app.server.extensions["onescreen"].warehouse.dispose()
    path.write_bytes(b"\xa5" * path.stat().st_size)
    answer = client.get("/readyz", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (503, "warehouse_damaged")
    assert "恢复备份" in answer.json["message"]
    assert client.get("/healthz", headers=headers).status_code == 200
    opened = open_warehouse(url)
    with pytest.raises(WarehouseUnavailableError, match=r"the warehouse file is damaged"):
        opened.write(load([fact(2.0)], content="b"))
    opened.dispose()
    assert set(path.read_bytes()) == {0xA5}


@pytest.mark.sqlite
def test_r_20_a_loader_looks_at_its_file_before_it_writes_into_it(damaged, tmp_path):
    """Where the damage lies in pages a load does not touch, it would go on storing into a broken file."""
    settings = small_settings(tmp_path, "fed_h10", warehouse=f"sqlite:///{damaged}")
    with pytest.raises(WarehouseUnavailableError, match=r"the warehouse file is damaged.*restore a backup"):
        refresh(settings)
    opened = open_warehouse(settings.warehouse, readonly=True)
    assert [row.source_code for row in opened.read(select(schema.load))] == ["real"], "nothing was stored"
    opened.dispose()
    own = {"ONESCREEN_WAREHOUSE": settings.warehouse, "ONESCREEN_SOURCES": str(settings.sources)}
    command = [sys.executable, "-m", "data.refresh", "--watch"]
    watching = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, timeout=300)
    assert watching.returncode == 2
    assert "数据仓库文件已损坏" in watching.stderr
    shutil.copyfile(tmp_path / "backup.db", damaged)
    assert not refresh(settings).failed


@pytest.mark.sqlite
def test_r_20_the_look_through_a_large_file_has_an_end(damaged, monkeypatch):
    monkeypatch.setattr(dialects, "_PROGRESS_STEPS", 1)
    reader = open_warehouse(f"sqlite:///{damaged}", readonly=True, patience=Patience(check_s=0.0))
    reader.check_file()  # nothing was looked at, and nothing is claimed
    reader.check_schema()  # and the connection works as before
    reader.dispose()
