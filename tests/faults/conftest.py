"""What the fault tests break: a PostgreSQL of their own, a small disk, a web server over a small warehouse."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from data.settings import Settings
from data.warehouse import open_warehouse
from tests.conftest import TODAY, found, missing
from tests.data.loads import declare_sources, fact, load
from tests.databases import DatabaseMissingError, PostgresqlServer, own_server
from tests.faults.asking import wait_for
from tests.servers import LiveServer


@pytest.fixture(scope="session")
def killable_postgresql():
    """A durable PostgreSQL of the tests' own and the maker of its databases; whoever stops it starts it again."""
    try:
        server = own_server()
    except DatabaseMissingError as error:
        missing["postgresql"] = str(error)
        pytest.skip(f"NOT TESTED ON A POSTGRESQL THAT DIES: {error}")
    databases = PostgresqlServer(server.admin, "killable", lambda: None)
    found.setdefault("postgresql", f"PostgreSQL {databases.version}, killed and restarted")
    yield server, databases
    server.remove()


@pytest.fixture
def small_disk(tmp_path):
    """Make a file system of so many MiB; only root can."""
    mounted: list[Path] = []

    def of(mebibytes, parent=tmp_path):
        folder = parent / f"disk{len(mounted)}"
        folder.mkdir()
        if os.geteuid() != 0 or shutil.which("mount") is None:
            pytest.skip("NOT TESTED: a full disk needs root, to mount a small file system")
        command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"NOT TESTED: a full disk cannot be made here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield of
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_a_little(url):
    """Put one figure into a warehouse, so that there is something to read."""
    opened = open_warehouse(url)
    declare_sources(opened)
    opened.write(load([fact(1.0)], content="first"))
    opened.dispose()


def workers(server):
    """The process ids of a web server's workers."""
    return {child.pid for child in psutil.Process(server.process_id).children()}


@pytest.fixture
def web(tmp_path):
    """Start gunicorn over a warehouse; it is stopped in the end."""
    servers = []

    def of(url, **settings):
        server = LiveServer(Settings(warehouse=url, today=TODAY, **settings), tmp_path / "web.log")
        servers.append(server)
        server.start()
        wait_for(lambda: len(workers(server)) == server.settings.workers, 60, "the start of all workers")
        return server

    yield of
    for server in servers:
        server.kill()
