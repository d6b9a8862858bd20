// One query, three keys, six ways to compare them: the arithmetic of scores.py.

function score(kind, q, k) {
  const dot = q[0] * k[0] + q[1] * k[1];
  const sums = [q[0] + k[0], q[1] + k[1]];
  if (kind === "scaled") return dot / Math.sqrt(2);
  if (kind === "distance") return -((q[0] - k[0]) ** 2 + (q[1] - k[1]) ** 2) / 2;
  // M k turns the key by 90 degrees to the left.
  if (kind === "bilinear") return -q[0] * k[1] + q[1] * k[0];
  if (kind === "additive") return 2 * Math.tanh(sums[0]) + 2 * Math.tanh(sums[1]);
  if (kind === "linear") return 2 * sums[0] + 2 * sums[1];
  return dot;
}

export function compute({ kind, angle, length }, { names, keys, values, words }) {
  const turn = angle * Math.PI / 180;
  const query = [length * Math.cos(turn), length * Math.sin(turn)];
  const scores = keys.map((key) => score(kind, query, key));
  const weights = softmax(scores);
  const output = weights.reduce((sum, weight, i) => sum + weight * values[i], 0);
  const shares = weights.map((weight, i) => `${fixed(weight)} to ${names[i]}`);
  const frozen = " The query has cancelled: turn it, nothing moves.";
  return {
    query, scores, weights, output,
    sentence: `${words[kind]}, query at ${angle} degrees, ${fixed(length, 1)} ` +
      `long: weight ${shares.join(", ")}. Output ${fixed(output, 1)}.` +
      (kind === "linear" ? frozen : ""),
  };
}

export function draw(svg, result, { kind }, { names, keys, words: titles }) {
  const plane = plotArea(svg, { x: [-3.5, 3.9], y: [-3.3, 3.3],
    left: 55, top: 25, width: 275, height: 245,
    xlabel: "First number", ylabel: "Second number" });
  keys.forEach(([x, y], i) => {
    points(svg, plane, [x], [y], { radius: 4 + 8 * result.weights[i] });
    words(svg, plane.x(x) + 16, plane.y(y) + 5, names[i], { "font-weight": "bold" });
  });
  const [x, y] = result.query;
  arrow(svg, plane.x(0), plane.y(0), plane.x(x), plane.y(y), { colour: COLOURS.query });
  words(svg, plane.x(-3.3), plane.y(2.8), "query (arrow)");
  words(svg, plane.x(-3.3), plane.y(2.3), "keys (dots: weight)");
  const panel = plotArea(svg, { x: [0.4, 3.6], y: [0, 1.1],
    left: 420, top: 25, width: 250, height: 245,
    xlabel: "Key (values 10, 20, 30)", ylabel: "Weight",
    title: `${titles[kind]}: output ${fixed(result.output, 1)}`,
    xticks: names.map((name, i) => [i + 1, name]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [value, fixed(value, 1)]) });
  bars(svg, panel, [1, 2, 3], result.weights, { width: 0.6, fill: COLOURS.key });
  result.weights.forEach((weight, i) => words(svg, panel.x(i + 1),
    panel.y(weight) - 4, fixed(weight), { "text-anchor": "middle", "font-size": 12 }));
}
