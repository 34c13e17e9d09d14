"""The file of a long load on SQLite: gone with its process, or swept by the next refresh."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from data.refresh import refresh
from data.settings import ROOT
from data.staging_files import staging_file, sweep
from data.warehouse import open_warehouse
from tests.data.test_refresh import small_settings

pytestmark = pytest.mark.sqlite

KILLED = """
import os, signal, sys
from pathlib import Path
from data.staging_files import staging_file
with staging_file(Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def leave_one_behind(folder):
    """Kill a process in the moment in which its file has a name; return the file."""
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = folder.glob(".staging-*")
    return left


def test_r_02_a_refresh_sweeps_what_a_killed_load_left_and_only_that(tmp_path):
    left = leave_one_behind(tmp_path)
    stranger = tmp_path / ".staging.txt"
    stranger.touch()
    with staging_file(tmp_path) as held:
        summary = refresh(small_settings(tmp_path, "world_bank_gdp"))
        names = {path.name for path in tmp_path.glob(".staging*")}
    assert summary.failed == []
    assert names == {stranger.name, held.rpartition("/")[2]}
    assert not left.exists()
    assert [path.name for path in tmp_path.glob(".staging*")] == [stranger.name]


def test_a_file_that_is_swept_between_two_looks_is_no_error(tmp_path):
    left = leave_one_behind(tmp_path)
    assert sweep(tmp_path) == [left]
    assert sweep(tmp_path) == []
    with staging_file(tmp_path) as name:
        (tmp_path / name.rpartition("/")[2]).unlink()


def test_a_long_load_has_no_name_beside_the_warehouse_and_its_room_comes_free(tmp_path):
    warehouse = open_warehouse(f"sqlite:///{tmp_path / 'w.db'}")
    warehouse.migrate()
    with warehouse.staging() as staging:
        staging.connection.exec_driver_sql(
            "INSERT INTO staged (position, series_id, period, place, raw) VALUES (1, 2, 3, '', '')"
        )
        assert list(tmp_path.glob(".staging-*")) == []
    warehouse.dispose()
