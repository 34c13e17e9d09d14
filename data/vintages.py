"""What was known on a day: the values of the latest vintage not later than it (domain rules, section 6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all

from data import schema

_COLUMNS = (
    "series_id", "period", "value", "decimals", "obs_status", "conf_status", "simulated", "derived",
    "load_id", "vintage", "citation_id", "place",
)  # fmt: skip


def as_of(series_ids: Collection[int], day: date) -> Select[Any]:
    """Return the statement for the values of series as they were known on ``day``, one row per (series, period).

    A published value stands over a derived one and both over a simulated one, as in the current values; among
    equals the latest vintage counts, and of one vintage what was loaded last.
    """
    tables = (schema.observation, schema.observation_history)
    every = union_all(*(_known(table, series_ids, day) for table in tables)).subquery("every")
    ranked = select(
        *(every.c[name] for name in _COLUMNS),
        func.row_number()
        .over(
            partition_by=(every.c.series_id, every.c.period),
            order_by=(
                case((every.c.simulated, 2), (every.c.derived, 1), else_=0),
                every.c.vintage.desc(),
                every.c.is_current.desc(),
                every.c.known_from.desc(),
            ),
        )
        .label("place_in_line"),
    ).subquery("ranked")
    statement = select(*(ranked.c[name] for name in _COLUMNS)).where(ranked.c.place_in_line == 1)
    return statement.order_by(ranked.c.series_id, ranked.c.period)


def _known(table: Any, series_ids: Collection[int], day: date) -> Select[Any]:  # noqa: ANN401 - a Table
    columns = (table.c[name] for name in (*_COLUMNS, "known_from"))
    is_current = literal(int(table is schema.observation)).label("is_current")
    return select(*columns, is_current).where(table.c.series_id.in_(series_ids), table.c.vintage <= day)
