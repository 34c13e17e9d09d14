"""Periods, days and times as text, in zh and en and in every zone of the machine (T-02)."""

import os
import time
from datetime import UTC, date, datetime

import pytest

from data.periods import month_period
from layouts import words


def at(year: int, month: int) -> int:
    return month_period(year, month)


PERIODS = [
    # frequency, accumulation, period, combined, zh, en
    ("M", "S", at(2024, 9), True, "2024年9月", "Sep 2024"),
    ("M", "S", at(2024, 2), True, "2024年1–2月", "Jan–Feb 2024"),
    ("M", "S", at(2024, 2), False, "2024年2月", "Feb 2024"),
    ("M", "Y", at(2024, 9), True, "2024年1–9月", "Jan–Sep 2024"),
    ("M", "Y", at(2024, 2), True, "2024年1–2月", "Jan–Feb 2024"),
    ("M", "Y", at(2024, 1), False, "2024年1月", "Jan 2024"),
    ("M", "Y", at(2023, 12), True, "2023年全年", "Full year 2023"),
    ("M", "P", at(2024, 2), True, "2024年2月末", "end-Feb 2024"),
    ("Q", "S", at(2024, 9), False, "2024年三季度", "Q3 2024"),
    ("Q", "Y", at(2024, 3), False, "2024年一季度", "Q1 2024"),
    ("Q", "Y", at(2024, 6), False, "2024年上半年", "H1 2024"),
    ("Q", "Y", at(2024, 9), False, "2024年前三季度", "Q1–Q3 2024"),
    ("Q", "Y", at(2023, 12), False, "2023年全年", "Full year 2023"),
    ("Q", "P", at(2024, 9), False, "2024年三季度末", "end-Q3 2024"),
    ("A", "S", at(2023, 12), False, "2023年", "2023"),
    ("A", "P", at(2023, 12), False, "2023年末", "end-2023"),
    ("D", "S", date(2024, 9, 30).toordinal(), False, "2024年9月30日", "30 Sep 2024"),
]


@pytest.mark.parametrize(("frequency", "accumulation", "period", "combined", "zh", "en"), PERIODS)
def test_period_label(frequency, accumulation, period, combined, zh, en):
    assert words.period_label(frequency, accumulation, period, "zh", combined) == zh
    assert words.period_label(frequency, accumulation, period, "en", combined) == en


AXES = [
    ("M", at(2024, 2), True, "1–2月", "J–F"),
    ("M", at(2024, 2), False, "2月", "Feb"),
    ("M", at(2024, 9), True, "9月", "Sep"),
    ("Q", at(2024, 9), False, "三季度", "Q3"),
    ("A", at(2024, 12), False, "2024", "2024"),
    ("D", date(2024, 9, 3).toordinal(), False, "09-03", "09-03"),
]


@pytest.mark.parametrize(("frequency", "period", "combined", "zh", "en"), AXES)
def test_axis_label(frequency, period, combined, zh, en):
    assert words.axis_label(frequency, period, "zh", combined) == zh
    assert words.axis_label(frequency, period, "en", combined) == en


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"])
def test_times_are_shanghai_times_in_every_zone(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        loaded = datetime(2024, 10, 17, 16, 24, tzinfo=UTC)
        assert words.time_label(loaded) == "2024-10-18 00:24"
        assert words.clock_label(loaded) == "00:24"
        assert words.period_label("D", "S", date(2024, 9, 30).toordinal(), "zh") == "2024年9月30日"
    finally:
        monkeypatch.undo()
        time.tzset()
    assert os.environ.get("TZ") != "Pacific/Apia"


def test_days():
    assert words.date_label(date(2024, 10, 18)) == "2024-10-18"
    assert words.weekday_label(date(2024, 10, 21), "zh") == "10月21日 星期一"
    assert words.weekday_label(date(2024, 10, 21), "en") == "Mon 21 Oct"
