"""What cannot be read is listed, corrected with a reason and replayed; known errors of a publisher are put right, and
a publisher who puts them right is noticed; what was held back can be approved. On both engines, with real files."""

from __future__ import annotations

import time
from datetime import date

import pytest
from sqlalchemy import select

from data import schema
from data.approvals import ApprovalError, approve
from data.fingerprints import file_sha256
from data.loaders import SourceError, load_sources
from data.loaders.drop_folder import DropFolder
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, declarations_fingerprint
from data.queries import Want, read_frame
from data.rejects import main as rejects_main
from data.replay import ReplayError, replay
from data.replay import main as replay_main
from data.revision_history import revisions_of
from data.settings import Settings
from data.warehouse import open_warehouse
from data.withdraw import withdraw
from tests.data.loaders.foreign_files import csv_text, feed
from tests.data.loads import TEXTS

HEADER = ("月份", "出口", "进口")
ENTRY = """
[[corrections]]
indicator = "trade"
flow = "{flow}"
period = "{period}"
place = "{place}"
expected = "{expected}"
value = {value}
reason = "misprint, see the notice of 20 June"
author = "Li"
date = 2024-06-21
"""


class Desk:
    """A data steward: puts files into the drop folder, edits the declaration, refreshes, looks."""

    def __init__(self, tmp_path, url, monkeypatch, catalogue, isolation) -> None:
        self.catalogue, self.isolation = catalogue, isolation
        self.sources = tmp_path / "sources"
        self.sources.mkdir()
        self.inbox = tmp_path / "drop" / "feed"
        self.inbox.mkdir(parents=True)
        self.settings = Settings(
            warehouse=url, sources=self.sources, drop_folder=tmp_path / "drop", downloads=tmp_path / "downloads",
            today="2026-11-23", simulated=False,
        )  # fmt: skip
        for name in ("warehouse", "sources", "drop_folder", "downloads"):
            monkeypatch.setenv(f"ONESCREEN_{name.upper()}", str(getattr(self.settings, name)))
        monkeypatch.setenv("ONESCREEN_SIMULATED", "off")
        self.declare()
        self.warehouse = open_warehouse(url)
        self.warehouse.register_source("feed", simulated=False, **TEXTS)
        trade = catalogue.indicators["trade"]
        self.exports, self.imports = (trade.key(region="100000", accumulation="S", flow=each) for each in ("X", "M"))

    def declare(self, more="") -> None:
        feed(self.sources, more=more)
        path = self.sources / "feed.toml"
        path.write_text(path.read_text(encoding="utf-8").replace('["*"]', '["feed/*"]'), encoding="utf-8")

    def replay(self, load_id, reason=None):
        if reason is not None:
            approve(self.warehouse, int(load_id), reason, "Li")
        return replay(self.settings, self.warehouse, int(load_id), self.catalogue, self.isolation)

    def override(self, text) -> None:
        (self.sources / "overrides").mkdir(exist_ok=True)
        (self.sources / "overrides" / "feed.toml").write_text(text, encoding="utf-8")

    def put(self, name, *rows):
        path = self.inbox / name
        path.write_text(csv_text((HEADER, *rows)), encoding="utf-8")
        (self.inbox / f"{name}.done").touch()
        return self.take()[-1]

    def take(self):
        drop, sources = DropFolder(self.settings.drop_folder), load_sources(self.sources)
        declarations = declarations_fingerprint(self.settings.catalogue)
        return drop.load(sources, self.catalogue, self.warehouse, self.isolation, declarations, date(2026, 11, 23))

    def value(self, key, period):
        return read_frame(self.warehouse, [Want(key, period, period)], True).at(key, period)

    def findings(self, load_id):
        table = schema.finding.c
        statement = select(table.check_code, table.severity, table.raw, table.reason_en).where(table.load_id == load_id)
        return [tuple(row) for row in self.warehouse.read(statement)]


@pytest.fixture(scope="module")
def isolation(catalogue):
    with Isolation(catalogue) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path, warehouse_url, monkeypatch, catalogue, isolation):
    opened = Desk(tmp_path, warehouse_url, monkeypatch, catalogue, isolation)
    yield opened
    opened.warehouse.dispose()


JANUARY, FEBRUARY, MARCH = (2024 * 12 + month for month in range(3))
ROWS = [(f"2023-{month:02d}", 20 + month, 10 + month) for month in range(1, 13)]


def test_a_rejected_cell_is_listed_corrected_with_a_reason_and_replayed(desk: Desk, capsys) -> None:
    report = desk.put("a.csv", *ROWS, ("2024-01", "2O.5", "10.25"))
    assert (report.state, report.counts["rejected"]) == ("done", 1)
    assert rejects_main([]) == 0
    heading, line = capsys.readouterr().out.splitlines()
    load_id, source, file_name, state, place, raw, reason = line.split("\t")
    assert (source, file_name, state, place, raw) == ("feed", "a.csv", "done", "row 14, 出口", "2O.5")
    assert (heading.split("\t")[-1], reason != "") == ("reason", True)
    desk.override(ENTRY.format(flow="X", period="2024-01", place=place, expected=raw, value=20.5).replace(
        "[[corrections]]", '[[corrections]]\nregion = "100000"\naccumulation = "S"'
    ))  # fmt: skip
    assert desk.replay(load_id).counts["new"] == 1
    cell = desk.value(desk.exports, JANUARY)
    assert (cell.value, cell.place) == (20.5, "row 14, 出口")
    assert "misprint, see the notice of 20 June (Li, 2024-06-21)" in cell.note
    [change] = revisions_of(desk.warehouse, desk.exports, JANUARY)
    assert (change.kind, change.note.startswith("misprint"), change.new.author) == ("correction", True, "Li")
    rejects_main([])
    assert len(capsys.readouterr().out.splitlines()) == 1  # nothing is left
    assert desk.replay(load_id).state == "unchanged"


def test_a_known_error_is_stored_corrected_as_long_as_the_publisher_has_it(desk: Desk) -> None:
    desk.declare(ENTRY.format(flow="X", period="2023-06", place="", expected="26.0", value=27.5))
    report = desk.put("a.csv", *ROWS)
    cell = desk.value(desk.exports, 2023 * 12 + 5)
    assert (report.state, cell.value, "misprint" in cell.note) == ("done", 27.5, True)
    assert desk.findings(report.load_id) == []
    row = desk.warehouse.read(select(schema.correction))[0]
    assert (row.raw, row.value, row.author, row.place) == ("26", 27.5, "Li", "row 7, 出口")
    assert desk.value(desk.imports, 2023 * 12 + 5).note == ""


@pytest.mark.parametrize(
    ("now", "stored", "words"),
    [(27.5, 27.5, "the publisher has put it right"), (28, 28.0, "expected 26, the file has 28")],
)
def test_a_fix_upstream_is_noticed_and_the_publishers_own_figure_stored(desk: Desk, now, stored, words) -> None:
    desk.declare(ENTRY.format(flow="X", period="2023-06", place="", expected="26", value=27.5))
    desk.put("a.csv", *ROWS)
    rows = [(month, now if month == "2023-06" else exports, imports) for month, exports, imports in ROWS]
    report = desk.put("b.csv", *rows)
    assert report.state == "done"
    assert desk.value(desk.exports, 2023 * 12 + 5).value == stored
    [(check, severity, raw, reason)] = desk.findings(report.load_id)
    assert (check, severity, raw, words in reason) == ("correction", "warn", str(now), True)


def test_a_figure_that_disappears_upstream_is_noticed_and_another_file_is_not(desk: Desk) -> None:
    desk.declare(ENTRY.format(flow="X", period="2023-06", place="", expected="26", value=27.5))
    gone = desk.put("b.csv", *(row for row in ROWS if row[0] != "2023-06"))
    other = desk.put("c.csv", ("2024-01", 30, 20))
    assert ["the file has nothing" in each[3] for each in desk.findings(gone.load_id)] == [True]
    assert "correction" not in [each[0] for each in desk.findings(other.load_id)]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ENTRY.replace('flow = "{flow}"\n', ""), "2 figures of the file are meant; name more parts"),
        (ENTRY.replace('"trade"', '"trades"'), "the indicator is not in the catalogue"),
        (ENTRY.replace("misprint, see the notice of 20 June", "x"), "at least 4 characters"),
    ],
)
def test_an_entry_that_cannot_be_applied_is_a_mistake_in_the_declaration(desk: Desk, entry, words) -> None:
    desk.override(entry.format(flow="X", period="2023-06", place="", expected="26", value=27.5))
    (desk.inbox / "a.csv").write_text(csv_text((HEADER, *ROWS)), encoding="utf-8")
    (desk.inbox / "a.csv.done").touch()
    with pytest.raises(SourceError, match=words):
        desk.take()


def test_a_jump_of_the_unit_is_held_back_approved_with_a_reason_and_replayed(desk: Desk, capsys) -> None:
    desk.put("a.csv", *ROWS)
    report = desk.put("b.csv", ("2024-01", "210000.0", "110000.0"))
    assert report.state == "quarantined"
    assert desk.replay(report.load_id).state == "quarantined"  # nothing was approved
    with pytest.raises(ApprovalError, match="say why"):
        desk.replay(report.load_id, "x")
    assert replay_main([str(report.load_id), "--approve", "the district did merge with another", "--by", "Li"]) == 0
    assert desk.value(desk.exports, JANUARY).value == 210000.0
    stored = desk.warehouse.read(select(schema.load).where(schema.load.c.state == "done"))[-1]
    assert "approved unit_jump: the district did merge with another (Li)" in stored.note
    assert len(list(desk.inbox.glob("done/*"))) == 2
    assert list(desk.inbox.glob("quarantine/*")) == []
    assert replay_main([str(stored.load_id), "--approve", "again and again"]) == 2
    assert "only what is quarantined can be approved" in capsys.readouterr().err


def test_an_approval_is_about_one_file_and_outlives_another_reading(desk: Desk) -> None:
    desk.put("a.csv", *ROWS)
    first = desk.put("b.csv", ("2024-01", "210000.0", "110000.0"))
    desk.replay(first.load_id, "the district did merge with another")
    desk.declare('note_en = "read another way"')
    assert desk.put("b.csv", ("2024-01", "210000.0", "110000.0")).state == "done"
    assert desk.put("c.csv", ("2024-03", "230000.0", "130000.0")).state == "quarantined"


def test_what_is_refused_for_good_cannot_be_approved(desk: Desk) -> None:
    desk.declare('[checks]\nunit_jump = "refuse"')
    desk.put("a.csv", *ROWS)
    report = desk.put("b.csv", ("2024-01", "210000.0", "110000.0"))
    assert report.state == "failed"
    with pytest.raises(ApprovalError, match="only what is quarantined can be approved"):
        desk.replay(report.load_id, "the district did merge")


def test_l_18_a_withdrawn_file_is_loaded_again_by_replay_or_by_hand_and_not_by_itself(desk: Desk) -> None:
    report = desk.put("a.csv", *ROWS)
    withdraw(desk.warehouse, report.load_id, "the wrong file was sent", "Li")
    desk.declare('note_en = "read another way"')  # a new reading alone brings nothing back
    assert desk.take() == []
    [source], [kept] = load_sources(desk.sources), desk.inbox.glob("done/*")
    as_bundled = Fetched(source, kept, file_sha256(kept), "another reading")
    assert as_bundled.is_loaded(desk.warehouse)
    assert desk.value(desk.exports, 2023 * 12) is None
    assert desk.replay(report.load_id).state == "done"
    assert desk.value(desk.exports, 2023 * 12).value == 21.0
    withdraw(desk.warehouse, desk.warehouse.read(select(schema.load))[-1].load_id, "wrong after all", "Li")
    assert desk.put("a.csv", *ROWS).state == "done"
    assert desk.value(desk.exports, 2023 * 12).value == 21.0


def test_a_file_that_is_not_kept_any_more_cannot_be_replayed(desk: Desk) -> None:
    report = desk.put("a.csv", *ROWS)
    for path in desk.inbox.glob("done/*"):
        path.unlink()
    with pytest.raises(ReplayError, match="is not kept any more; put it into the drop folder again"):
        desk.replay(report.load_id)
    with pytest.raises(ReplayError, match="there is no load 99"):
        desk.replay(99)


def test_l_16_an_embargoed_file_waits_in_the_drop_folder_and_is_loaded_at_its_time(desk: Desk) -> None:
    future = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 365 * 24 * 3600))
    desk.declare(f"release_at = {future}")
    assert desk.put("a.csv", *ROWS).state == "embargoed"
    assert (desk.inbox / "a.csv").exists()
    assert desk.value(desk.exports, 2023 * 12) is None
    desk.declare("release_at = 2024-06-18T10:00:00")
    assert [report.state for report in desk.take()] == ["done"]
    assert desk.value(desk.exports, 2023 * 12).value == 21.0
