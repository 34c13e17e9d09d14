"""The digital economy: figures beside the firms by field, and the growth of its two revenues.

数字经济核心产业 is classes 01–04 of the 2021 classification; class 05 is never added to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.periods import year_of
from data.queries import Want
from data.selection import Selection
from layouts import marks, words
from layouts.charts.lines import Line, Point, lines
from layouts.charts.parts import Figure, nice_ticks
from layouts.charts.ranking import RankRow, ranking
from layouts.mark_list import month_code
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels import ranges, reading, views
from layouts.takeaways import FIRMS_AND_COVERAGE, TWO_LINES, Coverage, Entry, Named, Pair, Ranked, takeaway
from layouts.view import Listed

FIGURES = ("digital_core_revenue", "software_revenue", "base_stations_5g", "open_datasets")
FIELDS = ("BIGDATA", "AI", "CLOUD", "VR", "BLOCKCHAIN")
COVERAGE = "gigabit_coverage"
LINES = (("software_revenue", Named("软件", "Software")), ("digital_core_revenue", Named("核心", "Core")))
LINE_SLOTS = 12
VIEWS = frozenset({"growth.avg2"})
ROOM_ZH, ROOM_EN = 2.05, 3.0  # English names leave less room for bars, values and growth side by side
NO_DIGITAL = Empty(
    "没有公开的数字经济数据",
    "No digital economy figures are published",
    "接入区大数据部门的数据后显示",
    "Connect the district's data bureau to see it",
)


def _figure_keys(catalogue: Catalogue, code: str) -> list[SeriesKey]:
    """Return the series a figure may be read from: a state may be given at a month's end or on a day inside it."""
    indicator = catalogue.indicators[code]
    return [indicator.key()]


def _field_keys(catalogue: Catalogue) -> dict[str, SeriesKey]:
    indicator = catalogue.indicators["digital_enterprises"]
    return {field: indicator.key(breakdown=field) for field in FIELDS}


def ask_digital(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the figures, the firms by field and the coverage: latest of each, and a year before."""
    fields = list(_field_keys(catalogue).values())
    singles = [key for code in (*FIGURES, COVERAGE) for key in _figure_keys(catalogue, code)]
    wants = []
    for first in (0, -reading.MONTHS_PER_YEAR):
        wants += reading.windows(fields, fields[0], selection, first, first)
        for key in singles:
            indicator = catalogue.indicators[key.indicator]
            wants += reading.windows(reading.with_growth(indicator, key), key, selection, first, first)
    return wants


def draw_digital(drawing: Drawing) -> Drawn:
    """Draw the firms by field as bars beside the figures, each figure with its own period where it differs."""
    keys, frame = _field_keys(drawing.catalogue), drawing.frame
    period = frame.latest.get(keys[FIELDS[0]])
    singles = [key for code in FIGURES for key in _figure_keys(drawing.catalogue, code) if frame.last(key)]
    if period is None and not singles:
        return Drawn(empty=NO_DIGITAL)
    entries = [] if period is None else _entries(drawing, keys, period)
    lead = keys[FIELDS[0]] if period is not None else singles[0]
    stats = html.Dl([_stat(drawing, key, lead) for key in singles], className="digi-stats")
    coverage = drawing.catalogue.indicators[COVERAGE].key()
    covered = frame.last(coverage)
    facts = Coverage(
        Ranked(Named("领域", "fields"), entries),
        reading.both_figures(drawing, drawing.catalogue.indicators[COVERAGE], covered) if covered else None,
    )
    return Drawn(
        figure=_field_bars(drawing, keys, period),
        children=stats,
        takeaway=takeaway(FIRMS_AND_COVERAGE, facts),
        alt=_spoken(drawing, entries, singles),
        lead=lead,
        flags=reading.basis_flags([entry.growth for entry in entries]),
        listed=_listed(drawing, keys, period, singles),
    )


def _listed(
    drawing: Drawing, keys: dict[str, SeriesKey], period: int | None, singles: Sequence[SeriesKey]
) -> list[Listed]:
    """Return the figures beside the chart, then the firms by field as its bars stand."""
    found = [Listed(key, [cell.period], beside=True) for key in singles if (cell := drawing.frame.last(key))]
    if period is None:
        return found
    values = {key: drawing.frame.value(key, period) for key in keys.values()}
    known = [(key, float("-inf") if value is None else value) for key, value in values.items()]
    ordered = [key for key, _ in sorted(known, key=lambda each: -each[1])]
    return [*found, *(Listed(key, [period]) for key in ordered)]


def _entries(drawing: Drawing, keys: dict[str, SeriesKey], period: int) -> list[Entry]:
    indicator = drawing.catalogue.indicators["digital_enterprises"]
    label = drawing.catalogue.label
    found = []
    for field, key in keys.items():
        name = Named(label("breakdown", field, "zh", short=True), label("breakdown", field, "en", short=True))
        cell = drawing.frame.at(key, period)
        text = reading.figure_text(drawing, indicator, cell)
        growth = reading.growth_at(drawing.frame, indicator, key, period)
        found.append(Entry(name, None if cell is None else cell.value, Named(text, text), growth))
    return sorted(found, key=lambda entry: -(entry.value if entry.value is not None else float("-inf")))


def _field_bars(drawing: Drawing, keys: dict[str, SeriesKey], period: int | None) -> Figure:
    if period is None:
        return _no_fields(drawing)
    rows = [
        RankRow(
            drawing.style.words(entry.name.zh, entry.name.en),
            entry.value,
            drawing.style.words(entry.text.zh, entry.text.en),
            reading.as_change(entry.growth, drawing),
        )
        for entry in _entries(drawing, keys, period)
    ]
    return ranking(rows, drawing.style, room=ROOM_EN if drawing.style.language == "en" else ROOM_ZH)


def _no_fields(drawing: Drawing) -> Figure:
    """Return an empty plot that says what is missing there; the figures beside it stay."""
    words_there = drawing.style.words("分领域企业数：暂无公开数据", "Firms by field: not published")
    hidden = {"visible": False, "fixedrange": True}
    font = {"size": drawing.style.label_px, "color": drawing.style.token("text-3")}
    centre = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    note = {"text": words_there, "font": font, **centre}
    return {"data": [], "layout": {"xaxis": hidden, "yaxis": hidden, "annotations": [note]}}


def _when(drawing: Drawing, key: SeriesKey, lead: SeriesKey) -> str:
    """Return the period of a figure where it is not the one in the footer; the year only where that differs."""
    cell, printed = drawing.frame.last(key), drawing.frame.last(lead)
    assert cell is not None
    assert printed is not None
    when = reading.period_words(drawing, key, cell.period)
    if when == reading.period_words(drawing, lead, printed.period):
        return ""
    year = year_of(cell.period)
    same_year = year == year_of(printed.period)
    return when.removeprefix(f"{year}年").removesuffix(f" {year}") if same_year else when


def _stat(drawing: Drawing, key: SeriesKey, lead: SeriesKey) -> html.Div:
    indicator, cell = drawing.catalogue.indicators[key.indicator], drawing.frame.last(key)
    assert cell is not None
    figure = reading.cell_words(drawing, indicator, cell)
    growth = reading.growth_at(drawing.frame, indicator, key, cell.period)
    name = indicator.word("short", drawing.style.language)
    when = reading.period_words(drawing, key, cell.period)
    differs = _when(drawing, key, lead)
    older = [html.Small(f" {differs}", className="when")] if differs else []
    change = words.change(growth, drawing.style.language)
    shown = [] if change.direction == "none" else [marks.change(change)]
    return html.Div(
        [html.Dt([name, *older]), html.Dd([figure.number, html.Small(figure.unit), *shown], title=when)],
        **marks.attributes(data_indicator=indicator.code),
    )


def _spoken(drawing: Drawing, entries: Sequence[Entry], singles: Sequence[SeriesKey]) -> str:
    firms = [f"{drawing.style.words(entry.name.zh, entry.name.en)} {entry.text.zh}" for entry in entries]
    figures = []
    for key in singles:
        indicator = drawing.catalogue.indicators[key.indicator]
        text = reading.cell_words(drawing, indicator, drawing.frame.last(key)).text
        figures.append(f"{indicator.word('short', drawing.style.language)} {text}")
    return "；".join([*figures, *firms])


# --- growth of the two revenues ---------------------------------------------------------------------------------


def _line_keys(catalogue: Catalogue) -> list[tuple[Indicator, SeriesKey, Named]]:
    return [
        (catalogue.indicators[code], reading.growth_key(catalogue.indicators[code].key()), name) for code, name in LINES
    ]


def ask_growth(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return a year of official growth rates of both revenues."""
    view = views.view_of(selection, VIEWS)
    keys = [key for _, key, _ in _line_keys(catalogue)]
    averages = [key.with_(measure="avg2") for key in keys] if view == "avg2" else []
    before = reading.MONTHS_PER_YEAR if view == "avg2" else 0
    return ranges.asked([*keys, *averages], keys[0], selection, reading.MONTHS_PER_YEAR, before)


def draw_growth(drawing: Drawing) -> Drawn:
    """Draw both growth rates; what is simulated among real figures, provisional or derived is dashed."""
    series = _line_keys(drawing.catalogue)
    indicator, lead, _ = series[0]
    period = drawing.frame.latest.get(lead)
    if period is None:
        return Drawn(empty=NO_DIGITAL)
    keys = [key for _, key, _ in series]
    slots = ranges.shown(drawing.frame, indicator, keys, drawing.selection, LINE_SLOTS)
    if not slots:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    shown = [_line(drawing, key, name, slots, number) for number, (_, key, name) in enumerate(series)]
    values = [[point.value for point in line.points] for line in shown]
    said = takeaway(TWO_LINES, Pair(series[0][2], values[0], series[1][2], values[1]))
    heights = nice_ticks(min([0.0, *_known(values)]), max([0.0, *_known(values)]))
    view = views.view_of(drawing.selection, VIEWS)
    unit_zh, unit_en = views.view_unit(drawing, view, "累计同比", "YTD y/y")
    return Drawn(
        unit_zh=unit_zh,
        unit_en=unit_en,
        flags=frozenset({"derived"} if view == "avg2" else ()),
        figure=lines(
            shown, reading.ticks(drawing, indicator, slots), drawing.style, [(h, _percent(h)) for h in heights]
        ),
        takeaway=views.said_in(view, said),
        alt=_said(said, drawing) + reading.without_figure(drawing, keys, slots),
        lead=lead,
        listed=[Listed(key, slots, growth=False) for _, key, _ in series],
    )


def _known(values: Sequence[Sequence[float | None]]) -> list[float]:
    return [value for each in values for value in each if value is not None]


def _percent(height: float) -> str:
    return "0" if height == 0 else f"{words.number(height, 0)}%"


def _said(said: Takeaway | None, drawing: Drawing) -> str:
    return "" if said is None else drawing.style.words(said.zh, said.en).replace("**", "")


def _line(drawing: Drawing, key: SeriesKey, name: Named, slots: Sequence[int], number: int) -> Line:
    cells = [drawing.frame.at(key, slot) for slot in slots]
    dashed = [
        simulated or reading.unfinished(cell) for simulated, cell in zip(reading.marked(cells), cells, strict=True)
    ]
    values = [_line_value(drawing, key, slot) for slot in slots]
    points = [
        Point(value, mark, "" if value is None else _rate(value), month_code(slot))
        for value, mark, slot in zip(values, dashed, slots, strict=True)
    ]
    style = drawing.style
    last = next((point.text for point in reversed(points) if point.value is not None), "…")
    mark_color = style.category(1) if number == 0 else style.token("text")
    text_color = style.category_text(1) if number == 0 else style.token("text")
    return Line(style.words(name.zh, name.en), points, last, mark_color, text_color, number == 0)


def _line_value(drawing: Drawing, key: SeriesKey, slot: int) -> float | None:
    """Return the official rate, or the average of two years of it."""
    if views.view_of(drawing.selection, VIEWS) != "avg2":
        return drawing.frame.value(key, slot)
    indicator = drawing.catalogue.indicators[key.indicator]
    return views.two_year_average(drawing.frame, indicator, key.with_(measure="level"), slot).value


def _rate(value: float) -> str:
    return f"{words.number(value, 1)}%"


PANELS = (
    Panel(
        code="digital",
        theme="digital",
        title_zh="数字经济",
        title_en="Digital economy",
        unit_zh="企业数 家 · 同比",
        unit_en="firms · y/y",
        ask=ask_digital,
        draw=draw_digital,
        follows=frozenset({"period"}),
        fixed_zh="固定最新",
        fixed_en="Latest of each",
    ),
    Panel(
        code="digital_growth",
        theme="digital",
        title_zh="数字经济增速",
        title_en="Digital economy growth",
        unit_zh="累计同比",
        unit_en="YTD y/y",
        ask=ask_growth,
        draw=draw_growth,
        follows=frozenset({"period", "window"}) | VIEWS,
        selects="period",
        fixed_zh="固定累计",
        fixed_en="Year to date only",
    ),
)
