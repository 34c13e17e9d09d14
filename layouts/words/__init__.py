"""The one formatter: every number, unit, change, period and status as text, in zh and en.

Cards, axes, hover, tables, alt text and files all come here, so a figure reads the same everywhere. Decimals are
declared per indicator; the unit is the indicator's and never rescaled silently.
"""

from layouts.words.changes import CHANGE_DECIMALS, Change, basis_note, change, signed, times_words
from layouts.words.numbers import (
    MINUS,
    CellWords,
    Figure,
    UnitWords,
    cell_figure,
    figure,
    missing_text,
    missing_words,
    number,
    rounds_to_zero,
    unit_words,
)
from layouts.words.periods import (
    axis_label,
    clock_label,
    date_label,
    day_label,
    period_label,
    short_period,
    time_label,
    weekday_label,
)
from layouts.words.selections import accumulation_words, selection_words, window_words
from layouts.words.statuses import Badge, badge, freshness_words, status_badges
from layouts.words.targets import completion_words, gap_words, schedule_words

__all__ = [
    "CHANGE_DECIMALS",
    "MINUS",
    "Badge",
    "CellWords",
    "Change",
    "Figure",
    "UnitWords",
    "accumulation_words",
    "axis_label",
    "badge",
    "basis_note",
    "cell_figure",
    "change",
    "clock_label",
    "completion_words",
    "date_label",
    "day_label",
    "figure",
    "freshness_words",
    "gap_words",
    "missing_text",
    "missing_words",
    "number",
    "period_label",
    "rounds_to_zero",
    "schedule_words",
    "selection_words",
    "short_period",
    "signed",
    "status_badges",
    "time_label",
    "times_words",
    "unit_words",
    "weekday_label",
    "window_words",
]
