"""``python -m data.refresh`` with files brought by hand; on both databases."""

from __future__ import annotations

import pytest

from data.loaders.drop_folder import DONE, QUARANTINE
from data.settings import ROOT, load_settings
from tests.data.test_refresh_feeds import CHINA_2023, FETCH, GDP, REVISED, House


@pytest.fixture
def house(tmp_path, warehouse_url):
    return House(tmp_path, warehouse_url)


def drop(house, source, name, text):
    """Put a finished file into the drop folder."""
    inbox = house.folder / "drop" / source
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / name).write_text(text, encoding="utf-8")
    (inbox / f"{name}.done").touch()
    return inbox


def test_l_13_the_drop_folder_is_emptied_also_when_nothing_else_is_due(house):
    house.declare("world_bank_gdp")
    house.settings = house.settings.model_copy(update={"drop_folder": house.folder / "drop"})
    (house.folder / "drop").mkdir()
    assert [report.state for report in house.refresh().reports] == ["done"]
    good = GDP.replace(CHINA_2023, REVISED)
    inbox = drop(house, "world_bank_gdp", "a.csv", "country,iso3,year\nChina,CHN,2023\n")
    drop(house, "world_bank_gdp", "b.csv", good)
    summary = house.refresh()
    assert [report.state for report in summary.reports] == ["failed", "done"]
    assert summary.total("revised") == 1
    assert "a.csv" in summary.failed[0]
    assert [path.read_text(encoding="utf-8") for path in (inbox / DONE).iterdir()] == [good]
    [report] = (inbox / QUARANTINE).glob("*.report.txt")
    assert "gdp_current_usd" in report.read_text(encoding="utf-8")
    assert sorted(path.name for path in inbox.glob("*.csv")) == []
    assert house.refresh().reports == []
    assert [row.state for row in house.ledger()] == ["done", "failed", "done"]


def test_a_source_whose_files_only_come_by_hand_is_not_missing(house):
    text = (ROOT / "data/sources/world_bank_gdp.toml").read_text(encoding="utf-8")
    house.declare("by_hand", text.replace('world_bank_gdp"', 'by_hand"', 1).replace("macro/", "by_hand/"))
    [reason] = house.refresh().failed
    assert "by_hand" in reason
    inbox = drop(house, "by_hand", "a.csv", GDP)
    summary = house.refresh(drop_folder=house.folder / "drop")
    assert ([report.state for report in summary.reports], summary.failed) == (["done"], [])
    assert not (inbox / "a.csv").exists()


@pytest.mark.sqlite
def test_a_drop_folder_or_inbox_that_is_misspelt_is_said(tmp_path):
    house = House(tmp_path, f"sqlite:///{tmp_path / 'small.db'}")
    house.declare("world_bank_gdp")
    assert "no such folder" in house.refresh(drop_folder=tmp_path / "dorp").failed[0]
    drop(house, "world_bank_gpd", "a.csv", GDP)
    assert "world_bank_gpd: no source has this code" in house.refresh(drop_folder=tmp_path / "drop").failed[0]


def test_the_drop_folder_is_a_setting(monkeypatch):
    monkeypatch.setenv("ONESCREEN_DROP_FOLDER", "var/inbox")
    assert load_settings().drop_folder == ROOT / "var/inbox"
    monkeypatch.delenv("ONESCREEN_DROP_FOLDER")
    assert load_settings().drop_folder is None


@pytest.mark.sqlite
def test_an_answer_brought_by_hand_is_as_new_as_one_that_was_asked_for(tmp_path):
    house = House(tmp_path, f"sqlite:///{tmp_path / 'small.db'}")
    house.declare("world_bank_gdp", more=FETCH.format(address="http://127.0.0.1:9"))
    drop(house, "world_bank_gdp", "a.csv", GDP.replace(CHINA_2023, REVISED))
    summary = house.refresh(drop_folder=house.folder / "drop")
    assert [report.state for report in summary.reports] == ["done", "failed"], "nobody listens on port 9"
    assert house.ledger()[0].vintage == house.settings.today
