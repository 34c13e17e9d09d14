"""When a source is asked: the section ``[schedule]`` of its declaration.

Either ``cron`` (five fields, as in crontab) or ``release``, the publisher's release calendar: so many months after
the period, on a day that moves if it is a Chinese holiday. All times are Asia/Shanghai.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, Literal

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.clock import SHANGHAI, to_shanghai
from data.periods import (
    Frequency,
    month_of,
    month_period,
    next_slot,
    period_is_possible,
    period_of_day,
    previous_slot,
    year_of,
)
from data.workdays import IfHoliday, PlannedDay, moved, nth_workday

_FREQUENCY = {"month": Frequency.MONTHLY, "quarter": Frequency.QUARTERLY, "year": Frequency.ANNUAL}
CRON_FIELDS = 5
NEVER = datetime(2001, 1, 1, tzinfo=SHANGHAI)


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Release(_Declared):
    """A release calendar.

    ``day`` (of the month; the last one where a month is shorter) or ``workday`` (the n-th working day of the month),
    ``months_after`` the last month of the period. ``january`` says whether January is released by itself.
    """

    every: Literal["month", "quarter", "year"]
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    workday: Annotated[int, Field(ge=1, le=15)] | None = None
    months_after: Annotated[int, Field(ge=0, le=24)] = 1
    if_holiday: IfHoliday = "next_workday"
    january: bool = True

    @model_validator(mode="after")
    def _one_way_to_say_the_day(self) -> Release:
        if (self.day is None) == (self.workday is None):
            raise ValueError("say either day or workday")
        if self.workday is not None and self.if_holiday != "next_workday":
            raise ValueError("a workday is never a holiday; leave if_holiday out")
        if self.every != "month" and not self.january:
            raise ValueError("january says something about monthly releases only")
        return self

    @property
    def frequency(self) -> Frequency:
        """How often a period ends."""
        return _FREQUENCY[self.every]

    def planned_day(self, period: int) -> PlannedDay:
        """Return the day on which the figures of a period are to be published."""
        month = period + self.months_after
        year, number = year_of(month), month_of(month)
        if self.workday is not None:
            return nth_workday(year, number, self.workday)
        wanted = min(self.day or 1, monthrange(year, number)[1])
        return moved(date(year, number, wanted), self.if_holiday)

    def periods_from(self, day: date) -> Iterator[int]:
        """Give periods in order, beginning with one whose release lies well before a day."""
        start = month_period(day.year, day.month) - self.months_after - 2
        period = period_of_day(self.frequency, date(year_of(start), month_of(start), 1))
        combined = not self.january
        period = period if period_is_possible(self.frequency, period, combined=combined) else period + 1
        period = previous_slot(self.frequency, period, combined=combined)
        while True:
            yield period
            period = next_slot(self.frequency, period, combined=combined)


class Retries(_Declared):
    """How a transient error (no answer, an overloaded service, a database away) is tried again.

    The wait doubles from ``wait_s`` up to ``longest_wait_s``, and up to a quarter is added at random.
    """

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    wait_s: Annotated[float, Field(gt=0, le=3600)] = 120
    longest_wait_s: Annotated[float, Field(gt=0, le=86_400)] = 3600


@dataclass(frozen=True)
class PlannedRun:
    """One moment of a schedule, for a release calendar with the period that is released then."""

    at: datetime
    period: int | None = None
    unknown_years: tuple[int, ...] = ()


class Schedule(_Declared):
    """When a source is asked, how long that may take, and what becomes of what was missed.

    ``catch_up``: after the scheduler was down, ``once`` runs once for everything missed, ``none`` waits for the next
    planned time.
    """

    cron: str | None = None
    release: Release | None = None
    at: time = time(9, 30)
    time_zone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    retries: Retries = Retries()
    max_run_s: Annotated[float, Field(gt=0, le=86_400)] = 900
    catch_up: Literal["once", "none"] = "once"

    @field_validator("at")
    @classmethod
    def _without_zone(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("a time of day in Asia/Shanghai, such as 09:30, without a zone")
        return value

    @field_validator("cron")
    @classmethod
    def _five_fields(cls, text: str | None) -> str | None:
        if text is None:
            return None
        if len(text.split()) != CRON_FIELDS:
            raise ValueError(f"{text!r} needs five fields: minute hour day-of-month month day-of-week")
        try:
            next(CronSim(text, NEVER))
        except CronSimError as error:
            raise ValueError(f"{text!r} cannot be read: {error}") from error
        except StopIteration:
            raise ValueError(f"{text!r} never comes") from None
        return text

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Schedule:
        if (self.cron is None) == (self.release is None):
            raise ValueError("say either cron or release")
        if self.cron is not None and "at" in self.model_fields_set:
            raise ValueError("cron says the time of day itself; leave at out")
        return self

    def next_after(self, moment: datetime) -> PlannedRun:
        """Return the first planned run after a moment."""
        moment = to_shanghai(moment)
        if self.cron is not None:
            return PlannedRun(_aware(next(CronSim(self.cron, moment))))
        return next(run for run in self._releases(moment) if run.at > moment)

    def last_until(self, moment: datetime) -> PlannedRun:
        """Return the last planned run that is not after a moment."""
        moment = to_shanghai(moment)
        if self.cron is not None:
            # One minute on, because the expression's own minute counts.
            following = next(CronSim(self.cron, moment))
            return PlannedRun(_aware(next(CronSim(self.cron, following, reverse=True))))
        return next(run for run, following in pairwise(self._releases(moment)) if following.at > moment)

    def planned_for_period_after(self, period: int) -> PlannedRun:
        """Return the planned run that brings the first period after one. Needs a release calendar."""
        moment = datetime(year_of(period), month_of(period), 1, tzinfo=SHANGHAI)
        return next(run for run in self._releases(moment) if run.period is not None and run.period > period)

    def words(self) -> tuple[str, str]:
        """Return the schedule in Chinese and English."""
        if self.release is None:
            return f"定时 {self.cron}（分 时 日 月 周）", f"cron {self.cron}"
        return release_words(self.release, self.at)

    def missed(self, since: datetime, until: datetime) -> int:
        """Count the planned runs after ``since`` and not after ``until``, up to a thousand."""
        count, at = 0, self.next_after(since).at
        while at <= until and count < 1000:
            count, at = count + 1, self.next_after(at).at
        return count

    def _releases(self, moment: datetime) -> Iterator[PlannedRun]:
        if self.release is None:
            return
        for period in self.release.periods_from(moment.date()):
            planned = self.release.planned_day(period)
            yield PlannedRun(datetime.combine(planned.day, self.at, SHANGHAI), period, planned.unknown_years)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)


_EVERY_ZH = {"month": "每月", "quarter": "每季", "year": "每年"}
_MOVED_ZH = {"next_workday": "，遇节假日顺延", "previous_workday": "，遇节假日提前", "same_day": ""}
_MOVED_EN = {
    "next_workday": ", the next working day if a holiday",
    "previous_workday": ", the working day before if a holiday",
    "same_day": "",
}


def release_words(release: Release, at: time) -> tuple[str, str]:
    """Return a release calendar in Chinese and English."""
    after_zh = {0: "当月", 1: "次月"}.get(release.months_after, f"期末后第 {release.months_after} 个月")
    after_en = {0: "the same month", 1: "the next month"}.get(
        release.months_after, f"the month {release.months_after} months after"
    )
    if release.workday is not None:
        day_zh, day_en = f"第 {release.workday} 个工作日", f"working day {release.workday}"
    else:
        day_zh = f" {release.day} 日{_MOVED_ZH[release.if_holiday]}"
        day_en = f"day {release.day}{_MOVED_EN[release.if_holiday]}"
    clock = f"{at:%H:%M}"
    zh = f"{_EVERY_ZH[release.every]}数据：{after_zh}{day_zh} {clock}"
    january = ("", "") if release.january else ("（1–2月合并）", " (January with February)")
    return zh + january[0], f"every {release.every}: {day_en} of {after_en}, {clock}{january[1]}"
