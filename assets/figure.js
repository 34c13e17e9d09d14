/* Draws a figure from the server in its place on the screen: `dash_clientside.onescreen.show(place, figure)`.

   The figures that are in sight are drawn first, one after the other, and the page is alive between two of them. The
   server's figure is made for k = 1 and carries no template. Here it gets the template of the page's theme and
   density, every size is multiplied by k (root font size / 16 on a wall, else 1), and width and height are set. It is
   drawn after the fonts are there, and again when its place changes size.

   `layout.meta.map` asks for the map's geometry, which depends on the aspect ratio of the place (lengths in px at
   k = 1, places in km): { y_center, y_half, center_min, reach, left, right, column_px, line_color,
   extent: [west, east, south, north], labels: [{ x, y, label_y, side: "left" | "right", text, color }] }
   The kilometre grid stays square; each label stands in a column at its side, tied to its mark by a thin line. On a
   narrow place the marks carry numbers and the labels are a list below the map. */
"use strict";
(() => {
  const root = document.documentElement;
  const here = new URL(document.currentScript.src);
  const SIZES = new Set(["size", "width", "ticklen", "tickwidth", "linewidth", "gridwidth", "zerolinewidth", "standoff",
    "ticklabelstandoff", "thickness", "xgap", "ygap", "barcornerradius", "cornerradius", "minsize", "borderpad", "borderwidth",
    "arrowwidth", "startstandoff", "xshift", "yshift", "ax", "ay"]);
  const SIDES = new Set(["l", "r", "t", "b", "pad"]);
  const kept = new WeakMap(); /* place -> the server's figure */
  const drawnFrom = new WeakMap(); /* place -> the server's figure it shows */
  const texts = new WeakMap(); /* place -> that figure as text */
  const waiting = new Set(); /* places whose figure is to be drawn */

  const scaleFactor = () => (root.dataset.density === "wall" ? parseFloat(getComputedStyle(root).fontSize) / 16 : 1);
  const templateName = () => `${root.dataset.bsTheme || "light"}-${root.dataset.density === "wall" ? "wall" : "desk"}`;
  const templates = fetch(new URL("plotly_template.json" + here.search, here), { redirect: "error" }).then((answer) => {
    if (!answer.ok) throw new Error(`plotly_template.json: ${answer.status}`);
    return answer.json();
  });

  const scaleText = (text, k) => text.replace(/font-size:\s*([\d.]+)px/g, (_, px) => `font-size:${px * k}px`);
  /* `width` of a trace is in data units (bars); everywhere else it is a length on the screen. */
  function scaled(value, k, name = "", parent = "") {
    if (Array.isArray(value)) {
      if (name === "data") return value.map((trace) => scaled(trace, k, "trace"));
      if (SIZES.has(name) && !(name === "width" && parent === "trace")) return value.map((v) => (typeof v === "number" ? v * k : v));
      return value.map((v) => (v && typeof v === "object" ? scaled(v, k, name, parent) : name === "text" && typeof v === "string" ? scaleText(v, k) : v));
    }
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, key === "meta" || key === "customdata" ? v : scaled(v, k, key, name)]));
    }
    if (typeof value === "number") {
      if (name === "width" && parent === "trace") return value;
      if (SIZES.has(name)) return value * k;
      if (SIDES.has(name) && (parent === "margin" || parent === "pad" || parent === "tiling")) return value * k;
    }
    return name === "text" && typeof value === "string" ? scaleText(value, k) : value;
  }

  const scaledTemplates = new Map();
  async function template(k, name) {
    const key = `${name}@${k}`;
    if (!scaledTemplates.has(key)) scaledTemplates.set(key, scaled((await templates)[name], k));
    return scaledTemplates.get(key);
  }

  const NARROW_PX = 480, ROW_PX = 40, EDGE_PX = 14;
  /* No room beside the map: the whole outline above, numbers at the marks, the numbered labels in two columns below. */
  function narrowMap(figure, map, width, height, px) {
    const labels = map.labels || [], rows = Math.ceil(labels.length / 2), list = px(rows * ROW_PX + 8);
    const room = Math.max(px(120), height - list), [west, east, south, north] = map.extent, edge = px(EDGE_PX);
    const unit = Math.max((east - west) / (width - 2 * edge), (north - south) / (room - 2 * edge)); /* km per px */
    const x0 = (west + east - unit * width) / 2, y0 = (south + north - unit * room) / 2;
    const marks = figure.data.find((trace) => trace.mode === "markers"), sizes = marks ? marks.marker.size : [];
    const circles = labels.map((label, i) => ({ x: label.x / unit, y: label.y / unit, r: (Array.isArray(sizes) ? sizes[i] : sizes || 0) / 2 }));
    const taken = circles.map((circle) => ({ ...circle }));
    const color = (labels[0] || {}).color, notes = [];
    labels.forEach((label, i) => {
      const { x, y, r } = circles[i], away = r + px(8);
      const spots = [0, 180, 90, 270, 45, 315, 135, 225].map((turn) => ({ x: x + away * Math.cos((turn * Math.PI) / 180), y: y + away * Math.sin((turn * Math.PI) / 180), r: px(6) }));
      const room_at = (spot) => Math.min(...taken.map((other) => (other.x === x && other.y === y ? Infinity : Math.hypot(other.x - spot.x, other.y - spot.y) - other.r - spot.r)));
      const spot = spots.find((each) => room_at(each) >= px(1)) || spots.reduce((best, each) => (room_at(each) > room_at(best) ? each : best));
      taken.push(spot);
      notes.push({ x: spot.x * unit, y: spot.y * unit, xanchor: "center", yanchor: "middle", showarrow: false, text: `<b>${i + 1}</b>`, font: { size: px(13), color: label.color } });
      const column = i < rows ? 0 : 1, down = (room + px(8) + px(ROW_PX) * ((i % rows) + 0.5)) / height;
      const at = { xref: "paper", yref: "paper", y: 1 - down, xanchor: "left", yanchor: "middle", align: "left", showarrow: false };
      notes.push({ ...at, x: column / 2, text: `<b>${i + 1}</b>`, yshift: px(9), font: { size: px(13), color } });
      notes.push({ ...at, x: column / 2 + px(16) / width, text: label.text, font: { size: px(13), color: label.color } });
    });
    const layout = { ...figure.layout, annotations: notes,
      xaxis: { ...figure.layout.xaxis, visible: false, range: [x0, x0 + unit * width] },
      yaxis: { ...figure.layout.yaxis, visible: false, domain: [1 - room / height, 1], range: [y0, y0 + unit * room] } };
    return { ...figure, layout };
  }

  function mapGeometry(figure, width, height, k) {
    const map = figure.layout.meta && figure.layout.meta.map;
    if (!map) return figure;
    const px = (length) => length * k;
    if (map.extent && root.dataset.density !== "wall" && width < px(NARROW_PX)) return narrowMap(figure, map, width, height, px);
    const half = map.y_half * (width / height < 1.5 ? 1.13 : 1);
    const unit = (2 * half) / height; /* km per px */
    const span = unit * width;
    const column = px(map.column_px) * unit;
    const center = Math.max(map.center_min, map.reach + px(52) * unit - span / 2 + column);
    const x0 = center - span / 2, x1 = center + span / 2;
    const left = Math.max(x0 + px(30) * unit, map.left - column);
    const right = Math.min(x1 - px(14) * unit - column, map.right);
    const lines = [], notes = [];
    for (const label of map.labels || []) {
      const atLeft = label.side === "left";
      const edge = atLeft ? left + column - px(6) * unit : right - px(7) * unit;
      const knee = edge + (atLeft ? 1 : -1) * px(18) * unit;
      lines.push({ type: "scatter", mode: "lines", x: [label.x, knee, edge], y: [label.y, label.label_y, label.label_y],
        line: { color: map.line_color, width: px(1) }, opacity: 0.85, hoverinfo: "skip", showlegend: false });
      notes.push({ x: atLeft ? left + column - px(12) * unit : right, y: label.label_y, xanchor: atLeft ? "right" : "left", yanchor: "middle",
        align: atLeft ? "right" : "left", showarrow: false, text: scaleText(label.text, k), font: { size: px(map.label_px || 18), color: label.color } });
    }
    const marks = figure.data.findIndex((trace) => trace.mode === "markers");
    const data = marks < 0 ? [...figure.data, ...lines] : [...figure.data.slice(0, marks), ...lines, ...figure.data.slice(marks)];
    /* A name of the map that would be cut off at the edge is left out. */
    const hasRoom = ({ x, text, font }) => { const half = (text.length * ((font && font.size) || px(15))) / 2 + px(2); return (x - x0) / unit > half && (x1 - x) / unit > half; };
    const layout = { ...figure.layout, annotations: [...(figure.layout.annotations || []).filter(hasRoom), ...notes],
      xaxis: { ...figure.layout.xaxis, visible: false, range: [x0, x1] },
      yaxis: { ...figure.layout.yaxis, visible: false, range: [map.y_center - half, map.y_center + half] } };
    return { ...figure, data, layout };
  }

  /* A narrow place has no room for the long texts of boxes: the figure says which short ones stand there. */
  function narrowTexts(figure, width, k) {
    const short = figure.layout.meta && figure.layout.meta.narrow_text;
    if (!short || root.dataset.density === "wall" || width >= NARROW_PX * k) return figure;
    return { ...figure, data: figure.data.map((trace, at) => (at ? trace : { ...trace, text: short })) };
  }

  /* A narrow place has no room for every period: keep every second or third label, always the last one. */
  function thinned(layout, width, k) {
    const axis = layout.xaxis;
    if (!axis || !Array.isArray(axis.tickvals) || !Array.isArray(axis.ticktext) || axis.tickvals.length < 5) return layout;
    const room = (width - (layout.margin ? (layout.margin.l || 0) + (layout.margin.r || 0) : 0)) * 0.8;
    const step = Math.ceil((axis.tickvals.length * 34 * k) / room), last = axis.tickvals.length - 1;
    if (step < 2) return layout;
    const kept = (_, index) => (last - index) % step === 0;
    return { ...layout, xaxis: { ...axis, tickvals: axis.tickvals.filter(kept), ticktext: axis.ticktext.filter(kept) } };
  }

  /* A number that does not fit its cell would stand over the next one: only the sign of a fall stays. */
  const CELL_PX = 38, NAMES_PX = 110;
  function fittingCells(data, width, k) {
    const cells = data.find((trace) => trace.name === "cell");
    if (!cells || root.dataset.density === "wall" || (width - NAMES_PX * k) / (Math.max(0, ...cells.x) + 1) >= CELL_PX * k) return data;
    const short = (text) => (text.startsWith("\u2212") ? "▼" : text === "…" ? "…" : "");
    return data.map((trace) => (trace === cells ? { ...trace, text: trace.text.map(short) } : trace));
  }

  const textsOf = (value) => (typeof value === "string" ? value : value && typeof value === "object" ? Object.values(value).map(textsOf).join("") : "");
  /* Slices of the Chinese font load when a character first needs them; a chart measured before that is measured wrong. */
  const loaded = new Set();
  async function fontsFor(figure) {
    const letters = [...new Set(textsOf(figure).replace(/[\x00-\x7f]/g, ""))].filter((letter) => !loaded.has(letter));
    if (loaded.size && !letters.length) return;
    await Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 16px "Noto Sans SC"`, letters.join("") || "0")));
    await document.fonts.load('600 16px "Barlow Semi Condensed"', "0");
    await document.fonts.ready;
    for (const letter of ["0", ...letters]) loaded.add(letter);
  }

  async function fitted(box, figure) {
    if (box.clientWidth < 20 || box.clientHeight < 20) return null; /* hidden: drawn when it gets a size */
    if (isAsleep(box)) return null; /* on a page of the wall that is not shown: drawn before its turn, see wake */
    await Promise.all([templates, fontsFor(figure)]);
    const k = scaleFactor(), width = box.clientWidth, height = box.clientHeight; /* its size now, not before waiting */
    if (width < 20 || height < 20) return null;
    return composed(figure, width, height, k, templateName());
  }

  /* The server's figure at a size, a scale and with a template: for its place, the dialog of a panel, a picture. */
  async function composed(figure, width, height, k = scaleFactor(), look = templateName()) {
    await Promise.all([templates, fontsFor(figure)]);
    const plain = { data: figure.data, layout: figure.layout || {} }; /* Plotly writes into what it draws */
    const own = narrowTexts(mapGeometry(k === 1 ? structuredClone(plain) : scaled(plain, k), width, height, k), width, k);
    return { data: fittingCells(own.data, width, k), layout: { ...thinned(own.layout, width, k), template: await template(k, look), width, height, autosize: false } };
  }

  /* What counts is the size really drawn: between measuring and drawing a grid row may have grown. */
  const roundly = (width, height) => `${Math.round(width)}x${Math.round(height)}`;
  function drawnSize(box) {
    const picture = box.querySelector(".main-svg");
    return picture ? roundly(picture.getAttribute("width"), picture.getAttribute("height")) : "";
  }
  const isAsleep = (box) => Boolean(box.closest(".w-page:not(.on):not(.next)"));
  const fits = (box) => drawnFrom.get(box) === kept.get(box) && drawnSize(box) === roundly(box.clientWidth, box.clientHeight) && box.dataset.scale === String(scaleFactor());

  const CHECK_MS = 120, MOST_CHECKS = 6;
  function check(box, left = MOST_CHECKS) {
    clearTimeout(box.fitTimer);
    box.fitTimer = setTimeout(() => refit(box, left), CHECK_MS * 2 ** (MOST_CHECKS - left));
  }
  const watcher = new ResizeObserver((entries) => entries.forEach((entry) => check(entry.target)));
  function refit(box, left) {
    if (!box.isConnected || !kept.has(box)) return;
    if (!fits(box)) enqueue(box);
    if (left > 1) check(box, left - 1); /* a drawing on its way may still land with an older size */
  }

  /* ---- drawing, one after the other ---- */
  const SETTINGS = { staticPlot: root.dataset.density === "wall", displayModeBar: false, displaylogo: false, showSendToCloud: false, scrollZoom: false, locale: root.lang.startsWith("en") ? "en-US" : "zh-CN" };
  const isSeen = (box) => { const { top, bottom } = box.getBoundingClientRect(); return bottom > 0 && top < innerHeight; };
  /* What is out of sight lets everything else go first (Dash that starts, a click). */
  const breath = (seen) => (seen && window.scheduler && window.scheduler.yield ? window.scheduler.yield() : new Promise((go) => { setTimeout(go); }));
  let isDrawing = false;
  function enqueue(box) {
    waiting.add(box);
    box.dataset.waiting = ""; /* until it shows what the server sent */
    if (!isDrawing) drawWaiting();
  }
  async function drawWaiting() {
    isDrawing = true;
    while (waiting.size) {
      const all = [...waiting], seen = all.find(isSeen), box = seen || all[0];
      waiting.delete(box);
      try { await draw(box); } catch (error) { console.error(error); }
      await breath(seen);
    }
    isDrawing = false;
  }
  async function draw(box) {
    const figure = kept.get(box), drawn = figure && box.isConnected ? await fitted(box, figure) : null;
    if (!drawn || kept.get(box) !== figure) return; /* a newer figure is on its way */
    await window.Plotly.react(box.querySelector(".plot"), drawn.data, drawn.layout, SETTINGS);
    box.dataset.scale = String(scaleFactor());
    drawnFrom.set(box, figure);
    delete box.dataset.waiting;
    check(box);
  }

  function show(box, figure) {
    watcher.observe(box);
    if (!figure || !figure.data) {
      kept.delete(box);
      texts.delete(box);
      delete box.dataset.waiting;
      if (drawnFrom.delete(box)) window.Plotly.purge(box.querySelector(".plot"));
      return;
    }
    /* What did not change is not drawn again: a panel that does not follow a filter, data of another source. */
    const before = kept.get(box), text = JSON.stringify(figure);
    if (before && texts.get(box) === text) return;
    texts.set(box, text);
    kept.set(box, figure);
    enqueue(box);
  }

  /* Draws what a page of the wall has not drawn yet, shortly before it is shown. */
  function wake(page) {
    for (const box of page.querySelectorAll(".p-plot")) refit(box, MOST_CHECKS);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { onescreen: Object.assign({}, (window.dash_clientside || {}).onescreen, { show, wake, composed }) });
})();
