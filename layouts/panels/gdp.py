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

FIRST_PERIOD, NO_END = periods.month_period(1990, 12), periods.month_period(2100, 12)
RECENT_SIMULATED = 4
NO_GDP = Empty(
    "没有本区生产总值",
    "No GDP of the district is loaded",
    "运行 python -m data.refresh 装入已公布数据",
    "Run python -m data.refresh to load the published figures",
)


def _gdp(catalogue: Catalogue) -> tuple[Indicator, SeriesKey]:
    indicator = catalogue.indicators["gdp"]
    return indicator, indicator.key(accumulation="Y")


def ask(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return every period of GDP and of its official growth up to the chosen one."""
    indicator, key = _gdp(catalogue)
    end = NO_END if selection.period is None else selection.period
    return [Want(each, FIRST_PERIOD, end) for each in reading.with_growth(indicator, key)]


def draw(drawing: Drawing) -> Drawn:
    """List every published period with its growth, whole years with a bar; a simulated row says that it is one."""
    indicator, key = _gdp(drawing.catalogue)
    cells = [cell for cell in drawing.frame[key] if cell.value is not None]
    if not cells:
        return Drawn(empty=NO_GDP)
    real = [cell for cell in cells if not cell.simulated]
    latest_real = max(real, key=_by_published_year, default=cells[-1])
    said = takeaway(LATEST, reading.latest_facts(drawing, indicator, key, latest_real, Named(" GDP ", "GDP")))
    return Drawn(
        children=_table(drawing, indicator, key, _listed(cells)),
        takeaway=said,
        alt="" if said is None else drawing.style.words(said.zh, said.en).replace("**", ""),
        lead=key,
    )


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
        ("时期", "Period"),
        (f"GDP（{unit}）", f"GDP ({unit})"),
        ("全年", "Full year"),
        ("同比（公布）", "y/y, official"),
        ("状态", "Status"),
    )
    row = html.Tr([html.Th(drawing.style.words(*each), scope="col") for each in head])
    largest = max(cell.value or 0.0 for cell in cells)
    body = [_row(drawing, indicator, key, cell, largest) for cell in cells]
    table = html.Table([html.Thead(row), html.Tbody(body)], className="data-table")
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
    source = _source(drawing, cell)
    return html.Tr(
        [
            html.Th(reading.period_words(drawing, key, cell.period), scope="row", style={"whiteSpace": "nowrap"}),
            html.Td(_published_figure(drawing, indicator, cell), className="num", title=source),
            html.Td(_bar(cell, key, largest), style={"width": "25%"}),
            html.Td("…" if growth.outcome is Outcome.UNAVAILABLE else marks.change(told), className="num"),
            html.Td([marks.badge(badge) for badge in worn]),
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
        follows=frozenset({"period"}),
        fixed_zh="固定累计",
        fixed_en="Year to date only",
        body="html",
    ),
)
