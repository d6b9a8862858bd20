// At which sizes a test sees a bug: the arithmetic of bug_in_sight.py.

function weightsOf(factor, magnitude, products) {
  const scores = products.map((product) => factor * magnitude * magnitude * product);
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function distance(factor, magnitude, products) {
  const right = weightsOf(1 / Math.sqrt(5), magnitude, products);
  const wrong = weightsOf(factor, magnitude, products);
  return Math.max(...right.map((weight, index) => Math.abs(weight - wrong[index])));
}

export function compute({ fault, magnitude, tolerance }, data) {
  const { products, sizes, factors, tolerances } = data;
  const factor = factors[fault];
  const off = distance(factor, magnitude, products);
  const curve = sizes.map((each) => distance(factor, each, products));
  const least = tolerances[tolerance] + 1e-9;
  const count = curve.filter((each) => each > least).length;
  const says = off > least ? "fails" : "passes";
  return {
    right: weightsOf(1 / Math.sqrt(5), magnitude, products),
    wrong: weightsOf(factor, magnitude, products),
    off, curve, caught: curve.map((each) => each > least), count,
    sentence: `${data.words[fault]}, size ${fixed(magnitude, 2)}: a weight is off by ` +
      `up to ${fixed(off, 4)}. With tolerance ${tolerance} the test ${says} ` +
      `on this wrong layer; it fails, as it should, at ${count} of ${sizes.length} ` +
      `sizes.`,
  };
}

export function draw(svg, result, { magnitude, tolerance }, data) {
  const places = data.products.map((_, index) => index + 1);
  const left = plotArea(svg, { x: [0.4, places.length + 0.6], y: [0, 1.1],
    left: 60, top: 30, width: 250, height: 215, xlabel: "Key", ylabel: "Weight",
    title: `Size ${fixed(magnitude, 2)}`,
    xticks: places.map((place) => [place, String(place)]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [value, fixed(value, 1)]) });
  bars(svg, left, places.map((place) => place - 0.2), result.right,
    { fill: COLOURS.truth, width: 0.38 });
  bars(svg, left, places.map((place) => place + 0.2), result.wrong,
    { fill: COLOURS.key, width: 0.38 });
  words(svg, 225, 45, "right", { fill: COLOURS.truth, "font-size": 13 });
  words(svg, 225, 62, "wrong", { fill: COLOURS.key, "font-size": 13 });

  const logs = data.sizes.map((each) => Math.log10(each));
  const right = plotArea(svg, { x: [-2.1, 1.75], y: [0, 1.1],
    left: 405, top: 30, width: 255, height: 215, xlabel: "Size of queries and keys",
    ylabel: "Largest difference",
    title: `Caught at ${result.count} of ${data.sizes.length} sizes`,
    xticks: data.ticks.map((value) => [Math.log10(value), String(value)]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [value, fixed(value, 1)]) });
  curve(svg, right, logs, result.curve);
  curve(svg, right, [-2.1, 1.75], [data.tolerances[tolerance], data.tolerances[tolerance]],
    { stroke: COLOURS.truth, "stroke-dasharray": "6 4" });
  result.caught.forEach((seen, index) => points(svg, right, [logs[index]],
    [result.curve[index]], { radius: 3.5, fill: seen ? COLOURS.query : "none",
      stroke: COLOURS.query, "stroke-width": 1.5 }));
  points(svg, right, [Math.log10(magnitude)], [result.off],
    { radius: 7, fill: "none", stroke: COLOURS.key, "stroke-width": 3 });
}
