"""The charts: plain figures without templates, gaps that stay gaps, marks that tell real from simulated."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.charts.bands import Band, BandRow, banded
from layouts.charts.bubble import Bubble, bubbles
from layouts.charts.chain import LinkBox, Stage, chain
from layouts.charts.columns import Column, Side, columns, mirrored
from layouts.charts.contribution import ContributionRow, contribution
from layouts.charts.heat import EXACT_ZERO, HeatRow, heat
from layouts.charts.lines import Line, Point, lines, stretches
from layouts.charts.map import PlaceName, Site, schematic_map
from layouts.charts.missing import HALF_WIDTH, MISSING
from layouts.charts.paired import PairedRow, Reading, paired
from layouts.charts.parts import NO_CHANGE, Change, Tick, apart, nice_ticks, period_axis
from layouts.charts.ranking import RankRow, ranking
from layouts.charts.treemap import Tile, treemap
from layouts.theme import Style

STYLES = [
    Style(theme, rise, density)
    for theme, rise, density in itertools.product(("dark", "light"), ("cn", "intl"), ("wall", "desk"))
]
TICKS = [Tick(f"{month}月", "2024") for month in (3, 4, 5)]
UP, DOWN = Change("▲6.4%", "up"), Change("▼1.8%", "down")
ROWS = [RankRow("石油化工", 30.0, "30.0", UP), RankRow("汽车", None, "…"), RankRow("船舶", 10.0, "10.0", DOWN)]
OUTLINE = {
    "land": [[(0, 0), (1, 0), (1, 1)]],
    "district": [[(0, 0), (1, 1)]],
    "ring_4km": [[(2, 2), (3, 3)]],
    "ring_22km": [[(4, 4), (5, 5)]],
}
SITE = Site("港口", "前湾", 5.0, "5.0 亿元", DOWN, 1.0, 2.0, 3.0, "right")
LINE = Line("软件", [Point(1.0), Point(None), Point(2.0)], "2.0%", "#5EAAFF", "#5EAAFF")
FLOW = [Column(3.0), Column(None), Column(4.0, text="4.0")]
TILES = [
    Tile("炼油", 699.8, "699.8 亿元", "占 93.0%", UP, 6.4, "C251"),
    Tile("煤炭加工", None, "×", "", NO_CHANGE, None, "C252"),
    Tile("生物质燃料", 22.6, "22.6 亿元", "占 3.0%", DOWN, -1.8, "C254", selected=True),
]
PULLS = [
    ContributionRow("石油化工", 2.41, "+2.41", "31.3%", code="CL_PETRO", selected=True),
    ContributionRow("汽车零部件", -0.03, "−0.03", "−0.4%", code="CL_AUTO"),
    ContributionRow("机械", None, "…"),
    ContributionRow("余项", -0.22, "−0.22", kind="residual"),
    ContributionRow("规上工业", 7.7, "+7.7%", kind="whole"),
]
EARNED = [
    PairedRow("化工", Reading(6.8, "6.8%", UP), Reading(1.42, "1.42", DOWN), "C26", selected=True),
    PairedRow("炼油", Reading(-0.9, "−0.9%", Change("增亏 50.0%", "down")), Reading(None, "…", NO_CHANGE), "C25"),
]
STAGES = [
    Stage("上游", [LinkBox("炼油", ["强 区位商 2.66 ▲4.0%", "强"], "strong", "C251", selected=True)]),
    Stage("中游", [LinkBox("肥料", ["弱"], "weak", "C262"), LinkBox("基础化工", ["有"], "present", "C261")]),
    Stage("下游", [LinkBox("农药", ["缺"], "missing", "C263"), LinkBox("合成纤维", ["无数据"], "unknown")]),
]
CHARTS = {
    "treemap": lambda style: treemap(TILES, style),
    "contribution": lambda style: contribution(PULLS, style, "贡献率"),
    "paired": lambda style: paired(EARNED, style, ("利润率", "用工")),
    "chain": lambda style: chain(STAGES, style),
    "ranking": lambda style: ranking(ROWS, style),
    "bands": lambda style: banded(
        [BandRow("出口市场", 2600.0, "2,600 高", UP), BandRow("进口来源", None, "仅覆盖 80.0%")],
        [Band(0.0, "低"), Band(1000.0, "中"), Band(1800.0, "高")],
        style,
    ),
    "heat": lambda style: heat([HeatRow("石油化工", [1.0, None, -4.0], ["+1.0", "…", "−4.0"], DOWN)], TICKS, style),
    "lines": lambda style: lines([LINE], TICKS, style),
    "columns": lambda style: columns(FLOW, TICKS, style, "上年同月", [(0, "0")]),
    "mirrored": lambda style: mirrored(
        Side("出口", FLOW, "4.0"), Side("进口", FLOW, "4.0"), [0, None, 0], ("顺差", "0"), TICKS, style
    ),
    "bubble": lambda style: bubbles([Bubble("港口", 2.0, 5.0, 9.0)], style, "区位商", 1.0, ("a", "b", "c")),
    "map": lambda style: schematic_map(OUTLINE, [SITE], [PlaceName("黄海", 0, 0)], style),
}
PARTIAL_BUNDLE = {"scatter", "bar", "heatmap", "treemap"}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.theme}-{style.rise}-{style.density}")
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_plain_figure_of_the_bundled_traces(name: str, style: Style) -> None:
    figure = CHARTS[name](style)
    json.dumps(figure, allow_nan=False)
    assert {trace["type"] for trace in figure["data"]} <= PARTIAL_BUNDLE
    assert "template" not in figure["layout"]
    assert not {"width", "height"} & figure["layout"].keys()
    assert "http" not in json.dumps(figure)


@pytest.mark.parametrize("name", CHARTS)
def test_no_chart_connects_gaps(name: str) -> None:
    assert not any(trace.get("connectgaps") for trace in CHARTS[name](STYLES[0])["data"])


def test_a_missing_bar_has_no_length_and_says_why() -> None:
    bars = ranking(ROWS, STYLES[0])["data"][0]
    assert bars["x"][1] is None
    assert bars["text"][1] == "…"


def test_a_change_stands_at_the_height_of_its_bar() -> None:
    figure = ranking(ROWS, STYLES[0])
    heights = dict(zip(figure["layout"]["yaxis"]["ticktext"], figure["layout"]["yaxis"]["tickvals"], strict=True))
    told = {note["text"]: note["y"] for note in figure["layout"]["annotations"]}
    assert told == {"<b>▲6.4%</b>": heights["石油化工"], "<b>▼1.8%</b>": heights["船舶"]}


@pytest.mark.parametrize(
    ("value", "cell"), [(0.0, EXACT_ZERO), (None, None), (4.9, 4), (5.1, 5), (-0.1, 3), (-99, 0), (99, 7)]
)
def test_a_heat_cell_is_in_its_class(value: float | None, cell: int | None) -> None:
    figure = heat([HeatRow("石油化工", [value], ["x"], NO_CHANGE)], TICKS[:1], STYLES[0])
    assert figure["data"][0]["z"] == [[cell]]


def test_a_fall_never_stands_on_colour_alone() -> None:
    for style in STYLES:
        texts = next(trace["text"] for trace in CHARTS["heat"](style)["data"] if trace.get("name") == "cell")
        assert any("▼" in text or "−" in text for text in texts)


POINTS = st.lists(st.builds(Point, st.one_of(st.none(), st.floats(-9, 9)), st.booleans()), max_size=14)


@given(POINTS)
def test_a_solid_stretch_holds_only_unmarked_points_and_no_gap(points: list[Point]) -> None:
    drawn = list(stretches(points))
    for dashed, slots in drawn:
        assert slots == list(range(slots[0], slots[-1] + 1))
        assert all(points[slot].value is not None for slot in slots)
        if not dashed:
            assert not any(points[slot].marked for slot in slots)
    steps = [step for _, slots in drawn for step in itertools.pairwise(slots)]
    neighbours = [
        (a, a + 1) for a in range(len(points) - 1) if points[a].value is not None and points[a + 1].value is not None
    ]
    assert sorted(steps) == neighbours
    assert {slot for _, slots in drawn for slot in slots} == {
        n for n, point in enumerate(points) if point.value is not None
    }


@given(st.lists(st.floats(-1000, 1000), max_size=5), st.floats(0, 50))
def test_labels_stand_apart_in_their_order(heights: list[float], gap: float) -> None:
    moved = apart(heights, gap)
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    assert all(moved[upper] - moved[lower] >= gap - 1e-6 for lower, upper in itertools.pairwise(order))


@given(st.floats(-1e6, 0), st.floats(0, 1e6))
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    found = nice_ticks(low, high)
    assert len(found) <= 8
    assert all(low - 1e-6 <= tick <= high + 1e-6 for tick in found)


def test_the_last_slot_always_has_its_label() -> None:
    for count in range(1, 20):
        axis = period_axis([Tick(str(n), "2024") for n in range(count)], most=4)
        assert axis["tickvals"][-1] == count - 1
        assert len(axis["tickvals"]) <= 4
        assert axis["ticktext"][0].endswith("<br><b>2024</b>")


def test_mirrored_bars_point_both_ways_and_the_balance_keeps_its_gap() -> None:
    up, down, under, line = CHARTS["mirrored"](STYLES[0])["data"]
    assert (up["y"], down["y"]) == ([3.0, None, 4.0], [-3.0, None, -4.0])
    assert line["y"] == under["y"] == [0, None, 0]


def test_simulated_columns_among_real_ones_are_hollow() -> None:
    figure = columns([Column(1.0), Column(2.0, hollow=True)], TICKS[:2], STYLES[0], "", [])
    assert figure["data"][0]["marker"]["color"][1] == STYLES[0].token("surface")
    assert figure["data"][0]["marker"]["line"]["width"] == [0, 1.5]


def test_the_sea_is_drawn_from_the_outside_in_and_falls_are_hollow() -> None:
    figure = schematic_map(OUTLINE, [SITE], [], STYLES[0])
    assert figure["data"][0]["x"][0] == 4  # the line 22 km off stands before the one 4 km off
    circles = figure["data"][-1]["marker"]
    assert circles["color"] == [STYLES[0].token("surface")]
    assert figure["layout"]["meta"]["map"]["labels"][0]["side"] == "right"


def test_a_tile_without_a_figure_has_a_size_that_says_nothing_and_its_sign() -> None:
    trace = CHARTS["treemap"](STYLES[0])["data"][0]
    sizes = dict(zip(trace["customdata"], trace["values"], strict=True))
    assert sizes == {"": 699.8 + 22.6 + 11.3, "C251": 699.8, "C252": 11.3, "C254": 22.6}
    assert trace["parents"] == ["", "whole", "whole", "whole"]
    assert trace["hovertext"][trace["customdata"].index("C252")] == "煤炭加工 ×" or STYLES[0].wall


@given(st.lists(st.floats(0.1, 5000), min_size=1, max_size=14))
def test_tiles_stand_by_size_and_fill_their_parent(sizes: list[float]) -> None:
    tiles = [Tile(f"行业{n}", size, f"{size:.1f} 亿元", "", UP, 1.0, f"C{n}") for n, size in enumerate(sizes)]
    trace = treemap(tiles, STYLES[0])["data"][0]
    assert trace["values"][1:] == sorted(sizes, reverse=True)
    assert trace["values"][0] == pytest.approx(sum(sizes))
    assert all(text.startswith("<b>行业") for text in trace["text"][1:])


def test_a_pull_below_zero_is_hollow_the_residual_hatched_and_the_whole_apart() -> None:
    for style in STYLES:
        figure = CHARTS["contribution"](style)
        bars = figure["data"][0]
        colors = dict(zip(bars["text"], bars["marker"]["color"], strict=True))
        assert colors["−0.03"] == style.token("surface")
        assert colors["+2.41"] == style.token("accent")
        hatched = [text for text, shape in zip(bars["text"], bars["marker"]["pattern"]["shape"], strict=True) if shape]
        assert hatched == ["−0.22"]
        assert bars["customdata"][-1] == "CL_PETRO"
        assert bars["x"][bars["text"].index("…")] is None
        low, high = figure["layout"]["xaxis"]["range"]
        assert low < -0.22
        assert high > 7.7


def test_a_loss_is_hollow_and_a_missing_figure_has_no_bar() -> None:
    left, right = CHARTS["paired"](STYLES[0])["data"]
    assert left["marker"]["color"][0] == STYLES[0].token("surface")
    assert left["customdata"] == ["C25", "C26"]
    assert (right["x"][0], right["text"][0]) == (None, "…")


def test_a_missing_link_is_dashed_and_a_link_says_as_much_as_fits() -> None:
    for style in STYLES:
        figure = CHARTS["chain"](style)
        bars = figure["data"][0]
        dashed = [shape for shape in figure["layout"]["shapes"] if shape["line"]["dash"] == "dash"]
        assert len(dashed) == 1
        missing = bars["customdata"].index("C263")
        assert (dashed[0]["x0"], bars["text"][missing]) == (bars["base"][missing], "<b>农药</b>  缺")
        assert bars["text"][0] == ("<b>炼油</b>  强" if style.wall else "<b>炼油</b>  强 区位商 2.66 ▲4.0%")
        assert figure["layout"]["meta"]["narrow_text"][0] == "<b>炼油</b>  强"
        assert bars["customdata"][-1] == ""  # what has no data selects nothing


@pytest.mark.parametrize(
    "name", ["ranking", "heat", "lines", "bubble", "map", "treemap", "paired", "contribution", "chain"]
)
def test_every_mark_of_an_industry_can_carry_its_code(name: str) -> None:
    assert any("customdata" in trace for trace in CHARTS[name](STYLES[0])["data"])


def missing(figure: dict) -> list[tuple[float, float, float, float]]:
    return [
        (round(each["x0"] + HALF_WIDTH), round(each["x1"] - HALF_WIDTH), each["y0"], each["y1"])
        for each in figure["layout"]["shapes"]
        if each["name"] == "missing" and each["line"]["dash"] == "dot"
    ]


def words_over(figure: dict) -> str:
    return " ".join(each["text"] for each in figure["layout"]["annotations"])


def test_a_slot_without_a_figure_is_dotted_and_neither_zero_nor_bridged() -> None:
    style = STYLES[0]
    holes = [Column(None), Column(4.0), Column(None, before=3.0), Column(None), Column(2.0), Column(None)]
    figure = columns(holes, [*TICKS, *TICKS][:6], style, "上年同月", [])
    # Before a series begins nothing is missing; the height is that of the tallest column, not a guess.
    assert missing(figure) == [(2, 3, 0, 4.0), (5, 5, 0, 4.0)]
    assert figure["data"][0]["y"] == [None, 4.0, None, None, 2.0, None]
    assert figure["data"][1]["y"][2] == 3.0
    assert MISSING[0] in words_over(figure)
    points = [Point(None), Point(2.0), Point(None), Point(-1.0)]
    drawn = lines([Line("a", points, "−1.0%", "#fff", "#fff")], [*TICKS, *TICKS][:4], style)
    assert missing(drawn) == [(2, 2, -1.0, 2.0)]
    assert [trace["x"] for trace in drawn["data"]] == [[1], [3]]
    assert MISSING[0] in words_over(drawn)
    sides = [Side("出口", [Column(3.0), Column(None)], "3"), Side("进口", [Column(1.0), Column(2.0)], "2")]
    both = mirrored(*sides, [2.0, None], ("顺差", ""), TICKS[:2], style)
    assert [each[:2] for each in missing(both)] == [(1, 1)]
    assert MISSING[0] in words_over(both)


def test_nothing_is_dotted_where_every_slot_has_a_figure() -> None:
    whole = columns([Column(1.0), Column(2.0)], TICKS[:2], STYLES[0], "", [])
    assert missing(whole) == []
    assert MISSING[0] not in words_over(whole)
