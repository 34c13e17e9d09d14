"""Access, on every page: axe, 400 % zoom, the phone, keys, words for charts, stillness, colours.

Pages and panels come from ``ROUTES``, so that a page that is added is looked at as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from data.selection import ROUTES
from tests.callbacks.wall import Watch
from tests.screenshots import ALL_DRAWN
from tests.servers import LiveServer

DESK = [path for path, route in ROUTES.items() if route.kind == "desk"]
GRAVE = {"serious", "critical"}
# The script runs in the page through the debugger, which the content security policy does not concern: the policy
# stays as it is shipped. The second look is only for what a theme changes.
LOOK = """async (only) => {
  const found = await axe.run(document, only.length ? { runOnly: only } : {});
  const where = (each) => each.nodes.slice(0, 5).map((node) => node.html.slice(0, 160));
  return found.violations.map((each) => [each.impact, each.id, where(each)]);
}"""
OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((each) => {
  if (!each.checkVisibility() || each.closest("svg,.table-scroll,.vh,.skip,.d-nav,[hidden],dialog")) return false;
  const place = each.getBoundingClientRect();
  return place.width > 1 && (place.right > innerWidth + 1 || place.left < -1);
}).map((each) => `${each.tagName}.${each.className} ${each.textContent.slice(0, 30)}`).slice(0, 8)"""
COLUMNS = """() => new Set([...document.querySelectorAll(".d-main > .panel")].filter((each) => each.checkVisibility())
  .map((each) => Math.round(each.getBoundingClientRect().left))).size"""
SMALL = """() => [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility()
  && !each.closest(".vh,svg") && [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  && parseFloat(getComputedStyle(each).fontSize) < 12).map((each) => each.outerHTML.slice(0, 120)).slice(0, 5)"""

STOP = """() => {
  const own = document.activeElement, look = getComputedStyle(own), root = own.closest("[data-panel]");
  const hasRing = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  return [own === document.body, hasRing, root && root.dataset.panel, own.outerHTML.slice(0, 100)];
}"""


def open_page(server: LiveServer, page: Any, path: str, query: str = "") -> Watch:
    """Open a page and wait until what is in sight is drawn."""
    watch = Watch(page)
    page.goto(f"{server.url}{path}?{query}", wait_until="load")
    page.wait_for_function(ALL_DRAWN, timeout=180_000)
    return watch


def grave(page: Any, only: list[str]) -> list[Any]:
    """Return the violations that keep somebody out."""
    return [each for each in page.evaluate(LOOK, only) if each[0] in GRAVE]


@pytest.mark.parametrize("path", [*DESK, "/wall/overview"])
def test_axe_finds_nothing_grave_in_both_themes(live_server: LiveServer, browser: Any, path: str) -> None:
    wall = path.startswith("/wall")
    page = browser.new_page(viewport={"width": 1920, "height": 1080} if wall else {"width": 1440, "height": 900})
    try:
        open_page(live_server, page, path, "theme=light&dwell=0" if wall else "theme=light")
        page.evaluate(f"{AXE_SCRIPT};0")
        assert grave(page, []) == []
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        assert grave(page, ["color-contrast", "link-in-text-block"]) == []
    finally:
        page.close()


def test_axe_is_not_blind(live_server: LiveServer, page: Any) -> None:
    """The canary: grey on grey and a button without a name are found."""
    page.set_content("<main><p style='color:#999;background:#aaa'>grey</p><button></button></main>")
    page.evaluate(f"{AXE_SCRIPT};0")
    assert {each[1] for each in grave(page, [])} >= {"color-contrast", "button-name"}


@pytest.mark.parametrize("size", [(320, 256), (390, 844)], ids=["zoom-400", "phone"])
@pytest.mark.parametrize("path", DESK)
def test_narrow_pages_are_one_column_without_scrolling_sideways(
    live_server: LiveServer, browser: Any, path: str, size: tuple[int, int]
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    try:
        open_page(live_server, page, path, "language=en" if size[0] == 320 else "language=zh")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(COLUMNS) == 1
        assert page.evaluate(SMALL) == []
        tabs = page.locator(".d-nav").bounding_box()
        assert tabs["height"] == pytest.approx(56, abs=1)
        assert tabs["y"] + tabs["height"] == pytest.approx(size[1], abs=1)
        low = page.eval_on_selector_all(
            ".d-nav a", "(all) => all.filter((a) => a.getBoundingClientRect().height < 44).length"
        )
        assert low == 0
    finally:
        page.close()


@pytest.fixture(scope="module")
def overview(live_server: LiveServer, browser: Any) -> Iterator[Any]:
    """The planners' overview, for tests that leave it as it was."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    open_page(live_server, page, "/")
    yield page
    page.close()


def test_keys_reach_everything_and_the_focus_is_seen(overview: Any) -> None:
    """Tab goes from the skip link to the last toolbar; each stop has a ring; arrows move inside a toolbar."""
    overview.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    overview.keyboard.press("Tab")
    assert overview.evaluate("document.activeElement.className") == "skip"
    assert overview.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    stops, panels = 0, set()
    for _ in range(200):
        overview.keyboard.press("Tab")
        stop = overview.evaluate(STOP)
        if stop[0]:
            break
        assert stop[1], stop[3]
        stops, panels = stops + 1, panels | {stop[2]}
    drawn = set(overview.eval_on_selector_all("[data-panel]", "(all) => all.map((each) => each.dataset.panel)"))
    assert drawn <= panels
    assert stops > len(drawn)
    overview.focus("[data-panel] .p-tools button")
    overview.keyboard.press("ArrowRight")
    assert overview.evaluate("document.activeElement.dataset.tool") == "table"
    overview.keyboard.press("End")
    assert overview.evaluate("document.activeElement.dataset.tool") == "share"


def test_the_skip_link_leads_to_the_panels(overview: Any) -> None:
    assert overview.get_attribute(".skip", "href") == "#main"
    assert overview.locator("#main [data-panel]").count() > 0


def test_every_chart_has_its_figures_in_words(overview: Any) -> None:
    """The alternative of a chart holds figures; a panel without a chart is text itself."""
    charts = overview.eval_on_selector_all(
        ".p-plot:not([hidden])",
        "(all) => all.map((each) => [each.closest('[data-panel]').dataset.panel, each.ariaLabel])",
    )
    assert charts
    assert [name for name, words in charts if not words or not any(sign.isdigit() for sign in words)] == []
    others = overview.eval_on_selector_all(
        ".p-plot[hidden]", "(all) => all.map((each) => each.closest('[data-panel]').querySelector('.p-html').innerText)"
    )
    assert all(any(sign.isdigit() for sign in words) for words in others)


def test_nothing_moves_for_those_who_asked_for_it(live_server: LiveServer, overview: Any, browser: Any) -> None:
    """``prefers-reduced-motion``: no animation runs and no transition has a length, on the desk and on the wall."""
    wall = browser.new_page(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    open_page(live_server, wall, "/wall/overview")
    for page in (overview, wall):
        running = page.evaluate(
            "document.getAnimations().filter((each) => each.playState === 'running' && each.effect.getComputedTiming()"
            ".activeDuration > 10).map((each) => each.animationName || each.transitionProperty)"
        )
        assert running == []
    wall.close()


@pytest.mark.parametrize("rise", ["intl", "mono"])
def test_colours_of_rise_and_fall_are_a_setting(
    live_server: LiveServer, overview: Any, browser: Any, rise: str
) -> None:
    """The control of the header leads from one setting to the next; marks, heat and cards follow it."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    open_page(live_server, page, "/", "rise=cn" if rise == "intl" else "rise=intl")
    colour = "(page) => getComputedStyle(document.querySelector('.kpi .delta.up')).color"
    heat = "() => JSON.stringify(document.querySelector('[data-panel=heat] .js-plotly-plot').data[0].colorscale || 0)"
    before = page.evaluate(colour), page.evaluate(heat)
    page.click(f".switch[href*='rise={rise}']")
    page.wait_for_url(f"**rise={rise}**")
    page.wait_for_function(ALL_DRAWN, timeout=180_000)
    assert page.get_attribute("html", "data-rise") == rise
    assert page.evaluate(colour) != before[0]
    assert page.evaluate(heat) != before[1] or rise == "mono"
    page.close()
