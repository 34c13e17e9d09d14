"""Print the ledger: the last loads, what each of them did, and why some did nothing: ``python -m data.ledger``.

``--last 50`` prints more, ``--source CODE`` those of one source, ``--load N`` everything about one, with the findings
of the checks. Exit codes: 0 printed; 1 no such load; 2 the warehouse does not answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from data import schema
from data.clock import to_shanghai
from data.dialects import WarehouseUnavailableError
from data.settings import SettingsError, load_settings
from data.warehouse import Warehouse, open_warehouse

SHOWN = 20


class Entry(NamedTuple):
    """One row of the ledger."""

    load_id: int
    source_code: str
    file_name: str
    sha256: str
    vintage: Any
    kind: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    duration_ms: int | None
    rows_read: int
    rows_new: int
    rows_revised: int
    rows_unchanged: int
    rows_outranked: int
    rows_rejected: int
    error: str
    note: str
    release_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_because: str


def last_loads(count: int = SHOWN, source: str | None = None) -> Select[Any]:
    """Return the last loads, the newest first, in the order of ``Entry``."""
    ledger = schema.load.c
    statement = select(*(ledger[name] for name in Entry._fields)).order_by(ledger.load_id.desc()).limit(count)
    return statement if source is None else statement.where(ledger.source_code == source)


def entry(warehouse: Warehouse, load_id: int) -> Entry | None:
    """Return one row of the ledger."""
    ledger = schema.load.c
    with warehouse.connected() as connection:
        statement = select(*(ledger[name] for name in Entry._fields)).where(ledger.load_id == load_id)
        row = connection.execute(statement).first()
    return None if row is None else Entry._make(row)


_HEADINGS = (
    "load", "started", "seconds", "source", "file", "state", "read", "new", "revised", "unchanged", "outranked",
    "rejected", "why",
)  # fmt: skip


def line_of(each: Entry) -> str:
    """Return a row of the ledger as a line of the printed table; times are those of Shanghai."""
    why = each.error or (f"withdrawn: {each.withdrawn_because}" if each.withdrawn_because else each.note)
    seconds = "" if each.duration_ms is None else f"{each.duration_ms / 1000:.1f}"
    counts = (each.rows_read, each.rows_new, each.rows_revised, each.rows_unchanged, each.rows_outranked)
    started = f"{to_shanghai(each.started_at):%Y-%m-%d %H:%M:%S}"
    cells = (each.load_id, started, seconds, each.source_code, each.file_name, each.state, *counts)
    return "\t".join(map(str, (*cells, each.rows_rejected, " ".join(why.split())))).rstrip()


def _details(warehouse: Warehouse, each: Entry) -> list[str]:
    lines = [f"{name}\t{value}" for name, value in each._asdict().items() if value not in (None, "")]
    table = schema.finding.c
    with warehouse.connected() as connection:
        statement = select(schema.finding).where(table.load_id == each.load_id).order_by(table.finding_number)
        for row in connection.execute(statement):
            lines.append(f"{row.severity}\t{row.check_code}\t{row.place}\t{row.raw}\t{row.reason_zh} / {row.reason_en}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.ledger", description="print the last loads")
    parser.add_argument("--last", type=int, default=SHOWN, help="how many (default: %(default)s)")
    parser.add_argument("--source", help="only those of this source")
    parser.add_argument("--load", type=int, help="everything about this load")
    asked = parser.parse_args(arguments)
    try:
        warehouse = open_warehouse(load_settings().warehouse, readonly=True)
        try:
            warehouse.check_schema()
            return _print_one(warehouse, asked.load) if asked.load else _print(warehouse, asked.last, asked.source)
        finally:
            warehouse.dispose()
    except (SettingsError, WarehouseUnavailableError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _print(warehouse: Warehouse, count: int, source: str | None) -> int:
    entries = [Entry._make(row) for row in warehouse.read(last_loads(count, source))]
    sys.stdout.write("\n".join(["\t".join(_HEADINGS), *map(line_of, entries)]) + "\n")
    return 0


def _print_one(warehouse: Warehouse, load_id: int) -> int:
    found = entry(warehouse, load_id)
    if found is None:
        sys.stderr.write(f"there is no load {load_id}\n")
        return 1
    sys.stdout.write("\n".join(_details(warehouse, found)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
