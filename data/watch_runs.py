"""A run as the watching process starts it: a process of its own, with a time budget, that can be ended any moment."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from data import runs
from data.by_hand import BUSY
from data.clock import clock_for
from data.dialects import READ_ERRORS
from data.due import after_failure, attempt_of
from data.leases import LeaseLostError
from data.loaders.source import Source
from data.runs import Ending, Outcome, Reason
from data.settings import ROOT, Settings
from data.warehouse import Warehouse
from data.watch_words import say

GRACE_S = 8.0  # to roll back and give the lease back; both together stay below 20 s
KEPT_OUTPUT = 2000


@dataclass
class Runner:
    """Starts runs, one at a time."""

    settings: Settings
    warehouse: Warehouse
    ending: threading.Event
    _child: subprocess.Popen[bytes] | None = None
    _alive: int = -1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, source: Source, reason: Reason, limit_s: float) -> bool:
        """Run a source and say how it ended; ``False`` if it could not begin."""
        say(self, "starts", source=source.code, reason=reason.value)
        began = time.monotonic()
        child = self._start(source, reason)
        if child is None:
            return False
        try:
            _, told = child.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            told = self._end_for_time(child, source, reason, limit_s)
        finally:
            with self._lock:
                self._child = None
                os.close(self._alive)
        if self.ending.is_set():
            return True
        return self._say_outcome(source, child, told, time.monotonic() - began)

    def stop(self) -> None:
        """End the run that is going on: in order if it can, at once if not."""
        with self._lock:
            child = self._child
        if child is not None:
            _end(child)

    def _start(self, source: Source, reason: Reason) -> subprocess.Popen[bytes] | None:
        command = [sys.executable, "-m", "data.refresh", "--source", source.code, "--because", reason.value]
        with self._lock:
            if self.ending.is_set():
                return None
            # Its own session: Ctrl-C is for this process, which ends its runs in order. Should this one die, the run
            # sees the end of its input and ends itself.
            reading, self._alive = os.pipe()
            try:
                self._child = subprocess.Popen(  # noqa: S603 - this Python, this program
                    command,
                    cwd=ROOT,
                    stdin=reading,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            finally:
                os.close(reading)
            return self._child

    def _end_for_time(self, child: subprocess.Popen[bytes], source: Source, reason: Reason, limit_s: float) -> bytes:
        say(self, "timeout", level=logging.ERROR, source=source.code, seconds=limit_s)
        _end(child)
        try:
            self._note_timeout(child, source, reason, limit_s)
        except LeaseLostError:  # this process was stopped itself: whoever leads now decides
            return b""
        return b""

    def _note_timeout(self, child: subprocess.Popen[bytes], source: Source, reason: Reason, limit_s: float) -> None:
        """Note that the run was ended for its time; a slow source may be quicker at the next attempt."""
        now = clock_for(self.settings.today).now()
        holder = f"{socket.gethostname()}:{child.pid}"
        ending = Ending(Outcome.TIMEOUT, f"longer than {limit_s:.0f} s / 运行超时", transient=True)
        run_id = runs.end_for_time(self.warehouse, source.code, reason, holder, ending, now=now, limit_s=limit_s)
        if source.schedule is not None:
            attempt = attempt_of(source.schedule, runs.history(self.warehouse, source.code, now), now) - 1
            runs.set_next_due(self.warehouse, run_id, after_failure(source.schedule, True, max(attempt, 1), now))

    def _say_outcome(self, source: Source, child: subprocess.Popen[bytes], told: bytes, seconds: float) -> bool:
        if child.returncode == BUSY:
            say(self, "busy", source=source.code)
            return False
        outcome, error = self._noted(source)
        words = error or told.decode("utf-8", "replace").strip()[-KEPT_OUTPUT:]
        is_well = outcome in {each.value for each in runs.GOOD}
        reason = "" if is_well or not words else f": {' '.join(words.split())}"
        level = logging.INFO if is_well else logging.ERROR
        say(self, "ended", level=level, source=source.code, outcome=outcome, seconds=seconds, error=reason)
        return child.returncode in (0, 1) or outcome == Outcome.TIMEOUT.value

    def _noted(self, source: Source) -> tuple[str, str]:
        try:
            row = runs.last(self.warehouse, source.code)
        except READ_ERRORS as error:
            return "?", str(error)
        return ("?", "") if row is None else (row.outcome, row.error)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a process and everything in its session."""
    for number, wait_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
        try:
            os.killpg(child.pid, number)
            child.wait(timeout=wait_s)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
