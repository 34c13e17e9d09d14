"""Every question the screen asks: which series in which window, and the frame that answers it.

A panel declares ``Want``s; ``observations`` turns them into one statement over the ``observation`` table
(``series_id IN (...) AND period BETWEEN``: the ids are made from the keys in Python, so nothing is joined), and
``read_frame`` answers with a ``Frame``. Values are in the indicator's declared unit, periods as in
``data.periods``. Nothing is ever filled in: a period without a row has no cell.

Every question takes ``as_of``, a day: then it is answered from what was known on that day (``data.vintages``).
Without it, from the current values alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from data import schema
from data.concealment import CONFIDENTIAL as CONFIDENTIAL
from data.concealment import concealed, with_growth_concealed
from data.facts import SeriesKey
from data.vintages import Asked, known_on

OBSERVATION = schema.observation.c


class Reader(Protocol):
    """What the queries need of a warehouse: run a statement and give its rows."""

    def read(self, statement: Select[Any], /) -> Sequence[Any]:
        """Return all rows of the statement, cached by data version."""


@dataclass(frozen=True, slots=True)
class Want:
    """One series in one window, both ends included.

    Without ``lead``, ``first`` and ``last`` are periods. With ``lead`` they are steps (months for ``A``, ``Q`` and
    ``M``, days for ``D``) from the latest period the lead series has, not later than ``ceiling`` where one is
    given: ``Want(key, -12, 0, lead=key)`` is the latest thirteen months.
    """

    key: SeriesKey
    first: int
    last: int
    lead: SeriesKey | None = None
    ceiling: int | None = None


class Cell(NamedTuple):
    """One stored value with everything that must be said about it; a confidential one holds no value.

    ``note`` says what the publisher or a correction says about it.
    """

    period: int
    value: float | None
    decimals: int | None
    obs_status: str
    conf_status: str
    simulated: bool
    derived: bool
    revisions: int
    load_id: int
    citation_id: int | None
    place: str
    vintage: date
    note: str = ""

    @property
    def revised(self) -> bool:
        """Whether another value was held true of this period before."""
        return self.revisions > 0


class Provenance(NamedTuple):
    """The load a cell came with, and the source of that load.

    ``kind`` is ``release``, ``revision`` or ``correction``; ``note`` says why, where the load does.
    """

    load_id: int
    file_name: str
    sha256: str
    vintage: date
    loaded_at: datetime | None
    source_code: str
    title_zh: str
    title_en: str
    publisher_zh: str
    publisher_en: str
    licence: str
    page: str
    simulated: bool
    kind: str = "release"
    note: str = ""


class CitedPage(NamedTuple):
    """The page one figure was read on."""

    citation_id: int
    publisher: str
    title: str
    published_on: str
    url: str


@dataclass(frozen=True)
class Frame(Mapping[SeriesKey, tuple[Cell, ...]]):
    """The answer to a panel's wants: cells by series, in order of period, with their provenance.

    ``latest`` holds the period each lead was resolved to; a lead without any value is absent.
    """

    cells: Mapping[SeriesKey, tuple[Cell, ...]]
    latest: Mapping[SeriesKey, int]
    loads: Mapping[int, Provenance]
    citations: Mapping[int, CitedPage]

    def __getitem__(self, key: SeriesKey) -> tuple[Cell, ...]:
        return self.cells.get(key, ())

    def __contains__(self, key: object) -> bool:
        return key in self.cells

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def _by_period(self) -> Mapping[SeriesKey, Mapping[int, Cell]]:
        return {key: {cell.period: cell for cell in cells} for key, cells in self.cells.items()}

    def at(self, key: SeriesKey, period: int) -> Cell | None:
        """Return the cell of a series at a period, or None where there is none."""
        return self._by_period.get(key, {}).get(period)

    def value(self, key: SeriesKey, period: int) -> float | None:
        """Return the value of a series at a period in its declared unit; None where missing or confidential."""
        cell = self.at(key, period)
        return None if cell is None else cell.value

    def last(self, key: SeriesKey) -> Cell | None:
        """Return the latest cell that holds a value, or None."""
        return next((cell for cell in reversed(self.cells.get(key, ())) if cell.value is not None), None)

    def all_cells(self) -> Iterator[Cell]:
        """Return every cell of every series."""
        return (cell for cells in self.cells.values() for cell in cells)

    def shown(self, keys: Iterable[SeriesKey]) -> Frame:
        """Return the frame of some of the series alone, for a panel that shows fewer than it asked for."""
        kept = {key: self.cells[key] for key in keys if key in self.cells}
        return Frame(kept, self.latest, self.loads, self.citations)


def only_real(simulated: bool, column: Any = OBSERVATION) -> list[ColumnElement[bool]]:  # noqa: ANN401 - columns
    """Return the condition that hides simulated rows, or none when they may be shown."""
    return [] if simulated else [column.simulated.is_(False)]


def latest_periods(
    keys: Iterable[SeriesKey], simulated: bool, ceiling: int | None = None, as_of: date | None = None
) -> Select[Any]:
    """Return ``series_id, latest period with a value`` per series: one index range per series, no join."""
    return _latest(tuple(sorted({key.series_id for key in keys})), simulated, ceiling, as_of)


def extent(keys: Iterable[SeriesKey], simulated: bool, as_of: date | None = None) -> Select[Any]:
    """Return the first and the last period any of the series has a value for, both NULL where none has one."""
    ids = sorted({key.series_id for key in keys})
    column = _known(as_of, lambda column: column.series_id.in_(ids))
    conditions = [column.series_id.in_(ids), column.value.is_not(None), *only_real(simulated, column)]
    return select(func.min(column.period), func.max(column.period)).where(*conditions)


def confidential_loads(
    keys: Iterable[SeriesKey], simulated: bool, ceiling: int | None = None, as_of: date | None = None
) -> Select[Any]:
    """Return ``conf_status, a load`` of what there is of some series, free figures and all, up to a period."""
    ids = sorted({key.series_id for key in keys})
    column = _known(as_of, lambda column: column.series_id.in_(ids))
    conditions = [column.series_id.in_(ids), *only_real(simulated, column)]
    conditions.append(or_(column.value.is_not(None), column.conf_status.in_(CONFIDENTIAL)))
    if ceiling is not None:
        conditions.append(column.period <= ceiling)
    return (
        select(column.conf_status, func.max(column.load_id))
        .where(*conditions)
        .group_by(column.conf_status)
        .order_by(column.conf_status)
    )


def observations(wants: Sequence[Want], simulated: bool, as_of: date | None = None) -> Select[Any]:
    """Return one statement for all wants; their windows must be absolute (see ``_resolved``)."""
    windows: dict[tuple[int, int], set[int]] = {}
    for want in wants:
        windows.setdefault((want.first, want.last), set()).add(want.key.series_id)
    return _within(tuple((*window, tuple(sorted(ids))) for window, ids in sorted(windows.items())), simulated, as_of)


def _known(as_of: date | None, asked: Asked) -> Any:  # noqa: ANN401 - the columns of a table or subquery
    """Return the columns to ask: those of the current values, or of what was known on a day."""
    return OBSERVATION if as_of is None else known_on(as_of, asked).c


# The statements are pure functions of what they ask; building one costs more than the database needs to answer it,
# so the same question is built once. Bounded, because series ids and periods come from the reader's choice.
@lru_cache(maxsize=512)
def _latest(series_ids: tuple[int, ...], simulated: bool, ceiling: int | None, as_of: date | None) -> Select[Any]:
    column = _known(as_of, lambda column: column.series_id.in_(series_ids))
    conditions: list[ColumnElement[bool]] = [column.series_id.in_(series_ids), column.value.is_not(None)]
    if ceiling is not None:
        conditions.append(column.period <= ceiling)
    return (
        select(column.series_id, func.max(column.period).label("latest"))
        .where(*conditions, *only_real(simulated, column))
        .group_by(column.series_id)
        .order_by(column.series_id)
    )


@lru_cache(maxsize=512)
def _within(windows: tuple[tuple[int, int, tuple[int, ...]], ...], simulated: bool, as_of: date | None) -> Select[Any]:
    def asked(column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
        return or_(
            *(and_(column.series_id.in_(ids), column.period.between(first, last)) for first, last, ids in windows)
        )

    column = _known(as_of, asked)
    return (
        select(column.series_id, *(column[name] for name in Cell._fields))
        .where(asked(column), *only_real(simulated, column))
        .order_by(column.series_id, column.period)
    )


def provenance_of(load_ids: Iterable[int]) -> Select[Any]:
    """Return load and source of each load id, in the order of ``Provenance``."""
    return _loads(tuple(sorted(load_ids)))


@lru_cache(maxsize=512)
def _loads(load_ids: tuple[int, ...]) -> Select[Any]:
    load, source = schema.load.c, schema.source.c
    of_load = (load.load_id, load.file_name, load.sha256, load.vintage, load.finished_at, load.source_code)
    of_source = (
        source.title_zh,
        source.title_en,
        source.publisher_zh,
        source.publisher_en,
        source.licence,
        source.page,
    )
    return (
        select(*of_load, *of_source, source.simulated, load.kind, load.note)
        .join(schema.source, source.code == load.source_code)
        .where(load.load_id.in_(load_ids))
        .order_by(load.load_id)
    )


def cited_pages(citation_ids: Iterable[int]) -> Select[Any]:
    """Return the cited pages, in the order of ``CitedPage``."""
    return _pages(tuple(sorted(citation_ids)))


@lru_cache(maxsize=512)
def _pages(citation_ids: tuple[int, ...]) -> Select[Any]:
    citation = schema.citation.c
    columns = [citation[name] for name in CitedPage._fields]
    return select(*columns).where(citation.citation_id.in_(citation_ids)).order_by(citation.citation_id)


Lead = tuple[SeriesKey, int | None]
Windows = Mapping[SeriesKey, Sequence[tuple[int, int]]]


def _latest_of_leads(reader: Reader, wants: Sequence[Want], simulated: bool, as_of: date | None) -> dict[Lead, int]:
    """Return the latest period of every lead under its ceiling; a lead without a value is absent."""
    latest: dict[Lead, int] = {}
    for ceiling in {want.ceiling for want in wants if want.lead}:
        leads = {want.lead.series_id: want.lead for want in wants if want.lead and want.ceiling == ceiling}
        rows = reader.read(latest_periods(leads.values(), simulated, ceiling, as_of))
        latest |= {(leads[series_id], ceiling): period for series_id, period in rows}
    return latest


def _resolved(wants: Sequence[Want], latest: Mapping[Lead, int]) -> Iterator[Want]:
    """Return the wants with absolute windows; one whose lead has no value is left out: it is relative to nothing."""
    for want in wants:
        if want.lead is None:
            yield want
        elif (end := latest.get((want.lead, want.ceiling))) is not None:
            yield Want(want.key, end + want.first, end + want.last)


def read_frame(reader: Reader, wants: Sequence[Want], simulated: bool, as_of: date | None = None) -> Frame:
    """Ask the warehouse for all wants at once; ``simulated=False`` leaves every simulated value out.

    ``as_of`` answers from what was known on that day: a series nobody had published by then has no cell.
    """
    return read_frames(reader, {"": wants}, simulated, as_of)[""]


def read_frames(
    reader: Reader, asked: Mapping[str, Sequence[Want]], simulated: bool, as_of: date | None = None
) -> dict[str, Frame]:
    """Ask for everything a screen shows at once; each gets the frame it would have got alone."""
    latest = _latest_of_leads(reader, [want for wants in asked.values() for want in wants], simulated, as_of)
    windows = {name: _windows(_resolved(wants, latest)) for name, wants in asked.items()}
    cells = _cells(reader, windows.values(), simulated, as_of)
    loads, pages = _provenance(reader, cells)
    leads = {name: {(want.lead, want.ceiling) for want in wants if want.lead} for name, wants in asked.items()}
    found: dict[str, Frame] = {}
    for name, own in windows.items():
        resolved = {lead: latest[lead, ceiling] for lead, ceiling in leads[name] if (lead, ceiling) in latest}
        found[name] = _frame(own, cells, resolved, loads, pages)
    return found


def _windows(wants: Iterable[Want]) -> Windows:
    found: dict[SeriesKey, list[tuple[int, int]]] = {}
    for want in wants:
        found.setdefault(want.key, []).append((want.first, want.last))
    return found


def _cells(
    reader: Reader, asked: Iterable[Windows], simulated: bool, as_of: date | None
) -> dict[SeriesKey, tuple[Cell, ...]]:
    """Return the cells of every series from the first to the last period anybody wants."""
    hulls: dict[SeriesKey, tuple[int, int]] = {}
    for windows in asked:
        for key, own in windows.items():
            first, last = hulls.get(key, own[0])
            hulls[key] = (min(first, *(each[0] for each in own)), max(last, *(each[1] for each in own)))
    if not hulls:
        return {}
    keys = {key.series_id: key for key in hulls}
    cells: dict[SeriesKey, list[Cell]] = {}
    for row in reader.read(observations([Want(key, *hull) for key, hull in hulls.items()], simulated, as_of)):
        cells.setdefault(keys[row[0]], []).append(_cell(row))
    return with_growth_concealed({key: tuple(series) for key, series in cells.items()})


def _within_windows(series: tuple[Cell, ...], windows: Sequence[tuple[int, int]]) -> tuple[Cell, ...]:
    """Return the cells of a series (in order of period, never none) that stand in one of the windows."""
    if any(first <= series[0].period and series[-1].period <= last for first, last in windows):
        return series
    return tuple(cell for cell in series if any(first <= cell.period <= last for first, last in windows))


def _frame(
    windows: Windows,
    cells: Mapping[SeriesKey, tuple[Cell, ...]],
    latest: Mapping[SeriesKey, int],
    loads: Mapping[int, Provenance],
    pages: Mapping[int, CitedPage],
) -> Frame:
    found = ((key, _within_windows(series, windows[key])) for key, series in cells.items() if key in windows)
    own = {key: series for key, series in found if series}
    load_ids = {cell.load_id for series in own.values() for cell in series}
    citation_ids = {cell.citation_id for series in own.values() for cell in series}
    return Frame(
        own,
        latest,
        {load_id: load for load_id, load in loads.items() if load_id in load_ids},
        {citation_id: page for citation_id, page in pages.items() if citation_id in citation_ids},
    )


def _cell(row: Sequence[Any]) -> Cell:
    cell = Cell._make(row[1:])
    return concealed(cell, cell.conf_status) if cell.conf_status in CONFIDENTIAL else cell


def _provenance(
    warehouse: Reader, cells: Mapping[SeriesKey, tuple[Cell, ...]]
) -> tuple[dict[int, Provenance], dict[int, CitedPage]]:
    load_ids = {cell.load_id for series in cells.values() for cell in series}
    citation_ids = {cell.citation_id for series in cells.values() for cell in series if cell.citation_id is not None}
    loads = [Provenance._make(row) for row in warehouse.read(provenance_of(load_ids))] if load_ids else []
    pages = [CitedPage._make(row) for row in warehouse.read(cited_pages(citation_ids))] if citation_ids else []
    return {load.load_id: load for load in loads}, {page.citation_id: page for page in pages}
