"""The data catalogue: what is said of every source, for the page and for the command."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from data import runs
from data.catalogue import load_catalogue
from data.clock import SHANGHAI, fixed_clock
from data.freshness import Freshness
from data.periods import month_period
from data.queries import Want, read_frame
from data.runs import Ending, Outcome, Reason
from data.schedule import Schedule
from data.settings import ROOT, Settings
from data.source_status import source_statuses
from data.source_status_report import as_json, lines, main
from data.timeliness import timeliness
from tests.conftest import TODAY

NOW = fixed_clock(TODAY).now()


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(ROOT / "data/catalogue")


@pytest.fixture(scope="module")
def statuses(filled_settings, filled_warehouse, catalogue):
    return {each.code: each for each in source_statuses(filled_warehouse, catalogue, filled_settings, NOW)}


def test_every_source_is_told_with_what_it_gave(statuses):
    assert list(statuses) == sorted(path.stem for path in (ROOT / "data/sources").glob("*.toml"))
    pink = statuses["world_bank_pink_sheet"]
    [coverage] = pink.coverage
    assert (coverage.frequency, coverage.first_period, coverage.last_period) == (
        "M", month_period(1960, 1), month_period(2026, 5),
    )  # fmt: skip
    assert (pink.kind, pink.series, pink.stored) == ("bundled", 21, True)
    assert pink.last_load.rows_new == coverage.values
    assert pink.last_load.vintage == date(2026, 6, 2)
    assert (pink.held_back, pink.last_load.state) == ((), "done")


def test_coverage_by_indicator_adds_up_and_is_what_the_warehouse_holds(statuses, filled_warehouse, catalogue):
    for status in statuses.values():
        for whole in status.coverage:
            parts = [each for each in status.indicator_coverage if each.frequency == whole.frequency]
            assert sum(each.series for each in parts) == whole.series
            assert sum(each.values for each in parts) == whole.values
            assert min(each.first_period for each in parts) == whole.first_period
            assert max(each.last_period for each in parts) == whole.last_period
    brent = next(
        each for each in statuses["world_bank_pink_sheet"].indicator_coverage if each.indicator == "price_brent"
    )
    key = catalogue.indicators["price_brent"].key()
    cells = read_frame(filled_warehouse, [Want(key, 0, 10**6)], True)[key]
    held = [cell.period for cell in cells if cell.value is not None]
    assert (brent.series, brent.values) == (1, len(held))
    assert (brent.first_period, brent.last_period) == (min(held), max(held))


def test_lateness_comes_from_the_release_calendar(statuses):
    pink = statuses["world_bank_pink_sheet"].timeliness
    assert (pink.state, pink.awaited_period) == (Freshness.BROKEN, month_period(2026, 6))
    assert pink.due == datetime(2026, 7, 4, 9, 0, tzinfo=SHANGHAI)
    assert pink.days_late == (NOW.date() - pink.due.date()).days
    assert statuses["world_bank_pink_sheet"].worst is Freshness.BROKEN
    assert statuses["simulated"].worst in (Freshness.CURRENT, Freshness.DUE_SOON)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-11-10", Freshness.CURRENT),
        ("2026-11-15", Freshness.DUE_SOON),
        ("2026-11-18", Freshness.DUE_SOON),
        ("2026-11-19", Freshness.OVERDUE),
        ("2026-12-19", Freshness.OVERDUE),
        ("2026-12-20", Freshness.BROKEN),
    ],
)
def test_the_four_states_of_a_release_calendar(day, state):
    schedule = Schedule(release={"every": "month", "day": 18})
    moment = datetime.fromisoformat(f"{day} 10:00").replace(tzinfo=SHANGHAI)
    found = timeliness(schedule, {"M": month_period(2026, 9)}, runs.History(), moment)
    assert found.state is state


@pytest.mark.parametrize(("days", "state"), [(0, "current"), (1, "overdue"), (3, "broken")])
def test_the_states_of_cron_come_from_the_runs(days, state):
    last = datetime(2026, 11, 20, 9, 30, 5, tzinfo=SHANGHAI)
    found = timeliness(Schedule(cron="30 9 * * *"), {}, runs.History(last), last + timedelta(days=days, hours=1))
    assert found.state == state
    assert timeliness(Schedule(cron="30 9 * * *"), {}, runs.History(), last) is None, "nothing ran, nothing is claimed"


def test_nothing_simulated_is_told_when_it_is_switched_off(filled_settings, filled_warehouse, catalogue):
    settings = filled_settings.model_copy(update={"simulated": False})
    codes = {each.code for each in source_statuses(filled_warehouse, catalogue, settings, NOW)}
    assert "simulated" not in codes
    assert len(codes) > 10


def test_an_empty_warehouse_has_sources_without_data(warehouse, catalogue):
    settings = Settings(warehouse="sqlite:///unused.db")
    found = source_statuses(warehouse, catalogue, settings, NOW)
    assert {(each.last_run, each.last_load, each.stored, each.timeliness) for each in found} == {
        (None, None, False, None)
    }
    assert all(each.next_due == NOW for each in found), "what never ran is due"


def test_runs_are_told_with_outcome_and_reason(warehouse, catalogue):
    settings = Settings(warehouse="sqlite:///unused.db")
    for minute, ending in enumerate((Ending(Outcome.UNCHANGED), Ending(Outcome.FAILED, "status 500", True))):
        moment = NOW + timedelta(minutes=minute)
        begun = runs.begin(warehouse, "fed_h10", Reason.SCHEDULE, now=moment, token=1, holder="here")
        later = moment + timedelta(seconds=4)
        runs.end(warehouse, begun.run_id, ending, now=later, duration_s=4.0, next_due=None)
    status = next(
        each
        for each in source_statuses(warehouse, catalogue, settings, NOW + timedelta(minutes=2))
        if each.code == "fed_h10"
    )
    assert (status.last_run.outcome, status.last_run.error, status.last_run.duration_s) == ("failed", "status 500", 4.0)
    assert status.last_good_run.started_at == NOW
    assert status.next_due == datetime(2026, 12, 3, 9, 0, tzinfo=SHANGHAI)


def test_the_command_prints_people_and_programs_the_same(filled_settings, statuses, monkeypatch, capsys):
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", filled_settings.warehouse)
    monkeypatch.setenv("ONESCREEN_TODAY", str(TODAY))
    assert main([]) == 1, "bundled editions are late, and the exit code says so"
    text = capsys.readouterr().out
    for code, status in statuses.items():
        assert f"\n{code}  {status.title_zh}" in text
        assert all(line in text for _, line, _ in lines(status, "zh"))
    assert "［模拟数据］" in text
    assert main(["--json", "--lang", "en"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads(as_json(statuses.values(), NOW))
    [pink] = [each for each in told["sources"] if each["code"] == "world_bank_pink_sheet"]
    assert (pink["coverage"][0]["first"], pink["timeliness"]["state"]) == ("1960-01", "broken")
    by_indicator = {each["indicator"]: each for each in pink["indicator_coverage"]}
    assert (by_indicator["price_brent"]["first"], by_indicator["price_brent"]["last"]) == ("1960-01", "2026-05")
    main(["--lang", "en"])
    assert "broken · 2026-06 was due on 2026-07-04 09:00" in capsys.readouterr().out


def test_the_command_says_when_there_is_no_warehouse(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", f"sqlite:///{tmp_path / 'none.db'}")
    assert main([]) == 2
    assert "python -m data.refresh" in capsys.readouterr().err


def test_t_06_at_midnight_in_shanghai_what_was_due_is_late_without_a_restart(
    filled_settings, filled_warehouse, catalogue
):
    found = []
    for moment in ("2026-07-04 23:59:50", "2026-07-05 00:00:10"):
        now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        statuses = source_statuses(filled_warehouse, catalogue, filled_settings, now)
        [pink] = [each for each in statuses if each.code == "world_bank_pink_sheet"]
        found.append((pink.timeliness.state, pink.timeliness.days_late))
    assert found == [(Freshness.DUE_SOON, 0), (Freshness.OVERDUE, 1)]
    elsewhere = datetime(2026, 7, 4, 16, 0, 10, tzinfo=UTC)  # the same moment
    statuses = source_statuses(filled_warehouse, catalogue, filled_settings, elsewhere)
    assert [each.timeliness.state for each in statuses if each.code == "world_bank_pink_sheet"] == [Freshness.OVERDUE]
