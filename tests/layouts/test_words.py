"""The one formatter: numbers, units, changes, periods, statuses, in zh and en."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import measures
from data.freshness import Freshness
from data.measures import Basis, ChangeUnit, Growth, Outcome
from data.status import CellKind
from data.targets import Completion, Schedule
from layouts import words


@dataclass(frozen=True)
class Unit:
    name_zh: str
    name_en: str
    english_factor: float = 1.0
    english_decimals: int = 0
    base: str = ""


@dataclass(frozen=True)
class Cell:
    value: float | None
    obs_status: str = "A"
    conf_status: str = "F"


BILLION = Unit("亿元", "CNY bn", 0.1, 1)
MILLION = Unit("万元", "CNY m", 0.01, 2)
TEU = Unit("万TEU", "m TEU", 0.01, 2)
PERCENT = Unit("%", "%")
FIRMS = Unit("家", "firms")
BARREL = Unit("美元/桶", "USD/bbl")
YUAN = Unit("元", "CNY")
INDEX = Unit("2010年=100", "2010=100", base="index")
PIECES = Unit("个", "")

NUMBERS = [
    (5003.38, 2, False, "5,003.38"),
    (5003.38, 1, False, "5,003.4"),
    (-1234.5, 1, False, "−1,234.5"),
    (0.0, 1, False, "0.0"),
    (-0.04, 1, False, "0.0"),
    (-0.04, 1, True, "0.0"),
    (8.6, 1, True, "+8.6"),
    (-8.6, 1, True, "−8.6"),
    (0.285, 2, False, "0.29"),
    (12406, 0, False, "12,406"),
    (1e9, 0, False, "1,000,000,000"),
]


@pytest.mark.parametrize(("value", "decimals", "sign", "text"), NUMBERS)
def test_number(value, decimals, sign, text):
    assert words.number(value, decimals, sign=sign) == text


FIGURES = [
    # value, unit, decimals, zh, en
    (5003.38, BILLION, 2, "5,003.38 亿元", "CNY 500.338 bn"),
    (5003.38, BILLION, 1, "5,003.4 亿元", "CNY 500.34 bn"),
    (5003.35, BILLION, 1, "5,003.4 亿元", "CNY 500.34 bn"),  # the same digits in both languages
    (-38.5, BILLION, 1, "−38.5 亿元", "CNY −3.85 bn"),
    (1938454, MILLION, 0, "1,938,454 万元", "CNY 19,384.54 m"),
    (2286.5, TEU, 1, "2,286.5 万TEU", "22.865 m TEU"),
    (10.8, PERCENT, 1, "10.8%", "10.8%"),
    (412, FIRMS, 0, "412 家", "412 firms"),
    (73.2, BARREL, 1, "73.2 美元/桶", "73.2 USD/bbl"),
    (45000, YUAN, 0, "45,000 元", "CNY 45,000"),
    (103.2, INDEX, 1, "103.2（2010年=100）", "103.2 (2010=100)"),
    (12406, PIECES, 0, "12,406 个", "12,406"),
    (0.0, BILLION, 1, "0.0 亿元", "CNY 0.00 bn"),
    (0.04, BILLION, 1, "<0.05 亿元", "CNY <0.005 bn"),
    (-0.04, BILLION, 1, ">−0.05 亿元", "CNY >−0.005 bn"),
]


@pytest.mark.parametrize(("value", "unit", "decimals", "zh", "en"), FIGURES)
def test_figure(value, unit, decimals, zh, en):
    assert words.figure(value, unit, decimals, "zh").text == zh
    assert words.figure(value, unit, decimals, "en").text == en


def test_a_figure_keeps_number_and_unit_apart():
    told = words.figure(5003.38, BILLION, 1, "zh")
    assert (told.number, told.unit, told.kind) == ("5,003.4", "亿元", CellKind.VALUE)
    assert words.figure(8.6, PERCENT, 1, "zh", sign=True).text == "+8.6%"


CELLS = [
    (Cell(12.34), "12.3 亿元", CellKind.VALUE),
    (Cell(0.0), "0.0 亿元", CellKind.ZERO),
    (Cell(0.01), "<0.05 亿元", CellKind.ROUNDS_TO_ZERO),
    (Cell(None, "L"), "…", CellKind.NOT_AVAILABLE),
    (None, "…", CellKind.NOT_AVAILABLE),
    (Cell(None, "M"), "—", CellKind.NOT_APPLICABLE),
    (Cell(12.3, "A", "C"), "×", CellKind.CONFIDENTIAL),
    (Cell(None, "A", "N"), "×", CellKind.CONFIDENTIAL),
    (Cell(None, "Q"), "※", CellKind.UNRELIABLE),
]


@pytest.mark.parametrize(("cell", "text", "kind"), CELLS)
def test_six_cells_are_six_texts(cell, text, kind):
    told = words.cell_figure(cell, BILLION, 1, "zh")
    assert (told.text, told.kind) == (text, kind)


def test_no_cell_is_blank_and_every_sign_has_words():
    missing = [kind for kind in CellKind if kind not in {CellKind.VALUE, CellKind.ZERO, CellKind.ROUNDS_TO_ZERO}]
    assert len({words.missing_text(kind) for kind in missing}) == len(missing)
    for kind in missing:
        assert words.missing_words(kind, "zh")
        assert words.missing_words(kind, "en")


CHANGES = [
    # growth, direction, zh, en
    (Growth(6.4, Basis.OFFICIAL), "up", "▲6.4%", "▲6.4%"),
    (Growth(-1.8, Basis.OFFICIAL), "down", "▼1.8%", "▼1.8%"),
    (Growth(0.04, Basis.OFFICIAL), "flat", "持平", "flat"),
    (Growth(-0.04, Basis.OFFICIAL), "flat", "持平", "flat"),
    (Growth(0.4, Basis.DIFFERENCE, unit=ChangeUnit.POINTS), "up", "▲0.4 个百分点", "▲0.4 pp"),
    (Growth(-0.7, Basis.DIFFERENCE, unit=ChangeUnit.POINTS), "down", "▼0.7 个百分点", "▼0.7 pp"),
    (measures.growth(50, -100), "up", "扭亏为盈", "turned to profit"),
    (measures.growth(-50, 100), "down", "由盈转亏", "turned to loss"),
    (measures.growth(-60, -100), "up", "减亏 40.0%", "loss down 40.0%"),
    (measures.growth(-150, -100), "down", "增亏 50.0%", "loss up 50.0%"),
    (measures.growth(-100, -100), "flat", "亏损持平", "loss unchanged"),
    (measures.growth(1, 0), "none", "上年同期为零", "zero a year before"),
    (measures.UNAVAILABLE, "none", "…", "…"),
]


@pytest.mark.parametrize(("growth", "direction", "zh", "en"), CHANGES)
def test_change(growth, direction, zh, en):
    told = words.change(growth, "zh")
    assert (told.direction, told.text) == (direction, zh)
    assert words.change(growth, "en").text == en


def test_the_district_grew_5_3_and_never_10_4():
    official = words.change(measures.growth(3436.75, 3112.12, official=5.3), "zh")
    assert (official.text, official.note) == ("▲5.3%", "")
    nominal = words.change(measures.growth(3436.75, 3112.12), "zh")
    assert (nominal.text, nominal.note) == ("▲10.4%", "名义推算")
    assert words.change(measures.growth(3436.75, 3112.12), "en").note == "nominal, calculated"


def test_what_was_worked_out_says_how():
    assert words.change(measures.sequential_growth(110, 100, "sa"), "zh").note == "季调"
    assert words.change(measures.two_year_growth(None, 5.0, 5.0), "zh").note == "推算"
    assert words.change(measures.change_in_points(5.0, 4.0), "zh").note == ""


def test_a_loss_that_turned_is_never_a_percentage():
    assert "%" not in words.change(measures.growth(50, -100), "zh").text
    assert "%" not in words.signed(measures.growth(50, -100), "en")


SIGNED = [(Growth(6.4, Basis.OFFICIAL), "+6.4"), (Growth(-1.8, None), "−1.8"), (measures.growth(5, -1), "扭亏为盈")]


@pytest.mark.parametrize(("growth", "text"), SIGNED)
def test_signed(growth, text):
    assert words.signed(growth, "zh") == text


def test_spoken_changes():
    assert words.change(Growth(6.4, Basis.OFFICIAL), "zh").spoken == "上升6.4%"
    assert words.change(Growth(-6.4, Basis.OFFICIAL), "en").spoken == "down 6.4%"


def test_multiples():
    assert words.times_words(250, "zh") == "增长2.5倍"
    assert words.times_words(250, "en") == "3.5 times"
    with pytest.raises(ValueError):
        words.times_words(99.9, "zh")


BADGES = [
    ({}, []),
    ({"simulated": True}, ["模拟"]),
    ({"obs_status": "P"}, ["初步"]),
    ({"obs_status": "E", "revisions": 2}, ["估计", "已修订"]),
    ({"obs_status": "B", "derived": True}, ["口径变化", "推算"]),
    ({"conf_status": "C"}, ["保密"]),
    ({"simulated": True, "obs_status": "P", "nominal": True, "revisions": 1}, ["模拟", "初步", "名义推算", "已修订"]),
]


@pytest.mark.parametrize(("worn", "texts"), BADGES)
def test_status_badges(worn, texts):
    assert [badge.text for badge in words.status_badges("zh", **worn)] == texts
    assert [badge.code for badge in words.status_badges("en", **worn)] == [
        badge.code for badge in words.status_badges("zh", **worn)
    ]


def test_freshness_words():
    assert [words.freshness_words(state, "zh") for state in Freshness] == ["正常", "临期", "过期", "中断"]
    assert all(words.freshness_words(state, "en").isascii() for state in Freshness)


TARGETS = [
    (Completion(76.1, 75.0), "超 1.1 个百分点", "1.1 pp over"),
    (Completion(72.9, 75.0), "差 2.1 个百分点", "2.1 pp short"),
    (Completion(75.04, 75.0), "持平", "on target"),
]


@pytest.mark.parametrize(("completion", "zh", "en"), TARGETS)
def test_gap_words(completion, zh, en):
    assert words.gap_words(completion, "zh") == zh
    assert words.gap_words(completion, "en") == en


def test_schedule_words_say_when_there_is_no_history():
    assert words.schedule_words(Schedule(74.2, (2023,)), "zh") == "序时 74.2%"
    assert words.schedule_words(Schedule(75.0, ()), "zh") == "序时 75.0%（按月均分）"
    assert words.schedule_words(Schedule(75.0, ()), "en") == "sched. 75.0% (n/12)"
    assert words.completion_words(Completion(76.1, 75.0), "zh") == "年度 76.1%"


def test_every_outcome_has_words():
    for outcome in Outcome:
        value = None if outcome is not Outcome.RATE else 1.0
        for language in ("zh", "en"):
            assert words.change(Growth(value, Basis.NOMINAL, outcome), language).text


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_both_languages_show_the_same_digits(value, decimals):
    zh, en = (words.figure(value, BILLION, decimals, language).number for language in ("zh", "en"))
    digits = [text.replace(",", "").replace(".", "").replace("−", "").lstrip("<>0") for text in (zh, en)]
    assert digits[0] == digits[1]
    assert "-" not in zh + en


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.sampled_from(["zh", "en"]))
def test_arrow_sign_and_class_agree(current, base, language):
    told = words.change(measures.growth(current, base), language)
    assert told.text
    assert (told.arrow == "▲") <= (told.direction == "up")
    assert (told.arrow == "▼") <= (told.direction == "down")
    assert "-" not in told.text
