"""Whether a folder answers: one on a network drive may hold up for good whoever looks at it (F-20).

So somebody else looks first: a child, which can be left behind. As long as it is stuck, and for a while after a look
that did not end, nobody goes near the folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 10.0
RESTS = 3  # times the limit, until the next look
# Two levels, as the drop folder has them. What cannot be read there is an answer, too.
_LOOK = """
import os, sys
def look(folder, then):
    try:
        for each in os.scandir(folder):
            then(each)
    except OSError:
        pass
def inbox(each):
    if each.is_dir(follow_symlinks=False):
        look(each.path, lambda one: one.stat(follow_symlinks=False))
look(sys.argv[1], inbox)
"""


@dataclass
class Outpost:
    """Looks at a folder from a safe distance. Keep one object, so that no more than one child is ever stuck."""

    limit_s: float = LIMIT_S
    _stuck: subprocess.Popen[bytes] | None = None
    _rests_until: float = 0.0

    def hangs(self, folder: Path) -> bool:
        """Tell whether looking at a folder takes longer than the limit, or did so a little while ago."""
        if self._is_stuck() or time.monotonic() < self._rests_until:
            return True
        command = [sys.executable, "-I", "-S", "-c", _LOOK, str(folder)]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - this Python, this program
        try:
            child.wait(self.limit_s)
        except subprocess.TimeoutExpired:
            self._leave(child)
            return True
        return False

    def _is_stuck(self) -> bool:
        if self._stuck is not None and self._stuck.poll() is not None:
            self._stuck = None
        return self._stuck is not None

    def _leave(self, child: subprocess.Popen[bytes]) -> None:
        self._rests_until = time.monotonic() + RESTS * self.limit_s
        child.kill()
        try:
            child.wait(1)
        except subprocess.TimeoutExpired:
            self._stuck = child  # it does not hear the signal before the drive answers


def is_usable(folder: Path) -> bool:
    """Tell whether a folder is there and can be read and written; a drive that went away fails every question."""
    try:
        return folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except OSError:
        return False


HANGS = "it does not answer; look at the network drive / 收件夹无应答，请检查网络盘"
UNUSABLE = "there is no such folder, or it cannot be written / 文件夹不存在或不可写"
