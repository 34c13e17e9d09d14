"""Which load said again what was held already: kept small, needed when an older vintage or a withdrawal comes between.

A later edition that repeats a value stores no value of its own. Still it is a statement: if an edition between the two
arrives late with another value, or the first one is withdrawn, the repeated value is what holds. One row per load and
series remembers the periods, a bit each; what was confirmed is the value that was held when the load was stored, or,
where that was of a later vintage, the one the history told of the load's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, literal, select, union_all

from data import schema
from data.dialects import bulk_insert
from data.revision_counts import recount
from data.succession import give_back, outdated, take_away
from data.vintages import withdrawals

CHUNK = 500  # series asked for in one statement
ROWS_TOGETHER = 10_000  # written at once
Identity = tuple[int, int]  # series_id, period

_HISTORY = [column.name for column in schema.observation_history.columns]


class _Statement(NamedTuple):
    """One confirmation of one cell."""

    vintage: date
    load_id: int
    said_at: datetime
    simulated: bool


def settle_history(
    connection: Connection,
    load_id: int,
    vintage: date,
    now: datetime,
    *,
    confirmed: Iterable[Identity],
    revised: Collection[Identity],
    late: Collection[Identity],
) -> None:
    """Bring the history of a load's cells in order, after its values are written.

    ``confirmed`` are the cells it repeats, in the order of their series; ``revised`` those whose value it replaced;
    ``late`` those of which it went to history only.
    """
    note_confirmations(connection, load_id, confirmed)
    upheld = uphold_later(connection, {*revised, *late}, vintage, load_id, now)
    recount(connection, upheld | {series_id for series_id, _ in late})


def note_confirmations(connection: Connection, load_id: int, confirmed: Iterable[Identity]) -> None:
    """Remember the cells of which a load repeats what is held; the cells of a series stand together."""
    columns, rows = ("series_id", "load_id", "first_period", "covered"), list[tuple[Any, ...]]()
    for series_id, cells in groupby(confirmed, key=itemgetter(0)):
        periods = [period for _, period in cells]
        rows.append((series_id, load_id, min(periods), _bits(periods)))
        if len(rows) == ROWS_TOGETHER:
            bulk_insert(connection, schema.confirmation, columns, rows)
            rows = []
    bulk_insert(connection, schema.confirmation, columns, rows)


def _bits(periods: Sequence[int]) -> bytes:
    first, bits = min(periods), 0
    for period in periods:
        bits |= 1 << (period - first)
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _periods(first: int, covered: bytes) -> Iterator[int]:
    bits = int.from_bytes(covered, "little")
    return (first + place for place in range(bits.bit_length()) if bits >> place & 1)


def uphold_later(
    connection: Connection, cells: Collection[Identity], vintage: date, load_id: int, now: datetime
) -> set[int]:
    """Let later vintages stand that confirmed what a load of an earlier one has just replaced; return their series."""
    ledger = schema.load.c
    later = (ledger.vintage > vintage, ledger.state == "done", ledger.rows_unchanged > 0)
    if not cells or connection.execute(select(ledger.load_id).where(*later).limit(1)).scalar() is None:
        return set()
    upheld: set[int] = set()
    for series_ids in _chunks(sorted({series_id for series_id, _ in cells})):
        statements = _statements(connection, series_ids, ledger.vintage > vintage)
        said = {cell: each for cell, each in statements.items() if cell in cells}
        rows = [row for row in _confirmed(connection, said) if row.vintage <= vintage]
        upheld |= _store(connection, rows, said, load_id, now)
        take_away(connection, outdated(series_ids), load_id, now)
        give_back(connection, series_ids, load_id, now)
    return upheld


def uphold_without(connection: Connection, series_ids: Sequence[int], load_id: int, number: int, now: datetime) -> None:
    """Keep what other loads confirmed of the values of a load that is withdrawn; the caller gives it back."""
    ledger = schema.load.c
    own_vintage = select(ledger.vintage).where(ledger.load_id == load_id).scalar_subquery()
    later = and_(ledger.load_id > load_id, ledger.vintage >= own_vintage)
    statements = _statements(connection, series_ids, later)
    rows = [row for row in _confirmed(connection, statements) if row.load_id == load_id]
    _store(connection, rows, statements, number, now)


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _statements(
    connection: Connection, series_ids: Sequence[int], which: ColumnElement[bool]
) -> dict[Identity, _Statement]:
    """Return the first confirmation of each cell, in order of vintage, among loads that are not withdrawn."""
    table, ledger = schema.confirmation.c, schema.load.c
    said = (ledger.vintage, table.load_id, ledger.started_at, schema.source.c.simulated)
    statement = (
        select(table.series_id, table.first_period, table.covered, *said)
        .join(schema.load, ledger.load_id == table.load_id)
        .join(schema.source, schema.source.c.code == ledger.source_code)
        .where(table.series_id.in_(series_ids), ledger.state == "done", which)
        .order_by(ledger.vintage, table.load_id)
    )
    found: dict[Identity, _Statement] = {}
    for series_id, first, covered, *what in connection.execute(statement):
        for period in _periods(first, covered):
            found.setdefault((series_id, period), _Statement(*what))
    return found


def _confirmed(connection: Connection, said: dict[Identity, _Statement]) -> Iterator[Row[Any]]:
    """Give the values that were confirmed; withdrawn or not since, this is what was said again."""
    if not said:
        return
    withdrawn = {each.load_id: each.withdrawn_at for each in connection.execute(withdrawals())}
    held: set[Identity] = set()
    overtaken: set[Identity] = set()
    told: dict[Identity, Row[Any]] = {}
    for row in connection.execute(_every_value(said)):
        cell = (row.series_id, row.period)
        statement = said.get(cell)
        if statement is None:
            continue
        if not _was_held(row, statement.said_at):
            if _was_told(row, statement, withdrawn.get(row.load_id)):
                told.setdefault(cell, row)
        elif row.vintage > statement.vintage:
            overtaken.add(cell)
        else:
            held.add(cell)
            yield row
    yield from (row for cell, row in told.items() if cell in overtaken - held)


def _every_value(said: dict[Identity, _Statement]) -> Select[Any]:
    """Return the statement for all values of the series in question, those held last first."""
    newest = max(each.said_at for each in said.values())
    series_ids = {series_id for series_id, _ in said}
    now, then = schema.observation.c, schema.observation_history.c
    names = [name for name in _HISTORY if name not in ("known_to", "superseded_by")]
    endless = literal(None, schema.UtcDateTime()).label("known_to")
    every = union_all(
        select(*(now[name] for name in names), endless).where(now.series_id.in_(series_ids)),
        select(*(then[name] for name in names), then.known_to).where(
            then.series_id.in_(series_ids), then.known_from <= newest
        ),
    ).subquery("every")
    return select(every).order_by(every.c.known_from.desc())


def _was_held(row: Row[Any], moment: datetime) -> bool:
    return bool(row.known_from <= moment and (row.known_to is None or moment < row.known_to))


def _was_told(row: Row[Any], statement: _Statement, withdrawn_at: datetime | None) -> bool:
    """Tell whether history told a value of the statement's own vintage when it was made."""
    is_of_vintage = (row.vintage, row.simulated) == (statement.vintage, statement.simulated)
    is_earlier = row.known_from <= statement.said_at
    return bool(is_of_vintage and is_earlier and (withdrawn_at is None or withdrawn_at > statement.said_at))


def _store(
    connection: Connection, rows: Iterable[Row[Any]], said: dict[Identity, _Statement], number: int, now: datetime
) -> set[int]:
    """Write the confirmed values into history as values of the loads that confirmed them; return their series."""
    copies: dict[Identity, dict[str, Any]] = {}
    for row in rows:
        cell = (row.series_id, row.period)
        said_at = said[cell].said_at
        own = {"load_id": said[cell].load_id, "vintage": said[cell].vintage, "known_from": said_at}
        ends = now if _was_held(row, said_at) else said_at  # what came late was never held
        copies.setdefault(cell, {**row._mapping, **own, "known_to": ends, "superseded_by": number})
    written = [tuple(copy[name] for name in _HISTORY) for copy in copies.values()]
    bulk_insert(connection, schema.observation_history, _HISTORY, written)
    return {series_id for series_id, _ in copies}
