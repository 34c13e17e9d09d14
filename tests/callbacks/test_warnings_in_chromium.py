"""The pages of warnings and of sources in a browser; a real level Ⅱ warning holds the wall until it is acknowledged."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from data.catalogue import load_catalogue
from data.clock import clock_for
from data.settings import ROOT, Settings
from data.source_status import source_statuses
from data.source_status_report import lines
from data.warehouse import Warehouse, open_warehouse
from data.warning_register import acknowledge, open_records
from data.warning_round import look
from tests.conftest import TODAY
from tests.servers import LiveServer

TIMEOUT_MS = 90_000
DRAWN = """() => {
  const panels = [...document.querySelectorAll(".d-main [data-panel]")];
  return panels.length && panels.every((each) => !["loading", "error"].includes(each.dataset.state));
}"""


@pytest.fixture(scope="module")
def grave(filled_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server over a copy of the warehouse whose catalogue calls half a point behind a target level Ⅱ."""
    folder = tmp_path_factory.mktemp("grave")
    shutil.copytree(ROOT / "data" / "catalogue", folder / "catalogue")
    rules = folder / "catalogue" / "warnings.toml"
    text = rules.read_text(encoding="utf-8")
    assert "level = 2\npoints = 2.0" in text
    rules.write_text(text.replace("level = 2\npoints = 2.0", "level = 2\npoints = 0.5"), encoding="utf-8")
    original = open_warehouse(filled_settings.warehouse)
    with original.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute(f"VACUUM INTO '{folder / 'onescreen.db'}'")
    original.dispose()
    settings = filled_settings.model_copy(
        update={"warehouse": f"sqlite:///{folder / 'onescreen.db'}", "catalogue": folder / "catalogue"}
    )
    server = LiveServer(settings, folder / "log")
    server.extra_environment["ONESCREEN_CATALOGUE"] = str(folder / "catalogue")
    with_writer(settings, lambda warehouse: look(warehouse, load_catalogue(settings.catalogue), settings, CLOCK, "x"))
    server.start()
    yield server
    server.stop()


CLOCK = clock_for(TODAY)


def with_writer(settings: Settings, act: Any) -> Any:
    """Do something to the warehouse as the refresh process or a command does."""
    warehouse = open_warehouse(settings.warehouse)
    try:
        return act(warehouse)
    finally:
        warehouse.dispose()


def get(server: LiveServer, path: str) -> Any:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=60) as answer:
        return json.load(answer)


def acknowledge_all(warehouse: Warehouse) -> None:
    for record in open_records(warehouse).values():
        acknowledge(warehouse, record.warning_id, "王工", "已约谈", CLOCK.now())


def test_a_real_warning_holds_the_wall_until_it_is_acknowledged(grave: LiveServer, page: Any) -> None:
    page.goto(f"{grave.url}/wall/overview?dwell=3600", timeout=TIMEOUT_MS)
    page.wait_for_function(
        "() => document.querySelector('.w-page.on')?.dataset.page === 'warnings'", timeout=TIMEOUT_MS
    )
    page.wait_for_selector(".w-page.on [data-warning] .lvl-2", timeout=TIMEOUT_MS)
    told = get(grave, "/api/warnings")
    assert told["counts"]["2"] == page.locator(".w-page.on [data-warning]").count() > 0
    assert all(row["acknowledged"] is None for row in told["warnings"])
    sizes = page.locator(".w-page.on .w-rows li").evaluate_all("(all) => all.map((e) => getComputedStyle(e).fontSize)")
    root = float(page.evaluate("getComputedStyle(document.documentElement).fontSize").removesuffix("px"))
    assert all(float(size.removesuffix("px")) >= 1.125 * root - 0.01 for size in sizes)

    with_writer(grave.settings, acknowledge_all)
    page.wait_for_function("() => document.querySelector('[data-gravest]')?.dataset.gravest === ''", timeout=TIMEOUT_MS)
    page.wait_for_function(
        "() => !document.querySelector('[data-turning]').textContent.includes('停在本页')", timeout=TIMEOUT_MS
    )
    assert page.locator(".w-ticker .known").count() > 0, "it stays listed"
    after = get(grave, "/api/warnings")["warnings"]
    assert {row["acknowledged"]["by"] for row in after} == {"王工"}
    assert [row["key"] for row in after] == [row["key"] for row in told["warnings"]]


@pytest.mark.parametrize("path", ["/warnings", "/data"])
def test_pages_are_drawn_and_fit_a_phone(live_server: LiveServer, page: Any, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}{path}?language=en", timeout=TIMEOUT_MS)
    page.wait_for_function(DRAWN, timeout=TIMEOUT_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    count = page.inner_text("#warning-count") if page.locator("#warning-count").is_visible() else None
    assert count in (None, str(len(get(live_server, "/api/warnings")["warnings"])))


def test_the_data_page_says_what_the_command_says(
    live_server: LiveServer, filled_settings: Settings, filled_warehouse: Warehouse, page: Any
) -> None:
    page.goto(f"{live_server.url}/data", timeout=TIMEOUT_MS)
    page.wait_for_function(DRAWN, timeout=TIMEOUT_MS)
    statuses = source_statuses(
        filled_warehouse, load_catalogue(filled_settings.catalogue), filled_settings, CLOCK.now()
    )
    shown = page.locator("[data-source]")
    assert shown.evaluate_all("(all) => all.map((each) => each.dataset.source)") == [each.code for each in statuses]
    for status in statuses:
        row = page.locator(f"[data-source={status.code}]")
        said = row.locator("dl").evaluate("(list) => [...list.children].map((each) => each.textContent)")
        expected = [part for label, text, _ in lines(status, "zh") for part in (label, text)]
        assert said[: len(expected)] == expected
        assert said[-1] == status.licence
    row = page.locator("[data-source=published_figures]")
    row.locator(":scope > summary").click()
    assert row.locator(":scope > .src-told").is_visible()
    assert row.locator(":scope > .src-table caption").first.is_visible()


def test_the_json_refuses_quietly(live_server: LiveServer) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{live_server.url}/api/warnings", method="DELETE"), timeout=60)
    assert refused.value.code == 405
    assert json.load(refused.value)["code"] == "method_not_allowed"
