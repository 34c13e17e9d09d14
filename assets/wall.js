/* The turning of the wall's pages. All of them are on the page at once (`.w-page`, one of them `.on`), so that turning
   asks nothing of the server and goes on when it is away.

   Each page stays for its `data-dwell-s`; 0 stands still. Any key pauses, Space pauses and goes on, the arrows step, a
   digit jumps. A pause ends by itself after five minutes, because nobody may be there to end it. While the ticker
   holds a warning of level Ⅰ or Ⅱ the page of warnings is held; whoever steps away from it has the same five minutes.
   The first page stands alone until it is drawn; then the others are asked for, one after the other, and stay. Only
   pages that are there take turns. A page is drawn shortly before its turn: charts nobody sees cost nothing when new
   data come.

   `?device=NAME` is remembered with the other choices of its address, and taken up again by an address without any. */
"use strict";
(() => {
  const root = document.documentElement;
  if (root.dataset.density !== "wall") return;
  const PAUSE_MS = 300000, LEAD_MS = 3000, STEP_MS = 250, WARNINGS = "warnings", GRAVE = 2, DEVICE = "onescreen-device";
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const every = () => [...document.querySelectorAll(".w-page")];
  const hasData = (page) => [...page.querySelectorAll("[data-panel]")].every((panel) => panel.dataset.version);
  const pages = () => every().filter((page) => hasData(page) || page.classList.contains("on"));
  const current = (all) => Math.max(0, all.findIndex((page) => page.classList.contains("on")));
  let arrived = performance.now(), pausedUntil = 0, awake = "", lastStep = performance.now();

  function remember() {
    const choices = new URLSearchParams(location.search), name = choices.get("device");
    try {
      if (name) localStorage.setItem(DEVICE, location.search);
      else if (!location.search && localStorage.getItem(DEVICE)) takeUp(localStorage.getItem(DEVICE));
    } catch { /* storage is switched off: the device goes by its address alone */ }
  }
  /* What was remembered may be spoilt, or mean nothing to a newer build: a wall must not end on an error page. */
  async function takeUp(choices) {
    const address = location.pathname + choices;
    const isKnown = /^[?]/.test(choices) && (await fetch(address, { method: "HEAD", cache: "no-store" }).then((answer) => answer.ok || answer.status >= 500, () => null));
    if (isKnown) location.replace(address);
    else if (isKnown === false) localStorage.removeItem(DEVICE);
  }

  const dwellMs = (page) => Number(page.dataset.dwellS) * 1000;
  const isPaused = (now) => now < pausedUntil;
  const gravest = () => Number((document.querySelector("[data-gravest]") || { dataset: {} }).dataset.gravest) || 9;

  function wake(page) {
    if (!page || awake === page.dataset.page) return;
    awake = page.dataset.page;
    page.classList.add("next");
    if (window.dash_clientside.onescreen) window.dash_clientside.onescreen.wake(page);
  }

  /* Asks for the next page that has no data, once the ones before it have theirs; again after a while. */
  let asked = 0;
  function fetchNext(now) {
    const missing = every().find((page) => !hasData(page));
    if (!missing || missing.classList.contains("on") || now - asked < 5000) return;
    asked = now;
    window.dash_clientside.onescreen.ask(missing.dataset.page);
  }

  function goTo(index) {
    const all = pages(), page = all[(index + all.length) % all.length];
    if (!page) return;
    wake(page);
    for (const each of every()) { each.classList.toggle("on", each === page); each.classList.remove("next"); }
    awake = "";
    arrived = performance.now();
    document.querySelectorAll("[data-goes-to]").forEach((name) => {
      if (name.dataset.goesTo === page.dataset.page) name.setAttribute("aria-current", "page");
      else name.removeAttribute("aria-current");
    });
    history.replaceState(history.state, "", `/wall/${page.dataset.page}${location.search}`);
  }

  /* Panels that are late or failed, of those the page shows: it says so itself, whatever each of them says. */
  const troubles = (page) => [...page.querySelectorAll("[data-panel]")].filter((panel) => panel.checkVisibility() && ["error", "stale"].includes(panel.dataset.state)).length;
  const shown = (page) => [...page.querySelectorAll("[data-panel]")].filter((panel) => panel.checkVisibility()).length;

  function say(page, now, pinned) {
    const place = document.querySelector("[data-turning]");
    if (!place) return;
    const broken = troubles(page), isTroubled = broken > 0 && 2 * broken >= shown(page);
    const words = isPaused(now) ? place.dataset.paused : pinned ? place.dataset.pinned : isTroubled ? place.dataset.troubled.replace("{n}", broken) : "";
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("troubled", isTroubled && !isPaused(now) && !pinned);
    for (const each of every()) {
      const name = document.querySelector(`[data-goes-to="${each.dataset.page}"]`), bad = troubles(each);
      if (name) name.classList.toggle("troubled", bad > 0 && 2 * bad >= shown(each));
    }
    const foot = place.closest(".w-tick"), turns = dwellMs(page) > 0 && pages().length > 1 && !pinned;
    foot.classList.toggle("turning", turns && !still.matches);
    foot.classList.toggle("paused", isPaused(now));
    foot.style.setProperty("--dwell", `${Number(page.dataset.dwellS)}s`);
  }

  function step() {
    const all = pages(), now = performance.now();
    if (!all.length) return;
    fetchNext(now);
    const index = current(all), page = all[index], warnings = all.findIndex((each) => each.dataset.page === WARNINGS);
    const pinned = warnings >= 0 && gravest() <= GRAVE && !isPaused(now);
    /* A display that slept wakes on the page it slept on, and that page gets its whole time: no burst of turns. */
    if (now - lastStep > 10 * STEP_MS) arrived = Math.max(arrived, now - dwellMs(page) / 2);
    if (isPaused(now)) arrived += now - lastStep;
    lastStep = now;
    if (pinned && index !== warnings) goTo(warnings);
    else if (!pinned && !isPaused(now) && dwellMs(page) > 0 && all.length > 1) {
      const left = dwellMs(page) - (now - arrived);
      if (left <= LEAD_MS) wake(all[(index + 1) % all.length]);
      if (left <= 0) goTo(index + 1);
    }
    say(all[current(all)], now, pinned && current(all) === warnings);
  }

  function pause() { pausedUntil = performance.now() + PAUSE_MS; }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ["Shift", "Tab", "F5", "F11", "F12"].includes(event.key)) return;
    const all = pages(), index = current(all), digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
    if (event.key === " ") { if (isPaused(performance.now())) pausedUntil = 0; else pause(); event.preventDefault(); }
    else {
      pause();
      if (event.key === "ArrowRight") goTo(index + 1);
      if (event.key === "ArrowLeft") goTo(index - 1);
      if (digit >= 0 && digit < all.length) goTo(digit);
    }
    step();
  });
  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-goes-to]");
    if (!name) return;
    event.preventDefault();
    pause();
    goTo(pages().findIndex((page) => page.dataset.page === name.dataset.goesTo));
    step();
  });

  remember();
  setInterval(step, STEP_MS);
})();
