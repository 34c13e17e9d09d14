"""F-07: the strict number parser."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.loaders.numbers import NumberError, decimals_of, number_of_cell, parse_number

ACCEPTED = [
    ("0", "0"), ("0.0", "0.0"), ("-0.5", "-0.5"), ("+3", "3"), ("007", "7"), ("5003.38", "5003.38"),
    ("1,234", "1234"), ("1,234.50", "1234.50"), ("12,345,678", "12345678"), ("123,456", "123456"),
    (" 12 ", "12"), ("\u300012\u3000", "12"), ("\ufeff12".lstrip("\ufeff"), "12"),
    ("１２３", "123"), ("１，２３４．５", "1234.5"), ("－５", "-5"), ("\u22125", "-5"), ("＋５", "5"), ("5．5", "5.5"),
    ("100000000000000000000.01", "100000000000000000000.01"),
]  # fmt: skip
REFUSED = [
    "", " ", "-", "—", "…", "...", "..", "x", "×", "n/a", "N/A", "NA", "null", "None", "nan", "NaN", "inf", "-inf",
    "Infinity", "1_000", "1__0", "0x10", "1e5", "1E5", "1.5e-3", "1d3", "٣", "१२", "𝟓", "½", "12²", "³", "①", "Ⅳ",
    "五", "5亿元", "5万", "￥5", "¥5", "$5", "5元", "12.3%", "１２％", "(3.2)", "（3.2）", "3.2-", "--3", "+-3", "- 3",
    "1 234", "1\u00a0234", "1\u2009234", "1'234", "1.234,5", "1,23", "12,34", "1234,567", "1,2345", ",123", "1,,234",
    "1.2.3", ".5", "5.", ".", "+", "true", "=1+1", "#DIV/0!", "#N/A", "1;2", "1/2", "2024-01", "1\n2", "1\x00",
    "9" * 41, "初步5", "*5", "5*", "5 (P)", "~5", "约5", ">5", "5-6",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ACCEPTED)
def test_f_07_reads_plain_numbers_exactly(text, expected):
    assert str(parse_number(text)) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_f_07_refuses_everything_else(text):
    with pytest.raises(NumberError):
        parse_number(text)


def test_f_07_a_per_cent_sign_only_where_it_is_allowed():
    assert parse_number("12.3%", percent=True) == Decimal("12.3")
    assert parse_number("１２．３％", percent=True) == Decimal("12.3")
    for text in ("%", "12%%", "1%2", "12‰"):
        with pytest.raises(NumberError):
            parse_number(text, percent=True)


@pytest.mark.parametrize("cell", [True, False, None, float("nan"), float("inf"), float("-inf"), b"5", [5], 1j])
def test_f_07_cells_that_are_not_finite_numbers_are_refused(cell):
    with pytest.raises(NumberError):
        number_of_cell(cell)


def test_f_07_cells_keep_what_the_file_holds():
    assert str(number_of_cell(107.54)) == "107.54"
    assert str(number_of_cell(390)) == "390"
    assert str(number_of_cell("1,234.50")) == "1234.50"


def test_f_07_decimals_are_those_written():
    assert [decimals_of(Decimal(text)) for text in ("5", "5.0", "5.38", "1E+3")] == [0, 1, 2, 0]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_f_07_what_is_printed_is_read_back(number):
    for text in (f"{number:f}", f"{number:,f}", f"{number:f}".replace("-", "\u2212")):
        assert parse_number(text) == number


@given(st.text(max_size=50))
def test_f_07_any_text_is_a_number_or_a_clear_error(text):
    try:
        assert parse_number(text).is_finite()
    except NumberError as error:
        assert "not a number" in str(error)  # noqa: PT017 - either outcome is right, silence is not
