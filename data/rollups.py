"""Totals the publisher does not give, stored while a load is: so that a screen reads a few short series.

They are marked derived, so a published figure stands above them whenever it comes. A total is only made where
every part is there (or the publisher's rule says that a missing one is nothing) and none is confidential or
without a figure; where that ceases to be so, the total is taken back. Only periods in which the load changed
something are looked at, and only totals of series it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Table,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)

from data import schema
from data.columns import Columns
from data.dialects import bulk_insert_columns
from data.facts import KEY_PARTS, PartsOf, SeriesKey
from data.merging import Merge, Outcome
from data.staging import SORTED, Staging, creating, decided, known_series, staged

PIECE = 20_000  # totals staged together
CHUNK = 500
NOT_AVAILABLE, SUPPRESSED = "L", "Q"
_BIG = BigInteger().with_variant(Integer, "sqlite")
_NOW = schema.observation.c

part_of = Table(
    "part_of",
    MetaData(),
    Column("part_id", _BIG, primary_key=True, autoincrement=False),
    Column("total_id", BigInteger, primary_key=True),
    prefixes=["TEMPORARY"],
)

WriteSeries = Callable[[Connection, Mapping[int, tuple[SeriesKey, str]]], list[int]]


@dataclass
class RollUp:
    """The totals of one load, in its transaction."""

    merge: Merge
    sums: Sequence[PartsOf]
    write_series: WriteSeries

    def run(self, staging: Staging, known: Sequence[int]) -> int:
        """Store the totals of what was just merged; return how many are new or other than before.

        What was staged is forgotten, but not its counts.
        """
        indicators = {each.indicator for each in self.sums}
        changed = self._changed_series(staging, known, indicators)
        periods = self._changed_periods(not known)
        connection = self.merge.connection
        for statement in creating(connection.dialect, part_of):
            connection.exec_driver_sql(statement)
        written = 0
        for sums in _in_stages(self.sums):
            totals = _totals_of(changed, sums)
            if totals and periods:
                written += self._store(totals, periods, staging.place)
                changed |= {total.key.series_id: (total.key, total.unit) for total in totals.values()}
        return written

    # --- what the load changed

    def _changed_series(
        self, staging: Staging, known: Sequence[int], indicators: set[str]
    ) -> dict[int, tuple[SeriesKey, str]]:
        changed = set(staging.series).difference(known)
        changed.update(
            self.merge.connection.execute(select(decided.c.series_id).where(_is_change()).distinct()).scalars()
        )
        return {
            series_id: (key, unit)
            for series_id, (key, unit) in staging.series.items()
            if series_id in changed and key.indicator in indicators and key.measure == "level"
        }

    def _changed_periods(self, all_new: bool) -> set[int]:
        connection = self.merge.connection
        of_known = connection.execute(select(decided.c.period).where(_is_change()).distinct()).scalars()
        first = select(staged.c.period).distinct()
        if not all_new:
            first = first.where(~exists().where(known_series.c.series_id == staged.c.series_id))
        return {*of_known, *connection.execute(first).scalars()}

    # --- adding up

    def _store(self, totals: Mapping[int, _Total], periods: set[int], place: str) -> int:
        connection = self.merge.connection
        held, vintage = self._held(list(totals), periods)
        staging = Staging(connection, place)
        staging.clear()
        staging.is_in_order = False
        for some in _in_portions(totals, max(periods) - min(periods) + 1):
            for rows in self._sums(some, periods).partitions(PIECE):
                wanted = [row for row in rows if row.period in periods]
                vintage = max([vintage, *(row.vintage for row in wanted)])
                self._stage(
                    staging, [each for row in wanted for each in _outcome(row, totals[row.total_id], held)], totals
                )
        if not staging.count:
            return 0
        known = self.write_series(connection, staging.series)
        counts = replace(self.merge, vintage=vintage).run(staging, known)
        return counts[Outcome.NEW] + counts[Outcome.PROMOTED] + counts[Outcome.REVISED]

    def _sums(self, totals: Mapping[int, _Total], periods: set[int]) -> Any:  # noqa: ANN401 - a result
        """Add up the parts of some totals by total and period."""
        connection = self.merge.connection
        connection.exec_driver_sql("DELETE FROM part_of")
        pairs = [(part, total_id) for total_id, total in totals.items() for part in total.parts]
        bulk_insert_columns(connection, part_of, ("part_id", "total_id"), tuple(zip(*sorted(pairs), strict=True)))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE part_of")
        is_open = and_(_NOW.value.is_not(None), _NOW.conf_status == "F", _NOW.simulated.is_(self.merge.simulated))
        secret = or_(_NOW.conf_status != "F", _NOW.obs_status == SUPPRESSED)
        asked = (
            select(
                part_of.c.total_id,
                _NOW.period,
                func.count().label("present"),
                func.sum(case((is_open, 1), else_=0)).label("open"),
                func.sum(case((secret, 1), else_=0)).label("secret"),
                func.sum(_NOW.value).label("value"),
                func.max(_NOW.decimals).label("decimals"),
                func.max(_NOW.vintage).label("vintage"),
            )
            .select_from(part_of)
            .join(
                schema.observation,
                and_(_NOW.series_id == part_of.c.part_id, _NOW.period.between(min(periods), max(periods))),
            )
            .group_by(part_of.c.total_id, _NOW.period)
        )
        return connection.execute(asked)

    def _held(self, total_ids: Sequence[int], periods: set[int]) -> tuple[set[tuple[int, int]], date]:
        """Return the totals that were derived before, and the latest vintage any of them has."""
        held: set[tuple[int, int]] = set()
        vintage = self.merge.vintage
        for start in range(0, len(total_ids), CHUNK):
            asked = select(_NOW.series_id, _NOW.period, _NOW.vintage).where(
                _NOW.series_id.in_(total_ids[start : start + CHUNK]),
                _NOW.period.between(min(periods), max(periods)),
                _NOW.derived,
                _NOW.value.is_not(None),
            )
            for series_id, period, known in self.merge.connection.execute(asked):
                held.add((series_id, period))
                vintage = max(vintage, known)
        return held, vintage

    def _stage(
        self, staging: Staging, rows: Sequence[tuple[int, int, float | None, int | None, str]],
        totals: Mapping[int, _Total],
    ) -> None:  # fmt: skip
        if not rows:
            return
        ids, periods, values, decimals, statuses = (list(column) for column in zip(*rows, strict=True))
        columns = Columns(
            series=list(range(len(rows))),
            period=periods,
            value=values,
            decimals=decimals,
            place=[totals[each].place for each in ids],
            raw=[""] * len(rows),
            obs_status=statuses,
            derived=[True] * len(rows),
        )
        staging.add(columns, ids, ())
        staging.series |= {each: (totals[each].key, totals[each].unit) for each in ids}


@dataclass(frozen=True)
class _Total:
    key: SeriesKey
    unit: str
    parts: tuple[int, ...]  # series
    missing_is_zero: bool
    place: str

    @classmethod
    def of(cls, part: SeriesKey, unit: str, made: PartsOf) -> _Total:
        """Return the total that one of its parts belongs to."""
        parts = tuple(part.ids_with(made.dimension, made.parts))
        place = f"{made.dimension}: {len(parts)} → {made.total}"
        return cls(part.with_(**{made.dimension: made.total}), unit, parts, made.missing_is_zero, place)


def _in_portions(totals: Mapping[int, _Total], periods: int) -> Iterator[dict[int, _Total]]:
    """Give totals in portions whose parts can be added up in little memory."""
    portion: dict[int, _Total] = {}
    facts = 0
    for series_id, total in totals.items():
        portion[series_id] = total
        facts += len(total.parts) * periods
        if facts >= SORTED:
            yield portion
            portion, facts = {}, 0
    if portion:
        yield portion


def _is_change() -> Any:  # noqa: ANN401 - a condition
    return decided.c.outcome.in_((Outcome.NEW, Outcome.PROMOTED, Outcome.REVISED))


def _in_stages(sums: Sequence[PartsOf]) -> Iterator[list[PartsOf]]:
    """Give the sums in groups, of which none adds up another of its group."""
    for _, alike in groupby(sums, key=lambda each: (each.indicator, each.dimension, each.missing_is_zero)):
        group: list[PartsOf] = []
        for each in alike:
            if any(made.total in each.parts or made.total == each.total for made in group):
                yield group
                group = []
            group.append(each)
        yield group


def _totals_of(changed: Mapping[int, tuple[SeriesKey, str]], sums: Sequence[PartsOf]) -> dict[int, _Total]:
    """Return the totals that the changed series are parts of."""
    by_part: dict[tuple[str, str], list[PartsOf]] = {}
    for each in sums:
        for part in each.parts:
            by_part.setdefault((each.indicator, part), []).append(each)
    dimension, found = sums[0].dimension, dict[int, _Total]()
    others = attrgetter(*(part for part in KEY_PARTS if part != dimension))
    made_of: dict[tuple[str, ...], set[str]] = {}  # the rest of a key -> totals found
    for key, unit in changed.values():
        made_here = made_of.setdefault(others(key), set())
        for made in by_part.get((key.indicator, getattr(key, dimension)), ()):
            if made.total not in made_here:
                made_here.add(made.total)
                total = _Total.of(key, unit, made)
                found[total.key.series_id] = total
    return found


def _outcome(
    row: Row[Any], total: _Total, held: set[tuple[int, int]]
) -> Iterator[tuple[int, int, float | None, int | None, str]]:
    """Give the total of a period; or that there is none any more; or nothing."""
    is_whole = row.present == len(total.parts) or total.missing_is_zero
    if is_whole and row.open == row.present:
        value = float(row.value) if row.decimals is None else round(float(row.value), row.decimals)
        yield row.total_id, row.period, value, row.decimals, "A"
    elif (row.total_id, row.period) in held:
        yield row.total_id, row.period, None, None, SUPPRESSED if row.secret else NOT_AVAILABLE
