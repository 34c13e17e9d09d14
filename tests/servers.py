"""A real web server (gunicorn) in a process group of its own, for browser and fault tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from data.settings import ROOT, Settings

START_TIMEOUT_S = 60.0
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveServer:
    """``gunicorn app:server`` over a warehouse; keeps its port over restarts."""

    def __init__(self, settings: Settings, log: Path, root: Path = ROOT) -> None:
        self.settings = settings
        self.root = root
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.extra_environment: dict[str, str] = {}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until ``/healthz`` answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "app:server"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.root, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready()

    @property
    def process_id(self) -> int:
        """The process id of gunicorn's master."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """The environment of the server: nothing of the person's own settings, all of the test's."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("ONESCREEN_")}
        own = {
            "ONESCREEN_WAREHOUSE": self.settings.warehouse,
            "ONESCREEN_SIMULATED": "on" if self.settings.simulated else "off",
            "ONESCREEN_PORT": str(self.port),
            "ONESCREEN_TODAY": str(self.settings.today or ""),
            "ONESCREEN_HEARTBEAT_S": "1",
        }
        return outside | own | self.extra_environment

    def wait_until_ready(self) -> None:
        """Wait for the first answer; show the log if the process ends before."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    answer.read()
                    return
            except (urllib.error.URLError, OSError):
                if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the server did not start:\n{self.log()[-4000:]}") from None
                time.sleep(0.1)

    def log(self) -> str:
        """Return everything the server wrote."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """End it as a system does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop all its processes without ending them: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let frozen processes go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._signal(number)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
