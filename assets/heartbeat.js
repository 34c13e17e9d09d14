/* The pulse of the page. It asks /api/version every few seconds and sees to it that nobody takes old figures for new:

   - the server does not answer twice: a banner says 旧数据 and since when; it goes by itself when the server is back;
   - the build changed: the page reloads, each screen at its own moment so that they do not all come at once;
   - the data changed: the panels are told once (store `tick`), and not again while they still draw;
   - panels do not follow: the banner, another try, and at most one reload in ten minutes;
   - a panel says that it failed, or midnight passes on the server: the panels are asked for again.

   <html data-build> is the build that made the page; <body data-heartbeat-s data-reload-spread-s> are the intervals. */
"use strict";
(() => {
  const root = document.documentElement, setting = (name, fallback) => Number(document.body.dataset[name]) || fallback;
  const PERIOD_MS = setting("heartbeatS", 10) * 1000, SPREAD_MS = Number(document.body.dataset.reloadSpreadS ?? 30) * 1000;
  const TIMEOUT_MS = Math.min(5000, PERIOD_MS), JITTER = 0.1, MISSES = 2, PATIENCE_POLLS = 3, RELOAD_PAUSE_MS = 600000;
  const CALLBACKS = "/_dash-update-component", LAST_RELOAD = "onescreen-last-reload";
  const english = root.lang === "en";
  const WORDS = english
    ? { old: "Old data", away: (t) => `The server has not answered since ${t}; the figures shown are from then.`, behind: (t) => `Newer data exist since ${t}; some panels could not be refreshed yet.`, live: "Live", lost: "Disconnected" }
    : { old: "旧数据", away: (t) => `服务器自 ${t} 起无应答，显示的是当时的数据。`, behind: (t) => `${t} 起有新数据，部分面板尚未刷新成功。`, live: "实时连接", lost: "连接中断" };
  const time = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" });
  let today = ""; /* the server's day: at midnight what is late, and how late, changes without new data */

  let misses = 0, polls = 0, lastAnswer = Date.now(), heard = null, sentAt = 0, behindSince = 0, drawing = 0, reloading = false;

  /* How many callbacks are on their way: a panel that still draws is not asked again. */
  const plainFetch = window.fetch;
  window.fetch = function (...request) {
    const answer = plainFetch.apply(this, request);
    if (!String(request[0] && request[0].url ? request[0].url : request[0]).includes(CALLBACKS)) return answer;
    drawing += 1;
    return answer.finally(() => { drawing -= 1; });
  };

  const banner = document.createElement("div");
  banner.className = "old-data";
  banner.hidden = true;
  banner.setAttribute("role", "alert");
  document.body.append(banner);

  function say(kind, since) {
    root.dataset.oldData = kind;
    banner.hidden = !kind;
    if (!kind) { banner.textContent = ""; return; }
    const title = document.createElement("b");
    title.textContent = WORDS.old;
    const words = document.createElement("span");
    words.textContent = WORDS[kind](time.format(since));
    banner.replaceChildren(title, words);
  }

  function showConnection(live) {
    for (const dot of document.querySelectorAll("[data-connection]")) {
      dot.classList.toggle("lost", !live);
      const words = dot.querySelector("[data-connection-text]");
      if (words) words.textContent = live ? WORDS.live : WORDS.lost;
    }
  }

  async function ask() {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const answer = await plainFetch("/api/version", { cache: "no-store", redirect: "error", credentials: "same-origin", headers: { Accept: "application/json" }, signal: stop.signal });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const version = await answer.json();
      if (!version || !version.build || version.data === undefined) throw new Error("not a version");
      const date = Date.parse(answer.headers.get("Date"));
      if (date) version.day = dayOf.format(date);
      if (date) root.dataset.clockOffsetMs = String(Math.abs(date - Date.now()) < 1500 ? 0 : date - Date.now());
      return version;
    } finally { clearTimeout(timer); }
  }

  function reload(reason) {
    if (reloading) return;
    let last = 0;
    try { last = Number(sessionStorage.getItem(LAST_RELOAD + reason)) || 0; } catch { /* storage is switched off: then only the spread protects the server */ }
    if (Date.now() - last < RELOAD_PAUSE_MS) return;
    reloading = true;
    root.dataset.reloading = reason;
    setTimeout(async () => {
      try { await ask(); } catch { reloading = false; delete root.dataset.reloading; return; } /* never trade an old picture for an error page */
      try { sessionStorage.setItem(LAST_RELOAD + reason, String(Date.now())); } catch { /* see above */ }
      location.reload();
    }, Math.random() * SPREAD_MS);
  }

  const panels = () => [...document.querySelectorAll("[data-asked] [data-panel][data-version]")];
  const behind = () => { const all = panels(); return !all.length || all.some((panel) => panel.dataset.version !== String(heard)); };

  function tick() {
    if (drawing > 0 || !panels().length || !window.dash_clientside.onescreen.hasBegun()) return false;
    sentAt = polls;
    window.dash_clientside.onescreen.tell("tick", String(heard));
    return true;
  }
  document.addEventListener("click", (event) => { if (event.target.closest("[data-retry]") && heard !== null) tick(); });

  function follow(version, wasAway) {
    const isNews = heard !== null && String(version.data) !== String(heard);
    const isFirst = heard === null;
    heard = version.data;
    const isNewDay = Boolean(today && version.day) && version.day !== today;
    if (!behind()) {
      behindSince = 0;
      say("");
      /* A panel that failed has no new version to wait for: it is tried again by itself. */
      const hasFailed = panels().some((panel) => panel.dataset.state === "error") && polls - sentAt >= PATIENCE_POLLS;
      if ((wasAway || isNewDay || hasFailed) && tick()) today = version.day;
      today = today || version.day;
      return;
    }
    if (!behindSince || isNews) { behindSince = Date.now(); sentAt = polls - (isFirst ? 0 : PATIENCE_POLLS); }
    /* A panel without a version is still on its first drawing; one with another version was drawn from old data. */
    const isOutdated = panels().some((panel) => panel.dataset.version && panel.dataset.version !== String(heard));
    if (polls - sentAt >= PATIENCE_POLLS || (isFirst && isOutdated)) tick();
    const polled = (Date.now() - behindSince) / PERIOD_MS;
    if (polled > PATIENCE_POLLS) say("behind", behindSince); else say("");
    if (polled > 2 * PATIENCE_POLLS) reload("behind");
  }

  async function beat() {
    polls += 1;
    try {
      const version = await ask(), wasAway = misses >= MISSES;
      misses = 0;
      lastAnswer = Date.now();
      showConnection(true);
      if (root.dataset.build && version.build !== root.dataset.build) reload("build" + version.build);
      follow(version, wasAway);
    } catch {
      /* Not reachable, too slow, an error, a redirect, a page instead of JSON: all of them mean "no answer". */
      misses += 1;
      if (misses >= MISSES) { showConnection(false); say("away", lastAnswer); }
    }
    root.dataset.heartbeat = misses ? "missed" : "ok";
    timer = setTimeout(beat, PERIOD_MS * (1 - JITTER + 2 * JITTER * Math.random()));
  }
  let timer = setTimeout(beat, Math.min(3000, PERIOD_MS * (0.5 + Math.random() / 2)));
})();
