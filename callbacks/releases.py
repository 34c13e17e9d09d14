"""When the next figure of a series is due, seen from the newest one in a frame and the source that brought it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.freshness import Freshness
from data.releases import next_release
from data.source_status import declared_sources

LATE = frozenset({Freshness.OVERDUE, Freshness.BROKEN})
MOST_LEADS = 24  # a panel of more series has no room for empty slots; the rules of warnings read a hundred

if TYPE_CHECKING:
    from callbacks.context import Context
    from data.facts import SeriesKey
    from data.freshness import NextRelease
    from data.queries import Cell, Frame
    from data.schedule import Schedule
    from data.selection import Selection


def release_of(context: Context, frame: Frame, key: SeriesKey) -> NextRelease | None:
    """Return what is awaited after the newest figure of a series; nothing where there is none."""
    newest = frame.last(key)
    if newest is None:
        return None
    schedule = _schedules(context).get(_source(frame, newest))
    return next_release(
        context.catalogue.indicators[key.indicator], key.frequency, newest.period, context.clock.today(), schedule
    )


def awaited(context: Context, frame: Frame, selection: Selection) -> dict[SeriesKey, int]:
    """Return by series the period whose figure should be there already; of a chosen period or day, none is."""
    if selection.period is not None or selection.as_of is not None or len(frame.latest) > MOST_LEADS:
        return {}
    releases = {key: release_of(context, frame, key) for key in frame.latest}
    return {key: each.awaited_period for key, each in releases.items() if each is not None and each.state in LATE}


def _source(frame: Frame, cell: Cell) -> str:
    load = frame.loads.get(cell.load_id)
    return "" if load is None else load.source_code


def _schedules(context: Context) -> Mapping[str, Schedule | None]:
    """Return the declared schedules by source; looked at again each minute, not for each figure."""
    key = ("schedules", f"{context.clock.now():%Y-%m-%d %H:%M}")
    found: Mapping[str, Schedule | None] = context.results.get_or_make(
        key, lambda: {source.code: source.schedule for source in declared_sources(context.settings)}
    )
    return found
