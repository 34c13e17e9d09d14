"""The cards, the header and the ticker say what they judge by and of which period they speak."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import plotly.utils
import pytest

from data.catalogue import Catalogue, load_catalogue
from data.freshness import Freshness
from data.periods import month_period
from data.queries import Want, read_frame
from data.selection import ROUTES, Selection
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts import filter_bar, header, key_figures, overview, words
from layouts.header import Alert, Header
from layouts.kpi import Kpi, kpi_strip
from layouts.panel import Drawing
from layouts.theme import Style

TODAY = date(2026, 11, 23)
OCTOBER = month_period(2026, 10)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


def drawing(
    warehouse: Warehouse, catalogue: Catalogue, language: str = "zh", kind: str = "wall", **choices: object
) -> Drawing:
    route = ROUTES["/wall/overview" if kind == "wall" else "/"]
    selection = route.with_(language=language, **choices)
    frame = read_frame(warehouse, overview.ask(catalogue, selection), simulated=True)
    return Drawing(frame, catalogue, selection, Style("dark", "cn", kind, language))


def cards(made: Drawing) -> dict[str, Kpi]:
    return {card.code: card for card in key_figures.cards(made, key_figures.read(made))}


def planned(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the same targets, set by a plan."""
    told = {"target_is_example": False, "target_source_zh": "区“十四五”规划", "target_source_en": "District plan"}
    return replace(
        catalogue, indicators={code: each.model_copy(update=told) for code, each in catalogue.indicators.items()}
    )


def shown(component: object) -> str:
    """Return a component as the text of its properties."""
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def said(made: Drawing) -> str:
    """Return every word of cards, headline and ticker that may judge by a target."""
    found = key_figures.read(made)
    headline = overview.headline(made, found)
    return " ".join([shown(kpi_strip(list(cards(made).values()), made.style)), str(headline)])


def test_every_word_that_judges_by_an_example_says_so(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    made = drawing(filled_warehouse, catalogue)
    for card in cards(made).values():
        if card.target is not None:
            assert card.target.left_label.startswith("示例"), card.code
            assert "示例目标" in card.target.title
            assert "示例目标，待接入本区计划" in card.target.title
    assert not re.search("(?<!示例)目标(?!（含)", said(made).replace("示例目标", ""))


def test_the_english_says_example_target(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    made = drawing(filled_warehouse, catalogue, "en")
    for card in cards(made).values():
        if card.target is not None:
            assert card.target.left_label.startswith("Ex. ")
            assert card.target.title.startswith("example target")
    assert "below example target" in str(overview.headline(made, key_figures.read(made)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_planned_target_is_called_a_target(filled_warehouse: Warehouse, catalogue: Catalogue, language: str) -> None:
    made = drawing(filled_warehouse, planned(catalogue), language)
    everything = said(made)
    assert "示例" not in everything
    assert "xample" not in everything
    assert ("目标" if language == "zh" else "target") in everything


def test_some_examples_among_plans_are_told(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    mixed = planned(catalogue)
    mixed = replace(mixed, indicators={**mixed.indicators, "gdp": catalogue.indicators["gdp"]})
    made = drawing(filled_warehouse, mixed)
    behind = [each.indicator.code for each in key_figures.read(made) if each.is_behind]
    assert "gdp" in behind
    assert "低于目标（含示例目标）" in str(overview.headline(made, key_figures.read(made)))


def test_an_example_needs_targets(catalogue: Catalogue) -> None:
    plain = catalogue.indicators["cargo_throughput"]
    assert not plain.targets
    with pytest.raises(ValueError, match="target_is_example needs targets"):
        type(plain).model_validate({**plain.model_dump(exclude_unset=True), "target_is_example": True})


def test_the_title_of_a_level_target_tells_its_schedule(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    card = cards(drawing(filled_warehouse, catalogue))["trade"]
    assert card.target is not None
    assert re.search(r"示例目标 4,200\.0 亿元，年度 [\d.]+%，序时 [\d.]+%", card.target.title)
    assert card.target.title in shown(kpi_strip([card], Style("dark", "cn", "desk", "zh")))


def test_with_one_period_shown_a_cumulative_card_says_its_own(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    single = cards(drawing(filled_warehouse, catalogue, accumulation="S", period=OCTOBER))
    assert single["fixed_asset_investment_growth"].period_short == "1–10月"
    assert single["budget_revenue"].period_short == "1–10月"
    assert single["gdp"].period_short == "1–9月"
    assert single["trade"].period_short == ""
    cumulative = cards(drawing(filled_warehouse, catalogue, accumulation="Y", period=OCTOBER))
    assert cumulative["budget_revenue"].period_short == ""
    assert cumulative["gdp"].period_short == "1–9月"


def test_who_publishes_february_alone_says_so(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    february = month_period(2026, 2)
    made = drawing(filled_warehouse, catalogue, accumulation="S", period=february)
    found = cards(made)
    assert found["trade"].period_short == "2月"
    assert found["container_throughput"].period_short == "2月"
    assert found["retail_sales"].period_short == ""
    assert overview.header(made, key_figures.read(made), {}).period_text == "2026年1–2月"
    assert cards(drawing(filled_warehouse, catalogue, period=february))["trade"].period_short == ""


@pytest.mark.parametrize(
    ("parts", "zh", "en"),
    [
        (("M", "Y", OCTOBER), "1–10月", "Jan–Oct"),
        (("M", "S", OCTOBER), "10月", "Oct"),
        (("M", "P", OCTOBER), "10月末", "end-Oct"),
        (("M", "Y", month_period(2026, 1)), "1月", "Jan"),
        (("Q", "Y", month_period(2026, 3)), "1–3月", "Q1"),
        (("Q", "Y", month_period(2026, 9)), "1–9月", "Q1–3"),
        (("Q", "S", month_period(2026, 9)), "三季度", "Q3"),
        (("A", "S", month_period(2026, 12)), "2026", "2026"),
    ],
)
def test_short_periods(parts: tuple[str, str, int], zh: str, en: str) -> None:
    assert words.short_period(*parts, "zh") == zh
    assert words.short_period(*parts, "en") == en


def bar_of(selection: Selection, months: list[tuple[str, str]], catalogue: Catalogue, language: str) -> list[object]:
    """Return the bar of a page whose panels follow period and accumulation."""
    return filter_bar.filter_bar(
        selection, months, catalogue, {"period", "accumulation"}, Style("dark", "cn", "desk", language)
    )


@pytest.mark.parametrize(
    ("accumulation", "language", "first"),
    [
        ("Y", "zh", "最新（2026年1–10月）"),
        ("S", "zh", "最新（2026年10月）"),
        ("Y", "en", "Latest (Jan–Oct 2026)"),
    ],
)
def test_the_filter_says_which_period_is_the_latest(
    catalogue: Catalogue, accumulation: str, language: str, first: str
) -> None:
    selection = ROUTES["/"].with_(accumulation=accumulation, language=language)
    bar = bar_of(selection, [("2026-10", "2026年10月")], catalogue, language)
    assert first in shown(bar)


def test_without_any_figure_the_filter_says_only_latest(catalogue: Catalogue) -> None:
    assert "最新（" not in shown(bar_of(ROUTES["/"], [], catalogue, "zh"))


HEAD = Header("2026年1–10月", 10, "2026-11-20", {Freshness.CURRENT: 16, Freshness.DUE_SOON: 1, Freshness.BROKEN: 8})


@pytest.mark.parametrize("kind", ["wall", "desk"])
def test_the_head_says_period_release_and_freshness(kind: str) -> None:
    style = Style("dark", "cn", kind, "zh")
    block = shown(header.period_block(HEAD, style) if kind == "wall" else header.desk_stamp(HEAD, style))
    assert "2026年1–10月" in block
    assert "最近发布 2026-11-20" in block
    assert "截至" not in block
    parts = [block.index(part) for part in ("数据：", "16 正常", "1 临期", "8 中断")]
    assert parts == sorted(parts)
    assert block.count("数据：") == 1


def test_the_headline_names_what_the_cluster_leads_in(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    made = drawing(filled_warehouse, catalogue)
    sentence = overview.headline(made, key_figures.read(made))
    assert sentence is not None
    assert "增加值增速最高" in sentence.zh
    assert "VA grows fastest" in sentence.en
    assert "领涨" not in sentence.zh
    assert "…" not in sentence.en
    assert re.search(r"等 \d 项低于示例目标", sentence.zh)
    assert re.search(r"and \d others below example target", sentence.en)


@pytest.mark.parametrize("kind", ["wall", "desk"])
def test_the_ticker_has_room_for_how_many_wait(kind: str) -> None:
    made = header.ticker([Alert(3, "一"), Alert(3, "二"), Alert(4, "三")], Style("dark", "cn", kind, "zh"))
    assert "预警 3" in shown(made)
    assert "另 {n} 条轮换" in shown(made)
    assert len(made) == (2 if kind == "wall" else 3)  # the foot of the wall is a grid of two
    assert "[data-others]" in (ROOT / "assets" / "page.js").read_text(encoding="utf-8")


def test_english_heads_say_rate_and_share(catalogue: Catalogue) -> None:
    short = {code: each.short_en for code, each in catalogue.indicators.items()}
    assert short["industrial_va_growth"] == "Ind. VA growth"
    assert short["fixed_asset_investment_growth"] == "FAI growth"
    assert short["digital_core_va_share"] == "Digital share"
    bar = shown(bar_of(ROUTES["/"].with_(language="en"), [], catalogue, "en"))
    assert "Single" in bar
    assert "YTD" in bar


def test_the_cards_of_the_clusters_follow_the_chosen_industry(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    whole = drawing(filled_warehouse, catalogue, kind="desk", page="clusters")
    chosen = drawing(filled_warehouse, catalogue, kind="desk", page="clusters", industry="CL_PETRO")
    assert list(cards(whole)) == [
        "industrial_output", "industrial_va_growth", "industry_divisions_growing", "profit_margin",
        "industrial_enterprises", "industrial_employment",
    ]  # fmt: skip
    assert list(cards(chosen))[2] == "location_quotient"
    key = catalogue.indicators["industrial_output"].key(industry="CL_PETRO")
    output = filled_value(filled_warehouse, key, OCTOBER)
    assert cards(chosen)["industrial_output"].number == words.number(output, 1)
    assert cards(whole)["industrial_output"].number != cards(chosen)["industrial_output"].number


def filled_value(warehouse: Warehouse, key: object, period: int) -> float:
    return read_frame(warehouse, [Want(key, period, period)], simulated=True).value(key, period)


def test_the_quotient_names_its_area_and_is_worked_out_against_it(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    output = catalogue.indicators["industrial_output"]
    for reference, name in ((None, "青岛"), ("100000", "全国")):
        made = drawing(filled_warehouse, catalogue, kind="desk", page="clusters", industry="C26", reference=reference)
        area = reference or "370200"
        parts = [output.key(region=region, industry=code) for region in ("370211", area) for code in ("C26", "_T")]
        here, whole, there, all_there = (filled_value(filled_warehouse, part, OCTOBER) for part in parts)
        card = cards(made)["location_quotient"]
        assert card.number == words.number((here / whole) / (there / all_there), 2)
        assert card.unit == f"倍 · {name}=1"
        assert {"推算", "模拟"} <= {badge.text for badge in card.badges}


def test_the_margin_of_a_service_cluster_is_of_its_own_figures(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    made = drawing(filled_warehouse, catalogue, kind="desk", page="clusters", industry="CL_PORT", accumulation="S")
    found = cards(made)
    assert "service_revenue" in found
    assert "industrial_output" not in found
    assert found["location_quotient"].period_text == found["service_revenue"].period_text == "2026年1–9月"


def test_a_target_of_the_whole_is_not_held_against_one_industry(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    whole = drawing(filled_warehouse, catalogue, kind="desk", page="clusters")
    chosen = drawing(filled_warehouse, catalogue, kind="desk", page="clusters", industry="CL_PETRO")
    assert cards(whole)["industrial_va_growth"].target is not None
    assert cards(chosen)["industrial_va_growth"].target is None


def test_a_card_without_figures_of_the_industry_says_so(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    made = drawing(filled_warehouse, catalogue, kind="desk", page="clusters", industry="C265")
    assert cards(made)["industrial_employment"].number == "…"
    assert cards(made)["industrial_output"].number != "…"
