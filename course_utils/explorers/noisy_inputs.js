// Two noisy inputs and their best weights: the arithmetic of noisy_inputs.py.

const RULES = { free: "Free weights", softmax: "Softmax: at least 0, sum one" };
const PLACES = { best: [0.8, 1.8], claim: [1.2, 2.2] };

function bestPair({ noise_a, noise_b, correlation, adds, rule }) {
  const relevance = [adds + correlation, correlation * adds + 1];
  const a = 1 + noise_a, b = 1 + noise_b; // the diagonal of M
  if (rule === "softmax") {
    const top = relevance[0] - relevance[1] + b - correlation;
    const share = Math.min(1, Math.max(0, top / (a + b - 2 * correlation)));
    return [share, 1 - share];
  }
  const determinant = a * b - correlation * correlation;
  return [
    (b * relevance[0] - correlation * relevance[1]) / determinant,
    (a * relevance[1] - correlation * relevance[0]) / determinant,
  ];
}

export function compute(parameters) {
  const { noise_a, noise_b, correlation, adds, rule } = parameters;
  const best = bestPair(parameters);
  const total = Math.abs(best[0]) + Math.abs(best[1]);
  const share = noise_b / (noise_a + noise_b); // of A, when inverse to the noise
  const claim = [total * share, total * (1 - share)]
    .map((size, i) => (best[i] < 0 ? -size : size));
  const apart = Math.abs(best[0] - claim[0]) + Math.abs(best[1] - claim[1]);
  const verdict = apart < 0.005 ? "Here they agree." : "They differ.";
  return {
    best, claim,
    sentence: `${RULES[rule]}; noise ${fixed(noise_a)} on A, ${fixed(noise_b)} on ` +
      `B, correlation ${fixed(correlation)}, A adds ${fixed(adds)}: the best weights ` +
      `are A ${fixed(best[0])}, B ${fixed(best[1])}. One over the noise says A ` +
      `${fixed(claim[0])}, B ${fixed(claim[1])}. ${verdict}`,
  };
}

export function draw(svg, result, { rule }) {
  const area = plotArea(svg, { x: [0.4, 2.6], y: [-1.7, 2.2],
    left: 60, top: 25, width: 380, height: 255, ylabel: "Weight",
    title: RULES[rule], xticks: [[1, "Input A"], [2, "Input B"]] });
  shape(svg, "line", { x1: area.left, y1: area.y(0), x2: area.left + area.width,
    y2: area.y(0), stroke: "currentColor", "stroke-opacity": 0.6 });
  const looks = [["best", COLOURS.key, COLOURS.key, "Best weight"],
    ["claim", "none", COLOURS.baseline, "One over the noise"]]; // hollow
  looks.forEach(([name, fill, stroke, text], row) => {
    const look = { fill, stroke, "stroke-width": 2 };
    bars(svg, area, PLACES[name], result[name], { width: 0.34, ...look });
    result[name].forEach((weight, i) => words(svg, area.x(PLACES[name][i]),
      area.y(weight) + (weight < 0 ? 14 : -4), fixed(weight),
      { "text-anchor": "middle", "font-size": 12 }));
    shape(svg, "rect", { x: 465, y: 60 + 24 * row, width: 14, height: 14, ...look });
    words(svg, 486, 72 + 24 * row, text);
  });
}
