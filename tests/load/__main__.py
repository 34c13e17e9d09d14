"""``python -m tests.load [--viewers 500] [--seconds 300]``: P-01 and P-02 at full size, with their times."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from app import create_app
from data.settings import ROOT, Settings
from tests.load.sessions import screen_calls
from tests.load.viewers import Tally, all_at_once, session_mix
from tests.servers import LiveServer

MONTHS = [f"{2023 + number // 12}-{number % 12 + 1:02d}" for number in range(1, 30)]


def main() -> int:
    """Fill a warehouse, let the viewers come, print what they got; 1 if anybody got an error."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--viewers", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(warehouse=f"sqlite:///{Path(folder) / 'onescreen.db'}")
        fill = [sys.executable, "-m", "data.refresh"]
        environment = {"ONESCREEN_WAREHOUSE": settings.warehouse, "PATH": "/usr/bin:/bin"}
        subprocess.run(fill, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        server = LiveServer(settings, Path(folder) / "web.log")
        server.start()
        try:
            return _measure(server, settings, options.viewers, options.seconds)
        finally:
            server.stop()


def _measure(server: LiveServer, settings: Settings, viewers: int, seconds: float) -> int:
    app = create_app(settings)
    wall = screen_calls(app, "/wall/overview", "")
    screens = [screen_calls(app, "/", f"period={month}") for month in MONTHS]
    began = time.monotonic()
    reloads, pictures = asyncio.run(all_at_once(server.port, viewers, screens[0]))
    print(f"P-02 {viewers} at once: drained in {time.monotonic() - began:.1f} s, {len(pictures)} picture(s)")
    _say("P-02", reloads, server)
    mix = asyncio.run(session_mix(server.port, viewers, seconds, wall, screens))
    _say("P-01", mix, server)
    return int(bool(reloads.errors or mix.errors))


def _say(row: str, tally: Tally, server: LiveServer) -> None:
    times = ", ".join(f"p{share * 100:g} {tally.percentile(share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99))
    print(f"{row} {sum(tally.statuses.values())} answers {dict(tally.statuses)}, {tally.errors} errors, {times}")
    processes = [psutil.Process(server.process_id), *psutil.Process(server.process_id).children()]
    megabytes = sum(process.memory_full_info().pss for process in processes) / 1e6
    print(f"{row} memory of all web processes {megabytes:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
