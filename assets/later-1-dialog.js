/* The tools of a panel: the toolbar, the dialog with chart, table and drawer, and the link to share.

   The buttons are `[data-tool]` in a `[role=toolbar]`; which panel they mean is the section around them. Opening a
   panel writes "heat#3" into the store "opened"; the server answers with all that the dialog shows, and
   `onescreen.showPanel(content)` fills it. Every text becomes text and never markup.

   An open panel stands in the fragment of the address, `#heat/table`: a shared link opens it again. */
"use strict";
(() => {
  const VIEWS = ["chart", "table", "both"], PANEL = /^#([a-z0-9_-]{1,48})\/(chart|table|both|lineage)$/;
  const dialog = () => document.getElementById("expanded");
  const place = (name) => dialog().querySelector(`[data-place="${name}"]`);
  const said = (name, values = {}) => {
    const words = JSON.parse(dialog().dataset.words)[name];
    return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words);
  };
  let shown = null, view = "chart", wanted = null, presses = 0, opener = null;

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }
  const bold = (sentence) => sentence.split("**").map((part, index) => (index % 2 ? make("b", "", part) : part));
  const chip = ([code, text]) => make("span", code === "simulated" ? "chip sim" : `chip ${code}`, text);

  /* ---- the tables ---- */
  function head(text, unit, className = "") {
    const cell = make("th", className, text, ...(unit ? [" ", make("span", "p-unit", unit)] : []));
    cell.scope = "col";
    return cell;
  }
  function rowHead(text) { const cell = make("th", "", text); cell.scope = "row"; return cell; }
  function twinCell([text, direction, spoken, mark], kind) {
    const className = kind === "text" ? "" : `num ${kind === "growth" ? direction : ""}`.trim();
    const cell = make("td", className);
    if (spoken) {
      const eye = make("span", "", text);
      eye.setAttribute("aria-hidden", "true");
      cell.append(eye, make("span", "vh", spoken));
    } else cell.append(text);
    if (mark) cell.append(" ", make("small", "mark", mark));
    return cell;
  }
  function twinTable({ caption, corner, heads, status, rows, empty, byPeriod }) {
    if (!rows.length) return make("p", "x-empty", empty);
    const top = make("tr", "", head(corner), ...heads.map(([text, unit, kind]) => head(text, unit, kind === "text" ? "" : "num")), head(status, "", "num"));
    const body = rows.map((row) => make("tr", "", rowHead(row.head), ...row.cells.map((cell, index) => twinCell(cell, heads[index][2])), make("td", "status", ...row.badges.map(([code, text]) => (code ? chip([code, text]) : text)))));
    const table = make("table", byPeriod ? "data-table twin by-period" : "data-table twin", make("caption", "vh", caption), make("thead", "", top), make("tbody", "", ...body));
    return scroller(table, caption);
  }
  function scroller(table, label) {
    const scroll = make("div", "table-scroll", table);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", label);
    return scroll;
  }
  const FIRST = 0, NUMBER = 2, BADGES = 4, SOURCE = 5, HASH = 7, HASH_CHARACTERS = 12;
  function sourceCell(value, column) {
    if (column === FIRST) return rowHead(value);
    if (column === NUMBER) return make("td", "num", value);
    if (column === BADGES) return make("td", "", ...value.map(chip));
    if (column === SOURCE) return make("td", "", value[0], ...value.slice(1).map((line) => make("div", "cited", line)));
    if (column === HASH) { const code = make("code", "", value.slice(0, HASH_CHARACTERS)); code.title = value; return make("td", "", code); }
    return make("td", "", value);
  }
  function sourcesTable({ title, columns, rows, empty }) {
    const none = () => { const cell = make("td", "", empty); cell.colSpan = columns.length; return [make("tr", "", cell)]; };
    const body = rows.length ? rows.map((row) => make("tr", "", ...row.map(sourceCell))) : none();
    return scroller(make("table", "data-table", make("caption", "vh", title), make("thead", "", make("tr", "", ...columns.map((name) => head(name)))), make("tbody", "", ...body)), title);
  }
  /* Hundreds of rows are made when somebody wants to see them. */
  function sources(content, open) {
    const details = make("details", "x-sources", make("summary", "", said("sources_table", { n: content.rows.length })));
    const fill = () => { if (details.open && details.children.length < 2) details.append(sourcesTable(content)); };
    details.addEventListener("toggle", fill);
    details.open = open;
    fill();
    return details;
  }

  /* ---- the drawer ---- */
  const ICONS = { ok: "check-lg", warn: "exclamation-triangle", note: "info-circle" };
  function icon(name) { const mark = make("i", `bi bi-${name}`); mark.setAttribute("aria-hidden", "true"); return mark; }
  const ROWS = {
    pairs: (rows) => make("dl", "", ...rows.flatMap(([word, text]) => [make("dt", "", word), make("dd", "", text)])),
    chain: (rows) => make("ol", "chain", ...rows.map(([step, text]) => make("li", "", make("b", "", step), make("span", "", text)))),
    marks: (rows) => make("ul", "marks", ...rows.map(([mark, text]) => make("li", mark, icon(ICONS[mark]), make("span", "", text)))),
  };
  function drawer({ title, sections }) {
    return [make("h3", "", title), ...sections.map(({ title: name, kind, rows }) => make("section", "", make("h4", "", name), ROWS[kind](rows)))];
  }
  function toggleDrawer(open) {
    const aside = place("drawer"), button = dialog().querySelector('[data-tool="lineage"]');
    aside.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  }

  /* ---- the chart ---- */
  const SETTINGS = { displayModeBar: false, displaylogo: false, showSendToCloud: false, scrollZoom: false };
  let drawing = 0;
  async function drawChart() {
    const box = place("chart"), mine = ++drawing, figure = shown && shown.figure;
    if (!figure || box.clientWidth < 20 || box.clientHeight < 20) return;
    const made = await window.dash_clientside.onescreen.composed(figure, box.clientWidth, box.clientHeight);
    if (mine !== drawing || !dialog().open) return;
    await window.Plotly.react(box, made.data, made.layout, { ...SETTINGS, locale: document.documentElement.lang.startsWith("en") ? "en-US" : "zh-CN" });
    box.dataset.drawn = shown.panel;
  }
  let waiting = 0;
  const watcher = new ResizeObserver(() => { clearTimeout(waiting); waiting = setTimeout(drawChart, 120); });

  /* ---- opening and closing ---- */
  function fill(content) {
    const again = shown && shown.panel === content.panel && dialog().open; /* newer data while it is open */
    const wasOpen = again && !place("drawer").hidden;
    shown = content;
    const unit = make("span", "p-unit", content.unit);
    document.getElementById("expanded-title").replaceChildren(content.title, unit);
    place("takeaway").replaceChildren(...bold(content.takeaway));
    place("flags").replaceChildren(...content.flags.map(chip));
    place("chart").setAttribute("aria-label", content.alt);
    place("chart").hidden = !content.figure;
    window.dash_clientside.onescreen.fill(document.getElementById("expanded-body"), content.body);
    place("table").replaceChildren(twinTable(content.table), sources(content.sources, view === "table"));
    place("drawer").replaceChildren(...drawer(content.drawer));
    place("foot").replaceChildren(...content.foot.map((text) => make("span", "", text)));
    dialog().classList.toggle("wm", content.simulated);
    dialog().classList.toggle("only-html", !content.figure);
    if (!again) toggleDrawer(wanted === "lineage");
    else toggleDrawer(wasOpen);
  }
  function setView(name) {
    view = name;
    dialog().dataset.view = name;
    dialog().querySelectorAll("[data-view]").forEach((button) => {
      const chosen = button.dataset.view === name;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    });
    const details = dialog().querySelector(".x-sources");
    if (details && name === "table") details.open = true;
    setFragment(`#${shown.panel}/${name}`);
    drawChart();
  }
  function setFragment(fragment) { history.replaceState(history.state, "", location.pathname + location.search + fragment); }

  function showPanel(content) {
    if (!content || !dialog() || Number(content.press) !== presses) return; /* closed meanwhile, or asked for again */
    const first = !dialog().open;
    if (wanted && VIEWS.includes(wanted)) view = wanted;
    else if (wanted === "lineage") view = content.figure ? "chart" : "both";
    fill(content);
    if (first) { dialog().showModal(); watcher.observe(place("chart")); }
    setView(view);
    if (first) dialog().querySelector('[data-view][aria-checked="true"]').focus();
    if (wanted === "lineage") place("drawer").focus();
    wanted = null;
  }
  function open(panel, tool, button) {
    wanted = tool === "expand" ? "both" : tool;
    opener = button;
    presses += 1;
    window.dash_clientside.onescreen.tell("opened", `${panel}#${presses}`);
  }
  function closed() {
    drawing += 1;
    presses += 1;
    watcher.disconnect();
    window.Plotly.purge(place("chart"));
    delete place("chart").dataset.drawn;
    setFragment("");
    window.dash_clientside.onescreen.tell("opened", "");
    shown = null;
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }
  document.addEventListener("onescreen-news", () => {
    if (!shown || !dialog().open) return;
    presses += 1;
    window.dash_clientside.onescreen.tell("opened", `${shown.panel}#${presses}`);
  });
  document.addEventListener("close", (event) => { if (event.target === dialog()) closed(); }, true);

  /* ---- sharing ---- */
  function addressOf(panel, name) { return `${location.origin}${location.pathname}${location.search}#${panel}/${name}`; }
  async function share(panel, name) {
    const address = addressOf(panel, name);
    if (await copied(address)) say(said("copied"));
    else say(said("copy_by_hand"), address);
  }
  async function copied(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: the old way */ }
    const field = make("textarea", "vh", text), around = dialog().open ? dialog() : document.body, before = document.activeElement;
    around.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (before) before.focus();
    return done;
  }
  let silence = 0;
  /* One line at the foot of the page, over an open dialog too; an address in it can be selected and copied by hand. */
  function say(text, address = "") {
    let line = document.querySelector(".toast");
    if (!line) { line = make("div", "toast"); line.setAttribute("role", "status"); }
    (dialog().open ? dialog() : document.body).append(line);
    const field = make("input", "");
    field.value = address; field.readOnly = true; field.setAttribute("aria-label", text);
    line.replaceChildren(make("span", "", text), ...(address ? [field] : []));
    line.hidden = false;
    if (address) field.select();
    clearTimeout(silence);
    silence = setTimeout(() => { line.hidden = true; }, address ? 20000 : 6000);
  }

  /* ---- clicks ---- */
  const panelOf = (button) => (dialog().contains(button) ? shown && shown.panel : button.closest("[data-panel]").dataset.panel);
  const inDialog = {
    lineage: () => { toggleDrawer(place("drawer").hidden); drawChart(); if (!place("drawer").hidden) place("drawer").focus(); },
    share: () => share(shown.panel, place("drawer").hidden ? view : "lineage"),
  };
  document.addEventListener("click", (event) => {
    const target = event.target, within = target.closest("dialog");
    if (within && (target === within || target.closest("[data-close]"))) { within.close(); return; }
    const button = target.closest("[data-tool]"), choice = target.closest("[data-view]");
    if (choice && dialog().contains(choice)) setView(choice.dataset.view);
    if (!button || !panelOf(button)) return;
    const tool = button.dataset.tool, panel = panelOf(button);
    if (tool === "export") window.onescreenExport.menu(button, panel);
    else if (dialog().contains(button)) inDialog[tool]();
    else if (tool === "share") share(panel, "both");
    else open(panel, tool, button);
  });

  /* ---- a shared link opens its panel ---- */
  const linked = PANEL.exec(window.onescreenLinked || "");
  function openLinked() {
    const sections = [...document.querySelectorAll("[data-panel]")], section = sections.find((each) => each.dataset.panel === linked[1]);
    if (!dialog() || !sections.some((each) => each.dataset.version)) { setTimeout(openLinked, 100); return; }
    if (section) open(linked[1], linked[2], section.querySelector("[data-tool]"));
  }
  if (linked) openLinked();
  window.addEventListener("popstate", () => { if (dialog() && dialog().open) dialog().close(); });

  window.onescreenTools = { make, icon, say, said, dialog };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { onescreen: Object.assign({}, (window.dash_clientside || {}).onescreen, { showPanel }) });
})();
