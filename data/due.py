"""What is due now, and when something will be: schedule, history and clock in, one decision out.

A planned run is covered by a good run that started after its time. Several that were missed are answered by one run.
A failed run is tried again only if trying again can help, as often as the schedule says; then it rests until the
next planned time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.runs import History, Outcome, Reason, retry_wait_s
from data.schedule import Schedule

ON_TIME_S = 120  # a run that begins later than this after its time is called a catch-up


@dataclass(frozen=True)
class Due:
    """A run that is to begin: why, for which planned time, which attempt it is, how many planned runs it answers."""

    reason: Reason
    planned_for: datetime
    attempt: int = 1
    missed: int = 1


def due(schedule: Schedule, history: History, now: datetime, watching_since: datetime | None = None) -> Due | None:
    """Return what is due now. ``watching_since`` matters to sources that do not catch up."""
    planned = schedule.last_until(now).at
    if history.last_good is not None and history.last_good >= planned:
        return None
    tries = [row for row in history.tries if row.started_at >= planned]
    if tries:
        return _again(schedule, tries, planned, now)
    skips = schedule.catch_up == "none" and history.last_good is not None
    if skips and watching_since is not None and planned < watching_since:
        return None
    missed = 1 if history.last_good is None else max(schedule.missed(history.last_good, now), 1)
    is_on_time = now - planned <= timedelta(seconds=ON_TIME_S) and missed == 1
    return Due(Reason.SCHEDULE if is_on_time else Reason.CATCH_UP, planned, missed=missed)


def next_moment(
    schedule: Schedule, history: History, now: datetime, watching_since: datetime | None = None
) -> datetime:
    """Return when there will be something to do: now, at the next attempt, or at the next planned time."""
    if due(schedule, history, now, watching_since) is not None:
        return now
    following = schedule.next_after(now).at
    planned = schedule.last_until(now).at
    is_covered = history.last_good is not None and history.last_good >= planned
    tries = [] if is_covered else [row for row in history.tries if row.started_at >= planned]
    if tries and may_try_again(schedule, tries) and tries[-1].next_due is not None:
        again: datetime = tries[-1].next_due
        return min(max(again, now), following)
    return following


def may_try_again(schedule: Schedule, tries: list[object]) -> bool:
    """Tell whether a planned run that failed is tried again before its next planned time."""
    return len(tries) < schedule.retries.attempts and bool(getattr(tries[-1], "transient", False))


def after_failure(schedule: Schedule, transient: bool, attempt: int, now: datetime) -> datetime:
    """Return when a source is asked next after the n-th failed attempt."""
    following = schedule.next_after(now).at
    if not transient or attempt >= schedule.retries.attempts:
        return following
    return min(now + timedelta(seconds=retry_wait_s(schedule.retries, attempt)), following)


def attempt_of(schedule: Schedule | None, history: History, now: datetime) -> int:
    """Return which attempt a run that begins now is at what was planned last."""
    if schedule is None:
        return 1
    planned = schedule.last_until(now).at
    return 1 + len([row for row in history.tries if row.started_at >= planned])


def _again(schedule: Schedule, tries: list[object], planned: datetime, now: datetime) -> Due | None:
    last = tries[-1]
    if not may_try_again(schedule, tries):
        return None
    wanted = getattr(last, "next_due", None)
    if getattr(last, "outcome", "") == Outcome.INTERRUPTED.value or wanted is None:
        wanted = now  # it did not fail by itself
    # Farther away than any wait can be: it was noted while the clock was wrong.
    is_far = wanted - now > timedelta(seconds=schedule.retries.longest_wait_s * 1.25)
    if wanted > now and not is_far:
        return None
    return Due(Reason.RETRY, planned, attempt=len(tries) + 1)
