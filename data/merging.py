"""From the staged facts of a load to stored ones, set by set, the same on both engines.

A value never overwrites another: the old row goes to ``observation_history`` with the time until which it was
held true. What stands higher wins whatever its date: a published figure over one derived from others, and both
over a simulated one. Among equals the later vintage wins, and an older one that arrives late goes to history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from data import schema
from data.confirmations import settle_history
from data.dialects import bulk_insert_columns
from data.failpoints import checkpoint
from data.staging import Staging, decided, known_series, staged
from data.vintages import withdrawn_loads


class Outcome(StrEnum):
    """What becomes of one incoming value."""

    NEW = "new"  # the first value of its key
    PROMOTED = "promoted"  # the first value of a higher standing; not a revision of the lower one
    REVISED = "revised"
    UNCHANGED = "unchanged"
    LATE = "late"  # an older vintage: history only
    OUTRANKED = "outranked"  # lower standing than what is held: not stored


FACT_COLUMNS = (
    "series_id", "period", "value", "decimals", "obs_status", "conf_status", "simulated", "derived",
    "load_id", "vintage", "citation_id", "place", "raw", "note",
)  # fmt: skip
CURRENT_COLUMNS = (*FACT_COLUMNS, "known_from", "revisions")
HISTORY_COLUMNS = (*FACT_COLUMNS, "known_from", "known_to", "superseded_by")
Stretches = Sequence[ColumnElement[bool]]
_KEY = ("series_id", "period")
_REPLACING = (Outcome.PROMOTED, Outcome.REVISED)
_HISTORY = schema.observation_history
_NOW, _THEN, _IN = schema.observation.c, _HISTORY.c, staged.c


@dataclass(frozen=True)
class Merge:
    """One load whose facts are staged, in the transaction that stores them."""

    connection: Connection
    load_id: int
    vintage: date
    simulated: bool
    now: datetime

    def run(self, staging: Staging, known: list[int]) -> dict[Outcome, int]:
        """Store what is staged; ``known`` are the series the warehouse had before. Returns the counts."""
        bulk_insert_columns(self.connection, known_series, ("series_id",), (known,))
        staging.analyse()
        counts = dict.fromkeys(Outcome, 0)
        if known:
            counts |= self._decide(staging, known)
        stretches = staging.stretches(decided.c.position)
        self._move_to_history(counts, stretches)
        checkpoint("old values moved to history")
        self._write_late(counts)
        self._write_current(counts, stretches)
        if len(known) < len(staging.series):
            counts[Outcome.NEW] += staging.count - sum(counts.values())
            self._write_first(staging, all_first=not known)
        self._settle_history(staging, counts)
        return counts

    # --- what becomes of each

    def _decide(self, staging: Staging, known: list[int]) -> dict[Outcome, int]:
        """Compare the facts of known series with what is held; return the counts of those facts."""
        held, outcome = schema.observation, self._outcome()
        joined = staged.join(known_series, known_series.c.series_id == _IN.series_id).outerjoin(
            held, and_(_NOW.series_id == _IN.series_id, _NOW.period == _IN.period)
        )
        revisions = case((outcome == Outcome.REVISED, _NOW.revisions + 1), else_=0)
        found = select(_IN.position, _IN.series_id, _IN.period, outcome, revisions).select_from(joined)
        changed = found.where(outcome != Outcome.UNCHANGED)
        self.connection.execute(insert(decided).from_select([each.name for each in decided.columns], changed))
        counts = self._tally()
        if counts.get(Outcome.LATE):
            self.connection.execute(self._told_already())
            counts = self._tally()
        if len(known) < len(staging.series):
            asked = select(func.count()).select_from(
                staged.join(known_series, known_series.c.series_id == _IN.series_id)
            )
            of_known = self.connection.execute(asked).scalar_one()
        else:
            of_known = staging.count
        counts[Outcome.UNCHANGED] = counts.get(Outcome.UNCHANGED, 0) + of_known - sum(counts.values())
        return counts

    def _tally(self) -> dict[Outcome, int]:
        # Counted in one pass without sorting, for which SQLite would take all rows into memory.
        asked = select(*(func.count(case((decided.c.outcome == each, 1))) for each in Outcome))
        return dict(zip(Outcome, self.connection.execute(asked).one(), strict=True))

    def _outcome(self) -> ColumnElement[str]:
        incoming: ColumnElement[int] = literal(0) if self.simulated else case((_IN.derived, 1), else_=2)
        held = case((_NOW.simulated, 0), (_NOW.derived, 1), else_=2)
        return case(
            (_NOW.series_id.is_(None), Outcome.NEW.value),
            (incoming > held, Outcome.PROMOTED.value),
            # Known before the one held, it was what was known then.
            (and_(incoming < held, _NOW.vintage <= self.vintage), Outcome.OUTRANKED.value),
            (_NOW.vintage > self.vintage, Outcome.LATE.value),
            (_same_content(_NOW, _IN), Outcome.UNCHANGED.value),
            else_=Outcome.REVISED.value,
        )

    def _told_already(self) -> Any:  # noqa: ANN401 - an update
        """Say ``unchanged`` of late facts that history tells already (an old file read once more)."""
        later = _HISTORY.alias("later").c
        of_vintage = (_THEN.vintage == self.vintage, _THEN.simulated.is_(self.simulated))
        told_later = exists().where(  # of one vintage what was loaded last is what was known
            later.series_id == _THEN.series_id,
            later.period == _THEN.period,
            later.vintage == self.vintage,
            later.simulated.is_(self.simulated),
            later.load_id.not_in(withdrawn_loads()),
            later.known_from > _THEN.known_from,
        )
        told = exists().where(
            _IN.position == decided.c.position,
            _THEN.series_id == decided.c.series_id,
            _THEN.period == decided.c.period,
            *of_vintage,
            _THEN.load_id.not_in(withdrawn_loads()),
            _same_content(_THEN, _IN),
            _THEN.derived == _IN.derived,
            ~told_later,
        )
        is_late = decided.c.outcome == Outcome.LATE
        return update(decided).where(is_late, told).values(outcome=Outcome.UNCHANGED.value)

    # --- writing

    def _incoming(self) -> list[ColumnElement[Any]]:
        """Return the columns of a fact as they are stored."""
        of_load: dict[str, ColumnElement[Any]] = {
            "simulated": literal(self.simulated, schema.observation.c.simulated.type),
            "load_id": literal(self.load_id, schema.observation.c.load_id.type),
            "vintage": literal(self.vintage, schema.observation.c.vintage.type),
        }
        return [of_load[name] if name in of_load else _IN[name] for name in FACT_COLUMNS]

    def _time(self) -> ColumnElement[datetime]:
        return literal(self.now, schema.UtcDateTime())

    def _decided_rows(self, *columns: ColumnElement[Any]) -> Select[Any]:
        rows = staged.join(decided, decided.c.position == _IN.position)
        return select(*self._incoming(), *columns).select_from(rows)

    def _move_to_history(self, counts: dict[Outcome, int], stretches: Stretches) -> None:
        if not any(counts[each] for each in _REPLACING):
            return
        ends = (self._time(), literal(self.load_id))
        old = (
            select(*(_NOW[name] for name in (*FACT_COLUMNS, "known_from")), *ends)
            .select_from(decided)
            .join(schema.observation, and_(_NOW.series_id == decided.c.series_id, _NOW.period == decided.c.period))
            .where(decided.c.outcome.in_(_REPLACING))
        )
        for stretch in stretches:
            rows = old.where(stretch)
            self.connection.execute(insert(schema.observation_history).from_select(list(HISTORY_COLUMNS), rows))

    def _write_late(self, counts: dict[Outcome, int]) -> None:
        if counts[Outcome.LATE]:
            late = self._decided_rows(self._time(), self._time(), literal(self.load_id)).where(
                decided.c.outcome == Outcome.LATE
            )
            self.connection.execute(insert(schema.observation_history).from_select(list(HISTORY_COLUMNS), late))

    def _write_current(self, counts: dict[Outcome, int], stretches: Stretches) -> None:
        """Write new, promoted and revised values of known series, over the old ones."""
        rows = self._decided_rows(self._time(), decided.c.revisions)
        for stretch in stretches if counts[Outcome.NEW] else ():
            fresh = rows.where(decided.c.outcome == Outcome.NEW, stretch)
            self.connection.execute(insert(schema.observation).from_select(list(CURRENT_COLUMNS), fresh))
        for stretch in stretches if any(counts[each] for each in _REPLACING) else ():
            later = rows.where(decided.c.outcome.in_(_REPLACING), stretch)
            self.connection.execute(_upsert(self.connection, later))

    def _write_first(self, staging: Staging, *, all_first: bool) -> None:
        """Write the facts of series that are new themselves, each series in one go."""
        first = select(*self._incoming(), self._time(), literal(0)).select_from(staged)
        if not all_first:
            first = first.where(~exists().where(known_series.c.series_id == _IN.series_id))
        for part in staging.stretches(_IN.position) if staging.is_in_order else staging.slices():
            rows = first.where(part)
            rows = rows if staging.is_in_order else rows.order_by(_IN.series_id, _IN.period)
            self.connection.execute(insert(schema.observation).from_select(list(CURRENT_COLUMNS), rows))

    # --- what the history needs to know

    def _settle_history(self, staging: Staging, counts: dict[Outcome, int]) -> None:
        replaced = self._cells(*_REPLACING) if any(counts[each] for each in _REPLACING) else set()
        late = self._cells(Outcome.LATE) if counts[Outcome.LATE] else set()
        confirmed = self._confirmed(staging) if counts[Outcome.UNCHANGED] else iter(())
        settle_history(
            self.connection, self.load_id, self.vintage, self.now, confirmed=confirmed, revised=replaced, late=late
        )

    def _cells(self, *outcomes: Outcome) -> set[tuple[int, int]]:
        asked = select(decided.c.series_id, decided.c.period).where(decided.c.outcome.in_(outcomes))
        return {(series_id, period) for series_id, period in self.connection.execute(asked)}

    def _confirmed(self, staging: Staging) -> Iterator[tuple[int, int]]:
        """Give the cells in which the load repeats what is held or told, those of a series together."""
        joined = staged.join(known_series, known_series.c.series_id == _IN.series_id)
        other = decided.c.outcome != Outcome.UNCHANGED  # late facts told already are listed as unchanged
        listed = exists().where(decided.c.position == _IN.position, other)
        for part in staging.slices():
            asked = select(_IN.series_id, _IN.period).select_from(joined).where(part, ~listed)
            rows = self.connection.execute(asked.order_by(_IN.series_id, _IN.period))
            yield from ((series_id, period) for series_id, period in rows)


def _same_content(held: Any, incoming: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns of two tables
    """Tell whether a reader sees the same in both."""
    return and_(
        held.value.is_not_distinct_from(incoming.value),
        held.obs_status == incoming.obs_status,
        held.conf_status == incoming.conf_status,
    )


def _upsert(connection: Connection, rows: Select[Any]) -> Any:  # noqa: ANN401 - an insert of either dialect
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # SQLite takes ON CONFLICT for a join's ON without a WHERE before it; there is one.
    statement = dialect.insert(schema.observation).from_select(list(CURRENT_COLUMNS), rows)
    changes = {name: statement.excluded[name] for name in CURRENT_COLUMNS if name not in _KEY}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=changes)
