"""Crude oil, No. 20 rubber and wood pulp: price, import volume, stock and turnover, each at its own latest month.

Prices are international ones; volume, stock and turnover are those of the free-trade zone. Quantities and values stand
in their own columns and are never added.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import html

from data.catalogue import Catalogue
from data.facts import SeriesKey
from data.measures import Growth
from data.queries import Want
from data.selection import Selection
from layouts import marks
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels import reading
from layouts.panels.figure_cells import figure_cell
from layouts.panels.tiles import Tile, indicator_of, latest_growth, spoken
from layouts.takeaways import GROWTH_RANKING, Entry, Named, Ranked, takeaway
from layouts.view import Listed

MONTHS = 25
GOODS = {"CRUDE": "price_brent", "TSR20": "price_tsr20", "PULP": "pulp_price_index_us"}
COLUMNS = (
    ("price", "", "S", Named("国际价格", "World price")),
    ("volume", "bulk_import_volume", "S", Named("当月进口量", "Imports, month")),
    ("stock", "bulk_stock", "P", Named("期末库存", "Stock")),
    ("turnover", "bulk_turnover", "S", Named("当月交易额", "Turnover, month")),
)
VOLUME = 1
NO_BULK = Empty(
    "没有大宗商品的价格、进口量、库存和交易额",
    "No price, volume, stock or turnover of bulk goods is loaded",
    "接入自贸片区大宗商品月报后显示",
    "Connect the monthly returns of the free-trade zone to see them",
)


def _keys(catalogue: Catalogue) -> dict[str, list[SeriesKey]]:
    """Return the series of each good, in the order of the columns."""
    found = {}
    for good, price in GOODS.items():
        keys = [catalogue.indicators[price].key()]
        for _, code, accumulation, _ in COLUMNS[1:]:
            keys.append(catalogue.indicators[code].key(accumulation=accumulation, commodity=good))
        found[good] = keys
    return found


def ask_bulk(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return two years of every figure, each up to its own latest month, with official growth."""
    wants = []
    for key in (key for keys in _keys(catalogue).values() for key in keys):
        indicator = catalogue.indicators[key.indicator]
        wants += reading.windows(reading.with_growth(indicator, key), key, selection, -MONTHS + 1)
    return wants


def draw_bulk(drawing: Drawing) -> Drawn:
    """Show the goods as rows and the measures as columns; a simulated figure among real ones is marked."""
    listed = _keys(drawing.catalogue)
    known = [key for keys in listed.values() for key in keys if drawing.frame.last(key)]
    if not known:
        return Drawn(empty=NO_BULK)
    return Drawn(
        children=_table(drawing, listed),
        takeaway=_said(drawing, listed),
        alt="；".join(spoken(drawing, _tile(drawing, key), key) for key in known),
        lead=known[0],
        listed=[Listed(key, [last.period]) for key in known if (last := drawing.frame.last(key))],
        flags=reading.basis_flags(latest_growth(drawing, key) for key in known),
        note_zh="进口量、库存、交易额为自贸片区数；纸浆价格为美国指数，代用",
        note_en="volume, stock and turnover of the FTZ area; pulp price is a US index, a stand-in",
    )


def _tile(drawing: Drawing, key: SeriesKey) -> Tile:
    """Return what a figure is called, with the good it is of."""
    indicator = indicator_of(drawing, key)
    name = Named(indicator.short_zh, indicator.short_en)
    if key.commodity in GOODS:
        good = _good(drawing.catalogue, key.commodity)
        name = Named(f"{good.zh}{name.zh}", f"{good.en} {name.en}")
    return Tile(indicator.code, name)


def _good(catalogue: Catalogue, code: str) -> Named:
    return Named(
        catalogue.label("commodity", code, "zh", short=True), catalogue.label("commodity", code, "en", short=True)
    )


def _table(drawing: Drawing, listed: Mapping[str, list[SeriesKey]]) -> html.Div:
    style = drawing.style
    head = [html.Th(style.words("商品", "Goods"), scope="col")]
    head += [html.Th(style.words(name.zh, name.en), scope="col") for *_, name in COLUMNS]
    cells = [drawing.frame.last(key) for keys in listed.values() for key in keys]
    mixed = iter(list(reading.marked(cells)))
    rows = []
    for good, keys in listed.items():
        called = _good(drawing.catalogue, good)
        figures = [
            figure_cell(
                drawing, key, drawing.frame.last(key), style.words(name.zh, name.en), next(mixed), _tile(drawing, key)
            )
            for key, (*_, name) in zip(keys, COLUMNS, strict=True)
        ]
        chosen = "on" if drawing.selection.commodity == good else ""
        row = [html.Th(style.words(called.zh, called.en), scope="row"), *figures]
        rows.append(html.Tr(row, className=chosen, **marks.attributes(data_commodity=good)))
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="data-table figures")
    return html.Div(table, className="table-scroll", tabIndex="0")


def _said(drawing: Drawing, listed: Mapping[str, list[SeriesKey]]) -> Takeaway | None:
    """Return the sentence on import volume; quantities of three goods are compared by growth alone."""
    entries = []
    for good, keys in listed.items():
        key, last = keys[VOLUME], drawing.frame.last(keys[VOLUME])
        if last is not None:
            growth: Growth = latest_growth(drawing, key)
            text = reading.both_figures(drawing, indicator_of(drawing, key), last)
            entries.append(Entry(_good(drawing.catalogue, good), last.value, text, growth))
    said = takeaway(GROWTH_RANKING, Ranked(Named("商品", "goods"), entries))
    return None if said is None else Takeaway(f"进口量：{said.zh}", f"Import volume: {said.en}")


PANELS = (
    Panel(
        code="bulk_goods",
        theme="trade",
        title_zh="原油、20号胶、纸浆",
        title_en="Crude, rubber, pulp",
        unit_zh="价格、进口量、库存、交易额 · 同比",
        unit_en="price, volume, stock, turnover · y/y",
        ask=ask_bulk,
        draw=draw_bulk,
        follows=frozenset({"period", "commodity"}),
        fixed_zh="固定当月",
        fixed_en="Monthly only",
        body="html",
    ),
)
