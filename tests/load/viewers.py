"""Viewers as plain connections: walls that ask for the version, readers that choose months; all in one event loop."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

CALLBACKS = "/_dash-update-component"
POLL_S, THINK_S = 10.0, 20.0
TIMEOUT_S = 60.0


@dataclass
class Tally:
    """What all viewers got: answers by status, seconds of each, and the last body of each question."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many answers were none, or a server's error."""
        return sum(count for status, count in self.statuses.items() if status == 0 or status >= 500)

    def percentile(self, share: float) -> float:
        """Return the seconds within which such a share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Viewer:
    """One browser: a kept connection, one question at a time (browsers send six at once; each would be a thread)."""

    def __init__(self, port: int, tally: Tally) -> None:
        self._port, self._tally = port, tally
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Ask, note how long it took, and return status and body; status 0 if there was no answer."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._exchange(path, body)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.close()
            answer = (0, b"")
        self._tally.statuses[answer[0]] += 1
        self._tally.seconds.append(time.perf_counter() - began)
        return answer

    async def _exchange(self, path: str, body: bytes | None) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        method = "GET" if body is None else "POST"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAccept-Encoding: br\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + (body or b""))
        await writer.drain()
        status, headers = _parsed(await reader.readuntil(b"\r\n\r\n"))
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return status, content

    def close(self) -> None:
        """Leave."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(":", 1) for line in lines if line]
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}


async def wall(viewer: Viewer, calls: Sequence[bytes], until: float) -> None:
    """Draw a wall once, then ask for the version as its heartbeat does."""
    await viewer.ask("/wall/overview")
    for call in calls:
        await viewer.ask(CALLBACKS, call)
    while time.monotonic() < until:
        await viewer.ask("/api/version")
        await asyncio.sleep(min(POLL_S, max(0.0, until - time.monotonic())))


async def reader(viewer: Viewer, screens: Sequence[Sequence[bytes]], until: float, chance: random.Random) -> None:
    """Open the overview, then choose one of the months again and again, with time to look at it."""
    await viewer.ask("/")
    while True:
        for call in chance.choice(screens):
            await viewer.ask(CALLBACKS, call)
        left = until - time.monotonic()
        if left <= 0:
            return
        await asyncio.sleep(min(left, THINK_S * (0.5 + chance.random())))


async def session_mix(
    port: int, viewers: int, seconds: float, wall_calls: Sequence[bytes], screens: Sequence[Sequence[bytes]]
) -> Tally:
    """Let so many viewers look for so long, four walls for each reader; they arrive over a third of the time."""
    tally, chance, until = Tally(), random.Random(7), time.monotonic() + seconds
    everybody = [Viewer(port, tally) for _ in range(viewers)]

    async def look(number: int, viewer: Viewer) -> None:
        await asyncio.sleep(chance.random() * seconds / 3)
        if number % 5:
            await wall(viewer, wall_calls, until)
        else:
            await reader(viewer, screens, until, chance)
        viewer.close()

    await asyncio.gather(*(look(number, viewer) for number, viewer in enumerate(everybody)))
    return tally


async def all_at_once(port: int, viewers: int, calls: Sequence[bytes]) -> tuple[Tally, set[tuple[bytes, ...]]]:
    """Let everybody open the same screen in the same moment; return also the different pictures they got."""
    tally, start, pictures = Tally(), asyncio.Event(), set()

    async def look(viewer: Viewer) -> None:
        await start.wait()
        await viewer.ask("/")
        pictures.add(tuple([(await viewer.ask(CALLBACKS, call))[1] for call in calls]))
        viewer.close()

    tasks = [asyncio.ensure_future(look(Viewer(port, tally))) for _ in range(viewers)]
    await asyncio.sleep(0)
    start.set()
    await asyncio.gather(*tasks)
    return tally, pictures
