"""Take a picture of every screen at every size, theme and language: ``make shots`` writes them to ``var/shots``."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

AUDIT = (Path(__file__).parent / "screens" / "audit.js").read_text(encoding="utf-8")
TARGET = Path("var/shots")
ALL_DRAWN = """() => {
  const panels = [...document.querySelectorAll('[data-asked] [data-panel]')].filter((panel) => panel.checkVisibility());
  const isDrawn = (panel) => panel.dataset.version && !panel.classList.contains('loading')
    && ![...panel.querySelectorAll('.p-plot[data-waiting]')].some((plot) => plot.checkVisibility());
  return panels.length > 0 && panels.every(isDrawn);
}"""


ALL_LOOKS = tuple(itertools.product(("dark", "light"), ("zh", "en")))
ON_WALLS = (("dark", "zh"), ("light", "en"))
ON_DESKS = (("light", "zh"), ("dark", "en"))
IN_CHINESE = (("dark", "zh"),)


@dataclass(frozen=True)
class Screen:
    """One page at one size."""

    name: str
    path: str
    width: int
    height: int
    looks: tuple[tuple[str, str], ...] = ALL_LOOKS

    @property
    def wall(self) -> bool:
        return self.path.startswith("/wall")


SCREENS = (
    Screen("wall-1920x1080", "/wall/overview", 1920, 1080),
    Screen("wall-3840x1080", "/wall/overview", 3840, 1080),
    Screen("wall-3840x2160", "/wall/overview", 3840, 2160, IN_CHINESE),
    Screen("wall-5760x1080", "/wall/overview", 5760, 1080, IN_CHINESE),
    Screen("wall-1366x768", "/wall/overview", 1366, 768, IN_CHINESE),
    Screen("wall-1920x1200", "/wall/overview", 1920, 1200, IN_CHINESE),
    Screen("wall-far-1920x1080", "/wall/overview?scale=far", 1920, 1080, ON_WALLS),
    Screen("wall-far-3840x1080", "/wall/overview?scale=far", 3840, 1080, IN_CHINESE),
    Screen("wall-clusters-1920x1080", "/wall/clusters", 1920, 1080, ON_WALLS),
    Screen("wall-clusters-3840x1080", "/wall/clusters", 3840, 1080, IN_CHINESE),
    Screen("wall-trade-1920x1080", "/wall/trade", 1920, 1080, ON_WALLS),
    Screen("wall-trade-3840x1080", "/wall/trade", 3840, 1080, IN_CHINESE),
    Screen("wall-trade-5760x1080", "/wall/trade", 5760, 1080, IN_CHINESE),
    Screen("wall-digital-1920x1080", "/wall/digital", 1920, 1080, ON_WALLS),
    Screen("wall-digital-3840x1080", "/wall/digital", 3840, 1080, IN_CHINESE),
    Screen("desk-1440x900", "/", 1440, 900),
    Screen("desk-clusters-1440x900", "/clusters", 1440, 900, ON_WALLS),
    Screen("desk-trade-1440x900", "/trade", 1440, 900, ON_DESKS),
    Screen("desk-digital-1440x900", "/digital", 1440, 900, ON_DESKS),
    Screen("desk-investment-1440x900", "/investment", 1440, 900, ON_DESKS),
    Screen("desk-city-1440x900", "/city", 1440, 900, ON_DESKS),
    Screen("desk-warnings-1440x900", "/warnings", 1440, 900, ON_WALLS),
    Screen("desk-data-1440x900", "/data", 1440, 900, ON_WALLS),
    Screen("wall-warnings-1920x1080", "/wall/warnings", 1920, 1080, ON_WALLS),
    Screen("phone-390x844", "/", 390, 844),
    Screen("phone-trade-390x844", "/trade", 390, 844, ON_DESKS[:1]),
    Screen("phone-investment-390x844", "/investment", 390, 844, ON_DESKS[:1]),
    Screen("phone-city-390x844", "/city", 390, 844, ON_DESKS[:1]),
)

SETS = [(screen, theme, language) for screen in SCREENS for theme, language in screen.looks]


def open_screen(page: Page, address: str, screen: Screen, theme: str, language: str) -> None:
    """Open a screen and wait until every panel says it is drawn."""
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    path, _, query = screen.path.partition("?")
    still = "&dwell=0" if screen.wall else ""
    page.goto(f"{address}{path}?theme={theme}&language={language}{still}&{query}".rstrip("&"))
    page.wait_for_function(
        ALL_DRAWN,
        timeout=90_000,
    )
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.wait_for_timeout(1200)


def audit(page: Page, screen: Screen) -> list[str]:
    """What is wrong on the page as plain sentences."""
    return list(page.evaluate(AUDIT, {"wall": screen.wall}))


def take_all(browser: Browser, address: str, only: str = "") -> int:
    """Write all pictures; print what the audit finds; return how many findings."""
    TARGET.mkdir(parents=True, exist_ok=True)
    findings = 0
    for screen, theme, language in SETS:
        if only and only not in f"{screen.name}-{theme}-{language}":
            continue
        page = browser.new_page()
        open_screen(page, address, screen, theme, language)
        page.screenshot(path=TARGET / f"{screen.name}-{theme}-{language}.png")
        for finding in audit(page, screen):
            findings += 1
            sys.stdout.write(f"{screen.name} {theme} {language}: {finding}\n")
        page.close()
    return findings


def main(arguments: list[str]) -> int:
    """Fill a scratch warehouse, serve it, take all pictures (or those whose name holds the first argument)."""
    import shutil
    import tempfile
    from datetime import date

    from playwright.sync_api import sync_playwright

    from data.refresh import refresh
    from data.settings import Settings
    from tests.servers import CHROMIUM_FLAGS, LiveServer

    with tempfile.TemporaryDirectory() as folder:
        warehouse = arguments[1] if len(arguments) > 1 else f"sqlite:///{folder}/onescreen.db"
        settings = Settings(warehouse=warehouse, today=date(2026, 11, 23))
        refresh(settings)
        server = LiveServer(settings, Path(folder) / "log")
        server.extra_environment["ONESCREEN_HEARTBEAT_S"] = "10"
        server.start()
        try:
            with sync_playwright() as playwright:
                executable = shutil.which("chromium") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
                findings = take_all(browser, server.url, arguments[0] if arguments else "")
                browser.close()
        finally:
            server.stop()
    sys.stdout.write(f"{findings} findings; pictures in {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
