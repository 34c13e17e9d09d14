"""What stands behind a row of the data catalogue: last loads, rejected rows with place and reason, findings.

At most ``MOST`` of each per source, the newest first; the commands ``data.rejects`` and ``data.ledger`` list them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from data import schema
from data.clock import to_shanghai
from data.queries import Reader
from data.settings import Settings
from data.source_status import declared_sources

MOST = 8
LOAD, REJECT, FINDING = schema.load.c, schema.rejected_row.c, schema.finding.c


@dataclass(frozen=True)
class LoadLine:
    """One load of the ledger."""

    load_id: int
    file_name: str
    state: str
    loaded_at: datetime
    rows_new: int
    rows_revised: int
    rows_rejected: int
    error: str


@dataclass(frozen=True)
class RejectLine:
    """One rejected row: where it stands, what stands there, why it was not taken."""

    place: str
    raw: str
    reason: str


@dataclass(frozen=True)
class FindingLine:
    """What a check said about a load."""

    severity: str
    place: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class SourceDetails:
    """What is told of one source."""

    loads: list[LoadLine] = field(default_factory=list)
    rejects: list[RejectLine] = field(default_factory=list)
    findings: list[FindingLine] = field(default_factory=list)


def source_details(reader: Reader, settings: Settings) -> dict[str, SourceDetails]:
    """Return the details of every declared source, by its code."""
    return {source.code: _details(reader, source.code) for source in declared_sources(settings)}


def _details(reader: Reader, code: str) -> SourceDetails:
    loads = (
        select(
            LOAD.load_id, LOAD.file_name, LOAD.state, LOAD.started_at, LOAD.rows_new, LOAD.rows_revised,
            LOAD.rows_rejected, LOAD.error,
        )
        .where(LOAD.source_code == code)
        .order_by(LOAD.load_id.desc())
        .limit(MOST)
    )  # fmt: skip
    rejects = (
        select(REJECT.place, REJECT.raw, REJECT.reason)
        .join(schema.load, LOAD.load_id == REJECT.load_id)
        .where(LOAD.source_code == code)
        .order_by(REJECT.load_id.desc(), REJECT.reject_number)
        .limit(MOST)
    )
    findings = (
        select(FINDING.severity, FINDING.place, FINDING.reason_zh, FINDING.reason_en)
        .join(schema.load, LOAD.load_id == FINDING.load_id)
        .where(LOAD.source_code == code)
        .order_by(FINDING.load_id.desc(), FINDING.finding_number)
        .limit(MOST)
    )
    return SourceDetails(
        [LoadLine(row[0], row[1], row[2], to_shanghai(row[3]), *row[4:]) for row in reader.read(loads)],
        [RejectLine(*row) for row in reader.read(rejects)],
        [FindingLine(*row) for row in reader.read(findings)],
    )
