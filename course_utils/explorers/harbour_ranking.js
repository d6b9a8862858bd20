// The order of the final project's baselines under other weights.

export function compute({ fair, against, overlap }, { rows }) {
  const whole = fair + against + overlap;
  if (whole === 0) {
    return {
      totals: rows.map(() => 0),
      sentence: "All weights are 0: nothing is counted, and nobody wins.",
    };
  }
  const totals = rows.map((row) =>
    (fair * row.fair + against * row.against + overlap * row.overlap) / whole);
  const near = (value) => Math.round(value * 1e9);
  const order = rows.map((_, i) => i)
    .sort((i, j) => near(totals[j]) - near(totals[i]) || i - j);
  const [first, second] = order, last = order[order.length - 1];
  const lead = totals[first] - totals[second];
  return {
    totals,
    sentence: `Weights ${fixed(fair, 1)}, ${fixed(against, 1)}, ` +
      `${fixed(overlap, 1)}: ${rows[first].name} leads with ` +
      `${fixed(totals[first], 3)}, ${fixed(lead, 3)} before ${rows[second].name}; ` +
      `last is ${rows[last].name} with ${fixed(totals[last], 3)}.`,
  };
}

export function draw(svg, result, parameters, { rows }) {
  const left = 230, width = 400, top = 20, step = 34;
  rows.forEach((row, i) => {
    const y = top + i * step;
    words(svg, left - 8, y + 17, row.name, { "text-anchor": "end" });
    shape(svg, "rect", { x: left, y, width: width * result.totals[i], height: 24,
      fill: COLOURS.key });
    words(svg, left + width * result.totals[i] + 6, y + 17, fixed(result.totals[i], 3));
  });
  const base = top + rows.length * step;
  shape(svg, "line", { x1: left, y1: base, x2: left + width, y2: base,
    stroke: "currentColor" });
  [0, 0.25, 0.5, 0.75, 1].forEach((value) => words(svg, left + width * value,
    base + 16, fixed(value), { "text-anchor": "middle", "font-size": 12 }));
  words(svg, left + width / 2, base + 34, "Total", { "text-anchor": "middle" });
}
