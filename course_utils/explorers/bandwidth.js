// Kernel regression; the same arithmetic as bandwidth.py, in the same order.

const NAMES = { boxcar: "Boxcar", triangular: "Triangular",
  epanechnikov: "Epanechnikov", gaussian: "Gaussian" };

const truth = (hours) => 2 * Math.sin(hours) + hours;

// K(u) of a compact kernel, without its constant, which cancels.
function height(u, kernel) {
  if (u > 1) return 0;
  return { boxcar: 1, triangular: 1 - u, epanechnikov: 1 - u * u }[kernel];
}

// Weights of the keys for a query at `place`; zeros where none is in reach.
function weigh(place, keys, bandwidth, kernel) {
  const us = keys.map((key) => Math.abs(place - key) / bandwidth);
  const least = Math.min(...us);
  const heights = us.map((u) => kernel === "gaussian"
    ? Math.exp((least * least - u * u) / 2) : height(u, kernel));
  const total = heights.reduce((sum, h) => sum + h, 0);
  return heights.map((h) => (total > 0 ? h / total : 0));
}

// The weighted average, or null where all weights are 0.
function average(weights, values) {
  if (!weights.some((w) => w > 0)) return null;
  return weights.reduce((sum, w, i) => sum + w * values[i], 0);
}

// The mean of the squares, or null where one error is not defined.
function meanSquare(errors) {
  if (errors.includes(null)) return null;
  return errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
}

// Squared errors: readings seen, readings left out, new readings.
function errorsAt(bandwidth, kernel, { keys, values, grid, noise }) {
  const gap = (place, skipped, target) => {
    const rest = (list) => list.filter((_, i) => i !== skipped);
    const answer = average(weigh(place, rest(keys), bandwidth, kernel), rest(values));
    return answer === null ? null : answer - target;
  };
  const seen = meanSquare(keys.map((x, i) => gap(x, -1, values[i])));
  const leftOut = meanSquare(keys.map((x, i) => gap(x, i, values[i])));
  const away = meanSquare(grid.map((x) => gap(x, -1, truth(x))));
  return [seen, leftOut, away === null ? null : away + noise * noise];
}

const tables = new Map(); // one per kernel: it does not move with the other sliders

function table(kernel, data) {
  if (!tables.has(kernel)) {
    tables.set(kernel, data.bandwidths.map((h) => errorsAt(h, kernel, data)));
  }
  return tables.get(kernel);
}

export function compute({ bandwidth, kernel, query }, data) {
  const { keys, values, grid, bandwidths } = data;
  const fit = grid.map((x) => average(weigh(x, keys, bandwidth, kernel), values));
  const weights = weigh(query, keys, bandwidth, kernel);
  const answer = average(weights, values);
  const [seen, leftOut, fresh] = [0, 1, 2].map((column) =>
    table(kernel, data).map((row) => row[column]));
  const begin = `${NAMES[kernel]} kernel, bandwidth ${fixed(bandwidth, 2)} hours: `;
  let told = `no reading lies within reach of ${fixed(query, 1)} h, so no answer. `;
  if (answer !== null) {
    const readings = 1 / weights.reduce((sum, w) => sum + w * w, 0);
    told = `at ${fixed(query, 1)} h it answers ${fixed(answer, 2)} (truth ` +
      `${fixed(truth(query), 2)}), as steady as the mean of ` +
      `${fixed(readings, 1)} readings. `;
  }
  const error = leftOut[bandwidths.indexOf(bandwidth)];
  const end = error === null ? "Left out, some reading has no neighbour."
    : `Squared error on readings left out: ${fixed(error, 2)}.`;
  return { fit, weights, answer, seen, left_out: leftOut, new: fresh,
    sentence: begin + told + end };
}

// Draw a curve that may have gaps (null): one line per stretch.
function broken(svg, area, xs, ys, attributes) {
  let stretch = [];
  const finish = () => {
    if (stretch.length > 0) {
      curve(svg, area, stretch.map((i) => xs[i]), stretch.map((i) => ys[i]), attributes);
    }
    stretch = [];
  };
  ys.forEach((y, i) => (y === null ? finish() : stretch.push(i)));
  finish();
}

export function draw(svg, result, { bandwidth, query }, data) {
  const { keys, values, grid, bandwidths } = data;
  const left = plotArea(svg, { x: [0, 5], y: [-1.5, 5.5], xlabel: "Time (hours)",
    ylabel: "Water level (dm)", title: "Dots: weights for the query",
    left: 52, top: 26, width: 350, height: 250 });
  const top = Math.max(...result.weights, 1e-9);
  points(svg, left, keys, values, { "fill-opacity": 0.55,
    radius: result.weights.map((w) => 2.2 + 5.5 * Math.sqrt(w / top)) });
  curve(svg, left, grid, grid.map(truth), { stroke: "currentColor",
    "stroke-width": 1.5, "stroke-dasharray": "6 4" });
  broken(svg, left, grid, result.fit, { stroke: COLOURS.output });
  words(svg, 330, 252, "prediction", { "font-size": 12, fill: COLOURS.output });
  words(svg, 330, 268, "- - truth", { "font-size": 12 });
  shape(svg, "line", { x1: left.x(query), x2: left.x(query), y1: 26, y2: 276,
    stroke: COLOURS.query, "stroke-width": 1.8, "stroke-dasharray": "2 3" });
  if (result.answer !== null) {
    points(svg, left, [query], [result.answer], { radius: 6, fill: COLOURS.query });
  }
  const place = (h) => Math.log2(h);
  const ticksAt = [0.05, 0.2, 0.8, 3.2].map((h) => [place(h), String(h)]);
  const right = plotArea(svg, { x: [place(0.045), place(5)], y: [0, 1.5],
    xlabel: "Bandwidth (hours)", ylabel: "Squared error", xticks: ticksAt,
    left: 462, top: 26, width: 245, height: 250 });
  const across = bandwidths.map(place);
  const lines = [["seen", "readings seen", COLOURS.key, "8 3 2 3"],
    ["left_out", "each left out", COLOURS.query, "none"],
    ["new", "new readings", "currentColor", "6 4"]];
  lines.forEach(([name, label, stroke, dash], i) => {
    const look = { stroke, "stroke-width": 2, "stroke-dasharray": dash };
    broken(svg, right, across, result[name], look);
    shape(svg, "line", { x1: 474, x2: 504, y1: 32 + 18 * i, y2: 32 + 18 * i, ...look });
    words(svg, 510, 36 + 18 * i, label, { "font-size": 12 });
  });
  const here = right.x(place(bandwidth));
  shape(svg, "line", { x1: here, x2: here, y1: 90, y2: 276, stroke: COLOURS.output,
    "stroke-width": 2 });
}
