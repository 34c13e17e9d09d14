"""Periods as files write them."""

# ruff: noqa: E501 - a table of many short cases
from __future__ import annotations

from datetime import date

import pytest

from data.loaders.period_cells import FORMS, PeriodError
from data.periods import Accumulation, month_period


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("year", "2023", month_period(2023, 12)),
        ("month", "2023-06", month_period(2023, 6)),
        ("month_with_m", "1960M01", month_period(1960, 1)),
        ("month_digits", "201909", month_period(2019, 9)),
        ("quarter", "2019-Q2", month_period(2019, 6)),
        ("quarter_letter", "2019B", month_period(2019, 6)),
        ("quarter_letter", "2018D", month_period(2018, 12)),
        ("day", "1987-05-20", date(1987, 5, 20).toordinal()),
        ("middle_of_month", "1987-05-15", month_period(1987, 5)),
    ],
)
def test_reads_its_form(form, text, expected):
    assert FORMS[form].read(text) == expected


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("year", "23"), ("year", "2023-06"), ("year", "２０２３"), ("month", "2023-13"), ("month", "2023-00"),
        ("month", "2023-6"), ("month", "2023M06"), ("month_with_m", "1960-01"), ("month_with_m", "1960M13"),
        ("quarter", "2019-Q5"), ("quarter_letter", "2019E"), ("day", "2023-02-29"), ("day", "1900-02-29"),
        ("middle_of_month", "1987-05-14"), ("month_digits", "20190"), ("day", "Total"), ("month", ""),
    ],
)  # fmt: skip
def test_any_other_form_is_an_error_that_shows_text(form, text):
    with pytest.raises(PeriodError, match=FORMS[form].example if text == "" else text[:4]):
        FORMS[form].read(text)


JANUARY, MARCH, JUNE, OCTOBER, DECEMBER = (month_period(2024, month) for month in (1, 3, 6, 10, 12))
FEBRUARY, SEPTEMBER = month_period(2024, 2), month_period(2024, 9)
YEAR_TO_DATE = Accumulation.YEAR_TO_DATE
READ = [
    ("month", "2024-01", JANUARY, None), ("month_with_m", "2024M10", OCTOBER, None),
    ("month_dotted", "2024.10", OCTOBER, None), ("month_dotted", "2024.01", JANUARY, None),
    ("month_dotted_number", 2024.1, OCTOBER, None), ("month_dotted_number", 2024.01, JANUARY, None),
    ("month_dotted_number", 2024.12, DECEMBER, None), ("month_slash", "2024/3", MARCH, None),
    ("month_slash", "2024/03", MARCH, None), ("month_name", "Mar-2024", MARCH, None),
    ("month_name", "March 2024", MARCH, None), ("month_name", "OCT 2024", OCTOBER, None),
    ("month_of_date", "2024-03-01", MARCH, None), ("month_of_date", "2024-03-31", MARCH, None),
    ("month_zh", "2024年1月", JANUARY, None), ("month_zh", "2024年01月", JANUARY, None),
    ("month_zh", "２０２４年３月", MARCH, None), ("month_zh", "2024 年 3 月", MARCH, None),
    ("month_zh", "2024年十月", OCTOBER, None), ("month_zh", "2024年十二月", DECEMBER, None),
    ("month_zh", "2024年10月份", OCTOBER, None), ("month_zh", "2024年12月末", DECEMBER, None),
    ("month_zh", "2024年1-2月", FEBRUARY, YEAR_TO_DATE), ("month_zh", "2024年1—2月", FEBRUARY, YEAR_TO_DATE),
    ("month_zh", "2024年1至3月", MARCH, YEAR_TO_DATE), ("month_zh", "2024年1～12月", DECEMBER, YEAR_TO_DATE),
    ("month_zh", "2024年1月-6月", JUNE, YEAR_TO_DATE), ("month_zh", "2024年1-6月份", JUNE, YEAR_TO_DATE),
    ("month_zh", "2024年1-6月累计", JUNE, YEAR_TO_DATE), ("month_zh", "2024年一至六月", JUNE, YEAR_TO_DATE),
    ("quarter", "2024-Q1", MARCH, None), ("quarter_q", "2024Q1", MARCH, None), ("quarter_q", "2024 Q4", DECEMBER, None),
    ("quarter_first", "1Q2024", MARCH, None), ("quarter_first", "Q1 2024", MARCH, None),
    ("quarter_zh", "2024年一季度", MARCH, None), ("quarter_zh", "2024年第二季度", JUNE, None),
    ("quarter_zh", "2024年1季度", MARCH, None), ("quarter_zh", "2024Q1", MARCH, None),
    ("quarter_zh", "2024年上半年", JUNE, YEAR_TO_DATE), ("quarter_zh", "2024年前三季度", SEPTEMBER, YEAR_TO_DATE),
    ("quarter_zh", "2024年1-3季度", SEPTEMBER, YEAR_TO_DATE), ("quarter_zh", "2024年全年", DECEMBER, YEAR_TO_DATE),
    ("year", 2024, DECEMBER, None), ("year", 2024.0, DECEMBER, None), ("year_zh", "2024年", DECEMBER, None),
    ("year_zh", "2024年度", DECEMBER, None), ("middle_of_year", "2024-06-30", DECEMBER, None),
    ("serial_day", 45292, date(2024, 1, 1).toordinal(), None), ("serial_day", 45292.0, date(2024, 1, 1).toordinal(), None),
    ("serial_day", 61, date(1900, 3, 1).toordinal(), None), ("serial_day", "2024-01-01", date(2024, 1, 1).toordinal(), None),
    ("serial_month", 45292, JANUARY, None), ("serial_month", 45322, JANUARY, None),
]  # fmt: skip


@pytest.mark.parametrize(("form", "cell", "period", "accumulation"), READ)
def test_f_11_periods_as_files_write_them(form, cell, period, accumulation):
    assert FORMS[form].read_cell(cell) == (period, accumulation)


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("month_dotted", "2024.1"), ("month_dotted", 2024.1), ("month_dotted", 2024.11), ("month_dotted", "2024.13"),
        ("month_dotted_number", 2024.13), ("month_dotted_number", 2024.123), ("month_zh", "2024年13月"),
        ("month_zh", "2024年2-3月"), ("month_zh", "2024年3-1月"), ("month_zh", "3月"), ("month_zh", "24年3月"),
        ("month_zh", "2024年1、2月"), ("quarter_zh", "2024年五季度"), ("quarter_zh", "2024年下半年"), ("year_zh", "二〇二四年"),
        ("month_of_date", "2024-03-15"), ("middle_of_year", "2024-06-29"), ("month_name", "Foo-2024"), ("month", True),
        ("serial_day", 60), ("serial_day", 59), ("serial_day", 1), ("serial_day", 0), ("serial_day", -5),
        ("serial_day", 45292.5), ("serial_day", 3e6), ("serial_day", "45292"), ("serial_day", "1900-02-29"),
        ("serial_day", True), ("serial_month", 45300), ("year", 2024.5), ("month_digits", 202401.5), ("quarter_q", "2024Q5"),
    ],
)  # fmt: skip
def test_f_11_what_is_not_clearly_a_period_is_an_error(form, cell):
    with pytest.raises(PeriodError):
        FORMS[form].read_cell(cell)


def test_f_11_the_calendar_of_1904_counts_from_another_day():
    assert FORMS["serial_day"].read_cell(43830, from_1904=True).period == date(2024, 1, 1).toordinal()
    assert FORMS["serial_day"].read_cell(60, from_1904=True).period == date(1904, 3, 1).toordinal()
