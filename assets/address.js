/* The address bar follows the selection, and the browser's Back button changes it.

   `onescreen.mirror(query)` writes the selection's query into the address without remounting the page (writing
   dcc.Location would draw everything twice). Going back raises `popstate`: the address is put into the store
   "address", from which the one callback that writes the selection reads it. A choice that changes what the server
   puts on <html> (theme, language, rise colour) loads the page anew. */
"use strict";
(() => {
  let arrivals = 0;
  let mirrored = null; /* the query last written into the selection or the address */
  const FROM_SERVER = { theme: "bsTheme", rise: "rise" };

  function needsNewPage(choices) {
    const root = document.documentElement;
    const language = root.lang.startsWith("en") ? "en" : "zh";
    return (choices.get("language") || language) !== language
      || Object.entries(FROM_SERVER).some(([key, name]) => choices.has(key) && choices.get(key) !== root.dataset[name]);
  }

  /* Controls show what the address says, at once and whoever changed it. */
  function showChosen(choices) {
    for (const select of document.querySelectorAll("select[data-field]")) {
      const own = select.dataset.field === "window" && choices.has("since") ? "" : choices.get(select.dataset.field) || "";
      if ([...select.options].some((option) => option.value === own)) select.value = own;
    }
    for (const button of document.querySelectorAll("[data-choice]")) {
      const [field, value] = button.dataset.choice.split("="), on = (choices.get(field) || (field === "growth" ? "yoy" : "")) === value;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    for (const input of document.querySelectorAll("[data-date-field] input")) input.value = choices.get(input.parentElement.dataset.dateField) || "";
  }

  /* Two screens side by side have twice the panels: the server lays that page out. */
  const COMPARED = ["compare", "compare_region"];
  function needsNewLayout(choices) {
    const desk = document.querySelector(".desk");
    return Boolean(desk) && COMPARED.some((key) => choices.has(key)) !== (desk.dataset.compared === "yes");
  }

  /* The page's first query replaces the address as typed, so that every entry of the history is canonical and going
     back can be told from a choice by comparing texts. */
  function mirror(query) {
    if (!query) return window.dash_clientside.no_update;
    const choices = new URLSearchParams(query);
    showChosen(choices);
    const address = `${location.pathname}?${query}`;
    if (mirrored === null) history.replaceState(null, "", address);
    else if (query !== mirrored) history.pushState(null, "", address);
    mirrored = query;
    if (needsNewLayout(choices)) location.reload();
    return query;
  }

  /* Makes an element; texts only ever become text, whatever stands in them. */
  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }
  const FIRST = 0, NUMBER = 2, BADGES = 4, SOURCE = 5, HASH = 7, HASH_CHARACTERS = 12;
  function tableCell(value, column) {
    if (column === FIRST) { const head = make("th", "", value); head.scope = "row"; return head; }
    if (column === NUMBER) return make("td", "num", value);
    if (column === BADGES) return make("td", "", ...value.map(([code, text]) => make("span", code === "simulated" ? "chip sim" : `chip ${code}`, text)));
    if (column === SOURCE) return make("td", "", value[0], ...value.slice(1).map((line) => make("div", "cited", line)));
    if (column === HASH) { const code = make("code", "", value.slice(0, HASH_CHARACTERS)); code.title = value; return make("td", "", code); }
    return make("td", "", value);
  }
  function figuresTable({ columns, rows, empty }) {
    const heads = columns.map((name) => { const head = make("th", "", name); head.scope = "col"; return head; });
    const none = () => { const cell = make("td", "", empty); cell.colSpan = columns.length; return [make("tr", "", cell)]; };
    const body = rows.length ? rows.map((row) => make("tr", "", ...row.map(tableCell))) : none();
    const table = make("table", "data-table", make("thead", "", make("tr", "", ...heads)), make("tbody", "", ...body));
    const scroll = make("div", "table-scroll", table);
    scroll.tabIndex = 0;
    return scroll;
  }
  function openTable(content) {
    const dialog = document.getElementById("table-dialog"), place = dialog && dialog.querySelector("[data-table]");
    if (!content || !place) return;
    const title = make("h2", "", content.title);
    title.id = "table-title";
    const terms = content.definitions.flatMap(([name, meaning, warning]) =>
      [make("dt", "", name), make("dd", "", meaning, ...(warning ? [" ", make("strong", "", warning)] : []))]);
    place.replaceChildren(make("div", "lineage", title, make("dl", "definitions", ...terms), figuresTable(content)));
    if (!dialog.open) dialog.showModal();
  }

  window.addEventListener("popstate", () => {
    const query = location.search.slice(1);
    const choices = new URLSearchParams(query);
    if (needsNewPage(choices) || needsNewLayout(choices)) { location.reload(); return; }
    mirrored = query;
    arrivals += 1; /* going back twice to one address must be heard twice */
    window.dash_clientside.set_props("address", { data: `${query}#${arrivals}` });
  });

  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog");
    if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
  });

  const own = { mirror, openTable };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { onescreen: Object.assign({}, (window.dash_clientside || {}).onescreen, own) });
})();
