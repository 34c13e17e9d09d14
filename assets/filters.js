/* What happens at the controls of the desk: a choice, a mark, a step back. Everything ends in one of three stores, from
   which the one callback that writes the selection reads it: "filter-choice" (field=value), "mark-choice"
   (field=code, a second time takes it off) and "address" (a whole query, for links). "#n" makes two equal ones two.

   data-field on a select, data-choice on a button, data-go on a link, data-mark on an element of a panel and
   data-mark-list on a list of marks say what they choose. Esc follows the link data-undo. */
"use strict";
(() => {
  if (document.documentElement.dataset.density === "wall") return;
  let count = 0;
  const send = (store, text) => window.dash_clientside.onescreen.tell(store, `${text}#${(count += 1)}`);
  const choose = (field, value) => send("filter-choice", `${field}=${value}`);
  const mark = (field, code) => send("mark-choice", `${field}=${code}`);

  /* ---- controls, links, marks ---- */
  document.addEventListener("change", ({ target }) => {
    if (target.matches("select[data-field]")) choose(target.dataset.field, target.value);
    else if (target.matches("[data-date-field] input")) choose(target.parentElement.dataset.dateField, target.value);
    else if (target.matches("select[data-mark-list]")) {
      const code = target.value || target.dataset.current;
      if (code) mark(target.dataset.markList, code);
    }
  });

  const plainClick = (event) => !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]"), button = event.target.closest("[data-choice]"), marked = event.target.closest("[data-mark]");
    closeMenus(event.target.closest("details[data-menu]"));
    if (link && plainClick(event)) { event.preventDefault(); send("address", new URL(link.href).search.slice(1)); }
    else if (button) { const [field, value] = button.dataset.choice.split("="); choose(field, value); }
    else if (marked) markOf(marked);
  });
  function markOf(element) {
    const panel = element.closest("[data-selects]");
    if (panel && panel.dataset.selects && element.dataset.mark) mark(panel.dataset.selects, element.dataset.mark);
  }

  /* A chart hears clicks from when the pointer first comes near it; Plotly keeps the listener over every redraw. */
  document.addEventListener("pointerover", ({ target }) => {
    const plot = target.closest && target.closest(".js-plotly-plot"), panel = plot && plot.closest("[data-selects]");
    if (!panel || !panel.dataset.selects || plot.hearsMarks || !plot.on) return;
    plot.hearsMarks = true;
    plot.on("plotly_click", ({ points }) => {
      const code = points.map((point) => point.customdata).find((each) => typeof each === "string" && each);
      if (code) mark(panel.dataset.selects, code);
    });
  });

  /* ---- menus: native disclosures that close by Esc or a click elsewhere ---- */
  const openMenus = () => document.querySelectorAll("details[data-menu][open]");
  function closeMenus(except) { for (const menu of openMenus()) if (menu !== except) menu.open = false; }
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches && target.matches("details[data-menu=industry]") && target.open) send("tree-opened", "");
  }, true);
  document.addEventListener("focusin", ({ target }) => closeMenus(target.closest("details[data-menu]")));

  /* ---- keys ---- */
  const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") stepBack(event);
    else if (event.target.matches("[role=radio]") && event.key in ARROWS) turn(event);
    else if (event.target.closest("[role=tree]")) moveInTree(event);
    else if (event.key === "Enter" && event.target.matches("[data-mark]:not(button)")) markOf(event.target);
  });
  function stepBack(event) {
    const [menu] = openMenus();
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
    const undo = document.querySelector("[data-undo]");
    /* A dialog, a list that is open and a field being written have an Esc of their own. */
    if (!undo || document.querySelector("dialog[open]") || event.target.matches("input, textarea")) return;
    event.preventDefault();
    undo.click();
  }
  function turn(event) {
    const all = [...event.target.parentElement.querySelectorAll("[role=radio]")];
    const next = all[(all.indexOf(event.target) + ARROWS[event.key] + all.length) % all.length];
    event.preventDefault();
    next.focus();
    next.click();
  }

  /* ---- the industry tree ---- */
  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }
  const MOST_FOUND = 60;
  let nodes = new Map(), below = new Map(), content = null, mode = "cluster";
  const open = new Set();

  function learn(data) {
    content = data;
    nodes = new Map(data.nodes.map(([code, zh, en, above, figure, simulated]) => [code, { code, zh, en, above, figure, simulated }]));
    below = new Map();
    for (const { code, above } of nodes.values()) if (!(code in data.clusters)) below.set(above, [...(below.get(above) || []), code]);
    for (const [code, divisions] of Object.entries(data.clusters)) below.set(code, divisions);
  }
  const roots = () => (mode === "cluster" ? Object.keys(content.clusters) : below.get("") || []);
  const english = () => document.documentElement.lang.startsWith("en");
  const nameOf = (node) => (english() && node.en) || node.zh;
  const pathTo = (code) => {
    const cluster = Object.keys(content.clusters).find((each) => content.clusters[each].includes(code));
    const above = mode === "cluster" && cluster ? cluster : (nodes.get(code) || {}).above;
    return above ? [...pathTo(above), above] : [];
  };

  function item(code, level, flat) {
    const node = nodes.get(code), parts = flat ? [] : below.get(code) || [], isCluster = code in content.clusters;
    const name = make("span", "t-name", nameOf(node), ...(isCluster ? [] : [" ", make("small", "", code)]));
    const figure = make("span", "t-num", node.figure);
    if (node.simulated) { figure.classList.add("sim"); figure.title = content.mark; }
    const row = make("li", "", make("i", "t-arrow"), name, figure);
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-level", level);
    row.setAttribute("aria-selected", String(code === content.chosen));
    row.setAttribute("aria-label", `${nameOf(node)}${isCluster ? "" : ` ${code}`} ${node.figure}${node.simulated ? ` ${content.mark}` : ""}`);
    if (parts.length) row.setAttribute("aria-expanded", String(open.has(code)));
    row.dataset.code = code;
    row.dataset.level = level;
    row.tabIndex = -1;
    return row;
  }
  const branch = (code, level) => [item(code, level), ...(open.has(code) ? (below.get(code) || []).flatMap((part) => branch(part, level + 1)) : [])];

  function matches(text) {
    const wanted = text.trim().toLowerCase();
    const found = [...nodes.values()].filter(({ code, zh, en }) => [code, zh, en].some((each) => each.toLowerCase().includes(wanted)));
    return found.slice(0, MOST_FOUND).map(({ code }) => item(code, 1, true));
  }
  function whole(place) {
    const row = make("li", "", make("i", "t-arrow"), make("span", "t-name", place.dataset.all));
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-level", 1);
    row.setAttribute("aria-selected", String(content.chosen === ""));
    row.dataset.code = "";
    row.tabIndex = -1;
    return row;
  }
  function list(place, focused) {
    const tree = place.querySelector("[role=tree]"), text = place.querySelector("input").value;
    const rows = text.trim() ? matches(text) : [whole(place), ...roots().flatMap((code) => branch(code, 1))];
    tree.replaceChildren(...rows);
    place.querySelector(".t-none").hidden = rows.length > 0;
    const current = rows.find((row) => row.dataset.code === focused) || rows.find((row) => row.getAttribute("aria-selected") === "true") || rows[0];
    if (current) current.tabIndex = 0;
    if (focused !== undefined && current) current.focus();
    else if (current) current.scrollIntoView({ block: "nearest" });
  }
  function modes(place) {
    const group = make("span", "seg");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", place.dataset.name);
    for (const [name, words] of [["cluster", place.dataset.byCluster], ["code", place.dataset.byCode]]) {
      const button = make("button", "", words);
      button.type = "button";
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(name === mode));
      button.tabIndex = name === mode ? 0 : -1;
      button.addEventListener("click", () => { mode = name; draw(place); place.querySelector("[role=radio][aria-checked=true]").focus(); });
      group.append(button);
    }
    return group;
  }
  function draw(place) {
    const kept = place.querySelector("input"), search = make("input", "");
    search.type = "search";
    search.maxLength = 40;
    search.value = kept ? kept.value : "";
    search.placeholder = place.dataset.search;
    search.setAttribute("aria-label", place.dataset.search);
    search.addEventListener("input", () => list(place));
    search.addEventListener("keydown", (event) => {
      const first = place.querySelector("[role=treeitem]");
      if (!first || !["ArrowDown", "Enter"].includes(event.key)) return;
      event.preventDefault();
      if (event.key === "Enter" && search.value.trim()) pick(first.dataset.code);
      else place.querySelector("[role=treeitem][tabindex='0']").focus();
    });
    const tree = make("ul", "");
    tree.setAttribute("role", "tree");
    tree.setAttribute("aria-label", place.dataset.name);
    const none = make("p", "t-none", place.dataset.none), foot = make("p", "t-foot", content.unit);
    if (content.simulated) foot.append(" ", make("span", "chip sim", content.simulated));
    place.replaceChildren(make("span", "t-search", search), modes(place), tree, none, foot);
    for (const code of pathTo(content.chosen)) open.add(code);
    list(place);
  }
  function drawTree(data) {
    const place = document.querySelector("[data-tree]");
    if (!data || !place) return;
    learn(data);
    draw(place);
    const search = place.querySelector("input");
    if (place.closest("details").open) search.focus();
  }
  function pick(code) {
    const menu = document.querySelector("details[data-menu=industry]");
    choose("industry", code);
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  function fold(row, unfold) {
    if (unfold) open.add(row.dataset.code); else open.delete(row.dataset.code);
    list(row.closest("[data-tree]"), row.dataset.code);
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[role=treeitem]");
    if (!row) return;
    if (event.target.matches(".t-arrow") && row.hasAttribute("aria-expanded")) fold(row, row.getAttribute("aria-expanded") === "false");
    else pick(row.dataset.code);
  });
  function moveInTree(event) {
    const rows = [...event.target.closest("[role=tree]").children], row = event.target.closest("[role=treeitem]"), at = rows.indexOf(row);
    const level = Number(row.dataset.level), state = row.getAttribute("aria-expanded");
    const go = (to) => { if (!to) return; rows.forEach((each) => { each.tabIndex = -1; }); to.tabIndex = 0; to.focus(); };
    const keys = {
      ArrowDown: () => go(rows[at + 1]), ArrowUp: () => (at ? go(rows[at - 1]) : event.target.closest("[data-tree]").querySelector("input").focus()),
      Home: () => go(rows[0]), End: () => go(rows[rows.length - 1]),
      ArrowRight: () => (state === "false" ? fold(row, true) : state === "true" && go(rows[at + 1])),
      ArrowLeft: () => (state === "true" ? fold(row, false) : go(rows.slice(0, at).reverse().find((each) => Number(each.dataset.level) < level))),
      Enter: () => pick(row.dataset.code), " ": () => pick(row.dataset.code),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }

  /* ---- native date fields, where the server left a place for one ---- */
  function fillDates() {
    for (const place of document.querySelectorAll("[data-date-field]:empty")) {
      const input = make("input", "");
      input.type = "date";
      input.min = "1949-10-01";
      input.value = place.dataset.value;
      input.setAttribute("aria-label", place.dataset.label);
      place.append(input);
    }
  }

  /* ---- the focus stays where it was though the server draws bar and panel anew ---- */
  const NAMES = ["data-field", "data-choice", "data-pill", "data-date-field", "data-mark-list", "data-menu", "data-undo"];
  let last = null; /* the element that had the focus, and how to find the one in its place */
  function remember({ target }) {
    if (!target.closest(".d-filter, .d-crumbs, .mark-list")) { last = null; return; }
    const named = target.closest(NAMES.map((name) => `[${name}]`).join()), panel = target.closest("[data-panel]");
    if (!named) { last = null; return; }
    const name = NAMES.find((each) => named.hasAttribute(each)), within = { "data-menu": " summary", "data-date-field": " input" }[name] || "";
    last = { target, place: `${panel ? `[data-panel="${panel.dataset.panel}"] ` : ""}[${name}="${named.getAttribute(name)}"]${within}` };
  }
  document.addEventListener("focusin", remember);
  function keepFocus() {
    if (!last || last.target.isConnected || document.activeElement !== document.body) return;
    const again = document.querySelector(last.place) || document.querySelector("[data-undo]") || document.querySelector(".d-filter summary, .d-filter select");
    if (again) again.focus({ preventScroll: true });
  }
  new MutationObserver(() => { fillDates(); keepFocus(); }).observe(document.body, { childList: true, subtree: true });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { onescreen: Object.assign({}, (window.dash_clientside || {}).onescreen, { drawTree }) });
})();
