"""How often the values held now were revised, counted anew where an older vintage arrived late or a load was withdrawn.

A later vintage adds one to the count of the value it replaces. What comes in another order is counted from the whole
history, so that the count is the same whatever the order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, and_, bindparam, select, update

from data import schema
from data.vintages import known_on

CHUNK = 500  # series asked for in one statement


def recount(connection: Connection, series_ids: Collection[int]) -> None:
    """Count the revisions of the values held of some series from their history."""
    table, asked = schema.observation, sorted(series_ids)
    statement = (
        update(table)
        .where(table.c.series_id == bindparam("its_series"), table.c.period == bindparam("its_period"))
        .values(revisions=bindparam("counted"))
    )
    for start in range(0, len(asked), CHUNK):
        wrong = _wrong_counts(connection, asked[start : start + CHUNK])
        if wrong:
            connection.execute(statement, wrong)


def _wrong_counts(connection: Connection, series_ids: list[int]) -> list[dict[str, int]]:
    now, known = schema.observation.c, known_on(date.max, lambda column: column.series_id.in_(series_ids)).c
    statement = (
        select(known.series_id.label("its_series"), known.period.label("its_period"), known.revisions.label("counted"))
        .join(schema.observation, and_(now.series_id == known.series_id, now.period == known.period))
        .where(known.revisions != now.revisions)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]
