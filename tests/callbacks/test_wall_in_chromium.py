"""W-01 to W-06 and W-11: what an unattended screen does when the server stops, freezes, slows, fails or is renewed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from callbacks.drawing import panel_written
from data.settings import ROOT
from data.warehouse import open_warehouse
from layouts.panel import failed_parts
from layouts.theme import Style
from tests.callbacks.wall import BANNER, Watch, with_faults
from tests.servers import LiveServer

WALL = "/wall/overview"
BANNER_TIMEOUT_MS = 15_000  # 2 polls of 1 s + 5 s, and room for two busy cores
RECOVERY_TIMEOUT_S = 30


def load_something(server: LiveServer) -> str:
    """Change the data version as a load does; return the new one."""
    warehouse = open_warehouse(server.settings.warehouse)
    try:
        number = warehouse.data_version().replace(".", "_")
        texts = ("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page")
        warehouse.register_source(f"test_{number}", simulated=False, **dict.fromkeys(texts, "test"))
        return warehouse.data_version()
    finally:
        warehouse.dispose()


@pytest.fixture
def wall(own_server: LiveServer, page: Any) -> Watch:
    """Return the wall overview of a server of the test's own, drawn."""
    watch = Watch(with_faults(page))
    watch.open(own_server.url + WALL)
    return watch


def figures(page: Any) -> str:
    """Return the key figures as they stand on the screen."""
    return str(page.inner_text(".w-page.on .w-kpis"))


def wait_for_banner(page: Any, shown: bool = True) -> None:
    """Wait until the 旧数据 banner is there, or gone."""
    page.wait_for_selector(BANNER, state="visible" if shown else "hidden", timeout=BANNER_TIMEOUT_MS)


def test_w01_a_stopped_server_leaves_the_figures_and_says_so(own_server: LiveServer, wall: Watch) -> None:
    before = figures(wall.page)
    assert any(character.isdigit() for character in before)
    own_server.kill()
    wait_for_banner(wall.page)
    assert "旧数据" in wall.page.inner_text(BANNER)
    assert figures(wall.page) == before
    own_server.start()
    version = load_something(own_server)
    wall.wait_for_version(version, RECOVERY_TIMEOUT_S)
    wait_for_banner(wall.page, shown=False)


def test_w02_a_frozen_server_is_noticed(own_server: LiveServer, wall: Watch) -> None:
    own_server.freeze()
    wait_for_banner(wall.page)
    own_server.thaw()
    wait_for_banner(wall.page, shown=False)
    wall.wait_for_version(load_something(own_server), RECOVERY_TIMEOUT_S)


def test_w02_a_cut_network_is_noticed(own_server: LiveServer, wall: Watch) -> None:
    wall.page.context.set_offline(True)
    wait_for_banner(wall.page)
    wall.page.context.set_offline(False)
    wait_for_banner(wall.page, shown=False)
    wall.wait_for_version(load_something(own_server), RECOVERY_TIMEOUT_S)


@pytest.mark.parametrize("status", [500, 401, 302, 200, 502, 504])
def test_w02_an_answer_that_is_no_version_is_no_answer(live_server: LiveServer, page: Any, status: int) -> None:
    watch = Watch(page)
    watch.open(live_server.url + WALL)
    headers = {"Location": "/login"} if status == 302 else {"Content-Type": "text/html"}
    page.route(
        "**/api/version", lambda route: route.fulfill(status=status, body="<html>sign in</html>", headers=headers)
    )
    wait_for_banner(page)
    page.unroute("**/api/version")
    wait_for_banner(page, shown=False)


def test_w03_slow_callbacks_still_advance_one_at_a_time(own_server: LiveServer, wall: Watch) -> None:
    wall.page.evaluate("faults.delayMs = 3000; faults.mostInFlight = 0")
    for _ in range(2):
        wall.wait_for_version(load_something(own_server), RECOVERY_TIMEOUT_S)
    assert wall.page.evaluate("faults.mostInFlight") == 1


def test_w04_a_server_that_dies_in_mid_callback_does_not_stop_the_wall(own_server: LiveServer, wall: Watch) -> None:
    own_server.freeze()
    wall.page.evaluate("dash_clientside.set_props('tick', { data: 'other' })")
    wall.page.wait_for_function("Object.values(faults.inFlight).some((count) => count > 0)", timeout=BANNER_TIMEOUT_MS)
    own_server.kill()
    own_server.start()
    wall.wait_for_version(load_something(own_server), RECOVERY_TIMEOUT_S)
    wait_for_banner(wall.page, shown=False)


def test_w04_nothing_can_be_left_switched_off() -> None:
    """``running=`` leaves its component off for good when the server dies, and ``dcc.Interval`` starves."""
    for folder in ("callbacks", "layouts"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "dcc.Interval" not in text, path
            assert "running=" not in text, path


def test_w05_a_new_build_reloads_the_page_by_itself(own_server: LiveServer, wall: Watch, tmp_path: Path) -> None:
    old = wall.page.get_attribute("html", "data-build")
    own_server.stop()
    catalogue = tmp_path / "catalogue"
    shutil.copytree(own_server.settings.catalogue, catalogue)
    clusters = catalogue / "clusters.toml"
    clusters.write_text(clusters.read_text(encoding="utf-8") + "\n# another build\n", encoding="utf-8")
    own_server.extra_environment["ONESCREEN_CATALOGUE"] = str(catalogue)
    own_server.start()
    wall.page.wait_for_function(
        "(old) => document.documentElement.dataset.build !== old", arg=old, timeout=RECOVERY_TIMEOUT_S * 1000
    )
    wall.wait_until_drawn()


HEAT_AT = "(version) => document.querySelector('[data-panel=heat]').dataset.version === version"


def test_w06_a_panel_that_fails_keeps_its_picture_and_the_screen_says_so(own_server: LiveServer, wall: Watch) -> None:
    failed = panel_written(failed_parts(Style(), "10:12", "E-502"))
    wall.page.evaluate("(failed) => Object.assign(faults, { failPanel: 'trade', failed })", failed)
    version = load_something(own_server)
    wall.page.wait_for_function(HEAT_AT, arg=version, timeout=RECOVERY_TIMEOUT_S * 1000)
    trade = wall.page.locator("[data-panel=trade]").first
    assert trade.get_attribute("data-version") not in ("", version)
    assert trade.get_attribute("data-state") == "error"
    assert "E-502" in trade.locator(".banner.err").inner_text()
    assert trade.locator(".main-svg").count() > 0
    wait_for_banner(wall.page)
    wall.page.evaluate("faults.failPanel = ''")
    wall.wait_for_version(version, RECOVERY_TIMEOUT_S)
    wait_for_banner(wall.page, shown=False)
    assert trade.locator(".banner").count() == 0


def test_w06_a_page_that_fails_keeps_its_picture_and_the_screen_says_so(own_server: LiveServer, wall: Watch) -> None:
    wall.page.evaluate("faults.failPage = 'overview'")
    version = load_something(own_server)
    wait_for_banner(wall.page)
    heat = wall.page.locator("[data-panel=heat]").first
    assert heat.get_attribute("data-version") not in ("", version)
    assert heat.locator(".main-svg").count() > 0
    wall.page.evaluate("faults.failPage = ''")
    wall.wait_for_version(version, RECOVERY_TIMEOUT_S)
    wait_for_banner(wall.page, shown=False)


@pytest.mark.parametrize("path", ["/", WALL, "/?language=en&theme=dark", f"{WALL}?language=en&theme=light"])
def test_w11_nothing_leaves_the_origin_and_nothing_complains(live_server: LiveServer, page: Any, path: str) -> None:
    watch = Watch(page)
    watch.open(live_server.url + path)
    page.wait_for_timeout(500)
    assert watch.foreign(live_server.url) == []
    assert watch.complaints == []
