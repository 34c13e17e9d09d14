"""The pulse of industry: growth of each cluster by month."""

from __future__ import annotations

from collections.abc import Sequence

from data.catalogue import Catalogue
from data.measures import Growth, Outcome
from data.queries import Want
from data.selection import Selection
from layouts import marks, words
from layouts.charts.heat import HeatRow, heat
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import ranges, reading, views
from layouts.panels.cluster_figures import CLUSTERS, VIEWS, Measured, is_chosen, measured_by
from layouts.takeaways import PULSE, Entry, Named, Ranked, takeaway

HEAT_SLOTS = 11
UNITS = ("当月同比 %", "monthly y/y, %")
NO_PULSE = Empty(
    "没有公开的分行业月度增速",
    "No monthly growth by industry is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


def ask_heat(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return a year of growth rates per cluster: of the single month where one is published, else 累计."""
    measured = measured_by(catalogue, "va_growth", "S")
    before = reading.MONTHS_PER_YEAR if views.view_of(selection, VIEWS) == "avg2" else 0
    keys = [each.key for each in measured]
    return ranges.asked(keys, keys[0], selection, reading.MONTHS_PER_YEAR, before)


def draw_heat(drawing: Drawing) -> Drawn:
    """Draw the growth of each cluster by month; 1–2月 is one column, a missing month a hole."""
    measured = measured_by(drawing.catalogue, "va_growth", "S")
    lead = measured[0]
    period = drawing.frame.latest.get(lead.key)
    if period is None:
        return Drawn(empty=NO_PULSE)
    keys = [each.key for each in measured]
    slots = ranges.shown(drawing.frame, lead.indicator, keys, drawing.selection, HEAT_SLOTS)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    rows = [_heat_row(drawing, each, slots, each.key.accumulation != lead.key.accumulation) for each in measured]
    entries = [
        Entry(
            Named(each.cluster.short_zh, each.cluster.short_en),
            row.values[-1],
            Named(row.texts[-1], row.texts[-1]),
            _rate(row.values[-1]),
        )
        for each, row in zip(measured, rows, strict=True)
    ]
    odd = any(each.key.accumulation != lead.key.accumulation for each in measured)
    view = views.view_of(drawing.selection, VIEWS)
    unit_zh, unit_en = views.view_unit(drawing, view, *UNITS)
    title = drawing.style.words("集群增加值增速", "Cluster growth")
    spoken = "；".join(f"{row.name} {row.texts[-1]}%" for row in rows)
    return Drawn(
        figure=heat(rows, reading.ticks(drawing, lead.indicator, slots), drawing.style),
        takeaway=views.said_in(view, takeaway(PULSE, Ranked(CLUSTERS, entries))),
        alt=f"{title}，{reading.period_words(drawing, lead.key, period)}：{spoken}",
        extra_side=marks.diverging_legend(drawing.style),
        lead=lead.key,
        note_zh="＊累计增速" if odd else "",
        note_en="* year to date" if odd else "",
        flags=frozenset({"derived"} if view == "avg2" else ()),
        unit_zh=unit_zh,
        unit_en=unit_en,
    )


def _rate(value: float | None) -> Growth:
    return Growth(value, None, Outcome.UNAVAILABLE if value is None else Outcome.RATE)


def _heat_row(drawing: Drawing, each: Measured, slots: Sequence[int], odd: bool) -> HeatRow:
    values = [_value(drawing, each, slot) for slot in slots]
    texts = ["…" if value is None else words.number(value, each.indicator.decimals, sign=True) for value in values]
    name = each.cluster.word("short", drawing.style.language) + ("*" if odd else "")
    last = reading.as_change(_rate(values[-1]), drawing)
    return HeatRow(name, values, texts, last, selected=is_chosen(drawing, each.cluster), code=each.cluster.code)


def _value(drawing: Drawing, each: Measured, slot: int) -> float | None:
    """Return a rate as it is published, or the average of two years of it."""
    if views.view_of(drawing.selection, VIEWS) == "avg2":
        return views.two_year_average(drawing.frame, each.indicator, each.key, slot).value
    return drawing.frame.value(each.key, slot)


PANELS = (
    Panel(
        code="heat",
        theme="clusters",
        title_zh="集群增加值增速",
        title_en="Cluster growth",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=ask_heat,
        draw=draw_heat,
        follows=frozenset({"period", "window", "industry"}) | VIEWS,
        selects="industry",
        fixed_zh="固定当月",
        fixed_en="Monthly only",
    ),
)
