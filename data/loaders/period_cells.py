"""Periods as files write them. A declaration names the form; a cell in any other form is an error.

Each form gives a frequency and reads one text into a period number (``data.periods``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from data.loaders import period_texts_zh
from data.loaders.period_texts_zh import MONTHS_PER_QUARTER
from data.periods import MONTHS_PER_YEAR, Accumulation, Frequency, day_period, month_period

__all__ = ["FORMS", "MONTHS_PER_QUARTER", "PeriodError", "PeriodForm", "PeriodReading"]

MIDDLE_OF_MONTH = 15
LEAP_DAY_THAT_NEVER_WAS = 60  # serial number of 1900-02-29
LAST_SERIAL = 2_958_465  # 9999-12-31


class PeriodError(ValueError):
    """A cell that should hold a period does not."""


@dataclass(frozen=True)
class PeriodForm:
    """How a column writes its periods: the pattern, the frequency, and how the matched parts become a number."""

    example: str
    frequency: Frequency
    pattern: re.Pattern[str]
    number: Callable[[re.Match[str]], int]
    stretch: Callable[[str], period_texts_zh.Found | None] | None = None  # reads texts that may tell 累计
    serial: bool = False  # numbers are serial numbers of days, and nothing else is read
    from_number: bool = False  # a number of a workbook is read as the text it looks like
    of_day: Callable[[date], int] | None = None  # turns the day of a serial number into a period

    def read_cell(self, cell: object, *, from_1904: bool = False) -> PeriodReading:
        """Return what a cell says; ``PeriodError`` if it is not of this form or no such date exists."""
        if self.serial:
            return PeriodReading(self._of_serial(cell, from_1904), None)
        text = _text_of(cell, self.from_number, self.example)
        if self.stretch is None:
            return PeriodReading(self.read(text), None)
        try:
            found = self.stretch(text)
        except ValueError as error:
            raise PeriodError(f"no such period: {text[:40]!r} ({error})") from error
        if found is None:
            raise PeriodError(f"not a period like {self.example}: {text[:40]!r}")
        return PeriodReading(found[0], found[2])

    def _of_serial(self, cell: object, from_1904: bool) -> int:
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            match = _ISO_DAY.fullmatch(str(cell).strip()) if isinstance(cell, str) else None
            if match is None:
                raise PeriodError(f"not a serial number of a day: {str(cell)[:40]!r}")
            day = self._day_of_text(match)
        else:
            day = day_of_serial(cell, from_1904)
        try:
            return (self.of_day or day_period)(day)
        except ValueError as error:
            raise PeriodError(f"no such period: {day.isoformat()} ({error})") from error

    def _day_of_text(self, match: re.Match[str]) -> date:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError as error:
            raise PeriodError(f"no such period: {match[0]!r} ({error})") from error

    def read(self, text: str) -> int:
        """Return the period number; ``PeriodError`` if the text is not of this form or no such date exists."""
        if self.stretch is not None or self.serial:
            return self.read_cell(text).period
        match = self.pattern.fullmatch(text)
        if match is None:
            raise PeriodError(f"not a period like {self.example}: {text[:40]!r}")
        try:
            return self.number(match)
        except ValueError as error:
            raise PeriodError(f"no such period: {text[:40]!r} ({error})") from error


class PeriodReading(NamedTuple):
    """A period, and the accumulation its text tells (1-5月 is 累计), if it tells one."""

    period: int
    accumulation: Accumulation | None


def day_of_serial(serial: float, from_1904: bool = False) -> date:
    """Return the day of a serial number; before March 1900 the calendar of Excel is wrong, which is an error."""
    if not float(serial).is_integer() or not 0 < serial <= LAST_SERIAL:
        raise PeriodError(f"not a serial number of a day: {serial!r}")
    if from_1904:
        return date(1904, 1, 1) + timedelta(days=int(serial))
    if serial <= LEAP_DAY_THAT_NEVER_WAS:
        raise PeriodError(f"serial number {serial:g} lies before 1900-03-01, where the calendar of Excel is wrong")
    return date(1899, 12, 30) + timedelta(days=int(serial))


def _text_of(cell: object, from_number: bool, example: str) -> str:
    """Return the text of a cell. A number with decimals is no period: 2023.1 may be January or October."""
    if isinstance(cell, bool):
        raise PeriodError(f"not a period like {example}: {cell!r}")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float) and not from_number:
        raise PeriodError(
            f"a number is no period: {cell!r} may be January or October; declare its form / 数字无法判断月份"
        )
    return "" if cell is None else str(cell).strip()


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


def _middle_of_year(match: re.Match[str]) -> int:
    if (int(match[2]), int(match[3])) != (MONTHS_PER_YEAR // 2, 30):
        raise ValueError("the day must be June 30, which stands for the year")
    return _year(match)


def _whole_month(match: re.Match[str]) -> int:
    return month_of_day(date(int(match[1]), int(match[2]), int(match[3])))


def month_of_day(day: date) -> int:
    """Return the month whose first or last day this is; another day is a ``ValueError``."""
    if day.day != 1 and (day + timedelta(days=1)).day != 1:
        raise ValueError("the day must be the first or the last of the month it stands for")
    return month_period(day.year, day.month)


def _named_month(match: re.Match[str]) -> int:
    return month_period(int(match[2]), _MONTH_NAMES.index(match[1][:3].lower()) + 1)


def _quarter_first(match: re.Match[str]) -> int:
    return month_period(int(match[2]), int(match[1]) * MONTHS_PER_QUARTER)


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTH = (
    r"(?i:(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?))"
)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_NOTHING = _pattern(r"(?!)")

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
    # October is 2023.10: with one digit, 2023.1 may be January or an October that lost its zero.
    "month_dotted": PeriodForm("2023.10", Frequency.MONTHLY, _pattern(r"(\d{4})\.(\d{2})"), _month),
    # As numbers, 2023.1 is October where January is 2023.01.
    "month_dotted_number": PeriodForm(
        "2023.1 (October)",
        Frequency.MONTHLY,
        _pattern(r"(\d{4})\.(\d{1,2})"),
        lambda match: month_period(int(match[1]), int(match[2].ljust(2, "0"))),
        from_number=True,
    ),
    "month_slash": PeriodForm("2023/6", Frequency.MONTHLY, _pattern(r"(\d{4})/(\d{1,2})"), _month),
    "month_name": PeriodForm("Jun-2023", Frequency.MONTHLY, _pattern(_LONG_MONTH + r"[- .,]*(\d{4})"), _named_month),
    "month_of_date": PeriodForm("2023-06-01", Frequency.MONTHLY, _pattern(r"(\d{4})-(\d{2})-(\d{2})"), _whole_month),
    "month_zh": PeriodForm("2024年1-2月", Frequency.MONTHLY, _NOTHING, _month, stretch=period_texts_zh.month),
    "quarter_zh": PeriodForm("2024年一季度", Frequency.QUARTERLY, _NOTHING, _quarter, stretch=period_texts_zh.quarter),
    "year_zh": PeriodForm("2024年", Frequency.ANNUAL, _NOTHING, _year, stretch=period_texts_zh.year),
    "quarter_first": PeriodForm("1Q2024", Frequency.QUARTERLY, _pattern(r"Q?([1-4])Q?[- ]?(\d{4})"), _quarter_first),
    "quarter_q": PeriodForm("2024Q1", Frequency.QUARTERLY, _pattern(r"(\d{4})[- ]?Q([1-4])"), _quarter),
    "middle_of_year": PeriodForm("1987-06-30", Frequency.ANNUAL, _pattern(r"(\d{4})-(\d{2})-(\d{2})"), _middle_of_year),
    "serial_day": PeriodForm("45292 (2024-01-01)", Frequency.DAILY, _NOTHING, _day, serial=True, of_day=day_period),
    "serial_month": PeriodForm(
        "45292 (2024-01)", Frequency.MONTHLY, _NOTHING, _month, serial=True, of_day=month_of_day
    ),
}
