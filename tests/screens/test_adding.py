"""What a change touches: an indicator is one entry, a feed one TOML, a panel one ``Panel(...)``.

The project is copied, each is added where the README says, the warehouse is filled and the screen is looked at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data.settings import ROOT, Settings
from tests.screenshots import ALL_DRAWN
from tests.servers import LiveServer

INDICATOR = """
[indicator.price_gold]
name_zh = "黄金价格"
name_en = "Gold"
short_zh = "黄金"
short_en = "Gold"
unit = "USD_PER_TROY_OUNCE"
listed = true
definition_zh = "黄金伦敦现货价，名义美元，月平均。"
definition_en = "Gold, London spot price, nominal US dollars, monthly average."
"""
FED_INDICATOR = """
[indicator.district_cold_storage]
name_zh = "冷库库容"
name_en = "Cold storage"
short_zh = "冷库库容"
short_en = "Cold storage"
unit = "TONNE_10K"
decimals = 1
frequency = "M"
accumulations = ["P"]
value_kind = "state"
definition_zh = "区内冷库的库容。"
definition_en = "Capacity of the cold stores of the district."
"""
FEED = """
code = "cold_storage"
loader = "table"
files = ["cold_storage.csv"]
title_zh = "冷库月报"
title_en = "Cold storage, monthly"
publisher_zh = "区商务局"
publisher_en = "District bureau of commerce"
licence = "test"
page = "https://example.invalid/cold"
vintage = 2026-11-10

[table]
format = "csv"
header_row = 1
first_row = 2
period = { column = "month", form = "month" }

[[table.group]]
accumulation = "P"
region = "370211"
column = [{ header = "capacity", indicator = "district_cold_storage", stored_unit = "TONNE_10K" }]
"""
PANEL = """

def _ask_cold(catalogue: Catalogue, selection: Selection) -> list[Want]:
    key = catalogue.indicators["district_cold_storage"].key()
    return reading.windows([key], key, selection, -12)


def _draw_cold(drawing: Drawing) -> Drawn:
    key = drawing.catalogue.indicators["district_cold_storage"].key()
    last = drawing.frame.last(key)
    assert last is not None
    figure = reading.cell_words(drawing, drawing.catalogue.indicators["district_cold_storage"], last)
    return Drawn(children=html.P(f"{figure.number} {figure.unit}"), lead=key)


PANELS = (
    *PANELS,
    Panel("cold_storage", "city", "冷库", "Cold", "万吨", "10k t", _ask_cold, _draw_cold, body="html", desk="s6"),
)
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the three things added; the whole change is in the three files it returns."""
    root = tmp_path_factory.mktemp("copy") / "project"
    ignored = shutil.ignore_patterns(".venv", "var", ".git", "tests", "benchmarks", "__pycache__", ".*cache")
    shutil.copytree(ROOT, root, ignore=ignored)
    _append(root / "data/catalogue/themes/bulk_prices.toml", INDICATOR)
    _append(root / "data/catalogue/themes/city.toml", FED_INDICATOR)
    (root / "data/sources/cold_storage.toml").write_text(FEED, encoding="utf-8")
    (root / "data/samples/cold_storage.csv").write_text(
        "month,capacity\n2026-09,81.5\n2026-10,82.4\n", encoding="utf-8"
    )
    _append(root / "layouts/panels/prices.py", PANEL)
    return root


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture(scope="module")
def served(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(warehouse=f"sqlite:///{folder}/onescreen.db")
    server = LiveServer(settings, folder / "log", root=copied)
    subprocess.run([sys.executable, "-m", "data.refresh"], cwd=copied, env=server.environment(), check=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def desk(browser: Browser, served: LiveServer) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{served.url}/")
    page.wait_for_function(ALL_DRAWN, timeout=60_000)
    yield page
    page.close()


def test_an_indicator_is_one_entry(desk: Page) -> None:
    row = desk.locator("[data-panel=bulk_prices] tr", has_text="黄金")
    assert "美元/盎司" in row.inner_text()


def test_a_feed_is_one_toml_and_a_panel_one_declaration(desk: Page) -> None:
    panel = desk.locator("[data-panel=cold_storage]")
    text = panel.inner_text()
    assert "82.4 万吨" in text
    assert "区商务局" in text  # the source is printed without the panel naming it
    assert "2026年10月" in text
