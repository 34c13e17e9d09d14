"""States of a panel by their real cause: slow, empty, simulated, provisional.

Offline and stopped servers are in ``test_wall_in_chromium``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from callbacks.drawing import panel_written
from data.settings import Settings
from layouts.panel import failed_parts
from layouts.theme import Style
from tests.callbacks.wall import with_faults
from tests.conftest import TODAY
from tests.databases import PostgresqlServer
from tests.screenshots import ALL_DRAWN
from tests.servers import LiveServer

TIMEOUT_MS = 120_000
TRADE = "[data-panel=trade]"


def open_desk(server: LiveServer, page: Any, address: str) -> None:
    """Open a page of the desk and wait until it is drawn."""
    page.goto(server.url + address)
    page.wait_for_function(ALL_DRAWN, timeout=TIMEOUT_MS)


def wait_for_state(page: Any, panel: str, state: str) -> None:
    """Wait until a panel says that it is in a state."""
    page.wait_for_selector(f"{panel}[data-state={state}]", timeout=TIMEOUT_MS)


@pytest.fixture
def slow_server(postgresql_server: PostgresqlServer, tmp_path: Path) -> Iterator[tuple[LiveServer, Connection]]:
    """A server over a warehouse that does not answer until a lock is given back."""
    url = postgresql_server.create()
    server = LiveServer(Settings(warehouse=url, today=TODAY), tmp_path / "log")
    server.start()
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE observation IN ACCESS EXCLUSIVE MODE"))
        yield server, connection
    server.stop()
    engine.dispose()
    postgresql_server.drop(url)


@pytest.mark.postgresql
def test_a_slow_database_shows_skeletons_after_300_ms(slow_server: tuple[LiveServer, Connection], page: Any) -> None:
    server, lock = slow_server
    page.goto(f"{server.url}/digital")
    bars = page.wait_for_selector("[data-panel] .skelbars", state="attached", timeout=TIMEOUT_MS)
    style = bars.evaluate(
        "(own) => { const look = getComputedStyle(own); return [look.animationName, look.animationDelay]; }"
    )
    assert style == ["appear", "0.3s"]
    page.wait_for_function("(own) => getComputedStyle(own).opacity === '1'", arg=bars, timeout=TIMEOUT_MS)
    assert page.get_attribute("[data-panel]", "data-state") == "loading"
    assert "正在读取" in page.inner_text("[data-panel] .p-foot")
    lock.rollback()
    page.wait_for_function(ALL_DRAWN, timeout=TIMEOUT_MS)
    assert page.locator(".skelbars:visible").count() == 0
    assert page.locator("[data-panel][data-state=empty]").count() > 0  # nothing was ever loaded there


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


def test_a_failed_panel_is_tried_again_by_its_button(own_server: LiveServer, page: Any) -> None:
    own_server.stop()
    own_server.extra_environment["ONESCREEN_HEARTBEAT_S"] = "60"  # the page itself tries again much later
    own_server.start()
    open_desk(own_server, with_faults(page), "/trade")
    page.wait_for_function("() => document.documentElement.dataset.heartbeat === 'ok'", timeout=TIMEOUT_MS)
    failed = panel_written(failed_parts(Style("light", "cn", "desk", "zh"), "10:12", "E-502"))
    page.evaluate("(failed) => Object.assign(faults, { failPanel: 'trade', failed })", failed)
    page.evaluate("window.dash_clientside.onescreen.tell('tick', 'news')")
    wait_for_state(page, TRADE, "error")
    banner = page.locator(f"{TRADE} .banner.err")
    assert "10:12" in banner.inner_text()
    assert page.locator(f"{TRADE} .main-svg").count() > 0  # the last good picture stays
    page.evaluate("faults.failPanel = ''")
    banner.get_by_role("button", name="重试").click()
    wait_for_state(page, TRADE, "drawn")
    assert banner.count() == 0
