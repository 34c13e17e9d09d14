"""Which months a panel shows: the reader's range or preset, else the panel's own; as wants and as slots.

``asked`` and ``shown`` belong together: what the one asks for the other lays out, 1–2月 as one slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from data import periods
from data.queries import Want
from data.selection import FIRST_YEAR, LAST_YEAR, MOST_MONTHS
from layouts.panel import Empty
from layouts.panels import reading

if TYPE_CHECKING:
    from data.catalogue.models import Indicator
    from data.facts import SeriesKey
    from data.queries import Frame
    from data.selection import Selection

FIRST, END = periods.month_period(FIRST_YEAR, 1), periods.month_period(LAST_YEAR, 12)
MONTHS = {"month": 0, "quarter": 2, "ytd": 11, "36": 35}
NOTHING_IN_RANGE = Empty(
    "所选时间范围内没有数据",
    "No data within the chosen range",
    "请放宽时间范围，或改选“近12个月”",
    "Widen the range, or choose the last 12 months",
)


def is_own(selection: Selection) -> bool:
    """Tell whether the reader leaves the range to the panel: twelve months, as each panel counts them."""
    return selection.since is None and selection.window == "12"


def asked(keys: Iterable[SeriesKey], lead: SeriesKey, selection: Selection, months: int, before: int = 0) -> list[Want]:
    """Return a want per key over the chosen range, ``before`` months more for what is compared with.

    ``months`` is how far back the panel looks by itself. Everything hangs on the latest period of ``lead``.
    """
    if is_own(selection):
        return reading.windows(keys, lead, selection, -months - before)
    if selection.since is None and selection.window != "all":
        return reading.windows(keys, lead, selection, -MONTHS[selection.window] - before)
    first = FIRST if selection.since is None else selection.since - before
    end = END if selection.period is None else selection.period
    return [*(Want(key, first, end) for key in keys), Want(lead, 0, 0, lead, selection.period)]


def shown(
    frame: Frame, indicator: Indicator, keys: Sequence[SeriesKey], selection: Selection, count: int
) -> tuple[int, ...]:
    """Return the slots of the chosen range up to the latest period of the first key; none where nothing lies there.

    ``count`` is how many slots the panel shows by itself.
    """
    last = frame.latest.get(keys[0])
    if last is None:
        return ()
    if is_own(selection):
        return reading.slots(indicator, last, count)
    first = _first(frame, keys, selection, last)
    found = [last] if first <= last else []
    while found and len(found) < MOST_MONTHS:
        before = periods.previous_slot(indicator.frequency, found[-1], combined=indicator.combined_january_february)
        if before < first:
            break
        found.append(before)
    return tuple(reversed(found))


def _first(frame: Frame, keys: Sequence[SeriesKey], selection: Selection, last: int) -> int:
    if selection.since is not None:
        return selection.since
    if selection.window == "all":
        return min((cell.period for key in keys for cell in frame[key] if cell.value is not None), default=last)
    starts = {
        "month": last,
        "quarter": last - (periods.month_of(last) - 1) % 3,
        "ytd": periods.month_period(periods.year_of(last), 1),
    }
    return starts.get(selection.window, last - MONTHS["36"])
