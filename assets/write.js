/* Writes what the server draws into the page: `dash_clientside.onescreen.write(drawing)`, drawing = { page, query,
   version, panels: { name: { figure, parts: [[part, property, text], …] } }, places: { id: html } }.

   The first drawing stands in the page (#first-drawing) and is written at once, before Dash has started. Afterwards
   `follow` asks for the pages again when the selection or the data change: one request for a page, which the server
   answers as a whole. What is there already is changed in place, so that focus, scrolling and open menus stay. */
"use strict";
(() => {
  const screen = document.getElementById("screen"), block = document.getElementById("first-drawing");
  if (!screen || !block) return;
  const first = JSON.parse(block.textContent);
  const written = new WeakMap(); /* place -> the HTML last written there */
  const asked = new Set([first.page]);
  let query = first.query, begun = false, count = 0;

  /* ---- HTML into a place, with as few changes as it takes ---- */
  /* What the browser itself filled, or opened, is its own. */
  const isOwn = (element) => element.matches("[data-tree],[data-date-field]");
  const keepsItself = (element, name) => name === "open" && element.nodeName === "DETAILS";

  function become(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !keepsItself(old, name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (isOwn(old)) return;
    becomeAll(old, [...fresh.childNodes]);
    if (old.nodeName === "SELECT") { const chosen = [...old.options].find((option) => option.hasAttribute("selected")); if (chosen) old.value = chosen.value; }
  }
  function becomeAll(place, fresh) {
    const old = [...place.childNodes];
    fresh.forEach((node, at) => { if (at < old.length) become(old[at], node); else place.append(node); });
    old.slice(fresh.length).forEach((node) => node.remove());
  }
  function fill(place, html) {
    if (written.get(place) === html) return;
    const template = document.createElement("template");
    template.innerHTML = html; /* the server's own markup: every text in it is escaped (layouts/markup.py) */
    becomeAll(place, [...template.content.childNodes]);
    written.set(place, html);
  }

  /* ---- a drawing ---- */
  function writePanel(section, { figure, parts }) {
    for (const [part, property, text] of parts) {
      const element = part === "root" ? section : section.querySelector(`[data-part="${part}"]`);
      if (property === "html") fill(element, text);
      else if (element.getAttribute(property) !== text) element.setAttribute(property, text);
    }
    if (figure !== undefined) window.dash_clientside.onescreen.show(section.querySelector(".p-plot"), figure);
  }
  function write(drawing) {
    if (!drawing || drawing.query !== query) return window.dash_clientside.no_update; /* a newer one is on its way */
    const page = screen.querySelector(`[data-page="${drawing.page}"]`);
    if (!page) return window.dash_clientside.no_update;
    page.dataset.asked = ""; /* from now on heartbeat.js sees to it that the page follows the data */
    for (const [id, html] of Object.entries(drawing.places)) {
      const place = document.getElementById(id);
      if (place) fill(place, html);
    }
    for (const [name, panel] of Object.entries(drawing.panels)) {
      const section = page.querySelector(`[data-name="${name}"]`);
      if (section) writePanel(section, panel);
    }
    document.dispatchEvent(new CustomEvent("onescreen-written"));
    return `${drawing.version}#${(count += 1)}`;
  }

  /* ---- asking ---- */
  /* The page is there before Dash has started: what a reader does meanwhile waits and is not lost. */
  const untold = [];
  function tell(store, data) {
    if (begun) window.dash_clientside.set_props(store, { data });
    else untold.push([store, data]);
  }
  const hasBegun = () => begun;
  function ask(page) {
    asked.add(page);
    tell({ page, type: "asked" }, `#${(count += 1)}`);
  }
  const begin = () => first.query;
  function follow(selection) {
    if (!selection) return;
    const isFirst = !begun;
    begun = true;
    for (const [store, data] of untold.splice(0)) tell(store, data);
    if (isFirst && selection === first.query && first.version) return;
    query = selection;
    for (const page of asked) ask(page);
    document.dispatchEvent(new CustomEvent("onescreen-news")); /* an open dialog asks too */
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { onescreen: Object.assign({}, (window.dash_clientside || {}).onescreen, { write, fill, tell, hasBegun, ask, begin, follow }) });
  write(first);
  block.remove();
})();
