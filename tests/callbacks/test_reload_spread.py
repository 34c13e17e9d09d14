"""W-05: five hundred screens that hear of a new build do not all come back at once."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Browser

from data.settings import ROOT

SCREENS, SPREAD_S, BINS = 500, 30, 10
# One page plays all screens: the script is run once for each, with the clock and the server in our hands.
PLAY = """async ({ source, screens }) => {
  const delays = [];
  window.fetch = async () => new Response(JSON.stringify({ build: "new", data: "1" }), { status: 200 });
  for (let screen = 0; screen < screens; screen += 1) {
    const timers = [];
    window.setTimeout = (call, delay) => timers.push({ call, delay });
    window.clearTimeout = () => {};
    delete document.documentElement.dataset.reloading;
    (0, eval)(source);
    const [beat] = timers.splice(0);
    await beat.call();
    if (document.documentElement.dataset.reloading !== "buildnew") throw new Error("the new build was not noticed");
    delays.push(timers[1].delay); /* after the time limit of the question, before the next beat */
  }
  return delays;
}"""


def test_w05_reloads_are_spread(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        f'<html data-build="old"><body data-heartbeat-s="10" data-reload-spread-s="{SPREAD_S}"></body></html>'
    )
    source = (ROOT / "assets" / "heartbeat.js").read_text(encoding="utf-8")
    delays = [delay / 1000 for delay in page.evaluate(PLAY, {"source": source, "screens": SCREENS})]
    page.close()
    assert len(delays) == SCREENS
    assert min(delays) >= 0
    assert SPREAD_S * 0.95 <= max(delays) <= SPREAD_S
    bins = Counter(int(delay / SPREAD_S * BINS) for delay in delays)
    fair = SCREENS / BINS
    assert all(fair * 0.4 <= bins[each] <= fair * 1.8 for each in range(BINS)), bins
