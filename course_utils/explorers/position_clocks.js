// Two places as rows of clocks: the arithmetic of position_clocks.py.

const degrees = 180 / Math.PI;

export function compute({ place, distance, numbers }, { farthest }) {
  const size = Number(numbers), count = size / 2, there = place + distance;
  const rates = Array.from({ length: count }, (_, i) => 10000 ** (-2 * i / size));
  const tip = (angle) => [Math.sin(angle), Math.cos(angle)];
  const here = rates.map((w) => tip(w * place));
  const hands = rates.map((w) => tip(w * there));
  const product = here.reduce((sum, [x, y], i) =>
    sum + (x * hands[i][0] + y * hands[i][1]), 0);
  const curve = Array.from({ length: farthest + 1 }, (_, far) =>
    rates.reduce((sum, w) => sum + Math.cos(w * far), 0));
  const turns = rates.map((w) => w * distance * degrees);
  const fastest = fixed(turns[0], 0), slowest = fixed(turns[count - 1], 1);
  return {
    here, there: hands, turns, product, curve,
    sentence: `Places ${place} and ${there}: from one to the other the fastest of ` +
      `${count} clocks turns by ${fastest} degrees, the slowest by ${slowest}. Product ` +
      `of the two codes ${fixed(product)}, of at most ${count}: the same for any two ` +
      `places ${distance} apart.`,
  };
}

export function draw(svg, result, { place, distance }, { farthest }) {
  words(svg, 20, 18, `Hands at place ${place} (solid) and ${place + distance} (dashed)`);
  const radius = 33;
  result.here.forEach((hand, i) => {
    const cx = 45 + 83 * i, cy = 68;
    shape(svg, "circle", { cx, cy, r: radius, fill: "none", stroke: "currentColor",
      "stroke-opacity": 0.5 });
    [[hand, COLOURS.query, ""], [result.there[i], COLOURS.key, "6 3"]].forEach(
      ([[x, y], stroke, dash]) => shape(svg, "line", { x1: cx, y1: cy,
        x2: (cx + radius * x).toFixed(1), y2: (cy - radius * y).toFixed(1), stroke,
        "stroke-width": 3, "stroke-dasharray": dash }));
    words(svg, cx, cy + radius + 18, `${fixed(result.turns[i], 1)}°`,
      { "text-anchor": "middle", "font-size": 12 });
  });
  const count = result.here.length;
  const low = Math.floor(Math.min(...result.curve)) - 0.2;
  const area = plotArea(svg, { x: [0, farthest], y: [low, count + 0.2],
    left: 60, top: 150, width: 590, height: 200,
    xlabel: "Distance of the two places", ylabel: "Product of codes" });
  curve(svg, area, result.curve.map((_, far) => far), result.curve,
    { stroke: "currentColor", "stroke-width": 2 });
  points(svg, area, [distance], [result.product], { radius: 7, fill: COLOURS.output });
}
