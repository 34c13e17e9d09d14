"""Where the facts of a load wait beside the warehouse until they are stored: tables of one connection only.

Nobody else sees them and no other writer waits for them. They go when the connection does, whatever happens. A small
load's are temporary tables; a long one's stand on SQLite in a file of their own, because this build of it keeps
temporary tables in memory.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    Row,
    Select,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    delete,
    false,
    func,
    select,
    true,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from data.columns import COLUMN_NAMES, Columns, Numbering
from data.dialects import bulk_insert_columns
from data.facts import Citation, Fact, SeriesKey
from data.gathering import STATUS_WITH_VALUE, Gathered, citation_id

if TYPE_CHECKING:
    from data.check_sieve import Real, Whole

SORTED = 500_000  # facts sorted together in memory
WRITTEN = 10_000  # facts written by one statement; each may lie on a page of its own
FEW_PARTS = 20  # passes over unordered facts of which each writes little
STRETCH = 20_000  # rows looked at together
CHUNK = 500  # series asked for in one statement
MANY = 10_000  # from here on the planner must know
_BIG = BigInteger().with_variant(Integer, "sqlite")
_temporary = MetaData()

staged = Table(
    "staged",
    _temporary,
    Column("position", _BIG, primary_key=True, autoincrement=False),  # in the order of the file
    Column("series_id", BigInteger, nullable=False),
    Column("period", Integer, nullable=False),
    Column("value", Float(53)),
    Column("decimals", SmallInteger),
    Column("obs_status", String(1), nullable=False, server_default="A"),
    Column("conf_status", String(1), nullable=False, server_default="F"),
    Column("derived", Boolean, nullable=False, server_default=false()),
    Column("citation_id", BigInteger),
    Column("place", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    prefixes=["TEMPORARY"],
)

_OF = staged.c

known_series = Table(  # the series of the load that the warehouse had before it
    "known_series",
    _temporary,
    Column("series_id", _BIG, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
)

decided = Table(  # what becomes of the staged facts of known series; an unchanged one is left out
    "decided",
    _temporary,
    Column("position", _BIG, primary_key=True, autoincrement=False),
    Column("series_id", BigInteger, nullable=False),
    Column("period", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("revisions", SmallInteger, nullable=False),
    prefixes=["TEMPORARY"],
)


@cache
def creating(dialect: Dialect, *tables: Table, place: str = "") -> tuple[str, ...]:
    """Return the statements that create temporary tables unless they are there; a rollback takes them away again.

    With ``place`` they are made there and not as temporary ones.
    """
    texts = [str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)) for table in tables]
    return tuple(_placed(text, place) if place else text for text in texts)


def _placed(text: str, place: str) -> str:
    return text.replace("CREATE TEMPORARY TABLE IF NOT EXISTS ", f"CREATE TABLE IF NOT EXISTS {place}")


class Staging:
    """The staged facts of one load, on one connection. ``series`` are its series in the order of the file."""

    def __init__(self, connection: Connection, place: str = "") -> None:
        """``place`` is the schema of SQLite the tables are to be in; by default the temporary one."""
        self.connection = connection
        self.place = place
        self.series: dict[int, tuple[SeriesKey, str]] = {}
        self.citations: dict[int, Citation] = {}
        self.count = 0
        self.collapsed = 0
        self.next_position = 0
        self.is_in_order = True  # every series stands in one stretch of the file
        self.starts: dict[int, int] = {}  # series -> its first position, while that is so
        for statement in creating(connection.dialect, *_temporary.sorted_tables, place=place):
            connection.exec_driver_sql(statement)

    def clear(self) -> None:
        """Forget what is staged, so that the connection can stage another load."""
        for table in _temporary.sorted_tables:
            self.connection.exec_driver_sql(f"DELETE FROM {table.name}")  # noqa: S608 - our own names only
        self.series, self.citations, self.count, self.collapsed = {}, {}, 0, 0

    def add(self, columns: Columns, ids: Sequence[int], pages: Sequence[int]) -> None:
        """Stage facts; ``ids`` and ``pages`` are the series and citations that their numbers stand for."""
        placed: dict[str, Sequence[Any]] = {
            "position": range(self.next_position, self.next_position + len(columns)),
            "series_id": [ids[number] for number in columns.series],
        }
        for name in COLUMN_NAMES[1:]:
            column = getattr(columns, name)
            if name == "citation" and column is not None:
                placed["citation_id"] = [None if number is None else pages[number] for number in column]
            elif column is not None:
                placed[name] = column
        bulk_insert_columns(self.connection, staged, tuple(placed), tuple(placed.values()))
        self.next_position += len(columns)
        self.count += len(columns)

    def fill(self, gathered: Gathered) -> None:
        """Stage what was gathered of a small load."""
        self.add_facts(list(gathered.facts.values()))
        self.series, self.citations, self.collapsed = gathered.series, gathered.citations, gathered.collapsed

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Stage single facts."""
        numbering = Numbering()
        columns = numbering.columns(facts)
        series, citations = numbering.new()
        pages = {citation_id(page): page for page in citations}
        self.add(columns, [key.series_id for key, _ in series], list(pages))
        self.series.update((key.series_id, (key, unit)) for key, unit in series if key.series_id not in self.series)
        self.citations |= pages

    def analyse(self) -> None:
        """Tell PostgreSQL's planner how much is staged; nothing does it by itself for temporary tables."""
        if self.connection.dialect.name == "postgresql" and self.count >= MANY:
            self.connection.exec_driver_sql("ANALYZE staged, known_series")

    # --- looking at what is staged

    def slices(self) -> list[ColumnElement[bool]]:
        """Return conditions that divide the staged facts by series, into parts an engine can sort in little memory.

        SQLite as it is built here sorts in memory only; PostgreSQL sorts on the disk.
        """
        is_sqlite = self.connection.dialect.name == "sqlite"
        parts = max(self.count // SORTED, min(self.count // WRITTEN, FEW_PARTS)) + 1 if is_sqlite else 1
        if parts == 1:
            return [true()]
        series = sorted(self.series)
        size = len(series) // parts + 1
        chunks = [series[start : start + size] for start in range(0, len(series), size)]
        return [_OF.series_id.between(chunk[0], chunk[-1]) for chunk in chunks]

    def stretches(self, position: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """Return conditions that divide positions, so that one statement writes little of a large warehouse.

        SQLite as it is built here keeps in memory what a statement overwrites, until the statement ends.
        """
        if self.connection.dialect.name != "sqlite" or self.next_position <= WRITTEN:
            return [true()]
        return [position.between(start, start + WRITTEN - 1) for start in range(0, self.next_position, WRITTEN)]

    def columns(self) -> Iterator[tuple[Whole, Whole, Real]]:
        """Give series, periods and values by series, in stretches that end where a series ends."""
        kept: list[tuple[Any, ...]] = []
        for part in self.slices():
            asked = select(_OF.series_id, _OF.period, _OF.value).where(part)
            asked = asked.order_by(_OF.series_id, _OF.period, _OF.position)
            with self.connection.execute(asked, execution_options={"stream_results": True}) as found:
                for rows in found.partitions(STRETCH):
                    kept += [tuple(row) for row in rows]
                    whole = next((n for n in range(len(kept) - 1, 0, -1) if kept[n][0] != kept[n - 1][0]), 0)
                    yield _arrays(kept[:whole])
                    kept = kept[whole:]
        yield _arrays(kept)

    def index(self) -> None:
        """Make single series quick to find, if they do not stand together anyway."""
        if not self.is_in_order:
            self.connection.exec_driver_sql(f"CREATE INDEX {self.place}ix_staged_series ON staged (series_id)")

    def facts_of(self, series_ids: Sequence[int]) -> list[Fact]:
        """Return the staged facts of some series, in the order of the file."""
        rows = [row for wanted in self._finding(series_ids) for row in self.connection.execute(wanted)]
        return [self._fact(row) for row in sorted(rows, key=lambda row: int(row.position))]

    def _finding(self, series_ids: Sequence[int]) -> Iterator[Select[Any]]:
        if not self.is_in_order:
            for start in range(0, len(series_ids), CHUNK):
                yield select(staged).where(_OF.series_id.in_(series_ids[start : start + CHUNK]))
            return
        begins = [*self.starts.values(), self.next_position]
        ends = {series_id: begins[number + 1] for number, series_id in enumerate(self.starts)}
        for series_id in series_ids:
            yield select(staged).where(_OF.position.between(self.starts[series_id], ends[series_id] - 1))

    def given_twice(self, series_ids: Collection[int]) -> Iterator[Fact]:
        """Give the facts of some series whose period stands twice or more, in the order of the file."""
        some = _OF.series_id.in_(sorted(series_ids))
        twice = select(_OF.series_id, _OF.period).where(some).group_by(_OF.series_id, _OF.period)
        found = twice.having(func.count() > 1).subquery()
        same = and_(_OF.series_id == found.c.series_id, _OF.period == found.c.period)
        return map(self._fact, self.connection.execute(select(staged).join(found, same).order_by(_OF.position)))

    def without_reason(self) -> Fact | None:
        """Return the first fact that has neither a value nor a status that says why."""
        asked = select(staged).where(_OF.value.is_(None), _OF.obs_status.in_(STATUS_WITH_VALUE), _OF.conf_status == "F")
        row = self.connection.execute(asked.order_by(_OF.position).limit(1)).first()
        return None if row is None else self._fact(row)

    def collapse(self, series_ids: Collection[int]) -> None:
        """Leave the first of what stands twice in some series, and count the others."""
        order = func.row_number().over(partition_by=(_OF.series_id, _OF.period), order_by=_OF.position)
        placed = select(_OF.position, order.label("place")).where(_OF.series_id.in_(sorted(series_ids))).subquery()
        later = select(placed.c.position).where(placed.c.place > 1)
        self.connection.execute(delete(staged).where(_OF.position.in_(later)))
        left = self.connection.execute(select(func.count()).select_from(staged)).scalar_one()
        self.collapsed += self.count - left
        self.count = left

    def _fact(self, row: Row[Any]) -> Fact:
        key, unit = self.series[row.series_id]
        page = None if row.citation_id is None else self.citations[row.citation_id]
        return Fact(
            key, row.period, row.value, unit, row.place, row.raw, row.decimals,
            row.obs_status, row.conf_status, row.derived, page, row.note,
        )  # fmt: skip


def _arrays(rows: Sequence[tuple[Any, ...]]) -> tuple[Whole, Whole, Real]:
    import numpy as np  # only for long files: it takes longer to import than a small load to store

    series, periods, values = zip(*rows, strict=True) if rows else ((), (), ())
    reals = np.array([math.nan if each is None else each for each in values], dtype=np.float64)
    return np.array(series, dtype=np.int64), np.array(periods, dtype=np.int64), reals
