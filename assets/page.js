/* What a page does by itself: clock and date in Asia/Shanghai, alerts taking turns. */
"use strict";
(() => {
  const root = document.documentElement, english = root.lang === "en", zone = { timeZone: "Asia/Shanghai" };
  const format = (locale, parts) => new Intl.DateTimeFormat(locale, { ...zone, ...parts });
  const time = format("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = english ? format("en-GB", { weekday: "short", day: "numeric", month: "short" }) : format("zh-CN", { month: "long", day: "numeric" });
  const weekday = format("zh-CN", { weekday: "long" });
  /* The server's clock counts, not the screen's: heartbeat.js keeps the difference. */
  const now = () => new Date(Date.now() + (Number(root.dataset.clockOffsetMs) || 0));
  const write = (part, words) => { for (const place of document.querySelectorAll(`[data-clock="${part}"]`)) if (place.textContent !== words) place.textContent = words; };

  let seconds = 0;
  function takeTurns() {
    const wide = matchMedia("(min-aspect-ratio: 29/10)").matches;
    for (const list of document.querySelectorAll("[data-rotate]")) {
      const items = [...list.children], turn = Math.floor(seconds / (Number(list.dataset.rotate) || 8));
      /* What does not fit waits for its turn: nothing is cut off. */
      const fitting = Number(list.dataset.fitting) || 9, shown = Math.min(fitting, innerWidth < 768 ? 1 : wide ? 3 : 2);
      const first = items.length > shown ? (turn * shown) % items.length : 0;
      const others = list.parentElement.querySelector("[data-others]"), waiting = Math.max(0, items.length - shown);
      if (others) others.textContent = waiting ? others.dataset.others.replace("{n}", waiting) : "";
      items.forEach((item, index) => { item.hidden = (index - first + items.length) % items.length >= shown; });
      if (shown > 1 && list.scrollWidth > list.clientWidth + 1) { list.dataset.fitting = shown - 1; takeTurns(); return; }
    }
  }
  function everySecond() {
    const moment = now();
    write("time", time.format(moment));
    write("date", english ? day.format(moment).replace(",", "") : `${day.format(moment)} ${weekday.format(moment)}`);
    takeTurns();
    const bar = document.querySelector(".d-filters:not([data-seen])");
    if (bar) { bar.dataset.seen = ""; bar.open = innerWidth >= 768; }
    seconds += 1;
  }
  document.addEventListener("onescreen-written", takeTurns); /* fresh alerts are all there until then */
  setInterval(everySecond, 1000);
  everySecond();

  /* Paper is light and narrower than the screen: charts get a view box, so that the style can scale them; the figures
     of a dark page were made for dark ground, and the style turns their lightness round (`data-printed-from`). */
  let printedFrom = "";
  window.addEventListener("beforeprint", () => {
    printedFrom = root.dataset.bsTheme;
    root.dataset.printedFrom = printedFrom;
    root.dataset.bsTheme = "light";
    const period = document.querySelector(".d-stamp .num"), asOf = period ? `${english ? "As of " : "截至 "}${period.textContent} · ` : "";
    const stamp = `${asOf}${english ? "printed" : "打印于"} ${day.format(now())} ${time.format(now())}`;
    root.style.setProperty("--print-address", JSON.stringify(location.href));
    root.style.setProperty("--print-stamp", JSON.stringify(stamp));
    for (const picture of document.querySelectorAll(".main-svg")) picture.setAttribute("viewBox", `0 0 ${picture.getAttribute("width")} ${picture.getAttribute("height")}`);
  });
  window.addEventListener("afterprint", () => { root.dataset.bsTheme = printedFrom; delete root.dataset.printedFrom; });
})();
