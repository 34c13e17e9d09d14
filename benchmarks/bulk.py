"""Bulk loads of a generated customs file, beside the bare bulk path of the engine in the same run.

Bare is what the driver does at its best with rows that are already there: one ``executemany`` in one transaction on
SQLite, one COPY on PostgreSQL, into the same table with the same columns, in the order of the file. Ours is all of
it: the file read in a confined child, checked, staged, merged with ledger, history and provenance.

10⁵ and 10⁶ facts by default; ``ONESCREEN_BENCH_FACTS=10000000`` (or several, with commas) asks for others, and
``ONESCREEN_BENCH_ENGINES=sqlite`` for one engine alone. What was measured so far is told on the way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import delete

from benchmarks.customs_file import declared, read_rows, series_names, write_file
from benchmarks.report import Line, print_report
from data import schema
from data.catalogue import Catalogue, load_catalogue
from data.dialects import WarehouseUnavailableError
from data.merging import CURRENT_COLUMNS
from data.settings import ROOT
from data.warehouse import Warehouse, open_warehouse
from tests.databases import PostgresqlServer, SqliteFiles, find_postgresql

FACTS = (100_000, 1_000_000)
ASKED = "ONESCREEN_BENCH_FACTS"
ENGINES = "ONESCREEN_BENCH_ENGINES"
MONTHS = 167  # of each series in a smaller file, as in the largest
CHUNK = 100_000
MIB = 1024 * 1024


def sizes_asked_for() -> tuple[int, ...]:
    """Return how many facts to load, from the environment if it says so."""
    asked = os.environ.get(ASKED, "")
    return tuple(int(size) for size in asked.split(",")) if asked else FACTS


def bulk_loads(facts: tuple[int, ...] = FACTS) -> list[Line]:
    """Measure every size on both engines."""
    catalogue = load_catalogue(ROOT / "data" / "catalogue")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = find_postgresql()
        engines = os.environ.get(ENGINES, "sqlite,postgresql").split(",")
        try:
            for count in facts:
                for database in (SqliteFiles(folder), server):
                    if database.name in engines:
                        lines += _Bulk(folder, catalogue, database, count).measure()
        finally:
            server.stop()
    return lines


class _Bulk:
    """One size on one engine."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, database: SqliteFiles | PostgresqlServer, facts: int
    ) -> None:
        self.folder, self.catalogue, self.database, self.facts = folder, catalogue, database, facts
        known = sum(1 for _ in series_names(catalogue))
        self.series = min(known, max(100, facts // MONTHS))

    def measure(self) -> list[Line]:
        """Load bare, ours, ours again, with one per cent revised, and a month more with totals."""
        url, path = self.database.create(), self.folder / "customs.csv"
        try:
            count = write_file(path, self.catalogue, self.facts, series=self.series)
            bare = self._bare(url, path)
            print(f"{self.database.name}: bare path {bare:.1f} s for {count:,}", file=sys.stderr, flush=True)
            first = self._load(url, path, "2026-02-01")
            again = self._load(url, path, "2026-02-02")
            write_file(path, self.catalogue, self.facts, series=self.series, revised=0.01)
            revised = self._load(url, path, "2026-02-03")
            path.unlink()
            path = self.folder / "customs next month.csv"
            write_file(path, self.catalogue, self.facts, series=self.series, only_next=True)
            refresh = self._load(url, path, "2026-03-01", totals=True)
        finally:
            self.database.drop(url)
            path.unlink(missing_ok=True)
        return self._lines(count, bare, first, again, revised, refresh)

    def _lines(self, count: int, bare: float, *loads: dict[str, Any]) -> list[Line]:
        first, again, revised, refresh = loads
        where = f"{self.database.name}, {count:,} facts"
        return [
            Line(f"{where}: bare bulk path", count / bare / 1000, "k/s"),
            Line(
                f"{where}: first load",
                count / first["seconds"] / 1000,
                "k/s",
                note=f"CPU {first['cpu_loader']:.0f} s loader, {first['cpu_reader']:.0f} s reader",
            ),
            Line(f"{where}: bare seconds / ours", bare / first["seconds"], "", note="target ≥ 0.5"),
            Line(f"{where}: peak of loader and reader", first["memory"] / MIB, "MiB", most=500),
            Line(f"{where}: again, unchanged", again["seconds"], "s", note=f"{again['unchanged']:,} unchanged"),
            Line(f"{where}: 1 % revised", revised["seconds"], "s", note=f"{revised['revised']:,} revised"),
            Line(
                f"{where}: one more month",
                refresh["seconds"],
                "s",
                most=10,
                note=f"{refresh['new']:,} new, {refresh['totals']:,} totals",
            ),
        ]

    def _bare(self, url: str, path: Path) -> float:
        """Return the seconds the bare path takes; what it wrote is removed again."""
        warehouse = open_warehouse(url)
        seconds = 0.0
        with warehouse.writing.begin() as connection:
            driver = connection.connection.driver_connection
            if driver is None:
                raise WarehouseUnavailableError("the connection is closed")
            write = _copying(driver) if warehouse.dialect == "postgresql" else _inserting(driver)
            next(write)
            every = _rows(path, warehouse)
            while rows := list(islice(every, CHUNK)):
                began = time.perf_counter()
                write.send(rows)
                seconds += time.perf_counter() - began
            began = time.perf_counter()
            write.close()
        seconds += time.perf_counter() - began
        with warehouse.writing.begin() as connection:
            connection.execute(delete(schema.observation))
        with warehouse.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver = connection.connection.driver_connection
            if driver is not None:
                driver.execute("VACUUM")
        warehouse.settle()
        warehouse.dispose()
        return seconds

    def _load(self, url: str, path: Path, day: str, *, totals: bool = False) -> dict[str, Any]:
        """Load a file in a process of its own, and watch the memory of that and its children."""
        command = [sys.executable, "-m", "benchmarks.bulk_load", url, str(self.folder / "declared"), str(path), day]
        declared(self.folder / "declared", totals=totals)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak))
        watcher.start()
        said, _ = process.communicate()
        watcher.join()
        answer = json.loads(said)
        if answer["state"] != "done":
            raise RuntimeError(f"the generated file was not loaded: {answer}")
        found = {**answer, "memory": peak[0]}
        print(f"{self.database.name}: {path.name} of {day}: {found}", file=sys.stderr, flush=True)
        return found


def _rows(path: Path, warehouse: Warehouse) -> Iterator[tuple[Any, ...]]:
    """Give the rows of the table as the driver takes them, with what the loader would write."""
    is_sqlite = warehouse.dialect == "sqlite"
    day: Any = "2026-02-01" if is_sqlite else date(2026, 2, 1)
    now: Any = "2026-02-01 00:00:00.000000" if is_sqlite else datetime(2026, 2, 1, tzinfo=UTC).replace(tzinfo=None)
    ids: dict[tuple[str, ...], int] = {}
    for number, (*names, month, value) in enumerate(read_rows(path), start=2):
        series_id = ids.setdefault(tuple(names), (len(ids) * 0x9E3779B97F4A7C15) & 0x7FFFFFFFFFFFFFFF)
        period = int(month[:4]) * 12 + int(month[5:]) - 1
        yield (
            series_id, period, float(value), 4, "A", "F", False, False, 1, day, None, f"row {number}, value", value, "",
            now, 0,
        )  # fmt: skip


def _inserting(driver: Any) -> Any:  # noqa: ANN401 - the driver has no types
    names, marks = ", ".join(CURRENT_COLUMNS), ", ".join("?" * len(CURRENT_COLUMNS))
    while True:
        rows = yield
        driver.executemany(f"INSERT INTO observation ({names}) VALUES ({marks})", rows)


def _copying(driver: Any) -> Any:  # noqa: ANN401 - the driver has no types
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY observation ({', '.join(CURRENT_COLUMNS)}) FROM STDIN") as copy,
    ):
        try:
            while True:
                rows = yield
                for row in rows:
                    copy.write_row(row)
        except GeneratorExit:
            return


def _watch(pid: int, peak: list[int]) -> None:
    """Keep the greatest memory of a process and all below it, while it lives."""
    try:
        top = psutil.Process(pid)
        while top.is_running() and top.status() != psutil.STATUS_ZOMBIE:
            peak[0] = max(peak[0], sum(_memory(each) for each in (top, *top.children(recursive=True))))
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


if __name__ == "__main__":
    sys.exit(print_report(bulk_loads(sizes_asked_for())))
