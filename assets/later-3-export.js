/* Files of a panel: PNG and SVG are drawn here (later-2-picture.js), XLSX and CSV come from the server. One menu for
   all four; what went wrong is said. Nothing leaves the origin. */
"use strict";
(() => {
  const KINDS = ["png", "svg", "xlsx", "csv"];
  const { make, say, said } = window.onescreenTools, { picture, raster } = window.onescreenPicture;

  /* ---- the menu ---- */
  let menuBox = null, menuButton = null;
  function menu(button, panel) {
    const again = menuBox && menuButton === button;
    closeMenu();
    if (again) return;
    const items = KINDS.map((kind) => {
      const item = make("button", "", make("span", "", said(`export_${kind}`)), make("small", "", said(`export_${kind}_hint`)));
      item.type = "button";
      item.tabIndex = -1;
      item.setAttribute("role", "menuitem");
      item.dataset.kind = kind;
      item.addEventListener("click", () => { closeMenu(true); run(kind, `/export/${panel}`); });
      return item;
    });
    menuBox = make("div", "x-menu", ...items);
    menuBox.setAttribute("role", "menu");
    menuBox.setAttribute("aria-label", said("tool_export"));
    menuButton = button;
    button.setAttribute("aria-expanded", "true");
    (button.closest("dialog") || document.body).append(menuBox);
    const spot = button.getBoundingClientRect(), size = menuBox.getBoundingClientRect();
    const below = spot.bottom + 4 + size.height < innerHeight;
    menuBox.style.left = `${Math.max(8, Math.min(innerWidth - size.width - 8, spot.right - size.width))}px`;
    menuBox.style.top = `${below ? spot.bottom + 4 : Math.max(8, spot.top - size.height - 4)}px`;
    items[0].focus();
  }
  function closeMenu(giveBack = false) {
    if (!menuBox) return;
    menuBox.remove();
    menuButton.removeAttribute("aria-expanded");
    if (giveBack) menuButton.focus();
    menuBox = menuButton = null;
  }
  document.addEventListener("keydown", (event) => {
    if (!menuBox || !menuBox.contains(event.target)) return;
    const items = [...menuBox.children], here = items.indexOf(event.target), last = items.length - 1;
    const next = { ArrowDown: (here + 1) % items.length, ArrowUp: (here + last) % items.length, Home: 0, End: last }[event.key];
    if (next !== undefined) { event.preventDefault(); items[next].focus(); }
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); closeMenu(true); }
  }, true);
  document.addEventListener("pointerdown", (event) => { if (menuBox && !menuBox.contains(event.target) && !menuButton.contains(event.target)) closeMenu(); });
  addEventListener("scroll", () => closeMenu(), { passive: true });

  /* ---- files ---- */
  async function fetched(path, kind) {
    const answer = await fetch(`${path}.${kind}${location.search}`, { redirect: "error" });
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw new Error([told.message || answer.status, told.id].filter(Boolean).join(" "));
  }
  const nameOf = (answer) => decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition"))[1]);
  function save(blob, name) {
    const link = make("a"), address = URL.createObjectURL(blob);
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }
  async function run(kind, path) {
    say(said("exporting"));
    try {
      const isPicture = kind === "png" || kind === "svg", answer = await fetched(path, isPicture ? "json" : kind);
      if (!isPicture) { const name = nameOf(answer); save(await answer.blob(), name); say(said("exported", { name })); return; }
      const sheet = await answer.json(), svg = await picture(sheet), name = `${sheet.name}.${kind}`;
      save(kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg, sheet), name);
      say(said("exported", { name }));
    } catch (error) { say(said("export_failed", { reason: error.message })); }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-export-page]");
    if (button) run("xlsx", `/export/page/${button.dataset.exportPage}`);
  });
  window.onescreenExport = { menu, run };
})();
