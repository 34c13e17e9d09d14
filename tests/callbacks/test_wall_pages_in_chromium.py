"""The turning of the wall's pages: by itself, by key, without a server, after sleep; device names; far rooms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import pytest

from tests.callbacks.test_wall_in_chromium import load_something
from tests.callbacks.wall import BANNER, Watch, with_faults
from tests.servers import LiveServer

TIMEOUT_MS = 60_000
ALL_THERE = """() => {
  const pages = [...document.querySelectorAll(".w-page")];
  return pages.length > 2 && pages.every((page) => {
    const panels = [...page.querySelectorAll("[data-panel]")];
    return panels.length && panels.every((panel) => panel.dataset.version);
  });
}"""
SHOWN = "document.querySelector('.w-page.on').dataset.page"


def open_wall(server: LiveServer, page: Any, query: str = "dwell=0", path: str = "/wall/overview") -> Watch:
    """Open a wall and wait until all its pages are there."""
    watch = Watch(page)
    watch.open(f"{server.url}{path}?{query}")
    page.wait_for_function(ALL_THERE, timeout=TIMEOUT_MS)
    return watch


def wait_for(page: Any, name: str) -> None:
    """Wait until a page of the wall is shown."""
    page.wait_for_function(f"(name) => {SHOWN} === name", arg=name, timeout=TIMEOUT_MS)


def names(page: Any) -> list[str]:
    """Return the pages of the wall in their order."""
    return list(page.evaluate("[...document.querySelectorAll('.w-page')].map((each) => each.dataset.page)"))


@pytest.fixture(scope="module")
def wall(browser: Any, live_server: LiveServer) -> Iterator[Watch]:
    """One wall with all its pages, standing still; each test leaves it on its first page."""
    opened = browser.new_page(viewport={"width": 1920, "height": 1080})
    yield open_wall(live_server, opened, "dwell=3600")
    opened.close()


@pytest.fixture
def screen(wall: Watch) -> Iterator[Any]:
    """The page of that wall."""
    yield wall.page
    dwell(wall.page, 3600)
    wall.page.keyboard.press("1")
    wall.page.keyboard.press(" ")


def dwell(page: Any, seconds: int) -> None:
    """Let every page stay for so long from now on."""
    page.evaluate(
        "(s) => document.querySelectorAll('.w-page').forEach((each) => { each.dataset.dwellS = s; })", seconds
    )


def test_pages_turn_by_themselves_and_are_drawn_before_their_turn(wall: Watch, screen: Any) -> None:
    order = names(screen)
    dwell(screen, 5)
    for name in (*order[1:], order[0]):
        wait_for(screen, name)
        assert screen.evaluate("document.querySelectorAll('.w-page.on .js-plotly-plot .main-svg').length") > 0
        assert screen.evaluate("location.pathname") == f"/wall/{name}"
        assert screen.locator(".pages [aria-current=page]").get_attribute("data-goes-to") == name
    assert wall.complaints == []


def test_keys_step_jump_and_pause(screen: Any) -> None:
    order, told = names(screen), screen.locator("[data-turning]")
    screen.keyboard.press("ArrowRight")
    assert screen.evaluate(SHOWN) == order[1]
    assert "暂停" in told.inner_text()
    screen.keyboard.press("ArrowLeft")
    assert screen.evaluate(SHOWN) == order[0]
    screen.keyboard.press("3")
    assert screen.evaluate(SHOWN) == order[2]
    screen.keyboard.press("9")
    assert screen.evaluate(SHOWN) == order[2]
    screen.keyboard.press(" ")
    screen.wait_for_function("() => !document.querySelector('[data-turning]').textContent.includes('暂停')")
    screen.keyboard.press("x")
    assert "暂停" in told.inner_text()
    screen.click(f"[data-goes-to={order[1]}] a")
    assert screen.evaluate(SHOWN) == order[1]


def test_a_page_half_of_which_has_failed_says_so(screen: Any) -> None:
    screen.keyboard.press("3")
    screen.keyboard.press(" ")
    panels = screen.locator(".w-page.on [data-panel]")
    states = [panel.get_attribute("data-state") for panel in panels.all()]
    panels.evaluate_all("(all) => all.forEach((panel) => { panel.dataset.state = 'error'; })")
    screen.wait_for_function("() => document.querySelector('[data-turning]').classList.contains('troubled')")
    assert str(len(states)) in screen.inner_text("[data-turning]")
    assert "troubled" in str(screen.get_attribute(f"[data-goes-to={screen.evaluate(SHOWN)}]", "class"))
    panels.evaluate_all("(all, states) => all.forEach((panel, i) => { panel.dataset.state = states[i]; })", states)


def test_a_grave_warning_holds_the_page_of_warnings(screen: Any) -> None:
    """Until a page of warnings is there the wall turns on; with one, it is held and says so."""
    order = names(screen)
    screen.evaluate("document.querySelector('.w-page:last-child').dataset.page = 'warnings'")
    screen.evaluate("document.querySelector('[data-gravest]').dataset.gravest = '2'")
    wait_for(screen, "warnings")
    screen.wait_for_function("() => document.querySelector('[data-turning]').textContent.includes('预警')")
    screen.keyboard.press("1")
    assert screen.evaluate(SHOWN) == order[0]
    screen.evaluate("document.querySelector('[data-gravest]').dataset.gravest = ''")
    screen.evaluate(f"document.querySelector('.w-page:last-child').dataset.page = '{order[-1]}'")


def test_a_display_that_slept_turns_one_page_not_many(screen: Any) -> None:
    """W-14: the wall wakes on the page it slept on, and that page gets time."""
    order = names(screen)
    dwell(screen, 6)
    wait_for(screen, order[1])
    screen.evaluate("const end = Date.now() + 20000; while (Date.now() < end);")
    seen = screen.evaluate(
        f"""() => new Promise((done) => {{
          const seen = []; const timer = setInterval(() => seen.push({SHOWN}), 100);
          setTimeout(() => {{ clearInterval(timer); done([...new Set(seen)]); }}, 1500);
        }})"""
    )
    assert seen == [order[1]]
    wait_for(screen, order[2])


def test_pages_turn_without_a_server_and_the_screen_says_so(own_server: LiveServer, page: Any) -> None:
    open_wall(own_server, page, "dwell=5")
    own_server.kill()
    page.wait_for_selector(BANNER, state="visible", timeout=TIMEOUT_MS)
    order = names(page)
    for name in (*order[1:], order[0]):
        wait_for(page, name)
        assert page.locator(".w-page.on [data-panel]").first.get_attribute("data-version")
        assert "旧数据" in page.inner_text(BANNER)


def test_new_data_are_drawn_on_a_hidden_page_before_it_is_shown(own_server: LiveServer, page: Any) -> None:
    watch = open_wall(own_server, page)
    version = load_something(own_server)
    watch.wait_for_version(version, 60)
    page.keyboard.press("2")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.w-page.on .p-plot:not([hidden])')]"
        ".every((box) => box.querySelector('.main-svg'))",
        timeout=TIMEOUT_MS,
    )


def test_a_device_is_remembered_with_its_choices(live_server: LiveServer, page: Any) -> None:
    open_wall(live_server, page, "device=lobby-2&dwell=0&theme=light")
    assert "lobby-2" in page.inner_text(".w-meta")
    page.goto(f"{live_server.url}/wall/overview")
    page.wait_for_url("**device=lobby-2**", timeout=TIMEOUT_MS)
    assert page.get_attribute("html", "data-bs-theme") == "light"


def test_far_rooms_get_larger_type_six_figures_and_three_panels(live_server: LiveServer, page: Any) -> None:
    open_wall(live_server, page, "dwell=0&scale=far")
    rem = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert rem == pytest.approx(min(1080 / 54, 1920 / 96))
    seen = "(where) => [...document.querySelectorAll(where)].filter((each) => each.checkVisibility()).length"
    assert page.evaluate(seen, ".w-page.on .kpi") == 6
    assert page.evaluate(seen, ".w-page.on [data-panel]") == 3


POSTS = "() => window.faults.posts"


def test_at_midnight_of_the_server_an_open_wall_asks_anew(live_server: LiveServer, page: Any) -> None:
    """What is late, and how late, changes with the day and without new data."""
    open_wall(live_server, with_faults(page))
    page.wait_for_function("() => document.documentElement.dataset.heartbeat === 'ok'", timeout=TIMEOUT_MS)
    page.wait_for_timeout(3000)
    before = page.evaluate(POSTS)
    page.wait_for_timeout(3000)
    assert page.evaluate(POSTS) == before  # nothing is asked while nothing changes

    def tomorrow(route: Any) -> None:
        answer = route.fetch()
        day = parsedate_to_datetime(answer.headers["date"]) + timedelta(days=1)
        route.fulfill(response=answer, headers={**answer.headers, "date": format_datetime(day, usegmt=True)})

    page.route("**/api/version", tomorrow)
    page.wait_for_function("(before) => window.faults.posts >= before + 5", arg=before, timeout=TIMEOUT_MS)
    page.wait_for_timeout(4000)
    assert page.evaluate(POSTS) == before + len(names(page))  # once for each of its pages, not at every beat


@pytest.mark.parametrize("spoilt", ["?theme=purple&device=lobby", "?x", "nonsense", "?period=9999-99"])
def test_a_spoilt_memory_of_the_device_is_forgotten(live_server: LiveServer, page: Any, spoilt: str) -> None:
    page.goto(f"{live_server.url}/healthz")
    page.evaluate("(kept) => localStorage.setItem('onescreen-device', kept)", spoilt)
    watch = Watch(page)
    watch.open(f"{live_server.url}/wall/overview")
    page.wait_for_function("() => localStorage.getItem('onescreen-device') === null", timeout=TIMEOUT_MS)
    assert page.locator(".w-page.on [data-panel]").first.get_attribute("data-version")
    assert "device=" not in page.url
