"""What ``make run`` starts: web server and scheduler begin and end together; the systemd units end whole groups."""

from __future__ import annotations

import configparser
import os
import shlex
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from data.settings import ROOT
from tests.data.test_watch import YEARLY
from tests.data.watching import until
from tests.servers import free_port

pytestmark = pytest.mark.sqlite


class Pair:
    """``python -m deploy.run`` over a warehouse of one source."""

    def __init__(self, folder) -> None:
        sources, self.port = folder / "sources", free_port()
        sources.mkdir()
        bundled = (ROOT / "data/sources/world_bank_gdp.toml").read_text(encoding="utf-8")
        text = bundled.partition("[schedule]")[0] + YEARLY + "60\n"
        (sources / "world_bank_gdp.toml").write_text(text, encoding="utf-8")
        self._log = folder / "log"
        own = {
            "ONESCREEN_WAREHOUSE": f"sqlite:///{folder / 'small.db'}", "ONESCREEN_SOURCES": str(sources),
            "ONESCREEN_PORT": str(self.port), "ONESCREEN_SIMULATED": "off", "ONESCREEN_LANGUAGE": "en",
            "ONESCREEN_WORKERS": "1", "ONESCREEN_LEASE_S": "2", "ONESCREEN_SCAN_S": "0.2",
        }  # fmt: skip
        subprocess.run([sys.executable, "-m", "data.refresh"], cwd=ROOT, env=os.environ | own, check=True)
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "deploy.run"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log)
        until(lambda: "OneScreen is ready" in self.log() and "this process leads" in self.log(), "the start", self.log)
        self.all = psutil.Process(self.process.pid).children(recursive=True)

    def log(self):
        return self._log.read_text(encoding="utf-8", errors="replace")

    def scheduler(self):
        [found] = [each for each in self.all if "--watch" in each.cmdline()]
        return found

    def is_all_gone(self):
        with socket.socket() as probe:
            is_free = probe.connect_ex(("127.0.0.1", self.port)) != 0
        return is_free and not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in self.all)


@pytest.fixture
def pair(tmp_path):
    made = Pair(tmp_path)
    yield made
    for each in made.all:
        if each.is_running():
            each.kill()
    made.process.kill()
    made.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_end_both_end_and_the_port_is_free(number, pair):
    pair.process.send_signal(number)
    assert pair.process.wait(timeout=60) == 0, pair.log()
    assert pair.is_all_gone()
    assert "watching ends" in pair.log()
    assert "Traceback" not in pair.log()


def test_when_one_of_them_dies_the_other_ends_and_the_exit_code_says_so(pair):
    pair.scheduler().kill()
    assert pair.process.wait(timeout=60) == -signal.SIGKILL % 256
    assert "OneScreen ends: -m data.refresh ended with exit code -9" in pair.log()
    assert pair.is_all_gone()


@pytest.mark.parametrize(("unit", "words"), [("web", "app:server"), ("scheduler", "--watch")])
def test_r_13_r_14_the_units_end_whole_groups(unit, words):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read(ROOT / f"deploy/systemd/onescreen-{unit}.service", encoding="utf-8")
    service = parser["Service"]
    assert service["KillMode"] == "control-group"
    assert int(service["TimeoutStopSec"]) >= 20
    assert service["Restart"] == "always"
    assert words in shlex.split(service["ExecStart"])
