// A channel gate and a place gate, alone and combined: the arithmetic of gates.py.

function combine(rule, channel, place) {
  if (rule === "product") return channel * place;
  if (rule === "sum") return channel + place;
  return Math.max(channel, place);
}

export function compute({ rule, a, b, marked, unmarked }, { objects, places, rules }) {
  const pairs = [[a, marked], [a, unmarked], [b, marked], [b, unmarked]];
  const weights = pairs.map(([channel, place]) => combine(rule, channel, place));
  const maps = [[0, 0, 0, 0], [0, 0, 0, 0]]; // (channels, places)
  weights.forEach((weight, i) => { maps[Math.floor(i / 2)][places[i]] = weight; });
  const total = weights[0] + weights[1] + weights[2] + weights[3];
  const share = total > 0 ? weights[0] / total : 0;
  const passing = weights.map((weight, i) => `${objects[i]} ${fixed(weight)}`);
  const verdict = total > 0
    ? `The object that counts, A marked, is ${fixed(100 * share, 0)} % of what passes.`
    : "Nothing passes.";
  return {
    weights, maps, share,
    sentence: `${rules[rule]}: ${passing.join(", ")}. ${verdict}`,
  };
}

export function draw(svg, result, parameters, { places }) {
  heatmap(svg, result.maps, { left: 70, top: 60, cell: 62, vmax: 2,
    rowLabels: ["A", "B"], columnLabels: ["1*", "2*", "3", "4"],
    xlabel: "Place (* marked)", ylabel: "Channel", title: "What passes" });
  result.weights.forEach((weight, i) => {
    const x = 70 + 62 * (places[i] + 0.5), y = 60 + 62 * (Math.floor(i / 2) + 0.5);
    words(svg, x, y + 4, fixed(weight), { "text-anchor": "middle",
      fill: textOn(mapColour(weight / 2)) });
  });
  const panel = plotArea(svg, { x: [0.4, 4.6], y: [0, 2.2],
    left: 420, top: 40, width: 260, height: 215,
    xlabel: "Object (* marked)", ylabel: "Weight",
    title: `A* is ${fixed(100 * result.share, 0)} % of what passes`,
    xticks: ["A*", "A", "B*", "B"].map((name, i) => [i + 1, name]),
    yticks: [0, 0.5, 1, 1.5, 2].map((value) => [value, fixed(value, 1)]) });
  bars(svg, panel, [1, 2, 3, 4], result.weights, { width: 0.7, fill: COLOURS.key });
  bars(svg, panel, [1], result.weights.slice(0, 1), { width: 0.7, fill: COLOURS.query });
  result.weights.forEach((weight, i) => words(svg, panel.x(i + 1),
    panel.y(weight) - 4, fixed(weight), { "text-anchor": "middle", "font-size": 12 }));
}
