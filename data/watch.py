"""``python -m data.refresh --watch``: keep to the schedules and the drop folder until told to end.

Several may watch one warehouse; one leads (``data.leases``), the others stand by. The leader starts a process of its
own for each run (``data.watch_runs``). When something is due is decided from the warehouse (``data.due``), never from
this process's memory, so that a restart, another leader or a run by hand neither repeats nor loses anything.
APScheduler is the timer: its clock may jump, so the loop here goes by a clock that does not and plans anew if it did.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from data.clock import SHANGHAI, clock_for, to_shanghai
from data.dialects import READ_ERRORS
from data.due import due, next_moment
from data.leases import SCHEDULER, Lease, LeaseLostError, identity
from data.loaders.source import Source, SourceError
from data.refresh_plan import strange
from data.runs import Reason, history, set_right
from data.settings import Settings
from data.source_status import declared_sources
from data.warehouse import Warehouse, open_warehouse
from data.watch_drops import Drops
from data.watch_runs import Runner
from data.watch_words import say

LOG = logging.getLogger("onescreen.watch")
JUMP_S = 30.0  # the wall clock moved this much against the one that cannot jump
AGAIN_S = 30.0  # after a run that could not begin


def watch(settings: Settings) -> int:
    """Watch until SIGTERM or SIGINT; return the exit code. Mistakes in declarations at the start are raised."""
    start_log()
    declared_sources(settings)
    watching = Watch(settings)
    watching.warehouse.migrate()
    watching.warehouse.check_file()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watching.ending.set())
    return watching.run()


def start_log() -> None:
    """Write plain lines with the time in Shanghai to standard output."""
    output = logging.StreamHandler(sys.stdout)
    form = logging.Formatter("%(asctime)s %(levelname)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    form.converter = lambda seconds: datetime.fromtimestamp(seconds or 0, SHANGHAI).timetuple()
    output.setFormatter(form)
    LOG.handlers[:], LOG.propagate = [output], False
    LOG.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # what it would say is said here


@dataclass
class Watch:
    """One watching process."""

    settings: Settings
    ending: threading.Event = field(default_factory=threading.Event)
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.warehouse: Warehouse = open_warehouse(self.settings.warehouse)
        self.lease = Lease(self.settings.warehouse, SCHEDULER, self.settings.lease_s)
        self.runner = Runner(self.settings, self.warehouse, self.ending)
        self.drops = Drops(self.settings)
        self.since = self.now()
        self.sources: dict[str, Source] = {}
        self.is_leading = False
        self._offset = self.wall() - self.steady()
        self._said: dict[str, str] = {}
        # One at a time: loads cannot overlap anyway, and what waits is run once however often it came due meanwhile.
        self.scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.scheduler.add_listener(self._has_run, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)

    def now(self) -> datetime:
        """Return the time by the clock of the settings."""
        return clock_for(self.settings.today).now()

    def run(self) -> int:
        """Look around every few seconds until told to end."""
        say(self, "begins", who=identity(), seconds=self.settings.scan_s)
        self.scheduler.start()
        self.lease.fence(self.warehouse.writing)  # who does not lead notes nothing
        try:
            while not self.ending.is_set():
                self._look_around()
                self.ending.wait(self.settings.scan_s)
        finally:
            self._end()
        return 0

    def _look_around(self) -> None:
        """Lead if nobody else does; then see to declarations, clock and drop folder. A database away is waited for."""
        try:
            if not self._lead():
                return
            self._read_declarations()
            self._watch_the_clock()
            self._scan_drops()
            self._said.pop("away", None)
        except LeaseLostError:
            self._stand_back()
        except READ_ERRORS as error:
            self.say_once("away", "away", error=str(error).splitlines()[0])

    # --- leading

    def _lead(self) -> bool:
        if self.is_leading and not self.lease.is_held():
            self._stand_back()
        if not self.is_leading and self.lease.try_take():
            self.is_leading = True
            self._said.clear()
            say(self, "leads", token=self.lease.token)
            self.sources = {}  # plan all anew
            set_right(self.warehouse, self.now())
            self._compare_clocks()
        if not self.is_leading:
            holder = ":".join(self.lease.holder().split(":")[:2])
            self.say_once("standby", "stands_by", holder=holder or "?")
        return self.is_leading

    def _stand_back(self) -> None:
        self.is_leading = False
        say(self, "lost", level=logging.WARNING)
        self.scheduler.remove_all_jobs()
        self.runner.stop()
        if self.lease.token:
            self.lease.release()

    # --- planning

    def _read_declarations(self) -> None:
        """Take over changed declarations; a mistake in one is said, and the ones before stay."""
        try:
            declared = {source.code: source for source in declared_sources(self.settings)}
        except (SourceError, OSError) as error:
            self.say_once("declarations", "mistake", error=str(error))
            return
        self._said.pop("declarations", None)
        if declared == self.sources and self.sources:
            return
        for code in self.sources.keys() - declared.keys():
            self._forget(code)
        self.sources = declared
        self._plan_all()

    def _watch_the_clock(self) -> None:
        offset = self.wall() - self.steady()
        if abs(offset - self._offset) > JUMP_S:
            say(self, "clock", level=logging.WARNING, seconds=round(offset - self._offset))
            set_right(self.warehouse, self.now())
            self._plan_all()
            self._compare_clocks()
            self._offset = offset

    def _compare_clocks(self) -> None:
        ahead_s = self.warehouse.clock_drift().total_seconds()
        if ahead_s:
            say(self, "drift", level=logging.WARNING, seconds=round(ahead_s))

    def _plan_all(self) -> None:
        for code in self.sources:
            self.plan(code)
        self.scheduler.wakeup()

    def plan(self, code: str, at_least_s: float = 0.0) -> None:
        """Set the timer of a source to when there will be something to do."""
        source = self.sources.get(code)
        if source is None or source.schedule is None or (source.simulated and not self.settings.simulated):
            self._forget(code)
            return
        now = self.now()
        moment = next_moment(source.schedule, history(self.warehouse, code, now), now, self.since)
        wait = max(moment - now, timedelta(seconds=at_least_s))
        # In the scheduler's own clock, which a fixed day of the settings does not stop.
        self._at(code, wait, self._run_planned, code)
        unknown = source.schedule.next_after(now).unknown_years
        if unknown:
            years = ", ".join(map(str, unknown))
            self.say_once(f"holidays {code}", "holidays", source=code, years=years)
        self.say_once(f"next {code}", "next", source=code, moment=f"{to_shanghai(moment):%Y-%m-%d %H:%M:%S}")

    def _at(self, job: str, wait: timedelta, what: Callable[..., object], *arguments: object) -> None:
        moment = datetime.fromtimestamp(self.wall(), SHANGHAI) + wait
        self.scheduler.add_job(
            what, DateTrigger(moment, timezone=SHANGHAI), args=arguments, id=job, replace_existing=True
        )

    def _forget(self, code: str) -> None:
        if self.scheduler.get_job(code) is not None:
            self.scheduler.remove_job(code)

    # --- in the scheduler's thread

    def _run_planned(self, code: str) -> float:
        """Run a source if it is still due; return how many seconds it is to be left alone at least."""
        source = self.sources.get(code)
        if source is None or source.schedule is None or not self._may_run():
            return 0.0
        try:
            now = self.now()
            wanted = due(source.schedule, history(self.warehouse, code, now), now, self.since)
            if wanted is None:
                return 0.0
            if wanted.missed > 1:
                say(self, "missed", level=logging.WARNING, source=code, number=wanted.missed)
            began = self.runner.run(source, wanted.reason, source.schedule.max_run_s)
        except READ_ERRORS as error:
            self.say_once("away", "away", error=str(error).splitlines()[0])
            return AGAIN_S
        return 0.0 if began else AGAIN_S

    def _has_run(self, event: JobExecutionEvent) -> None:
        """Set the timer of a source again. Not before: a timer that comes while its run goes on is dropped."""
        if event.exception is not None:
            LOG.error("%s: %s", event.job_id, event.exception, exc_info=event.exception)
        if event.job_id not in self.sources or not self._may_run():
            return
        try:
            self.plan(event.job_id, AGAIN_S if event.exception else event.retval)
        except READ_ERRORS:
            self._at(event.job_id, timedelta(seconds=AGAIN_S), self._run_planned, event.job_id)

    def _may_run(self) -> bool:
        return self.is_leading and self.lease.is_held() and not self.ending.is_set()

    # --- drop folder

    def _scan_drops(self) -> None:
        reason = self.drops.look()
        if reason:
            self.say_once("drop", "no_drop", folder=self.settings.drop_folder, reason=reason)
        if self.drops.folder is None:
            return
        try:
            names = strange(self.drops.folder, list(self.sources.values()))
        except OSError:  # it went away since it was looked at; the next look says so
            return
        self._said.pop("drop", None)
        for name in names:
            self.say_once(f"strange {name}", "strange", folder=name)
        for source in self.drops.arrived(list(self.sources.values())):
            self._at(f"drop:{source.code}", timedelta(0), self._run_drop, source)

    def _run_drop(self, source: Source) -> None:
        if self._may_run():
            limit_s = 900.0 if source.schedule is None else source.schedule.max_run_s
            self.runner.run(source, Reason.DROP, limit_s)
        self.drops.taken(source)

    # --- ending

    def _end(self) -> None:
        say(self, "ends")
        self.ending.set()
        self.runner.stop()
        self.scheduler.shutdown(wait=False)
        self.lease.close()
        self.warehouse.dispose()

    def say_once(self, key: str, what: str, **values: object) -> None:
        """Say something, unless the same was said of it last."""
        text = repr((what, values))
        if self._said.get(key) != text:
            self._said[key] = text
            level = logging.INFO if what in ("next", "stands_by") else logging.WARNING
            say(self, what, level=level, **values)
