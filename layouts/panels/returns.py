"""What industries earn and how many people they employ: profit margin with the change of profit, employment.

A margin is worked out from published profit and revenue. The change of profit is the official one; on a base that is
zero or negative it is told in words (扭亏, 减亏), never as a rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.derived import parts_of, reference_of, with_derived
from data.facts import SeriesKey
from data.industries import highlighted, peers
from data.measures import Growth
from data.queries import Cell, Want
from data.selection import Selection
from layouts.charts.paired import PairedRow, Reading, paired
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import (
    CLUSTERS,
    DIVISIONS,
    MOST_MONTHS_LATE,
    Measured,
    both_names,
    measured_as,
    name_of,
)
from layouts.takeaways import RETURNS, Returns, takeaway

MARGIN = "profit_margin"
YEAR = reading.MONTHS_PER_YEAR
NO_RETURNS = Empty(
    "没有公开的分行业利润",
    "No profit by industry is published",
    "接入区统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry with the series of its margin, profit and employment."""

    code: str
    margin: SeriesKey
    profit: Measured
    employment: Measured


def _industries(catalogue: Catalogue, selection: Selection) -> list[Industry]:
    """Return the industries beside the chosen one, with their series."""
    indicator = catalogue.indicators[MARGIN]
    return [
        Industry(
            code,
            indicator.key(industry=code),
            measured_as(catalogue, code, "profit", "Y"),
            measured_as(catalogue, code, "employment", "P"),
        )
        for code in peers(catalogue, selection.industry)
    ]


def ask_returns(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return profit, revenue and employment now and a year before, each up to its own latest month."""
    wants, reference = [], reference_of(catalogue, selection)
    for each in _industries(catalogue, selection):
        profit, revenue = parts_of(catalogue, each.margin, reference)
        first = -YEAR - MOST_MONTHS_LATE
        keys = [*reading.with_growth(each.profit.indicator, profit), revenue]
        wants += reading.windows(keys, profit, selection, first)
        staff = reading.with_growth(each.employment.indicator, each.employment.key)
        wants += reading.windows(staff, each.employment.key, selection, first)
    return wants


def draw_returns(drawing: Drawing) -> Drawn:
    """Draw margin and employment of every industry, the highest margin on top."""
    catalogue, selection = drawing.catalogue, drawing.selection
    industries = _industries(catalogue, selection)
    reference = reference_of(catalogue, selection)
    frame = with_derived(drawing.frame, catalogue, [each.margin for each in industries], reference)
    period = _shared_period(drawing, industries)
    if period is None or not any(frame.at(each.margin, period) for each in industries):
        return Drawn(empty=NO_RETURNS)
    margins = {each.code: frame.at(each.margin, period) for each in industries}
    profits = {
        each.code: reading.growth_at(frame, each.profit.indicator, each.profit.key, period) for each in industries
    }
    return _drawn(drawing, sorted(industries, key=lambda each: -_size(margins[each.code])), period, margins, profits)


def _shared_period(drawing: Drawing, industries: Sequence[Industry]) -> int | None:
    """Return the latest month all profits are published for, not waiting for one that is far behind."""
    latest = [drawing.frame.latest[each.profit.key] for each in industries if each.profit.key in drawing.frame.latest]
    return min((period for period in latest if period >= max(latest) - MOST_MONTHS_LATE), default=None)


def _size(cell: Cell | None) -> float:
    return float("-inf") if cell is None or cell.value is None else cell.value


def _drawn(
    drawing: Drawing,
    ordered: Sequence[Industry],
    period: int,
    margins: dict[str, Cell | None],
    profits: dict[str, Growth],
) -> Drawn:
    catalogue, style = drawing.catalogue, drawing.style
    chosen = highlighted(catalogue, drawing.selection.industry, tuple(each.code for each in ordered))
    rows, staff_growths = [], []
    for each in ordered:
        left = _margin(drawing, margins[each.code], profits[each.code])
        right, growth = _staff(drawing, each.employment, period)
        staff_growths.append(growth)
        rows.append(PairedRow(name_of(drawing, each.code), left, right, each.code, each.code == chosen))
    noun = CLUSTERS if ordered[0].code in catalogue.clusters else DIVISIONS
    told = [(both_names(catalogue, e.code), _value(margins[e.code]), profits[e.code]) for e in ordered]
    heads = (
        style.words("营收利润率 · 利润同比", "Margin · profit y/y"),
        style.words("用工 万人 · 同比", "Jobs 10k · y/y"),
    )
    spoken = "；".join(
        " ".join(filter(None, (row.name, row.left.label, row.left.change.text, row.right.label, row.right.change.text)))
        for row in rows
    )
    lead = next(each.profit.key for each in ordered if drawing.frame.latest.get(each.profit.key) == period)
    title = style.words("利润与用工", "Profit and jobs")
    return Drawn(
        figure=paired(rows, style, heads),
        takeaway=takeaway(RETURNS, Returns(noun, told)),
        alt=f"{title}，{reading.period_words(drawing, lead, period)}：{spoken}",
        lead=lead,
        flags=reading.basis_flags([*profits.values(), *staff_growths]) | {"derived"},
        note_zh="利润率 = 利润 ÷ 营收，累计",
        note_en="margin = profit ÷ revenue, year to date",
    )


def _value(cell: Cell | None) -> float | None:
    return None if cell is None else cell.value


def _margin(drawing: Drawing, cell: Cell | None, profit: Growth) -> Reading:
    text = reading.cell_words(drawing, drawing.catalogue.indicators[MARGIN], cell).text
    return Reading(_value(cell), text, reading.as_change(profit, drawing))


def _staff(drawing: Drawing, each: Measured, period: int) -> tuple[Reading, Growth]:
    cell = drawing.frame.at(each.key, period)
    growth = reading.growth_at(drawing.frame, each.indicator, each.key, period)
    text = reading.cell_words(drawing, each.indicator, cell).number
    return Reading(_value(cell), text, reading.as_change(growth, drawing)), growth


PANELS = (
    Panel(
        code="returns",
        theme="clusters",
        title_zh="利润与用工",
        title_en="Profit and jobs",
        unit_zh="营收利润率 % · 平均用工 万人",
        unit_en="margin %, jobs 10k",
        ask=ask_returns,
        draw=draw_returns,
        follows=frozenset({"period", "industry"}),
        fixed_zh="固定累计",
        fixed_en="Year to date",
        selects="industry",
    ),
)
