"""How one load is stored: its row in the ledger, its series and pages, its facts, what was rejected and found.

All inside one transaction. What becomes of each fact is decided in ``data.merging``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data import schema
from data.dialects import bulk_insert
from data.facts import KEY_PARTS, Citation, Load, LoadReport, SeriesKey
from data.failpoints import checkpoint
from data.gathering import LoadRefusedError, series_text
from data.merging import Merge, Outcome
from data.rollups import RollUp
from data.staging import Staging

CHUNK = 500  # series asked for in one statement; SQLite and PostgreSQL both take it easily


def store(connection: Connection, load: Load, staging: Staging, *, simulated: bool, now: datetime) -> LoadReport:
    """Store a staged load in the transaction of ``connection``; the caller commits."""
    load_id = insert_ledger_row(connection, ledger_row(load, now, "running"))
    checkpoint("ledger row opened")
    known = write_series(connection, staging.series)
    checkpoint("series written")
    _write_citations(connection, staging.citations)
    checkpoint("citations written")
    merge = Merge(connection, load_id, load.vintage, simulated, now)
    counts = merge.run(staging, known)
    checkpoint("facts written")
    totals = RollUp(merge, load.totals, write_series).run(staging, known) if load.totals else 0
    write_remarks(connection, load, load_id)
    _write_corrections(connection, load, load_id)
    checkpoint("rejected rows written")
    report = LoadReport(load.source, load.file_name, "done", load_id, _report_counts(load, staging, counts, totals))
    _close_ledger(connection, report, load, now)
    checkpoint("ledger row closed")
    return report


def ledger_row(load: Load, now: datetime, state: str) -> dict[str, Any]:
    """Return the columns of a ledger row that are known before anything is stored."""
    return {
        "source_code": load.source,
        "file_name": load.file_name,
        "sha256": load.sha256,
        "reading": load.reading,
        "size_bytes": load.size_bytes,
        "vintage": load.vintage,
        "kind": load.kind,
        "state": state,
        "started_at": now,
        "note": load.note,
        "release_at": load.release_at,
    }


def insert_ledger_row(connection: Connection, row: dict[str, Any]) -> int:
    """Write a row into the ledger; return its ``load_id``."""
    return int(connection.execute(insert(schema.load).values(row).returning(schema.load.c.load_id)).scalar_one())


def _close_ledger(connection: Connection, report: LoadReport, load: Load, now: datetime) -> None:
    columns = {f"rows_{name}": report.counts[name] for name in _LEDGER_COUNTS} | {"duration_ms": load.duration_ms}
    statement = update(schema.load).where(schema.load.c.load_id == report.load_id)
    connection.execute(statement.values(state="done", finished_at=now, **columns))


_LEDGER_COUNTS = ("read", "new", "revised", "unchanged", "outranked", "rejected")


def _report_counts(load: Load, staging: Staging, counts: dict[Outcome, int], totals: int) -> dict[str, int]:
    return {
        "read": load.rows_read or staging.count + staging.collapsed + len(load.rejects),
        "new": counts[Outcome.NEW] + counts[Outcome.PROMOTED],
        "revised": counts[Outcome.REVISED],
        "unchanged": counts[Outcome.UNCHANGED],
        "outranked": counts[Outcome.OUTRANKED] + counts[Outcome.LATE],
        "rejected": len(load.rejects),
        "collapsed": staging.collapsed,
        "late": counts[Outcome.LATE],
        "totals": totals,
    }


def write_series(connection: Connection, series: Mapping[int, tuple[SeriesKey, str]]) -> list[int]:
    """Insert the series not known yet; return the known ones. Raises ``LoadRefusedError`` for another unit."""
    known = _known_units(connection, list(series))
    for series_id, unit in known.items():
        key, given = series[series_id]
        if given != unit:
            raise LoadRefusedError(f"{series_text(key)} is stored in {unit}, this load gives {given}")
    rows = [
        (series_id, *(getattr(key, part) for part in KEY_PARTS), unit)
        for series_id, (key, unit) in series.items()
        if series_id not in known
    ]
    bulk_insert(connection, schema.series, ("series_id", *KEY_PARTS, "unit"), rows)
    return list(known)


def _known_units(connection: Connection, series_ids: Sequence[int]) -> dict[int, str]:
    table = schema.series
    known: dict[int, str] = {}
    for chunk in _chunks(series_ids):
        rows = connection.execute(select(table.c.series_id, table.c.unit).where(table.c.series_id.in_(chunk)))
        known.update((row.series_id, row.unit) for row in rows)
    return known


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _write_citations(connection: Connection, citations: Mapping[int, Citation]) -> None:
    table = schema.citation
    known: set[int] = set()
    for chunk in _chunks(list(citations)):
        known.update(connection.execute(select(table.c.citation_id).where(table.c.citation_id.in_(chunk))).scalars())
    rows = [
        (number, page.publisher, page.title, page.published_on, page.url)
        for number, page in citations.items()
        if number not in known
    ]
    bulk_insert(connection, table, ("citation_id", "publisher", "title", "published_on", "url"), rows)


def write_remarks(connection: Connection, load: Load, load_id: int) -> None:
    """Write what was rejected in a load and what the checks found."""
    rows = [(load_id, number, row.place, row.raw, row.reason) for number, row in enumerate(load.rejects, start=1)]
    bulk_insert(connection, schema.rejected_row, ("load_id", "reject_number", "place", "raw", "reason"), rows)
    findings = [
        (
            load_id, number, each.check, each.severity, each.place, each.raw,
            each.reason_zh, each.reason_en, each.remedy_zh, each.remedy_en,
        )
        for number, each in enumerate(load.findings, start=1)
    ]  # fmt: skip
    bulk_insert(connection, schema.finding, schema.finding.columns.keys(), findings)


def _write_corrections(connection: Connection, load: Load, load_id: int) -> None:
    rows = [
        (
            load_id, number, each.key.series_id, each.period, each.place, each.raw, each.value,
            each.reason, each.author, each.decided_on,
        )
        for number, each in enumerate(load.corrections, start=1)
    ]  # fmt: skip
    bulk_insert(connection, schema.correction, schema.correction.columns.keys(), rows)
