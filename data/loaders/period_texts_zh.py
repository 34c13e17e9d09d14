"""Periods as Chinese tables write them: 2024年1-2月, 前三季度, 上半年, 一季度, 2024年.

A stretch that begins in January (1-5月, 上半年) is 累计; a single month or quarter says nothing about accumulation.
"""

from __future__ import annotations

import re

from data.periods import MONTHS_PER_YEAR, Accumulation, Frequency, month_period

FOLD = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)} | dict.fromkeys(map(ord, "—–－~～至到−"), "-")
CHINESE_DIGITS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
MONTHS_PER_QUARTER = 3
_NUMBER = "(十[一二]?|[一二三四五六七八九]|[0-9]{1,2})"
_MONTHS = re.compile(rf"([0-9]{{4}})年?{_NUMBER}月?-{_NUMBER}月(?:份|累计)?", re.ASCII)
_MONTH = re.compile(rf"([0-9]{{4}})年?{_NUMBER}月(?:份|当月|末|底)?", re.ASCII)
_QUARTER = re.compile(r"([0-9]{4})年?(?:第)?([一二三四1-4])季度?", re.ASCII)
_QUARTERS = re.compile(r"([0-9]{4})年?(?:前|1-|一-)([二三四2-4])(?:个)?季度(?:累计)?", re.ASCII)
_NAMED = re.compile(r"([0-9]{4})年?(上半年|全年)", re.ASCII)
_LATIN = re.compile(r"([0-9]{4})年?[-. ]?Q([1-4])", re.ASCII)
_YEAR = re.compile(r"([0-9]{4})年(?:全年|度)?", re.ASCII)

Found = tuple[int, Frequency, Accumulation | None]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else CHINESE_DIGITS[text]


def folded(text: str) -> str:
    """Return the text with plain digits and one kind of dash, without blanks."""
    return "".join(text.split()).translate(FOLD)


def month(text: str) -> Found | None:
    """Read a month or the months since January; another stretch of months is a ``ValueError``."""
    text = folded(text)
    if match := _MONTHS.fullmatch(text):
        first, last = _number(match[2]), _number(match[3])
        if first != 1 or last <= first:
            raise ValueError("a stretch of months begins in January")
        return month_period(int(match[1]), last), Frequency.MONTHLY, Accumulation.YEAR_TO_DATE
    if match := _MONTH.fullmatch(text):
        return month_period(int(match[1]), _number(match[2])), Frequency.MONTHLY, None
    return None


def quarter(text: str) -> Found | None:
    """Read a quarter, or the quarters since the first."""
    text = folded(text)
    if match := _NAMED.fullmatch(text):
        last = 2 if match[2] == "上半年" else 4
    elif match := _QUARTERS.fullmatch(text):
        last = _number(match[2])
    elif match := _QUARTER.fullmatch(text) or _LATIN.fullmatch(text):
        return month_period(int(match[1]), _number(match[2]) * MONTHS_PER_QUARTER), Frequency.QUARTERLY, None
    else:
        return None
    return month_period(int(match[1]), last * MONTHS_PER_QUARTER), Frequency.QUARTERLY, Accumulation.YEAR_TO_DATE


def year(text: str) -> Found | None:
    """Read a year: 2024年, 2024年度."""
    match = _YEAR.fullmatch(folded(text))
    return (month_period(int(match[1]), MONTHS_PER_YEAR), Frequency.ANNUAL, None) if match else None
