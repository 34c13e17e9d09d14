"""The states of a panel, each by its real cause: slow, empty, late, failed, simulated, provisional, confidential.

Offline and stopped servers are in ``test_wall_in_chromium``. Here also: midnight on an open wall, and storage that is
denied or spoilt.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.callbacks.wall import Watch, with_faults
from tests.screenshots import ALL_DRAWN
from tests.servers import LiveServer

TIMEOUT_MS = 120_000
TRADE = "[data-panel=trade]"
DAYS_LATE = """() => [...document.querySelectorAll(".banner")]
  .map((each) => Number((each.textContent.match(/已 (\\d+) 天/) || [])[1]))"""
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def open_desk(server: LiveServer, page: Any, address: str) -> None:
    """Open a page of the desk and wait until it is drawn."""
    page.goto(server.url + address)
    page.wait_for_function(ALL_DRAWN, timeout=TIMEOUT_MS)


def change(server: LiveServer, *statements: str) -> None:
    """Do something to the warehouse behind the server's back."""
    with sqlite3.connect(server.settings.warehouse.removeprefix("sqlite:///"), timeout=30) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def wait_for_state(page: Any, panel: str, state: str) -> None:
    """Wait until a panel says that it is in a state."""
    page.wait_for_selector(f"{panel}[data-state={state}]", timeout=TIMEOUT_MS)


def test_a_slow_answer_shows_a_skeleton_after_300_ms(live_server: LiveServer, page: Any) -> None:
    with_faults(page)
    page.add_init_script("window.faults.delayMs = 4000")
    page.goto(f"{live_server.url}/digital")
    bars = page.wait_for_selector("[data-panel] .skelbars", state="attached", timeout=TIMEOUT_MS)
    style = bars.evaluate(
        "(own) => { const look = getComputedStyle(own); return [look.animationName, look.animationDelay]; }"
    )
    assert style == ["appear", "0.3s"]
    page.wait_for_function("(own) => getComputedStyle(own).opacity === '1'", arg=bars, timeout=TIMEOUT_MS)
    assert page.get_attribute("[data-panel]", "data-state") == "loading"
    assert "正在读取" in page.inner_text("[data-panel] .p-foot")
    page.wait_for_function(ALL_DRAWN, timeout=TIMEOUT_MS)
    assert page.locator(".skelbars:visible").count() == 0


def test_a_period_without_data_says_why_and_leads_on(live_server: LiveServer, page: Any) -> None:
    open_desk(live_server, page, "/trade?period=2011-03")
    box = page.locator(f"{TRADE} .emptybox")
    assert "所选时期没有数据" in box.inner_text()
    assert page.get_attribute(TRADE, "data-state") == "empty"
    box.locator(".btn-p").click()
    page.wait_for_url(re.compile(r"/trade(?!.*period=)"))
    wait_for_state(page, TRADE, "drawn")


def test_simulated_and_provisional_figures_say_so(live_server: LiveServer, page: Any) -> None:
    open_desk(live_server, page, "/trade")
    root = page.locator(TRADE)
    assert root.locator(".chip.sim").count() == 1
    mark = "(own) => getComputedStyle(own, '::after').maskImage || getComputedStyle(own, '::after').webkitMaskImage"
    assert "watermark" in root.evaluate(mark)
    assert root.locator(".chip.provisional").inner_text() == "初步"
    assert root.locator("svg pattern").count() > 0  # the last column is hatched until it is final
    assert "模拟" in root.locator(".p-foot").inner_text()


@pytest.fixture
def later_server(own_server: LiveServer) -> LiveServer:
    """The server 40 days later, with nothing loaded since."""
    own_server.stop()
    own_server.extra_environment["ONESCREEN_TODAY"] = "2027-01-02"
    own_server.start()
    return own_server


def test_w09_late_data_say_since_when_and_what_to_do(later_server: LiveServer, page: Any) -> None:
    open_desk(later_server, page, "/trade")
    wait_for_state(page, TRADE, "stale")
    banner = page.locator(f"{TRADE} .banner")
    assert re.search(r"2026年11月起数据未接入（应于 2026-\d\d-\d\d 发布，已 \d+ 天）", banner.inner_text())
    assert page.locator(f"{TRADE} .chip.stale").inner_text() in {"过期", "中断"}
    assert page.locator(f"{TRADE} .main-svg").count() > 0
    banner.locator("button").click()
    page.wait_for_selector("dialog[open] .x-drawer:not([hidden])", timeout=TIMEOUT_MS)


def test_a_failed_panel_keeps_its_picture_and_can_be_tried_again(own_server: LiveServer, page: Any) -> None:
    """The table of figures is away while the rest answers; then it is back."""
    open_desk(own_server, page, "/digital")
    panel = "[data-panel=digital]"
    before = page.inner_text(f"{panel} .p-take")
    change(own_server, "ALTER TABLE observation RENAME TO away")
    page.evaluate("window.dash_clientside.set_props('tick', { data: 'again' })")
    page.select_option("#period-select", index=3)
    wait_for_state(page, panel, "error")
    banner = page.locator(f"{panel} .banner.err")
    assert re.search(r"显示的是上次成功的数据（\d\d:\d\d，代码 \S+）", banner.inner_text())
    assert page.inner_text(f"{panel} .p-take") == before
    assert page.locator(f"{panel} .main-svg").count() > 0
    change(own_server, "ALTER TABLE away RENAME TO observation")
    banner.locator("[data-retry]").click()
    wait_for_state(page, panel, "drawn")
    assert page.locator(f"{panel} .banner.err").count() == 0


def test_a_panel_that_never_had_a_picture_does_not_claim_one(own_server: LiveServer, page: Any) -> None:
    change(own_server, "ALTER TABLE observation RENAME TO away")
    page.goto(f"{own_server.url}/digital")
    wait_for_state(page, "[data-panel=digital]", "error")
    banner = page.locator("[data-panel=digital] .banner.err")
    assert "还没有可显示的数据" in banner.inner_text()
    assert "上次成功" not in banner.inner_text()
    assert page.locator("[data-panel=digital] .skelbars:visible").count() == 0
    change(own_server, "ALTER TABLE away RENAME TO observation")
    wait_for_state(page, "[data-panel=digital]", "drawn")  # by itself: nobody stands before a wall


def test_a_confidential_figure_is_a_cross_everywhere(own_server: LiveServer, page: Any) -> None:
    """The product knows no logins: what a reader may not see is what no reader may see."""
    change(
        own_server,
        "UPDATE observation SET conf_status = 'C' WHERE series_id IN"
        " (SELECT series_id FROM series WHERE indicator = 'container_throughput')",
    )
    own_server.stop()
    own_server.start()
    open_desk(own_server, page, "/trade")
    card = page.locator(".kpi", has_text="集装箱")
    assert "×" in card.first.inner_text()
    assert not re.search(r"\d,\d{3}", card.first.inner_text())


@pytest.mark.skipif(FAKETIME is None, reason="NOT TESTED AT MIDNIGHT: apt-get install faketime")
def test_t06_midnight_on_an_open_wall(own_server: LiveServer, page: Any) -> None:
    """The day changes under an open wall: what is late is a day later, without a reload."""
    own_server.stop()
    start = datetime(2026, 12, 20, 15, 59, 10, tzinfo=UTC)  # 23:59:10 in Shanghai
    own_server.extra_environment |= {
        "ONESCREEN_TODAY": "",
        "TZ": "UTC",
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": f"@{start:%Y-%m-%d %H:%M:%S}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    own_server.start()
    open_desk(own_server, page, "/digital")
    page.evaluate("window.stayed = true")
    before = page.evaluate(DAYS_LATE)
    assert before
    later = f"(before) => JSON.stringify(({DAYS_LATE})()) === JSON.stringify(before.map((days) => days + 1))"
    page.wait_for_function(later, arg=before, timeout=TIMEOUT_MS)
    assert page.evaluate("window.stayed")


DENIED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });"""
SPOILT = "localStorage.setItem('onescreen-device', '/../%%%garbage')"
REFUSED = "localStorage.setItem('onescreen-device', '?device=x&theme=purple')"


@pytest.mark.parametrize("script", [DENIED, SPOILT, REFUSED], ids=["denied", "spoilt", "refused"])
def test_w12_storage_that_is_denied_or_spoilt_stops_nothing(live_server: LiveServer, page: Any, script: str) -> None:
    page.add_init_script(script)
    watch = Watch(page)
    watch.open(f"{live_server.url}/wall/overview")
    page.wait_for_timeout(1500)
    assert page.evaluate("location.pathname") == "/wall/overview"
    assert page.locator(".w-page.on [data-panel]").count() > 0
