"""``python -m data.refresh`` with sources that are asked over HTTP and SQL; on both databases."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from data import schema
from data.refresh import RUNNING, refresh
from data.settings import ROOT, Settings
from data.state import dump_state
from data.warehouse import open_warehouse
from tests.conftest import TODAY
from tests.data.test_refresh import command
from tests.fault_server import FaultServer, Reply

SAMPLE = ROOT / "data/samples/macro/worldbank_gdp_current_usd_selected.csv"
GDP = SAMPLE.read_text(encoding="utf-8")
CHINA_2023 = next(line for line in GDP.splitlines() if ",CHN,2023," in line)
REVISED = CHINA_2023.rsplit(",", 1)[0] + ",18270356654533.5"
ROWS = GDP.count("\n") - 1
FETCH = """
[fetch]
url = "{address}/gdp"
name = "gdp.csv"
content_types = ["text/csv"]
schemes = ["http"]
allowed_networks = ["127.0.0.0/8"]
backoff_s = 0.01
"""
QUESTION = """
code = "department"
loader = "rest"
files = ["department/*"]
title_zh = "部门数据库"
title_en = "Database of a department"
publisher_zh = "某部门"
publisher_en = "A department"
licence = "internal"
page = ""
vintage = 2026-01-01

[sql]
url = "FEED_DATABASE"
name = "rows.jsonl"
query = "SELECT year, country, value FROM gdp WHERE year BETWEEN :first AND :last ORDER BY year"
window = { months = 48, form = "year" }

[answer]
format = "json"
rows = "[*]"

[records]
period = "year"
form = "year"

[[records.lookup]]
header = "country"
part = "region"
codes = { CHN = "CHN" }

[[records.group]]
indicator = "world_bank_gdp_usd"
accumulation = "S"
stored_unit = "USD"
column = [{ header = "value" }]
"""


@pytest.fixture
def server():
    with FaultServer() as opened:
        yield opened


class House:
    """A warehouse, its sources, and where their files come from."""

    def __init__(self, folder, url) -> None:
        self.folder = folder
        self.sources = folder / "sources"
        self.sources.mkdir()
        self.settings = Settings(
            warehouse=url, sources=self.sources, today=TODAY, downloads=folder / "downloads", simulated=False
        )

    def declare(self, name, text=None, more=""):
        """Declare a source by text, or as it is bundled but without a schedule: it is asked each time."""
        bundled = ROOT / f"data/sources/{name}.toml"
        text = bundled.read_text(encoding="utf-8").partition("[schedule]")[0] if text is None else text
        (self.sources / f"{name}.toml").write_text(text + more, encoding="utf-8")

    def refresh(self, **more):
        return refresh(self.settings.model_copy(update=more))

    def ledger(self, source=None):
        rows = self.read(select(schema.load).order_by(schema.load.c.load_id))
        return [row for row in rows if source in (None, row.source_code)]

    def count(self, table):
        return self.read(select(func.count()).select_from(table))[0][0]

    def read(self, statement):
        opened = open_warehouse(self.settings.warehouse, readonly=True)
        try:
            return opened.read(statement)
        finally:
            opened.dispose()

    def state(self):
        opened = open_warehouse(self.settings.warehouse)
        try:
            return dump_state(opened)
        finally:
            opened.dispose()

    def downloaded(self):
        return sorted(path.name for path in self.settings.downloads.rglob("*") if path.is_file())


@pytest.fixture
def house(tmp_path, warehouse_url):
    return House(tmp_path, warehouse_url)


@pytest.fixture
def fed(house, server):
    """A house with GDP from a service, and customs from a bundled file."""
    house.declare("world_bank_gdp", more=FETCH.format(address=server.address))
    house.declare("customs_totals")
    return house


def tagged(request):
    """Answer with a tag, and 304 to whoever knows it."""
    if request.headers.get("if-none-match") == '"1"':
        return Reply(b"", 304)
    return Reply(GDP.encode(), headers={"Content-Type": "text/csv", "ETag": '"1"'})


def states(summary):
    return {report.source: report.state for report in summary.reports}


def test_l_01_an_answer_is_loaded_once_with_the_day_it_came_and_304_changes_nothing(fed, server):
    server.scripts["/gdp"] = tagged
    first = fed.refresh()
    assert (states(first), first.failed) == ({"world_bank_gdp": "done", "customs_totals": "done"}, [])
    [row] = fed.ledger("world_bank_gdp")
    assert (row.file_name, row.vintage, row.kind, row.rows_new) == ("gdp.csv", TODAY, "release", ROWS)
    before, version = fed.state(), fed.read(select(schema.meta).where(schema.meta.c.key == "data_version"))
    second = fed.refresh()
    assert (second.reports, second.failed, second.asked, second.answered) == ([], [], 1, 0)
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"1"']
    assert fed.state() == before
    assert fed.read(select(schema.meta).where(schema.meta.c.key == "data_version")) == version
    assert fed.read(select(schema.meta).where(schema.meta.c.key == RUNNING)) == []


def test_a_changed_answer_is_a_revision_and_one_that_goes_back_is_another(fed, server):
    server.scripts["/gdp"] = [Reply.csv(GDP), Reply.csv(GDP.replace(CHINA_2023, REVISED)), Reply.csv(GDP)]
    reports = [report for _ in range(3) for report in fed.refresh().reports if report.source == "world_bank_gdp"]
    assert [report.state for report in reports] == ["done"] * 3
    assert [(each.counts["new"], each.counts["revised"]) for each in reports] == [(ROWS, 0), (0, 1), (0, 1)]
    assert {row.kind for row in fed.ledger("world_bank_gdp")} == {"release"}
    history = fed.read(select(schema.observation_history.c.raw).order_by(schema.observation_history.c.known_from))
    assert [row.raw for row in history] == [line.rsplit(",", 1)[1] for line in (CHINA_2023, REVISED)]
    assert fed.refresh().reports == []


def test_an_answer_is_read_again_when_its_declaration_changes(fed, server):
    server.scripts["/gdp"] = [Reply.csv(GDP)]
    fed.refresh()
    fed.declare("world_bank_gdp", more=FETCH.format(address=server.address) + "# a remark\n")
    fed.refresh(today=TODAY.replace(day=24))
    rows = fed.ledger("world_bank_gdp")
    assert [(row.kind, row.vintage, row.rows_revised) for row in rows] == [
        ("release", TODAY, 0), ("correction", TODAY, 0),
    ]  # fmt: skip


BAD = {
    "500": (Reply(b"sorry", 500, {"Content-Type": "text/plain"}), "status 500"),
    "404": (Reply(b"gone", 404, {"Content-Type": "text/plain"}), "404"),
    "html": (Reply(b"<html>please sign in</html>", headers={"Content-Type": "text/html"}), "content type"),
    "html as csv": (Reply(b"<html>please sign in</html>\n", headers={"Content-Type": "text/csv"}), ""),
    "another layout": (Reply.csv(GDP.replace("gdp_current_usd", "gdp_constant_usd")), "gdp_current_usd"),
    "cut": (Reply(GDP.encode(), headers={"Content-Type": "text/csv"}, cut=5000), ""),
    "elsewhere": (Reply.redirect("http://169.254.169.254/latest"), "redirect_hosts"),
}


@pytest.mark.parametrize("case", BAD)
def test_l_13_h_05_a_bad_answer_is_in_the_ledger_and_holds_up_nothing_else(case, fed, server):
    reply, words = BAD[case]
    server.scripts["/gdp"] = [reply]
    summary = fed.refresh()
    assert states(summary) == {"world_bank_gdp": "failed", "customs_totals": "done"}
    [reason], [row] = summary.failed, fed.ledger("world_bank_gdp")
    assert (row.state, row.file_name, row.rows_new, row.sha256) == ("failed", "gdp.csv", 0, "")
    assert row.error
    assert row.error in reason
    assert words in row.error
    assert fed.downloaded() == []
    again = fed.refresh()
    assert states(again) == {"world_bank_gdp": "failed"}, "it is named again until it is mended"
    assert len(fed.ledger("world_bank_gdp")) == 1, "and noted once a day"
    server.scripts["/gdp"] = [Reply.csv(GDP)]
    assert states(fed.refresh()) == {"world_bank_gdp": "done"}
    server.scripts["/gdp"] = [reply]
    fed.refresh()
    assert [row.state for row in fed.ledger("world_bank_gdp")] == ["failed", "done", "failed"]
    assert fed.count(schema.observation_history) == 0


def test_h_06_an_answer_that_lost_its_rows_is_quarantined(fed, server):
    half = "\n".join(GDP.splitlines()[: ROWS // 2]) + "\n"
    server.scripts["/gdp"] = [Reply.csv(GDP), Reply.csv(half)]
    fed.refresh()
    before = fed.count(schema.observation)
    summary = fed.refresh()
    assert states(summary) == {"world_bank_gdp": "quarantined"}
    assert f"{ROWS} last time" in summary.failed[0]
    assert fed.count(schema.observation) == before
    fed.refresh()
    assert [row.state for row in fed.ledger("world_bank_gdp")] == ["done", "quarantined"]
    [finding] = fed.read(select(schema.finding.c.check_code, schema.finding.c.severity))
    assert tuple(finding) == ("shrink", "quarantine")


def test_l_06_an_answer_in_another_unit_is_held_back_and_named_until_it_is_mended(fed, server):
    head, *lines = GDP.splitlines()
    scaled = "\n".join([head, *(f"{start},{float(end) * 10_000}" for start, end in (x.rsplit(",", 1) for x in lines))])
    server.scripts["/gdp"] = [Reply.csv(GDP), Reply.csv(f"{scaled}\n")]
    fed.refresh()
    assert [states(fed.refresh()) for _ in range(2)] == [{"world_bank_gdp": "quarantined"}] * 2
    assert [row.state for row in fed.ledger("world_bank_gdp")] == ["done", "quarantined"]
    assert fed.count(schema.observation_history) == 0


def test_l_02_an_answer_that_was_put_in_place_but_not_stored_is_stored_by_the_next_run(fed, server, monkeypatch):
    server.scripts["/gdp"] = tagged
    load = "data.refresh._Refresh._load"
    monkeypatch.setattr(load, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        fed.refresh()
    monkeypatch.undo()
    summary = fed.refresh()
    assert summary.interrupted
    assert set(states(summary).values()) == {"done"}
    assert fed.ledger("world_bank_gdp")[0].rows_new == ROWS


def test_h_12_another_database_is_asked_and_its_rows_are_stored(house, tmp_path, monkeypatch):
    house.declare("department", QUESTION)
    [reason] = house.refresh().failed
    assert "FEED_DATABASE" in reason
    with sqlite3.connect(tmp_path / "source.db") as database:
        database.execute("CREATE TABLE gdp (year TEXT, country TEXT, value NUMERIC)")
        rows = [("2019", "CHN", 1), ("2023", "CHN", 17794781986104.5), ("2024", "CHN", 18743803170827)]
        database.executemany("INSERT INTO gdp VALUES (?, ?, ?)", rows)
    database.close()
    monkeypatch.setenv("FEED_DATABASE", f"sqlite:///{tmp_path / 'source.db'}")
    [report] = house.refresh().reports
    assert (report.state, report.error, report.counts["new"]) == ("done", "", 2)
    assert house.refresh().reports == []
    assert [(row.state, row.vintage) for row in house.ledger()] == [("failed", TODAY), ("done", TODAY)]


@pytest.mark.sqlite
def test_the_command_says_what_was_asked_and_ends_with_1_when_nothing_came(tmp_path, server):
    house = House(tmp_path, f"sqlite:///{tmp_path / 'small.db'}")
    house.declare("world_bank_gdp", more=FETCH.format(address=server.address))
    server.scripts["/gdp"] = [Reply.csv(GDP), Reply.csv(GDP), Reply(status=500)]
    outside = {"ONESCREEN_DOWNLOADS": str(tmp_path / "downloads"), "ONESCREEN_LANGUAGE": "en"}
    runs = [command(house.settings, **outside) for _ in range(3)]
    assert [run.returncode for run in runs] == [0, 0, 1], [run.stderr for run in runs]
    assert "1 services or databases asked, 1 of them with nothing new" in runs[1].stdout
    assert "Not loaded: world_bank_gdp: gdp.csv" in runs[2].stderr
    assert "status 500" in runs[2].stderr
    assert "Traceback" not in runs[2].stderr


@pytest.mark.sqlite
def test_without_a_service_no_http_client_is_imported(tmp_path):
    house = House(tmp_path, f"sqlite:///{tmp_path / 'small.db'}")
    house.declare("world_bank_gdp")
    program = (
        "import sys; from data.refresh import refresh; from data.settings import load_settings;"
        "refresh(load_settings()); print({'httpx', 'sdmx', 'tenacity', 'pandas'} & set(sys.modules))"
    )
    environment = {
        "ONESCREEN_WAREHOUSE": house.settings.warehouse, "ONESCREEN_SOURCES": str(house.sources),
        "ONESCREEN_TODAY": str(TODAY), "PATH": "/usr/bin",
    }  # fmt: skip
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.stdout.strip() == "set()", run.stderr
