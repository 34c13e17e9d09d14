"""The facts behind the data catalogue (数据目录): of every source, what ran, what came, what is due and what is late.

``source_statuses`` returns them as typed rows for the page ``/data`` and for ``python -m data.source_status``, which
prints them (``--json`` for programs, ``--lang en`` in English). Read-only: it can be asked beside any load.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from data import schema
from data.catalogue import Catalogue
from data.clock import to_shanghai
from data.due import next_moment
from data.freshness import Freshness, freshness
from data.loaders.source import Source, load_sources
from data.periods import Frequency
from data.runs import History, Outcome, history
from data.settings import Settings
from data.timeliness import Timeliness, timeliness
from data.warehouse import Warehouse

Kind = Literal["bundled", "service", "database", "drop", "simulated"]
LATE = (Freshness.OVERDUE, Freshness.BROKEN)
ORDER = (Freshness.BROKEN, Freshness.OVERDUE, Freshness.DUE_SOON, Freshness.CURRENT)  # the worst first


@dataclass(frozen=True)
class RunFacts:
    """One run: times are Asia/Shanghai, ``outcome`` and ``reason`` as in ``data.runs``."""

    run_id: int
    reason: str
    outcome: str
    started_at: datetime
    finished_at: datetime | None
    duration_s: float | None
    attempt: int
    planned_for: datetime | None
    error: str


@dataclass(frozen=True)
class LoadFacts:
    """One row of the load ledger; ``state`` is done, failed, quarantined (or what a withdrawal makes of it)."""

    load_id: int
    file_name: str
    state: str
    vintage: date
    loaded_at: datetime
    rows_read: int
    rows_new: int
    rows_revised: int
    rows_rejected: int
    error: str


@dataclass(frozen=True)
class Coverage:
    """What the warehouse shows of a source now, by frequency: series, values, first and last period."""

    frequency: str
    series: int
    values: int
    first_period: int
    last_period: int


@dataclass(frozen=True)
class IndicatorCoverage:
    """What the warehouse shows of one indicator from a source: in one rhythm, its series, values and periods."""

    indicator: str
    frequency: str
    series: int
    values: int
    first_period: int
    last_period: int


@dataclass(frozen=True)
class IndicatorState:
    """Whether an indicator is as new as its release lag says, by the newest period this source gives."""

    indicator: str
    name_zh: str
    name_en: str
    frequency: str
    latest_period: int
    awaited_period: int
    due: date
    days_late: int
    state: Freshness


@dataclass(frozen=True)
class SourceStatus:
    """One source.

    ``next_due`` is when it is asked next (Asia/Shanghai), ``None`` for a source without ``[schedule]``, which is only
    asked by hand. ``next_due_unknown_years`` names years whose holidays are not announced, so that the day is a guess.
    ``timeliness`` (正常, 临期, 过期, 中断) comes from the source's own calendar, ``indicators`` from the catalogue's
    release lags; ``worst`` is the worst of the latter. ``rejects`` counts the rejected rows of the loads whose values
    are shown, ``held_back`` the files refused or quarantined since the last good load. ``stored`` is false for a
    source that is declared and was never loaded.
    """

    code: str
    title_zh: str
    title_en: str
    publisher_zh: str
    publisher_en: str
    licence: str
    page: str
    simulated: bool
    kind: Kind
    schedule_zh: str
    schedule_en: str
    last_run: RunFacts | None
    last_good_run: RunFacts | None
    last_load: LoadFacts | None
    next_due: datetime | None
    next_due_unknown_years: tuple[int, ...]
    coverage: tuple[Coverage, ...]
    indicator_coverage: tuple[IndicatorCoverage, ...]
    rejects: int
    held_back: tuple[LoadFacts, ...]
    timeliness: Timeliness | None
    indicators: tuple[IndicatorState, ...]

    @property
    def stored(self) -> bool:
        """Tell whether the warehouse holds anything of it."""
        return bool(self.coverage)

    @property
    def series(self) -> int:
        """How many series it gives."""
        return sum(each.series for each in self.coverage)

    @property
    def worst(self) -> Freshness | None:
        """Return the worst state of its indicators; ``None`` if it gives none."""
        found = {each.state for each in self.indicators}
        return next((state for state in ORDER if state in found), None)


def source_statuses(
    warehouse: Warehouse, catalogue: Catalogue, settings: Settings, now: datetime
) -> list[SourceStatus]:
    """Return the status of every declared source, in the order of their codes.

    ``now`` is the moment to judge by, with a zone (``Clock.now()``); nothing here looks at a clock. Simulated sources
    are left out where ``settings.simulated`` is off. The large question (coverage) is kept by data version, the
    small ones are asked each time, so that a run shows as soon as it has ended. Raises ``SourceError`` if a
    declaration is wrong and ``WarehouseUnavailableError`` if the warehouse cannot be read.
    """
    sources = declared_sources(settings)
    covered = warehouse.read(_COVERAGE)
    with warehouse.connected() as connection:
        asked = _Asked(connection, catalogue, settings, now, covered)
        histories = {source.code: history(warehouse, source.code, now) for source in sources}
        return [
            asked.status(each, histories[each.code]) for each in sources if settings.simulated or not each.simulated
        ]


def declared_sources(settings: Settings) -> list[Source]:
    """Return the declared sources; read again only when a declaration has changed."""
    files = sorted(settings.sources.glob("*.toml"))
    state = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return list(_read(settings.sources, state))


@lru_cache(maxsize=4)
def _read(folder: Path, _state: tuple[tuple[str, int, int], ...]) -> tuple[Source, ...]:
    return tuple(load_sources(folder))


def kind_of(source: Source, settings: Settings) -> Kind:
    """Tell where the files of a source come from."""
    if source.simulated:
        return "simulated"
    if getattr(source.options, "fetch", None) is not None:
        return "service"
    if getattr(source.options, "sql", None) is not None:
        return "database"
    from data.loaders.source import SAMPLES

    has_files = any(any(SAMPLES.glob(pattern)) for pattern in source.files)
    return "bundled" if has_files or settings.drop_folder is None else "drop"


_LOAD, _OBSERVATION, _SERIES = schema.load.c, schema.observation.c, schema.series.c
_PER_SERIES = (
    select(
        _OBSERVATION.series_id,
        _OBSERVATION.load_id,
        func.count(_OBSERVATION.value).label("number"),  # a cell that says why it is empty is no value
        func.min(_OBSERVATION.period).label("first"),
        func.max(_OBSERVATION.period).label("last"),
    )
    .group_by(_OBSERVATION.series_id, _OBSERVATION.load_id)
    .subquery("per_series")
)
_COVERAGE = (
    select(
        _LOAD.source_code,
        _SERIES.indicator,
        _SERIES.frequency,
        func.count(_PER_SERIES.c.series_id.distinct()).label("series"),
        func.sum(_PER_SERIES.c.number).label("number"),
        func.min(_PER_SERIES.c.first).label("first"),
        func.max(_PER_SERIES.c.last).label("last"),
    )
    .select_from(_PER_SERIES)
    .join(schema.load, _LOAD.load_id == _PER_SERIES.c.load_id)
    .join(schema.series, _SERIES.series_id == _PER_SERIES.c.series_id)
    .group_by(_LOAD.source_code, _SERIES.indicator, _SERIES.frequency)
    .order_by(_LOAD.source_code, _SERIES.frequency, _SERIES.indicator)
)


@dataclass(frozen=True)
class _Asked:
    """What the statuses of all sources are made from."""

    connection: Connection
    catalogue: Catalogue
    settings: Settings
    now: datetime
    covered: Sequence[Any]

    def status(self, source: Source, past: History) -> SourceStatus:
        rows = [row for row in self.covered if row.source_code == source.code]
        coverage = _coverage(rows)
        words = ("", "") if source.schedule is None else source.schedule.words()
        planned = None if source.schedule is None else next_moment(source.schedule, past, self.now)
        following = None if source.schedule is None else source.schedule.next_after(self.now)
        is_guess = following is not None and following.at == planned
        loads = self._loads(source.code)
        last_good = next((each for each in loads if each.state == "done"), None)
        return SourceStatus(
            code=source.code,
            title_zh=source.title_zh,
            title_en=source.title_en,
            publisher_zh=source.publisher_zh,
            publisher_en=source.publisher_en,
            licence=source.licence,
            page=source.page,
            simulated=source.simulated,
            kind=kind_of(source, self.settings),
            schedule_zh=words[0],
            schedule_en=words[1],
            last_run=self._run(source.code),
            last_good_run=self._run(source.code, Outcome.DONE, Outcome.UNCHANGED),
            last_load=last_good,
            next_due=None if planned is None else to_shanghai(planned),
            next_due_unknown_years=following.unknown_years if following is not None and is_guess else (),
            coverage=coverage,
            indicator_coverage=tuple(
                IndicatorCoverage(row.indicator, row.frequency, row.series, int(row.number), row.first, row.last)
                for row in rows
            ),
            rejects=self._rejects(source.code),
            held_back=_since(loads, last_good),
            timeliness=None if source.schedule is None else self._timeliness(source, past, coverage),
            indicators=self._indicators(rows),
        )

    def _timeliness(self, source: Source, past: History, coverage: tuple[Coverage, ...]) -> Timeliness | None:
        if source.schedule is None:
            return None
        newest = {each.frequency: each.last_period for each in coverage}
        return timeliness(source.schedule, newest, past, self.now)

    def _run(self, code: str, *outcomes: Outcome) -> RunFacts | None:
        run = schema.run.c
        statement = select(schema.run).where(run.source_code == code).order_by(run.run_id.desc()).limit(1)
        if outcomes:
            statement = statement.where(run.outcome.in_([each.value for each in outcomes]))
        row = self.connection.execute(statement).first()
        return None if row is None else _run_facts(row)

    def _loads(self, code: str) -> list[LoadFacts]:
        """Return the newest loads, the newest first: enough to find the last good one and what came after it."""
        statement = select(schema.load).where(_LOAD.source_code == code).order_by(_LOAD.load_id.desc()).limit(50)
        return [_load_facts(row) for row in self.connection.execute(statement)]

    def _rejects(self, code: str) -> int:
        statement = select(func.coalesce(func.sum(_LOAD.rows_rejected), 0)).where(
            _LOAD.source_code == code, _LOAD.state == "done"
        )
        return int(self.connection.execute(statement).scalar_one())

    def _indicators(self, rows: Sequence[Any]) -> tuple[IndicatorState, ...]:
        found = [self._indicator(row) for row in rows if row.indicator in self.catalogue.indicators]
        return tuple(each for each in found if each is not None)

    def _indicator(self, row: Any) -> IndicatorState | None:  # noqa: ANN401 - a row of the coverage
        indicator = self.catalogue.indicators[row.indicator]
        if row.frequency != indicator.frequency:
            return None  # a state at another date than the indicator's own rhythm awaits nothing
        combined = indicator.combined_january_february
        today = to_shanghai(self.now).date()
        lag_days, every = indicator.release_lag_days, indicator.every_months
        release = freshness(row.last, row.frequency, lag_days, today, combined=combined, every_months=every)
        return IndicatorState(
            row.indicator, indicator.name_zh, indicator.name_en, row.frequency, row.last,
            release.awaited_period, release.due, release.days_late, release.state,
        )  # fmt: skip


def _coverage(rows: Sequence[Any]) -> tuple[Coverage, ...]:
    found: list[Coverage] = []
    for frequency in Frequency:
        own = [row for row in rows if row.frequency == frequency.value]
        if own:
            first, last = min(row.first for row in own), max(row.last for row in own)
            series, values = sum(row.series for row in own), sum(int(row.number) for row in own)
            found.append(Coverage(frequency.value, series, values, first, last))
    return tuple(found)


def _since(loads: Sequence[LoadFacts], last_good: LoadFacts | None) -> tuple[LoadFacts, ...]:
    after = 0 if last_good is None else last_good.load_id
    return tuple(each for each in loads if each.load_id > after and each.state in ("failed", "quarantined"))


def _run_facts(row: Any) -> RunFacts:  # noqa: ANN401 - a row of ``run``
    return RunFacts(
        run_id=row.run_id,
        reason=row.reason,
        outcome=row.outcome,
        started_at=to_shanghai(row.started_at),
        finished_at=None if row.finished_at is None else to_shanghai(row.finished_at),
        duration_s=row.duration_s,
        attempt=row.attempt,
        planned_for=None if row.planned_for is None else to_shanghai(row.planned_for),
        error=row.error,
    )


def _load_facts(row: Any) -> LoadFacts:  # noqa: ANN401 - a row of ``load``
    return LoadFacts(
        load_id=row.load_id,
        file_name=row.file_name,
        state=row.state,
        vintage=row.vintage,
        loaded_at=to_shanghai(row.started_at),
        rows_read=row.rows_read,
        rows_new=row.rows_new,
        rows_revised=row.rows_revised,
        rows_rejected=row.rows_rejected,
        error=row.error,
    )


if __name__ == "__main__":
    from data.source_status_report import main

    sys.exit(main())
