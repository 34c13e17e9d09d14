"""The file beside an SQLite warehouse in which a long load waits: it loses its name as soon as SQLite has it open.

So its room comes free when the connection ends, whatever happens. Only a kill in the moment between making it and
taking its name away leaves it behind; ``sweep`` removes such a one, and leaves what a living process holds.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX, SUFFIX = ".staging-", ".db"


@contextmanager
def staging_file(folder: Path) -> Iterator[str]:
    """Give the name of a new, empty file, which is taken away at the end; meanwhile it is held by a lock."""
    descriptor, name = tempfile.mkstemp(suffix=SUFFIX, prefix=PREFIX, dir=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # SQLite's own locks are of another kind
        yield name
    finally:
        Path(name).unlink(missing_ok=True)
        os.close(descriptor)


def sweep(folder: Path) -> list[Path]:
    """Remove the files of processes that are gone; return what was removed."""
    left = [path for path in folder.glob(f"{PREFIX}*{SUFFIX}") if path.is_file() and not _is_held(path)]
    for path in left:
        path.unlink(missing_ok=True)
    return left


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False  # its process has just taken it away
    return False
