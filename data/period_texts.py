"""Period texts as sources write them, read into ``(frequency, period)``.

``2024年1-2月``, ``2023M10``, ``2024-03``, ``202403``, ``2024-Q1``, ``2019B`` (the statistics bureau's code of a
second quarter), ``2024年前三季度``, ``2023-06-30``, ``2023``. Whether the value is 当期, 累计 or 时点 is declared by
the source and never guessed from the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from data.periods import Frequency, day_period, month_period

MAX_CHARACTERS = 32
FIRST_YEAR, LAST_YEAR = 1900, 2100


class ParsedPeriod(NamedTuple):
    """How often, and which one."""

    frequency: Frequency
    period: int


def _year(year: str) -> ParsedPeriod:
    return ParsedPeriod(Frequency.ANNUAL, month_period(int(year), 12))


def _month(year: str, month: str) -> ParsedPeriod:
    return ParsedPeriod(Frequency.MONTHLY, month_period(int(year), int(month)))


def _quarter(year: str, quarter: str) -> ParsedPeriod:
    return ParsedPeriod(Frequency.QUARTERLY, month_period(int(year), 3 * _QUARTERS[quarter]))


def _day(year: str, month: str, day: str) -> ParsedPeriod:
    return ParsedPeriod(Frequency.DAILY, day_period(date(int(year), int(month), int(day))))


_QUARTERS = {
    **{"1": 1, "2": 2, "3": 3, "4": 4, "A": 1, "B": 2, "C": 3, "D": 4, "一": 1, "二": 2, "三": 3, "四": 4},
    **{"上半年": 2, "前三季度": 3},
}

# First match wins; every pattern is matched against the whole text.
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., ParsedPeriod]], ...] = (
    (re.compile(r"(\d{4})年?(?:全年|末|底|年末)?", re.ASCII), _year),
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII), _day),
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII), _day),
    (re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII), _day),
    (re.compile(r"(\d{4})[-/.](\d{1,2})", re.ASCII), _month),
    (re.compile(r"(\d{4})M?(\d{2})", re.ASCII), _month),
    (re.compile(r"(\d{4})年(?:1月?[-—–~至]+)?(\d{1,2})月(?:份|末|底)?", re.ASCII), _month),
    (re.compile(r"(\d{4})-?Q([1-4])", re.ASCII), _quarter),
    (re.compile(r"(\d{4})([A-D])", re.ASCII), _quarter),
    (re.compile(r"(\d{4})年(?:第|前)?([一二三四1-4])季度(?:末)?", re.ASCII), _quarter),
    (re.compile(r"(\d{4})年(上半年|前三季度)", re.ASCII), _quarter),
)


def parse_period(text: str) -> ParsedPeriod:
    """Read a period text; full-width signs count as their plain ones. ``ValueError`` says what could not be read."""
    plain = "".join(unicodedata.normalize("NFKC", text[: MAX_CHARACTERS + 1]).split()).upper()
    if not plain or len(plain) > MAX_CHARACTERS:
        raise ValueError("a period text is empty or too long")
    for pattern, read in _FORMS:
        match = pattern.fullmatch(plain)
        if match is not None:
            return read(*_checked_year(match.groups(), plain))
    raise ValueError(f"not a period: {plain!r}")


def _checked_year(parts: tuple[str, ...], plain: str) -> tuple[str, ...]:
    if not FIRST_YEAR <= int(parts[0]) <= LAST_YEAR:
        raise ValueError(f"the year of {plain!r} lies outside {FIRST_YEAR}–{LAST_YEAR}")
    return parts
