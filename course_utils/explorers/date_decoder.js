// A trained decoder writes a date in digits: the arithmetic of date_decoder.py.

// Matrix times vector, a list of rows.
function times(matrix, vector) {
  return matrix.map((row) => row.reduce((sum, w, i) => sum + w * vector[i], 0));
}

function gru(told, state, w) {
  const ours = times(w["cell.weight_ih"], told).map((x, i) => x + w["cell.bias_ih"][i]);
  const theirs = times(w["cell.weight_hh"], state).map((x, i) => x + w["cell.bias_hh"][i]);
  const size = state.length;
  const gate = (i) => 1 / (1 + Math.exp(-(ours[i] + theirs[i])));
  return state.map((old, i) => {
    const reset = gate(i), update = gate(size + i);
    const fresh = Math.tanh(ours[2 * size + i] + reset * theirs[2 * size + i]);
    return (1 - update) * fresh + update * old;
  });
}

// softmax over what may be attended; 0 elsewhere.
function maskedSoftmax(scores, mask) {
  const top = Math.max(...scores.filter((score, i) => mask[i]));
  const powers = scores.map((score, i) => (mask[i] ? Math.exp(score - top) : 0));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function allowed({ parts }, hide) {
  if (hide === "none") return [...parts].map(() => true);
  return [...parts].map((part) => (hide === "rest" ? part !== "." : part !== hide[0]));
}

function write({ keys, state: first }, mask, temperature, w, written) {
  const projected = keys.map((key) => times(w["attention.key_projection.weight"], key));
  const toScore = w["attention.hidden_to_score.weight"][0];
  const rows = [];
  let state = first, last = written.length, answer = "";
  for (let step = 0; step < 10; step++) {
    const query = times(w["attention.query_projection.weight"], state);
    const scores = projected.map((key) => key.reduce(
      (sum, x, i) => sum + toScore[i] * Math.tanh(query[i] + x), 0) / temperature);
    const weights = maskedSoftmax(scores, mask);
    const context = keys[0].map((_, c) =>
      weights.reduce((sum, weight, i) => sum + weight * keys[i][c], 0));
    state = gru([...w["embedding.weight"][last], ...context], state, w);
    const chosen = times(w["to_scores.weight"], [...state, ...context])
      .map((x, i) => x + w["to_scores.bias"][i]);
    last = chosen.indexOf(Math.max(...chosen));
    rows.push(weights);
    answer += written[last];
  }
  return { weights: rows, answer };
}

export function compute({ text, character, hide, temperature },
  { weights: w, texts, written, names }) {
  const chosen = texts[Number(text)];
  const { weights, answer } = write(chosen, allowed(chosen, hide), temperature, w, written);
  const row = weights[character - 1], top = Math.max(...row);
  const peak = row.findIndex((weight) => weight > top - 1e-9);
  const letter = chosen.text[peak];
  const name = letter === " " ? "a space" : `"${letter}"`;
  return {
    weights, answer, peak,
    sentence: `It writes ${answer}, ${answer === chosen.truth ? "right" : "wrong"}. For the ` +
      `${names[character - 1]} character, "${answer[character - 1]}", it looks ` +
      `most at ${name}, character ${peak + 1} of the text, with weight ${fixed(row[peak])}.`,
  };
}

export function draw(svg, result, { text, character, hide }, { texts }) {
  const chosen = texts[Number(text)], cell = 21, left = 80, top = 28;
  heatmap(svg, result.weights, { left, top, cell,
    rowLabels: [...result.answer], columnLabels: [...chosen.text],
    title: `It writes ${result.answer}`, xlabel: "Text (hidden: grey)" });
  sideways(svg, left - 40, top + 5 * cell, "Answer");
  allowed(chosen, hide).forEach((may, key) => {
    if (may) return;
    shape(svg, "rect", { x: left + key * cell, y: top, width: cell, height: 10 * cell,
      fill: "#888888", "fill-opacity": 0.5 });
  });
  shape(svg, "rect", { x: left, y: top + (character - 1) * cell,
    width: chosen.text.length * cell, height: cell, fill: "none",
    stroke: COLOURS.query, "stroke-width": 2.5 });
}
