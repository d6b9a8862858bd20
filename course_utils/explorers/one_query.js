// One row of a trained network's attention, computed from stored queries and keys.

const GRID = 7, PART = 8, HALF = 127;

function numbers(text) {
  const found = [];
  for (let i = 0; i < text.length; i += 2) {
    found.push(parseInt(text.slice(i, i + 2), 16) - HALF);
  }
  return found;
}

function headWeights({ step, queries, keys }, head, query) {
  const start = 2 * PART * query;
  const q = numbers(queries[head - 1].slice(start, start + 2 * PART));
  const k = numbers(keys[head - 1]);
  const scores = [];
  for (let token = 0; token < k.length / PART; token++) {
    const products = q.reduce((sum, number, i) => sum + number * k[PART * token + i], 0);
    scores.push(step * products);
  }
  return softmax(scores);
}

const add = (sum, number) => sum + number;

export function compute(parameters, { top: ends, kinds }) {
  const { kind, layer, head, looks, row, column, scale } = parameters;
  const { layers, covered } = kinds[kind];
  const query = looks === "class" ? 0 : 1 + GRID * row + column;
  const chosen = head === "mean" ? [1, 2, 3, 4] : [Number(head)];
  const rows = chosen.map((each) => headWeights(layers[Number(layer) - 1], each, query));
  const weights = rows[0].map((_, j) =>
    rows.map((each) => each[j]).reduce(add, 0) / rows.length);
  const patches = weights.slice(1);
  const inside = patches.map((weight, i) => weight * covered[i]).reduce(add, 0);
  const total = patches.reduce(add, 0);
  const top = Math.max(...patches);
  const peak = patches.findIndex((weight) => weight > top - 1e-9);
  const shared = head === "mean" ? ends.mean : ends.one;
  const [low, high] = scale === "shared" ? [0, shared] : [Math.min(...patches), top];
  const ink = patches.map((weight) =>
    Math.min(1, Math.max(0, (weight - low) / (high - low))));
  const who = query === 0 ? "the class token"
    : `the patch in row ${row}, column ${column}`;
  const which = head === "mean" ? "mean of four heads" : `head ${head}`;
  const where = covered[peak] >= 0.5 ? "on" : "off";
  return {
    query, patches, ink, low, high,
    sentence: `Layer ${layer}, ${which}, from ${who}: largest weight ${fixed(top)} ` +
      `in row ${Math.floor(peak / GRID)}, column ${peak % GRID}, ${where} ` +
      `the object. Of the map ${fixed(inside / total)} lies on the object; of an ` +
      `even map it would be ${fixed(covered.reduce(add, 0) / GRID ** 2)}. The class ` +
      `token gets ${fixed(weights[0])}. Colours from ${fixed(low, 3)} to ` +
      `${fixed(high, 3)}.`,
  };
}

// The rim of the object: a line wherever a pixel inside meets one outside.
function rim(mask, left, top, pixel) {
  const side = 28, at = (r, c) =>
    r >= 0 && c >= 0 && r < side && c < side && mask[side * r + c] === 1;
  const parts = [];
  for (let r = 0; r <= side; r++) {
    for (let c = 0; c <= side; c++) {
      const x = left + c * pixel, y = top + r * pixel;
      if (at(r, c) !== at(r - 1, c)) parts.push(`M${x} ${y}h${pixel}`);
      if (at(r, c) !== at(r, c - 1)) parts.push(`M${x} ${y}v${pixel}`);
    }
  }
  return parts.join("");
}

export function draw(svg, result, parameters, { ink, kinds }) {
  const { kind, looks, row, column, layer } = parameters;
  const { png, mask } = kinds[kind];
  const full = 280, cell = full / GRID, top = 28, lefts = [12, 312];
  const titles = [looks === "patch" ? "Who looks" : "Class token looks", `Where to, layer ${layer}`];
  lefts.forEach((left, index) => {
    words(svg, left + full / 2, 18, titles[index], { "text-anchor": "middle" });
    shape(svg, "image", { x: left, y: top, width: full, height: full, href: png,
      preserveAspectRatio: "none", style: "image-rendering: pixelated" });
  });
  result.ink.forEach((share, i) => shape(svg, "rect", {
    x: lefts[1] + (i % GRID) * cell, y: top + Math.floor(i / GRID) * cell,
    width: cell, height: cell, fill: ink, "fill-opacity": (0.85 * share).toFixed(3) }));
  const around = (attributes) => shape(svg, "path", { fill: "none", ...attributes });
  for (const left of lefts) {
    const d = rim(mask, left, top, full / 28);
    around({ d, stroke: "#fff", "stroke-width": 4 });
    around({ d, stroke: "#000", "stroke-width": 1.5 });
  }
  if (looks === "patch") {
    for (const [stroke, width] of [["#fff", 7], [COLOURS.query, 4]]) {
      shape(svg, "rect", { x: lefts[0] + column * cell,
        y: top + row * cell, width: cell, height: cell,
        fill: "none", stroke, "stroke-width": width });
    }
  }
  key(svg, 618, top + 20, 180, result, ink);
}

// The colour of every weight (upwards) on dark, middle and light ground.
function key(svg, left, top, height, { low, high }, ink) {
  ["#000", "#808080", "#fff"].forEach((ground, i) => {
    for (let step = 0; step < 10; step++) {
      const place = { x: left + 12 * i, y: top + (9 - step) * height / 10,
        width: 12, height: height / 10 };
      shape(svg, "rect", { ...place, fill: ground });
      shape(svg, "rect", { ...place, fill: ink,
        "fill-opacity": (0.85 * (step + 0.5) / 10).toFixed(3) });
    }
  });
  words(svg, left, top - 8, "Weight");
  words(svg, left + 40, top + 10, fixed(high, 3), { "font-size": 12 });
  words(svg, left + 40, top + height, fixed(low, 3), { "font-size": 12 });
  words(svg, left, top + height + 18, "on dark,", { "font-size": 12 });
  words(svg, left, top + height + 33, "grey, light", { "font-size": 12 });
}
