"""The table of international commodity prices, each at its own latest month.

A change on the year before is worked out from the prices, 名义推算; the pulp index stands in for a price in China.
"""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from data.catalogue import Catalogue
from data.facts import SeriesKey
from data.measures import Growth
from data.queries import Want
from data.selection import Selection
from layouts import marks, words
from layouts.panel import Drawing, Drawn, Panel
from layouts.panels import ranges, reading, views
from layouts.panels.shipping import NO_PRICES
from layouts.panels.tiles import LINE_SLOTS, Tile, indicator_of, small_line, spoken
from layouts.takeaways import LATEST, Named, takeaway
from layouts.view import Listed, WorkedOut

VIEWS = frozenset({"growth.mom", "growth.base"})
CHANGES = {
    "yoy": ("同比（名义推算）", "y/y (nominal)"),
    "mom": ("环比（推算）", "m/m (derived)"),
    "base": ("定基（首月=100）", "Index (first month = 100)"),
}
INDEX_DECIMALS = 1
PRICE_KINDS = ("price", "index")


def _price_keys(catalogue: Catalogue) -> list[SeriesKey]:
    """Return the prices the catalogue lists: ``listed = true`` is all a new one needs."""
    return [each.key() for each in catalogue.indicators.values() if each.listed and each.value_kind in PRICE_KINDS]


def ask_prices(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return thirteen months of each price, each up to its own latest month."""
    before = views.months_before(views.view_of(selection, VIEWS))
    return [
        want
        for key in _price_keys(catalogue)
        for want in ranges.asked([key], key, selection, max(reading.MONTHS_PER_YEAR - before, 0), before)
    ]


def _slots(drawing: Drawing, key: SeriesKey) -> tuple[int, ...]:
    return ranges.shown(drawing.frame, indicator_of(drawing, key), [key], drawing.selection, LINE_SLOTS)


def draw_prices(drawing: Drawing) -> Drawn:
    """Show the prices as a table: name, month, price, change in the chosen view, line over the range."""
    known = [key for key in _price_keys(drawing.catalogue) if drawing.frame.last(key)]
    if not known:
        return Drawn(empty=NO_PRICES)
    keys = [key for key in known if _slots(drawing, key)]
    if not keys:
        return Drawn(empty=ranges.NOTHING_IN_RANGE)
    line = ("近13个月", "13 months") if ranges.is_own(drawing.selection) else ("所选范围", "Chosen range")
    head = [
        ("商品", "Commodity", ""),
        ("时期", "Month", ""),
        ("价格", "Price", "num"),
        ("单位", "Unit", "t-wide"),
        (*CHANGES[views.view_of(drawing.selection, VIEWS)], "num"),
        (*line, "t-wide"),
    ]
    row = html.Tr([html.Th(drawing.style.words(zh, en), scope="col", className=look) for zh, en, look in head])
    body = [_price_row(drawing, key) for key in keys]
    lead, is_index = keys[0], views.view_of(drawing.selection, VIEWS) == "base"
    last = drawing.frame.last(lead)
    assert last is not None
    facts = reading.latest_facts(drawing, indicator_of(drawing, lead), lead, last, Named("布伦特", "Brent"))
    return Drawn(
        children=html.Div(
            html.Table([html.Thead(row), html.Tbody(body)], className="data-table"), className="table-scroll"
        ),
        takeaway=takeaway(LATEST, facts),
        alt="；".join(spoken(drawing, _plain_cell(drawing, key), key) for key in keys),
        lead=lead,
        flags=_flags(drawing, keys),
        note_zh="纸浆为美国价格指数，代用",
        note_en="pulp is a US index, a stand-in",
        listed=[Listed(key, [cell.period], growth=not is_index) for key in keys if (cell := drawing.frame.last(key))],
        worked_out=[_index_worked_out(drawing, keys)] if is_index else (),
    )


def _index_worked_out(drawing: Drawing, keys: Sequence[SeriesKey]) -> WorkedOut:
    """Return 定基 for the table: its head names the base month, or each figure does where the months differ."""
    found = {key: _index(drawing, key) for key in keys}
    bases: dict[SeriesKey | None, str] = {
        key: f"{reading.period_words(drawing, key, each.base_period)}=100" for key, each in found.items()
    }
    alike = len(set(bases.values())) == 1
    name_zh, name_en = views.NAMES["base"]
    return WorkedOut(
        f"{name_zh}（{bases[keys[0]]}）" if alike else name_zh,
        f"{name_en.capitalize()} ({bases[keys[0]]})" if alike else name_en.capitalize(),
        "最新月 ÷ 所示范围的首月 × 100",
        "latest month ÷ first month of the range shown × 100",
        "",
        INDEX_DECIMALS,
        {key: {last.period: found[key].value} for key in keys if (last := drawing.frame.last(key))},
        marks={} if alike else bases,
    )


def _flags(drawing: Drawing, keys: Sequence[SeriesKey]) -> frozenset[str]:
    view = views.view_of(drawing.selection, VIEWS)
    if view == "base":
        return frozenset({"derived"})
    return reading.basis_flags(_growth(drawing, key, view) for key in keys)


def _growth(drawing: Drawing, key: SeriesKey, view: str) -> Growth:
    last = drawing.frame.last(key)
    assert last is not None
    return views.growth_in(drawing.frame, indicator_of(drawing, key), key, last.period, view)


def _index(drawing: Drawing, key: SeriesKey) -> views.Rebased:
    """Return the latest price as an index on the first month of the range."""
    last = drawing.frame.last(key)
    assert last is not None
    return views.rebased(drawing.frame, key, last.period, _slots(drawing, key)[0])


def _change(drawing: Drawing, key: SeriesKey) -> Component | str:
    """Return the change in the chosen view; 定基 is an index on the first month of the range, … without that month."""
    view = views.view_of(drawing.selection, VIEWS)
    if view != "base":
        return marks.change(words.change(_growth(drawing, key, view), drawing.style.language))
    index = _index(drawing, key)
    shown = "…" if index.value is None else words.number(index.value, INDEX_DECIMALS)
    return html.Span(shown, title=f"{reading.period_words(drawing, key, index.base_period)} = 100")


def _plain_cell(drawing: Drawing, key: SeriesKey) -> Tile:
    indicator = indicator_of(drawing, key)
    return Tile(indicator.code, Named(indicator.short_zh, indicator.short_en))


def _price_row(drawing: Drawing, key: SeriesKey) -> html.Tr:
    indicator, last = indicator_of(drawing, key), drawing.frame.last(key)
    assert last is not None
    figure = reading.cell_words(drawing, indicator, last)
    return html.Tr(
        [
            # The unit has a column of its own where there is room, else it stands under the name.
            html.Th([indicator.word("short", drawing.style.language), html.Small(figure.unit)], scope="row"),
            html.Td(reading.period_words(drawing, key, last.period), className="nowrap"),
            html.Td(figure.number, className="num"),
            html.Td(figure.unit, className="t-wide"),
            html.Td(_change(drawing, key), className="num"),
            html.Td(
                small_line(drawing, _plain_cell(drawing, key), key, last, _slots(drawing, key)),
                className="t-spark t-wide",
            ),
        ],
        **marks.attributes(data_indicator=key.indicator),
    )


PANELS = (
    Panel(
        code="bulk_prices",
        theme="trade",
        title_zh="大宗商品价格",
        title_en="Bulk commodity prices",
        unit_zh="国际市场月均价",
        unit_en="international, monthly average",
        ask=ask_prices,
        draw=draw_prices,
        follows=frozenset({"period", "window"}) | VIEWS,
        fixed_zh="固定当月",
        fixed_en="Monthly only",
        body="html",
    ),
)
