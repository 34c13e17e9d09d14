/* The picture of a panel as SVG and as pixels: `onescreenPicture.picture(sheet)` and `raster(svg, sheet)`.

   `sheet` comes from the server (`/export/<panel>.json`, layouts/export_picture.py): the figure drawn for a light page,
   headline, measure, source, status, or the table where a panel has no chart. It is set on 1200 × 675; the fonts really
   used are put into the SVG as data, so that it looks the same everywhere; the PNG is that SVG at twice the size. */
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg", SCALE = 2;

  /* ---- the sheet ---- */
  function element(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }
  const text = (words, x, y, size, color, more = {}) => element("text", { x, y, "font-size": size, fill: color, ...more }, words);
  const ruler = document.createElement("canvas").getContext("2d");
  function width(words, size, family, weight = 400) { ruler.font = `${weight} ${size}px ${family}`; return ruler.measureText(words).width; }
  const PIECES = /[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]+\s?|\s/gu;
  const NO_START = /^[，。；：、！？）》”％,.;:)·]/u;
  /* Breaks between hanzi and between words, never before a closing mark. */
  function lines(words, room, size, family, weight) {
    const found = [""];
    for (const piece of words.match(PIECES) || []) {
      const longer = found[found.length - 1] + piece;
      if (width(longer.trimEnd(), size, family, weight) <= room || !found[found.length - 1] || NO_START.test(piece)) found[found.length - 1] = longer;
      else found.push(piece.trimStart());
    }
    return found.map((line) => line.trimEnd()).filter(Boolean);
  }

  /* Texts are measured in the fonts they will be drawn in, so these must be there. */
  async function fontsOf(sheet) {
    const letters = [...new Set(JSON.stringify(sheet))].join("");
    await Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 16px "Noto Sans SC"`, letters)));
    await Promise.all(["400 16px Barlow", "700 16px Barlow", '600 16px "Barlow Semi Condensed"'].map((font) => document.fonts.load(font, "0")));
  }

  async function picture(sheet) {
    await fontsOf(sheet);
    const { size, colors, family } = sheet, [full, height] = size, edge = 36;
    const svg = element("svg", { xmlns: SVG, width: full, height, viewBox: `0 0 ${full} ${height}`, "font-family": family, role: "img" });
    svg.append(element("title", {}, sheet.headline), element("desc", {}, sheet.alt));
    svg.append(element("rect", { width: full, height, fill: colors.surface }), element("rect", { x: edge, y: 30, width: 56, height: 5, fill: colors.accent }));
    let y = 42;
    for (const line of lines(sheet.headline, full - 2 * edge, 28, family, 700)) { y += 34; svg.append(text(line, edge, y, 28, colors.text, { "font-weight": 700 })); }
    y += 6;
    for (const line of lines(sheet.measure, full - 2 * edge, 17, family)) { y += 24; svg.append(text(line, edge, y, 17, colors.text2, { "xml:space": "preserve" })); }
    if (sheet.legend.length) { y += 26; legend(svg, sheet, edge, y); }
    const foot = footer(sheet, full, height, edge), top = y + 16, room = foot.top - 14 - top;
    await body(svg, sheet, { x: edge, y: top, width: full - 2 * edge, height: room });
    if (sheet.watermark) svg.append(watermark(sheet, edge, top, full - 2 * edge, room));
    svg.append(foot.group);
    svg.prepend(element("style", {}, await fontRules(svg)));
    return new XMLSerializer().serializeToString(svg);
  }
  function legend(svg, { legend: entries, family }, x, y) {
    for (const [color, words] of entries) {
      svg.append(element("rect", { x, y: y - 12, width: 12, height: 12, fill: color }), text(words, x + 18, y, 16, color));
      x += 18 + width(words, 16, family) + 24;
    }
  }
  function footer(sheet, full, height, edge) {
    const { colors, family } = sheet, line = 19, size = 13, group = element("g", {});
    const mark = sheet.mark ? width(sheet.mark, size, family, 700) + 16 : 0, right = width(sheet.system, size, family) + (mark ? mark + 20 : 0);
    const found = lines(sheet.source, full - 2 * edge - right - 32, size, family), top = height - 28 - line * found.length;
    group.append(element("rect", { x: edge, y: top, width: full - 2 * edge, height: 1, fill: colors.line }));
    found.forEach((words, index) => group.append(text(words, edge, top + 22 + index * line, size, colors.text2)));
    group.append(text(sheet.system, full - edge - (mark ? mark + 20 : 0), top + 22, size, colors.text2, { "text-anchor": "end" }));
    if (mark) {
      group.append(element("rect", { x: full - edge - mark, y: top + 8, width: mark, height: 20, rx: 2, fill: "none", stroke: colors.aging, "stroke-dasharray": "3 2" }));
      group.append(text(sheet.mark, full - edge - mark / 2, top + 22, size, colors.aging, { "font-weight": 700, "text-anchor": "middle" }));
    }
    return { group, top };
  }
  function watermark({ watermark: words, colors, family }, x, y, across, down) {
    const step = [width(words, 26, family, 700) + 130, 150], group = element("g", { fill: colors.text, "fill-opacity": 0.07, "font-size": 26, "font-weight": 700, "data-mark": "simulated" });
    for (let row = 0; row * step[1] + 90 < down; row += 1) {
      for (let column = 0; column * step[0] + 70 + (row % 2) * 60 + step[0] - 130 < across; column += 1) {
        const at = [x + 70 + column * step[0] + (row % 2) * 60, y + 100 + row * step[1]];
        group.append(text(words, 0, 0, 26, colors.text, { transform: `translate(${at[0]} ${at[1]}) rotate(-16)` }));
      }
    }
    return group;
  }

  /* ---- what the sheet shows: the chart, figures beside it, or a table ---- */
  async function body(svg, sheet, box) {
    if (sheet.reason) { svg.append(text(sheet.reason, box.x + box.width / 2, box.y + box.height / 2, 20, sheet.colors.text2, { "text-anchor": "middle" })); return; }
    const side = sheet.chart && sheet.table ? box.width * 0.36 : 0;
    if (sheet.table) table(svg, sheet, sheet.chart ? { ...box, width: side } : box);
    if (sheet.chart) svg.append(await chart(sheet, { ...box, x: box.x + (side ? side + 32 : 0), width: box.width - (side ? side + 32 : 0) }));
  }
  async function chart(sheet, { x, y, width: across, height: down }) {
    const made = await window.dash_clientside.onescreen.composed(sheet.chart, across, down, sheet.k, sheet.template);
    const address = await window.Plotly.toImage({ data: made.data, layout: made.layout }, { format: "svg", width: across, height: down });
    const source = decodeURIComponent(address.slice(address.indexOf(",") + 1));
    const drawn = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
    ["width", "height"].forEach((name, index) => drawn.setAttribute(name, [across, down][index]));
    drawn.setAttribute("x", x);
    drawn.setAttribute("y", y);
    return document.importNode(drawn, true);
  }
  const ROW = 30, LABELS = [16, 15, 14, 13, 12], HEAD_LINE = 17, GAP = 18;
  /* The largest type in which every row stands in one line; only the heads are broken. */
  function table(svg, { table: { heads, rows, more }, colors, family, numbers }, box) {
    const fontOf = (cell) => (cell[2] ? numbers : family), fits = LABELS.map((size) => ({ size, widths: columnWidths(heads, rows, fontOf, size) }));
    const chosen = fits.find(({ widths }) => sum(widths) <= box.width) || fits[fits.length - 1];
    const { size } = chosen, widths = chosen.widths.map((each) => each * (box.width / sum(chosen.widths)));
    const broken = heads.map(([words], index) => lines(words, widths[index] - GAP / 2, size - 1, family, 600));
    const top = heads.length ? Math.max(...broken.map((each) => each.length)) * HEAD_LINE + 12 : 0;
    const room = Math.max(1, Math.floor((box.height - top) / ROW)), cut = rows.length > room, shown = cut ? rows.slice(0, room - 1) : rows;
    const at = (index) => box.x + sum(widths.slice(0, index)) + (heads[index] || rows[0][index])[2] * (widths[index] - GAP / 2) + 4;
    const cell = (words, index, y, color, more_) => text(words, at(index), y, size, color, { "text-anchor": (heads[index] || rows[0][index])[2] ? "end" : "start", ...more_ });
    if (heads.length) svg.append(element("rect", { x: box.x, y: box.y, width: box.width, height: top, fill: colors.surface2 }));
    broken.forEach((each, index) => each.forEach((words, number) => svg.append(cell(words, index, box.y + top - 9 - (each.length - 1 - number) * HEAD_LINE, colors.text2, { "font-weight": 600, "font-size": size - 1 }))));
    shown.forEach((row, line) => {
      const y = box.y + top + line * ROW;
      row.forEach((one, index) => svg.append(cell(one[0], index, y + 21, colors[one[1]] || colors.text, one[2] ? { "font-family": numbers } : {})));
      svg.append(element("rect", { x: box.x, y: y + ROW - 1, width: box.width, height: 1, fill: colors.line }));
    });
    if (cut) svg.append(text(more.replace("{n}", rows.length - shown.length), box.x + 6, box.y + top + shown.length * ROW + 21, 14, colors.text2));
  }
  const sum = (lengths) => lengths.reduce((whole, each) => whole + each, 0);
  function columnWidths(heads, rows, fontOf, size) {
    const columns = rows.length ? rows[0].length : heads.length;
    return Array.from({ length: columns }, (_, index) => Math.max(heads.length ? 60 : 0, ...rows.map((row) => width(row[index][0], size, fontOf(row[index])))) + GAP);
  }

  /* ---- fonts ---- */
  const FAMILIES = /"([^"]+)"|'([^']+)'|([^,"']+)/g;
  const families = (list) => [...list.matchAll(FAMILIES)].map((match) => (match[1] || match[2] || match[3]).trim()).filter(Boolean);
  const BOLD = { bold: 700, normal: 400 };
  function faces() {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href })));
    return rules.filter(({ rule }) => rule instanceof CSSFontFaceRule).map(({ rule, base }) => {
      const style = rule.style, [low, high = low] = style.getPropertyValue("font-weight").split(" ").map(Number);
      const ranges = (style.getPropertyValue("unicode-range") || "U+0-10FFFF").split(",").map((part) => part.trim().slice(2).split("-").map((code) => parseInt(code, 16)));
      const address = new URL(/url\("?([^")]+)"?\)/.exec(style.getPropertyValue("src"))[1], base);
      return { family: families(style.getPropertyValue("font-family"))[0], low: low || 400, high: high || 400, ranges, address, limits: style.getPropertyValue("unicode-range") };
    });
  }
  const holds = (face, code) => face.ranges.some(([from, to = from]) => code >= from && code <= to);
  /* Of a family the face whose weight is nearest; of the families the first that has the character. */
  function faceOf(known, list, weight, code) {
    for (const family of list) {
      const able = known.filter((face) => face.family === family && holds(face, code));
      const away = (face) => (weight < face.low ? face.low - weight : weight > face.high ? weight - face.high : 0);
      const nearest = able.sort((one, other) => away(one) - away(other))[0];
      if (nearest && (nearest.limits || code < 0x2e80)) return nearest;
    }
    return null;
  }
  function usedFaces(svg) {
    const known = faces(), used = new Set(), seen = new Set();
    const walk = (node, family, weight) => {
      if (node.nodeType === Node.TEXT_NODE) {
        for (const character of node.data) {
          const key = `${family}|${weight}|${character}`;
          if (seen.has(key) || !character.trim()) continue;
          seen.add(key);
          const face = faceOf(known, families(family), weight, character.codePointAt(0));
          if (face) used.add(face);
        }
        return;
      }
      const style = node.style || {}, own = style.fontFamily || (node.getAttribute && node.getAttribute("font-family")) || family;
      const heavy = style.fontWeight || (node.getAttribute && node.getAttribute("font-weight")) || weight;
      if (node.localName !== "title" && node.localName !== "desc" && node.localName !== "style") node.childNodes.forEach((child) => walk(child, own, BOLD[heavy] || Number(heavy) || 400));
    };
    walk(svg, "", 400);
    return [...used];
  }
  const asData = (blob) => new Promise((done, failed) => { const reader = new FileReader(); reader.onload = () => done(reader.result); reader.onerror = () => failed(reader.error); reader.readAsDataURL(blob); });
  async function fontRules(svg) {
    const rules = await Promise.all(usedFaces(svg).map(async (face) => {
      const answer = await fetch(face.address, { redirect: "error" });
      if (!answer.ok) throw new Error(`${face.address.pathname}: ${answer.status}`);
      const data = await asData(new Blob([await answer.arrayBuffer()], { type: "font/woff2" }));
      return `@font-face{font-family:"${face.family}";font-weight:${face.low} ${face.high};${face.limits ? `unicode-range:${face.limits};` : ""}src:url("${data}") format("woff2")}`;
    }));
    return `${rules.join("")}text{font-variant-numeric:tabular-nums}`;
  }

  /* The picture in pixels. A browser may show an SVG before the fonts inside it are ready, so it is drawn until two
     drawings in a row are the same. */
  async function raster(svg, { size: [across, down] }) {
    const image = new Image(), address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas"), brush = canvas.getContext("2d", { willReadFrequently: true });
    canvas.width = across * SCALE;
    canvas.height = down * SCALE;
    const small = document.createElement("canvas"), glance = small.getContext("2d", { willReadFrequently: true });
    small.width = across / 2;
    small.height = down / 2;
    let before = "";
    for (let turn = 0; turn < 12; turn += 1) {
      brush.drawImage(image, 0, 0, canvas.width, canvas.height);
      glance.drawImage(canvas, 0, 0, small.width, small.height);
      const now = small.toDataURL();
      if (turn > 1 && now === before) break;
      before = now;
      await new Promise((done) => setTimeout(done, 80));
    }
    URL.revokeObjectURL(address);
    return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("canvas"))), "image/png"));
  }

  window.onescreenPicture = { picture, raster };
})();
