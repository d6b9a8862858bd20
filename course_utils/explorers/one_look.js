// Five boxes, from a blend to one look: the arithmetic of one_look.py.

function average(weights, values) {
  return weights.reduce((sum, weight, i) => sum + weight * values[i], 0);
}

function oneLook(scores, noise, temperature) {
  return softmax(scores.map((score, i) => (score + noise[i]) / temperature));
}

export function compute({ temperature, lean, number }, data) {
  const { names, values, wanted, noise, temperatures } = data;
  const scores = data.weights.map(Math.log);
  scores[2] += lean;
  const weights = softmax(scores);
  const look = oneLook(scores, noise[number - 1], temperature);
  const output = average(look, values);
  const soft = (average(weights, values) - wanted) ** 2;
  const hard = average(weights, values.map((value) => (value - wanted) ** 2));
  const curve = temperatures.map((each) => noise.reduce((sum, one) =>
    sum + (average(oneLook(scores, one, each), values) - wanted) ** 2, 0) / noise.length);
  const here = curve[temperatures.indexOf(temperature)];
  let best = 0;
  look.forEach((weight, i) => { if (weight > look[best] + 1e-9) best = i; });
  return {
    weights, look, output, soft, hard, curve, here,
    sentence: `Temperature ${fixed(temperature)}, score of C moved by ` +
      `${fixed(lean, 1)}: look number ${number} gives box ${names[best]} weight ` +
      `${fixed(look[best])} and sees ${fixed(output)}. Mean loss over ${noise.length} ` +
      `looks: ${fixed(here)}. Soft attention pays ${fixed(soft)}, hard attention ` +
      `${fixed(hard)}.`,
  };
}

export function draw(svg, result, { temperature }, { names, values, temperatures }) {
  const panel = plotArea(svg, { x: [0.4, 5.6], y: [0, 1.05],
    left: 60, top: 30, width: 260, height: 230,
    xlabel: "Box, and its value", ylabel: "Weight",
    title: "One look (dashed: without noise)",
    xticks: names.map((name, i) => [i + 1, `${name}: ${values[i]}`]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [value, fixed(value, 1)]) });
  const places = names.map((name, i) => i + 1);
  bars(svg, panel, places, result.look, { width: 0.7, fill: COLOURS.key });
  bars(svg, panel, places, result.weights, { width: 0.7, fill: "none",
    stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": "4 3" });
  const plane = plotArea(svg, { x: [Math.log(0.04), Math.log(12)], y: [0, 12],
    left: 410, top: 30, width: 265, height: 230,
    xlabel: "Temperature", ylabel: "Mean loss",
    title: `All looks: mean loss ${fixed(result.here)}`,
    xticks: [0.1, 1, 10].map((value) => [Math.log(value), String(value)]),
    yticks: [0, 4, 8, 12].map((value) => [value, String(value)]) });
  for (const name of ["soft", "hard"]) {
    const at = plane.y(result[name]);
    shape(svg, "line", { x1: plane.left, y1: at, x2: plane.left + plane.width, y2: at,
      stroke: COLOURS.baseline, "stroke-width": 1.5, "stroke-dasharray": "6 4" });
    words(svg, plane.left + plane.width, at - 4, name, { "text-anchor": "end",
      "font-size": 12 });
  }
  const logs = temperatures.map(Math.log);
  curve(svg, plane, logs, result.curve);
  points(svg, plane, [Math.log(temperature)], [result.here],
    { radius: 6, fill: COLOURS.query });
}
