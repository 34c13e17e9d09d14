"""The command ``python -m tests.soak [--refreshes N] [--restarts N] [--outages N] [--database …]``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from data.settings import ROOT, Settings
from tests.databases import OwnServer, PostgresqlServer, own_server
from tests.servers import CHROMIUM_FLAGS, LiveServer
from tests.soak.measuring import Limits, findings, slope_per_thousand
from tests.soak.running import Breaker, Soak, longest_heartbeat_s

SAMPLES = 60


@contextmanager
def _warehouse(database: str, folder: Path) -> Iterator[tuple[str, OwnServer | None]]:
    """Give the URL of a filled warehouse, and its server if it has one."""
    if database == "sqlite":
        url = f"sqlite:///{folder / 'onescreen.db'}"
        _fill(url)
        yield url, None
        return
    server = own_server()
    try:
        url = PostgresqlServer(server.admin, "soak", lambda: None).create()
        _fill(url)
        yield url, server
    finally:
        server.remove()


def _fill(url: str) -> None:
    environment = os.environ | {"ONESCREEN_WAREHOUSE": url}
    subprocess.run(
        [sys.executable, "-m", "data.refresh"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )


def _interleaved(restarts: int, outages: int, server: LiveServer, database: OwnServer | None) -> list[Breaker]:
    """Return all outages in an order that spreads both kinds."""
    web = [Breaker("server restart", server.kill, server.start) for _ in range(restarts)]
    own = [] if database is None else [Breaker("database restart", database.kill, database.start)] * outages
    ordered = [((number + 0.5) / len(kind), each) for kind in (web, own) for number, each in enumerate(kind)]
    return [each for _, each in sorted(ordered, key=lambda pair: pair[0])]


def soak(options: argparse.Namespace) -> int:
    """Run it and print what was found; 1 if a limit was broken."""
    with tempfile.TemporaryDirectory() as folder, _warehouse(options.database, Path(folder)) as (url, database):
        server = LiveServer(Settings(warehouse=url), Path(folder) / "web.log")
        server.extra_environment["ONESCREEN_HEARTBEAT_S"] = str(options.heartbeat)
        server.start()
        try:
            with sync_playwright() as playwright:
                executable = shutil.which("chromium") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
                run = Soak(server, browser.new_page(viewport={"width": 1920, "height": 1080}), _say)
                run.open()
                breakers = _interleaved(options.restarts, options.outages, server, database)
                began = time.monotonic()
                try:
                    run.run(options.refreshes, breakers, max(1, options.refreshes // SAMPLES))
                except KeyboardInterrupt:
                    _say("interrupted; what follows is about the part that ran")
                return _report(run, time.monotonic() - began, options.heartbeat)
        finally:
            server.kill()


def _report(run: Soak, seconds: float, heartbeat_s: float) -> int:
    restarts = sum(outage.what == "server restart" for outage in run.outages)
    _say(f"{run.versions_seen} refreshes in {seconds:.0f} s; {restarts} server and "
         f"{len(run.outages) - restarts} database restarts")  # fmt: skip
    for name in ("heap_bytes", "nodes", "listeners"):
        _say(f"{name}: {slope_per_thousand(run.samples, name):,.0f} per 1,000 refreshes (Theil–Sen)")
    if run.outages:
        slowest = max(outage.announced_s for outage in run.outages)
        longest = max(outage.right_again_s for outage in run.outages)
        _say(f"outages announced after at most {slowest:.1f} s, right again at most {longest:.1f} s after their end")
    found = findings(run.samples, run.outages, Limits(), longest_heartbeat_s(heartbeat_s))
    for each in found or ["no limit was broken"]:
        _say(each)
    return 1 if found else 0


def _say(words: str) -> None:
    print(words, flush=True)


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--refreshes", type=int, default=4000)
    parser.add_argument("--restarts", type=int, default=5, help="of the web server")
    parser.add_argument("--outages", type=int, default=10, help="of the database; only PostgreSQL can be broken so")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--heartbeat", type=float, default=1.0, help="seconds between two looks of the page")
    return soak(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
