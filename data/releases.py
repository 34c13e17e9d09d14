"""When the next figure of an indicator is due: by the release calendar of its source, else so many days after.

The calendar counts where it is one of the same rhythm as the indicator: a calendar of months says nothing about the
day on which a year is published. Its day moves with the Chinese holidays, as the calendar declares.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data.freshness import NextRelease, freshness, state_on
from data.periods import Frequency
from data.schedule import release_words

if TYPE_CHECKING:
    from data.catalogue.models import Indicator
    from data.schedule import Schedule


def next_release(
    indicator: Indicator, frequency: str, latest: int, today: date, schedule: Schedule | None = None
) -> NextRelease:
    """Return what is awaited after the ``latest`` period; ``schedule`` is that of the source the figure came from."""
    release = None if schedule is None else schedule.release
    if schedule is None or release is None or release.frequency != Frequency(frequency) or indicator.every_months:
        return freshness(
            latest,
            frequency,
            indicator.release_lag_days,
            today,
            combined=indicator.combined_january_february,
            every_months=indicator.every_months,
        )
    planned = schedule.planned_for_period_after(latest)
    due, awaited = planned.at.date(), planned.period
    assert awaited is not None
    return NextRelease(
        state_on(Frequency(frequency), due, today),
        awaited,
        due,
        max((today - due).days, 0),
        combined=not release.january,
        calendar=release_words(release, schedule.at),
        unknown_years=planned.unknown_years,
    )
