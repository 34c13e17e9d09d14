"""A MariaDB for tests: installed on this machine, started in a folder of its own, on a socket, unprivileged."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from tests.databases import START_TIMEOUT_S, DatabaseMissingError

PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin"


class MariadbServer:
    """The server. ``owner(database)`` is the URL of an account that may do everything."""

    def __init__(self) -> None:
        program = shutil.which("mariadbd", path=PLACES)
        maker = shutil.which("mariadb-install-db", path=PLACES)
        if program is None or maker is None:
            raise DatabaseMissingError("no MariaDB; install it with: apt-get install mariadb-server")
        self.program, self._folder = program, Path(tempfile.mkdtemp(prefix="onescreen-my-"))
        user = self._unprivileged_user()
        if user is not None:
            shutil.chown(self._folder, user)
        self._socket = self._folder / "socket"
        run = {"user": user, "cwd": self._folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        data = ["--no-defaults", f"--datadir={self._folder / 'data'}"]
        subprocess.run([maker, *data, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, **run)
        quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--skip-networking"]
        self._server = subprocess.Popen(
            [program, *data, *quick, f"--socket={self._socket}", f"--pid-file={self._folder / 'pid'}"],
            start_new_session=True,
            **run,
        )
        self._wait()
        self.version = self.say("SELECT version()")

    @staticmethod
    def _unprivileged_user() -> str | None:
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return "mysql" if "mysql" in known else "nobody"

    def url(self, user: str, database: str, password: str | None = None) -> str:
        """The URL of an account."""
        query = {"unix_socket": str(self._socket)}
        made = URL.create("mysql", username=user, password=password, database=database, query=query)
        return made.render_as_string(hide_password=False)

    def owner(self, database: str = "mysql") -> str:
        """The URL of the account that may do everything."""
        return self.url("root", database).replace("mysql://", "mysql+pymysql://")

    def say(self, *statements: str, database: str = "mysql") -> str:
        """Run statements as the owner; return the first value of the last answer, as text."""
        engine = create_engine(self.owner(database), poolclass=NullPool)
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(text(statement))
            return str(result.scalar()) if result.returns_rows else ""

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            with socket.socket(socket.AF_UNIX) as probe:  # the driver leaves a socket open when it cannot connect
                if probe.connect_ex(str(self._socket)) == 0:
                    return
            if self._server.poll() is not None or time.monotonic() > deadline:
                self._server.kill()
                raise DatabaseMissingError("MariaDB did not start")
            time.sleep(0.1)

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self._server.terminate()
        try:
            self._server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
