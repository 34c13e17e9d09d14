"""The panels of the plain app: each asks with ``read`` and returns a Plotly Express figure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from benchmarks.plain_app.questions import HOME, NATION, PORT, WORLD, newest
from data.settings import ROOT

Read = Callable[..., pd.DataFrame]
Chart = Callable[[Read, str], go.Figure]
CLUSTERS: dict[str, Any] = tomllib.loads((ROOT / "data/catalogue/clusters.toml").read_text(encoding="utf-8"))["cluster"]
MAP: dict[str, Any] = json.loads((ROOT / "data/catalogue/schematic_map.json").read_text(encoding="utf-8"))["layers"]
PARTNERS = [
    *("G_ASEAN", "G_EU", "USA", "KOR", "HKG", "JPN", "TWN", "RUS", "AUS", "BRA"),
    *("IND", "GBR", "MEX", "SAU", "ARE", "CAN", "CHL", "ZAF"),
]
COMMODITIES = ["MECH_ELEC", "APPLIANCES", "AUTO_PARTS", "CONTAINERS", "CRUDE", "IRON_ORE", "NAT_RUBBER", "PULP"]
PRICES = [f"price_{code}" for code in ("brent", "wti", "iron_ore", "copper", "soybeans", "tsr20", "rss3")]
OUTPUT, GROWTH = ["industrial_output", "service_revenue"], ["industrial_va_growth", "service_va_growth"]


def wide(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return level and official growth side by side, one row for each member and period."""
    table = frame.pivot_table(index=[by, "period"], columns="measure", values="value").reset_index()
    return table.reindex(columns=[by, "period", "level", "yoy"])


def named(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the names of the clusters and their places."""
    table = table[table.industry.isin(CLUSTERS)].copy()
    table["name"] = [CLUSTERS[code]["short_zh"] for code in table.industry]
    table["x"] = [CLUSTERS[code]["place"]["x_km"] for code in table.industry]
    table["y"] = [CLUSTERS[code]["place"]["y_km"] for code in table.industry]
    return table


def cluster_output(read: Read, accumulation: str) -> pd.DataFrame:
    """Return output and growth of each cluster in its newest month."""
    frame = read(indicator=OUTPUT, accumulation=accumulation, industry=list(CLUSTERS))
    return named(wide(newest(frame), "industry")).sort_values("level")


def clusters(read: Read, accumulation: str) -> go.Figure:
    """Draw the clusters by output."""
    table = cluster_output(read, accumulation)
    return px.bar(table, x="level", y="name", orientation="h", text="yoy", title="产业集群（亿元）")


def cluster_map(read: Read, accumulation: str) -> go.Figure:
    """Draw the clusters as circles over the outline."""
    table = cluster_output(read, accumulation)
    figure = px.scatter(table, x="x", y="y", size="level", color="yoy", text="name", title="集群分布", size_max=40)
    for layer in ("land", "district", "islands"):
        for path in MAP[layer]:
            xs, ys = zip(*path, strict=True)
            figure.add_trace(go.Scatter(x=xs, y=ys, mode="lines", fill="toself", showlegend=False))
    return figure


def heat(read: Read, _accumulation: str) -> go.Figure:
    """Draw monthly growth of each cluster as a heat map."""
    table = named(read(indicator=GROWTH, accumulation=["S", "Y"], industry=list(CLUSTERS), measure="level", months=13))
    grid = table.pivot_table(index="name", columns="month", values="value")
    return px.imshow(grid, text_auto=".1f", aspect="auto", color_continuous_scale="RdBu_r", title="增加值增速（%）")


def bubble(read: Read, _accumulation: str) -> go.Figure:
    """Draw location quotient, growth and size of each cluster."""
    frame = read(indicator="industrial_output", accumulation="Y", industry=[*CLUSTERS, "_T"], region=[HOME, "370200"])
    level = newest(frame[frame.measure == "level"]).pivot_table(index="industry", columns="region", values="value")
    table = named(wide(newest(frame[frame.region == HOME]), "industry"))
    if HOME in level and "370200" in level and "_T" in level.index:
        quotient = (level[HOME] / level.loc["_T", HOME]) / (level["370200"] / level.loc["_T", "370200"])
        table["quotient"] = table.industry.map(quotient)
    else:
        table["quotient"] = float("nan")
    return px.scatter(table, x="quotient", y="yoy", size="level", color="name", size_max=40, title="区位商与增速")


def movers(read: Read, _accumulation: str) -> go.Figure:
    """Draw what each division adds to the growth of industry."""
    frame = read(indicator="industrial_output", accumulation="Y", months=13)
    table = wide(newest(frame), "industry")
    table = table[table.industry.str.fullmatch(r"C\d\d")].copy()
    table["points"] = table.level * table.yoy / (100 + table.yoy) / max(table.level.sum(), 1) * 100
    return px.bar(
        table.sort_values("points").tail(12), x="points", y="industry", orientation="h", title="拉动（百分点）"
    )


def _flows(read: Read, region: str, title: str) -> go.Figure:
    frame = read(
        indicator="trade",
        accumulation="S",
        flow=["X", "M"],
        region=region,
        partner="_T",
        commodity="_T",
        breakdown="_T",
        currency="CNY",
        measure="level",
        months=13,
    )
    frame["signed"] = frame.value.where(frame.flow == "X", -frame.value)
    figure = px.bar(frame, x="month", y="signed", color="flow", title=title, barmode="relative")
    balance = frame.groupby("month").signed.sum().reset_index()
    figure.add_trace(go.Scatter(x=balance.month, y=balance.signed, mode="lines+markers", name="差额"))
    return figure


def trade(read: Read, _accumulation: str) -> go.Figure:
    """Draw exports, imports and balance of the district."""
    return _flows(read, HOME, "外贸进出口（亿元）")


def national_trade(read: Read, _accumulation: str) -> go.Figure:
    """Draw exports, imports and balance of the nation."""
    return _flows(read, NATION, "全国进出口（亿元）")


def _partners(read: Read, region: str | list[str], title: str) -> go.Figure:
    frame = read(
        indicator="trade",
        accumulation="Y",
        flow="T",
        region=region,
        partner=PARTNERS,
        currency="CNY",
    )
    table = wide(newest(frame), "partner").sort_values("level").tail(8)
    return px.bar(table, x="level", y="partner", orientation="h", text="yoy", title=title)


def partners(read: Read, _accumulation: str) -> go.Figure:
    """Draw the main partners, the nation's where the district publishes none."""
    return _partners(read, [HOME, NATION], "主要贸易伙伴（亿元）")


def national_partners(read: Read, _accumulation: str) -> go.Figure:
    """Draw the nation's main partners."""
    return _partners(read, NATION, "全国主要贸易伙伴（亿元）")


def commodities(read: Read, _accumulation: str) -> go.Figure:
    """Draw the main commodities by flow."""
    frame = read(indicator="trade", accumulation="Y", flow=["X", "M"], commodity=COMMODITIES, currency="CNY")
    table = newest(frame[frame.measure == "level"]).sort_values("value")
    return px.bar(table, x="value", y="commodity", color="flow", orientation="h", title="主要商品（亿元）")


def containers(read: Read, _accumulation: str) -> go.Figure:
    """Draw container throughput by month."""
    frame = read(indicator="container_throughput", accumulation="S", region=PORT, months=25)
    return px.bar(frame[frame.measure == "level"], x="month", y="value", title="集装箱吞吐量（万TEU）")


def shipping(read: Read, _accumulation: str) -> go.Figure:
    """Draw four small lines: containers and three prices."""
    frame = pd.concat(
        [
            read(indicator="container_throughput", accumulation="S", region=PORT, measure="level", months=25),
            read(indicator=["price_brent", "price_tsr20"], accumulation="S", region=WORLD, months=25),
            read(indicator="pulp_price_index_us", accumulation="S", region="USA", months=25),
        ]
    )
    figure = px.line(frame, x="month", y="value", facet_col="indicator", title="航运与大宗商品")
    return figure.update_yaxes(matches=None)


def gdp(read: Read, _accumulation: str) -> go.Figure:
    """Draw every published GDP."""
    frame = read(indicator="gdp", accumulation="Y", industry="_T", months=480)
    return px.bar(frame[frame.measure == "level"], x="month", y="value", title="地区生产总值（亿元）")


def prices(read: Read, _accumulation: str) -> go.Figure:
    """Draw the prices of bulk commodities, each from 100."""
    frame = read(indicator=PRICES, accumulation="S", region=WORLD, months=13)
    frame["index"] = 100 * frame.value / frame.groupby("indicator").value.transform("first")
    return px.line(frame, x="month", y="index", color="indicator", title="大宗商品价格")


def digital(read: Read, _accumulation: str) -> go.Figure:
    """Draw the firms of the digital economy by field."""
    frame = newest(read(indicator="digital_enterprises", accumulation="P", measure="level"))
    figures = read(
        indicator=["digital_core_revenue", "software_revenue", "base_stations_5g", "open_datasets"], measure="level"
    )
    table = frame[frame.breakdown != "_T"].sort_values("value")
    title = "数字经济：" + "，".join(f"{row.indicator} {row.value:,.1f}" for row in newest(figures).itertuples())
    return px.bar(table, x="value", y="breakdown", orientation="h", title=title)


def digital_growth(read: Read, _accumulation: str) -> go.Figure:
    """Draw the growth of the two revenues."""
    frame = read(
        indicator=["software_revenue", "digital_core_revenue"],
        accumulation="Y",
        measure="yoy",
        months=13,
        breakdown="_T",
    )
    return px.line(frame, x="month", y="value", color="indicator", markers=True, title="数字经济增速（%）")


CHARTS: dict[str, Chart] = {
    "clusters": clusters, "heat": heat, "trade": trade, "digital": digital, "map": cluster_map, "gdp_history": gdp,
    "shipping": shipping, "bubble": bubble, "movers": movers, "partners": partners, "commodities": commodities,
    "teu": containers, "national_trade": national_trade, "national_partners": national_partners,
    "bulk_prices": prices, "digital_growth": digital_growth,
}  # fmt: skip
