"""R-13: a web process, or all of them, end as by kill -9."""

from __future__ import annotations

import configparser
import os
import signal
import socket
import threading
import time

import psutil
import pytest

from data.settings import ROOT
from tests.faults.asking import ask, wait_for
from tests.faults.conftest import fill_a_little, workers

pytestmark = pytest.mark.sqlite


@pytest.fixture
def server(sqlite_files, web):
    url = sqlite_files.create()
    fill_a_little(url)
    return web(url)


def test_r_13_kill_9_of_one_worker_costs_only_what_it_was_answering(server):
    before, answers, stop = workers(server), [], threading.Event()

    def keep_asking():
        while not stop.wait(0.02):  # fifty a second
            answers.append(ask(f"{server.url}/api/version").status)

    clients = [threading.Thread(target=keep_asking) for _ in range(4)]
    for client in clients:
        client.start()
    time.sleep(0.5)
    os.kill(min(before), signal.SIGKILL)
    took = wait_for(lambda: len(workers(server) - {min(before)}) == 2, 30, "a new worker")
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join()
    assert max(before) in workers(server), "the other worker lives"
    assert set(answers) <= {200, 0}
    assert answers.count(0) <= len(clients), "each client loses at most what was on its way"
    assert took < 15
    assert ask(f"{server.url}/api/version").status == 200


def test_r_13_kill_9_of_the_master_leaves_no_worker_and_no_taken_port(server):
    orphans = [psutil.Process(pid) for pid in workers(server)]
    os.kill(server.process_id, signal.SIGKILL)
    _, alive = psutil.wait_procs(orphans, timeout=10)
    assert alive == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0, "nobody listens any more"
    server.kill()
    server.start()  # on the same port
    assert ask(f"{server.url}/api/version").status == 200


def test_r_13_the_service_ends_and_starts_all_its_processes_together():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(ROOT / "deploy/onescreen-web.service", encoding="utf-8")
    service = unit["Service"]
    assert (service["KillMode"], service["Restart"]) == ("control-group", "always")
    assert float(service["RestartSec"]) <= 10
    program, _, config, target = service["ExecStart"].split()[:4]
    assert program.endswith("/gunicorn")
    assert (ROOT / config).is_file()
    assert target == "app:server"
