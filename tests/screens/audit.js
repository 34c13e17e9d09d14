// What a careful eye would find wrong on a screen: scroll, clipped text, text over text, text below the floor size.
// Runs in the page; returns a list of plain sentences, empty when nothing is wrong.
(options) => {
  const found = [];
  const root = document.documentElement;
  const rem = parseFloat(getComputedStyle(root).fontSize);
  const floor = options.wall ? 0.875 * rem : 12;
  const name = (element) => {
    const panel = element.closest("[data-panel]");
    return `${panel ? panel.dataset.panel + ": " : ""}"${(element.textContent || "").trim().slice(0, 40)}"`;
  };
  if (options.wall && root.scrollHeight > innerHeight + 1) found.push(`page scrolls vertically: ${root.scrollHeight} > ${innerHeight}`);
  if (root.scrollWidth > innerWidth + 1) found.push(`page scrolls horizontally: ${root.scrollWidth} > ${innerWidth}`);

  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || !element || ["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(element.tagName)) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(".vh, [hidden], [aria-hidden=true].js-plotly-tester, #js-plotly-tester")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const inSvg = element instanceof SVGElement;
    // The line box of CSS text is taller than its glyphs: shrink it to about the ink.
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue;
      const inset = rect.height * (inSvg ? 0.16 : 0.2);
      const box = { left: rect.left, right: rect.right, top: rect.top + inset, bottom: rect.bottom - inset, element };
      boxes.push(box);
      if (options.wall && (rect.left < -1 || rect.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1))
        found.push(`outside the screen: ${name(element)}`);
      for (let parent = element; parent && parent !== document.body; parent = parent.parentElement) {
        const style = getComputedStyle(parent);
        if (style.overflowX === "visible" && style.overflowY === "visible") continue;
        const clip = parent.getBoundingClientRect();
        if (/auto|scroll/.test(style.overflowX + style.overflowY)) {
          // The strip of tabs may scroll. A table may scroll, but on a phone its figures are to be read without: nobody sees what is off the edge.
          if (!options.wall && innerWidth < 768 && !element.closest(".d-nav") && (rect.left < clip.left - 1.5 || rect.right > clip.right + 1.5))
            found.push(`off the edge of what scrolls: ${name(element)}`);
          break;
        }
        if (rect.left < clip.left - 1.5 || rect.right > clip.right + 1.5) found.push(`clipped sideways: ${name(element)}`);
        if (box.top < clip.top - 1.5 || box.bottom > clip.bottom + 1.5) found.push(`clipped in height: ${name(element)}`);
        break;
      }
    }
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < floor - 0.1) found.push(`below the floor size (${size.toFixed(1)} < ${floor.toFixed(1)} px): ${name(element)}`);
  }
  // On a wall of two or three screens nothing stands on the edge between them.
  const shape = innerWidth / innerHeight, seams = !options.wall || shape < 2.9 ? [] : shape < 4.5 ? [1 / 2] : [1 / 3, 2 / 3];
  const things = [...document.querySelectorAll("[data-panel], .kpi, .w-title")].filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  for (const seam of seams.map((share) => share * innerWidth)) {
    for (const each of things) {
      const rect = each.getBoundingClientRect();
      if (rect.left < seam - 1 && rect.right > seam + 1) found.push(`across the seam at ${seam}: ${name(each)}`);
    }
    for (const box of boxes) if (box.left < seam - 1 && box.right > seam + 1) found.push(`text across the seam at ${seam}: ${name(box.element)}`);
  }
  for (const cell of document.querySelectorAll("[data-panel] .data-table :is(th, td)")) {
    const lines = new Set(boxes.filter((box) => cell.contains(box.element)).map((box) => Math.round(box.top / 4)));
    if (lines.size > 3) found.push(`wrapped into ${lines.size} lines: ${name(cell)}`);
  }
  // The tabs of a phone stand on a ground of their own over whatever is scrolled behind them.
  const tabs = document.querySelector(".d-nav"), isFixed = tabs && getComputedStyle(tabs).position === "fixed";
  const isTab = (box) => Boolean(isFixed && tabs.contains(box.element));
  for (let i = 0; i < boxes.length; i += 1)
    for (let j = i + 1; j < boxes.length; j += 1) {
      const a = boxes[i], b = boxes[j];
      if (isTab(a) !== isTab(b)) continue;
      if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 1.5 && height > 1.5) found.push(`text over text: ${name(a.element)} and ${name(b.element)}`);
    }
  return [...new Set(found)];
}
