"""The one clock: Asia/Shanghai (domain rules, section 2).

A ``Clock`` is handed to whatever needs to know the time, so that a test or a reproducible run fixes it. Periods
never pass through it; only "when was this loaded", "what day is it" and "is it late" do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    SHANGHAI = ZoneInfo("Asia/Shanghai")
except (ZoneInfoNotFoundError, ModuleNotFoundError) as error:
    raise ImportError(
        "this machine has no time zone data, and the time is always told in Asia/Shanghai: pip install tzdata"
    ) from error


def to_shanghai(moment: datetime) -> datetime:
    """Return an aware time as Asia/Shanghai time; ``ValueError`` if it has no zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without zone has no place on the clock: {moment!r}")
    return moment.astimezone(SHANGHAI)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Tells the time in Asia/Shanghai. ``utc_now`` returns an aware time and is what a test replaces."""

    utc_now: Callable[[], datetime] = _utc_now

    def now(self) -> datetime:
        """Return the time in Asia/Shanghai."""
        return to_shanghai(self.utc_now())

    def today(self) -> date:
        """Return the calendar day in Asia/Shanghai."""
        return self.now().date()


def fixed_clock(day: date, at: time = time(10, 24)) -> Clock:
    """Return a clock that stands still on a day, at a Shanghai time of day."""
    moment = datetime.combine(day, at, tzinfo=SHANGHAI)
    return Clock(utc_now=lambda: moment)


def clock_for(today: date | None) -> Clock:
    """Return the real clock, or one that stands still on ``today`` where the settings fix the day."""
    return Clock() if today is None else fixed_clock(today)
