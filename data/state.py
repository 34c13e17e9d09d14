"""The whole content of a warehouse as plain values, for comparing two warehouses.

Times and running numbers differ from machine to machine and are left out or replaced by what they point to;
everything else must be equal for equal files, on either engine and in any time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select

from data import schema
from data.vintages import WITHDRAWN
from data.warehouse import Warehouse

_LEFT_OUT = {
    "load_id", "started_at", "finished_at", "known_from", "known_to", "superseded_by", "duration_ms", "withdrawn_at",
    "approved_at",
}  # fmt: skip
# What the program remembers about its own runs is no content.
_OWN = (schema.meta, schema.run, schema.lease)
_TABLES = tuple(table for table in schema.metadata.sorted_tables if table not in _OWN)

State = dict[str, list[tuple[Any, ...]]]


def dump_state(warehouse: Warehouse) -> State:
    """Return table name → rows, ordered. Rows of loads that were not stored are left out: they changed nothing."""
    with warehouse.reading.connect() as connection:
        stored = {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in _TABLES}
    stored["load"] = [row for row in stored["load"] if row["state"] in ("done", WITHDRAWN)]
    files = {row["load_id"]: f"{row['source_code']}:{row['sha256']}:{row['reading']}" for row in stored["load"]}
    for remarks in ("rejected_row", "finding", "correction"):
        stored[remarks] = [row for row in stored[remarks] if row["load_id"] in files]
    plain = {table.name: [_plain(row, table, files) for row in stored[table.name]] for table in _TABLES}
    return {name: sorted(rows, key=repr) for name, rows in plain.items()}


def _plain(row: Mapping[str, Any], table: Table, files: Mapping[int, str]) -> tuple[Any, ...]:
    pointers = tuple(files.get(row[name], "not stored") for name in ("load_id", "superseded_by") if name in row)
    return (*pointers, *(row[column.name] for column in table.columns if column.name not in _LEFT_OUT))
