"""How often the values held now were revised, counted anew where an older vintage arrived late or a load was withdrawn.

A later vintage adds one to the count of the value it replaces. What comes in another order is counted from the whole
history, so that the count is the same whatever the order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, and_, bindparam, select, update

from data import schema
from data.vintages import known_on

CHUNK = 500  # series asked for in one statement
Identity = tuple[int, int]  # series_id, period


def recount(connection: Connection, identities: Collection[Identity]) -> None:
    """Count the revisions of the values held of some cells from their history."""
    table = schema.observation
    statement = (
        update(table)
        .where(table.c.series_id == bindparam("its_series"), table.c.period == bindparam("its_period"))
        .values(revisions=bindparam("counted"))
    )
    for chunk in _chunks(sorted({series_id for series_id, _ in identities})):
        wrong = [
            {"its_series": series_id, "its_period": period, "counted": counted}
            for series_id, period, counted in _wrong_counts(connection, chunk, identities)
        ]
        if wrong:
            connection.execute(statement, wrong)


def _wrong_counts(
    connection: Connection, series_ids: Sequence[int], identities: Collection[Identity]
) -> Iterator[tuple[int, int, int]]:
    periods = [period for _, period in identities]
    first, last, now = min(periods), max(periods), schema.observation.c
    known = known_on(
        date.max, lambda column: and_(column.series_id.in_(series_ids), column.period.between(first, last))
    ).c
    statement = (
        select(known.series_id, known.period, known.revisions)
        .join(schema.observation, and_(now.series_id == known.series_id, now.period == known.period))
        .where(known.revisions != now.revisions)
    )
    wanted = set(identities)
    for series_id, period, counted in connection.execute(statement).all():
        if (series_id, period) in wanted:
            yield series_id, period, counted


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
