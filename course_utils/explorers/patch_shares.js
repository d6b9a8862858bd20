// Which patches a log-sum-exp pool teaches: as in patch_shares.py.

const COLUMNS = 6;

export function compute({ shape, r, times }, { maps }) {
  const scores = maps[shape].flat().map((score) => times * score);
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(r * (score - top)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const shares = powers.map((power) => power / total);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const logit = top + Math.log(total / scores.length) / r;
  const entropy = -shares.reduce(
    (sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
  const taught = Math.exp(entropy);
  return {
    scores, shares, mean, logit, top, taught,
    sentence: `r = ${fixed(r)}, map times ${fixed(times)}: mean ${fixed(mean)}, ` +
      `LSE ${fixed(logit)}, maximum ${fixed(top)}. The strongest patch gets ` +
      `${fixed(100 * Math.max(...shares), 0)} % of the label; ${fixed(taught, 1)} ` +
      `of 24 patches are taught. r times the map's factor is ${fixed(r * times)}.`,
  };
}

// Orange for below 0, white, purple for above: as PuOr in Python.
function signedColour(share) {
  const end = share < 0 ? [179, 88, 6] : [84, 39, 136];
  return end.map((c) => Math.round(255 + Math.min(1, Math.abs(share)) * (c - 255)));
}

export function draw(svg, result, { r, times }) {
  const cell = 40, top = 40;
  const panels = [
    ["scores", 10, "Scores", (v) => signedColour(v / result.top), (v) => fixed(v, 1)],
    ["shares", 270, "Share of the label, in %",
      (v) => mapColour(v / Math.max(...result.shares)), (v) => fixed(100 * v, 0)],
  ];
  for (const [key, left, title, colourOf, text] of panels) {
    result[key].forEach((value, p) => {
      const colour = colourOf(value);
      const x = left + (p % COLUMNS) * cell, y = top + Math.floor(p / COLUMNS) * cell;
      shape(svg, "rect", { x, y, width: cell, height: cell, fill: `rgb(${colour})`,
        stroke: "#888", "stroke-width": 0.5 });
      words(svg, x + cell / 2, y + cell / 2 + 4, text(value),
        { "text-anchor": "middle", "font-size": 12, fill: textOn(colour) });
    });
    words(svg, left + 3 * cell, top - 10, title, { "text-anchor": "middle" });
  }
  words(svg, 130, top + 4 * cell + 20, `r = ${fixed(r)}, map times ${fixed(times)}`,
    { "text-anchor": "middle" });
  words(svg, 390, top + 4 * cell + 20, `${fixed(result.taught, 1)} patches taught`,
    { "text-anchor": "middle" });
  const heights = [result.mean, result.logit, result.top];
  const area = plotArea(svg, { x: [0.4, 3.6], y: [0, 1.2 * result.top], left: 580, top,
    width: 110, height: 4 * cell, title: "Logit",
    xticks: ["mean", "LSE", "max"].map((name, i) => [i + 1, name]) });
  ["baseline", "output", "key"].forEach((role, i) => {
    bars(svg, area, [i + 1], [heights[i]], { fill: COLOURS[role], width: 0.7 });
    words(svg, area.x(i + 1), area.y(heights[i]) - 6, fixed(heights[i]),
      { "text-anchor": "middle", "font-size": 12 });
  });
}
