"""GDP by year and by published period, with the official growth that stands beside each figure."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from data import periods
from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.measures import Outcome
from data.queries import Cell, Want
from data.selection import Selection
from layouts import marks, words
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.takeaways import LATEST, Named, takeaway
from layouts.view import Listed

FIRST_PERIOD, NO_END = periods.month_period(1990, 12), periods.month_period(2100, 12)
RECENT_SIMULATED = 4
NO_GDP = Empty(
    "没有本区生产总值",
    "No GDP of the district is loaded",
    "接入统计公报后显示",
    "Connect the statistical communiqués to see it",
)


def _gdp(catalogue: Catalogue, selection: Selection) -> tuple[Indicator, SeriesKey]:
    indicator = catalogue.indicators["gdp"]
    return indicator, indicator.key(selection.region, "Y")


def ask(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return every period of GDP and of its official growth up to the chosen one."""
    indicator, key = _gdp(catalogue, selection)
    end = NO_END if selection.period is None else selection.period
    return [Want(each, FIRST_PERIOD, end) for each in reading.with_growth(indicator, key)]


def draw(drawing: Drawing) -> Drawn:
    """List every published period with its growth, whole years with a bar; a simulated row says that it is one."""
    indicator, key = _gdp(drawing.catalogue, drawing.selection)
    cells = [cell for cell in drawing.frame[key] if cell.value is not None]
    if not cells:
        return Drawn(empty=NO_GDP)
    real = [cell for cell in cells if not cell.simulated]
    latest_real = max(real, key=_by_published_year, default=cells[-1])
    said = takeaway(LATEST, reading.latest_facts(drawing, indicator, key, latest_real, Named(" GDP ", "GDP")))
    note_zh, note_en = _gaps(drawing, key, cells)
    return Drawn(
        children=_table(drawing, indicator, key, _listed(cells)),
        takeaway=said,
        alt="" if said is None else drawing.style.words(said.zh, said.en).replace("**", ""),
        lead=key,
        note_zh=note_zh,
        note_en=note_en,
        listed=[Listed(key, [cell.period for cell in _listed(cells)])],
    )


def _gaps(drawing: Drawing, key: SeriesKey, cells: Sequence[Cell]) -> tuple[str, str]:
    """Return the footer's note on the years whose published figure is not loaded."""
    missing = missing_years(key, cells, drawing.selection.period)
    if not missing:
        return "", ""
    years = [str(year) for year in missing]
    return f"{'、'.join(years)}年全年公布数未接入", f"published full years not loaded: {', '.join(years)}"


def missing_years(key: SeriesKey, cells: Sequence[Cell], chosen: int | None = None) -> list[int]:
    """Return the years between the first real figure and today's knowledge that have no real whole year.

    Knowledge ends with the year before the newest edition, or with the last whole year up to the last figure or the
    chosen period, whichever is known.
    """
    real = [cell for cell in cells if not cell.simulated]
    if not real:
        return []
    whole = {
        periods.year_of(cell.period)
        for cell in real
        if periods.is_full_year(key.frequency, key.accumulation, cell.period)
    }
    newest = max(cell.vintage.year for cell in cells) - 1
    last = newest if chosen is None else min(newest, periods.year_of(chosen + 1) - 1)
    return [year for year in range(periods.year_of(real[0].period), last + 1) if year not in whole]


def _by_published_year(cell: Cell) -> tuple[bool, int]:
    """Order cells so that the latest whole year stands last: a year is what is compared and remembered."""
    return periods.month_of(cell.period) == periods.MONTHS_PER_YEAR, cell.period


def _listed(cells: Sequence[Cell]) -> list[Cell]:
    """Return every real cell and the few latest simulated ones, the newest first."""
    recent = [cell for cell in cells if cell.simulated][-RECENT_SIMULATED:]
    kept = {cell.period for cell in recent} | {cell.period for cell in cells if not cell.simulated}
    return [cell for cell in reversed(cells) if cell.period in kept]


def _bar(cell: Cell, key: SeriesKey, largest: float) -> html.Div | None:
    """Return a whole year's bar, from zero; part of a year is not comparable and has none. Hollow is simulated."""
    if cell.value is None or not periods.is_full_year(key.frequency, key.accumulation, cell.period):
        return None
    look = {"border": "1px dashed var(--seq-2)"} if cell.simulated else {"background": "var(--seq-2)"}
    width = {"width": f"{100 * cell.value / largest:.1f}%", "height": ".75em", "boxSizing": "border-box"}
    return html.Div(style={**width, **look})


def _table(drawing: Drawing, indicator: Indicator, key: SeriesKey, cells: Sequence[Cell]) -> html.Div:
    unit = words.unit_words(drawing.catalogue.units[indicator.unit], drawing.style.language)
    head = (
        ("时期、状态", "Period, status", ""),
        (f"GDP（{unit}）", f"GDP ({unit})", "num"),
        ("全年", "Full year", "t-wide"),
        ("同比（公布）", "y/y, official", "num"),
    )
    row = html.Tr([html.Th(drawing.style.words(zh, en), scope="col", className=look) for zh, en, look in head])
    largest = max(cell.value or 0.0 for cell in cells)
    body = [_row(drawing, indicator, key, cell, largest) for cell in cells]
    table = html.Table([html.Thead(row), html.Tbody(body)], className="data-table each-marked")
    return html.Div(table, className="table-scroll", tabIndex="0")


def _row(drawing: Drawing, indicator: Indicator, key: SeriesKey, cell: Cell, largest: float) -> html.Tr:
    language = drawing.style.language
    growth = reading.growth_at(drawing.frame, indicator, key, cell.period)
    told = words.change(growth, language)
    worn = words.status_badges(
        language,
        obs_status=cell.obs_status,
        simulated=cell.simulated,
        derived=cell.derived,
        revisions=cell.revisions,
    )
    source, period = _source(drawing, cell), reading.period_words(drawing, key, cell.period)
    return html.Tr(
        [
            html.Th([html.Span(period, className="nowrap"), *(marks.badge(badge) for badge in worn)], scope="row"),
            html.Td(_published_figure(drawing, indicator, cell), className="num", title=source),
            html.Td(_bar(cell, key, largest), className="t-wide", style={"width": "25%"}),
            html.Td("…" if growth.outcome is Outcome.UNAVAILABLE else marks.change(told), className="num"),
        ],
        title=source,
        **marks.attributes(data_period=str(cell.period)),
    )


def _published_figure(drawing: Drawing, indicator: Indicator, cell: Cell) -> str:
    """Return the figure at its published precision: a table carries what the source printed."""
    decimals = indicator.decimals if cell.decimals is None else cell.decimals
    unit = drawing.catalogue.units[indicator.unit]
    return words.cell_figure(cell, unit, decimals, drawing.style.language).number


def _source(drawing: Drawing, cell: Cell) -> str:
    page = drawing.frame.citations.get(cell.citation_id) if cell.citation_id is not None else None
    load = drawing.frame.loads.get(cell.load_id)
    if page is not None:
        return "，".join(part for part in (page.publisher, page.title, page.published_on) if part)
    return "" if load is None else drawing.style.words(load.title_zh, load.title_en)


PANELS = (
    Panel(
        code="gdp_history",
        theme="macro",
        title_zh="地区生产总值",
        title_en="GDP by year",
        unit_zh="现价 · 同比为公布数",
        unit_en="official y/y",
        ask=ask,
        draw=draw,
        follows=frozenset({"period", "region"}),
        fixed_zh="固定累计",
        fixed_en="Year to date only",
        body="html",
    ),
)
