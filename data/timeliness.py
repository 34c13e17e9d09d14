"""Whether a source keeps its own calendar: 正常, 临期, 过期 or 中断, in the words of ``data.freshness``.

With a release calendar the newest period decides: the next one is due on its planned day. With ``cron`` there is no
period to await; then the last good run decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.clock import to_shanghai
from data.freshness import BROKEN_AFTER_DAYS, DUE_SOON_DAYS, Freshness
from data.periods import Frequency
from data.runs import History
from data.schedule import PlannedRun, Schedule

BROKEN_AFTER_RUNS = 3  # planned runs without a good one


@dataclass(frozen=True)
class Timeliness:
    """The state of a source, what was or is due when, and for a release calendar of which period."""

    state: Freshness
    due: datetime
    days_late: int
    awaited_period: int | None = None
    frequency: Frequency | None = None


def timeliness(schedule: Schedule, newest: Mapping[str, int], past: History, now: datetime) -> Timeliness | None:
    """Return the state now; ``newest`` is the newest period by frequency. ``None`` for a source that never gave any."""
    if schedule.release is None:
        return _by_runs(schedule, past, now)
    frequency = schedule.release.frequency
    latest = newest.get(frequency.value)
    if latest is None:
        # A monthly calendar may bring quarterly figures; whatever was not released every day counts.
        others = [period for name, period in newest.items() if name != Frequency.DAILY.value]
        if not others:
            return None
        latest = max(others)
    awaited = schedule.planned_for_period_after(latest)
    days_late = (to_shanghai(now).date() - awaited.at.date()).days
    return Timeliness(_state(frequency, days_late), awaited.at, max(days_late, 0), awaited.period, frequency)


def _state(frequency: Frequency, days_late: int) -> Freshness:
    if days_late > BROKEN_AFTER_DAYS[frequency]:
        return Freshness.BROKEN
    if days_late > 0:  # the day itself is for publishing and asking
        return Freshness.OVERDUE
    return Freshness.DUE_SOON if -days_late <= DUE_SOON_DAYS[frequency] else Freshness.CURRENT


def _by_runs(schedule: Schedule, past: History, now: datetime) -> Timeliness | None:
    if past.last_good is None:
        return None
    awaited: PlannedRun = schedule.next_after(past.last_good)
    late = to_shanghai(now) - awaited.at
    if late <= timedelta(seconds=schedule.max_run_s):
        return Timeliness(Freshness.CURRENT, awaited.at, 0)
    missed = schedule.missed(past.last_good, now)
    state = Freshness.BROKEN if missed >= BROKEN_AFTER_RUNS else Freshness.OVERDUE
    return Timeliness(state, awaited.at, max(late.days, 0))
