"""The selection in a real browser: in the address, over Back, in the links."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.callbacks.wall import Watch, with_faults
from tests.servers import LiveServer

TIMEOUT_MS = 150_000  # drawing twelve charts in a software renderer on two busy cores takes its time


@pytest.fixture
def desk(live_server: LiveServer, page: Any) -> Watch:
    """Return the planner's overview, drawn."""
    watch = Watch(with_faults(page))
    watch.open(live_server.url + "/")
    return watch


def query(page: Any, text: str) -> None:
    """Wait until the address holds a text."""
    page.wait_for_url(re.compile(re.escape(text)), timeout=TIMEOUT_MS)


def test_a_choice_is_in_the_address_without_a_new_page(desk: Watch) -> None:
    page = desk.page
    page.evaluate("window.stillHere = true")
    page.click('button[data-choice="accumulation=S"]')
    query(page, "accumulation=S")
    assert page.evaluate("window.stillHere") is True
    page.wait_for_selector('button[data-choice="accumulation=S"][aria-checked=true]', timeout=TIMEOUT_MS)
    page.wait_for_selector('button[data-choice="accumulation=Y"][aria-checked=false]', timeout=TIMEOUT_MS)


def test_back_undoes_a_choice_and_forward_repeats_it(desk: Watch) -> None:
    page = desk.page
    page.evaluate("window.stillHere = true")
    for _ in range(2):
        page.click('button[data-choice="accumulation=S"]')
        query(page, "accumulation=S")
        page.evaluate("history.back()")
        query(page, "accumulation=Y")
        page.wait_for_selector('button[data-choice="accumulation=Y"][aria-checked=true]', timeout=TIMEOUT_MS)
        page.evaluate("history.forward()")
        query(page, "accumulation=S")
        page.wait_for_selector('button[data-choice="accumulation=S"][aria-checked=true]', timeout=TIMEOUT_MS)
        page.evaluate("history.back()")
        page.wait_for_selector('button[data-choice="accumulation=Y"][aria-checked=true]', timeout=TIMEOUT_MS)
    assert page.evaluate("window.stillHere") is True


def test_a_month_is_chosen_and_stays_over_a_reload(desk: Watch) -> None:
    page = desk.page
    month = page.eval_on_selector("#period-select", "(select) => select.options[3].value")
    page.select_option("#period-select", month)
    query(page, f"period={month}")
    page.reload()
    desk.wait_until_drawn()
    assert page.input_value("#period-select") == month


def test_links_keep_the_choice(desk: Watch) -> None:
    page = desk.page
    page.click('button[data-choice="accumulation=S"]')
    query(page, "accumulation=S")
    page.wait_for_selector("#switches a[href*='accumulation=S']", timeout=TIMEOUT_MS)
    page.click("#switches a[href*='language=en']")
    desk.wait_until_drawn()
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute('button[data-choice="accumulation=S"]', "aria-checked") == "true"


@pytest.mark.parametrize(
    ("address", "lang", "theme", "density", "rise"),
    [
        ("/", "zh-CN", "light", "desk", "cn"),
        ("/?language=en&theme=dark&rise=intl", "en", "dark", "desk", "intl"),
        ("/wall/overview", "zh-CN", "dark", "wall", "cn"),
        ("/wall/overview?theme=light", "zh-CN", "light", "wall", "cn"),
    ],
)
def test_the_first_byte_knows_theme_and_language(
    live_server: LiveServer, page: Any, address: str, lang: str, theme: str, density: str, rise: str
) -> None:
    page.goto(live_server.url + address)
    found = [page.get_attribute("html", name) for name in ("lang", "data-bs-theme", "data-density", "data-rise")]
    assert found == [lang, theme, density, rise]
