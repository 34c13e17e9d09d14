"""List the rows and cells that were not stored, with raw text, place and reason: ``python -m data.rejects``.

Only the last reading of each file counts: what was corrected and replayed is gone from the list. ``--source CODE`` and
``--load N`` narrow it down. Exit codes: 0 printed; 2 the warehouse does not answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from data import schema
from data.dialects import WarehouseUnavailableError
from data.settings import SettingsError, load_settings
from data.warehouse import open_warehouse


class Rejected(NamedTuple):
    """One row or cell that was not stored, and the load it was in."""

    load_id: int
    source_code: str
    file_name: str
    state: str
    place: str
    raw: str
    reason: str


def rejected_rows(source: str | None = None, load_id: int | None = None) -> Select[Any]:
    """Return what the last reading of each file rejected, the newest load first, in the order of ``Rejected``."""
    ledger, row = schema.load.c, schema.rejected_row.c
    read = ledger.state.in_(("done", "quarantined", "failed"))
    last = select(func.max(ledger.load_id)).where(read).group_by(ledger.source_code, ledger.sha256, ledger.file_name)
    statement = (
        select(*(ledger[name] for name in Rejected._fields[:4]), row.place, row.raw, row.reason)
        .join(schema.rejected_row, row.load_id == ledger.load_id)
        .order_by(ledger.load_id.desc(), row.reject_number)
    )
    if load_id is not None:
        return statement.where(ledger.load_id == load_id)
    statement = statement.where(ledger.load_id.in_(last))
    return statement if source is None else statement.where(ledger.source_code == source)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.rejects", description="list what was not stored")
    parser.add_argument("--source", help="only those of this source")
    parser.add_argument("--load", type=int, help="those of one load, also if the file was read again since")
    asked = parser.parse_args(arguments)
    try:
        warehouse = open_warehouse(load_settings().warehouse, readonly=True)
        try:
            warehouse.check_schema()
            rows = [Rejected._make(row) for row in warehouse.read(rejected_rows(asked.source, asked.load))]
        finally:
            warehouse.dispose()
    except (SettingsError, WarehouseUnavailableError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lines = ["\t".join(" ".join(str(part).split()) for part in row) for row in ((*Rejected._fields,), *rows)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
