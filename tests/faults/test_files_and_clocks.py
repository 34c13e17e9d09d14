"""Files that come twice, changed, swapped, in another unit or while they are read; clocks that jump (T-01, L-03).

After each: the database is whole, acknowledged loads are whole, nothing half is visible, the ledger tells the truth.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from data import schema
from data.catalogue import load_catalogue
from data.fingerprints import file_sha256
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, run
from data.periods import month_period
from data.settings import ROOT
from data.vintages import as_of
from data.warehouse import open_warehouse
from tests.data.loaders.foreign_files import csv_text, feed
from tests.data.loads import TEXTS, declare_sources, fact, load
from tests.data.test_refresh import small_settings, state_fingerprints
from tests.data.test_warehouse_faults import SEED

TODAY = date(2026, 11, 23)
HEADER = ("月份", "出口", "进口")
YEARS = {
    f"{year}-{month:02d}": (200.5 + month + 10 * (year - 2022), 100.25 + month) for year in (2022, 2023)
    for month in range(1, 13)
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(ROOT / "data/catalogue")


@pytest.fixture(scope="module")
def isolation(catalogue):
    with Isolation(catalogue) as opened:
        yield opened


class Desk:
    """Loads texts as files of one declared feed, and knows what must then be true."""

    def __init__(self, folder, warehouse, catalogue, isolation) -> None:
        self.folder, self.warehouse, self.catalogue, self.isolation = folder, warehouse, catalogue, isolation
        self.source = feed(folder)
        warehouse.register_source("feed", simulated=False, **TEXTS)

    def load(self, name, text, day=date(2024, 6, 1)):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return self.load_path(path, day)

    def load_path(self, path, day=date(2024, 6, 1)):
        source = self.source.model_copy(update={"vintage": day})
        fetched = Fetched(source, path, file_sha256(path), "declared")
        return run(fetched, self.catalogue, self.warehouse, isolation=self.isolation, today=TODAY)

    def shown(self):
        """What a reader sees: (flow, period) → value."""
        now, series = schema.observation.c, schema.series
        statement = select(series.c.flow, now.period, now.value).where(now.series_id == series.c.series_id)
        return {(flow, period): value for flow, period, value in self.warehouse.read(statement)}

    def assert_whole(self, states):
        """The ledger says ``states`` in order, each stored figure leads to a load that is done, nothing is half."""
        ledger = self.warehouse.read(select(schema.load).order_by(schema.load.c.load_id))
        assert [row.state for row in ledger] == states
        done = {row.load_id: row for row in ledger if row.state == "done"}
        assert all(row.finished_at and not row.error for row in done.values())
        assert all(row.error for row in ledger if row.state != "done")
        counted = sum(row.rows_new + row.rows_revised for row in done.values())
        tables = schema.observation, schema.observation_history
        assert sum(self.warehouse.read(select(func.count()).select_from(table))[0][0] for table in tables) == counted
        for table in tables:
            assert {row[0] for row in self.warehouse.read(select(table.c.load_id).distinct())} <= set(done)
        if self.warehouse.dialect == "sqlite":
            with self.warehouse.reading.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.fixture
def desk(tmp_path, warehouse, catalogue, isolation):
    return Desk(tmp_path, warehouse, catalogue, isolation)


def text_of(figures, header=HEADER):
    return csv_text((header, *((month, *values) for month, values in figures.items())))


def expected(figures):
    return {
        (flow, month_period(int(month[:4]), int(month[5:]))): value
        for month, values in figures.items() for flow, value in zip("XM", values, strict=True)
    }  # fmt: skip


ONE_CHANGED = YEARS | {"2023-07": (231.25, YEARS["2023-07"][1])}
SWAPPED = csv_text((("进口", "月份", "出口"), *((m, month, x) for month, (x, m) in YEARS.items())))
IN_100_MILLION = {month: (round(x / 1e4, 6), round(m / 1e4, 6)) for month, (x, m) in YEARS.items()}
IN_TEN_THOUSAND = {month: (x * 1e4, m * 1e4) for month, (x, m) in YEARS.items()}
CASES = {
    "the same file twice": (text_of(YEARS), "unchanged", ["done"], YEARS, ""),
    "one value changed": (text_of(ONE_CHANGED), "done", ["done", "done"], ONE_CHANGED, ""),
    "columns swapped with their names": (SWAPPED, "done", ["done", "done"], YEARS, ""),
    "a column renamed": (text_of(YEARS, ("月份", "出口额", "进口")), "failed", ["done", "failed"], YEARS, "出口"),
    "亿元 turned 万元": (text_of(IN_TEN_THOUSAND), "quarantined", ["done", "quarantined"], YEARS, "unit"),
    "万元 turned 亿元": (text_of(IN_100_MILLION), "quarantined", ["done", "quarantined"], YEARS, "unit"),
    "half of its rows": (
        text_of(dict(list(YEARS.items())[:12])),
        "quarantined",
        ["done", "quarantined"],
        YEARS,
        "rows",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_comes_after_a_good_file_is_stored_whole_or_not_at_all(desk, case):
    text, state, states, figures, words = CASES[case]
    assert desk.load("first.csv", text_of(YEARS)).state == "done"
    version = desk.warehouse.data_version()
    report = desk.load("first.csv", text, date(2024, 7, 1))
    assert report.state == state, report.error
    assert words in report.error
    assert desk.shown() == expected(figures)
    desk.assert_whole(states)
    assert (desk.warehouse.data_version() != version) is (figures is ONE_CHANGED)
    if figures is ONE_CHANGED:
        assert (report.counts["revised"], report.counts["unchanged"]) == (1, 47)
        history = schema.observation_history.c
        assert [tuple(row) for row in desk.warehouse.read(select(history.value, history.period))] == [
            (YEARS["2023-07"][0], month_period(2023, 7))
        ]


def test_swapped_names_above_the_columns_are_held_back_by_nothing_but_the_checks(desk):
    """A publisher that swaps the names of two columns gives wrong data; what the checks can see holds it back."""
    assert desk.load("first.csv", text_of({m: (x * 1000, v) for m, (x, v) in YEARS.items()})).state == "done"
    swapped = text_of({m: (x * 1000, v) for m, (x, v) in YEARS.items()}, ("月份", "进口", "出口"))
    assert desk.load("first.csv", swapped, date(2024, 7, 1)).state == "quarantined"
    desk.assert_whole(["done", "quarantined"])


def test_a_file_replaced_while_it_is_read_is_loaded_whole_or_refused(desk, tmp_path):
    """Somebody puts one of two editions in its place, again and again; the ledger never gives one for the other."""
    editions = {edition: {month: (x + edition, m + edition) for month, (x, m) in YEARS.items()} for edition in (1, 2)}
    path, stop = tmp_path / "feed.csv", threading.Event()
    path.write_text(text_of(editions[1]), encoding="utf-8")
    fingerprints = {}
    for edition, figures in editions.items():
        file = tmp_path / f"edition{edition}"
        file.write_text(text_of(figures), encoding="utf-8")
        fingerprints[file_sha256(file)] = figures

    def replace_again_and_again():
        chance = random.Random(SEED)
        while not stop.wait(chance.uniform(0, 0.02)):
            shutil.copyfile(tmp_path / f"edition{chance.choice((1, 2))}", tmp_path / "coming")
            (tmp_path / "coming").replace(path)

    writer = threading.Thread(target=replace_again_and_again)
    writer.start()
    try:
        reports = [desk.load_path(path, date(2024, 6, 1) + timedelta(days=day)) for day in range(12)]
    finally:
        stop.set()
        writer.join()
    assert {report.state for report in reports} <= {"done", "unchanged", "failed"}
    assert all("replaced while it was read" in report.error for report in reports if report.state == "failed")
    ledger = schema.load
    loads = desk.warehouse.read(select(ledger).where(ledger.c.state == "done").order_by(ledger.c.load_id))
    if loads:
        assert desk.shown() == expected(fingerprints[loads[-1].sha256])
    final = desk.load_path(path, date(2024, 8, 1))
    assert final.state in ("done", "unchanged")


def test_a_file_replaced_between_finding_and_reading_is_refused_with_the_reason(desk, tmp_path):
    path = tmp_path / "feed.csv"
    path.write_text(text_of(YEARS), encoding="utf-8")
    found = Fetched(desk.source, path, file_sha256(path), "declared")
    path.write_text(text_of(ONE_CHANGED), encoding="utf-8")
    report = run(found, desk.catalogue, desk.warehouse, isolation=desk.isolation, today=TODAY)
    assert report.state == "failed"
    assert "replaced while it was read" in report.error
    assert desk.shown() == {}
    desk.assert_whole(["failed"])


# --- L-03


EDITIONS = [(1.0, date(2024, 1, 20)), (2.0, date(2024, 3, 20)), (3.0, date(2024, 6, 20))]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_l_03_the_value_shown_is_that_of_the_latest_vintage_in_whatever_order_the_files_came(warehouse, order):
    declare_sources(warehouse)
    for number in order:
        value, day = EDITIONS[number]
        report = warehouse.write(load([fact(value), fact(7.0, period=1)], content=str(value), vintage=day))
        assert report.state == "done"
    now = schema.observation.c
    shown = [tuple(row) for row in warehouse.read(select(now.value, now.vintage).where(now.period != 1))]
    assert shown == [(3.0, EDITIONS[2][1])]
    series_id = fact(1.0).key.series_id
    for value, day in EDITIONS:
        known = {row.period: row.value for row in warehouse.read(as_of([series_id], day))}
        assert known[fact(1.0).period] == value, f"as of {day}"


# --- T-01: clocks that jump


JUMPS = [timedelta(hours=hours) for hours in (0, 1, -1, 48, -48, -9600)]


def test_t_01_a_clock_that_jumps_orders_loads_by_when_they_came_and_loses_nothing(warehouse_url):
    start, times = datetime(2026, 11, 23, 8, tzinfo=UTC), itertools.cycle(JUMPS)
    opened = open_warehouse(warehouse_url, clock=lambda: start + next(times))
    declare_sources(opened)
    for number in range(1, 8):
        report = opened.write(load([fact(float(number))], content=str(number), vintage=date(2024, 1, number)))
        assert report.state == "done"
    then = schema.observation_history.c
    spans = [tuple(row) for row in opened.read(select(then.value, then.known_from, then.known_to).order_by(then.value))]
    assert [value for value, *_ in spans] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert all(known_from < known_to for _, known_from, known_to in spans)
    assert [to for *_, to in spans][:-1] == [known_from for _, known_from, _ in spans][1:], "no gap, no overlap"
    began = [row[0] for row in opened.read(select(schema.load.c.started_at).order_by(schema.load.c.load_id))]
    assert began == sorted(set(began))
    opened.dispose()


FAKED = pytest.mark.skipif(shutil.which("faketime") is None, reason="NOT TESTED: apt-get install faketime")


def refresh_at(jump, settings):
    """Refresh in a process whose machine has another time."""
    own = {
        "ONESCREEN_WAREHOUSE": settings.warehouse, "ONESCREEN_SOURCES": str(settings.sources),
        "ONESCREEN_TODAY": str(settings.today),
    }  # fmt: skip
    command = ["faketime", "-f", jump, sys.executable, "-m", "data.refresh"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.sqlite
@FAKED
def test_t_01_a_refresh_on_a_machine_whose_clock_jumps_gives_the_same_warehouse(tmp_path):
    settings = small_settings(tmp_path, "customs_totals")
    states = []
    for jump in ("+2d", "-2d", "+1h"):
        refresh_at(jump, settings)
        states.append(state_fingerprints(settings.warehouse))
    assert states[0] == states[1] == states[2]


def clock_findings(warehouse):
    finding = schema.finding.c
    rows = warehouse.read(
        select(finding.severity, finding.reason_zh, finding.reason_en).where(finding.check_code == "clock")
    )
    return [tuple(row) for row in rows]


@FAKED
def test_t_01_a_clock_that_is_wrong_is_said_in_the_ledger_and_in_the_log(warehouse, warehouse_url, tmp_path):
    """PostgreSQL has a clock of its own; on SQLite the loads before tell that the clock was set back."""
    settings = small_settings(tmp_path, "fed_h10").model_copy(update={"warehouse": warehouse_url})
    said = refresh_at("+2d", settings)
    if warehouse.dialect == "postgresql":
        [(severity, zh, en)] = clock_findings(warehouse)
        assert severity == "warn"
        assert -172800 - 60 < int(re.search(r"相差 (-\d+) 秒", zh)[1]) < -172800 + 60
        assert zh in said
        assert en in said
    else:
        assert clock_findings(warehouse) == []
    shutil.copyfile(ROOT / "data/sources/customs_totals.toml", settings.sources / "customs_totals.toml")
    said = refresh_at("-0s", settings)
    words = [zh for _, zh, _ in clock_findings(warehouse) if "早于上次入库" in zh]
    assert words
    assert words[0] in said


@pytest.mark.postgresql
def test_t_01_a_clock_that_is_right_is_not_remarked_on(postgresql_server):
    url = postgresql_server.create()
    opened = open_warehouse(url)
    declare_sources(opened)
    assert opened.write(load([fact(1.0)], content="a")).state == "done"
    assert clock_findings(opened) == []
    assert opened.clock_drift() == timedelta(0)
    opened.dispose()
    late = open_warehouse(url, clock=lambda: datetime.now(UTC) - timedelta(minutes=2))
    assert timedelta(seconds=110) < late.clock_drift() < timedelta(seconds=200)
    late.dispose()
    postgresql_server.drop(url)
