// One row of weights between uniform and one-hot: the arithmetic of temperature.py.

function weightsAt(temperature, scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - top) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function entropyOf(weights) { // in nats; 0 ln 0 counts as 0
  return weights.reduce(
    (sum, weight) => (weight > 0 ? sum - weight * Math.log(weight) : sum), 0);
}

export function compute({ temperature, scores }, data) {
  const weights = weightsAt(temperature, data.scores[scores]);
  const entropy = entropyOf(weights);
  const curve = data.temperatures.map(
    (each) => Math.exp(entropyOf(weightsAt(each, data.scores[scores]))));
  const keys = Math.exp(entropy);
  return {
    weights, entropy, keys, curve,
    sentence: `At temperature ${fixed(temperature, 2)} the largest of ` +
      `${weights.length} weights is ${fixed(Math.max(...weights), 2)}. Entropy ` +
      `${fixed(entropy, 2)} nats, ${fixed(keys, 1)} effective keys.`,
  };
}

export function draw(svg, result, { temperature }, data) {
  const count = result.weights.length;
  const places = result.weights.map((_, index) => index + 1);
  const left = plotArea(svg, { x: [0.4, count + 0.6], y: [0, 1.1],
    left: 60, top: 30, width: 250, height: 215, xlabel: "Key", ylabel: "Weight",
    title: `Temperature ${fixed(temperature, 2)}`,
    xticks: places.map((place) => [place, String(place)]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [value, fixed(value, 1)]) });
  bars(svg, left, places, result.weights, { fill: COLOURS.key });
  result.weights.forEach((weight, index) => words(svg, left.x(index + 1),
    left.y(weight) - 4, fixed(weight, 2), { "text-anchor": "middle", "font-size": 12 }));

  const logs = data.temperatures.map((each) => Math.log10(each));
  const right = plotArea(svg, { x: [-2, 2], y: [0, count + 0.3],
    left: 405, top: 30, width: 255, height: 215, xlabel: "Temperature",
    ylabel: "Effective keys",
    title: `${fixed(result.keys, 1)} effective keys of ${count}`,
    xticks: [[-2, "0.01"], [-1, "0.1"], [0, "1"], [1, "10"], [2, "100"]],
    yticks: [0, ...places].map((value) => [value, String(value)]) });
  curve(svg, right, logs, result.curve);
  points(svg, right, [Math.log10(temperature)], [result.keys], { radius: 6 });
}
