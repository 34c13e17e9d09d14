"""Period texts of sources."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period_texts import parse_period
from data.periods import month_period

READ = [
    ("2023", "A", (2023, 12)),
    ("2023年", "A", (2023, 12)),
    ("2023年全年", "A", (2023, 12)),
    ("2023年末", "A", (2023, 12)),
    ("2024-03", "M", (2024, 3)),
    ("2024/3", "M", (2024, 3)),
    ("2024.03", "M", (2024, 3)),
    ("202403", "M", (2024, 3)),
    ("2023M10", "M", (2023, 10)),
    ("2024年1-2月", "M", (2024, 2)),
    ("2024年1—2月", "M", (2024, 2)),
    ("2024年1至9月", "M", (2024, 9)),
    ("2024年1月-9月", "M", (2024, 9)),
    ("２０２４年１－２月", "M", (2024, 2)),
    ("2024 年 11 月", "M", (2024, 11)),
    ("2024年9月份", "M", (2024, 9)),
    ("2024年9月末", "M", (2024, 9)),
    ("2024-Q1", "Q", (2024, 3)),
    ("2024Q4", "Q", (2024, 12)),
    ("2019B", "Q", (2019, 6)),
    ("2024年三季度", "Q", (2024, 9)),
    ("2024年第三季度", "Q", (2024, 9)),
    ("2024年前三季度", "Q", (2024, 9)),
    ("2024年上半年", "Q", (2024, 6)),
]


@pytest.mark.parametrize(("text", "frequency", "last_month"), READ)
def test_reads(text, frequency, last_month):
    assert parse_period(text) == (frequency, month_period(*last_month))


@pytest.mark.parametrize("text", ["2023-06-30", "2023年6月30日", "20230630", "2023/6/30"])
def test_reads_days(text):
    assert parse_period(text) == ("D", date(2023, 6, 30).toordinal())


REFUSED = ["", "  ", "2023-13", "2023-02-29", "2024Q5", "2019E", "24-03", "1812-01", "2024-W3", "2024年0月", "x" * 99]
REFUSED += ["٢٠٢٤"]  # digits Python's int() would take


@pytest.mark.parametrize("text", REFUSED)
def test_refuses(text):
    with pytest.raises(ValueError):
        parse_period(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        parse_period(text)
    except ValueError:
        return


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_iso_days_come_back(day):
    assert parse_period(day.isoformat()).period == day.toordinal()
    assert parse_period(f"{day:%Y-%m}").period == month_period(day.year, day.month)
