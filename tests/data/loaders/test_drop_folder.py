"""From the drop folder into the warehouse: what is good is stored, what is not is put aside with a report."""

from __future__ import annotations

import os
import time
from datetime import date

import pytest
from sqlalchemy import func, select

from data import schema
from data.failpoints import InjectedFailureError
from data.loaders import SourceError, drop_folder
from data.loaders.drop_folder import DropFolder
from data.loaders.intake import Settling
from data.loaders.isolation import Isolation
from data.state import dump_state
from tests.data.loaders.foreign_files import HOSTILE, csv_text, feed, repacked, workbook
from tests.data.loads import TEXTS

TODAY = date(2026, 11, 23)
HEADER = ("月份", "出口", "进口")


@pytest.fixture(scope="module")
def isolation(catalogue):
    with Isolation(catalogue) as opened:
        yield opened


class Steward:
    """Puts files into the drop folder and has them loaded."""

    def __init__(self, tmp_path, warehouse, catalogue, isolation) -> None:
        self.folder, self.warehouse, self.catalogue, self.isolation = tmp_path, warehouse, catalogue, isolation
        self.drop = DropFolder(tmp_path / "drop", Settling(0.0, now=lambda: time.time() + 100))
        self.inbox = tmp_path / "drop" / "feed"
        self.inbox.mkdir(parents=True)
        self.source = feed(tmp_path)
        warehouse.register_source("feed", simulated=False, **TEXTS)

    def declare(self, kind="csv", **sections):
        self.source = feed(self.folder, kind, **sections)

    def put(self, name, *rows, header=HEADER):
        path = self.inbox / name
        path.write_text(csv_text((header, *rows)), encoding="utf-8")
        return path

    def load(self):
        return self.drop.load([self.source], self.catalogue, self.warehouse, self.isolation, "declared", TODAY)

    def states(self):
        return [report.state for report in self.load()]

    def listed(self, name=""):
        folder = self.inbox / name
        return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []

    def report(self):
        (path,) = self.inbox.glob("quarantine/*.report.txt")
        return path.read_text(encoding="utf-8")

    def count(self, table, **equal):
        statement = select(func.count()).select_from(table)
        for name, value in equal.items():
            statement = statement.where(table.c[name] == value)
        with self.warehouse.connected() as connection:
            return connection.execute(statement).scalar_one()


@pytest.fixture
def steward(tmp_path, warehouse, catalogue, isolation):
    return Steward(tmp_path, warehouse, catalogue, isolation)


def test_l_13_one_bad_file_among_20_is_put_aside_with_a_report_in_chinese(steward):
    for number in range(20):
        month = f"{2022 + number // 12}-{number % 12 + 1:02d}"
        steward.put(
            f"{number:02d}.csv",
            (month, 20.0 + number, "1_0" if number == 7 else 10.0),
            *([(month, 99.0, 1.0)] * (number == 7)),
        )
    states = steward.states()
    assert (states.count("done"), states.count("quarantined")) == (19, 1)
    assert steward.count(schema.observation) == 38
    assert len(steward.listed("done")) == 19
    assert steward.listed() == []
    assert not list((steward.folder / "drop" / "spool").iterdir())
    report = steward.report()
    for words in (
        "文件 / file：07.csv",
        "隔离待核",
        "row 2, 出口",
        "出现两个不同的数值",
        "处理 / remedy：请在原文件中只保留",
        "1_0",
    ):
        assert words in report
    assert steward.count(schema.load, state="quarantined") == 1
    assert steward.count(schema.finding, check_code="conflict", severity="quarantine") == 1
    assert steward.count(schema.rejected_row) == 1


def test_l_01_the_same_file_twice_and_renamed_changes_nothing(steward):
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    assert steward.states() == ["done"]
    before = dump_state(steward.warehouse)
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    steward.put("b.csv", ("2024-01", 20.5, 10.25))
    assert steward.states() == ["unchanged", "unchanged"]
    assert dump_state(steward.warehouse) == before
    assert (steward.listed(), len(steward.listed("done"))) == ([], 1)


def test_the_marker_of_a_finished_file_goes_with_it(steward):
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    (steward.inbox / "a.csv.done").touch()
    assert steward.states() == ["done"]
    assert steward.listed() == []


def test_l_02_a_crash_between_commit_and_putting_away_loads_nothing_twice(steward, monkeypatch):
    steward.put("a.csv", ("2024-01", 20.5, 10.25))

    def crash(name):
        raise InjectedFailureError(name)

    monkeypatch.setattr(drop_folder, "checkpoint", crash)
    with pytest.raises(InjectedFailureError):
        steward.load()
    monkeypatch.undo()
    assert steward.listed() == ["a.csv"]
    before = dump_state(steward.warehouse)
    assert steward.states() == ["unchanged"]
    assert dump_state(steward.warehouse) == before
    assert (steward.listed(), len(steward.listed("done"))) == ([], 1)


def test_l_04_the_same_row_twice_is_counted_once_and_another_value_is_held_back(steward):
    steward.put("a.csv", ("2024-01", 20.5, 10.25), ("2024-01", 20.5, 10.25))
    (report,) = steward.load()
    assert (report.state, report.counts["new"], report.counts["collapsed"]) == ("done", 2, 2)
    steward.put("b.csv", ("2024-02", 20.5, 10.25), ("2024-02", 21.5, 10.25))
    (report,) = steward.load()
    assert report.state == "quarantined"
    assert "row 2, 出口" in report.error
    assert "row 3, 出口" in report.error
    assert steward.count(schema.observation) == 2


ALIAS = 'aliases = { "出口" = ["出口总额"] }'
COLUMNS = {  # what became of the columns -> (header, row, what is declared, the outcome, words)
    "moved": (("进口", "月份", "出口"), (10.25, "2024-01", 20.5), "", "done", ""),
    "added": (("月份", "出口", "进口", "备注"), ("2024-01", 20.5, 10.25, "x"), "", "done", ""),
    "renamed, declared": (("月份", "出口总额", "进口"), ("2024-01", 20.5, 10.25), ALIAS, "done", ""),
    "period renamed, declared": (
        ("时间", "出口", "进口"), ("2024-01", 20.5, 10.25), 'aliases = { "月份" = ["时间"] }', "done", "",
    ),
    "renamed": (("月份", "出口总额", "进口"), ("2024-01", 20.5, 10.25), "", "failed", "'出口总额'"),
    "missing": (("月份", "出口"), ("2024-01", 20.5), "", "failed", "'出口'"),
    "doubled": (("月份", "出口", "进口", "出口"), ("2024-01", 20.5, 10.25, 3), "", "failed", "2 times"),
    "renamed and still there": (
        ("月份", "出口", "进口", "出口总额"), ("2024-01", 20.5, 10.25, 3), ALIAS, "failed", "2 times",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COLUMNS)
def test_l_05_columns_are_found_by_name_and_nothing_is_loaded_partly(case, steward):
    header, row, declared, state, words = COLUMNS[case]
    steward.declare(table=declared)
    steward.put("a.csv", row, header=header)
    (report,) = steward.load()
    assert report.state == state, report.error
    assert steward.count(schema.observation) == (2 if state == "done" else 0)
    assert words in report.error
    if state == "failed":
        assert words in steward.report()
        assert steward.count(schema.finding, check_code="unreadable") == 1
    if case == "added":
        with steward.warehouse.connected() as connection:
            assert "备注" in connection.execute(select(schema.load.c.note)).scalar_one()


def test_l_06_a_file_in_another_unit_waits_until_it_is_corrected_or_accepted(steward):
    steward.put("2023.csv", *((f"2023-{month:02d}", 20.0 + month, 10.0 + month) for month in range(1, 7)))
    assert steward.states() == ["done"]
    stored = dump_state(steward.warehouse)
    rows = [(f"2024-{month:02d}", (20.0 + month) * 1.05 * 10_000, 10.0 + month) for month in range(1, 7)]
    steward.put("2024.csv", *rows)
    (report,) = steward.load()
    assert report.state == "quarantined"
    assert "疑似单位变化" in report.error
    assert dump_state(steward.warehouse) == stored
    with steward.warehouse.connected() as connection:
        finding = connection.execute(select(schema.finding).order_by(schema.finding.c.finding_number)).first()
    assert (finding.check_code, finding.place) == ("unit_jump", "row 2, 出口")
    assert "请核对表头和附注的单位" in finding.remedy_zh
    sha = next(name for name in steward.listed("quarantine") if name.endswith(".csv")).removesuffix(".csv")
    accept = f'[[checks.accept]]\ncheck = "unit_jump"\nsha256 = "{sha}"\nreason = "checked with the publisher"'
    steward.declare(more=accept)
    steward.put("2024.csv", *rows)
    assert steward.states() == ["done"]
    assert steward.count(schema.observation) == 24


def test_a_warning_is_stored_with_the_load_it_is_about(steward):
    steward.declare(more='[checks]\nbounds = [{ indicator = "trade", maximum = 15, severity = "warn" }]')
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    (report,) = steward.load()
    assert report.state == "done"
    assert steward.count(schema.finding, load_id=report.load_id, severity="warn") == 1


def test_a_refused_finding_is_a_failed_load(steward):
    steward.declare(more='[checks]\nbounds = [{ indicator = "trade", maximum = 15, severity = "refuse" }]')
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    assert steward.states() == ["failed"]
    assert steward.count(schema.observation) == 0


def test_a_file_that_shrank_is_held_back_and_another_kind_of_file_is_not_compared(steward):
    rows = [(f"2023-{month:02d}", 20.0, 10.0) for month in range(1, 11)]
    steward.put("trade_2024-01.csv", *rows)
    assert steward.states() == ["done"]
    steward.put("other.csv", ("2022-01", 20.0, 10.0))
    assert steward.states() == ["done"]
    steward.put("trade_2024-02.csv", *rows[:7])
    (report,) = steward.load()
    assert (report.state, "shrink" in report.error) == ("quarantined", True)


def test_a_period_that_is_not_over_is_held_back(steward):
    steward.put("a.csv", ("2026-11", 20.5, 10.25))
    assert steward.states() == ["quarantined"]
    steward.put("b.csv", ("2026-10", 20.5, 10.25))
    assert steward.states() == ["done"]


def test_f_01_a_file_being_written_waits(steward):
    steward.drop.settling = Settling(10.0)
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    assert steward.load() == []
    (steward.inbox / "a.csv.done").touch()
    assert steward.states() == ["done"]


def test_f_03_an_unreadable_file_is_noted_once_and_tried_again(steward, monkeypatch):
    steward.put("a.csv", ("2024-01", 20.5, 10.25))

    def closed(*_arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(drop_folder, "receive", closed)
    assert steward.states() + steward.states() + steward.states() == ["failed"] * 3
    assert steward.count(schema.load) == 1
    monkeypatch.undo()
    assert steward.states() == ["done"]


def test_f_03_a_file_that_vanishes_is_no_error(steward, monkeypatch):
    path = steward.put("a.csv", ("2024-01", 20.5, 10.25))
    receive = drop_folder.receive

    def vanish(*arguments):
        path.unlink()
        return receive(*arguments)

    monkeypatch.setattr(drop_folder, "receive", vanish)
    assert steward.load() == []


def test_f_04_what_is_no_file_is_put_aside_unopened(steward):
    (steward.inbox / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(steward.inbox / "pipe.csv")
    (steward.inbox / "empty.csv").touch()
    (steward.inbox / "folder.csv").mkdir()
    steward.put("header only.csv")
    began = time.monotonic()
    assert steward.states() == ["failed"] * 5
    assert time.monotonic() - began < 10
    assert steward.listed() == []
    assert len(list(steward.inbox.glob("quarantine/*.report.txt"))) == 5
    assert steward.load() == []


def test_f_14_f_15_a_hostile_workbook_is_put_aside_and_the_next_file_loads(steward):
    steward.declare("xlsx")
    repacked(workbook(steward.inbox / "a.xlsx"), HOSTILE["far cell"][0]())
    repacked(workbook(steward.inbox / "b.xlsx"), HOSTILE["entity bomb"][0]())
    workbook(steward.inbox / "c.xlsx")
    assert steward.states() == ["failed", "failed", "done"]
    assert steward.count(schema.observation) == 6


@pytest.mark.parametrize(
    "name", ["=cmd.csv", "a\nb.csv", "<script>.csv", "a\u202eb.csv", "a;DROP TABLE load.csv"], ids=ascii
)
def test_f_16_the_name_is_only_a_label(name, steward):
    steward.put(name, ("2024-01", 20.5, 10.25))
    (report,) = steward.load()
    assert report.state == "done"
    with steward.warehouse.connected() as connection:
        label = connection.execute(select(schema.load.c.file_name)).scalar_one()
    assert label == report.file_name
    assert label.isprintable()
    assert not set(label) & set("<>")
    assert len(steward.listed("done")[0]) == 16 + len(".csv")


def test_a_file_put_in_place_of_one_being_loaded_is_not_lost(steward, monkeypatch):
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    run = drop_folder.run

    def run_while_another_arrives(*arguments, **options):
        report = run(*arguments, **options)
        (steward.inbox / "a.csv").unlink()
        steward.put("a.csv", ("2024-02", 21.5, 11.25))
        return report

    monkeypatch.setattr(drop_folder, "run", run_while_another_arrives)
    assert steward.states() == ["done"]
    monkeypatch.undo()
    assert steward.listed() == ["a.csv"]
    assert steward.states() == ["done"]
    assert steward.count(schema.observation) == 4


def test_l_10_a_withdrawn_figure_becomes_a_tombstone_and_stays_in_history(steward):
    steward.put("trade_01.csv", ("2024-01", 20.5, 10.25), ("2024-02", 21.5, 11.25))
    assert steward.states() == ["done"]
    steward.put("other.csv", ("2024-02", "…", 11.25))
    assert steward.states() == ["done"]
    assert steward.count(schema.observation_history) == 0  # another file's blank withdraws nothing
    steward.put("trade_02.csv", ("2024-01", 20.5, 10.25), ("2024-02", "…", 11.25), ("2024-03", "…", ""))
    (report,) = steward.load()
    assert (report.state, report.counts["revised"], report.counts["new"]) == ("done", 1, 0)
    with steward.warehouse.connected() as connection:
        now = schema.observation.c
        (tombstone,) = connection.execute(select(schema.observation).where(now.value.is_(None))).all()
        (before,) = connection.execute(select(schema.observation_history)).all()
    assert (tombstone.obs_status, tombstone.raw, tombstone.place) == ("L", "…", "row 3, 出口")
    assert "撤回" in tombstone.note
    assert (before.value, before.series_id, before.period) == (21.5, tombstone.series_id, tombstone.period)
    steward.put("trade_03.csv", ("2024-01", 20.5, 10.25), ("2024-02", 21.7, 11.25), ("2024-03", "", ""))
    assert steward.states() == ["done"]
    assert steward.count(schema.observation, value=21.7) == 1


def test_a_copy_left_behind_by_a_killed_load_is_swept(steward):
    spool = steward.folder / "drop" / "spool"
    spool.mkdir()
    for name, age_s in (("old.csv", 2 * 24 * 3600), ("new.csv", 60)):
        (spool / name).touch()
        os.utime(spool / name, (time.time() - age_s,) * 2)
    steward.load()
    assert [path.name for path in spool.iterdir()] == ["new.csv"]


def test_a_check_of_an_indicator_that_is_not_there_is_a_mistake_in_the_declaration(steward):
    steward.declare(more='[checks]\nbounds = [{ indicator = "trades", maximum = 15 }]')
    steward.put("a.csv", ("2024-01", 20.5, 10.25))
    with pytest.raises(SourceError, match="trades"):
        steward.load()
    assert steward.listed() == ["a.csv"]
