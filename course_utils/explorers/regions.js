// Regions of a small map, their masses and entropy: the arithmetic of regions.py.

const EDGES = [[-1, 0], [0, -1], [0, 1], [1, 0]];
const CORNERS = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
const TIE = 1e-9; // a pixel that exceeds the threshold by less is a tie: not above

function regionsOf(above, neighbours) { // by flood filling
  const steps = neighbours === "eight" ? EDGES.concat(CORNERS) : EDGES;
  const labels = above.map((line) => line.map(() => 0));
  let count = 0;
  above.forEach((line, row) => line.forEach((high, column) => {
    if (!high || labels[row][column]) return;
    count += 1;
    labels[row][column] = count;
    const waiting = [[row, column]];
    while (waiting.length) {
      const [i, j] = waiting.pop();
      for (const [di, dj] of steps) {
        const y = i + di, x = j + dj;
        const inside = y >= 0 && y < 4 && x >= 0 && x < 4;
        if (inside && above[y][x] && !labels[y][x]) {
          labels[y][x] = count;
          waiting.push([y, x]);
        }
      }
    }
  }));
  return labels;
}

export function compute(parameters, { maps, names, letters }) {
  const { map, offset, neighbours, row, column, value } = parameters;
  const values = maps[map].map((line) => line.slice());
  if (value >= 0) values[row - 1][column - 1] = value;
  let total = 0;
  values.forEach((line) => line.forEach((each) => { total += each; }));
  const threshold = total / 16 + offset;
  const above = values.map((line) => line.map((each) => each - threshold > TIE));
  const labels = regionsOf(above, neighbours);
  const count = Math.max(...labels.map((line) => Math.max(...line)));
  const masses = Array(count).fill(0);
  labels.forEach((line, i) => line.forEach((label, j) => {
    if (label) masses[label - 1] += values[i][j] - threshold;
  }));
  const mass = masses.reduce((sum, each) => sum + each, 0);
  const shares = masses.map((each) => each / mass);
  const entropy = shares.reduce((sum, p) => sum - p * Math.log(p), 0);
  const parts = masses.map((each, n) =>
    `${letters[n]} ${fixed(each, 3)} (share ${fixed(shares[n])})`).join(", ");
  const found = count
    ? `${count} ${count > 1 ? "regions" : "region"}: ${parts}` : "no region";
  const brush = value >= 0
    ? `Row ${row}, column ${column} is painted ${fixed(value, 1)}`
    : `Row ${row}, column ${column} has ${fixed(values[row - 1][column - 1], 1)}`;
  const joins = neighbours === "eight" ? "edges and corners join" : "edges join";
  return {
    values, threshold, labels, masses, shares, entropy,
    sentence: `${names[map]}, threshold ${fixed(threshold, 3)}, ${joins}: ${found}. ` +
      `Blob entropy ${fixed(entropy, 3)}. ${brush}.`,
  };
}

export function draw(svg, result, parameters, { letters }) {
  const [left, top, cell] = [70, 35, 58];
  const many = parameters.neighbours === "eight" ? 8 : 4;
  heatmap(svg, result.values, { left, top, cell, vmax: 1,
    rowLabels: ["1", "2", "3", "4"], columnLabels: ["1", "2", "3", "4"],
    xlabel: "Column", ylabel: "Row",
    title: `Framed: above ${fixed(result.threshold, 3)}, ${many} neighbours` });
  result.values.forEach((line, i) => line.forEach((value, j) => {
    const label = result.labels[i][j];
    const x = left + (j + 0.5) * cell, y = top + (i + 0.5) * cell;
    const look = { "text-anchor": "middle", fill: textOn(mapColour(value)) };
    words(svg, x, y + (label ? 14 : 5), fixed(value, 1), look);
    if (!label) return;
    words(svg, x, y - 3, letters[label - 1], { ...look, "font-weight": "bold" });
    shape(svg, "rect", { x: left + j * cell + 4, y: top + i * cell + 4,
      width: cell - 8, height: cell - 8, fill: "none",
      stroke: COLOURS.query, "stroke-width": 3 });
  }));
  shape(svg, "rect", { x: left + (parameters.column - 1) * cell + 9,
    y: top + (parameters.row - 1) * cell + 9, width: cell - 18, height: cell - 18,
    fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "2 3" });
  const count = result.shares.length;
  const area = plotArea(svg, { x: [0.4, Math.max(count, 3) + 0.6], y: [0, 1.1],
    left: 400, top: 35, width: 280, height: 232,
    xlabel: "Region", ylabel: "Share of the mass",
    title: `Blob entropy ${fixed(result.entropy, 3)} nats`,
    xticks: result.shares.map((share, n) => [n + 1, letters[n]]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => [share, fixed(share, 1)]) });
  const places = result.shares.map((share, n) => n + 1);
  bars(svg, area, places, result.shares, { width: 0.6 });
  result.shares.forEach((share, n) => words(svg, area.x(n + 1), area.y(share) - 4,
    fixed(share), { "text-anchor": "middle", "font-size": 12 }));
  if (!count) words(svg, 540, 150, "no region", { "text-anchor": "middle" });
}
