"""What a page holds after a garbage collection, and whether that grows: slopes that a few odd samples do not move."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import combinations
from typing import Any

MEGABYTE = 1e6
COUNTED = {"JSHeapUsedSize": "heap_bytes", "Nodes": "nodes", "JSEventListeners": "listeners"}


@dataclass(frozen=True)
class Sample:
    """What the browser counts for a page, after so many refreshes."""

    refreshes: int
    heap_bytes: float
    nodes: float
    listeners: float


class Gauge:
    """Reads a page's heap, nodes and listeners through the DevTools protocol, after collecting garbage."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")
        self._session.send("HeapProfiler.enable")

    def read(self, refreshes: int) -> Sample:
        """Collect garbage twice (the first round frees what finalizers held) and count."""
        for _ in range(2):
            self._session.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in self._session.send("Performance.getMetrics")["metrics"]}
        return Sample(refreshes, **{name: found[metric] for metric, name in COUNTED.items()})


def slope_per_thousand(samples: list[Sample], name: str) -> float:
    """Return the Theil–Sen slope of a quantity per thousand refreshes: the median of the slopes of all pairs."""
    pairs = [(one, other) for one, other in combinations(samples, 2) if one.refreshes != other.refreshes]
    if not pairs:
        raise ValueError("a slope needs samples after two different numbers of refreshes")
    slopes = [(getattr(other, name) - getattr(one, name)) / (other.refreshes - one.refreshes) for one, other in pairs]
    return 1000 * statistics.median(slopes)


@dataclass(frozen=True)
class Limits:
    """The most that may grow per thousand refreshes, and the most an outage may take to be seen and to be over."""

    heap_bytes: float = 1 * MEGABYTE
    nodes: float = 50
    listeners: float = 20
    announced_heartbeats: float = 2
    right_again_s: float = 30


@dataclass(frozen=True)
class Outage:
    """One outage: what stopped, seconds until the page said so, and seconds from its end to the right figures."""

    what: str
    announced_s: float
    right_again_s: float


def findings(samples: list[Sample], outages: list[Outage], limits: Limits, longest_heartbeat_s: float) -> list[str]:
    """Return in words what breaks a limit; nothing if all is well.

    ``longest_heartbeat_s`` is the longest time between two questions of the page, with the time an answer may take.
    """
    found = []
    for name in COUNTED.values():
        slope, most = slope_per_thousand(samples, name), getattr(limits, name)
        if slope > most:
            found.append(f"{name} grows by {slope:,.0f} per 1,000 refreshes, at most {most:,.0f} are allowed")
    for outage in outages:
        beats = outage.announced_s / longest_heartbeat_s
        if beats > limits.announced_heartbeats:
            found.append(f"{outage.what}: announced only after {outage.announced_s:.1f} s")
        if outage.right_again_s > limits.right_again_s:
            found.append(f"{outage.what}: right again only {outage.right_again_s:.1f} s after its end")
    return found
