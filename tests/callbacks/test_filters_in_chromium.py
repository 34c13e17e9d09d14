"""The filters as a planner walks through them: by pointer, by keyboard alone, and by a link shared with others."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.callbacks.wall import Watch, with_faults
from tests.servers import LiveServer

TIMEOUT_MS, DRAWN_S = 90_000, 90.0  # a page is drawn in two seconds; eight of them at once on two cores are not
# What every panel shows: its words, and the figures of its chart.
SHOWN = """() => [...document.querySelectorAll('[data-panel]')].map((panel) => {
  const plot = panel.querySelector('.js-plotly-plot'), words = (part) => panel.querySelector(part).innerText;
  const drawn = ({ x, y, z, text, marker }) => [x, y, z, text, marker && marker.color];
  const figures = JSON.stringify(plot && plot.data ? plot.data.map(drawn) : null);
  return [panel.dataset.panel, panel.className, words('.p-head'), words('.p-foot'), figures];
})"""
QUIET = "() => Object.values(window.faults.inFlight).every((each) => each === 0)"
OFFERED = "(all) => all.map((one) => one.dataset.field)"


def open_page(watch: Watch, address: str) -> None:
    """Go to an address and wait until every panel is drawn."""
    watch.page.goto(address, wait_until="load", timeout=TIMEOUT_MS)
    watch.wait_until_drawn(DRAWN_S)


def choices(page: Any) -> dict[str, str]:
    """Return what the address says."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def settled(watch: Watch, **wanted: str | None) -> None:
    """Wait until the address says what is wanted and nothing is on its way any more."""
    page = watch.page
    for key, value in wanted.items():
        said = f"new URLSearchParams(location.search).get({key!r})"
        page.wait_for_function(f"() => {said} === {'null' if value is None else repr(value)}", timeout=TIMEOUT_MS)
    for _ in range(2):  # what has come back may ask for more
        page.wait_for_function(QUIET, timeout=TIMEOUT_MS)
        page.wait_for_timeout(300)


@pytest.fixture
def walk(live_server: LiveServer, page: Any) -> Watch:
    """Return the page of clusters, drawn."""
    watch = Watch(with_faults(page))
    open_page(watch, live_server.url + "/clusters")
    return watch


def click_bar(watch: Watch, panel: str, code: str) -> None:
    """Click the bar of a code in a chart of bars."""
    page = watch.page
    at = page.evaluate(
        "([panel, code]) => document.querySelector(`[data-panel=${panel}] .js-plotly-plot`).data[0].customdata"
        ".indexOf(code)",
        [panel, code],
    )
    bar = page.locator(f"[data-panel={panel}] .js-plotly-plot .point path").nth(at)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    page.mouse.down()
    page.mouse.up()


def test_a_planner_filters_drills_links_and_goes_back(walk: Watch) -> None:
    page = walk.page
    page.evaluate("window.stillHere = true")
    page.select_option("select[data-field=window]", "36")
    settled(walk, window="36")
    click_bar(walk, "clusters", "CL_PETRO")
    settled(walk, industry="CL_PETRO")
    page.select_option("[data-panel=structure] select[data-mark-list]", "C26")
    settled(walk, industry="C26", stack="industry")
    assert "合成材料" in page.inner_text("[data-panel=structure]")  # two levels down: the groups of the division
    assert re.sub(r"\s+", "", page.inner_text(".crumb")).startswith("全部产业石油化工化工")
    assert page.inner_text(".pill").startswith("联动：化工")
    page.keyboard.press("Escape")
    settled(walk, industry="CL_PETRO")
    page.evaluate("history.back()")
    settled(walk, industry="C26")
    assert page.evaluate("window.stillHere") is True
    assert walk.complaints == []


def test_a_shared_link_restores_the_screen(live_server: LiveServer, page: Any, browser: Any) -> None:
    first = Watch(with_faults(page))
    open_page(first, f"{live_server.url}/clusters?industry=C26&growth=avg2&as_of=2026-10-01")
    settled(first, industry="C26", stack="industry")
    assert "两年平均" in page.inner_text("[data-panel=clusters] .p-unit")
    assert "截至 2026-10-01 所知" in page.inner_text(".d-stamp")
    before = page.evaluate(SHOWN)
    context = browser.new_context(viewport=page.viewport_size, locale="zh-CN", timezone_id="Asia/Shanghai")
    try:
        other = Watch(with_faults(context.new_page()))
        open_page(other, page.url)
        settled(other, industry="C26")
        assert other.page.evaluate(SHOWN) == before
        assert other.page.url == page.url
    finally:
        context.close()
    page.reload(timeout=TIMEOUT_MS)
    first.wait_until_drawn(DRAWN_S)
    settled(first, industry="C26")
    assert page.evaluate(SHOWN) == before


def test_the_same_by_keyboard_alone(walk: Watch) -> None:
    page = walk.page
    page.focus("details[data-menu=industry] > summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=treeitem]", timeout=TIMEOUT_MS)
    page.wait_for_function("() => document.activeElement.type === 'search'", timeout=TIMEOUT_MS)
    assert "亿元" in page.inner_text(".t-foot")
    assert "模拟" in page.inner_text(".t-foot")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.code") == "C26"
    assert page.evaluate("document.activeElement.getAttribute('aria-level')") == "2"
    page.keyboard.press("Enter")
    settled(walk, industry="C26")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.focus("[data-choice='growth=yoy']")
    page.keyboard.press("ArrowRight")
    settled(walk, growth="avg2")
    assert page.evaluate("document.activeElement.dataset.choice") == "growth=avg2"
    page.focus("[data-panel=clusters] select[data-mark-list]")
    page.keyboard.press("ArrowDown")
    settled(walk, growth="avg2")
    assert choices(page)["industry"] in {"C25", "C29"}  # inside a cluster the panel lists its divisions
    assert page.evaluate("document.activeElement.matches('[data-panel=clusters] select')") is True
    page.focus("[data-undo]")
    page.keyboard.press("Enter")
    settled(walk, industry="CL_PETRO")
    page.evaluate("history.back()")  # the browser's own Back, which a headless one has no key for
    page.wait_for_function("() => new URLSearchParams(location.search).has('industry')", timeout=TIMEOUT_MS)


def test_the_tree_is_searched_by_name_and_by_code_in_both_languages(walk: Watch) -> None:
    page = walk.page
    page.click("details[data-menu=industry] > summary", timeout=TIMEOUT_MS)
    page.wait_for_selector("[role=treeitem]", timeout=TIMEOUT_MS)
    for text, code in (("C261", "C261"), ("化学原料和化学制品", "C26"), ("chemical", "C26")):
        page.fill(".tree input", text)
        assert code in page.eval_on_selector_all("[role=treeitem]", "(rows) => rows.map((row) => row.dataset.code)")
    page.fill(".tree input", "<img src=x>")
    page.wait_for_selector(".t-none:visible", timeout=TIMEOUT_MS)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('details[data-menu=industry]').open") is False


def test_two_months_stand_side_by_side(live_server: LiveServer, page: Any) -> None:
    watch = Watch(with_faults(page))
    open_page(watch, live_server.url + "/digital")
    page.click("details[data-menu=compare] > summary", timeout=TIMEOUT_MS)
    page.select_option("select[data-field=compare]", "2025-09")
    page.wait_for_selector(".desk[data-compared=yes]", timeout=TIMEOUT_MS)
    watch.wait_until_drawn(DRAWN_S)
    settled(watch, compare="2025-09")
    sides = page.eval_on_selector_all(".chip.side", "(chips) => chips.map((chip) => chip.innerText)")
    assert sides == ["左 · 最新", "右 · 2025年9月"] * (len(sides) // 2)
    assert sides
    assert "2025年1–9月" in page.inner_text("[data-panel=digital_growth-b] .p-foot")
    page.click("a.btn-s[data-go]", timeout=TIMEOUT_MS)
    page.wait_for_selector(".desk[data-compared=no]", timeout=TIMEOUT_MS)


def test_a_page_offers_only_what_its_panels_follow(live_server: LiveServer, page: Any) -> None:
    watch = Watch(with_faults(page))
    offered = {}
    for path in ("/clusters", "/trade", "/digital"):
        open_page(watch, live_server.url + path)
        offered[path] = set(
            page.eval_on_selector_all(".d-filter select[data-field]", "(all) => all.map((one) => one.dataset.field)")
        )
    assert "reference" in offered["/clusters"]
    assert "currency" not in offered["/clusters"]
    assert {"currency", "region"} <= offered["/trade"]
    assert not {"currency", "region", "reference"} & offered["/digital"]
