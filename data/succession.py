"""Which value is held of a cell after the order of its history has changed: after a withdrawal, or a late vintage.

Nothing is lost on the way: what is no longer held goes to history, and what is held again stands there still.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, literal, select

from data import schema
from data.vintages import known_on, withdrawn_loads

_MOVED = [column.name for column in schema.observation_history.columns if column.name in schema.observation.c]
_KEPT = [name for name in _MOVED if name != "known_from"]


def take_away(connection: Connection, which: ColumnElement[bool], number: int, now: datetime) -> int:
    """Move values from those held to history, superseded by load ``number``; return how many."""
    held = schema.observation.c
    ends = (literal(now, schema.UtcDateTime()), literal(number))
    moved = select(*(held[name] for name in _MOVED), *ends).where(which)
    names = [*_MOVED, "known_to", "superseded_by"]
    connection.execute(insert(schema.observation_history).from_select(names, moved))
    return int(connection.execute(delete(schema.observation).where(which)).rowcount)


def outdated(series_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition for held values beside which the history has a later vintage of the same standing."""
    held, then = schema.observation.c, schema.observation_history.c
    later = exists().where(
        then.series_id == held.series_id,
        then.period == held.period,
        then.simulated == held.simulated,
        then.derived == held.derived,
        then.vintage > held.vintage,
        then.load_id.not_in(withdrawn_loads()),
    )
    return and_(held.series_id.in_(series_ids), later)


def give_back(connection: Connection, series_ids: Sequence[int], number: int, now: datetime) -> int:
    """Hold the best value of the history again in the cells that ``number`` left empty; return how many."""
    taken, held = schema.observation_history.alias("taken").c, schema.observation.alias("held").c

    def emptied(column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
        was_taken = exists().where(
            taken.series_id == column.series_id, taken.period == column.period, taken.superseded_by == number
        )
        is_held = exists().where(held.series_id == column.series_id, held.period == column.period)
        return and_(column.series_id.in_(series_ids), was_taken, ~is_held)

    known = known_on(date.max, emptied, whole=True).c
    row = select(*(known[name] for name in _KEPT), literal(now, schema.UtcDateTime()), known.revisions)
    names = [*_KEPT, "known_from", "revisions"]
    written = insert(schema.observation).from_select(names, row)
    return int(connection.execute(written, execution_options={"preserve_rowcount": True}).rowcount)
