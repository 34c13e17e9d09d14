"""The nemesis: it kills, stops and restarts loaders and readers, the database and the disk, by a seed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from pathlib import Path

from tests.databases import OwnServer

Start = Callable[[], ForkProcess]


class Nemesis:
    """Does one random harm after another to the actors; ``starts`` starts one again that was killed."""

    def __init__(self, chance: random.Random, actors: dict[str, ForkProcess], starts: dict[str, Start]) -> None:
        self._chance, self._actors, self._starts = chance, actors, starts
        self.done: dict[str, int] = {}
        self._often: tuple[str, ...] = ()
        self._harms: dict[str, Callable[[], None]] = {"kill": self._kill, "stop": self._stop}

    def may_restart(self, server: OwnServer) -> None:
        """Let it kill the database, too."""
        self._harms["restart"] = lambda: self._restart(server)
        self._often = ("kill", "stop") * 2  # it takes seconds to come back

    def may_fill(self, disk: Path) -> None:
        """Let it fill the disk for a moment, too."""
        self._harms["fill"] = lambda: self._fill(disk)

    def strike(self) -> None:
        """Do one harm."""
        name = self._chance.choice([*sorted(self._harms), *self._often])
        self._harms[name]()
        self.done[name] = self.done.get(name, 0) + 1

    def _anybody(self) -> str:
        # Loaders are struck more often: they have more to lose.
        return self._chance.choice([name for name in sorted(self._actors) for _ in range(1 + 2 * ("loader" in name))])

    def _kill(self) -> None:
        name = self._anybody()
        self._actors[name].kill()
        self._actors[name].join()
        self._actors[name] = self._starts[name]()

    def _stop(self) -> None:
        process = self._actors[self._anybody()].pid
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)
            time.sleep(self._chance.uniform(0.05, 0.5))
            os.kill(process, signal.SIGCONT)

    def _restart(self, server: OwnServer) -> None:
        server.kill()
        time.sleep(self._chance.uniform(0, 0.3))
        server.start()

    def _fill(self, disk: Path) -> None:
        filler = disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        time.sleep(self._chance.uniform(0.1, 0.4))
        filler.unlink(missing_ok=True)
