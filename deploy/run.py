"""What ``make run`` starts: the web server and the scheduler, two processes that begin and end together.

Ends when it is told to (Ctrl-C, SIGTERM: exit code 0) or when one of the two ends by itself: then the other is ended
as well, and its exit code is this one's (1 if it ended with 0, because it was meant to stay).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRACE_S = 25.0  # both need less than 20 s to end in order
COMMANDS = (
    [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "app:server"],
    [sys.executable, "-m", "data.refresh", "--watch"],
)


def main() -> int:
    """Start both, wait, end both."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: told.set())
    # Sessions of their own: Ctrl-C reaches this process alone, which ends them in order.
    both = [subprocess.Popen(command, cwd=ROOT, start_new_session=True) for command in COMMANDS]  # noqa: S603
    try:
        while not told.wait(0.2):
            ended = [each for each in both if each.poll() is not None]
            if ended:
                name = " ".join(map(str, COMMANDS[both.index(ended[0])][1:3]))
                sys.stderr.write(f"OneScreen ends: {name} ended with exit code {ended[0].returncode}\n")
                return ended[0].returncode or 1
        return 0
    finally:
        end(both)


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End processes in order, and those that do not, with all they started, at once."""
    for each in processes:
        each.terminate()
    deadline = time.monotonic() + GRACE_S
    for each in processes:
        try:
            each.wait(timeout=max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(each.pid, signal.SIGKILL)
            each.wait()


if __name__ == "__main__":
    sys.exit(main())
