"""``python -m data.refresh --watch`` as real processes: one leads, nothing is loaded twice or by half, all end well."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data import schema
from data.leases import LOADING, SCHEDULER, Lease, LeaseBusyError
from data.refresh import refresh
from data.refresh_plan import Wish
from data.runs import Reason
from data.settings import ROOT
from data.watch import Watch
from tests.data.test_refresh_drop_folder import drop
from tests.data.test_refresh_feeds import CHINA_2023, FETCH, GDP, REVISED, ROWS, House
from tests.data.watching import Watcher, until
from tests.fault_server import FaultServer, Reply

YEARLY = '\n[schedule]\ncron = "0 9 1 1 *"\nretries = { attempts = 2, wait_s = 0.5 }\nmax_run_s = '


SQLITE_ONLY = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what no database decides


@pytest.fixture
def server():
    with FaultServer() as opened:
        yield opened


@pytest.fixture
def house(tmp_path, warehouse_url):
    made = House(tmp_path, warehouse_url)
    made.settings = made.settings.model_copy(update={"today": None, "drop_folder": tmp_path / "drop", "lease_s": 2.0})
    made.settings.drop_folder.mkdir()
    return made


@pytest.fixture
def watchers(house):
    """Start watching processes; whatever is left of them is ended."""
    started = []

    def start(name="watch", **settings):
        started.append(Watcher(house, name, **settings))
        return started[-1]

    yield start
    for each in started:
        for process in each.runs():
            process.kill()
        each.kill()


def runs_of(house):
    return [(row.reason, row.outcome) for row in house.read(select(schema.run).order_by(schema.run.c.run_id))]


class Gate:
    """A service that lets one question wait until it is told to answer, and answers all others at once."""

    def __init__(self, server) -> None:
        self.asked, self.opened = threading.Event(), threading.Event()
        server.scripts["/gdp"] = self

    def __call__(self, _request):
        if not self.asked.is_set():
            self.asked.set()
            self.opened.wait(60)
        return Reply.csv(GDP)


def fed(house, server, max_run_s="60"):
    house.declare("world_bank_gdp", more=FETCH.format(address=server.address) + "tries = 1\n" + YEARLY + max_run_s)


def test_r_11_two_schedulers_one_works_and_the_other_takes_over_when_it_dies(house, watchers):
    house.declare("world_bank_gdp", more=YEARLY + "60")
    first = watchers("first")
    first.says("this process leads")
    second = watchers("second")
    second.says("standing by")
    first.says("world_bank_gdp: done")
    assert runs_of(house) == [("catch_up", "done")]
    first.kill()
    second.says("this process leads")
    inbox = drop(house, "world_bank_gdp", "revised.csv", GDP.replace(CHINA_2023, REVISED))
    second.says("world_bank_gdp: done")
    assert second.stop() == 0
    assert runs_of(house) == [("catch_up", "done"), ("drop", "done")], "the first one's work was not done again"
    assert [row.rows_revised for row in house.ledger()] == [0, 1]
    assert not (inbox / "revised.csv").exists()
    [token] = house.read(select(schema.lease.c.token).where(schema.lease.c.name == SCHEDULER))
    assert token[0] == 2


def test_r_11_a_leader_that_was_stopped_cannot_store_what_it_had_begun(house, watchers, server):
    gate = Gate(server)
    fed(house, server)
    first = watchers("first")
    until(gate.asked.is_set, "the question", first.log)
    second = watchers("second")
    second.says("standing by")
    processes = first.runs()
    first.freeze(processes)
    second.says("this process leads")
    second.says("world_bank_gdp: done")
    assert [row.rows_new for row in house.ledger()] == [ROWS]
    before = house.state()
    gate.opened.set()
    first.signal(signal.SIGCONT, processes)
    first.says("no longer leading")
    first.says("standing by")
    until(lambda: not first.runs(), "the end of its run")
    assert [row.state for row in house.ledger()] == ["done"], "its answer was refused"
    assert house.state() == before
    outcomes = [outcome for _, outcome in runs_of(house)]
    assert outcomes == ["interrupted", "done"]
    assert (second.stop(), first.stop()) == (0, 0)


def test_r_11_the_token_is_checked_inside_the_transaction_of_the_load(house, server):
    """The same without signals: the lease is taken over between the answer and the commit."""
    thief = Lease(house.settings.warehouse, LOADING, 0.5)
    gate = Gate(server)
    fed(house, server)
    failed = []

    def load():
        try:
            refresh(house.settings)
        except Exception as error:  # noqa: BLE001 - looked at below
            failed.append(type(error).__name__)

    loading = threading.Thread(target=load)
    loading.start()
    until(gate.asked.is_set, "the question")
    with thief._warehouse.writing.begin() as connection:
        row = schema.lease.update().where(schema.lease.c.name == LOADING)
        connection.execute(row.values(holder="thief", token=schema.lease.c.token + 1))
    gate.opened.set()
    loading.join(60)
    assert failed == ["LeaseLostError"]
    assert house.count(schema.observation) == 0
    assert house.ledger() == []
    thief.close()


@SQLITE_ONLY
def test_r_14_sigterm_ends_a_run_and_leaves_no_half_load(house, watchers, server):
    gate = Gate(server)
    fed(house, server)
    watcher = watchers()
    until(gate.asked.is_set, "the question", watcher.log)
    began = time.monotonic()
    assert watcher.stop() == 0
    assert time.monotonic() - began < 20
    gate.opened.set()
    assert house.count(schema.observation) == 0
    assert runs_of(house) == [("catch_up", "interrupted")]
    assert house.read(select(func.count()).select_from(schema.lease).where(schema.lease.c.holder != "")) == [(0,)]
    again = watchers("again")
    again.says("world_bank_gdp: done")
    assert runs_of(house)[-1] == ("retry", "done")
    assert again.stop() == 0


@SQLITE_ONLY
def test_l_15_a_run_beyond_its_time_is_killed_and_marked_and_not_stacked(house, watchers, server):
    server.scripts["/gdp"] = [Reply(hang_s=50)]
    fed(house, server, max_run_s="6")
    watcher = watchers()
    watcher.says("longer than 6 s, ended", times=2)
    watcher.says("world_bank_gdp: timeout", times=2)
    assert [outcome for _, outcome in runs_of(house)] == ["timeout", "timeout"], "two attempts, one after the other"
    spans = house.read(select(schema.run.c.started_at, schema.run.c.finished_at).order_by(schema.run.c.run_id))
    assert spans[0].finished_at <= spans[1].started_at
    assert house.count(schema.observation) == 0
    assert watcher.stop() == 0


@SQLITE_ONLY
def test_l_14_a_service_that_is_away_is_asked_twice_and_one_that_refuses_once(house, watchers, server):
    fed(house, server)
    text = (house.sources / "world_bank_gdp.toml").read_text(encoding="utf-8").replace("/gdp", "/gone")
    house.declare("gone", text.replace('code = "world_bank_gdp"', 'code = "gone"'))
    server.scripts["/gdp"] = [Reply(b"sorry", 503, {"Content-Type": "text/plain"})]
    server.scripts["/gone"] = [Reply(b"gone", 404, {"Content-Type": "text/plain"})]
    watcher = watchers()
    watcher.says("world_bank_gdp: failed.*503", times=2)
    watcher.says("gone: failed.*404")
    watcher.says("world_bank_gdp: next at 20..-01-01 09:00")
    assert watcher.stop() == 0
    assert sorted(request.path for request in server.requests) == ["/gdp", "/gdp", "/gone"]
    found = house.read(select(schema.run).order_by(schema.run.c.run_id))
    assert sorted((row.source_code, row.attempt, row.transient) for row in found) == [
        ("gone", 1, False), ("world_bank_gdp", 1, True), ("world_bank_gdp", 2, True),
    ]  # fmt: skip


def test_two_schedulers_started_at_once_load_each_file_once(house, watchers):
    house.declare("world_bank_gdp", more=YEARLY + "60")
    house.declare("fed_h10", more=YEARLY + "60")
    both = [watchers("one"), watchers("two")]

    def logs():
        return "\n".join(each.log() for each in both)

    until(lambda: "fed_h10: done" in logs() and "world_bank_gdp: done" in logs(), "the loads", logs)
    assert logs().count("this process leads") == 1
    assert sorted(runs_of(house)) == [("catch_up", "done")] * 2
    assert [each.stop() for each in both] == [0, 0]


@SQLITE_ONLY
def test_a_refresh_by_hand_waits_for_the_one_that_loads(house, server):
    house.declare("world_bank_gdp")
    with Lease(house.settings.warehouse, LOADING, 2.0) as busy:
        busy.take(1.0)
        with pytest.raises(LeaseBusyError):
            refresh(house.settings, patience_s=0.3)
        assert house.ledger() == []
        said = []

        def end_soon(holder):
            said.append(holder)
            busy.release()

        assert [each.state for each in refresh(house.settings, on_wait=end_soon).reports] == ["done"]
        assert said == [busy.me]
    assert runs_of(house) == [("manual", "done")]


@SQLITE_ONLY
def test_what_another_process_has_done_meanwhile_is_not_done_again(house, server):
    server.scripts["/gdp"] = [Reply.csv(GDP)]
    fed(house, server)
    refresh(house.settings)
    wish = Wish(frozenset({"world_bank_gdp"}), reason=Reason.SCHEDULE)
    assert refresh(house.settings, wish=wish).asked == 0
    assert refresh(house.settings, wish=Wish(frozenset({"world_bank_gdp"}))).asked == 1, "by hand it is asked"
    assert refresh(house.settings, wish=Wish(force=True)).asked == 1
    assert refresh(house.settings).asked == 0, "and not while it is not due"
    assert runs_of(house) == [("manual", "done"), ("manual", "unchanged"), ("manual", "unchanged")]


@pytest.mark.sqlite
def test_t_01_a_jump_of_the_clock_is_noticed_and_all_is_planned_anew(tmp_path, sqlite_files, caplog):
    house = House(tmp_path, sqlite_files.create())
    house.declare("world_bank_gdp", more=YEARLY + "60")
    refresh(house.settings)
    wall = [time.time()]
    settings = house.settings.model_copy(update={"language": "en"})
    watching = Watch(settings, wall=lambda: wall[0], steady=lambda: 0.0)
    watching.scheduler.start(paused=True)
    watching._look_around()
    [job] = watching.scheduler.get_jobs()
    before = job.next_run_time
    wall[0] += 2 * 86400
    watching._look_around()
    assert "jumped by 172800 s" in caplog.text
    [job] = watching.scheduler.get_jobs()
    assert job.next_run_time.timestamp() - before.timestamp() == pytest.approx(2 * 86400, abs=60)
    caplog.clear()
    watching._look_around()
    assert "jumped" not in caplog.text
    watching._end()


@pytest.mark.postgresql
def test_t_01_the_leader_says_that_its_clock_is_not_that_of_the_database(tmp_path, postgresql_server, caplog):
    house = House(tmp_path, postgresql_server.create())
    house.declare("world_bank_gdp", more=YEARLY + "60")
    watching = Watch(house.settings.model_copy(update={"language": "en"}))
    watching.warehouse._clock = lambda: datetime.now(UTC) + timedelta(minutes=5)
    watching.scheduler.start(paused=True)
    watching._look_around()
    watching._look_around()
    assert caplog.text.count("the database's clock is -300 s from this machine's") == 1
    watching._end()


@SQLITE_ONLY
def test_a_mistake_in_a_declaration_is_said_and_the_ones_before_stay(house, watchers):
    house.declare("world_bank_gdp", more=YEARLY + "60")
    watcher = watchers()
    watcher.says("world_bank_gdp: done")
    house.declare("world_bank_gdp", more=YEARLY + "-1")
    watcher.says("the ones before stay.*max_run_s")
    house.declare("world_bank_gdp", more=YEARLY.replace("1 1", "1 2") + "60")
    watcher.says("world_bank_gdp: next at 20..-02-01 09:00")
    assert watcher.stop() == 0


@SQLITE_ONLY
def test_a_mistake_at_the_start_ends_with_2(house, watchers):
    house.declare("world_bank_gdp", more=YEARLY + "-1")
    watcher = watchers()
    assert watcher.process.wait(60) == 2
    assert "world_bank_gdp.toml: schedule.max_run_s" in watcher.log()


def test_r_12_the_web_processes_know_no_scheduler(filled_settings):
    program = (
        "import sys, json; import app, data.source_status;"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules} & {'apscheduler'})"
        " + sorted(name for name in sys.modules if name.startswith(('data.watch', 'data.refresh')))))"
    )
    environment = os.environ | {"ONESCREEN_WAREHOUSE": filled_settings.warehouse}
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == []


TOLD = "from data.clock import SHANGHAI; from datetime import datetime; print(datetime(2026, 1, 1, tzinfo=SHANGHAI))"


def test_t_07_without_the_systems_time_zones_the_packages_are_used():
    environment = os.environ | {"PYTHONTZPATH": ""}
    run = subprocess.run([sys.executable, "-c", TOLD], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.stdout.strip() == "2026-01-01 00:00:00+08:00", run.stderr


def test_t_07_without_any_time_zones_the_start_says_what_to_do():
    program = f"import sys; sys.modules['tzdata'] = None; {TOLD}"
    environment = os.environ | {"PYTHONTZPATH": ""}
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert "pip install tzdata" in run.stderr.splitlines()[-1]
