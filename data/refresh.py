"""Load what is new: ``python -m data.refresh`` (``--watch`` stays and keeps to the schedules).

Creates or upgrades the warehouse, then loads every declared file that was not loaded before, what lies finished in
the drop folder, and what services and databases whose time has come answer anew; then the simulated values for what
no file gives (unless they are switched off). ``--all`` asks also those whose time has not come, ``--source CODE``
only these. Run again, it finds nothing to do and ends quickly.

Only one process loads at a time: whoever has something to do takes the lease (``data.leases``) and waits for it if
another one is loading. Exit codes: 0 all well; 1 something was refused or did not answer, the rest is loaded;
2 nothing could be loaded; 4 another process was loading all the time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from data import due, runs, warning_round
from data.catalogue import Catalogue, load_catalogue
from data.clock import Clock, clock_for
from data.dialects import WarehouseUnavailableError
from data.facts import LoadReport
from data.leases import LOADING, Lease, LeaseLostError
from data.loaders import Source, load_sources
from data.loaders.drop_folder import DropFolder
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, acquire, declarations_fingerprint, feed_of, run
from data.loaders.simulated import SimulatedRun
from data.refresh_plan import EVERYTHING_DUE, Plan, Planner, Wish, cannot_look
from data.registering import register, remember_codes
from data.runs import Ending, Outcome, Reason
from data.settings import Settings
from data.warehouse import Warehouse, open_warehouse

if TYPE_CHECKING:
    from data.loaders.downloads import Downloader

RUNNING = "refresh_running"
LOOK_S = 1.0  # at a file for damage, before anything is written into it; the schedule and the web look longer
PATIENCE_S = 600.0  # how long a person's refresh waits for another one

OnStep = Callable[[int, int, str], None]  # steps done, steps in all, what is being done now
OnWait = Callable[[str], None]  # who is loading now


def _say_nothing(*_what: object) -> None:
    """Report nothing."""


@dataclass
class Summary:
    """What a refresh did.

    ``interrupted`` is when an earlier one began that never ended; ``files`` counts those declared, ``asked`` services
    and databases, ``answered`` those with news or an error; ``missing`` says what was not there to be loaded,
    ``untold`` why warnings wait to be told.
    """

    reports: list[LoadReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    interrupted: str = ""
    seconds: float = 0.0
    files: int = 0
    asked: int = 0
    answered: int = 0
    untold: str = ""

    @property
    def failed(self) -> list[str]:
        """What was refused, with the reasons."""
        held_back = [each for each in self.reports if each.state in ("failed", "quarantined")]
        refused = [f"{each.source}: {each.file_name}: {each.error}" for each in held_back]
        return refused + self.missing

    def total(self, count: str) -> int:
        """Return a count (``new``, ``revised``, ``rejected`` …) over all loads."""
        return sum(report.counts.get(count, 0) for report in self.reports)


def refresh(
    settings: Settings,
    on_step: OnStep = _say_nothing,
    wish: Wish = EVERYTHING_DUE,
    on_wait: OnWait = _say_nothing,
    patience_s: float = PATIENCE_S,
) -> Summary:
    """Bring the warehouse of ``settings`` up to date. Mistakes in declarations are raised, bad files reported.

    Raises ``LeaseBusyError`` if another process loads for longer than ``patience_s``, and ``LeaseLostError`` if it
    was taken for dead (stopped, or away from the database): what it had not stored by then is not stored.
    """
    began = time.monotonic()
    catalogue = load_catalogue(settings.catalogue)
    sources = load_sources(settings.sources)
    wish.chosen(sources)
    warehouse = open_warehouse(settings.warehouse)
    try:
        warehouse.migrate()
        summary = Summary(interrupted=warehouse.noted(RUNNING) or "")
        with Lease(settings.warehouse, LOADING, settings.lease_s) as lease:
            _Refresh(settings, catalogue, warehouse, summary, on_step, wish, lease).run(sources, on_wait, patience_s)
    finally:
        warehouse.dispose()
    summary.seconds = time.monotonic() - began
    return summary


@dataclass
class _Refresh:
    settings: Settings
    catalogue: Catalogue
    warehouse: Warehouse
    summary: Summary
    on_step: OnStep
    wish: Wish
    lease: Lease
    done: int = 0
    total: int = 0
    _drop: DropFolder | None = None

    @property
    def clock(self) -> Clock:
        return clock_for(self.settings.today)

    def run(self, sources: list[Source], on_wait: OnWait, patience_s: float) -> None:
        """Find what is to do, do it, and remember that it is done."""
        declarations = declarations_fingerprint(self.settings.catalogue)
        plan = self._plan(sources, declarations)
        is_idle = plan.is_idle(self.warehouse) and not self.summary.interrupted
        if is_idle:
            remember_codes(self.warehouse, self.catalogue, declarations)
            if not warning_round.is_due(self.warehouse, self.settings, self.clock, declarations):
                return
        if not self.lease.try_take():
            self.lease.take(patience_s, on_wait)
            plan = self._plan(sources, declarations)  # the other one may have done it
        self.lease.fence(self.warehouse.writing)
        try:
            self.warehouse.sweep()
            runs.end_interrupted(self.warehouse, self.lease.token)
            runs.set_right(self.warehouse, self.clock.now())
            if not is_idle or not plan.is_idle(self.warehouse):
                self.warehouse.check_file(LOOK_S)
                self._work(sources, plan, declarations)
            self._look_at_warnings(declarations)
        finally:
            self.lease.unfence(self.warehouse.writing)

    def _plan(self, sources: list[Source], declarations: str) -> Plan:
        planner = Planner(self.settings, self.catalogue, self.warehouse, self.wish, self.clock.now())
        plan = planner.plan(sources, declarations)
        self._drop = planner.drop
        self.summary.files, self.summary.missing = plan.declared_files, list(plan.missing)
        return plan

    def _work(self, sources: list[Source], plan: Plan, declarations: str) -> None:
        self.warehouse.note(RUNNING, datetime.now(UTC).isoformat(timespec="seconds"))
        with Isolation(self.catalogue) as isolation:
            if plan.files:
                isolation.start()  # it gets ready while the sources and code lists are written
            for source in sources:
                register(self.warehouse, source)
            remember_codes(self.warehouse, self.catalogue, declarations)
            self.total = plan.steps
            for files in plan.files.values():
                self._load_files(files, isolation)
            if self._drop is not None:
                self._take(plan.arrivals, self._drop, isolation, declarations)
            self._ask(plan.fed, isolation, declarations)
        for source in plan.looked_at:
            problem = plan.problems.get(source.code)
            with self._recorded(source, [] if problem is None else [problem]):
                pass
        for each in plan.simulated:
            self._simulate(each)
        self.on_step(self.total, self.total, "")
        if self.summary.reports or self.summary.interrupted:
            self.warehouse.settle()
        self.warehouse.note(RUNNING, None)

    def _look_at_warnings(self, declarations: str) -> None:
        """Keep the warnings and tell the webhook; one that does not answer is told of, and is tried again next time."""
        sending = warning_round.look(self.warehouse, self.catalogue, self.settings, self.clock, declarations)
        if sending is not None and sending.waiting:
            self.summary.untold = f"{sending.waiting} × webhook: {sending.error}"

    def _load(self, fetched: Fetched, isolation: Isolation) -> LoadReport:
        today = self.settings.current_day()
        return run(fetched, self.catalogue, self.warehouse, isolation=isolation, today=today)

    def _load_files(self, files: list[Fetched], isolation: Isolation) -> None:
        with self._recorded(files[0].source) as reports:
            for fetched in files:
                self._step(fetched.source)
                reports.append(self._load(fetched, isolation))

    def _take(self, arrivals: list[Source], drop: DropFolder, isolation: Isolation, declarations: str) -> None:
        """Load what arrived in the drop folder; a folder that cannot be used holds up nothing else."""
        day = self.settings.current_day()
        for source in arrivals:
            self._step(source)
            # An answer brought by hand is as new as one that was asked for.
            dated = source.model_copy(update={"vintage": day}) if feed_of(source) else source
            problems: list[str] = []
            with self._recorded(source, problems, Reason.DROP) as reports:
                try:
                    reports += drop.load([dated], self.catalogue, self.warehouse, isolation, declarations, day)
                except OSError as error:
                    problems.append(cannot_look(source, error))
            self.summary.missing += problems

    def _ask(self, fed: list[Source], isolation: Isolation, declarations: str) -> None:
        """Ask every service and database that is due, and load what they answer anew."""
        if not fed:
            return
        # Only sources with an address need an HTTP client, which takes as long to import as a start with nothing to do.
        from data.loaders.downloads import Downloader

        downloader = Downloader(self.settings.downloads, self.settings.current_day(), isolation.parse)
        for source in fed:
            self._step(source)
            with self._recorded(source) as reports:
                reports += self._answer(source, downloader, isolation, declarations)

    def _answer(
        self, source: Source, downloader: Downloader, isolation: Isolation, declarations: str
    ) -> list[LoadReport]:
        answer = acquire(source, downloader, declarations, self.warehouse)
        self.summary.asked += 1
        if isinstance(answer, Fetched) and answer.is_loaded(self.warehouse):
            return []
        self.summary.answered += 1
        return [answer if isinstance(answer, LoadReport) else self._load(answer, isolation)]

    def _simulate(self, simulated: SimulatedRun) -> None:
        if not simulated.is_due(self.warehouse):
            self.done += 1
            return
        self._step(simulated.source)
        with self._recorded(simulated.source) as reports:
            loads = simulated.loads(self.warehouse)
            self.total += len(loads)
            for load in loads:
                self._step(simulated.source)
                reports.append(self.warehouse.write(load))
            simulated.remember(self.warehouse)

    @contextmanager
    def _recorded(
        self, source: Source, problems: list[str] | None = None, reason: Reason | None = None
    ) -> Iterator[list[LoadReport]]:
        """Note a run of a source; gives the list its loads are to be put in. ``problems`` is read at the end."""
        now, began, schedule = self.clock.now(), time.monotonic(), source.schedule
        planned = None if schedule is None else schedule.last_until(now).at
        attempt = due.attempt_of(schedule, runs.history(self.warehouse, source.code, now), now)
        begun = runs.begin(
            self.warehouse,
            source.code,
            reason or self.wish.reason,
            now=now,
            token=self.lease.token,
            holder=self.lease.me,
            planned_for=planned,
            attempt=attempt,
        )
        reports: list[LoadReport] = []
        ending = Ending(Outcome.INTERRUPTED, "", transient=True)
        try:
            yield reports
            self.summary.reports += reports
            ending = Ending.of(reports, problems or [])
        except BaseException as error:
            ending = Ending(Outcome.INTERRUPTED, f"{type(error).__name__}: {error}"[:500], transient=True)
            raise
        finally:
            self._end(begun.run_id, source, ending, attempt, time.monotonic() - began)

    def _end(self, run_id: int, source: Source, ending: Ending, attempt: int, duration_s: float) -> None:
        now, schedule = self.clock.now(), source.schedule
        following = None
        if schedule is not None:
            is_good = ending.outcome in runs.GOOD
            following = schedule.next_after(now).at
            following = following if is_good else due.after_failure(schedule, ending.transient, attempt, now)
        try:
            runs.end(self.warehouse, run_id, ending, now=now, duration_s=duration_s, next_due=following)
        except (SQLAlchemyError, WarehouseUnavailableError, LeaseLostError):
            # The next holder of the lease notes it as interrupted; what matters now is why it could not be noted.
            if ending.outcome is not Outcome.INTERRUPTED:
                raise

    def _step(self, source: Source) -> None:
        self.on_step(self.done, self.total, source.title_zh if self.settings.language == "zh" else source.title_en)
        self.done += 1


if __name__ == "__main__":
    from data.refresh_command import main

    sys.exit(main())
