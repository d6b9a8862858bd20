// Plans of masks and boxes against their cost: the arithmetic of label_budget.py.

export function compute({ measure, trust, mask_cost, budget },
  { plans, measures, trust: trusts }) {
  const costs = [], scores = [], lows = [], highs = [], paid = [];
  let best = 0;
  plans.forEach((plan, number) => {
    const values = plan[measure];
    let total = 0;
    for (const value of values) total += value;
    costs.push(plan.boxes + mask_cost * plan.masks);
    lows.push(Math.min(...values));
    highs.push(Math.max(...values));
    scores.push(trust === "mean" ? total / values.length : lows[number]);
    paid.push(costs[number] <= budget + 1e-9 ? 1 : 0);
    if (paid[number] && scores[number] > scores[best] + 1e-9) best = number;
  });
  const count = paid.reduce((sum, one) => sum + one, 0);
  return {
    costs, scores, lows, highs, paid, best,
    sentence: `A mask costs ${fixed(mask_cost, 0)} boxes and the budget is ` +
      `${fixed(budget, 0)} boxes: ${count} of ${plans.length} plans can be paid. The ` +
      `best of them by the ${trusts[trust].toLowerCase()}, ${measures[measure]}: ` +
      `${plans[best].words}, ${fixed(scores[best])} (seeds ${fixed(lows[best])} to ` +
      `${fixed(highs[best])}), at a cost of ${fixed(costs[best], 0)}.`,
  };
}

export function draw(svg, result, { measure, budget },
  { plans, measures, kinds, marks, top }) {
  const place = (cost) => Math.log10(1 + cost);
  const area = plotArea(svg, { x: [-0.15, top], y: [0, 1.05], left: 60, top: 20,
    width: 480, height: 260, xlabel: "Cost in boxes", ylabel: measures[measure],
    xticks: [0, 10, 100, 1000, 10000].map((cost) => [place(cost), String(cost)]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [value, fixed(value, 1)]) });
  shape(svg, "line", { x1: area.x(place(budget)), x2: area.x(place(budget)),
    y1: area.y(0), y2: area.y(1.05), stroke: COLOURS.baseline, "stroke-width": 2,
    "stroke-dasharray": "6 4" });
  plans.forEach((plan, i) => {
    const x = area.x(place(result.costs[i])), colour = COLOURS[marks[plan.kind]];
    shape(svg, "line", { x1: x, x2: x, y1: area.y(result.lows[i]),
      y2: area.y(result.highs[i]), stroke: colour, "stroke-width": 2 });
    shape(svg, "circle", { cx: x, cy: area.y(result.scores[i]), r: 6, stroke: colour,
      "stroke-width": 2, fill: colour, "fill-opacity": result.paid[i] ? 1 : 0 });
  });
  shape(svg, "circle", { cx: area.x(place(result.costs[result.best])),
    cy: area.y(result.scores[result.best]), r: 11, fill: "none",
    stroke: "currentColor", "stroke-width": 2 });
  Object.entries(kinds).forEach(([kind, name], i) => {
    shape(svg, "circle", { cx: 565, cy: 40 + 24 * i, r: 6, fill: COLOURS[marks[kind]] });
    words(svg, 580, 44 + 24 * i, name);
  });
  words(svg, 560, 44 + 24 * 4.5, "Ring: best in the budget");
  words(svg, 560, 44 + 24 * 5.5, "Hollow: too expensive");
  words(svg, 560, 44 + 24 * 6.5, "Dashed: the budget");
}
