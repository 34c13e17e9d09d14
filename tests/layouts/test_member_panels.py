"""Panels of members, tiles and tables: order, shares, confidential members, points, origins that are told apart."""

from __future__ import annotations

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.periods import month_period
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts.panel import Drawn
from layouts.panels import PANELS
from layouts.panels.core import CLASSES
from layouts.panels.members import codes_of
from tests.layouts.book import YEAR_BEFORE, Book, rows

SEPTEMBER, JUNE = month_period(2024, 9), month_period(2024, 6)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture
def book(warehouse: Warehouse, catalogue: Catalogue) -> Book:
    return Book(warehouse, catalogue)


def test_core_classes_are_01_to_04_and_never_05(catalogue: Catalogue) -> None:
    assert codes_of(CLASSES, catalogue) == ("DE01", "DE02", "DE03", "DE04")


def core_book(book: Book, conf: str = "F") -> Book:
    values = {"DE01": 50.0, "DE02": 20.0, "DE03": 25.0, "DE04": 5.0}
    for code, value in values.items():
        hidden = conf if code == "DE02" else "F"
        book.put("digital_core_revenue", value, period=SEPTEMBER, industry=code, conf=hidden)
        book.put("digital_core_va_share", value / 10, period=JUNE, industry=code)
        book.put("digital_core_va_share", value / 10 - 0.1, period=JUNE - 12, industry=code)
    return book.put("digital_core_revenue", 100.0, period=SEPTEMBER).put("digital_core_va_share", 10.0, period=JUNE)


def heads(drawn: Drawn) -> list[str]:
    return [note["text"] for note in drawn.figure["layout"]["annotations"][:2]]


def test_two_measures_of_different_periods_say_so(book: Book) -> None:
    drawn = core_book(book).drawn("digital_core")
    assert list(rows(drawn))[::-1] == ["产品制造", "技术应用", "产品服务", "要素驱动"]
    assert rows(drawn, 1)["产品制造"] == (5.0, "5.0")
    assert heads(drawn) == ["营业收入 亿元 · 同比", "占 GDP % · 个百分点"]
    assert drawn.note_zh == "数字核心产业占比为2024年上半年"
    assert "<b>▲0.1</b>" in [note["text"] for note in drawn.figure["layout"]["annotations"]]
    assert "▲0.1 个百分点" in drawn.alt
    assert drawn.takeaway.zh == "**产品制造占比最高**，50.0%"


def test_a_confidential_class_hides_the_smallest_beside_it_on_its_side(book: Book) -> None:
    drawn = core_book(book, "C").drawn("digital_core")
    left = rows(drawn)
    assert {name for name, (value, label) in left.items() if (value, label) == (None, "×")} == {"产品服务", "要素驱动"}
    assert rows(drawn, 1)["产品服务"][1] == "2.0"
    assert "20.0 亿元" not in drawn.alt
    assert "digital_core_revenue" not in {key.indicator for key in drawn.shown if key.industry == "DE02"}


def test_signed_projects_choose_a_cluster_but_not_a_remainder(book: Book) -> None:
    for code in ("CL_PETRO", "CL_SHIP", "OTH_IND"):
        book.put("signed_amount", 10.0, industry=code).put("signed_projects", 3.0, industry=code)
    drawn = book.drawn("signed", industry="C25")
    assert set(drawn.figure["data"][0]["customdata"]) == {"CL_PETRO", "CL_SHIP", ""}
    names = drawn.figure["layout"]["yaxis"]["ticktext"]
    colors = dict(zip(names, drawn.figure["data"][0]["marker"]["color"], strict=True))
    assert colors["石油化工"] != colors["船舶海工"]


def test_a_rate_moves_in_points_and_the_sentence_says_so(book: Book) -> None:
    book.put("online_service_rate", 97.3, accumulation="S")
    book.put("online_service_rate", 95.9, accumulation="S", period=YEAR_BEFORE)
    drawn = book.drawn("city_rates")
    assert drawn.takeaway.zh == "2024年10月政务网办率97.3%，**同比提高1.4个百分点**"
    assert "1.4 个百分点" in str(drawn.children)
    assert "…" in str(drawn.children)  # the two others are not loaded, and keep their place


def test_the_fastest_tile_says_that_its_growth_was_worked_out(book: Book) -> None:
    for code, now, before in (("digital_parks", 12.0, 10.0), ("digital_park_enterprises", 105.0, 100.0)):
        book.put(code, now, accumulation="P").put(code, before, accumulation="P", period=YEAR_BEFORE)
    drawn = book.drawn("parks")
    assert drawn.takeaway.zh == "**园区数增速最高 20.0%（推算）**，2个指标全部增长"
    assert drawn.flags == {"derived"}


def test_an_exhibition_is_compared_with_the_same_month_of_the_year_before_only(book: Book) -> None:
    shows = {"EXPO_MARITIME": (90.0, 60.0), "EXPO_QD_INDUSTRY": (120.0, None)}
    for show, (now, before) in shows.items():
        book.put("expo_signed_amount", now, accumulation="P", breakdown=show)
        if before:
            book.put("expo_signed_amount", before, accumulation="P", breakdown=show, period=YEAR_BEFORE)
    drawn = book.drawn("expos")
    assert drawn.takeaway.zh == "签约额：**工业博览会居首**，120.0亿元"
    assert str(drawn.children).count("▲") == 1
    assert "50.0%" in str(drawn.children)


def test_quantities_and_values_of_bulk_goods_stand_in_columns_of_their_own(book: Book) -> None:
    book.put("bulk_import_volume", 390.6, accumulation="S", commodity="CRUDE")
    book.put("bulk_turnover", 175.7, accumulation="S", commodity="CRUDE")
    shown = str(book.drawn("bulk_goods").children)
    assert "390.6" in shown
    assert "万吨" in shown
    assert "亿元" in shown
    assert PANELS["bulk_goods"].follows == {"period", "commodity"}


def test_a_tick_of_the_year_before_needs_a_figure_of_the_same_kind(book: Book) -> None:
    book.put("cargo_throughput", 6400.0, accumulation="S").put(
        "cargo_throughput", 6200.0, accumulation="S", period=YEAR_BEFORE
    )
    figure = book.drawn("cargo").figure
    assert figure["data"][0]["y"][-1] == 6400.0
    assert figure["data"][1]["y"][-1] == 6200.0
    assert set(figure["data"][1]["y"][:-1]) == {None}
