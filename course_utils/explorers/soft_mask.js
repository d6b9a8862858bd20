// What a soft mask hides, of a map that the bias has shaped: as in soft_mask.py.

const GRID = 8;

function hidden(level, sigma, omega) {
  return 1 / (1 + Math.exp(-omega * (level - sigma)));
}

export function compute({ bias, sigma, omega }, { maps, covered, curve: places }) {
  const levels = maps[String(bias)].map((share) => share / 100);
  const masked = levels.map((level) => hidden(level, sigma, omega));
  let boat = 0, rest = 0, boatSize = 0, restSize = 0, mass = 0, total = 0;
  levels.forEach((level, i) => {
    const share = covered[i];
    boat += share * masked[i];
    boatSize += share;
    rest += (1 - share) * masked[i];
    restSize += 1 - share;
    mass += share * level;
    total += level;
  });
  boat /= boatSize;
  rest /= restSize;
  const onBoat = total > 0 ? mass / total : 0;
  return {
    levels, masked, boat, rest, on_boat: onBoat,
    curve: places.map((level) => hidden(level, sigma, omega)),
    sentence: `Bias ${fixed(bias)}: ${fixed(100 * onBoat, 0)} % of the map is on ` +
      `the boat. With sigma ${fixed(sigma)} and omega ${fixed(omega, 0)} the soft ` +
      `mask hides ${fixed(100 * boat, 0)} % of the boat and ` +
      `${fixed(100 * rest, 0)} % of the rest.`,
  };
}

// The line around the patches of which the boat covers at least `share`.
function outline(svg, covered, share, left, top, cell) {
  const inside = (row, column) => row >= 0 && row < GRID && column >= 0 &&
    column < GRID && covered[GRID * row + column] >= share;
  for (let row = 0; row <= GRID; row++) {
    for (let column = 0; column <= GRID; column++) {
      const x = left + column * cell, y = top + row * cell;
      const line = { x1: x, y1: y, stroke: COLOURS.query, "stroke-width": 2.5 };
      if (inside(row, column) !== inside(row - 1, column)) {
        shape(svg, "line", { ...line, x2: x + cell, y2: y });
      }
      if (inside(row, column) !== inside(row, column - 1)) {
        shape(svg, "line", { ...line, x2: x, y2: y + cell });
      }
    }
  }
}

export function draw(svg, result, { sigma }, { grey, covered, outlined, curve: places }) {
  const top = 40, side = 160;
  grey.forEach((row, i) => row.forEach((value, j) => {
    const level = Math.max(0, Math.min(255, Math.round(255 * value / 110)));
    shape(svg, "rect", { x: 12 + 5 * j, y: top + 5 * i, width: 5, height: 5,
      fill: `rgb(${level},${level},${level})` });
  }));
  words(svg, 12 + side / 2, top - 8, "A boat on water", { "text-anchor": "middle" });
  const folded = (values) => Array.from({ length: GRID },
    (_, row) => values.slice(GRID * row, GRID * (row + 1)));
  [["A", result.levels, 187], ["Soft mask T(A)", result.masked, 362]].forEach(
    ([title, values, left]) => {
      heatmap(svg, folded(values), { left, top, cell: 20, title });
      outline(svg, covered, outlined, left, top, 20);
    });
  const area = plotArea(svg, { x: [0, 1], y: [0, 1], left: 580, top, width: 130,
    height: side, xlabel: "A", ylabel: "T(A)", title: "Dotted: sigma",
    xticks: [[0, "0"], [0.5, "0.5"], [1, "1"]],
    yticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] });
  curve(svg, area, places, result.curve, { stroke: COLOURS.key });
  curve(svg, area, [sigma, sigma], [0, 1],
    { stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": "3 3" });
}
