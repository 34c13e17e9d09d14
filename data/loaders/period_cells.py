"""Periods as files write them. A declaration names the form; a cell in any other form is an error.

Each form gives a frequency and reads one text into a period number (``data.periods``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from data.periods import MONTHS_PER_YEAR, Frequency, day_period, month_period

MIDDLE_OF_MONTH = 15
MONTHS_PER_QUARTER = 3


class PeriodError(ValueError):
    """A cell that should hold a period does not."""


@dataclass(frozen=True)
class PeriodForm:
    """How a column writes its periods: the pattern, the frequency, and how the matched parts become a number."""

    example: str
    frequency: Frequency
    pattern: re.Pattern[str]
    number: Callable[[re.Match[str]], int]

    def read(self, text: str) -> int:
        """Return the period number; ``PeriodError`` if the text is not of this form or no such date exists."""
        match = self.pattern.fullmatch(text)
        if match is None:
            raise PeriodError(f"not a period like {self.example}: {text[:40]!r}")
        try:
            return self.number(match)
        except ValueError as error:
            raise PeriodError(f"no such period: {text[:40]!r} ({error})") from error


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


def _year(match: re.Match[str]) -> int:
    return month_period(int(match[1]), MONTHS_PER_YEAR)


def _month(match: re.Match[str]) -> int:
    return month_period(int(match[1]), int(match[2]))


def _quarter(match: re.Match[str]) -> int:
    return month_period(int(match[1]), int(match[2]) * MONTHS_PER_QUARTER)


def _lettered_quarter(match: re.Match[str]) -> int:
    return month_period(int(match[1]), ("ABCD".index(match[2]) + 1) * MONTHS_PER_QUARTER)


def _day(match: re.Match[str]) -> int:
    return day_period(date(int(match[1]), int(match[2]), int(match[3])))


def _middle_of_month(match: re.Match[str]) -> int:
    if int(match[3]) != MIDDLE_OF_MONTH:
        raise ValueError("the day must be 15, which stands for the month")
    return _month(match)


FORMS: dict[str, PeriodForm] = {
    "year": PeriodForm("2023", Frequency.ANNUAL, _pattern(r"(\d{4})"), _year),
    "month": PeriodForm("2023-06", Frequency.MONTHLY, _pattern(r"(\d{4})-(\d{2})"), _month),
    "month_with_m": PeriodForm("1960M01", Frequency.MONTHLY, _pattern(r"(\d{4})M(\d{2})"), _month),
    "month_digits": PeriodForm("201909", Frequency.MONTHLY, _pattern(r"(\d{4})(\d{2})"), _month),
    "quarter": PeriodForm("2019-Q2", Frequency.QUARTERLY, _pattern(r"(\d{4})-Q([1-4])"), _quarter),
    "quarter_letter": PeriodForm("2019B", Frequency.QUARTERLY, _pattern(r"(\d{4})([A-D])"), _lettered_quarter),
    "day": PeriodForm("2023-06-30", Frequency.DAILY, _pattern(r"(\d{4})-(\d{2})-(\d{2})"), _day),
    "middle_of_month": PeriodForm(
        "1987-05-15", Frequency.MONTHLY, _pattern(r"(\d{4})-(\d{2})-(\d{2})"), _middle_of_month
    ),
}
