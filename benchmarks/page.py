"""The wall in a real Chromium: bytes over the wire and time until all panels are drawn, cold and warm."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.report import Line
from data.settings import Settings
from tests.servers import CHROMIUM_FLAGS, LiveServer

MEGABYTE = 1e6
ALL_DRAWN = """() => {
  const panels = [...document.querySelectorAll('[data-asked] [data-panel]')].filter((p) => p.checkVisibility());
  return panels.length > 0 && panels.every((p) => p.dataset.version && !p.querySelector('.p-plot[data-waiting]'));
}"""


def cold_and_warm_page(settings: Settings, log: Path) -> list[Line]:
    """Return what a browser that knows nothing, and one that was here before, get and wait for."""
    server = LiveServer(settings, log)
    began = time.perf_counter()
    server.start()
    start_seconds = time.perf_counter() - began
    try:
        with sync_playwright() as playwright:
            executable = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            cold = _visit(context, server.url)
            warm = _visit(context, server.url)
            lines = [Line("server start until it answers", start_seconds, "s", most=5), *_page_lines(cold, warm)]
            lines.append(
                Line("memory of a web process (its own and its share)", _worker_megabytes(server), "MB", most=200)
            )
            browser.close()
    finally:
        server.stop()
    return lines


def _visit(context: BrowserContext, address: str) -> tuple[float, float]:
    """Return bytes received and seconds until every visible panel is drawn."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(f"{address}/wall/overview")
    page.wait_for_function(ALL_DRAWN, timeout=60_000)
    seconds = time.perf_counter() - began
    page.wait_for_timeout(1500)
    page.close()
    return sum(received), seconds


def _page_lines(cold: tuple[float, float], warm: tuple[float, float]) -> list[Line]:
    return [
        Line("cold page, compressed", cold[0] / MEGABYTE, "MB", most=1.2),
        Line("cold page, all panels drawn", cold[1], "s"),
        Line("warm page, compressed", warm[0] / MEGABYTE, "MB"),
        Line("warm page, all panels drawn", warm[1], "s"),
    ]


def _worker_megabytes(server: LiveServer) -> float:
    """Return the largest proportional set size among the web processes."""
    return max(_proportional(worker) for worker in psutil.Process(server.process_id).children()) / MEGABYTE


def _proportional(process: Any) -> float:  # noqa: ANN401 - psutil's named tuples differ by system
    return float(process.memory_full_info().pss)
