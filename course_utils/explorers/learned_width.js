// A learned width under the reader's hand; the same arithmetic as learned_width.py.

// Weights of the keys for one query; key number `hidden` gets 0.
function weightsOf(query, w, hidden, keys) {
  const scores = keys.map((key) => -(((query - key) * w) ** 2) / 2);
  const top = Math.max(...scores.filter((_, i) => i !== hidden));
  const powers = scores.map((s, i) => (i === hidden ? 0 : Math.exp(s - top)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function averageOf(weights, values) {
  return weights.reduce((sum, weight, i) => sum + weight * values[i], 0);
}

function meanSquare(came, wanted) {
  return came.reduce((sum, a, i) => sum + (a - wanted[i]) ** 2, 0) / came.length;
}

export function compute({ w, own_pair }, { keys, values, places, truth }) {
  const weights = keys.map((key, i) =>
    weightsOf(key, w, own_pair === "out" ? i : null, keys));
  const fit = places.map((x) => averageOf(weightsOf(x, w, null, keys), values));
  const training = meanSquare(weights.map((row) => averageOf(row, values)), values);
  const test = meanSquare(fit, truth);
  const own = weights.reduce((sum, row, i) => sum + row[i], 0) / keys.length;
  const kept = `kept: a reading gives itself ${fixed(own, 2)} of the weight on average`;
  return {
    fit, weights, training, test, own,
    sentence: `w = ${fixed(w, 1)}, bandwidth ${fixed(1 / w, 2)}. Own pair ` +
      `${own_pair === "in" ? kept : "left out"}. Training error ` +
      `${fixed(training, 3)}, test error ${fixed(test, 3)}.`,
  };
}

// The weights as a heat map in which equal neighbours share one rectangle:
// 2500 rectangles would be slow to redraw. 40 steps of colour from 0 to 0.5.
function drawMatrix(svg, weights, left, top, cell) {
  const size = weights.length * cell;
  weights.forEach((row, i) => {
    const steps = row.map((weight) => Math.min(40, Math.round(weight * 80)));
    for (let from = 0, to = 0; from < steps.length; from = to) {
      while (to < steps.length && steps[to] === steps[from]) to++;
      shape(svg, "rect", { x: left + from * cell, y: top + i * cell,
        width: (to - from) * cell, height: cell,
        fill: `rgb(${mapColour(steps[from] / 40)})` });
    }
  });
  shape(svg, "rect", { x: left, y: top, width: size, height: size, fill: "none",
    stroke: "currentColor", "stroke-opacity": 0.4 });
  words(svg, left + size / 2, top - 8, "Weights, from 0 (pale) to 0.5 or more (dark)",
    { "text-anchor": "middle" });
  words(svg, left + size / 2, top + size + 18, "Keys", { "text-anchor": "middle" });
  sideways(svg, left - 10, top + size / 2, "Queries");
}

export function draw(svg, result, { w, own_pair }, data) {
  const level = plotArea(svg, { x: [0, 5], y: [-1, 5], xlabel: "Hours",
    ylabel: "Level", title: "Dashed: truth. Thick: fit", left: 55, top: 30,
    width: 280, height: 250 });
  curve(svg, level, data.places, data.truth,
    { stroke: "currentColor", "stroke-dasharray": "5 4", "stroke-width": 1.5 });
  points(svg, level, data.keys, data.values, { radius: 3, fill: COLOURS.value });
  curve(svg, level, data.places, result.fit,
    { stroke: COLOURS.output, "stroke-width": 3 });
  drawMatrix(svg, result.weights, 400, 30, 5);

  const log = (number) => Math.log10(number);
  const errors = plotArea(svg, { x: [-1, 1.5], y: [0, 1.4], xlabel: "w",
    ylabel: "Error", title: "Errors: training (line), test (dashed)", left: 55,
    top: 360, width: 595, height: 120,
    xticks: [0.1, 0.3, 1, 3, 10, 30].map((v) => [log(v), String(v)]) });
  const places = data.widths.map(log);
  curve(svg, errors, places, data.curves[own_pair], { stroke: COLOURS.query });
  curve(svg, errors, places, data.curves.test,
    { stroke: COLOURS.key, "stroke-dasharray": "6 4" });
  points(svg, errors, [log(w)], [result.training], { radius: 6, fill: COLOURS.query });
  points(svg, errors, [log(w)], [result.test], { radius: 6, fill: COLOURS.key });
}
