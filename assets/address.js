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


  window.addEventListener("popstate", () => {
    const query = location.search.slice(1);
    const choices = new URLSearchParams(query);
    if (needsNewPage(choices) || needsNewLayout(choices)) { location.reload(); return; }
    mirrored = query;
    arrivals += 1; /* going back twice to one address must be heard twice */
    window.dash_clientside.onescreen.tell("address", `${query}#${arrivals}`);
  });

  const own = { mirror };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { onescreen: Object.assign({}, (window.dash_clientside || {}).onescreen, own) });
})();
