"""What is due: planned, missed, failed and tried again, with clocks that jump. T-01, T-05, L-14."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from data import runs
from data.clock import SHANGHAI
from data.due import after_failure, due, next_moment
from data.runs import Ending, Outcome, Reason, history, retry_wait_s
from data.schedule import Retries, Schedule

DAILY = Schedule(cron="30 9 * * *", retries=Retries(attempts=3, wait_s=60, longest_wait_s=100))
START = datetime(2026, 11, 20, 9, 30, 2, tzinfo=SHANGHAI)
CODE = "fed_h10"


class Past:
    """Runs noted in a real warehouse, with a clock of the test's own."""

    def __init__(self, warehouse) -> None:
        self.warehouse, self.now = warehouse, START

    def ran(self, outcome=Outcome.DONE, *, transient=False, schedule=DAILY):
        tries = history(self.warehouse, CODE, self.now).tries
        attempt = 1 + len([row for row in tries if row.started_at >= schedule.last_until(self.now).at])
        begun = runs.begin(self.warehouse, CODE, Reason.SCHEDULE, now=self.now, token=1, holder="here", attempt=attempt)
        wanted = after_failure(schedule, transient, attempt, self.now)
        ending = Ending(outcome, "", transient)
        runs.end(self.warehouse, begun.run_id, ending, now=self.now, duration_s=1.0, next_due=wanted)
        return wanted

    def due(self, schedule=DAILY, since=None):
        return due(schedule, history(self.warehouse, CODE, self.now), self.now, since)

    def next(self, schedule=DAILY):
        return next_moment(schedule, history(self.warehouse, CODE, self.now), self.now)

    def later(self, **step):
        self.now += timedelta(**step)


@pytest.fixture
def past(warehouse):
    return Past(warehouse)


def test_what_never_ran_is_due_and_what_ran_is_not(past):
    assert past.due().reason is Reason.SCHEDULE
    assert past.next() == past.now
    past.ran()
    assert past.due() is None
    assert past.next() == START.replace(day=21, second=0)
    past.later(days=1)
    assert past.due().reason is Reason.SCHEDULE
    past.ran(Outcome.UNCHANGED)
    assert past.due() is None


def test_t_05_three_days_down_give_one_run_and_not_three(past):
    past.ran()
    past.later(days=3)
    wanted = past.due()
    assert (wanted.reason, wanted.missed, wanted.planned_for.day) == (Reason.CATCH_UP, 3, 23)
    past.ran()
    assert past.due() is None
    assert past.next() == START.replace(day=24, second=0)


def test_t_05_a_source_that_does_not_catch_up_waits_for_its_next_time(past):
    schedule = DAILY.model_copy(update={"catch_up": "none"})
    past.ran()
    past.later(days=3, hours=1)
    assert past.due(schedule, since=past.now) is None
    past.later(hours=23)
    assert past.due(schedule, since=START + timedelta(days=3, hours=1)).planned_for.day == 24


def test_t_01_a_clock_that_jumps_ahead_and_back_loses_nothing(past):
    weekly = DAILY.model_copy(update={"cron": "30 9 * * sun"})
    past.ran(schedule=weekly)  # a Friday
    past.later(days=3)  # wrong: it is Monday
    assert past.due(weekly).reason is Reason.CATCH_UP
    past.ran(schedule=weekly)
    past.later(days=-3, minutes=5)  # set right
    assert past.due(weekly) is None, "what was planned before was made"
    runs.set_right(past.warehouse, past.now)
    past.later(days=2)
    assert past.due(weekly) is not None, "Sunday's was not made by the run of a false Monday"
    past.ran(schedule=weekly)
    past.later(days=2)
    assert past.due(weekly) is None


@pytest.mark.parametrize("back", [timedelta(seconds=30), timedelta(hours=1), timedelta(hours=23)])
def test_t_01_a_clock_set_back_runs_nothing_twice(back, past):
    past.later(days=-1)
    past.ran()
    past.later(days=1)
    past.ran()
    past.now -= back
    assert past.due() is None


def test_t_01_a_retry_noted_by_a_wrong_clock_is_not_waited_for(past):
    past.later(days=2)
    past.ran(Outcome.FAILED, transient=True)
    past.later(days=-2, seconds=1)
    assert past.due() is not None


def test_l_14_a_transient_error_is_tried_again_a_few_times_with_growing_waits(past):
    waits = []
    while (wanted := past.due()) is not None:
        assert wanted.attempt == len(waits) + 1
        retry_at = past.ran(Outcome.FAILED, transient=True)
        waits.append((retry_at - past.now).total_seconds())
        assert past.due() is None, "not before its time"
        assert past.next() == retry_at
        past.now = retry_at if len(waits) < 3 else past.now + timedelta(hours=1)
    assert len(waits) == 3
    assert 60 <= waits[0] <= 75
    assert 100 <= waits[1] <= 125
    assert past.next() == START.replace(day=21, second=0), "then it rests until the next planned time"
    past.now = past.next()
    assert past.due().attempt == 1


def test_l_14_a_permanent_error_is_not_tried_again(past):
    past.ran(Outcome.FAILED, transient=False)
    past.later(hours=1)
    assert past.due() is None
    assert past.next() == START.replace(day=21, second=0)


def test_l_14_waits_double_have_a_ceiling_and_are_spread():
    retries = Retries(attempts=9, wait_s=10, longest_wait_s=50)
    chance = random.Random(7)
    waits = [retry_wait_s(retries, attempt, chance) for attempt in (1, 2, 3, 4, 5)]
    for wait, least in zip(waits, (10, 20, 40, 50, 50), strict=True):
        assert least <= wait <= least * 1.25
    assert len({retry_wait_s(retries, 1, chance) for _ in range(20)}) == 20


def test_a_run_that_never_ended_is_found_and_made_again(past):
    runs.begin(past.warehouse, CODE, Reason.SCHEDULE, now=past.now, token=1, holder="dead")
    assert runs.end_interrupted(past.warehouse, token=1) == [], "its holder may still be at it"
    assert runs.end_interrupted(past.warehouse, token=2) == [CODE]
    assert runs.last(past.warehouse, CODE).outcome == Outcome.INTERRUPTED
    past.later(seconds=5)
    assert past.due().reason is Reason.RETRY
