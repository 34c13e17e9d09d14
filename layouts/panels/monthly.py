"""One indicator over the months (or quarters) as columns, ▬ where the same period of the year before stood.

A panel of this kind is declared: ``months_panel(...)`` names the indicator, 当期 or 累计, and what is said where
nothing is published. Nothing is worked out here but the change of what has no official growth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from data import periods
from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.queries import Want
from data.selection import Selection
from layouts.charts.columns import Column, columns
from layouts.charts.parts import nice_ticks
from layouts.mark_list import month_code
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import ranges, reading
from layouts.takeaways import LATEST, Named, takeaway
from layouts.view import Listed

SLOTS = 13
FIXED = {"S": ("固定当月", "Monthly only"), "Y": ("固定累计", "Year to date only"), "P": ("固定时点", "States only")}


@dataclass(frozen=True, slots=True)
class Months:
    """What is shown: the indicator in one accumulation, its name in the sentence, and why it may be missing."""

    indicator: str
    accumulation: str
    name: Named
    nothing: Empty
    slots: int = SLOTS


def _series(months: Months, catalogue: Catalogue) -> tuple[Indicator, SeriesKey]:
    indicator = catalogue.indicators[months.indicator]
    return indicator, indicator.key(accumulation=months.accumulation)


def ask_months(months: Months, catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the range shown and a year before it, so that each column has its tick."""
    indicator, key = _series(months, catalogue)
    keys = reading.with_growth(indicator, key)
    step = 3 if indicator.frequency == "Q" else 1
    own = max(reading.MONTHS_PER_YEAR, (months.slots - 1) * step)
    return ranges.asked(keys, key, selection, own, before=reading.MONTHS_PER_YEAR)


def draw_months(months: Months, drawing: Drawing) -> Drawn:
    """Draw the columns; the sentence is about the latest one."""
    indicator, key = _series(months, drawing.catalogue)
    last = drawing.frame.last(key)
    if last is None:
        return Drawn(empty=months.nothing)
    slots = ranges.shown(drawing.frame, indicator, [key], drawing.selection, months.slots)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    slots = _with_awaited(drawing, indicator, key, slots)
    shown = _columns(drawing, indicator, key, slots)
    heights = nice_ticks(0, max(column.value or 0 for column in shown), 2)
    facts = reading.latest_facts(drawing, indicator, key, last, months.name)
    said = takeaway(LATEST, facts)
    return Drawn(
        figure=columns(
            shown,
            reading.ticks(drawing, indicator, slots),
            drawing.style,
            drawing.style.words("上年同期", "same period last year"),
            [(height, reading.axis_text(drawing, indicator, height)) for height in heights],
        ),
        takeaway=said,
        alt=("" if said is None else drawing.style.words(said.zh, said.en).replace("**", ""))
        + reading.without_figure(drawing, [key], slots),
        lead=key,
        listed=[Listed(key, slots)],
        flags=reading.basis_flags([facts.growth]),
    )


def _with_awaited(drawing: Drawing, indicator: Indicator, key: SeriesKey, slots: tuple[int, ...]) -> tuple[int, ...]:
    """Return the slots with the one whose figure should be there already, empty, behind the last."""
    following = periods.next_slot(key.frequency, slots[-1], combined=indicator.combined_january_february)
    return (*slots, following) if drawing.awaited.get(key) == following else slots


def _columns(drawing: Drawing, indicator: Indicator, key: SeriesKey, slots: Sequence[int]) -> list[Column]:
    cells = [drawing.frame.at(key, slot) for slot in slots]
    hollow, last = list(reading.marked(cells)), drawing.frame.latest.get(key)
    return [
        Column(
            None if cell is None else cell.value,
            _before(drawing, key, slot),
            reading.figure_text(drawing, indicator, cell),
            reading.hatched(cell, slot == last),
            hollow[index],
            month_code(slot),
        )
        for index, (slot, cell) in enumerate(zip(slots, cells, strict=True))
    ]


def _before(drawing: Drawing, key: SeriesKey, slot: int) -> float | None:
    """Return the figure a year before; none where one of the two is simulated and the other is not.

    It stands in an empty slot too: it is what the awaited figure will be held against.
    """
    now, before = drawing.frame.at(key, slot), drawing.frame.at(key, slot - reading.MONTHS_PER_YEAR)
    if before is None or (now is not None and now.simulated != before.simulated):
        return None
    return before.value


def months_panel(code: str, theme: str, title: Named, unit: Named, months: Months) -> Panel:
    """Return the panel of one indicator over the months."""
    fixed_zh, fixed_en = FIXED[months.accumulation]
    return Panel(
        code=code,
        theme=theme,
        title_zh=title.zh,
        title_en=title.en,
        unit_zh=unit.zh,
        unit_en=unit.en,
        ask=partial(ask_months, months),
        draw=partial(draw_months, months),
        follows=frozenset({"period", "window"}),
        selects="period",
        fixed_zh=fixed_zh,
        fixed_en=fixed_en,
    )
