"""The drop folder as the watching process sees it: which sources have a finished file, each named once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.loaders.drop_folder import DropFolder
from data.loaders.reachable import HANGS, UNUSABLE, Outpost, is_usable
from data.loaders.source import Source
from data.settings import Settings

PAUSE_S = 10.0  # before a source is run again whose files were left where they are


@dataclass
class Drops:
    """Remembers which files still change, which sources wait for their run, and whether the folder answers."""

    settings: Settings
    waiting: set[str] = field(default_factory=set)
    ended: dict[str, float] = field(default_factory=dict)
    outpost: Outpost = field(default_factory=Outpost)
    folder: DropFolder | None = None
    _known: DropFolder | None = None

    def look(self) -> str:
        """Look for the folder before a scan; return why it cannot be used just now, empty if it can."""
        path = self.settings.drop_folder
        self.folder = None
        if path is None:
            return ""
        if self.outpost.hangs(path):
            return HANGS
        if not is_usable(path):
            return UNUSABLE
        self.folder = self._known = self._known or DropFolder(path)
        return ""

    def arrived(self, sources: Sequence[Source]) -> list[Source]:
        """Return the sources with a finished file that do not wait for a run already."""
        found = [source for source in sources if not source.simulated and self._has_arrived(source)]
        self.waiting |= {source.code for source in found}
        return found

    def _has_arrived(self, source: Source) -> bool:
        rested = time.monotonic() - self.ended.get(source.code, -PAUSE_S) >= PAUSE_S
        if self.folder is None or source.code in self.waiting or not rested:
            return False
        try:
            return any(True for _ in self.folder.waiting(source))
        except OSError:
            return True  # its run says what is wrong with it

    def taken(self, source: Source) -> None:
        """Note that the run of a source has ended."""
        self.ended[source.code] = time.monotonic()
        self.waiting.discard(source.code)
