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
from layouts.panels import reading
from layouts.panels.cluster_figures import CLUSTERS, Measured, measured_by
from layouts.takeaways import PULSE, Entry, Named, Ranked, takeaway

HEAT_SLOTS = 11
NO_PULSE = Empty(
    "没有公开的分行业月度增速",
    "No monthly growth by industry is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


def ask_heat(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return a year of growth rates per cluster: of the single month where one is published, else 累计."""
    measured = measured_by(catalogue, "va_growth", "S")
    return reading.windows([each.key for each in measured], measured[0].key, selection, -reading.MONTHS_PER_YEAR)


def draw_heat(drawing: Drawing) -> Drawn:
    """Draw the growth of each cluster by month; 1–2月 is one column, a missing month a hole."""
    measured = measured_by(drawing.catalogue, "va_growth", "S")
    lead = measured[0]
    period = drawing.frame.latest.get(lead.key)
    if period is None:
        return Drawn(empty=NO_PULSE)
    slots = reading.slots(lead.indicator, period, HEAT_SLOTS)
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
    title = drawing.style.words("集群增加值增速", "Cluster growth")
    spoken = "；".join(f"{row.name} {row.texts[-1]}%" for row in rows)
    return Drawn(
        figure=heat(rows, reading.ticks(drawing, lead.indicator, slots), drawing.style),
        takeaway=takeaway(PULSE, Ranked(CLUSTERS, entries)),
        alt=f"{title}，{reading.period_words(drawing, lead.key, period)}：{spoken}",
        extra_side=marks.diverging_legend(drawing.style),
        lead=lead.key,
        note_zh="＊累计增速" if odd else "",
        note_en="* year to date" if odd else "",
    )


def _rate(value: float | None) -> Growth:
    return Growth(value, None, Outcome.UNAVAILABLE if value is None else Outcome.RATE)


def _heat_row(drawing: Drawing, each: Measured, slots: Sequence[int], odd: bool) -> HeatRow:
    values = [drawing.frame.value(each.key, slot) for slot in slots]
    texts = ["…" if value is None else words.number(value, each.indicator.decimals, sign=True) for value in values]
    name = each.cluster.word("short", drawing.style.language) + ("*" if odd else "")
    return HeatRow(name, values, texts, reading.as_change(_rate(values[-1]), drawing))


PANELS = (
    Panel(
        code="heat",
        theme="clusters",
        title_zh="集群增加值增速",
        title_en="Cluster growth",
        unit_zh="当月同比 %",
        unit_en="monthly y/y, %",
        ask=ask_heat,
        draw=draw_heat,
        follows=frozenset({"period"}),
        fixed_zh="固定当月",
        fixed_en="Monthly only",
    ),
)
