"""The trade panels as spec tables: concentration, coverage, trade mode and goods, on both databases."""

from __future__ import annotations

import re

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.harmonized import chapter_of, chapters, section_of, sections
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts.mark_list import codes_of
from layouts.panel import Drawn
from tests.layouts.book import YEAR_BEFORE, Book, rows

HIDDEN = "×"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture
def book(warehouse: Warehouse, catalogue: Catalogue) -> Book:
    return Book(warehouse, catalogue)


# --- concentration


def partners_book(book: Book, total: float, *, conf: str = "F", scale: float = 1.0) -> Book:
    """Exports to four partners as 30 : 30 : 20 : 20, of a total; the vector of the domain rules."""
    book.put("trade", total, flow="X")
    for partner, value in {"G_ASEAN": 30, "G_EU": 30, "USA": 20, "KOR": 20}.items():
        book.put("trade", value * scale, flow="X", partner=partner, conf=conf if partner == "KOR" else "F")
    return book


def labels(drawn: Drawn) -> dict[str, str]:
    return {name: re.sub("</?b>", "", label) for name, (_, label) in rows(drawn).items()}


@pytest.mark.parametrize(
    ("total", "label"),
    [
        (100.0, "2,600 高"),
        (100.3, "2,600 高"),  # rounding: 99.7 % is the whole
        (99.8, "2,600 高"),
        (125.0, "仅覆盖 80.0%，不计算"),
        (101.0, "仅覆盖 99.0%，不计算"),
        (90.0, "仅覆盖 111.1%，不计算"),  # parts above the whole are no partition of it
    ],
)
def test_an_index_stands_only_where_the_parts_cover_the_total(book: Book, total: float, label: str) -> None:
    told = labels(partners_book(book, total).drawn("concentration"))
    assert told == {"出口市场": label, "进口来源": "…", "出口商品": "…", "进口商品": "…"}


def test_the_bands_are_printed_and_the_change_is_in_points(book: Book) -> None:
    partners_book(book, 100.0)
    for partner in ("G_ASEAN", "G_EU", "USA", "KOR"):
        book.put("trade", 25.0, flow="X", partner=partner, period=YEAR_BEFORE)
    book.put("trade", 100.0, flow="X", period=YEAR_BEFORE)
    drawn = book.drawn("concentration")
    texts = [note["text"] for note in drawn.figure["layout"]["annotations"]]
    assert any("≥1,000" in text for text in texts)
    assert any(">1,800" in text for text in texts)
    assert "<b>▲100</b>" in texts  # 2,600 after 2,500
    assert [shape["x0"] for shape in drawn.figure["layout"]["shapes"]] == [1000.0, 1800.0]
    assert drawn.takeaway.zh == "**出口市场最集中**，HHI 2,600，集中度高"
    assert "derived" in drawn.flags


def test_little_coverage_is_what_the_sentence_says(book: Book) -> None:
    drawn = partners_book(book, 125.0).drawn("concentration")
    assert drawn.takeaway.zh == "**出口市场仅覆盖 80.0%**，不计算集中度"
    assert drawn.takeaway.en == "**Export markets: 80.0% covered**, no index"


def test_a_confidential_part_leaves_neither_index_nor_coverage(book: Book) -> None:
    told = labels(partners_book(book, 100.0, conf="C").drawn("concentration"))
    assert told["出口市场"] == "…"


def test_the_remainder_counts_and_its_size_is_said(book: Book) -> None:
    book.put("trade", 100.0, flow="X").put("trade", 90.0, flow="X", partner="G_ASEAN")
    drawn = book.put("trade", 10.0, flow="X", partner="P_OTHER").drawn("concentration")
    assert labels(drawn)["出口市场"] == "8,200 高"
    assert "“其他”占 10.0%" in drawn.note_zh


# --- trade mode and enterprise kind


def modes_book(book: Book, conf: str = "F") -> Book:
    book.put("trade", 200.0)
    shares = {"MODE_GENERAL": 120.0, "MODE_PROCESSING": 30.0, "MODE_BONDED": 40.0, "MODE_OTHER": 10.0}
    for mode, value in shares.items():
        hidden = conf if mode == "MODE_BONDED" else "F"
        book.put("trade", value, breakdown=mode, conf=hidden)
        book.put("trade", 5.0, measure="yoy", breakdown=mode, conf=hidden)
    return book.put("trade", 150.0, breakdown="ENT_PRIVATE")


def test_modes_show_value_share_and_official_growth(book: Book) -> None:
    drawn = modes_book(book).drawn("trade_modes")
    assert {name: label for name, (_, label) in rows(drawn).items()} == {
        "一般贸易": "120.0 · 60.0%",
        "保税物流": "40.0 · 20.0%",
        "加工贸易": "30.0 · 15.0%",
        "其他方式": "10.0 · 5.0%",
        "民企": "150.0 · 75.0%",
    }
    assert drawn.takeaway.zh == "**一般贸易增 5.0%**，占 60.0%"
    changes = [note["text"] for note in drawn.figure["layout"]["annotations"] if "▲" in note["text"]]
    assert changes == ["<b>▲5.0%</b>"] * 4  # none is worked out for enterprises without a year before


def test_a_confidential_mode_hides_the_smallest_beside_it(book: Book) -> None:
    drawn = modes_book(book, "C").drawn("trade_modes")
    told = rows(drawn)
    assert {name for name, (value, label) in told.items() if label == HIDDEN and value is None} == {
        "保税物流",
        "其他方式",
    }
    assert not {"MODE_BONDED", "MODE_OTHER"} & {key.breakdown for key in drawn.shown}
    assert "40.0" not in str(drawn)
    assert "10.0" not in str(drawn)


# --- goods by section and chapter


@pytest.mark.parametrize(
    ("commodity", "section", "chapter"),
    [
        (None, "", ""),
        ("HS_S05", "HS_S05", ""),
        ("HS27", "HS_S05", "HS27"),
        ("CRUDE", "HS_S05", "HS27"),
        ("TSR20", "HS_S07", "HS40"),
        ("RUBBER", "HS_S07", "HS40"),
        ("PULP", "HS_S10", "HS47"),
        ("MECH_ELEC", "", ""),  # of several sections
    ],
)
def test_where_goods_stand(catalogue: Catalogue, commodity: str | None, section: str, chapter: str) -> None:
    assert (section_of(catalogue, commodity), chapter_of(catalogue, commodity)) == (section, chapter)


def test_sections_are_those_that_add_up_to_trade(catalogue: Catalogue) -> None:
    assert len(sections(catalogue)) == 21
    assert sum(len(chapters(catalogue, section)) for section in sections(catalogue)) == 96


def goods_book(book: Book) -> Book:
    book.put("trade", 100.0, flow="M")
    for code, value in {"HS_S05": 60.0, "HS_S16": 39.8, "HS_S21": 0.2}.items():
        book.put("trade", value, flow="M", commodity=code)
        book.put("trade", 8.0, measure="yoy", flow="M", commodity=code)
    return book


def test_sections_are_tiles_and_the_very_small_ones_are_named_in_the_footer(book: Book) -> None:
    drawn = goods_book(book).drawn("import_goods")
    assert set(codes_of(drawn.figure)) == {"HS_S05", "HS_S16"}
    assert drawn.note_zh == "另 1 项各不足 0.5%"
    assert "占 60.0%" in drawn.alt


def test_a_section_is_drilled_to_its_chapters_where_they_are_loaded(book: Book) -> None:
    goods_book(book)
    for code, value in {"HS26": 15.0, "HS27": 45.0}.items():
        book.put("trade", value, flow="M", commodity=code)
    drawn = book.drawn("import_goods", commodity="HS_S05")
    assert set(codes_of(drawn.figure)) == {"HS26", "HS27"}
    assert drawn.unit_zh == "矿产品 · 分章"
    assert "占 75.0%" in drawn.alt
    stays = book.again("import_goods", commodity="HS_S16")
    assert set(codes_of(stays.figure)) == {"HS_S05", "HS_S16"}
    assert "分章数据未接入" in stays.note_zh
    assert book.again("import_goods", commodity="HS_S21").note_zh.endswith("所选类只有一章")


def test_exports_without_data_say_so(book: Book) -> None:
    assert goods_book(book).drawn("export_goods").empty is not None
