const COLUMNS = 6, SIZE = 8;

const product = (one, other) =>
  one.reduce((sum, number, index) => sum + number * other[index], 0);
const where = (place) =>
  `row ${Math.floor(place / COLUMNS) + 1}, column ${place % COLUMNS + 1}`;

export function compute({ place, score, query_times, gamma },
  { vectors, names, carried }) {
  const asks = Number(place);
  const factor = query_times / (score === "scaled" ? Math.sqrt(SIZE) : 1);
  const scores = vectors.map((key) => factor * product(vectors[asks], key));
  const weights = softmax(scores);
  const top = Math.max(...weights);
  const winners = [...weights.keys()].filter((p) => weights[p] > top - 1e-9);
  const found = product(weights, carried);
  const output = carried[asks] + gamma * found;
  let who = winners.map((p) => `${names[p]} (${where(p)})`).join(" and ");
  if (winners.length > 2) who = `each of ${winners.length} places`;
  return {
    scores, weights, winners, found, output,
    sentence: `The ${names[asks]} (${where(asks)}) asks. Largest weight ` +
      `${fixed(top)}: ${who}. All 18 weights sum to 1; attention finds ` +
      `${fixed(found)}. Output: ${fixed(carried[asks], 1)} + ${fixed(gamma)} times ` +
      `${fixed(found)} = ${fixed(output)}.`,
  };
}

export function draw(svg, result, { place, gamma }, { names, carried, symbols }) {
  const cell = 68, left = 12, top = 34, asks = Number(place);
  const rows = [0, 1, 2].map((row) =>
    result.weights.slice(row * COLUMNS, (row + 1) * COLUMNS));
  heatmap(svg, rows, { left, top, cell, title: "Weights of the ringed place",
    xlabel: "Weight: white is 0, darkest is 1" });
  result.weights.forEach((weight, p) => {
    const x = left + (p % COLUMNS + 0.5) * cell;
    const y = top + (Math.floor(p / COLUMNS) + 0.5) * cell;
    const ink = { "text-anchor": "middle", fill: textOn(mapColour(weight)) };
    if (names[p] in symbols) {
      words(svg, x, y - 4, symbols[names[p]], { ...ink, "font-size": 20 });
    }
    words(svg, x, y + 20, fixed(weight), { ...ink, "font-size": 12 });
  });
  shape(svg, "rect", { x: left + (asks % COLUMNS) * cell + 2,
    y: top + Math.floor(asks / COLUMNS) * cell + 2, width: cell - 4,
    height: cell - 4, fill: "none", stroke: COLOURS.query, "stroke-width": 4 });

  const labels = ["carried", "found", "output"];
  const heights = [carried[asks], result.found, result.output];
  const area = plotArea(svg, { x: [0.4, 3.6], y: [-14, 21], left: 490, top,
    width: 160, height: 3 * cell, title: `gamma ${fixed(gamma)}`, ylabel: "Number",
    xticks: labels.map((label, index) => [index + 1, label]) });
  const roles = ["query", "value", "output"];
  heights.forEach((height, index) => {
    bars(svg, area, [index + 1], [height], { fill: COLOURS[roles[index]], width: 0.7 });
    words(svg, area.x(index + 1), area.y(Math.max(height, 0)) - 6, fixed(height),
      { "text-anchor": "middle", "font-size": 12 });
  });
}
