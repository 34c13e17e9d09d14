"""Port and bulk: the strip of containers and prices, and the containers by month.

The prices are international ones in dollars; wood pulp is a United States index that stands in for the price in
China, and says so. A change of a price on the year before is worked out from the prices themselves, 名义推算.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.measures import Growth
from data.periods import month_of, year_of
from data.queries import Cell, Want
from data.selection import Selection
from layouts import marks, words
from layouts.charts.columns import Column, columns
from layouts.charts.parts import nice_ticks
from layouts.mark_list import month_code
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import ranges, reading
from layouts.sparkline import sparkline
from layouts.takeaways import LATEST, Named, takeaway
from layouts.view import Listed

STRIP_MONTHS = 25
COLUMN_SLOTS = 13
BELOW = {"display": "grid", "gridTemplateRows": "auto minmax(0, 1fr)", "minHeight": 0}
ONE_LINE = {"whiteSpace": "nowrap", "overflow": "hidden", "margin": 0}
NO_PORT = Empty(
    "所选时期没有分月集装箱吞吐量",
    "No monthly container throughput for this period",
    "港口累计数见航运条；接入港口月报后显示",
    "Connect the port's monthly returns to see it",
)
NO_PRICES = Empty(
    "尚未装入国际商品价格",
    "No international prices are loaded",
    "接入世界银行价格表后显示",
    "Connect the World Bank's price tables to see them",
)


@dataclass(frozen=True, slots=True)
class StripCell:
    """One place of the strip: indicator and name, the accumulations it may be shown in (first with data), a note."""

    indicator: str
    name: Named
    accumulations: tuple[str, ...] = ("S",)
    note: Named | None = None
    against_last_year: bool = False


STRIP = (
    StripCell("container_throughput", Named("集装箱", "Containers"), ("S", "Y"), against_last_year=True),
    StripCell("price_brent", Named("布伦特原油", "Brent crude")),
    StripCell("price_tsr20", Named("20号胶", "TSR 20 rubber")),
    StripCell("pulp_price_index_us", Named("纸浆", "Wood pulp"), note=Named("美国指数代用", "US stand-in")),
)


def _keys(catalogue: Catalogue, cell: StripCell) -> list[SeriesKey]:
    indicator = catalogue.indicators[cell.indicator]
    return [indicator.key(accumulation=kind) for kind in cell.accumulations if kind in indicator.accumulations]


def ask_strip(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return two years of every place of the strip, each up to its own latest month, with official growth."""
    wants = []
    for cell in STRIP:
        indicator = catalogue.indicators[cell.indicator]
        for key in _keys(catalogue, cell):
            wants += reading.windows(reading.with_growth(indicator, key), key, selection, -STRIP_MONTHS + 1)
    return wants


def draw_strip(drawing: Drawing) -> Drawn:
    """Show each place with its own period, figure, change on the year before and its line."""
    found = [(cell, _first_with_data(drawing, cell)) for cell in STRIP]
    shown = [(cell, key) for cell, key in found if key is not None]
    if not shown:
        return Drawn(empty=NO_PRICES)
    growths = [latest_growth(drawing, key) for _, key in shown]
    told = [spoken(drawing, cell, key) for cell, key in shown]
    return Drawn(
        children=html.Div([_place(drawing, cell, key) for cell, key in found], className="ship"),
        alt="；".join(told),
        shown=[part for _, key in shown for part in reading.with_growth(indicator_of(drawing, key), key)],
        lead=shown[0][1],
        flags=reading.basis_flags(growths),
        note_zh="各项时期见图上",
        note_en="periods as shown",
        listed=[Listed(key, _line_slots(drawing, key)) for _, key in shown],
    )


def _line_slots(drawing: Drawing, key: SeriesKey) -> tuple[int, ...]:
    """Return the periods of a place's line that have a figure; a cumulated one may be published once a quarter."""
    last = drawing.frame.last(key)
    assert last is not None
    slots = reading.slots(indicator_of(drawing, key), last.period, COLUMN_SLOTS)
    return tuple(slot for slot in slots if drawing.frame.at(key, slot) is not None)


def indicator_of(drawing: Drawing, key: SeriesKey) -> Indicator:
    """Return the indicator of a series."""
    return drawing.catalogue.indicators[key.indicator]


def _first_with_data(drawing: Drawing, cell: StripCell) -> SeriesKey | None:
    return next((key for key in _keys(drawing.catalogue, cell) if drawing.frame.last(key)), None)


def latest_growth(drawing: Drawing, key: SeriesKey) -> Growth:
    """Return the change of a series' latest figure on the year before; the series has a figure."""
    last = drawing.frame.last(key)
    assert last is not None
    return reading.growth_at(drawing.frame, indicator_of(drawing, key), key, last.period)


def _name(drawing: Drawing, cell: StripCell) -> str:
    return drawing.style.words(cell.name.zh, cell.name.en)


def spoken(drawing: Drawing, cell: StripCell, key: SeriesKey) -> str:
    """Return a place as a phrase for the alternative text."""
    last = drawing.frame.last(key)
    assert last is not None
    figure = reading.cell_words(drawing, indicator_of(drawing, key), last).text
    change = words.change(latest_growth(drawing, key), drawing.style.language)
    return f"{_name(drawing, cell)} {reading.period_words(drawing, key, last.period)} {figure} {change.spoken}"


def _place(drawing: Drawing, cell: StripCell, key: SeriesKey | None) -> html.Div:
    """Return one place; without data it keeps its name and says so."""
    if key is None:
        gap = html.Div(html.Span("…"), className="vl")
        return html.Div([html.Div(_name(drawing, cell), className="nm"), gap, html.Div()], className="cell")
    indicator, last = indicator_of(drawing, key), drawing.frame.last(key)
    assert last is not None
    figure = reading.cell_words(drawing, indicator, last)
    change = words.change(latest_growth(drawing, key), drawing.style.language)
    note = [html.Small(drawing.style.words(cell.note.zh, cell.note.en), className="p-unit")] if cell.note else []
    when = html.Small(_month_and_unit(drawing, key, last, figure), className="p-unit", style=ONE_LINE)
    below = html.Div([when, small_line(drawing, cell, key, last)], style=BELOW)
    return html.Div(
        [
            html.Div([_name(drawing, cell), *note], className="nm"),
            html.Div([html.Span(figure.number), marks.change(change)], className="vl", title=change.note),
            below,
        ],
        className="cell",
        **marks.attributes(data_indicator=cell.indicator),
    )


def _month_and_unit(drawing: Drawing, key: SeriesKey, last: Cell, figure: words.Figure) -> str:
    """Return the month and the unit, short: 2026-05 · 美元/桶; a cumulated figure says 1–3月."""
    month = f"{year_of(last.period)}-{month_of(last.period):02d}"
    if key.accumulation == "Y":
        month = reading.period_words(drawing, key, last.period)
    return f"{month} · {figure.unit}"


def small_line(drawing: Drawing, cell: StripCell, key: SeriesKey, last: Cell, chosen: Sequence[int] = ()) -> html.Div:
    """Return the line of the place over thirteen slots or the ``chosen`` ones; never real and simulated in one."""
    slots = chosen or reading.slots(indicator_of(drawing, key), last.period, COLUMN_SLOTS)
    at = drawing.frame.at
    values = reading.of_one_origin([at(key, slot) for slot in slots], last)
    before = reading.of_one_origin([at(key, slot - reading.MONTHS_PER_YEAR) for slot in slots], last)
    previous = before if cell.against_last_year and key.accumulation == "S" else ()
    return sparkline(values, drawing.style, previous=previous, height_rem=3.2)


# --- containers by month ----------------------------------------------------------------------------------------


def _containers(catalogue: Catalogue) -> tuple[Indicator, SeriesKey]:
    indicator = catalogue.indicators["container_throughput"]
    return indicator, indicator.key(accumulation="S")


def ask_containers(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return two years of single months, so that each column has its tick of the year before."""
    indicator, key = _containers(catalogue)
    keys = reading.with_growth(indicator, key)
    return ranges.asked(keys, key, selection, reading.MONTHS_PER_YEAR, before=reading.MONTHS_PER_YEAR)


def draw_containers(drawing: Drawing) -> Drawn:
    """Draw the containers by month, ▬ where the same month of the year before stood."""
    indicator, key = _containers(drawing.catalogue)
    last = drawing.frame.last(key)
    if last is None:
        return Drawn(empty=NO_PORT)
    slots = ranges.shown(drawing.frame, indicator, [key], drawing.selection, COLUMN_SLOTS)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    shown = _columns(drawing, indicator, key, slots)
    heights = nice_ticks(0, max(column.value or 0 for column in shown), 2)
    facts = reading.latest_facts(drawing, indicator, key, last, Named("集装箱", "Containers"))
    said = takeaway(LATEST, facts)
    return Drawn(
        figure=columns(
            shown,
            reading.ticks(drawing, indicator, slots),
            drawing.style,
            drawing.style.words("上年同月", "same month last year"),
            [(height, reading.axis_text(drawing, indicator, height)) for height in heights],
        ),
        takeaway=said,
        alt="" if said is None else drawing.style.words(said.zh, said.en).replace("**", ""),
        lead=key,
        flags=reading.basis_flags([facts.growth]),
        listed=[Listed(key, slots)],
    )


def _columns(drawing: Drawing, indicator: Indicator, key: SeriesKey, slots: Sequence[int]) -> list[Column]:
    cells = [drawing.frame.at(key, slot) for slot in slots]
    hollow = list(reading.marked(cells))
    return [
        Column(
            None if cell is None else cell.value,
            drawing.frame.value(key, slot - reading.MONTHS_PER_YEAR),
            reading.figure_text(drawing, indicator, cell),
            reading.hatched(cell, slot == slots[-1]),
            hollow[index],
            month_code(slot),
        )
        for index, (slot, cell) in enumerate(zip(slots, cells, strict=True))
    ]


PANELS = (
    Panel(
        code="shipping",
        theme="port",
        title_zh="航运与大宗商品",
        title_en="Shipping & bulk",
        unit_zh="当月；价格为月均",
        unit_en="monthly",
        ask=ask_strip,
        draw=draw_strip,
        follows=frozenset({"period"}),
        fixed_zh="固定当月",
        fixed_en="Monthly only",
        body="html",
    ),
    Panel(
        code="teu",
        theme="port",
        title_zh="集装箱吞吐量",
        title_en="Container throughput",
        unit_zh="当月 万TEU",
        unit_en="monthly 10k TEU",
        ask=ask_containers,
        draw=draw_containers,
        follows=frozenset({"period", "window"}),
        selects="period",
        fixed_zh="固定当月",
        fixed_en="Monthly only",
    ),
)
