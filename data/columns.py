"""Facts side by side: one list per column, so that many of them are moved and compared at the speed of C.

A column nearly always left at its default (the statuses, the citation, the note) is ``None`` while it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from data.facts import Blank, Citation, Fact, Reject, SeriesKey

DEFAULTS: Mapping[str, Any] = {
    "obs_status": "A", "conf_status": "F", "derived": False, "citation": None, "note": "",
}  # fmt: skip


@dataclass
class Columns:
    """Facts of one file in their order. ``series`` and ``citation`` are numbers in the lists of the file."""

    series: list[int] = field(default_factory=list)
    period: list[int] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    decimals: list[int | None] = field(default_factory=list)
    place: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    obs_status: list[str] | None = None
    conf_status: list[str] | None = None
    derived: list[bool] | None = None
    citation: list[int | None] | None = None
    note: list[str] | None = None

    def __len__(self) -> int:
        return len(self.series)

    def rare(self, name: str) -> list[Any]:
        """Return a column that may be at its default, written out."""
        column: list[Any] | None = getattr(self, name)
        return [DEFAULTS[name]] * len(self) if column is None else column

    def extend(self, other: Columns) -> None:
        """Add more facts behind these."""
        for name in DEFAULTS:
            if getattr(self, name) is not None or getattr(other, name) is not None:
                setattr(self, name, [*self.rare(name), *other.rare(name)])
        for name in COLUMN_NAMES[: -len(DEFAULTS)]:
            getattr(self, name).extend(getattr(other, name))

    def kept(self, wanted: Sequence[bool]) -> Columns:
        """Return the facts that are wanted."""
        kept: dict[str, Any] = {}
        for name in COLUMN_NAMES:
            column = getattr(self, name)
            kept[name] = None if column is None else list(compress(column, wanted))
        return Columns(**kept)


COLUMN_NAMES = tuple(Columns.__dataclass_fields__)


@dataclass
class Names:
    """What the numbers of a file's columns stand for: its series with their units, and the pages it cites."""

    series: list[tuple[SeriesKey, str]] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def facts(self, columns: Columns) -> Iterator[Fact]:
        """Give the facts one by one."""
        rows = zip(
            columns.series, columns.period, columns.value, columns.place, columns.raw, columns.decimals,
            columns.rare("obs_status"), columns.rare("conf_status"), columns.rare("derived"),
            columns.rare("citation"), columns.rare("note"), strict=True,
        )  # fmt: skip
        for number, period, value, place, raw, decimals, obs_status, conf_status, derived, page, note in rows:
            key, unit = self.series[number]
            citation = None if page is None else self.citations[page]
            yield Fact(key, period, value, unit, place, raw, decimals, obs_status, conf_status, derived, citation, note)


@dataclass
class Piece:
    """A stretch of a file as it is read: the facts, and what is new since the piece before."""

    columns: Columns = field(default_factory=Columns)
    series: list[tuple[SeriesKey, str]] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    rows_read: int = 0
    missing: int = 0
    excluded: int = 0
    notes: list[str] = field(default_factory=list)


class Numbering:
    """Gives series and citations their numbers, in the order in which they first stand in a file."""

    def __init__(self) -> None:
        self._series: dict[tuple[SeriesKey, str], int] = {}
        self._citations: dict[Citation, int] = {}
        self._given = 0, 0

    def series(self, key: SeriesKey, unit: str) -> int:
        """Return the number of a series."""
        return self._series.setdefault((key, unit), len(self._series))

    def columns(self, facts: Sequence[Fact]) -> Columns:
        """Return facts as columns."""
        columns = Columns(
            series=[self.series(fact.key, fact.unit) for fact in facts],
            period=[fact.period for fact in facts],
            value=[fact.value for fact in facts],
            decimals=[fact.decimals for fact in facts],
            place=[fact.place for fact in facts],
            raw=[fact.raw for fact in facts],
        )
        for name, default in DEFAULTS.items():
            column = [getattr(fact, name) for fact in facts]
            if any(each != default for each in column):
                setattr(columns, name, self._numbered(column) if name == "citation" else column)
        return columns

    def _numbered(self, pages: Sequence[Citation | None]) -> list[int | None]:
        return [None if page is None else self._citations.setdefault(page, len(self._citations)) for page in pages]

    def new(self) -> tuple[list[tuple[SeriesKey, str]], list[Citation]]:
        """Return the series and citations numbered since this was last asked."""
        series, citations = self._given
        self._given = len(self._series), len(self._citations)
        return list(self._series)[series:], list(self._citations)[citations:]
