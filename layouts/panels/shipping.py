"""Port and bulk: the strip of containers and prices, and throughput by month against the year before.

The prices are international ones in dollars; wood pulp is a United States index that stands in for the price in
China, and says so. A change of a price on the year before is worked out from the prices themselves, 名义推算.
"""

from __future__ import annotations

from data.catalogue import Catalogue
from data.queries import Want
from data.selection import Selection
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels.monthly import Months, months_panel
from layouts.panels.tiles import Tile, ask_tiles, draw_tiles
from layouts.takeaways import Named

NO_PORT = Empty(
    "所选时期没有分月港口吞吐量",
    "No monthly throughput of the port for this period",
    "港口累计数见航运条；接入港口月报后显示",
    "Connect the port's monthly returns to see it",
)
NO_PRICES = Empty(
    "尚未装入国际商品价格",
    "No international prices are loaded",
    "接入世界银行价格表后显示",
    "Connect the World Bank's price tables to see them",
)
STRIP = (
    Tile("container_throughput", Named("集装箱", "Containers"), ("S", "Y"), against_last_year=True),
    Tile("price_brent", Named("布伦特原油", "Brent crude")),
    Tile("price_tsr20", Named("20号胶", "TSR 20 rubber")),
    Tile("pulp_price_index_us", Named("纸浆", "Wood pulp"), note=Named("美国指数代用", "US stand-in")),
)


def ask_strip(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return two years of every place of the strip, each up to its own latest month, with official growth."""
    return ask_tiles(STRIP, catalogue, selection)


def draw_strip(drawing: Drawing) -> Drawn:
    """Show each place with its own period, figure, change on the year before and its line."""
    return draw_tiles(drawing, STRIP, NO_PRICES, "ship")


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
    months_panel(
        "teu",
        "port",
        Named("集装箱吞吐量", "Container throughput"),
        Named("当月 万TEU", "monthly 10k TEU"),
        Months("container_throughput", "S", Named("集装箱", "Containers"), NO_PORT),
    ),
    months_panel(
        "cargo",
        "port",
        Named("货物吞吐量", "Cargo throughput"),
        Named("当月 万吨", "monthly 10k t"),
        Months("cargo_throughput", "S", Named("货物", "Cargo"), NO_PORT),
    ),
    months_panel(
        "foreign_cargo",
        "port",
        Named("外贸货物吞吐量", "Foreign trade cargo"),
        Named("当月 万吨", "monthly 10k t"),
        Months("foreign_cargo_throughput", "S", Named("外贸货物", "Foreign cargo"), NO_PORT),
    ),
)
