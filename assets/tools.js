/* The tools of a panel are fetched when a reader comes near them: most pages are only looked at.

   Scripts and style whose names begin with "later-" are no part of a page (`assets_ignore`); the first pointer or focus
   on a toolbar, or a link to an open panel, brings them. A click before they are there is repeated when they are. */
"use strict";
(() => {
  const here = document.currentScript.src, SCRIPTS = ["later-1-dialog.js", "later-2-picture.js", "later-3-export.js"];
  const TOOL = "[data-tool],[data-export-page]";
  let arrival = null, arrived = false;

  function fetched(element) {
    return new Promise((done, failed) => { element.onload = done; element.onerror = () => failed(new Error(element.src || element.href)); document.head.append(element); });
  }
  function script(name) {
    const element = document.createElement("script");
    element.src = new URL(name, here).href;
    element.async = false;
    return fetched(element);
  }
  function style() {
    const element = document.createElement("link");
    element.rel = "stylesheet";
    element.href = new URL("later-tools.css", here).href;
    return fetched(element);
  }
  /* What did not arrive (the server is away) is asked for again the next time. */
  function bring() {
    arrival = arrival || Promise.all([style(), ...SCRIPTS.map(script)]).then(() => { arrived = true; }, (error) => { arrival = null; throw error; });
    return arrival;
  }
  const near = (event) => { if (!arrived && event.target.closest && event.target.closest(TOOL)) bring().catch(() => {}); };
  document.addEventListener("pointerover", near, { passive: true });
  document.addEventListener("focusin", near);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(TOOL);
    if (!button || arrived) return;
    event.stopImmediatePropagation();
    bring().then(() => button.click()).catch((error) => console.error(error));
  }, true);
  if (/^#[a-z0-9_-]+\/[a-z]+$/.test(location.hash)) { window.onescreenLinked = location.hash; bring().catch((error) => console.error(error)); }

  /* One stop for the Tab key, arrows inside: toolbars, and the switch of the dialog, which shows what it reaches. */
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    const group = event.target.closest && event.target.closest(".p-tools,.x-dialog [role=radiogroup]");
    if (!group || !(event.key in STEPS || event.key === "Home" || event.key === "End")) return;
    const buttons = [...group.querySelectorAll("button")], at = buttons.indexOf(event.target.closest("button")), last = buttons.length - 1;
    const next = buttons[event.key === "Home" ? 0 : event.key === "End" ? last : (at + STEPS[event.key] + buttons.length) % buttons.length];
    event.preventDefault();
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    if (next.dataset.view) next.click();
  });
})();
