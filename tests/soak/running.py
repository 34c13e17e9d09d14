"""The soak itself: a wall that turns its pages while data come, and whatever stops and starts meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from data import schema
from data.periods import month_period
from data.warehouse import open_warehouse
from tests.callbacks.wall import AT_VERSION, BANNER, Watch
from tests.servers import LiveServer
from tests.soak.measuring import Gauge, Outage, Sample

# What is on the screen is drawn anew only where it changed.
OBSERVATION = schema.observation.c
OTHER_FIGURES = (
    update(schema.observation)
    .where(OBSERVATION.period.between(month_period(2025, 9), month_period(2026, 12)))
    .values(value=OBSERVATION.value * 1.001)
)
DWELL_S = 5  # the shortest the address allows
ALL_PAGES = """() => [...document.querySelectorAll(".w-page [data-panel]")].every((panel) => panel.dataset.version)"""
PATIENCE_S = 120


@dataclass
class Breaker:
    """Something that can be stopped and started again."""

    name: str
    stop: Callable[[], None]
    start: Callable[[], None]


@dataclass
class Soak:
    """One run. ``samples`` and ``outages`` are what came of it."""

    server: LiveServer
    page: Any
    say: Callable[[str], None] = print
    samples: list[Sample] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    versions_seen: int = 0

    def open(self) -> Watch:
        """Open the wall and wait until all its pages are there and each was shown once."""
        watch = Watch(self.page)
        watch.open(f"{self.server.url}/wall/overview?dwell={DWELL_S}")
        self.page.wait_for_function(ALL_PAGES, timeout=PATIENCE_S * 1000)
        pages = self.page.evaluate("document.querySelectorAll('.w-page').length")
        self.page.wait_for_timeout((pages + 1) * DWELL_S * 1000)
        return watch

    def run(self, refreshes: int, breakers: list[Breaker], sample_every: int) -> None:
        """Refresh so many times; the breakers take their turn at even distances; measure now and then."""
        gauge = Gauge(self.page)
        turns = {round((number + 1) * refreshes / (len(breakers) + 1)): each for number, each in enumerate(breakers)}
        for number in range(refreshes):
            if number % sample_every == 0:
                self._sample(gauge, number)
            if number in turns:
                self._break(turns[number])
            self._refresh()
        self._sample(gauge, refreshes)

    def _sample(self, gauge: Gauge, number: int) -> None:
        sample = gauge.read(number)
        self.samples.append(sample)
        self.say(
            f"{number:>6} refreshes  heap {sample.heap_bytes / 1e6:6.2f} MB  nodes {sample.nodes:7.0f}"
            f"  listeners {sample.listeners:5.0f}"
        )

    def _refresh(self) -> None:
        """Give the data another version and other figures, as a load does; wait until every panel shows them."""
        version = self._new_version()
        self.page.wait_for_function(AT_VERSION, arg=version, timeout=PATIENCE_S * 1000)
        self.versions_seen += 1

    def _new_version(self) -> str:
        warehouse = open_warehouse(self.server.settings.warehouse)
        try:
            with warehouse.changing() as (connection, _):
                connection.execute(OTHER_FIGURES)
            return warehouse.data_version()
        finally:
            warehouse.dispose()

    def _break(self, breaker: Breaker) -> None:
        began = time.monotonic()
        breaker.stop()
        self.page.wait_for_selector(BANNER, state="visible", timeout=PATIENCE_S * 1000)
        announced_s = time.monotonic() - began
        breaker.start()
        over = time.monotonic()
        version = self._new_version()
        self.page.wait_for_selector(BANNER, state="hidden", timeout=PATIENCE_S * 1000)
        self.page.wait_for_function(AT_VERSION, arg=version, timeout=PATIENCE_S * 1000)
        outage = Outage(breaker.name, announced_s, time.monotonic() - over)
        self.outages.append(outage)
        self.say(f"        {outage.what}: announced {announced_s:.1f} s, right again {outage.right_again_s:.1f} s")


def longest_heartbeat_s(heartbeat_s: float) -> float:
    """Return the longest time between two questions of the page: its period, a tenth more, and the time limit."""
    return heartbeat_s * 1.1 + min(5.0, heartbeat_s)
