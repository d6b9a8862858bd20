// What every explorer shares in the page: numbers, shapes, controls.
// Python puts this text before the explorer's own file; see base.py.

// ---- numbers and colours -------------------------------------------------

const COLOURS = { // as in plots.py, but the truth is drawn in the text's colour
  query: "#0064A4", key: "#E06500", value: "#0B6E4F",
  output: "#CC5FA0", truth: "currentColor", baseline: "#A67C00",
};

// Number with so many decimals, ties away from zero: as `fixed` in base.py.
function fixed(number, digits = 2) {
  const units = Math.floor(Math.abs(number) * 10 ** digits + 0.5 + 1e-9);
  const sign = number < 0 && units > 0 ? "-" : "";
  return sign + (units / 10 ** digits).toFixed(digits);
}

// softmax of a list: exp(s - max) / sum, from left to right as in Python.
function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

const MAPS = { // stops at equal distances, from 0 to 1
  Reds: ["#fff5f0", "#fee0d2", "#fcbba1", "#fc9272", "#fb6a4a", "#ef3b2c",
    "#cb181d", "#a50f15", "#67000d"],
  viridis: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80",
    "#5ec962", "#addc30", "#fde725"],
};

// Colour [red, green, blue] of a weight in 0..1.
function mapColour(weight, name = "Reds") {
  const stops = MAPS[name];
  const place = Math.min(1, Math.max(0, weight)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const channel = (stop, k) => parseInt(stop.slice(1 + 2 * k, 3 + 2 * k), 16);
  return [0, 1, 2].map((k) => {
    const from = channel(stops[index], k), to = channel(stops[index + 1], k);
    return Math.round(from + (place - index) * (to - from));
  });
}

// Black or white, whichever reads better on the colour.
function textOn(colour) {
  const linear = colour.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance > 0.18 ? "#000" : "#fff";
}

// ---- shapes --------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";

// Add <tag attributes>text</tag> to the picture; returns the element.
function shape(svg, tag, attributes = {}, text = undefined) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  if (text !== undefined) element.textContent = text;
  svg.appendChild(element);
  return element;
}

// Words at (x, y) in the colour of the page's text.
function words(svg, x, y, text, attributes = {}) {
  return shape(svg, "text",
    { x, y, "font-size": 13, fill: "currentColor", ...attributes }, text);
}

// Arrow from (x1, y1) to (x2, y2) with a solid head.
function arrow(svg, x1, y1, x2, y2, { colour = "currentColor", width = 3 } = {}) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = Math.min(length, 4 + 3 * width);
  const [bx, by] = [x2 - head * ux, y2 - head * uy];
  shape(svg, "line", { x1, y1, x2: bx, y2: by, stroke: colour, "stroke-width": width });
  const half = 0.45 * head;
  shape(svg, "polygon", { fill: colour, points:
    `${x2},${y2} ${bx - half * uy},${by + half * ux} ${bx + half * uy},${by - half * ux}` });
}

// Matrix of weights: rows are queries. `left`, `top` is the corner of the cells.
function heatmap(svg, matrix, { left, top, cell, vmax = 1, map = "Reds",
  values = false, digits = 2, rowLabels = [], columnLabels = [],
  xlabel = "", ylabel = "", title = "" }) {
  const rows = matrix.length, columns = matrix[0].length;
  matrix.forEach((row, i) => row.forEach((weight, j) => {
    const colour = mapColour(weight / vmax, map);
    const x = left + j * cell, y = top + i * cell;
    shape(svg, "rect", { x, y, width: cell, height: cell, fill: `rgb(${colour})` });
    if (values) {
      words(svg, x + cell / 2, y + cell / 2 + 4, fixed(weight, digits),
        { "text-anchor": "middle", "font-size": 12, fill: textOn(colour) });
    }
  }));
  shape(svg, "rect", { x: left, y: top, width: columns * cell, height: rows * cell,
    fill: "none", stroke: "currentColor", "stroke-opacity": 0.4 });
  rowLabels.forEach((label, i) => words(svg, left - 6,
    top + (i + 0.5) * cell + 4, label, { "text-anchor": "end" }));
  columnLabels.forEach((label, j) => words(svg, left + (j + 0.5) * cell,
    top + rows * cell + 16, label, { "text-anchor": "middle" }));
  const below = top + rows * cell + (columnLabels.length ? 34 : 18);
  if (xlabel) words(svg, left + columns * cell / 2, below, xlabel, { "text-anchor": "middle" });
  if (ylabel) sideways(svg, left - (rowLabels.length ? 52 : 10), top + rows * cell / 2, ylabel);
  if (title) words(svg, left + columns * cell / 2, top - 8, title, { "text-anchor": "middle" });
}

// Words turned upwards, centred on (x, y).
function sideways(svg, x, y, text) {
  return words(svg, x, y, text,
    { "text-anchor": "middle", transform: `rotate(-90 ${x} ${y})` });
}

// Round numbers between low and high, about `count` of them.
function ticks(low, high, count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((k) => k * power >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    found.push([k * step, fixed(k * step, digits)]);
  }
  return found;
}

// Axes of a plot; returns { x(value), y(value) }, which turn values into pixels.
// `x` and `y` are ranges [low, high]; xticks and yticks may be [[value, text], ...].
function plotArea(svg, { x, y, left, top, width, height, xlabel = "", ylabel = "",
  title = "", xticks = ticks(...x), yticks = ticks(...y) }) {
  const area = {
    left, top, width, height,
    x: (value) => left + (value - x[0]) / (x[1] - x[0]) * width,
    y: (value) => top + height - (value - y[0]) / (y[1] - y[0]) * height,
  };
  const line = { stroke: "currentColor", "stroke-opacity": 0.6 };
  const bottom = top + height;
  shape(svg, "line", { x1: left, y1: bottom, x2: left + width, y2: bottom, ...line });
  shape(svg, "line", { x1: left, y1: top, x2: left, y2: bottom, ...line });
  for (const [value, text] of xticks) {
    const at = area.x(value);
    shape(svg, "line", { x1: at, y1: bottom, x2: at, y2: bottom + 4, ...line });
    words(svg, at, bottom + 17, text, { "text-anchor": "middle", "font-size": 12 });
  }
  for (const [value, text] of yticks) {
    const at = area.y(value);
    shape(svg, "line", { x1: left - 4, y1: at, x2: left, y2: at, ...line });
    words(svg, left - 7, at + 4, text, { "text-anchor": "end", "font-size": 12 });
  }
  if (xlabel) words(svg, left + width / 2, bottom + 35, xlabel, { "text-anchor": "middle" });
  if (ylabel) sideways(svg, left - 38, top + height / 2, ylabel);
  if (title) words(svg, left + width / 2, top - 8, title, { "text-anchor": "middle" });
  return area;
}

// A line through the points; attributes such as stroke, "stroke-dasharray".
function curve(svg, area, xs, ys, attributes = {}) {
  const path = xs.map((x, i) => `${area.x(x).toFixed(1)},${area.y(ys[i]).toFixed(1)}`);
  return shape(svg, "polyline", { points: path.join(" "), fill: "none",
    stroke: COLOURS.query, "stroke-width": 2.5, "stroke-linejoin": "round", ...attributes });
}

// A disc at each point; `radius` is a number or one number per point.
function points(svg, area, xs, ys, { radius = 4, ...attributes } = {}) {
  xs.forEach((x, i) => shape(svg, "circle", {
    cx: area.x(x).toFixed(1), cy: area.y(ys[i]).toFixed(1),
    r: Array.isArray(radius) ? radius[i] : radius, fill: COLOURS.key, ...attributes }));
}

// Bars from 0 up to each height, centred on xs; `width` in units of x.
function bars(svg, area, xs, heights, { width = 0.8, ...attributes } = {}) {
  xs.forEach((x, i) => {
    const from = area.x(x - width / 2), to = area.x(x + width / 2);
    const ends = [area.y(0), area.y(heights[i])];
    shape(svg, "rect", { x: from, y: Math.min(...ends), width: to - from,
      height: Math.abs(ends[0] - ends[1]), fill: COLOURS.query, ...attributes });
  });
}

// ---- the page ------------------------------------------------------------

// Label, native control and <output> of one parameter; calls `changed(value)`.
function buildControl(control, id, changed) {
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = control.label;
  const input = document.createElement(control.words ? "select" : "input");
  input.id = id;
  if (control.words) {
    control.words.forEach((text, index) => {
      const option = document.createElement("option");
      option.value = String(index);
      option.textContent = text;
      input.append(option);
    });
  } else {
    input.type = "range";
    input.min = "0";
    input.max = String(control.values.length - 1);
    input.step = "1";
  }
  input.addEventListener("input", () => changed(control.values[Number(input.value)]));
  const output = document.createElement("output");
  output.htmlFor = id;
  const show = (value) => {
    input.value = String(nearest(control.values, value));
    if (control.words) return;
    output.textContent = fixed(value, control.digits) + control.unit;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  return { parts: control.words ? [label, input] : [label, input, output], show };
}

function nearest(values, value) {
  if (typeof value === "string") return values.indexOf(value);
  const distances = values.map((entry) => Math.abs(entry - value));
  return distances.indexOf(Math.min(...distances));
}

// Build the explorer in `el` and keep it in step with the model.
function renderExplorer({ model, el }, compute, draw) {
  const page = model.get("_page");
  const id = "explorer-" + Math.random().toString(36).slice(2);
  const box = document.createElement("div");
  box.className = "course-explorer";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", page.title);
  // JupyterLab would otherwise take the arrow keys away from the slider.
  box.addEventListener("keydown", (event) => event.stopPropagation());

  const panel = document.createElement("div");
  panel.className = "course-explorer-controls";
  const controls = page.controls.map((control) => {
    const changed = (value) => {
      model.set(control.name, value);
      try { model.save_changes(); } catch { /* no kernel: the page is enough */ }
      update();
    };
    const built = buildControl(control, `${id}-${control.name}`, changed);
    panel.append(...built.parts);
    return { ...control, ...built };
  });
  const svg = document.createElementNS(SVG, "svg");
  const [width, height] = page.size;
  for (const [name, value] of Object.entries({ role: "img", width, height,
    viewBox: `0 0 ${width} ${height}`, "font-family": "sans-serif",
    "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-sentence` })) {
    svg.setAttribute(name, String(value));
  }
  const sentence = document.createElement("p");
  sentence.id = `${id}-sentence`;
  sentence.setAttribute("aria-live", "polite");
  box.append(panel, svg, sentence);

  let drawn = "";
  function update() {
    const parameters = Object.fromEntries(
      controls.map(({ name }) => [name, model.get(name)]));
    const state = JSON.stringify(parameters);
    if (state === drawn) return;
    drawn = state;
    const result = compute(parameters, page.data);
    // Drawn aside and put in at once: some pages restyle at every single change.
    const picture = document.createElementNS(SVG, "g");
    draw(picture, result, parameters, page.data);
    svg.replaceChildren();
    shape(svg, "title", { id: `${id}-title` }, page.title);
    svg.appendChild(picture);
    sentence.textContent = result.sentence;
    controls.forEach(({ name, show }) => show(parameters[name]));
  }
  const events = controls.map(({ name }) => `change:${name}`);
  events.forEach((event) => model.on(event, update));
  update();
  el.replaceChildren(box);
  return () => events.forEach((event) => model.off(event, update));
}

// ---- the explorer's own file follows ---------------------------------------

