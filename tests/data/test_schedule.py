"""When a source is asked: release calendars with Chinese holidays, cron expressions, and mistakes in both."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import chinese_calendar
import pytest

from data.clock import SHANGHAI
from data.loaders.source import SourceError, load_sources
from data.periods import month_period
from data.schedule import Schedule
from data.settings import ROOT
from data.workdays import is_workday, moved, nth_workday


def release(**options):
    at = options.pop("at", time(9, 30))
    return Schedule(release={"every": "month", "day": 18} | options, at=at)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("after", "options", "expected"),
    [
        ("2026-09-01 00:00", {}, "2026-09-18 09:30"),
        ("2026-09-18 09:30", {}, "2026-10-19 09:30"),  # the 18th of October is a Sunday
        ("2026-09-18 09:30", {"if_holiday": "previous_workday"}, "2026-10-16 09:30"),
        ("2026-09-18 09:30", {"if_holiday": "same_day"}, "2026-10-18 09:30"),
        ("2026-10-01 00:00", {"day": 2}, "2026-10-08 09:30"),  # National Day
        ("2026-10-09 00:00", {"day": 10}, "2026-10-10 09:30"),  # a Saturday that is worked
        ("2026-09-10 00:00", {"day": 20}, "2026-09-20 09:30"),  # a Sunday that is worked
        ("2026-02-03 00:00", {"day": 31}, "2026-02-28 09:30"),  # the last day, a Saturday that is worked
        ("2025-12-20 00:00", {"january": False}, "2026-01-19 09:30"),  # December
        ("2026-01-20 00:00", {"january": False}, "2026-03-18 09:30"),  # January comes with February
        ("2026-01-20 00:00", {"every": "quarter"}, "2026-04-20 09:30"),
        ("2026-01-20 00:00", {"every": "year", "months_after": 7, "day": 1}, "2026-07-01 09:30"),
        ("2026-09-30 10:00", {"day": None, "workday": 2}, "2026-10-09 09:30"),  # after the holidays
    ],
)
def test_the_next_release_moves_with_the_holidays(after, options, expected):
    options = {name: value for name, value in options.items() if value is not None or name == "day"}
    schedule = release(**options)
    assert schedule.next_after(at(after)).at == at(expected)
    assert schedule.last_until(at(expected)).at == at(expected)
    assert schedule.last_until(at(expected)).at > schedule.last_until(at(after)).at


def test_a_release_names_its_period():
    run = release(every="quarter").next_after(at("2026-10-01 00:00"))
    assert (run.period, run.at) == (month_period(2026, 9), at("2026-10-19 09:30"))
    assert release().planned_for_period_after(month_period(2026, 8)).at == at("2026-10-19 09:30")


def test_beyond_the_announced_years_only_weekends_are_known_and_it_says_so():
    last = max(chinese_calendar.constants.holidays).year
    assert is_workday(date(last, 10, 1)) == (False, True)
    assert is_workday(date(last + 1, 10, 1))[1] is False
    planned = moved(date(last + 1, 10, 2), "next_workday")
    assert planned.unknown_years == (last + 1,)
    assert planned.day.weekday() < 5
    assert nth_workday(last + 1, 1, 2).unknown_years == (last + 1,)
    assert release().next_after(datetime(last + 1, 5, 1, tzinfo=SHANGHAI)).unknown_years == (last + 1,)
    assert release().next_after(datetime(last, 5, 1, tzinfo=SHANGHAI)).unknown_years == ()
    assert release(if_holiday="same_day").next_after(datetime(last + 1, 5, 1, tzinfo=SHANGHAI)).unknown_years == ()


@pytest.mark.parametrize(
    ("cron", "moment", "following", "last"),
    [
        ("30 9 * * mon-fri", "2026-11-27 09:30", "2026-11-30 09:30", "2026-11-27 09:30"),
        ("30 9 * * 1-5", "2026-11-28 12:00", "2026-11-30 09:30", "2026-11-27 09:30"),  # 1 is Monday
        ("0 0 * * 0", "2026-11-25 00:00", "2026-11-29 00:00", "2026-11-22 00:00"),  # 0 is Sunday
        ("*/20 * * * *", "2026-11-25 10:19", "2026-11-25 10:20", "2026-11-25 10:00"),
    ],
)
def test_cron_reads_as_crontab_does(cron, moment, following, last):
    schedule = Schedule(cron=cron)
    assert schedule.next_after(at(moment)).at == at(following)
    assert schedule.last_until(at(moment)).at == at(last)


def test_t_02_a_moment_in_another_zone_gives_the_same_plan():
    moment = datetime(2026, 11, 25, 1, 29, tzinfo=UTC)  # 9:29 in Shanghai
    assert Schedule(cron="30 9 * * *").next_after(moment).at == at("2026-11-25 09:30")
    assert release(day=25).next_after(moment).at == at("2026-11-25 09:30")


def test_missed_runs_are_counted():
    schedule = Schedule(cron="30 9 * * *")
    assert schedule.missed(at("2026-11-20 09:30"), at("2026-11-23 12:00")) == 3
    assert schedule.missed(at("2026-11-23 09:30"), at("2026-11-23 12:00")) == 0


SOURCE = (ROOT / "data/sources/world_bank_gdp.toml").read_text(encoding="utf-8").partition("[schedule]")[0]


@pytest.mark.parametrize(
    ("section", "key", "words"),
    [
        ('cron = "30 9 * *"', "schedule.cron", "needs five fields"),
        ('cron = "61 9 * * *"', "schedule.cron", "Bad minute"),
        ('cron = "0 0 31 2 *"', "schedule.cron", ""),
        ('cron = "0 9 * * *"\nat = "10:00"', "schedule", "leave at out"),
        ("max_run_s = 5", "schedule", "either cron or release"),
        ('release = { every = "month", day = 32 }', "schedule.release.day", "31"),
        ('release = { every = "month" }', "schedule.release", "either day or workday"),
        ('release = { every = "month", day = 3, workday = 1 }', "schedule.release", "either day or workday"),
        ('release = { every = "moon", day = 3 }', "schedule.release.every", "quarter"),
        ('release = { every = "month", day = 3, if_holiday = "skip" }', "schedule.release.if_holiday", "next_workday"),
        ('release = { every = "year", day = 3, january = false }', "schedule.release", "monthly"),
        ('cron = "0 9 * * *"\ntime_zone = "UTC"', "schedule.time_zone", "Asia/Shanghai"),
        ('cron = "0 9 * * *"\nretries = { attempts = 0 }', "schedule.retries.attempts", "1"),
        ('cron = "0 9 * * *"\nmax_run_s = 0', "schedule.max_run_s", "0"),
        ('cron = "0 9 * * *"\ncatch_up = "all"', "schedule.catch_up", "once"),
        ('cron = "0 9 * * *"\ncorn = "x"', "schedule.corn", "Extra inputs"),
        ('release = { every = "month", day = 3 }\nat = "25:00"', "schedule.at", ""),
        ('release = { every = "month", day = 3 }\nat = "09:00Z"', "schedule.at", "without a zone"),
    ],
)
def test_a_mistake_stops_with_file_key_and_reason(section, key, words, tmp_path):
    (tmp_path / "gdp.toml").write_text(f"{SOURCE}\n[schedule]\n{section}\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_sources(tmp_path)
    assert caught.value.file.endswith("gdp.toml")
    assert caught.value.key == key
    assert words in caught.value.reason


def test_every_bundled_source_has_a_schedule_in_words():
    for source in load_sources(ROOT / "data/sources"):
        assert source.schedule is not None, source.code
        zh, en = source.schedule.words()
        assert zh
        assert en
        assert source.schedule.next_after(at("2026-11-25 10:00")).at > at("2026-11-25 10:00")
