"""The history of a series: its revision triangle, and every revision of a cell.

``triangle`` has one row per period and one column per vintage: what was held true of the period from that vintage on,
until the next column that has a value. ``revisions_of`` lists the changes of one cell, oldest first, as a drawer shows
them. Values of loads that were withdrawn stand in neither; the ledger has them. Confidential values are not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Protocol

from sqlalchemy import Select, and_, case, func, literal, select, union_all

from data import schema
from data.facts import SeriesKey
from data.queries import CONFIDENTIAL
from data.vintages import withdrawn_loads

Kind = Literal["release", "revision", "correction"]


class Reader(Protocol):
    """What the history needs of a warehouse."""

    def read(self, statement: Select[Any], /) -> Sequence[Any]:
        """Return all rows of the statement."""


class Held(NamedTuple):
    """One value once held true of a period. ``known_to`` is ``None`` while it is held; a confidential one is hidden."""

    period: int
    vintage: date
    value: float | None
    decimals: int | None
    obs_status: str
    conf_status: str
    simulated: bool
    derived: bool
    load_id: int
    file_name: str
    source_code: str
    load_kind: str
    place: str
    note: str
    load_note: str
    correction: str
    author: str
    known_from: datetime
    known_to: datetime | None

    @property
    def content(self) -> tuple[float | None, str, str]:
        """What a reader sees of it."""
        return self.value, self.obs_status, self.conf_status

    @property
    def standing(self) -> tuple[bool, bool]:
        """Whether it is simulated or derived: values of different standing do not revise each other."""
        return self.simulated, self.derived


@dataclass(frozen=True)
class Revision:
    """One change of a cell: what it was, what it became, with which load, and why.

    The first value of a cell has no ``old``. ``kind`` is ``correction`` where an error was put right: by a declared
    correction, or because the file was read anew; ``revision`` where the publisher said something new.
    """

    period: int
    kind: Kind
    old: Held | None
    new: Held
    note: str

    @property
    def is_change(self) -> bool:
        """Whether it is more than the first value as published."""
        return self.old is not None or self.kind == "correction"

    @property
    def from_vintage(self) -> date | None:
        """The vintage that was replaced."""
        return None if self.old is None else self.old.vintage


@dataclass(frozen=True)
class Triangle:
    """Periods × vintages of one series. ``cells`` holds what each vintage said; where it said nothing there is none."""

    key: SeriesKey
    periods: tuple[int, ...]
    vintages: tuple[date, ...]
    cells: Mapping[tuple[int, date], Held] = field(repr=False)

    def at(self, period: int, vintage: date) -> Held | None:
        """Return what a vintage said of a period."""
        return self.cells.get((period, vintage))

    def rows(self) -> list[tuple[int, tuple[Held | None, ...]]]:
        """Return one row per period, one value or ``None`` per vintage."""
        return [(period, tuple(self.at(period, each) for each in self.vintages)) for period in self.periods]


def history(series_ids: Iterable[int], simulated: bool) -> Select[Any]:
    """Return every value ever held of some series, by cell, in the order in which the vintages follow each other."""
    ids = sorted(series_ids)
    every = union_all(*(_values(table, ids, simulated) for table in (schema.observation, schema.observation_history)))
    value, load, correction = every.subquery("every").c, schema.load.c, _corrections().c
    names = ("period", "vintage", "value", "decimals", "obs_status", "conf_status", "simulated", "derived", "load_id")
    said = (load.file_name, load.source_code, load.kind, value.place, value.note, load.note.label("load_note"))
    same_cell = and_(
        correction.load_id == value.load_id,
        correction.series_id == value.series_id,
        correction.period == value.period,
    )
    return (
        select(
            value.series_id,
            *(value[name] for name in names),
            *said,
            func.coalesce(correction.reason, ""),
            func.coalesce(correction.author, ""),
            value.known_from,
            value.known_to,
        )
        .join(schema.load, load.load_id == value.load_id)
        .outerjoin(correction.load_id.table, same_cell)
        .order_by(
            value.series_id,
            value.period,
            case((value.simulated, 0), (value.derived, 1), else_=2),
            value.vintage,
            case((value.known_to.is_(None), 1), else_=0),
            value.known_from,
        )
    )


def _values(table: Any, series_ids: list[int], simulated: bool) -> Select[Any]:  # noqa: ANN401 - a Table
    column = table.c
    ended = column.known_to if "known_to" in column else literal(None, schema.UtcDateTime()).label("known_to")
    names = [name for name in schema.observation.c.keys() if name != "revisions"]  # noqa: SIM118 - columns, not a dict
    hidden = [] if simulated else [column.simulated.is_(False)]
    return select(*(column[name] for name in names), ended).where(
        column.series_id.in_(series_ids), column.load_id.not_in(withdrawn_loads()), *hidden
    )


def _corrections() -> Any:  # noqa: ANN401 - a subquery
    column = schema.correction.c
    return (
        select(
            column.load_id,
            column.series_id,
            column.period,
            func.min(column.reason).label("reason"),
            func.min(column.author).label("author"),
        )
        .group_by(column.load_id, column.series_id, column.period)
        .subquery("corrected")
    )


def read_history(warehouse: Reader, key: SeriesKey, simulated: bool) -> list[Held]:
    """Return every value ever held of a series, by period, in the order of the vintages."""
    return [_hidden(Held._make(row[1:])) for row in warehouse.read(history([key.series_id], simulated))]


def _hidden(held: Held) -> Held:
    if held.conf_status not in CONFIDENTIAL:
        return held
    return held._replace(value=None, place="", note="", correction="")


def triangle(warehouse: Reader, key: SeriesKey, simulated: bool = True) -> Triangle:
    """Return the revision triangle of a series; of one vintage what was loaded last."""
    cells = {(each.period, each.vintage): each for each in read_history(warehouse, key, simulated)}
    periods = tuple(sorted({period for period, _ in cells}))
    return Triangle(key, periods, tuple(sorted({vintage for _, vintage in cells})), cells)


def revisions_of(
    warehouse: Reader, key: SeriesKey, period: int | None = None, simulated: bool = True
) -> list[Revision]:
    """Return the first value and every change of one cell, or of all cells of a series, oldest first.

    A real value that takes the place of a simulated one is a first value, no revision.
    """
    found: list[Revision] = []
    before: Held | None = None
    for held in read_history(warehouse, key, simulated):
        if period is not None and held.period != period:
            continue
        if before is not None and (before.period, before.standing) != (held.period, held.standing):
            before = None
        if before is None or before.content != held.content:
            found.append(_revision(before, held))
        before = held
    return found


def _revision(old: Held | None, new: Held) -> Revision:
    note = "; ".join(text for text in (new.correction, new.note, new.load_note) if text)
    return Revision(new.period, _kind(old, new), old, new, note)


def _kind(old: Held | None, new: Held) -> Kind:
    if new.correction:
        return "correction"
    if old is None:
        return "release"
    return "correction" if new.load_kind == "correction" else "revision"
