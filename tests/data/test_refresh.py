"""``python -m data.refresh`` over the real files: whole, repeatable, the same on every machine and engine."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from data import failpoints, schema
from data.fingerprints import fingerprint
from data.refresh import RUNNING, refresh
from data.settings import ROOT, Settings
from data.state import dump_state
from data.warehouse import open_warehouse
from tests.conftest import TODAY

pytestmark = pytest.mark.sqlite

DUMP = """
import json, sys
from data.refresh import refresh
from data.settings import load_settings
from tests.data.test_refresh import state_fingerprints
settings = load_settings()
summary = refresh(settings)
print(json.dumps([summary.failed, state_fingerprints(settings.warehouse)]))
"""


def state_fingerprints(url):
    """One fingerprint per table, of everything but times and running numbers."""
    opened = open_warehouse(url)
    state = dump_state(opened)
    opened.dispose()
    return {table: fingerprint(map(repr, rows)) for table, rows in state.items()}


def small_settings(tmp_path, *names, **more):
    """Settings with a sources folder of a few quick sources."""
    folder = tmp_path / "sources"
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copyfile(ROOT / f"data/sources/{name}.toml", folder / f"{name}.toml")
    options = {"warehouse": f"sqlite:///{tmp_path / 'small.db'}", "sources": folder, "today": TODAY}
    return Settings(**options | more)


def edit(settings, name, old, new):
    file = settings.sources / f"{name}.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_every_bundled_file_is_loaded_and_accounted_for(filled_warehouse):
    ledger = filled_warehouse.read(select(schema.load))
    assert {row.state for row in ledger} == {"done"}
    assert len({row.source_code for row in ledger}) == len(list((ROOT / "data/sources").glob("*.toml")))
    for row in ledger:
        assert row.rows_read > 0, row.file_name
        assert row.rows_new + row.rows_revised + row.rows_unchanged + row.rows_outranked > 0, row.file_name
    rejected = filled_warehouse.read(select(func.count()).select_from(schema.rejected_row))[0][0]
    assert rejected == sum(row.rows_rejected for row in ledger)


def test_every_value_leads_to_its_file_and_source(filled_warehouse):
    observation, load, source = schema.observation.c, schema.load.c, schema.source.c
    orphans = (
        select(func.count())
        .select_from(schema.observation.outerjoin(schema.load, load.load_id == observation.load_id))
        .outerjoin(schema.source, source.code == load.source_code)
        .where(
            schema.source.c.code.is_(None)
            | (observation.place == "")
            | (observation.simulated != schema.source.c.simulated)
        )
    )
    assert filled_warehouse.read(orphans)[0][0] == 0


def test_a_second_run_finds_nothing_to_do(filled_settings, filled_warehouse):
    version = filled_warehouse.data_version()
    summary = refresh(filled_settings)
    assert (summary.reports, summary.failed) == ([], [])
    assert filled_warehouse.data_version() == version


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Settings of a warehouse of a few real sources and all that is simulated, and what it holds."""
    folder = tmp_path_factory.mktemp("reference")
    shutil.copytree(ROOT / "data/catalogue", folder / "catalogue")
    names = ("published_figures", "customs_totals", "nbs_macro", "nbs_easyquery", "simulated")
    settings = small_settings(folder, *names, catalogue=folder / "catalogue")
    summary = refresh(settings)
    assert summary.failed == []
    assert summary.total("revised") > 0
    return settings, state_fingerprints(settings.warehouse)


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Apia"])
def test_t_02_l_12_zone_locale_and_hash_seed_of_the_machine_change_nothing(zone, reference, tmp_path):
    settings, expected = reference
    outside = {
        "TZ": zone, "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": str(len(zone)), "ONESCREEN_TODAY": str(TODAY),
        "ONESCREEN_WAREHOUSE": f"sqlite:///{tmp_path / 'elsewhere.db'}", "ONESCREEN_SOURCES": str(settings.sources),
        "ONESCREEN_CATALOGUE": str(settings.catalogue),
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", DUMP], cwd=ROOT, env=os.environ | outside, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == [[], expected]


@pytest.mark.postgresql
def test_both_engines_hold_the_same(reference, postgresql_server):
    settings, expected = reference
    url = postgresql_server.create()
    assert refresh(settings.model_copy(update={"warehouse": url})).failed == []
    assert state_fingerprints(url) == expected
    postgresql_server.drop(url)


def test_switched_off_nothing_simulated_is_loaded(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp", "simulated", simulated=False)
    refresh(settings)
    opened = open_warehouse(settings.warehouse, readonly=True)
    assert opened.read(select(func.count()).select_from(schema.observation).where(schema.observation.c.simulated)) == [
        (0,)
    ]
    assert opened.read(select(func.count()).select_from(schema.observation))[0][0] > 0
    opened.dispose()


def test_one_bad_file_does_not_hold_up_the_others(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp", "customs_totals")
    edit(settings, "world_bank_gdp", 'header = "gdp_current_usd"', 'header = "amount"')
    summary = refresh(settings)
    assert sorted(report.state for report in summary.reports) == ["done", "failed"]
    [reason] = summary.failed
    assert "amount" in reason
    assert "world_bank_gdp" in reason
    assert refresh(settings).failed == [reason], "it is tried and named again until it is mended"


def test_a_declared_file_that_is_not_there_is_named(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp", "customs_totals")
    edit(settings, "customs_totals", ".csv", ".cvs")
    summary = refresh(settings)
    assert [report.state for report in summary.reports] == ["done"]
    assert "customs_totals" in summary.failed[0]


def test_a_file_is_read_again_when_its_declaration_changes(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp")
    assert [report.state for report in refresh(settings).reports] == ["done"]
    assert refresh(settings).reports == []
    edit(settings, "world_bank_gdp", "title_en = ", "# a remark\ntitle_en = ")
    [report] = refresh(settings).reports
    assert (report.counts["new"], report.counts["revised"]) == (0, 0)
    opened = open_warehouse(settings.warehouse, readonly=True)
    kinds = opened.read(select(schema.load.c.kind).order_by(schema.load.c.load_id))
    assert [row.kind for row in kinds] == ["release", "correction"]
    opened.dispose()


def test_an_interrupted_run_is_finished_and_said(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp", "customs_totals")
    environment = os.environ | {
        "ONESCREEN_FAIL_AT": "16", "ONESCREEN_FAIL_HARD": "1", "ONESCREEN_SOURCES": str(settings.sources),
        "ONESCREEN_WAREHOUSE": settings.warehouse, "ONESCREEN_TODAY": str(TODAY),
    }  # fmt: skip
    killed = subprocess.run([sys.executable, "-m", "data.refresh"], cwd=ROOT, env=environment, capture_output=True)
    assert killed.returncode == 137
    summary = refresh(settings)
    assert summary.interrupted.startswith("20")
    assert refresh(settings).interrupted == ""
    interrupted = state_fingerprints(settings.warehouse)
    whole = settings.model_copy(update={"warehouse": f"sqlite:///{tmp_path / 'whole.db'}"})
    refresh(whole)
    assert interrupted == state_fingerprints(whole.warehouse)
    opened = open_warehouse(settings.warehouse)
    assert opened.noted(RUNNING) is None
    opened.dispose()


def test_r_03_a_failure_at_any_step_is_made_good_by_the_next_run(tmp_path, monkeypatch):
    whole = small_settings(tmp_path, "world_bank_gdp")
    refresh(whole)
    expected = state_fingerprints(whole.warehouse)
    for step in itertools.count(1):
        settings = whole.model_copy(update={"warehouse": f"sqlite:///{tmp_path / f'{step}.db'}"})
        failpoints.restart_count()
        monkeypatch.setenv("ONESCREEN_FAIL_AT", str(step))
        broken = breaks(settings)
        monkeypatch.delenv("ONESCREEN_FAIL_AT")
        assert stored_values(settings) in (0, stored_values(whole)), f"half a file after checkpoint {step}"
        refresh(settings)
        assert state_fingerprints(settings.warehouse) == expected
        if not broken:
            break
    assert step > 12, "the loop must have broken every step"


def breaks(settings):
    try:
        refresh(settings)
    except failpoints.InjectedFailureError:
        return True
    return False


def stored_values(settings):
    opened = open_warehouse(settings.warehouse, readonly=True)
    count = opened.read(select(func.count()).select_from(schema.observation))[0][0]
    opened.dispose()
    return count


def command(settings, **environment):
    """Run the command itself over a sources folder."""
    outside = {"ONESCREEN_WAREHOUSE": settings.warehouse, "ONESCREEN_SOURCES": str(settings.sources)}
    outside |= {"ONESCREEN_TODAY": str(TODAY), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "data.refresh"],
        cwd=ROOT,
        env=os.environ | outside | environment,
        capture_output=True,
        encoding="utf-8",
    )


def test_the_command_says_what_it_did(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp")
    first, second = command(settings), command(settings, ONESCREEN_LANGUAGE="en")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "入库完成：新增" in first.stdout
    assert "world_bank_gdp · worldbank_gdp_current_usd_selected.csv：新增" in first.stdout
    assert "Nothing new: all 1 files are loaded" in second.stdout


def test_the_command_ends_with_1_when_a_file_was_refused(tmp_path):
    settings = small_settings(tmp_path, "world_bank_gdp")
    edit(settings, "world_bank_gdp", 'header = "gdp_current_usd"', 'header = "amount"')
    run = command(settings)
    assert run.returncode == 1
    assert "未能入库：world_bank_gdp" in run.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("licence = ", "license = ", "licence: Field required"),
        ('loader = "table"', 'loader = "tabel"', "'tabel' is none of"),
    ],
)
def test_a_mistake_in_a_declaration_stops_everything_with_file_and_reason(tmp_path, old, new, words):
    settings = small_settings(tmp_path, "world_bank_gdp", "customs_totals")
    edit(settings, "world_bank_gdp", old, new)
    run = command(settings)
    assert run.returncode == 2
    assert "world_bank_gdp.toml" in run.stderr
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wrong_setting_stops_everything(tmp_path):
    run = command(small_settings(tmp_path), DASH_DEBUG="1")
    assert run.returncode == 2
    assert "DASH_DEBUG" in run.stderr
