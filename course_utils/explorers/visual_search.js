const TEMPERATURE = 0.25;

// A bar is 0 to 3: bit 1 says blue, bit 0 says horizontal.
function contrast(bars, side, cell) {
  const row = Math.floor(cell / side), column = cell % side;
  let neighbours = 0, otherColour = 0, otherOrientation = 0;
  for (let r = Math.max(0, row - 1); r <= Math.min(side - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(side - 1, column + 1); c++) {
      if (r === row && c === column) continue;
      const difference = bars[cell] ^ bars[r * side + c];
      neighbours += 1;
      otherColour += difference >> 1;
      otherOrientation += difference & 1;
    }
  }
  // Each difference shows in two channels, for example orange and blue.
  return 2 * otherColour / neighbours + 2 * otherOrientation / neighbours;
}

function match(bar, wanted) {
  const difference = bar ^ wanted;
  return 2 - (difference >> 1) - (difference & 1);
}

export function compute(parameters, { bars: displays, targets }) {
  const { set_size, search, wanted, saliency_weight, number } = parameters;
  const bars = displays[`${search} ${set_size} ${number}`];
  const side = Math.round(Math.sqrt(set_size));
  const query = targets.indexOf(wanted);
  const scores = bars.map((bar, cell) =>
    saliency_weight * contrast(bars, side, cell) +
    (1 - saliency_weight) * match(bar, query));
  const weights = softmax(scores.map((score) => score / TEMPERATURE));
  const top = Math.max(...weights);
  const peak = [...weights.keys()].filter((cell) => weights[cell] > top - 1e-9);
  const target = bars.indexOf(0);
  let where = `${peak.length} distractors share the peak, ${fixed(top)}`;
  if (peak.includes(target) && peak.length === 1) {
    where = `the peak, ${fixed(top)}, is on the target`;
  } else if (peak.includes(target)) {
    where = `${peak.length} bars share the peak, ${fixed(top)}, the target among them`;
  } else if (peak.length === 1) {
    const row = Math.floor(peak[0] / side) + 1, column = peak[0] % side + 1;
    where = `the peak, ${fixed(top)}, is on a distractor, ${targets[bars[peak[0]]]}, ` +
      `in row ${row}, column ${column}`;
  }
  return {
    bars, weights, target, peak,
    sentence: `${set_size} bars, saliency weight ${fixed(saliency_weight, 1)}, ` +
      `query weight ${fixed(1 - saliency_weight, 1)} for ${wanted}: ${where}. The ` +
      `target, orange vertical, gets ${fixed(weights[target])}; an even spread ` +
      `would give each bar ${fixed(1 / set_size)}.`,
  };
}

export function draw(svg, result, { set_size, wanted, saliency_weight }, { colours }) {
  const side = Math.round(Math.sqrt(set_size));
  const full = 280, cell = full / side, top = 26, lefts = [15, 335];
  words(svg, lefts[0] + full / 2, 16, "Display", { "text-anchor": "middle" });
  shape(svg, "rect", { x: lefts[0], y: top, width: full, height: full,
    fill: "#fff", stroke: "currentColor", "stroke-opacity": 0.4 });
  result.bars.forEach((bar, index) => {
    const x = lefts[0] + (index % side + 0.5) * cell;
    const y = top + (Math.floor(index / side) + 0.5) * cell;
    const [dx, dy] = bar & 1 ? [0.3 * cell, 0] : [0, 0.3 * cell];
    shape(svg, "line", { x1: x - dx, y1: y - dy, x2: x + dx, y2: y + dy,
      stroke: colours[bar >> 1], "stroke-width": 0.16 * cell });
  });
  const peak = Math.max(...result.weights);
  const rows = Array.from({ length: side }, (_, row) =>
    result.weights.slice(row * side, (row + 1) * side));
  heatmap(svg, rows, { left: lefts[1], top, cell, vmax: peak,
    values: side <= 4,
    title: saliency_weight === 1 ? "Map, saliency alone" : `Map, looking for ${wanted}`,
    xlabel: `Weight: white is 0, darkest is ${fixed(peak)}` });
  const rings = [["#fff", 6], [COLOURS.truth, 2]]; // seen on light and dark
  for (const left of lefts) {
    rings.forEach(([stroke, width]) => shape(svg, "circle", {
      cx: left + (result.target % side + 0.5) * cell,
      cy: top + (Math.floor(result.target / side) + 0.5) * cell,
      r: 0.43 * cell, fill: "none", stroke, "stroke-width": width }));
  }
}
