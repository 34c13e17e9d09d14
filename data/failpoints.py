"""Places where a load can be made to fail, so that tests can break it at every step.

``checkpoint(name)`` does nothing unless ``ONESCREEN_FAIL_AT=n`` is set: then the n-th checkpoint of the process
raises ``InjectedFailureError``, or with ``ONESCREEN_FAIL_HARD=1`` ends the process at once, as ``kill -9`` would.
"""

from __future__ import annotations

import os

KILLED = 137


class InjectedFailureError(Exception):
    """Raised by a checkpoint on request of a test."""


_passed = 0


def checkpoint(name: str) -> None:
    """Mark a step of a load."""
    fail_at = os.environ.get("ONESCREEN_FAIL_AT")
    if fail_at is not None:
        _count(name, int(fail_at))


def restart_count() -> None:
    """Count from the beginning again."""
    global _passed
    _passed = 0


def _count(name: str, fail_at: int) -> None:
    global _passed
    _passed += 1
    if _passed != fail_at:
        return
    if os.environ.get("ONESCREEN_FAIL_HARD") == "1":
        os._exit(KILLED)
    raise InjectedFailureError(f"checkpoint {fail_at}: {name}")
