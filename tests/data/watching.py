"""Watching processes for tests: real ones, whose log is read while they run."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from data.dialects import Patience
from data.settings import ROOT
from data.warehouse import open_warehouse

PATIENCE_S = 90.0  # the machine may be busy; nothing here is measured


def until(true, what, log=lambda: ""):
    """Wait until something is true; return it."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not happen:\n{log()}"
        time.sleep(0.05)
    return found


class Watcher:
    """``python -m data.refresh --watch`` over the warehouse of a ``House``."""

    def __init__(self, house, name="watch", **settings) -> None:
        self._url = house.settings.warehouse
        self._log = Path(house.folder / f"{name}.log")
        own = {
            "ONESCREEN_WAREHOUSE": house.settings.warehouse, "ONESCREEN_SOURCES": str(house.sources),
            "ONESCREEN_DOWNLOADS": str(house.settings.downloads), "ONESCREEN_SIMULATED": "off",
            "ONESCREEN_LEASE_S": "2", "ONESCREEN_SCAN_S": "0.2", "ONESCREEN_LANGUAGE": "en",
        }  # fmt: skip
        if house.settings.drop_folder is not None:
            own["ONESCREEN_DROP_FOLDER"] = str(house.settings.drop_folder)
        command = [sys.executable, "-m", "data.refresh", "--watch"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | own | settings, stdout=log, stderr=log, start_new_session=True
            )

    def log(self):
        return self._log.read_text(encoding="utf-8", errors="replace")

    def says(self, words, times=1):
        """Wait until the log holds a text (a regular expression) so many times."""
        until(lambda: len(re.findall(words, self.log())) >= times, f"{words!r}", self.log)

    def runs(self):
        """Return the processes of the run that is going on."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def signal(self, number, processes=()):
        """Send a signal to the process and to others, those of them that are still there."""
        for each in (self.process.pid, *(process.pid for process in processes)):
            with contextlib.suppress(ProcessLookupError):  # once it goes on, a leader ends its run itself
                os.kill(each, number)

    def freeze(self, processes=()):
        """Stop it and others between two transactions: who is stopped inside one keeps its lock for good."""
        until(lambda: self._is_frozen_without_lock(processes), "a stop between two transactions", self.log)

    def _is_frozen_without_lock(self, processes):
        self.signal(signal.SIGSTOP, processes)
        opened = open_warehouse(self._url, patience=Patience(writer_s=0.5))
        try:
            with opened.writing.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("LOCK TABLE lease IN SHARE ROW EXCLUSIVE MODE NOWAIT"))
                return True
        except OperationalError:
            self.signal(signal.SIGCONT, processes)
            return False
        finally:
            opened.dispose()

    def kill(self):
        """End it as a power cut does, whatever state it is in."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End it in order; return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)
