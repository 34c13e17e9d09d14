"""The command ``python -m tests.chaos SECONDS [--seed N] [--database sqlite|postgresql] [--broken half]``."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from pathlib import Path

from data.warehouse import Warehouse, open_warehouse
from tests.chaos.actors import BROKEN, loader, look, reader
from tests.chaos.checker import read_history, violations
from tests.chaos.nemesis import Nemesis
from tests.data.loads import declare_sources
from tests.databases import OwnServer, PostgresqlServer, own_server

LOADERS, READERS = 2, 3
LEAST_LOADS, PATIENCE_S = 20, 60.0
FORKING = multiprocessing.get_context("fork")  # everything is imported once


@contextmanager
def _place(database: str, folder: Path, seconds: float) -> Iterator[tuple[str, OwnServer | None, Path | None]]:
    """Give the URL of an empty warehouse, its server if it has one, and its disk if that is small."""
    if database == "postgresql":
        server = own_server()
        try:
            yield PostgresqlServer(server.admin, "chaos", lambda: None).create(), server, None
        finally:
            server.remove()
        return
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={96 + int(seconds)}m", "tmpfs", str(disk)]
    is_small = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield f"sqlite:///{disk / 'onescreen.db'}", None, disk if is_small else None
    finally:
        if is_small:
            subprocess.run(["umount", "-l", str(disk)], check=True)


def run(seconds: float, seed: int, database: str, broken: str) -> int:
    """Run it and print what was done and found; 1 if an invariant was broken."""
    folder = Path(tempfile.mkdtemp(prefix="onescreen-chaos-"))
    chance = random.Random(seed)
    with _place(database, folder, seconds) as (url, server, disk):
        opened = open_warehouse(url)
        opened.migrate()
        declare_sources(opened)
        opened.dispose()
        nemesis = _let_loose(seconds, chance, url, folder, server, disk, broken)
        lines, found = read_history(folder), _checked(opened, folder)
    shutil.rmtree(folder, ignore_errors=True)
    told = Counter(line["op"] for line in lines)
    states = Counter(line["state"] for line in lines if line["op"] == "loaded")
    print(f"seed {seed}, {database}: nemesis {nemesis.done}; {dict(told)}; loads {dict(states)}")
    for text in found[:20]:
        print(f"VIOLATED {text}")
    print(f"{len(found)} violations" if found else "all invariants hold")
    return 1 if found else 0


def _let_loose(
    seconds: float, chance: random.Random, url: str, folder: Path, server: OwnServer | None, disk: Path | None,
    broken: str,
) -> Nemesis:  # fmt: skip
    began = time.time()

    def start(name: str) -> ForkProcess:
        given = (
            (url, folder, name, chance.randrange(1 << 30), broken, began) if "loader" in name else (url, folder, name)
        )
        process = FORKING.Process(target=loader if "loader" in name else reader, args=given, daemon=True)
        process.start()
        return process

    names = [f"loader{n}" for n in range(LOADERS)] + [f"reader{n}" for n in range(READERS)]
    actors = {name: start(name) for name in names}
    nemesis = Nemesis(chance, actors, {name: lambda name=name: start(name) for name in names})
    if server is not None:
        nemesis.may_restart(server)
    if disk is not None:
        nemesis.may_fill(disk)
    ends = time.monotonic() + seconds
    time.sleep(min(1.0, seconds / 4))
    # A busy machine may take longer for what is to be looked at.
    while time.monotonic() < ends or (_loads(folder) < LEAST_LOADS and time.monotonic() < ends + PATIENCE_S):
        nemesis.strike()
        time.sleep(chance.uniform(0.1, 0.6))
    for process in actors.values():
        process.kill()
        process.join()
    return nemesis


def _loads(folder: Path) -> int:
    return sum(line["op"] == "loaded" for line in read_history(folder))


def _checked(opened: Warehouse, folder: Path) -> list[str]:
    with opened.snapshot() as snapshot:
        final = look(snapshot)
    found = violations(read_history(folder), final)
    if opened.dialect == "sqlite":
        with opened.reading.connect() as connection:
            for pragma in ("integrity_check", "foreign_key_check"):
                rows = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
                found += [] if rows in ([], [("ok",)]) else [f"{pragma}: {rows}"]
    opened.dispose()
    return found


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--broken", choices=sorted(BROKEN), default="")
    given = parser.parse_args()
    return run(given.seconds, given.seed, given.database, given.broken)


if __name__ == "__main__":
    sys.exit(main())
