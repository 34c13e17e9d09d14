"""The wall in a real Chromium: drawn whole, nothing outside, nothing clipped, at every size, theme and language."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.screenshots import SETS, audit, open_screen
from tests.servers import LiveServer


class Watched:
    """A page whose requests and console are written down."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))


@pytest.mark.parametrize(("screen", "theme", "language"), SETS, ids=lambda part: getattr(part, "name", part))
def test_screen_is_drawn_whole(browser: Browser, live_server: LiveServer, screen, theme, language) -> None:
    page = browser.new_page()
    watched = Watched(page)
    try:
        open_screen(page, live_server.url, screen, theme, language)
        assert watched.errors == []
        assert watched.hosts - {""} == {urlsplit(live_server.url).netloc}
        assert audit(page, screen) == []
        assert page.evaluate("() => document.documentElement.lang")[:2] == language
        assert page.evaluate("() => document.documentElement.dataset.bsTheme") == theme
        empty = page.evaluate(
            "() => [...document.querySelectorAll('[data-panel]')]"
            ".filter((panel) => panel.checkVisibility() && (panel.classList.contains('empty')"
            " || panel.querySelector('.emptybox'))).map((panel) => panel.dataset.panel)"
        )
        assert empty == []
    finally:
        page.close()


def test_audit_finds_what_it_should(browser: Browser) -> None:
    """The canary: a page with each defect, so that a silent audit is noticed."""
    page = browser.new_page(viewport={"width": 400, "height": 300})
    page.set_content(
        "<div style='position:absolute;left:5px;top:20px;font-size:16px'>第一行文字</div>"
        "<div style='position:absolute;left:5px;top:24px;font-size:16px'>第二行文字</div>"
        "<div style='position:absolute;left:5px;top:90px;width:40px;overflow:hidden;white-space:nowrap;font-size:16px'>"
        "这一行被截断了</div>"
        "<div style='position:absolute;left:5px;top:140px;font-size:9px'>太小</div>"
        "<div style='position:absolute;left:380px;top:180px;width:90px;font-size:16px'>出界出界</div>"
        "<div style='height:900px'></div>"
    )
    found = "\n".join(page.evaluate(_audit_source(), {"wall": True}))
    page.close()
    for defect in (
        "text over text",
        "clipped sideways",
        "below the floor size",
        "outside the screen",
        "scrolls vertically",
    ):
        assert defect in found


def _audit_source() -> str:
    from tests.screenshots import AUDIT

    return AUDIT
