"""The small line beside a warning: its series up to the period it speaks of, and the level its rule allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from data.periods import Frequency
from data.warning_evaluation import IN_POINTS
from layouts.panels import reading
from layouts.sparkline import sparkline

if TYPE_CHECKING:
    from data.facts import SeriesKey
    from data.warning_evaluation import Warned
    from layouts.panel import Drawing

SLOTS, DAYS = 13, 31
LIMIT_NOTE = ("小图虚线为规则界线", "dashed in the small charts: what the rule allows")


def warning_line(drawing: Drawing, found: Warned, height_rem: float) -> html.Div:
    """Return the line of a warning's series; of a comparison, with that of its peer dotted."""
    peer = _values(drawing, found, found.series.with_(region=found.peer)) if found.peer else ()
    values = _values(drawing, found, found.series)
    return sparkline(values, drawing.style, previous=peer, limit=limit_of(drawing, found), height_rem=height_rem)


def limit_of(drawing: Drawing, found: Warned) -> float | None:
    """Return the level a figure should keep to, in its own unit; none where a rule looks at changes or at dates.

    Of a target that is reached bit by bit it is the part that should be reached by now.
    """
    if found.kind == "threshold":
        return found.limit
    if found.kind == "behind_target" and found.limit is not None:
        return found.limit if found.expected is None else found.limit * found.expected.percent / 100
    is_rate = found.series.measure != "level" or drawing.catalogue.indicators[found.indicator].value_kind in IN_POINTS
    return 0.0 if found.kind == "falls" and is_rate else None


def _values(drawing: Drawing, found: Warned, key: SeriesKey) -> list[float | None]:
    last = drawing.frame.last(found.series)
    if last is None:
        return []
    count = DAYS if key.frequency == Frequency.DAILY else SLOTS
    slots = reading.slots(drawing.catalogue.indicators[key.indicator], last.period, count)
    return reading.of_one_origin([drawing.frame.at(key, slot) for slot in slots], last)
