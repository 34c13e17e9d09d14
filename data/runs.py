"""The record of runs: each attempt to bring one source up to date, why, how it ended, and when the next one is due.

A run that was begun and never ended (its process was killed) stays ``running`` until the next holder of the lease
finds it; it is ``interrupted`` then. What a run stored stands in the load ledger.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from data import schema
from data.dialects import lock_writers
from data.facts import LoadReport
from data.schedule import Retries
from data.warehouse import Warehouse

CLOCK_TOLERANCE = timedelta(seconds=60)  # a run "from the future" was noted while the clock was wrong


class Reason(StrEnum):
    """Why a run was begun."""

    SCHEDULE = "schedule"
    CATCH_UP = "catch_up"
    RETRY = "retry"
    MANUAL = "manual"
    DROP = "drop"


class Outcome(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    DONE = "done"  # something was stored
    UNCHANGED = "unchanged"  # asked or looked, and there was nothing new
    FAILED = "failed"
    QUARANTINED = "quarantined"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"


GOOD = (Outcome.DONE, Outcome.UNCHANGED)
_KILLED = (Outcome.RUNNING.value, Outcome.INTERRUPTED.value)  # by SIGKILL, or in order by SIGTERM


@dataclass(frozen=True)
class Begun:
    """A run that was begun: its number, and the clocks it is measured by."""

    run_id: int
    started_at: datetime


@dataclass(frozen=True)
class Ending:
    """How a run ended, and what it stored."""

    outcome: Outcome
    error: str = ""
    transient: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, reports: Iterable[LoadReport], problems: Iterable[str] = ()) -> Ending:
        """Return the ending that the loads of a run make: the worst of them counts."""
        reports, problems = list(reports), list(problems)
        bad = [each for each in reports if each.state in ("failed", "quarantined")]
        counts = {name: sum(each.counts.get(name, 0) for each in reports) for name in ("new", "revised", "rejected")}
        if bad or problems:
            only_held_back = not problems and all(each.state == "quarantined" for each in bad)
            errors = "\n".join([*(f"{each.file_name}: {each.error}" for each in bad), *problems])
            transient = bool(bad) and not problems and all(each.transient for each in bad)
            return cls(Outcome.QUARANTINED if only_held_back else Outcome.FAILED, errors, transient, counts)
        is_news = any(each.state == "done" for each in reports)
        return cls(Outcome.DONE if is_news else Outcome.UNCHANGED, counts=counts)


@dataclass(frozen=True)
class History:
    """What is known of the runs of a source as of now: the last good one, and the tries since."""

    last_good: datetime | None = None  # when it started
    tries: tuple[Any, ...] = ()  # rows of ``run`` that failed since, oldest first


def begin(
    warehouse: Warehouse,
    source: str,
    reason: Reason,
    *,
    now: datetime,
    token: int,
    holder: str,
    planned_for: datetime | None = None,
    attempt: int = 1,
) -> Begun:
    """Note that a run begins."""
    row = {
        "source_code": source, "reason": reason.value, "planned_for": planned_for, "attempt": attempt,
        "token": token, "holder": holder, "started_at": now, "outcome": Outcome.RUNNING.value,
    }  # fmt: skip
    with warehouse.writing.begin() as connection:
        lock_writers(connection)
        run_id = connection.execute(insert(schema.run).values(row).returning(schema.run.c.run_id)).scalar_one()
    return Begun(int(run_id), now)


def end(
    warehouse: Warehouse, run_id: int, ending: Ending, *, now: datetime, duration_s: float, next_due: datetime | None
) -> None:
    """Note how a run ended, unless that was noted before."""
    row = {
        "finished_at": now, "duration_s": duration_s, "outcome": ending.outcome.value, "error": ending.error,
        "transient": ending.transient, "next_due": next_due,
        **{f"rows_{name}": count for name, count in ending.counts.items()},
    }  # fmt: skip
    table = schema.run
    with warehouse.writing.begin() as connection:
        lock_writers(connection)
        still = (table.c.run_id == run_id, table.c.outcome == Outcome.RUNNING.value)
        connection.execute(update(table).where(*still).values(row))


def end_for_time(
    warehouse: Warehouse, source: str, reason: Reason, holder: str, ending: Ending, *, now: datetime, limit_s: float
) -> int:
    """Note a run that had to be killed (its process was ``host:process id``); return its number.

    It may have been killed before it could note anything itself.
    """
    row = last(warehouse, source)
    is_noted = row is not None and row.holder.startswith(f"{holder}:") and row.outcome in _KILLED
    if is_noted:
        run_id = int(row.run_id)
        reopened = update(schema.run).where(schema.run.c.run_id == run_id).values(outcome=Outcome.RUNNING.value)
        with warehouse.writing.begin() as connection:
            lock_writers(connection)
            connection.execute(reopened)
    else:
        began = now - timedelta(seconds=limit_s)
        run_id = begin(warehouse, source, reason, now=began, token=0, holder=holder).run_id
    end(warehouse, run_id, ending, now=now, duration_s=limit_s, next_due=None)
    return run_id


def set_next_due(warehouse: Warehouse, run_id: int, next_due: datetime) -> None:
    """Note when a source is asked next."""
    with warehouse.writing.begin() as connection:
        lock_writers(connection)
        connection.execute(update(schema.run).where(schema.run.c.run_id == run_id).values(next_due=next_due))


def last(warehouse: Warehouse, source: str) -> Any:  # noqa: ANN401 - a row of ``run`` or None
    """Return the last run of a source."""
    run = schema.run.c
    with warehouse.connected() as connection:
        statement = select(schema.run).where(run.source_code == source).order_by(run.run_id.desc()).limit(1)
        return connection.execute(statement).first()


def end_interrupted(warehouse: Warehouse, token: int) -> list[str]:
    """Note as interrupted what earlier holders of the lease began and never ended; return the sources."""
    table = schema.run
    orphans = and_(table.c.outcome == Outcome.RUNNING.value, table.c.token < token)
    with warehouse.connected() as connection:
        sources = list(connection.execute(select(table.c.source_code).where(orphans)).scalars())
    if sources:
        with warehouse.writing.begin() as connection:
            lock_writers(connection)
            row = {"outcome": Outcome.INTERRUPTED.value, "transient": True, "error": "the process ended in the middle"}
            connection.execute(update(table).where(orphans).values(row))
    return sources


def set_right(warehouse: Warehouse, now: datetime) -> None:
    """Set runs that were noted by a clock that was ahead to now, the latest moment they can have begun.

    Else the planned runs between now and their false time would count as made when that time comes.
    """
    table = schema.run
    false = table.c.started_at > now + CLOCK_TOLERANCE
    with warehouse.connected() as connection:
        if connection.execute(select(table.c.run_id).where(false).limit(1)).first() is None:
            return
    with warehouse.writing.begin() as connection:
        lock_writers(connection)
        connection.execute(update(table).where(false).values(started_at=now, next_due=None))


def history(warehouse: Warehouse, source: str, now: datetime) -> History:
    """Return the history of a source. Runs noted later than now are not believed: the clock was wrong then."""
    with warehouse.connected() as connection:
        return _history(connection, source, now + CLOCK_TOLERANCE)


def _history(connection: Connection, source: str, until: datetime) -> History:
    run = schema.run.c
    good = (run.source_code == source, run.outcome.in_([each.value for each in GOOD]), run.started_at <= until)
    last_good = connection.execute(select(run.started_at).where(*good).order_by(run.run_id.desc()).limit(1)).scalar()
    failed = [run.source_code == source, run.started_at <= until]
    failed.append(run.outcome.not_in([*(each.value for each in GOOD), Outcome.RUNNING.value]))
    if last_good is not None:
        failed.append(run.started_at > last_good)
    tries = connection.execute(select(schema.run).where(*failed).order_by(run.run_id.desc()).limit(50)).all()
    return History(last_good, tuple(reversed(tries)))


def retry_wait_s(retries: Retries, attempt: int, chance: random.Random | None = None) -> float:
    """Return how long to wait after the n-th failed attempt: doubled each time, a quarter added at random."""
    wait_s: float = min(retries.wait_s * 2 ** (attempt - 1), retries.longest_wait_s)
    return wait_s * (1 + 0.25 * (chance or random.SystemRandom()).random())
