"""Periods as files write them."""

from __future__ import annotations

from datetime import date

import pytest

from data.loaders.period_cells import FORMS, PeriodError
from data.periods import month_period


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
