"""What pages about warnings and sources look at beside figures, read for one state of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callbacks.context import Context
from data.source_details import source_details
from data.source_status import source_statuses
from data.warning_evaluation import evaluate, wants
from data.warning_history import held_by_month
from data.warning_register import events, message, open_records, records
from layouts.alerts import Board

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.queries import Frame, Want
    from data.selection import Selection
    from data.warehouse import Snapshot
    from data.warning_evaluation import Warned
    from data.warning_register import Record


def board(
    context: Context, data: Snapshot, selection: Selection, reads: frozenset[str], frame: Frame | None = None
) -> Board:
    """Return what is asked for (``Panel.reads``) as a selection means it.

    ``frame`` is what the warnings ask for (``asked_by_warnings``), where that was read already.
    """
    is_now = selection.period is None and selection.as_of is None
    sources = "sources" in reads or "details" in reads
    asked = (context.warehouse, context.catalogue, context.settings, context.clock.now())
    return Board(
        now=context.clock.now(),
        found=warned(context, data, selection, frame) if "warnings" in reads else (),
        records=open_records(data) if "warnings" in reads and is_now else {},
        history=records(data) if "history" in reads else (),
        events=events(data) if "history" in reads else (),
        statuses=source_statuses(*asked) if sources else (),
        months=_months(context, data, selection) if "months" in reads else {},
        details=source_details(data, context.settings) if "details" in reads else {},
    )


def asked_by_warnings(context: Context, selection: Selection) -> Sequence[Want]:
    """Return what all rules and targets ask for."""
    return wants(context.catalogue, selection.period)


def warned(context: Context, data: Snapshot, selection: Selection, frame: Frame | None = None) -> list[Warned]:
    """Return the warnings that hold, worked out once for a chosen month, day of knowledge and state of the data."""
    today = selection.as_of or context.clock.today()
    key = ("warned", selection.period, selection.as_of, data.version, today)
    found: list[Warned] = context.results.get_or_make(key, lambda: _warned(context, data, selection, frame))
    return found


def _warned(context: Context, data: Snapshot, selection: Selection, frame: Frame | None) -> list[Warned]:
    if frame is None:
        frame = context.frame(data, asked_by_warnings(context, selection), selection)
    return evaluate(frame, context.catalogue, selection.as_of or context.clock.today(), selection.period)


def _months(context: Context, data: Snapshot, selection: Selection) -> Mapping[int, Sequence[Warned]]:
    """Return what held in each of the last months, worked out once like what holds now."""
    today = selection.as_of or context.clock.today()
    key = ("warned by month", selection.period, selection.as_of, data.version, today)

    def made() -> Mapping[int, Sequence[Warned]]:
        frame = context.frame(data, wants(context.catalogue, selection.period), selection)
        return held_by_month(frame, context.catalogue, today)

    found: Mapping[int, Sequence[Warned]] = context.results.get_or_make(key, made)
    return found


def as_json(context: Context, selection: Selection) -> dict[str, Any]:
    """Return the warnings for programs: of every declared rule that holds, with who has acknowledged it."""
    with context.warehouse.snapshot() as data:
        key = ("warnings as json", data.version, context.clock.today())
        made: dict[str, Any] = context.results.get_or_make(key, lambda: _as_json(context, data, selection))
    return made


def _as_json(context: Context, data: Snapshot, selection: Selection) -> dict[str, Any]:
    known, today = open_records(data), context.clock.today()
    rows = [
        message(found, context.catalogue) | _remembered(known.get(found.key), found)
        for found in warned(context, data, selection)
    ]
    counts = {str(level): sum(row["level"] == level for row in rows) for level in (1, 2, 3, 4)}
    return {"data": data.version, "day": today.isoformat(), "counts": counts, "warnings": rows}


def _remembered(record: Record | None, found: Warned) -> dict[str, Any]:
    if record is None:
        return {"number": None, "first_seen": None, "acknowledged": None}
    known = None
    if record.acknowledged_at is not None and record.level <= found.level:
        at = record.acknowledged_at.isoformat(timespec="seconds")
        known = {"by": record.acknowledged_by, "at": at, "because": record.acknowledged_because}
    first_seen = record.first_seen.isoformat(timespec="seconds")
    return {"number": record.warning_id, "first_seen": first_seen, "acknowledged": known}
