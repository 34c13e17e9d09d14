"""Periods, days and times as text in zh and en.

A period is written from its own parts and never passes through a time zone. A time is always shown as
Asia/Shanghai, whatever the zone of the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from data.clock import to_shanghai
from data.periods import Accumulation, Frequency, month_of, quarter_of, year_of
from data.selection import Language

MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_QUARTERS_ZH = ("一季度", "二季度", "三季度", "四季度")
_QUARTERS_TO_DATE_ZH = ("一季度", "上半年", "前三季度", "全年")
_QUARTERS_TO_DATE_EN = ("Q1 {}", "H1 {}", "Q1–Q3 {}", "Full year {}")
DECEMBER = 12
FEBRUARY = 2


def period_label(
    frequency: Frequency | str,
    accumulation: Accumulation | str,
    period: int,
    language: Language,
    combined: bool = False,
) -> str:
    """Write a period in full: 2024年1–9月, 2024年前三季度, 2024年9月末, Jan–Sep 2024, end-Sep 2024.

    ``combined`` is the indicator's 1–2月 rule; it makes the single period of February read 1–2月.
    """
    frequency, accumulation = Frequency(frequency), Accumulation(accumulation)
    if frequency is Frequency.DAILY:
        return day_label(date.fromordinal(period), language)
    if frequency is Frequency.ANNUAL:
        return _annual(accumulation, period, language)
    if frequency is Frequency.QUARTERLY:
        return _quarterly(accumulation, period, language)
    return _MONTHLY[accumulation](period, language, combined)


def _annual(accumulation: Accumulation, period: int, language: Language) -> str:
    year = year_of(period)
    if accumulation is Accumulation.POINT_IN_TIME:
        return f"{year}年末" if language == "zh" else f"end-{year}"
    return f"{year}年" if language == "zh" else f"{year}"


def _quarterly(accumulation: Accumulation, period: int, language: Language) -> str:
    year, quarter = year_of(period), quarter_of(period)
    if accumulation is Accumulation.YEAR_TO_DATE:
        zh, en = _QUARTERS_TO_DATE_ZH[quarter - 1], _QUARTERS_TO_DATE_EN[quarter - 1].format(year)
        return f"{year}年{zh}" if language == "zh" else en
    if accumulation is Accumulation.POINT_IN_TIME:
        return f"{year}年{_QUARTERS_ZH[quarter - 1]}末" if language == "zh" else f"end-Q{quarter} {year}"
    return f"{year}年{_QUARTERS_ZH[quarter - 1]}" if language == "zh" else f"Q{quarter} {year}"


def _monthly_single(period: int, language: Language, combined: bool) -> str:
    year, month = year_of(period), month_of(period)
    if combined and month == FEBRUARY:
        return f"{year}年1–2月" if language == "zh" else f"Jan–Feb {year}"
    return f"{year}年{month}月" if language == "zh" else f"{MONTHS_EN[month - 1]} {year}"


def _monthly_to_date(period: int, language: Language, combined: bool) -> str:
    year, month = year_of(period), month_of(period)
    if month == 1:
        return _monthly_single(period, language, combined)
    if month == DECEMBER:
        return f"{year}年全年" if language == "zh" else f"Full year {year}"
    return f"{year}年1–{month}月" if language == "zh" else f"Jan–{MONTHS_EN[month - 1]} {year}"


def _month_end(period: int, language: Language, combined: bool) -> str:
    text = _monthly_single(period, language, combined=False)
    return f"{text}末" if language == "zh" else f"end-{text}"


_MONTHLY: Mapping[Accumulation, Callable[[int, Language, bool], str]] = {
    Accumulation.SINGLE: _monthly_single,
    Accumulation.YEAR_TO_DATE: _monthly_to_date,
    Accumulation.POINT_IN_TIME: _month_end,
}


def axis_label(frequency: Frequency | str, period: int, language: Language, combined: bool = False) -> str:
    """Write a period short, for an axis where the year stands apart: 1–2月, 9月, J–F, Sep, 三季度, Q3, 2024."""
    frequency = Frequency(frequency)
    if frequency is Frequency.DAILY:
        return f"{date.fromordinal(period):%m-%d}"
    if frequency is Frequency.ANNUAL:
        return f"{year_of(period)}"
    if frequency is Frequency.QUARTERLY:
        return _QUARTERS_ZH[quarter_of(period) - 1] if language == "zh" else f"Q{quarter_of(period)}"
    month = month_of(period)
    if combined and month == FEBRUARY:
        return "1–2月" if language == "zh" else "J–F"
    return f"{month}月" if language == "zh" else MONTHS_EN[month - 1]


def short_period(
    frequency: Frequency | str,
    accumulation: Accumulation | str,
    period: int,
    language: Language,
    combined: bool = False,
) -> str:
    """Write a period within a known year, as a card has room for: 1–10月, 9月, 10月末; Jan–Oct, Q1–3, Sep, end-Oct."""
    frequency, accumulation = Frequency(frequency), Accumulation(accumulation)
    if frequency in (Frequency.DAILY, Frequency.ANNUAL):
        return axis_label(frequency, period, language)
    label = axis_label(frequency, period, language, combined)
    if accumulation is Accumulation.POINT_IN_TIME:
        return f"{label}末" if language == "zh" else f"end-{label}"
    if accumulation is Accumulation.SINGLE or month_of(period) == 1:
        return label
    if language == "zh":
        return f"1–{month_of(period)}月"
    if frequency is Frequency.QUARTERLY:
        return label if quarter_of(period) == 1 else f"Q1–{quarter_of(period)}"
    return f"Jan–{MONTHS_EN[month_of(period) - 1]}"


def day_label(day: date, language: Language) -> str:
    """Write a day in full: 2024年9月30日, 30 Sep 2024."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def weekday_label(day: date, language: Language) -> str:
    """Write a day with its weekday, without the year: 10月21日 星期一, Mon 21 Oct."""
    if language == "zh":
        return f"{day.month}月{day.day}日 星期{_WEEKDAYS_ZH[day.weekday()]}"
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}"


def date_label(day: date) -> str:
    """Write a day as a date, the same in both languages: 2024-10-18."""
    return day.isoformat()


def time_label(moment: datetime) -> str:
    """Write an aware time as date and minute in Asia/Shanghai: 2024-10-18 10:24. ``ValueError`` without zone."""
    return f"{to_shanghai(moment):%Y-%m-%d %H:%M}"


def clock_label(moment: datetime) -> str:
    """Write the Shanghai time of day: 10:24."""
    return f"{to_shanghai(moment):%H:%M}"
