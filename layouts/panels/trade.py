"""Foreign trade by month: exports and imports mirrored, with the balance on the same axis. District and nation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.queries import Cell, Want
from data.selection import Selection
from layouts import words
from layouts.charts.columns import Column, Side, mirrored
from layouts.charts.parts import nice_ticks
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.takeaways import LATEST, MIRRORED_TRADE, Balance, Named, balances, takeaway

SLOTS = 13
EXPORTS, IMPORTS = Named("出口", "Exports"), Named("进口", "Imports")
NO_MONTHS = Empty(
    "没有公开的本区分月出口、进口数据",
    "No monthly exports and imports of the district are published",
    "全国数据见“全国进出口”；接入海关分区数据后显示",
    "See the national totals, or connect the customs data of the district",
)
NO_CUSTOMS = Empty(
    "尚未装入全国海关数据",
    "No national customs data are loaded",
    "接入海关总署月度数据后显示",
    "Connect the monthly customs data to see them",
)


def trade_of(catalogue: Catalogue) -> Indicator:
    """Return the indicator of foreign trade in yuan."""
    return catalogue.indicators["trade"]


def _twelve_months(keys: Sequence[SeriesKey], lead: SeriesKey, selection: Selection) -> list[Want]:
    return reading.windows(keys, lead, selection, -reading.MONTHS_PER_YEAR)


def _flows(catalogue: Catalogue, region: str | None = None) -> tuple[SeriesKey, SeriesKey]:
    indicator = trade_of(catalogue)
    out, into = (indicator.key(region=region, accumulation="S", flow=flow) for flow in ("X", "M"))
    return out, into


def ask_flows(catalogue: Catalogue, selection: Selection, region: str | None = None) -> list[Want]:
    """Return exports and imports of thirteen single months, with their official growth."""
    out, into = _flows(catalogue, region)
    keys = [key for each in (out, into) for key in reading.with_growth(trade_of(catalogue), each)]
    return _twelve_months(keys, out, selection)


def draw_flows(drawing: Drawing, region: str | None = None, nothing: Empty = NO_MONTHS) -> Drawn:
    """Draw exports above and imports below one axis, with the balance as a line on the same axis."""
    catalogue, indicator = drawing.catalogue, trade_of(drawing.catalogue)
    out, into = _flows(catalogue, region)
    period = drawing.frame.latest.get(out)
    if period is None:
        return Drawn(empty=nothing)
    slots = reading.slots(indicator, period, min(SLOTS, 12 if indicator.combined_january_february else SLOTS))
    exports, imports = (_side(drawing, indicator, key, slots, name) for key, name in ((out, EXPORTS), (into, IMPORTS)))
    growth = reading.growth_at(drawing.frame, indicator, out, period)
    facts = Balance(
        [column.value for column in exports.slots],
        [column.value for column in imports.slots],
        _balance_text(drawing, indicator, out, into, period),
        growth,
    )
    figure = mirrored(
        exports,
        imports,
        balances(facts),
        _balance_words(drawing, indicator, balances(facts)[-1]),
        reading.ticks(drawing, indicator, slots),
        drawing.style,
        _height_texts(drawing, indicator, (exports, imports)),
    )
    said = takeaway(MIRRORED_TRADE, facts)
    return Drawn(
        figure=figure,
        takeaway=said,
        alt=_spoken(drawing, out, period, (exports, imports), said.en if said else "", said.zh if said else ""),
        shown=[out, into],
        lead=out,
        flags=reading.basis_flags([growth]),
    )


def _spoken(drawing: Drawing, lead: SeriesKey, period: int, sides: Sequence[Side], en: str, zh: str) -> str:
    head = reading.period_words(drawing, lead, period)
    figures = "，".join(f"{side.word}{side.last_label}" for side in sides)
    return f"{head}：{figures}。{drawing.style.words(zh, en).replace('**', '')}"


def _side(drawing: Drawing, indicator: Indicator, key: SeriesKey, slots: Sequence[int], name: Named) -> Side:
    cells = [drawing.frame.at(key, slot) for slot in slots]
    word = drawing.style.words(name.zh, name.en)
    columns = [
        _column(drawing, indicator, key, slot, cell, hollow, slot == slots[-1])
        for slot, cell, hollow in zip(slots, cells, reading.marked(cells), strict=True)
    ]
    return Side(word, columns, reading.figure_text(drawing, indicator, cells[-1]))


def _column(
    drawing: Drawing, indicator: Indicator, key: SeriesKey, slot: int, cell: Cell | None, hollow: bool, last: bool
) -> Column:
    text = reading.cell_words(drawing, indicator, cell).text
    growth = reading.as_change(reading.growth_at(drawing.frame, indicator, key, slot), drawing).text
    spoken = f"{reading.period_words(drawing, key, slot)} {text} {growth}".strip()
    return Column(None if cell is None else cell.value, None, spoken, reading.hatched(cell, last), hollow)


def _balance_text(drawing: Drawing, indicator: Indicator, out: SeriesKey, into: SeriesKey, period: int) -> Named:
    """Return the size of the balance in both languages, or nothing where a side is missing."""
    values = [drawing.frame.value(key, period) for key in (out, into)]
    if values[0] is None or values[1] is None:
        return Named("", "")
    unit, size = drawing.catalogue.units[indicator.unit], abs(values[0] - values[1])
    zh, en = (words.figure(size, unit, indicator.decimals, language).text for language in ("zh", "en"))
    return Named(zh.replace(" ", ""), en)


def _balance_words(drawing: Drawing, indicator: Indicator, last: float | None) -> tuple[str, str]:
    if last is None:
        return drawing.style.words("差额", "Balance"), "…"
    unit = drawing.catalogue.units[indicator.unit]
    text = words.figure(last, unit, indicator.decimals, drawing.style.language, sign=True).number
    return drawing.style.words("顺差" if last >= 0 else "逆差", "Surplus" if last >= 0 else "Deficit"), text


def _height_texts(drawing: Drawing, indicator: Indicator, sides: Sequence[Side]) -> list[tuple[float, str]]:
    tops = [max([column.value or 0.0 for column in side.slots] or [0.0]) for side in sides]
    heights = nice_ticks(-tops[1], tops[0], 4)
    return [(height, reading.axis_text(drawing, indicator, height)) for height in heights]


def _ask_national(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the months and, for the sentence, 累计 of the nation."""
    nation, indicator = catalogue.district.nation_region, trade_of(catalogue)
    total = indicator.key(region=nation, accumulation="Y", flow="T")
    months = ask_flows(catalogue, selection, nation)
    return [*months, *_twelve_months(reading.with_growth(indicator, total), _flows(catalogue, nation)[0], selection)]


def _draw_national(drawing: Drawing) -> Drawn:
    """Draw the nation's months; the sentence is about the total since January."""
    nation, indicator = drawing.catalogue.district.nation_region, trade_of(drawing.catalogue)
    drawn = draw_flows(drawing, nation, NO_CUSTOMS)
    total = indicator.key(region=nation, accumulation="Y", flow="T")
    cell = drawing.frame.last(total)
    if drawn.empty or cell is None:
        return drawn
    latest = reading.latest_facts(drawing, indicator, total, cell, Named("进出口", "Trade"))
    flags = reading.basis_flags([latest.growth])
    return replace(drawn, takeaway=takeaway(LATEST, latest), shown=[*(drawn.shown or ()), total], flags=flags)


PANELS = (
    Panel(
        code="trade",
        theme="trade",
        title_zh="外贸进出口",
        title_en="Foreign trade",
        unit_zh="当月 亿元",
        unit_en="monthly CNY bn",
        ask=ask_flows,
        draw=draw_flows,
        follows=frozenset({"period"}),
        fixed_zh="固定当月",
        fixed_en="Monthly only",
    ),
    Panel(
        code="national_trade",
        theme="trade",
        title_zh="全国进出口",
        title_en="China's foreign trade",
        unit_zh="当月 亿元",
        unit_en="monthly CNY bn",
        ask=_ask_national,
        draw=_draw_national,
        follows=frozenset({"period"}),
        fixed_zh="固定当月",
        fixed_en="Monthly only",
    ),
)
