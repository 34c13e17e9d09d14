"""Foreign trade by month: exports and imports mirrored, with the balance on the same axis. District and nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data import periods
from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.queries import Cell, Want
from data.selection import Selection
from layouts import words
from layouts.charts.columns import Column, Side, mirrored
from layouts.charts.parts import nice_ticks
from layouts.mark_list import month_code
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import ranges, reading
from layouts.takeaways import LATEST, MIRRORED_TRADE, Balance, Named, balances, takeaway
from layouts.view import Listed, WorkedOut

SLOTS, FEBRUARY = 13, 2
EXPORTS, IMPORTS = Named("出口", "Exports"), Named("进口", "Imports")
NO_MONTHS = Empty(
    "没有公开的本区分月出口、进口数据",
    "No monthly exports and imports of the district are published",
    "全国数据见“全国进出口”；接入海关分区数据后显示",
    "See the national totals, or connect the customs data of the district",
)
NO_SUCH_MONTHS = Empty(
    "没有所选区域、伙伴、商品或币种的分月进出口",
    "No monthly trade of the chosen region, partner, commodity or currency",
    "请取消一项联动，或改选区域、币种",
    "Unlink one choice, or choose another region or currency",
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


def trade_in(catalogue: Catalogue, selection: Selection) -> Indicator:
    """Return foreign trade in the chosen currency: yuan and dollars are two indicators, their growth differs."""
    return catalogue.indicators["trade_usd" if selection.currency == "USD" else "trade"]


@dataclass(frozen=True, slots=True)
class Flows:
    """Exports and imports of one region, and of the partner or the commodity that was chosen."""

    indicator: Indicator
    out: SeriesKey
    into: SeriesKey


def _flows(catalogue: Catalogue, selection: Selection) -> Flows:
    """Return the district's flows, narrowed to what is chosen."""
    parts = {name: code for name in ("partner", "commodity") if (code := getattr(selection, name))}
    return _flows_of(trade_in(catalogue, selection), selection.region, parts)


def _national_flows(catalogue: Catalogue, _: Selection) -> Flows:
    return _flows_of(trade_of(catalogue), catalogue.district.nation_region, {})


def _flows_of(indicator: Indicator, region: str | None, parts: Mapping[str, str]) -> Flows:
    out, into = (indicator.key(region, "S", flow=flow, **parts) for flow in ("X", "M"))
    return Flows(indicator, out, into)


def ask_flows(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return exports and imports by single months, thirteen or the chosen range, with their official growth."""
    return _ask_months(_flows(catalogue, selection), selection)


def _ask_months(flows: Flows, selection: Selection) -> list[Want]:
    """Return the wants for both sides; what is only imported has no exports, so imports hang on themselves."""
    keys = [key for each in (flows.out, flows.into) for key in reading.with_growth(flows.indicator, each)]
    wants = ranges.asked(keys, flows.out, selection, reading.MONTHS_PER_YEAR)
    is_part = selection.commodity is not None or selection.partner is not None
    alone = reading.with_growth(flows.indicator, flows.into) if is_part else []
    return [*wants, *(ranges.asked(alone, flows.into, selection, reading.MONTHS_PER_YEAR) if alone else [])]


def draw_flows(drawing: Drawing) -> Drawn:
    """Draw the flows that were chosen; the head says the currency and what they are narrowed to."""
    flows = _flows(drawing.catalogue, drawing.selection)
    drawn = _draw_months(drawing, flows, _nothing(drawing))
    unit_zh, unit_en = _unit_words(drawing, flows)
    return replace(drawn, unit_zh=unit_zh, unit_en=unit_en)


def _nothing(drawing: Drawing) -> Empty:
    """Return why there is nothing: the whole is not published, or not what it was narrowed to."""
    chosen = drawing.selection
    if not (chosen.partner or chosen.commodity or chosen.region or chosen.currency == "USD"):
        return NO_MONTHS
    return NO_SUCH_MONTHS


def _unit_words(drawing: Drawing, flows: Flows) -> tuple[str, str]:
    """Return 美国 · 当月 亿美元 where something was chosen, else nothing."""
    chosen, catalogue = drawing.selection, drawing.catalogue
    if not (chosen.partner or chosen.commodity or chosen.currency == "USD"):
        return "", ""
    unit = catalogue.units[flows.indicator.unit]
    names = [(name, code) for name in ("partner", "commodity") if (code := getattr(chosen, name))]
    zh = [catalogue.label(name, code, "zh", short=True) for name, code in names]
    en = [catalogue.label(name, code, "en", short=True) for name, code in names]
    return " · ".join([*zh, f"当月 {unit.name_zh}"]), " · ".join([*en, f"monthly {words.unit_words(unit, 'en')}"])


def _draw_months(drawing: Drawing, flows: Flows, nothing: Empty) -> Drawn:
    """Draw exports above and imports below one axis, with the balance as a line on the same axis."""
    indicator, out, into = flows.indicator, flows.out, flows.into
    lead = out if out in drawing.frame.latest else into
    period = drawing.frame.latest.get(lead)
    if period is None:
        return Drawn(empty=nothing)
    own = min(SLOTS, 12 if indicator.combined_january_february else SLOTS)
    slots = ranges.shown(drawing.frame, indicator, [lead, out, into], drawing.selection, own)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    exports, imports = (_side(drawing, indicator, key, slots, name) for key, name in ((out, EXPORTS), (into, IMPORTS)))
    growth = reading.growth_at(drawing.frame, indicator, out, period)
    facts = Balance(
        [column.value for column in exports.slots],
        [column.value for column in imports.slots],
        _balance_text(drawing, indicator, out, into, period),
        growth,
        [indicator.combined_january_february and periods.month_of(slot) == FEBRUARY for slot in slots],
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
        alt=_spoken(drawing, lead, period, (exports, imports), said.en if said else "", said.zh if said else "")
        + reading.without_figure(drawing, (out, into), slots),
        shown=[out, into],
        lead=lead,
        flags=reading.basis_flags([growth]),
        listed=[Listed(key, slots) for key in (out, into)],
        worked_out=[_balance_worked_out(indicator, slots, balances(facts))],
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
    value = None if cell is None else cell.value
    return Column(value, None, spoken, reading.hatched(cell, last), hollow, month_code(slot))


def _balance_text(drawing: Drawing, indicator: Indicator, out: SeriesKey, into: SeriesKey, period: int) -> Named:
    """Return the size of the balance in both languages, or nothing where a side is missing."""
    values = [drawing.frame.value(key, period) for key in (out, into)]
    if values[0] is None or values[1] is None:
        return Named("", "")
    unit, size = drawing.catalogue.units[indicator.unit], abs(values[0] - values[1])
    zh, en = (words.figure(size, unit, indicator.decimals, language).text for language in ("zh", "en"))
    return Named(zh.replace(" ", ""), en)


def _balance_worked_out(indicator: Indicator, slots: Sequence[int], found: Sequence[float | None]) -> WorkedOut:
    """Return the line of the chart for the table behind it: exports less imports."""
    values: dict[SeriesKey | None, dict[int, float | None]] = {None: dict(zip(slots, found, strict=True))}
    formula = ("差额 = 出口 − 进口", "balance = exports − imports")
    return WorkedOut("差额", "Balance", *formula, indicator.unit, indicator.decimals, values, sign=True)


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
    flows = _national_flows(catalogue, selection)
    total = flows.out.with_(accumulation="Y", flow="T")
    keys = reading.with_growth(flows.indicator, total)
    return [*_ask_months(flows, selection), *reading.windows(keys, flows.out, selection, -reading.MONTHS_PER_YEAR)]


def _draw_national(drawing: Drawing) -> Drawn:
    """Draw the nation's months; the sentence is about the total since January."""
    flows = _national_flows(drawing.catalogue, drawing.selection)
    indicator, total = flows.indicator, flows.out.with_(accumulation="Y", flow="T")
    drawn = _draw_months(drawing, flows, NO_CUSTOMS)
    cell = drawing.frame.last(total)
    if drawn.empty or cell is None:
        return drawn
    latest = reading.latest_facts(drawing, indicator, total, cell, Named("进出口", "Trade"))
    flags = reading.basis_flags([latest.growth])
    listed = [*(drawn.listed or ()), Listed(total, [cell.period])]
    return replace(
        drawn, takeaway=takeaway(LATEST, latest), shown=[*(drawn.shown or ()), total], flags=flags, listed=listed
    )


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
        follows=frozenset({"period", "window", "region", "currency", "partner", "commodity"}),
        selects="period",
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
        follows=frozenset({"period", "window"}),
        selects="period",
        fixed_zh="固定当月",
        fixed_en="Monthly only",
    ),
)
