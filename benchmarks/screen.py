"""The planners' overview beside the plain app at a million observations, taking turns in one run.

Filter change to the last change on the screen, first visit, bytes, CPU of the server per refresh, SQL, memory. The
two take turns at everything, so that whatever else the machine does hits both. Where the plain app can be served in
two ways (as Dash sends it, or with ``compress=True``) the better one of the two counts.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.million import grow
from benchmarks.report import Line
from benchmarks.statements import sql_of_screen
from data.settings import ROOT, Settings
from tests.servers import CHROMIUM_FLAGS, LiveServer

SIZE = {"width": 1440, "height": 900}
VISITS, CHANGES, REFRESHES = 5, 8, 20
KILO, MEGA = 1e3, 1e6
CALLBACKS = "/_dash-update-component"
QUIET_MS = 1500
# Both apps are watched in the same way: callbacks on their way, and the last change of anything in a panel or in the
# row of key figures.
WATCH = """
window.watched = { open: 0, last: 0 };
const plain = window.fetch;
window.fetch = (...request) => {
  const url = String(request[0] && request[0].url ? request[0].url : request[0]);
  if (!url.includes("_dash-update-component")) return plain(...request);
  window.watched.open += 1;
  return plain(...request).finally(() => { window.watched.open -= 1; window.watched.last = performance.now(); });
};
new MutationObserver((changes) => {
  const own = ({ target }) => { const at = target.closest ? target : target.parentElement;
    return at && at.closest("[data-panel], .panel, .d-stats, #key-figures"); };
  if (changes.some(own)) window.watched.last = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""
SETTLED = f"(began) => watched.open === 0 && watched.last > began && performance.now() - watched.last > {QUIET_MS}"
OURS_DRAWN = """() => { const all = [...document.querySelectorAll("[data-panel]")];
  return all.length > 9 && all.every((panel) => panel.dataset.version && panel.dataset.state !== "error"
    && !panel.querySelector(".p-plot[data-waiting]")); }"""
PLAIN_DRAWN = """() => { const all = [...document.querySelectorAll(".panel")];
  return all.length > 9 && all.every((panel) => panel.querySelector(".main-svg")); }"""


@dataclass
class Side:
    """One of the two apps: where it answers, how it is told a month, when it is drawn, and what was measured."""

    name: str
    url: str
    process_id: int
    store: str
    prop: str
    choice: str
    drawn: str

    def page(self, browser: Browser) -> Page:
        """Return a page nobody has been on, which notes what happens."""
        page = browser.new_context(viewport=SIZE).new_page()
        page.add_init_script(WATCH)
        return page


@dataclass(frozen=True)
class Seen:
    """Milliseconds until the last change on the screen, bytes over the wire, and the callbacks that were sent."""

    ms: float
    received: float
    bodies: tuple[str, ...]


class PlainServer(LiveServer):
    """gunicorn over the plain app, with as many processes and threads as ours."""

    command = (
        *("-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "64", "--preload"),
        *("--keep-alive", "30", "--no-control-socket", "--log-level", "warning"),
    )

    def start(self) -> None:
        """Start and wait for the first page."""
        bind = ["--bind", f"127.0.0.1:{self.port}", "benchmarks.plain_app.app:server"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.command, *bind],
                **{"cwd": ROOT, "env": self.environment(), "stdout": log, "stderr": log, "start_new_session": True},
            )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                httpx.get(self.url, timeout=5).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.2)
            else:
                return
        raise SystemExit(f"the plain app did not start:\n{self.log()[-2000:]}")


def screen_beside_plain(settings: Settings, folder: Path) -> list[Line]:
    """Measure everything that is measured beside the plain app."""
    database = folder / "million.db"
    held = grow(Path(settings.warehouse.removeprefix("sqlite:///")), database)
    lines = [Line("observations", held, "")]
    own = settings.model_copy(update={"warehouse": f"sqlite:///{database}"})
    with _servers(own, database, folder) as (ours, plain, packed), _browser() as browser:
        lines += _first_visits(browser, ours, plain, packed)
        changed, bodies = _filter_changes(browser, ours, plain)
        lines += changed
        lines += _refreshes(ours, plain, bodies, database)
        lines += _memory(ours, plain)
    return [*lines, *sql_of_screen(own, bodies["ours"])]


@contextmanager
def _servers(settings: Settings, database: Path, folder: Path) -> Iterator[tuple[Side, Side, Side]]:
    ours = LiveServer(settings, folder / "ours.log")
    ours.extra_environment["ONESCREEN_HEARTBEAT_S"] = "10"
    plain, packed = PlainServer(settings, folder / "plain.log"), PlainServer(settings, folder / "packed.log")
    plain.extra_environment["PLAIN_DATABASE"] = str(database)
    packed.extra_environment.update(PLAIN_DATABASE=str(database), PLAIN_COMPRESS="on")
    try:
        for server in (ours, plain, packed):
            server.start()
        yield (
            Side("ours", ours.url, ours.process_id, "filter-choice", "data", "period={month}#1", OURS_DRAWN),
            Side("plain", plain.url, plain.process_id, "period", "value", "{month}", PLAIN_DRAWN),
            Side("plain, compress=True", packed.url, packed.process_id, "period", "value", "{month}", PLAIN_DRAWN),
        )
    finally:
        for server in (ours, plain, packed):
            server.stop()


@contextmanager
def _browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Wire:
    """What a page receives and which callbacks it sends, from now on."""

    def __init__(self, page: Page) -> None:
        self.received = 0.0
        self.bodies: list[str] = []
        self._addresses: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    def reset(self) -> None:
        """Count from zero."""
        self.received, self.bodies = 0.0, []

    def _sent(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]
        if CALLBACKS in event["request"]["url"]:
            self.bodies.append(event["request"].get("postData", ""))

    def _finished(self, event: dict[str, Any]) -> None:
        if "/api/version" not in self._addresses.get(event["requestId"], ""):
            self.received += event["encodedDataLength"]


def _visit(browser: Browser, side: Side) -> Seen:
    """Open the overview in a browser that knows nothing, and wait until nothing changes any more."""
    page = side.page(browser)
    wire = Wire(page)
    page.goto(side.url, wait_until="commit")
    page.wait_for_function(side.drawn, timeout=120_000)
    page.wait_for_function(SETTLED, arg=0, timeout=120_000)
    seen = Seen(page.evaluate("watched.last"), wire.received, tuple(wire.bodies))
    page.context.close()
    return seen


def _first_visits(browser: Browser, ours: Side, plain: Side, packed: Side) -> list[Line]:
    seen: dict[str, list[Seen]] = {side.name: [] for side in (ours, plain, packed)}
    for _ in range(VISITS):
        for side in (ours, plain, packed):
            seen[side.name].append(_visit(browser, side))
    time_of = {name: statistics.median(each.ms for each in visits) for name, visits in seen.items()}
    bytes_of = {name: statistics.median(each.received for each in visits) for name, visits in seen.items()}
    best_time = min(time_of[plain.name], time_of[packed.name])
    best_bytes = min(bytes_of[plain.name], bytes_of[packed.name])
    note_ms = ", ".join(f"{name} {value:.0f} ms" for name, value in time_of.items())
    note_mb = ", ".join(f"{name} {value / MEGA:.2f} MB" for name, value in bytes_of.items())
    return [
        Line("first visit, until drawn", time_of["ours"] / best_time, "×", most=0.5, note=note_ms),
        Line("first visit, bytes", bytes_of["ours"] / best_bytes, "×", most=0.2, note=note_mb),
        Line("first visit, bytes, over Dash as it comes", bytes_of["ours"] / bytes_of[plain.name], "×"),
    ]


def _filter_changes(browser: Browser, ours: Side, plain: Side) -> tuple[list[Line], dict[str, list[str]]]:
    """Choose another month again and again, never the same twice: nothing that was worked out is of use."""
    opened, wires, seen = {}, {}, {ours.name: list[Seen](), plain.name: list[Seen]()}
    bodies: dict[str, list[str]] = {}
    for side in (ours, plain):
        opened[side.name] = side.page(browser)
        wires[side.name] = Wire(opened[side.name])
        opened[side.name].goto(side.url)
        opened[side.name].wait_for_function(side.drawn, timeout=120_000)
        opened[side.name].wait_for_function(SETTLED, arg=0, timeout=120_000)
        bodies[side.name] = _refresh_bodies(opened[side.name], wires[side.name])
    for number in range(CHANGES):
        month = f"{2025 - number // 12}-{12 - number % 12:02d}"
        for side in (ours, plain):
            seen[side.name].append(_change(opened[side.name], wires[side.name], side, month))
    for page in opened.values():
        page.context.close()
    ms = {name: statistics.median(each.ms for each in changes) for name, changes in seen.items()}
    kilobytes = {name: statistics.median(each.received for each in changes) / KILO for name, changes in seen.items()}
    note = f"{ms['ours']:.0f} ms, plain {ms['plain']:.0f} ms"
    return [
        Line("filter change to all panels redrawn", ms["ours"] / ms["plain"], "×", most=0.5, note=note),
        Line("bytes of a filter change", kilobytes["ours"], "kB", most=32, note=f"plain {kilobytes['plain']:.0f} kB"),
    ], bodies


def _refresh_bodies(page: Page, wire: Wire) -> list[str]:
    """Return the callbacks a page sends when it hears of new data."""
    wire.reset()
    began = page.evaluate(
        "() => { const began = performance.now(); dash_clientside.set_props('tick', { data: 'news' }); return began; }"
    )
    page.wait_for_function(SETTLED, arg=began, timeout=120_000)
    return list(wire.bodies)


def _change(page: Page, wire: Wire, side: Side, month: str) -> Seen:
    wire.reset()
    began = page.evaluate(
        "([store, prop, month]) => { const began = performance.now();"
        " window.dash_clientside.set_props(store, { [prop]: month }); return began; }",
        [side.store, side.prop, side.choice.format(month=month)],
    )
    page.wait_for_function(SETTLED, arg=began, timeout=120_000)
    return Seen(page.evaluate("watched.last") - began, wire.received, tuple(wire.bodies))


def _refreshes(ours: Side, plain: Side, bodies: dict[str, list[str]], database: Path) -> list[Line]:
    """Let one client refresh the whole screen many times: after a load each time, and without one."""
    cpu: dict[str, list[float]] = {"after a load": [], "plain": [], "kept": []}
    clients = {side.name: httpx.Client(base_url=side.url, timeout=60) for side in (ours, plain)}
    for number in range(REFRESHES):
        _bump(database, number)
        cpu["after a load"].append(_cpu_ms(ours, clients["ours"], bodies["ours"]))
        cpu["plain"].append(_cpu_ms(plain, clients["plain"], bodies["plain"]))
        cpu["kept"].append(_cpu_ms(ours, clients["ours"], bodies["ours"]))
    for client in clients.values():
        client.close()
    mean = {name: statistics.fmean(values) for name, values in cpu.items()}  # a process counts in steps of 10 ms
    return [
        Line("CPU of the server per refresh", mean["kept"], "ms", most=40, note=f"plain {mean['plain']:.0f} ms"),
        Line("CPU of the server per refresh, over plain", mean["kept"] / mean["plain"], "×", most=1 / 15),
        Line("CPU of the first refresh after a load", mean["after a load"], "ms", most=40, note="one per process"),
        Line("CPU of the first refresh, over plain", mean["after a load"] / mean["plain"], "×", most=1 / 15),
    ]


def _bump(database: Path, number: int) -> None:
    """Give the data another version, as a load does."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'data_version'", (f"{900_000 + number}.0",))


def _cpu_ms(side: Side, client: httpx.Client, bodies: Sequence[str]) -> float:
    """Return the CPU milliseconds of the server while all bodies are answered, one after the other."""
    before = _cpu_s(side.process_id)
    headers = {"Content-Type": "application/json", "Accept-Encoding": "br, gzip"}
    for body in bodies:
        client.post(CALLBACKS, content=body, headers=headers).raise_for_status()
    return (_cpu_s(side.process_id) - before) * 1000


def _cpu_s(process_id: int) -> float:
    """Return the CPU seconds of a server's processes, from the scheduler's own account where there is one."""
    master = psutil.Process(process_id)
    return sum(_account(process) for process in [master, *master.children()])


def _account(process: psutil.Process) -> float:
    tasks = Path(f"/proc/{process.pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
    except (OSError, IndexError, ValueError):
        times = process.cpu_times()
        return float(times.user + times.system)


def _memory(ours: Side, plain: Side) -> list[Line]:
    mb = {side.name: _worker_mb(side.process_id) for side in (ours, plain)}
    note = f"{mb['ours']:.0f} MB, plain {mb['plain']:.0f} MB"
    return [Line("memory of a web process", mb["ours"] / mb["plain"], "×", most=1.2, note=note)]


def _worker_mb(process_id: int) -> float:
    """Return the largest proportional set size of the web processes."""
    workers = psutil.Process(process_id).children()
    return max(float(worker.memory_full_info().pss) for worker in workers) / MEGA
