"""The first fill and the start after it, in processes of their own: seconds, memory, size."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Line
from data.settings import ROOT, Settings

MEGABYTE = 1e6


def first_fill(settings: Settings) -> list[Line]:
    """Fill an empty warehouse, then start again with nothing to do."""
    seconds, megabytes = _refresh(settings)
    again_seconds, _ = _refresh(settings)
    size = Path(settings.warehouse.removeprefix("sqlite:///")).stat().st_size / MEGABYTE
    return [
        Line("first fill", seconds, "s"),
        Line("first fill, most memory of the process", megabytes, "MB"),
        Line("warehouse file after it", size, "MB"),
        Line("refresh with nothing new", again_seconds, "s", most=5),
    ]


def _refresh(settings: Settings) -> tuple[float, float]:
    """Return wall seconds and the largest resident set (MB) of one ``python -m data.refresh``."""
    environment = os.environ | {"ONESCREEN_WAREHOUSE": settings.warehouse}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "data.refresh"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the refresh failed with exit code {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss * 1024 / MEGABYTE
