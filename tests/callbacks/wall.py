"""Looking at a page in Chromium: when it is drawn, what it fetched, what it complained about, and faults in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

# Callbacks can be slowed down or made to fail in the browser, so that the server under test stays as it is shipped.
# ``failPanel`` puts ``failed`` in the place of a panel, which is what the server sends of one that could not be drawn.
FAULTS = """
window.faults = { delayMs: 0, failPage: "", failPanel: "", failed: null, inFlight: {}, mostInFlight: 0, posts: 0 };
const plain = window.fetch;
window.fetch = async (...request) => {
  const first = request[0], url = String(first && first.url ? first.url : first);
  if (!url.includes("_dash-update-component")) return plain(...request);
  const body = String(request[1] && request[1].body), faults = window.faults;
  const sent = JSON.parse(body), key = JSON.stringify(sent.outputs);
  faults.posts += 1;
  faults.inFlight[key] = (faults.inFlight[key] || 0) + 1;
  faults.mostInFlight = Math.max(faults.mostInFlight, faults.inFlight[key]);
  try {
    if (faults.failPage && key.includes(`"page":"${faults.failPage}"`)) {
      return new Response('{"code":"internal_error"}', { status: 500 });
    }
    const answer = await plain(...request);
    if (faults.delayMs) await new Promise((done) => setTimeout(done, faults.delayMs));
    if (!faults.failPanel || answer.status !== 200) return answer;
    const told = await answer.json();
    for (const { data } of Object.values(told.response || {})) {
      if (data && data.panels && data.panels[faults.failPanel]) data.panels[faults.failPanel] = faults.failed;
    }
    return new Response(JSON.stringify(told), { status: 200, headers: { "Content-Type": "application/json" } });
  } finally { faults.inFlight[key] -= 1; }
};
"""
DRAWN = """() => {
  const panels = [...document.querySelectorAll("[data-asked] [data-panel]")];
  const waiting = (panel) => [...panel.querySelectorAll(".p-plot[data-waiting]")];
  const isWaiting = (panel) => waiting(panel).some((plot) => plot.checkVisibility());
  return panels.length > 0 && panels.every((panel) => panel.dataset.version !== "" && !isWaiting(panel));
}"""
AT_VERSION = """(version) => {
  const panels = [...document.querySelectorAll("[data-asked] [data-panel]")];
  return panels.length > 0 && panels.every((panel) => panel.dataset.version === version);
}"""
BANNER = ".old-data"


class Watch:
    """Everything a page asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, address: str) -> None:
        """Go to an address and wait until every panel is drawn."""
        self.page.goto(address, wait_until="load")
        self.wait_until_drawn()

    def wait_until_drawn(self, timeout_s: float = 90) -> None:
        """Wait until every panel the page has asked for is drawn."""
        self.page.wait_for_function(DRAWN, timeout=timeout_s * 1000)

    def wait_for_version(self, version: str, timeout_s: float = 30) -> None:
        """Wait until every panel shows a data version."""
        self.page.wait_for_function(AT_VERSION, arg=version, timeout=timeout_s * 1000)

    def foreign(self, origin: str) -> list[str]:
        """Return the addresses outside an origin (data: and blob: never leave the page)."""
        own = urlsplit(origin).netloc
        return [
            each for each in self.addresses if not each.startswith(("data:", "blob:")) and urlsplit(each).netloc != own
        ]


def with_faults(page: Page) -> Page:
    """Return the page with ``window.faults`` in place; call before it goes anywhere."""
    page.add_init_script(FAULTS)
    return page
