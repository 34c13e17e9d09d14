"""The cluster panels as spec tables: figures stored on both databases, read as a panel reads, and what is drawn."""

from __future__ import annotations

import json

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.facts import TOTAL
from data.industries import parts
from data.periods import month_period
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts.panel import Drawn
from layouts.panels import PANELS
from layouts.panels.chains import strength_of
from tests.layouts.book import YEAR_BEFORE, Book, rows

CITY, PROVINCE = "370200", "370000"
DIVISIONS = ("C25", "C26", "C29")
INDUSTRIAL = ("CL_PETRO", "CL_HOME", "CL_SHIP", "CL_AUTO", "CL_MACH", "CL_EMERGING", "OTH_IND")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture
def book(warehouse: Warehouse, catalogue: Catalogue) -> Book:
    return Book(warehouse, catalogue)


# --- contribution to industrial growth


def contributions_book(book: Book) -> Book:
    """The vector of the domain rules: shares 2.28 : 37.22 : 60.50, growth 0.4, 3.0, 6.9, the whole 5.3."""
    vector = {"CL_PETRO": (2.28, 0.4), "CL_HOME": (37.22, 3.0), "CL_SHIP": (60.50, 6.9)}
    for code, (share, growth) in vector.items():
        book.put("industrial_va_share", share, period=YEAR_BEFORE, industry=code)
        book.put("industrial_va_growth", growth, industry=code)
    return book.put("industrial_va_growth", 5.3)


def test_contributions_and_residual_are_those_of_the_vector(book: Book) -> None:
    drawn = contributions_book(book).drawn("contribution")
    bars = rows(drawn)
    assert {name: bars[name][1] for name in ("石油化工", "家电电子", "船舶海工", "余项", "规上工业")} == {
        "石油化工": "+0.01",
        "家电电子": "+1.12",
        "船舶海工": "+4.17",
        "余项": "0.00",
        "规上工业": "+5.3%",
    }
    told = sum(bars[name][0] for name in ("石油化工", "家电电子", "船舶海工", "余项"))
    assert told == pytest.approx(5.3)
    rates = [note["text"] for note in drawn.figure["layout"]["annotations"][1:]]
    assert rates == ["0.2%", "21.1%", "78.8%"]
    assert "船舶海工拉动 4.2 个百分点" in drawn.takeaway.zh
    assert "无数据，计入余项" in drawn.note_zh  # the clusters without figures are named, not taken for zero
    assert bars["汽车零部件"] == (None, "…")


def test_a_residual_is_shown_not_hidden(book: Book) -> None:
    contributions_book(book).put("industrial_va_growth", 6.0, period=month_period(2024, 11))
    book.put("industrial_va_share", 50.0, period=month_period(2023, 11), industry="CL_PETRO")
    book.put("industrial_va_growth", 10.0, period=month_period(2024, 11), industry="CL_PETRO")
    drawn = book.drawn("contribution")
    assert rows(drawn)["余项"] == (pytest.approx(1.0), "+1.00")
    assert "余项 +1.00" in drawn.alt


def test_on_a_growth_near_zero_there_are_no_rates(book: Book) -> None:
    book.put("industrial_va_share", 50.0, period=YEAR_BEFORE, industry="CL_PETRO")
    book.put("industrial_va_growth", 1.0, industry="CL_PETRO").put("industrial_va_growth", 0.4)
    drawn = book.drawn("contribution")
    assert rows(drawn)["石油化工"][1] == "+0.50"
    assert drawn.figure["layout"]["annotations"] == []


def test_of_a_cluster_the_divisions_make_its_growth(book: Book) -> None:
    for code, share, growth in (("C25", 10.0, 4.0), ("C26", 10.0, 8.0), ("C29", 5.0, 2.0)):
        book.put("industrial_va_share", share, period=YEAR_BEFORE, industry=code)
        book.put("industrial_va_growth", growth, industry=code)
    book.put("industrial_va_share", 25.0, period=YEAR_BEFORE, industry="CL_PETRO")
    book.put("industrial_va_growth", 5.5, industry="CL_PETRO").put("industrial_va_growth", 5.0)
    drawn = book.drawn("contribution", industry="C26")
    bars = rows(drawn)
    assert [bars[name][1] for name in ("石油煤炭加工", "化工", "橡胶塑料")] == ["+1.60", "+3.20", "+0.40"]
    assert bars["余项"][0] == pytest.approx(0.3)
    assert "对石油化工增速的拉动" in drawn.note_zh


def test_with_a_confidential_part_nothing_is_worked_out(book: Book) -> None:
    contributions_book(book).put("industrial_va_share", 3.0, period=YEAR_BEFORE, industry="CL_AUTO", conf="C")
    drawn = book.drawn("contribution")
    assert drawn.figure is None
    assert "保密" in drawn.empty.reason_zh


# --- strength against the chosen area


def quotient_book(book: Book) -> Book:
    figures = {"370211": (200.0, 1000.0), CITY: (500.0, 5000.0), PROVINCE: (12000.0, 50000.0)}
    for region, (part, whole) in figures.items():
        book.put("industrial_output", part, region=region, industry="CL_PETRO")
        book.put("industrial_output", whole, region=region)
    return book.put("industrial_output", 6.4, measure="yoy", industry="CL_PETRO")


@pytest.mark.parametrize(("reference", "name", "quotient"), [(None, "青岛市", 2.0), (PROVINCE, "山东省", 200 / 240)])
def test_the_bubble_stands_at_the_quotient_of_the_chosen_area(
    book: Book, reference: str | None, name: str, quotient: float
) -> None:
    drawn = quotient_book(book).drawn("bubble", reference=reference)
    trace = drawn.figure["data"][0]
    assert trace["x"] == [pytest.approx(quotient)]
    assert trace["y"] == [6.4]
    assert trace["customdata"] == ["CL_PETRO"]
    assert drawn.figure["layout"]["xaxis"]["title"]["text"] == f"区位商（1 = {name}平均）"
    (worked,) = drawn.worked_out
    assert f"（{name}产业产值 ÷ {name}规上工业产值）" in worked.formula_zh
    assert worked.formula_en.count({CITY: "Qingdao", PROVINCE: "Shandong"}[reference or CITY]) == 2
    assert f"（{name[:2]}=1）" in worked.name_zh
    assert "港口航运为服务业，未列入" in drawn.note_zh


def test_an_area_without_comparable_figures_is_refused_by_name(book: Book) -> None:
    drawn = quotient_book(book).drawn("bubble", reference="100000")
    assert drawn.figure is None
    assert drawn.empty.reason_zh.startswith("全国没有同单位、同期、同价格口径")
    assert "share" not in drawn.empty.reason_en
    assert book.again("bubble", reference="370211").empty is not None  # the district against itself says nothing


def test_figures_of_another_period_are_not_compared(book: Book) -> None:
    book.put("industrial_output", 200.0, industry="CL_PETRO").put("industrial_output", 1000.0)
    book.put("industrial_output", 6.4, measure="yoy", industry="CL_PETRO")
    for value, code in ((12000.0, "CL_PETRO"), (50000.0, TOTAL)):
        book.put("industrial_output", value, region=PROVINCE, period=month_period(2024, 9), industry=code)
    assert book.drawn("bubble", reference=PROVINCE).empty is not None


# --- structure


def structure_book(book: Book, **confidential: str) -> Book:
    for code, value in (("C25", 500.0), ("C26", 300.0), ("C29", 200.0)):
        book.put("industrial_output", value, industry=code, conf=confidential.get(code, "F"))
        book.put("industrial_output", 10.0, measure="yoy", industry=code, conf=confidential.get(code, "F"))
    return book.put("industrial_output", 1000.0, industry="CL_PETRO")


def test_the_tiles_of_a_cluster_are_its_divisions_with_their_shares(book: Book) -> None:
    drawn = structure_book(book).drawn("structure", industry="CL_PETRO")
    trace = drawn.figure["data"][0]
    assert trace["type"] == "treemap"
    assert trace["customdata"] == ["", *DIVISIONS]
    assert trace["values"] == [1000.0, 500.0, 300.0, 200.0]
    assert "占 50.0%" in drawn.alt
    assert drawn.takeaway.zh == "**石油煤炭加工增 10.0%**，占 50.0%"


def test_a_confidential_part_hides_the_smallest_beside_it_and_all_that_gives_them_away(book: Book) -> None:
    drawn = structure_book(book, C26="C").drawn("structure", industry="CL_PETRO")
    trace = drawn.figure["data"][0]
    sizes = dict(zip(trace["customdata"], trace["values"], strict=True))
    assert sizes["C26"] == sizes["C29"] == 250.0  # half the smallest shown: a size that says nothing
    assert drawn.alt.count("×") == 2
    dumped = json.dumps(drawn.figure) + drawn.alt + str(drawn.takeaway)
    for derivable in ("300", "200", "30.0", "20.0"):
        assert derivable not in dumped
    assert [key.industry for key in drawn.shown if key.measure == "level"] == ["C25"]


def test_a_division_without_groups_shows_the_divisions_and_says_so(book: Book) -> None:
    drawn = structure_book(book).drawn("structure", industry="C26")
    assert drawn.figure["data"][0]["customdata"] == ["", *DIVISIONS]
    assert "未接入中类数据" in drawn.note_zh


def test_a_missing_part_is_counted_not_drawn_as_zero(book: Book) -> None:
    book.put("industrial_output", 500.0, industry="C25").put("industrial_output", 1000.0, industry="CL_PETRO")
    drawn = book.drawn("structure", industry="CL_PETRO")
    assert drawn.figure["data"][0]["customdata"] == ["", "C25"]
    assert "另 2 个无数据" in drawn.note_zh
    assert "占 50.0%" in drawn.alt  # of the published whole, not of what happens to be known


# --- profit and employment


def returns_book(book: Book, profits: dict[str, tuple[float, float]]) -> Book:
    for code, (before, now) in profits.items():
        book.put("industrial_profit", before, period=YEAR_BEFORE, industry=code)
        book.put("industrial_profit", now, industry=code).put("industrial_revenue", 1000.0, industry=code)
        book.put("industrial_employment", 1.25, accumulation="P", industry=code)
    return book


WORDS = [  # profit a year before, now, margin in per cent, change in words
    (-100.0, 50.0, "5.0%", "扭亏为盈"),
    (100.0, -50.0, "−5.0%", "由盈转亏"),
    (-100.0, -40.0, "−4.0%", "减亏 60.0%"),
    (-100.0, -150.0, "−15.0%", "增亏 50.0%"),
    (0.0, 50.0, "5.0%", "上年同期为零"),
    (100.0, 110.0, "11.0%", "▲10.0%"),
]


@pytest.mark.parametrize(("before", "now", "margin", "words"), WORDS)
def test_a_negative_base_is_told_in_words(book: Book, before: float, now: float, margin: str, words: str) -> None:
    drawn = returns_book(book, {"C25": (before, now)}).drawn("returns", industry="C25")
    left, right = rows(drawn), rows(drawn, 1)
    assert left["石油煤炭加工"][1] == margin
    assert right["石油煤炭加工"][1] == "1.25"
    told = [note["text"] for note in drawn.figure["layout"]["annotations"]]
    assert f"<b>{words}</b>" in told
    assert "150.0%" not in drawn.alt
    assert left["化工"] == (None, "…")


def test_official_growth_of_profit_wins_over_the_ratio(book: Book) -> None:
    returns_book(book, {"C25": (29047.6, 27298.3)}).put("industrial_profit", 16.5, measure="yoy", industry="C25")
    drawn = book.drawn("returns", industry="C25")
    assert "▲16.5%" in drawn.alt
    assert "6.0%" not in drawn.alt
    assert "nominal" not in drawn.flags


def test_the_sentence_says_who_turned_to_profit(book: Book) -> None:
    drawn = returns_book(book, {"C25": (-100.0, 50.0), "C26": (80.0, -20.0), "C29": (5.0, 5.0)}).drawn(
        "returns", industry="C25"
    )
    assert drawn.takeaway.zh == "**石油煤炭加工扭亏为盈**，1个行业亏损"


# --- chain


@pytest.mark.parametrize(
    ("output", "quotient", "strength"),
    [
        (None, None, "unknown"),
        (None, 2.0, "unknown"),
        (0.0, 0.0, "missing"),
        (5.0, None, "present"),
        (5.0, 1.2, "strong"),
        (5.0, 1.19, "present"),
        (5.0, 0.8, "present"),
        (5.0, 0.79, "weak"),
    ],
)
def test_strength_follows_from_the_figures(
    catalogue: Catalogue, output: float | None, quotient: float | None, strength: str
) -> None:
    assert strength_of(output, quotient, catalogue.chains.rules) == strength


def test_a_chain_says_strong_weak_missing_and_what_has_no_data(book: Book) -> None:
    book.put("industrial_output", 1000.0).put("industrial_output", 10000.0, region=CITY)
    for code, here, there in (("C251", 100.0, 200.0), ("C262", 5.0, 100.0), ("C263", 0.0, 50.0), ("C292", 10.0, 100.0)):
        book.put("industrial_output", here, industry=code).put("industrial_output", there, region=CITY, industry=code)
    book.put("bulk_import_volume", 370.0, commodity="CRUDE")
    drawn = book.drawn("chain", industry="CL_PETRO")
    trace = drawn.figure["data"][0]
    texts = dict(zip(trace["customdata"], trace["hovertext"], strict=True))
    assert texts["C251"].startswith("炼油 强 区位商 5.00")
    assert texts["C262"].startswith("肥料 弱 区位商 0.50")
    assert texts["C263"] == "农药 缺"
    assert texts["C292"].startswith("塑料制品 有 区位商 1.00")
    assert "原油进口 有" in drawn.alt
    assert "合成纤维 无数据" in drawn.alt
    assert drawn.takeaway.zh == "**缺农药 1 环**，强 1 环"
    assert "工作口径" in drawn.note_zh
    assert "青岛=1" in drawn.note_zh
    assert "未判强弱" not in drawn.note_zh
    (worked,) = drawn.worked_out
    quotients = {key.industry: value for key, by_period in worked.values.items() for value in by_period.values()}
    assert quotients == {"C251": 5.0, "C262": 0.5, "C263": 0.0, "C292": 1.0}  # the table holds what the boxes say
    assert "青岛市规上工业产值" in worked.formula_zh
    assert {each.key.industry for each in drawn.listed if each.key.industry != TOTAL} == set(quotients)


def test_against_an_area_without_groups_a_link_is_only_there(book: Book) -> None:
    book.put("industrial_output", 1000.0).put("industrial_output", 100.0, industry="C251")
    drawn = book.drawn("chain", industry="CL_PETRO", reference=PROVINCE)
    assert "炼油 有 100.0 亿元" in drawn.alt
    assert "区位商（山东=1）" in drawn.note_zh
    assert drawn.note_zh.startswith("山东无这些环节的数据，未判强弱")


def test_a_confidential_link_shows_its_sign_and_no_strength(book: Book) -> None:
    book.put("industrial_output", 1000.0).put("industrial_output", 10000.0, region=CITY)
    book.put("industrial_output", 100.0, industry="C251", conf="C")
    book.put("industrial_output", 200.0, region=CITY, industry="C251")
    book.put("industrial_output", 10.0, industry="C292").put("industrial_output", 3.0, region=CITY, industry="C292")
    drawn = book.drawn("chain", industry="CL_PETRO")
    assert "炼油 ×" in drawn.alt
    assert "5.00" not in drawn.alt
    assert [key.industry for worked in drawn.worked_out for key in worked.values] == ["C292"]


# --- lines and heat


def test_lines_are_the_chosen_division_its_cluster_and_the_district(book: Book) -> None:
    for code, rate in (("C26", 7.7), ("CL_PETRO", 6.5), (TOTAL, 6.3)):
        book.put("industrial_va_growth", rate, accumulation="S", industry=code)
    drawn = book.drawn("cluster_lines", industry="C26")
    assert [trace["name"] for trace in drawn.figure["data"]] == ["化工", "石油化工", "全区"]
    assert drawn.takeaway.zh == "化工**快于石油化工 1.2 个百分点**"


def test_without_a_choice_the_district_stands_beside_the_reference_area(book: Book) -> None:
    book.put("industrial_va_growth", 6.3, accumulation="S")
    book.put("industrial_va_growth", 6.9, accumulation="S", region=CITY)
    drawn = book.drawn("cluster_lines")
    assert [trace["name"] for trace in drawn.figure["data"]] == ["全区", "青岛"]
    assert "山东无同口径增速" in book.again("cluster_lines", reference=PROVINCE).note_zh


def test_a_hidden_rate_in_the_heat_map_shows_its_sign(book: Book) -> None:
    book.put("industrial_va_growth", 6.5, accumulation="S", industry="CL_PETRO")
    book.put("industrial_va_growth", 4.4, accumulation="S", industry="C25", conf="C")
    drawn = book.drawn("heat", industry="CL_PETRO")
    texts = drawn.figure["data"][0]["text"]
    assert [row[-1] for row in reversed(texts)] == ["+6.5", "×", "…", "…"]


# --- drilling through the filled warehouse


def drilled(warehouse: Warehouse, catalogue: Catalogue, code: str, **choices: object) -> Drawn:
    book = Book(warehouse, catalogue)
    return book.again(code, **choices)


def codes(drawn: Drawn) -> set[str]:
    found = [code for trace in drawn.figure["data"] for code in trace.get("customdata", ())]
    flat = [each for code in found for each in (code if isinstance(code, list) else [code])]
    return {code for code in flat if code}


def test_the_treemap_drills_from_clusters_to_divisions_to_groups(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    expected = (
        (None, set(INDUSTRIAL[:-1])),
        ("CL_PETRO", set(DIVISIONS)),
        ("C26", set(parts(catalogue, "C26")) - {"C263", "C267"}),  # a true zero has no tile
        ("C265", set(parts(catalogue, "C26")) - {"C263", "C267"}),
    )
    for industry, tiles in expected:
        for accumulation in ("Y", "S"):
            drawn = drilled(filled_warehouse, catalogue, "structure", industry=industry, accumulation=accumulation)
            assert codes(drawn) == tiles
            values = drawn.figure["data"][0]["values"]
            assert sum(values[1:]) == pytest.approx(values[0])


def test_the_tiles_add_up_to_the_published_parent(filled_warehouse: Warehouse, catalogue: Catalogue) -> None:
    whole = drilled(filled_warehouse, catalogue, "structure", industry="CL_PETRO")
    inside = drilled(filled_warehouse, catalogue, "structure", industry="C26")
    of_parent = dict(zip(whole.figure["data"][0]["customdata"], whole.figure["data"][0]["values"], strict=True))
    assert sum(inside.figure["data"][0]["values"][1:]) == pytest.approx(of_parent["C26"], abs=1e-6)


@pytest.mark.parametrize("code", ["bubble", "clusters", "returns"])
def test_a_division_stands_among_the_divisions_of_its_cluster(
    filled_warehouse: Warehouse, catalogue: Catalogue, code: str
) -> None:
    assert codes(drilled(filled_warehouse, catalogue, code, industry="C26")) == set(DIVISIONS)
    assert set(INDUSTRIAL[:-1]) <= codes(drilled(filled_warehouse, catalogue, code, industry="CL_PETRO"))


def test_the_heat_map_drills_to_the_divisions_of_the_chosen_cluster(
    filled_warehouse: Warehouse, catalogue: Catalogue
) -> None:
    drawn = drilled(filled_warehouse, catalogue, "heat", industry="CL_PETRO")
    assert codes(drawn) == {"CL_PETRO", *DIVISIONS}
    assert len(drawn.figure["layout"]["shapes"]) == 1  # one row has an outline


CLUSTER_PANELS = ("bubble", "structure", "heat", "cluster_lines", "chain", "clusters", "returns", "contribution")
CHOICES = (None, "CL_PETRO", "CL_PORT", "CL_AUTO", "C26", "C265", "G55", "C28", "S2")


@pytest.mark.parametrize("panel", CLUSTER_PANELS)
def test_every_choice_is_drawn_and_every_mark_is_an_industry_of_the_catalogue(
    filled_warehouse: Warehouse, catalogue: Catalogue, panel: str
) -> None:
    for industry in CHOICES:
        drawn = drilled(filled_warehouse, catalogue, panel, industry=industry)
        assert drawn.empty is None, industry
        assert PANELS[panel].selects == ("period" if panel == "cluster_lines" else "industry")
        for code in codes(drawn):
            if PANELS[panel].selects == "industry":
                assert catalogue.code("industry", code).name_zh


@pytest.mark.parametrize("panel", CLUSTER_PANELS)
def test_a_panel_follows_exactly_the_filters_it_names(
    filled_warehouse: Warehouse, catalogue: Catalogue, panel: str
) -> None:
    """What a panel does not follow changes nothing on it; what it follows does, for some choice."""
    plain = drilled(filled_warehouse, catalogue, panel)
    changed = {
        "industry": {"industry": "C38"},
        "reference": {"reference": PROVINCE},
        "accumulation": {"accumulation": "S"},
        "period": {"period": month_period(2025, 6)},
        "window": {"window": "36"},
        "region": {"region": CITY},
        "growth.avg2": {"growth": "avg2"},
    }
    for name, choice in changed.items():
        other = drilled(filled_warehouse, catalogue, panel, **choice)
        same = (plain.figure, plain.alt, plain.note_zh) == (other.figure, other.alt, other.note_zh)
        assert same == (name not in PANELS[panel].follows), name
