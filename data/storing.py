"""How one load is stored: gathered, compared with what is known, written. All inside one transaction.

A value never overwrites another: the old row goes to ``observation_history`` with the time until which it was
held true. What stands higher wins whatever its date: a published figure over one derived from others, and both
over a simulated one. Among equals the later vintage wins, and an older one that arrives late goes to history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal, select, update

from data import schema
from data.confirmations import settle_history
from data.dialects import bulk_insert, bulk_replace
from data.facts import KEY_PARTS, Citation, Fact, Load, LoadReport
from data.failpoints import checkpoint
from data.gathering import Gathered, LoadRefusedError, citation_id, content_of, series_text
from data.vintages import withdrawn_loads

CHUNK = 500  # series asked for in one statement; SQLite and PostgreSQL both take it easily


class Outcome(StrEnum):
    """What becomes of one incoming value."""

    NEW = "new"  # the first value of its key
    PROMOTED = "promoted"  # the first value of a higher standing; not a revision of the lower one
    REVISED = "revised"
    UNCHANGED = "unchanged"
    LATE = "late"  # an older vintage: history only
    OUTRANKED = "outranked"  # lower standing than what is held: not stored


@dataclass(frozen=True, slots=True)
class Held:
    """The part of a stored row that decides what becomes of an incoming value."""

    value: float | None
    obs_status: str
    conf_status: str
    simulated: bool
    derived: bool
    vintage: date
    revisions: int = 0

    @property
    def standing(self) -> int:
        """2 published, 1 derived from published, 0 simulated."""
        return 0 if self.simulated else 1 if self.derived else 2

    @property
    def content(self) -> tuple[float | None, str, str]:
        """What a reader sees; if it is equal nothing was revised."""
        return self.value, self.obs_status, self.conf_status


def decide(held: Held | None, incoming: Held) -> Outcome:
    """Tell what becomes of an incoming value beside the one held."""
    if held is None:
        return Outcome.NEW
    if incoming.standing != held.standing:
        return Outcome.PROMOTED if incoming.standing > held.standing else _below(held, incoming)
    if incoming.vintage < held.vintage:
        return Outcome.LATE
    return Outcome.UNCHANGED if incoming.content == held.content else Outcome.REVISED


def _below(held: Held, incoming: Held) -> Outcome:
    """Tell what becomes of a value of lower standing: known before the one held, it was what was known then."""
    return Outcome.LATE if incoming.vintage < held.vintage else Outcome.OUTRANKED


def store(connection: Connection, load: Load, gathered: Gathered, *, simulated: bool, now: datetime) -> LoadReport:
    """Store a gathered load in the transaction of ``connection``; the caller commits."""
    load_id = insert_ledger_row(connection, ledger_row(load, now, "running"))
    checkpoint("ledger row opened")
    held = _write_series(connection, gathered)
    checkpoint("series written")
    _write_citations(connection, gathered.citations)
    checkpoint("citations written")
    counts = _write_facts(connection, load, gathered, held, load_id=load_id, simulated=simulated, now=now)
    checkpoint("facts written")
    write_remarks(connection, load, load_id)
    _write_corrections(connection, load, load_id)
    checkpoint("rejected rows written")
    report = LoadReport(load.source, load.file_name, "done", load_id, _report_counts(load, gathered, counts))
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


def _report_counts(load: Load, gathered: Gathered, counts: dict[Outcome, int]) -> dict[str, int]:
    return {
        "read": load.rows_read or len(gathered.facts) + gathered.collapsed + len(load.rejects),
        "new": counts[Outcome.NEW] + counts[Outcome.PROMOTED],
        "revised": counts[Outcome.REVISED],
        "unchanged": counts[Outcome.UNCHANGED],
        "outranked": counts[Outcome.OUTRANKED] + counts[Outcome.LATE],
        "rejected": len(load.rejects),
        "collapsed": gathered.collapsed,
        "late": counts[Outcome.LATE],
    }


def _write_series(connection: Connection, gathered: Gathered) -> dict[tuple[int, int], Held]:
    """Insert the series not known yet; return what is held of the known ones."""
    known = _known_units(connection, list(gathered.series))
    for series_id, unit in known.items():
        key, given = gathered.series[series_id]
        if given != unit:
            raise LoadRefusedError(f"{series_text(key)} is stored in {unit}, this load gives {given}")
    rows = [
        (series_id, *(getattr(key, part) for part in KEY_PARTS), unit)
        for series_id, (key, unit) in gathered.series.items()
        if series_id not in known
    ]
    bulk_insert(connection, schema.series, ("series_id", *KEY_PARTS, "unit"), rows)
    return _held(connection, list(known), gathered)


def _known_units(connection: Connection, series_ids: Sequence[int]) -> dict[int, str]:
    table = schema.series
    known: dict[int, str] = {}
    for chunk in _chunks(series_ids):
        rows = connection.execute(select(table.c.series_id, table.c.unit).where(table.c.series_id.in_(chunk)))
        known.update((row.series_id, row.unit) for row in rows)
    return known


def _held(connection: Connection, series_ids: Sequence[int], gathered: Gathered) -> dict[tuple[int, int], Held]:
    """Return what is held of known series, only over the periods the load speaks of."""
    now = schema.observation.c
    columns = (now.value, now.obs_status, now.conf_status, now.simulated, now.derived, now.vintage, now.revisions)
    periods = [period for _, period in gathered.facts]
    held: dict[tuple[int, int], Held] = {}
    for chunk in _chunks(series_ids):
        statement = select(now.series_id, now.period, *columns).where(
            now.series_id.in_(chunk), now.period.between(min(periods), max(periods))
        )
        for series_id, period, *row in connection.execute(statement):
            if (series_id, period) in gathered.facts:
                held[series_id, period] = Held(*row)
    return held


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _write_citations(connection: Connection, citations: dict[int, Citation]) -> None:
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


_FACT_COLUMNS = (
    "series_id", "period", "value", "decimals", "obs_status", "conf_status", "simulated", "derived",
    "load_id", "vintage", "citation_id", "place", "raw", "note",
)  # fmt: skip
_CURRENT_COLUMNS = (*_FACT_COLUMNS, "known_from", "revisions")
_HISTORY_COLUMNS = (*_FACT_COLUMNS, "known_from", "known_to", "superseded_by")


def _write_facts(
    connection: Connection,
    load: Load,
    gathered: Gathered,
    held: dict[tuple[int, int], Held],
    *,
    load_id: int,
    simulated: bool,
    now: datetime,
) -> dict[Outcome, int]:
    counts = dict.fromkeys(Outcome, 0)
    current: list[tuple[Any, ...]] = []
    late: dict[tuple[int, int], Fact] = {}
    replaced: list[dict[str, int]] = []
    confirmed: list[tuple[int, int]] = []
    for identity, fact in gathered.facts.items():
        old = held.get(identity)
        incoming = Held(fact.value, fact.obs_status, fact.conf_status, simulated, fact.derived, load.vintage)
        outcome = decide(old, incoming)
        counts[outcome] += 1
        if outcome in (Outcome.NEW, Outcome.PROMOTED, Outcome.REVISED):
            revisions = old.revisions + 1 if old is not None and outcome == Outcome.REVISED else 0
            current.append((*_fact_row(identity, fact, load, load_id, simulated=simulated), now, revisions))
            if old is not None:
                replaced.append({"old_series": identity[0], "old_period": identity[1]})
        elif outcome == Outcome.LATE:
            late[identity] = fact
        elif outcome == Outcome.UNCHANGED:
            confirmed.append(identity)
    for identity in _already_in_history(connection, late, load.vintage, simulated=simulated):
        del late[identity]
        counts[Outcome.LATE] -= 1
        counts[Outcome.UNCHANGED] += 1
    _move_to_history(connection, replaced, load_id, now)
    checkpoint("old values moved to history")
    late_rows = [
        (*_fact_row(identity, fact, load, load_id, simulated=simulated), now, now, load_id)
        for identity, fact in late.items()
    ]
    bulk_insert(connection, schema.observation_history, _HISTORY_COLUMNS, late_rows)
    if replaced:
        bulk_replace(connection, schema.observation, _CURRENT_COLUMNS, current)
    else:
        bulk_insert(connection, schema.observation, _CURRENT_COLUMNS, current)
    revised = {(each["old_series"], each["old_period"]) for each in replaced}
    settle_history(connection, load_id, load.vintage, now, confirmed=sorted(confirmed), revised=revised, late=late)
    return counts


def _fact_row(identity: tuple[int, int], fact: Fact, load: Load, load_id: int, *, simulated: bool) -> tuple[Any, ...]:
    citation = None if fact.citation is None else citation_id(fact.citation)
    return (
        *identity, fact.value, fact.decimals, fact.obs_status, fact.conf_status, simulated, fact.derived,
        load_id, load.vintage, citation, fact.place, fact.raw, fact.note,
    )  # fmt: skip


def _already_in_history(
    connection: Connection, late: dict[tuple[int, int], Fact], vintage: date, *, simulated: bool
) -> list[tuple[int, int]]:
    """Return which late facts history tells already (an old file read once more)."""
    then = schema.observation_history.c
    columns = (then.series_id, then.period, then.value, then.obs_status, then.conf_status, then.derived)
    known: dict[tuple[int, int], tuple[Any, ...]] = {}
    for chunk in _chunks(list({series_id for series_id, _ in late})):
        statement = select(*columns).where(
            then.series_id.in_(chunk),
            then.vintage == vintage,
            then.simulated.is_(simulated),
            then.load_id.not_in(withdrawn_loads()),
        )
        # Of one vintage what was loaded last is what was known.
        for series_id, period, *content in connection.execute(statement.order_by(then.known_from)):
            known[series_id, period] = tuple(content)
    return [identity for identity, fact in late.items() if (*content_of(fact), fact.derived) == known.get(identity)]


def _move_to_history(connection: Connection, replaced: list[dict[str, int]], load_id: int, now: datetime) -> None:
    if not replaced:
        return
    table = schema.observation
    columns = [table.c[name] for name in (*_FACT_COLUMNS, "known_from")]
    ends = (literal(now, schema.UtcDateTime()), literal(load_id))
    old = select(*columns, *ends).where(
        table.c.series_id == bindparam("old_series"), table.c.period == bindparam("old_period")
    )
    connection.execute(insert(schema.observation_history).from_select(list(_HISTORY_COLUMNS), old), replaced)


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
