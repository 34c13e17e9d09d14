"""Whether what is stored hangs together.

Every figure has its load, series and page, the best one is held, nothing is missing that the ledger counts, and the
triggers that keep history and ledger append-only are there.

Nothing is written. What only reading the files again can tell (an edited figure) is told by ``data.rebuilding``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, union, union_all

from data import schema
from data.dialects import integrity_faults, trigger_names
from data.vintages import WITHDRAWN, known_on

SHOWN = 20  # of one kind; who has twenty knows
CHUNK = 500  # series looked at in one statement
KINDS = {
    "file": ("数据库文件", "database file"),
    "append-only": ("只增不改", "append-only"),
    "load": ("入库记录", "load of a figure"),
    "orphan": ("无主行", "orphaned row"),
    "ledger": ("台账计数", "counts of the ledger"),
    "held": ("现行值", "figure held"),
    "kept": ("留存文件", "kept file"),
    "rebuilt": ("重建比对", "compared with its file"),
}
_STORED = ("done", WITHDRAWN)
_FIGURES = (schema.observation, schema.observation_history)


class Problem(NamedTuple):
    """One thing that is not as it must be: its kind (a key of ``KINDS``), where, and what."""

    kind: str
    place: str
    said: str

    def __str__(self) -> str:
        """Return the line a person reads."""
        zh, en = KINDS[self.kind]
        return f"{zh} / {en}: {self.place}: {self.said}"


def problems(connection: Connection) -> Iterator[Problem]:
    """Give everything that is wrong, kind after kind."""
    for look in (_file, _append_only, _loads_of_figures, _orphans, _ledger, _held):
        yield from look(connection)


def _file(connection: Connection) -> Iterator[Problem]:
    for fault in integrity_faults(connection, SHOWN):
        yield Problem("file", "SQLite", fault)


def _append_only(connection: Connection) -> Iterator[Problem]:
    found = trigger_names(connection)
    endings = ("no_update", "no_delete") if connection.dialect.name == "sqlite" else ("no_change", "no_truncate")
    wanted = {f"observation_history_{ending}" for ending in endings}
    wanted |= {"load_no_update", "load_no_delete"}
    for name in sorted(wanted - found):
        yield Problem("append-only", name, "the trigger is gone or switched off: what it guards could be edited")


# --- rows that point to something


def _loads_of_figures(connection: Connection) -> Iterator[Problem]:
    ledger, source = schema.load.c, schema.source.c
    for table in _FIGURES:
        states = ("done",) if table is schema.observation else _STORED
        loaded = table.outerjoin(schema.load, ledger.load_id == table.c.load_id)
        cell = (table.c.series_id, table.c.period, table.c.load_id)
        lost = select(*cell).select_from(loaded).where(or_(ledger.state.is_(None), ledger.state.not_in(states)))
        yield from _listed(connection, "load", lost, f"{table.name}: its load is not stored")
        sourced = loaded.join(schema.source, source.code == ledger.source_code)
        other = or_(table.c.simulated != source.simulated, table.c.vintage != ledger.vintage)
        marked = select(*cell).select_from(sourced).where(other)
        yield from _listed(connection, "load", marked, f"{table.name}: vintage or 模拟 is not that of its load")


def _orphans(connection: Connection) -> Iterator[Problem]:
    series, page, ledger = schema.series.c.series_id, schema.citation.c.citation_id, schema.load.c.load_id
    pointers = [(table.c.series_id, series) for table in (*_FIGURES, schema.confirmation)]
    pointers += [(table.c.citation_id, page) for table in _FIGURES]
    pointers += [(schema.observation_history.c.superseded_by, ledger)]
    remarks = (schema.rejected_row, schema.finding, schema.correction, schema.confirmation, schema.approval)
    pointers += [(table.c.load_id, ledger) for table in remarks]
    for pointer, target in pointers:
        known = select(target).where(target == pointer).exists()
        lost = select(pointer).where(pointer.is_not(None), ~known).distinct()
        yield from _listed(connection, "orphan", lost, f"{pointer.table.name}.{pointer.name} points to nothing")
    known = select(schema.source.c.code).where(schema.source.c.code == schema.load.c.source_code).exists()
    nameless = select(schema.load.c.load_id).where(~known)
    yield from _listed(connection, "orphan", nameless, "the source of a load is not registered")
    then = schema.observation_history.c
    backwards = select(then.series_id, then.period, then.known_from).where(then.known_from > then.known_to)
    yield from _listed(connection, "orphan", backwards, "observation_history: known_to lies before known_from")


def _listed(connection: Connection, kind: str, statement: Select[Any], said: str) -> Iterator[Problem]:
    rows = connection.execute(statement.limit(SHOWN + 1)).all()
    for row in rows[:SHOWN]:
        yield Problem(kind, ", ".join(f"{name} {value}" for name, value in row._mapping.items()), said)
    if len(rows) > SHOWN:
        yield Problem(kind, "…", f"{said}: more than {SHOWN} rows")


# --- counts and rank


def _ledger(connection: Connection) -> Iterator[Problem]:
    """Find loads of which fewer values are stored than the ledger counts: none is ever deleted."""
    ledger = schema.load.c
    counted = union_all(
        *(select(each.c.load_id, func.count().label("rows")).group_by(each.c.load_id) for each in _FIGURES)
    ).subquery("counted")
    stored = select(counted.c.load_id, func.sum(counted.c.rows).label("rows")).group_by(counted.c.load_id).subquery()
    told, found = ledger.rows_new + ledger.rows_revised, func.coalesce(stored.c.rows, 0)
    fewer = (
        select(ledger.load_id, ledger.file_name, told.label("told"), found.label("found"))
        .select_from(schema.load.outerjoin(stored, stored.c.load_id == ledger.load_id))
        .where(ledger.state.in_(_STORED), ledger.kind != "withdrawal", found < told)
    )
    yield from _listed(connection, "ledger", fewer, "fewer values are stored than were")


def _held(connection: Connection) -> Iterator[Problem]:
    """Find cells that do not hold the best of their values: published over derived over simulated, then the latest."""
    for series_ids in _chunks(connection):
        best = known_on(date.max, _among(series_ids)).c
        held = schema.observation.c
        same = and_(held.series_id == best.series_id, held.period == best.period)
        wrong = or_(
            held.series_id.is_(None),
            held.load_id != best.load_id,
            held.vintage != best.vintage,
            held.value.is_distinct_from(best.value),
            held.revisions != best.revisions,
        )
        joined = best.series_id.table.outerjoin(schema.observation, same)
        names = (best.series_id, best.period, best.load_id, held.load_id.label("held_load_id"))
        statement = select(*names).select_from(joined).where(wrong)
        yield from _listed(connection, "held", statement, "not the best value is held, or its revisions are miscounted")


def _among(series_ids: list[int]) -> Callable[[Any], ColumnElement[bool]]:
    return lambda column: column.series_id.in_(series_ids)


def _chunks(connection: Connection) -> Iterator[list[int]]:
    every = union(*(select(table.c.series_id) for table in _FIGURES)).subquery()
    series_ids = list(connection.execute(select(every.c.series_id).order_by(every.c.series_id)).scalars())
    return (series_ids[start : start + CHUNK] for start in range(0, len(series_ids), CHUNK))
