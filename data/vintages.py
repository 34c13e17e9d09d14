"""What was known on a day: the values of the latest vintage not later than it (domain rules, section 6).

Current values and superseded ones are ranked as they would have been if nothing later had been loaded: a published
value stands over a derived one and both over a simulated one, among equals the latest vintage counts, and of one
vintage what was loaded last. A simulated value is known from its own vintage on, like any other: on a day before the
first real vintage it is what was known, and it says that it is simulated. Loads that were withdrawn never count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SmallInteger,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data import schema

WITHDRAWN = "withdrawn"
_COLUMNS = (
    "series_id", "period", "value", "decimals", "obs_status", "conf_status", "simulated", "derived",
    "load_id", "vintage", "citation_id", "place", "note",
)  # fmt: skip
_CONTENT = ("value", "obs_status", "conf_status")

Asked = Callable[[Any], ColumnElement[bool]]  # the columns of a table -> which of its rows are asked for


def as_of(series_ids: Collection[int], day: date) -> Select[Any]:
    """Return the statement for the values of series as they were known on ``day``, one row per (series, period)."""
    known = known_on(day, lambda column: column.series_id.in_(series_ids)).c
    names = [name for name in _COLUMNS if name != "note"]
    return select(*(known[name] for name in names)).order_by(known.series_id, known.period)


def known_on(day: date, asked: Asked, *, whole: bool = False) -> Subquery:
    """Return what stands in for the table ``observation`` on an earlier day, for the rows that are ``asked`` for.

    It has the columns a cell needs, or the ``whole`` row. ``revisions`` counts the changes that were known then.
    """
    names = (*_COLUMNS, "raw") if whole else _COLUMNS
    line = _in_line(lambda column: and_(asked(column), column.vintage <= day), names)
    ranked = select(
        *(line.c[name] for name in names),
        cast(func.sum(line.c.changed).over(partition_by=_cell_of(line, "standing")), SmallInteger).label("revisions"),
        func.row_number()
        .over(
            partition_by=_cell_of(line),
            order_by=(
                line.c.standing.desc(),
                line.c.vintage.desc(),
                line.c.is_current.desc(),
                line.c.known_from.desc(),
            ),
        )
        .label("place_in_line"),
    ).subquery("ranked")
    columns = [ranked.c[name] for name in (*names, "revisions")]
    return select(*columns).where(ranked.c.place_in_line == 1).subquery("known")


def _in_line(asked: Asked, names: tuple[str, ...]) -> Subquery:
    """Return every value ever held of the cells asked for, and whether it changed the one before of its standing."""
    every = union_all(*(_held(table, asked, names) for table in (schema.observation, schema.observation_history)))
    values = every.subquery("every")
    cell, order = _cell_of(values, "standing"), (values.c.vintage, values.c.is_current, values.c.known_from)

    def before(name: str) -> ColumnElement[Any]:
        return func.lag(values.c[name]).over(partition_by=cell, order_by=order)

    following = func.row_number().over(partition_by=cell, order_by=order) > 1
    differs = or_(*(values.c[name].is_distinct_from(before(name)) for name in _CONTENT))
    return select(*values.c, case((and_(following, differs), 1), else_=0).label("changed")).subquery("line")


def _held(table: Any, asked: Asked, names: tuple[str, ...]) -> Select[Any]:  # noqa: ANN401 - a Table
    column = table.c
    standing = case((column.simulated, 0), (column.derived, 1), else_=2).label("standing")
    is_current = literal(int(table is schema.observation)).label("is_current")
    return select(*(column[name] for name in (*names, "known_from")), standing, is_current).where(
        asked(column), column.load_id.not_in(withdrawn_loads())
    )


def withdrawn_loads() -> Select[Any]:
    """Return the statement for the loads that were withdrawn: a handful at most."""
    return select(schema.load.c.load_id).where(schema.load.c.state == WITHDRAWN)


def withdrawals() -> Select[Any]:
    """Return the statement for the loads that were withdrawn, and when."""
    return select(schema.load.c.load_id, schema.load.c.withdrawn_at).where(schema.load.c.state == WITHDRAWN)


def _cell_of(rows: Subquery, *more: str) -> tuple[ColumnElement[Any], ...]:
    return tuple(rows.c[name] for name in ("series_id", "period", *more))
