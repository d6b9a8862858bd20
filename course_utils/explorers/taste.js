export function compute({ direction, sharpness }, { things, directions, warmths }) {
  const radians = (degrees) => degrees * Math.PI / 180;
  const scores = directions.map(
    (key) => sharpness * Math.cos(radians(direction - key)));
  const weights = softmax(scores);
  const warmth = weights.reduce((sum, weight, i) => sum + weight * warmths[i], 0);
  const top = Math.max(...weights);
  const first = things.filter((_, i) => weights[i] > top - 1e-9);
  const each = first.length > 1 ? " each" : "";
  let most = `most weight goes to the ${first.join(" and the ")}, ${fixed(top)}${each}`;
  if (first.length === things.length) {
    most = `every thing has the same weight, ${fixed(top)}`;
  }
  return {
    scores, weights, warmth,
    sentence: `Hand at ${fixed(direction, 0)} degrees, sharpness ` +
      `${fixed(sharpness, 0)}: ${most}; the hand feels ${fixed(warmth, 1)} °C.`,
  };
}

export function draw(svg, result, { direction }, { things, directions, warmths }) {
  const centre = { x: 165, y: 172 }, radius = 95;
  const place = (degrees, r) => [
    centre.x + r * Math.cos(degrees * Math.PI / 180),
    centre.y - r * Math.sin(degrees * Math.PI / 180),
  ];
  words(svg, centre.x, 16, "Query (arrow) and keys (spokes)", { "text-anchor": "middle" });
  directions.forEach((key, i) => {
    const [x2, y2] = place(key, radius);
    shape(svg, "line", { x1: centre.x, y1: centre.y, x2, y2, stroke: COLOURS.key,
      "stroke-width": 1.5 + 16 * result.weights[i] });
    const [x, y] = place(key, radius + 30);
    words(svg, x, y - 2, things[i], { "text-anchor": "middle" });
    words(svg, x, y + 14, `${warmths[i]} °C`, { "text-anchor": "middle" });
  });
  arrow(svg, centre.x, centre.y, ...place(direction, 0.85 * radius),
    { colour: COLOURS.query, width: 4 });

  const left = 400, full = 190;
  words(svg, left + full / 2, 16, "Weights", { "text-anchor": "middle" });
  things.forEach((thing, i) => {
    const y = 34 + 34 * i, width = full * result.weights[i];
    words(svg, left - 8, y + 15, thing, { "text-anchor": "end" });
    shape(svg, "rect", { x: left, y, width, height: 20, fill: COLOURS.key });
    words(svg, left + width + 6, y + 15, fixed(result.weights[i]));
  });
  const at = (warmth) => left + full * warmth / 60, y = 252;
  words(svg, left + full / 2, 202, "Warmths (discs) and their average (line)",
    { "text-anchor": "middle" });
  shape(svg, "line", { x1: left, y1: y, x2: left + full, y2: y,
    stroke: "currentColor", "stroke-opacity": 0.6, "stroke-width": 2 });
  warmths.forEach((warmth, i) => {
    shape(svg, "circle", { cx: at(warmth), cy: y, r: 3 + 10 * result.weights[i],
      fill: COLOURS.key, "fill-opacity": 0.6 });
    words(svg, at(warmth), y + 30, `${warmth}`, { "text-anchor": "middle", "font-size": 12 });
  });
  shape(svg, "line", { x1: at(result.warmth), y1: y - 18, x2: at(result.warmth),
    y2: y + 14, stroke: COLOURS.output, "stroke-width": 4 });
  words(svg, at(result.warmth), y - 23, `${fixed(result.warmth, 1)} °C`,
    { "text-anchor": "middle", "font-weight": "bold" });
}
