// Six reviews and where a trained network puts its weight: as review_weights.py.

// The weights of `scores`, then the sum of those of the extra items.
function withExtra(scores, extra = 0, extraScore = 0) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const more = extra * Math.exp(extraScore - top);
  const total = powers.reduce((sum, power) => sum + power, 0) + more;
  return [...powers, more].map((power) => power / total);
}

function changed(score, scoring) {
  if (scoring === "tanh") return Math.tanh(score);
  return scoring === "zero" ? 0 : score;
}

export function compute({ number, scoring, extra }, { reviews, scoring: names, filler }) {
  const review = reviews[number - 1];
  const fillerScore = changed(filler, scoring);
  const words = review.word_scores.map((scores) =>
    withExtra(scores.map((score) => changed(score, scoring)), extra, fillerScore));
  const sentences = withExtra(
    review.sentence_scores.map((score) => changed(score, scoring))).slice(0, -1);
  const place = review.word, sentence = review.sentence;
  const text = review.words[sentence];
  const negated = place > 0 && text[place - 1] === "not";
  const own = sentences[sentence] * words[sentence][place];
  const before = negated ? sentences[sentence] * words[sentence][place - 1] : 0;
  const shares = words.flatMap((weights, i) =>
    weights.slice(0, -1).map((weight) => sentences[i] * weight));
  const places = review.words.flatMap((line, i) =>
    line.map((word) => `'${word}' in sentence ${i + 1}`));
  const top = Math.max(...shares);
  const first = shares.findIndex((share) => share > top - 1e-9);
  const verdict = review.good ? "good" : "bad";
  const why = (negated ? `'not' ${fixed(before)}, ` : "") +
    `'${text[place]}' ${fixed(own)}`;
  return {
    words, sentences, own, before, top,
    sentence: `Review ${number} says ${verdict}. Scores: ` +
      `${names[scoring].toLowerCase()}; ${extra} more fillers a sentence. Shares of ` +
      `the words that decide, in sentence ${sentence + 1}: ${why}. The largest ` +
      `share, ${fixed(top)}, goes to ${places[first]}` +
      (scoring === "zero" ? " and its equals." : "."),
  };
}

function decides(review, row, place) {
  const words = review.words[row];
  if (row !== review.sentence || place >= words.length) return false;
  return place === review.word || (place === review.word - 1 && words[place] === "not");
}

// A weight as the filled part of an empty bar, with its digits beside it.
function bar(svg, left, top, width, weight, colour) {
  shape(svg, "rect", { x: left, y: top, width, height: 12, fill: "none",
    stroke: "currentColor", "stroke-opacity": 0.5 });
  shape(svg, "rect", { x: left, y: top, width: width * weight, height: 12, fill: colour });
  words(svg, left + width + 4, top + 11, fixed(weight), { "font-size": 12 });
}

export function draw(svg, result, { number, extra }, { reviews }) {
  const review = reviews[number - 1];
  words(svg, 8, 18, "Sentence weight");
  words(svg, 150, 18, "Word weights inside the sentence (bold: decides)");
  review.words.forEach((line, row) => {
    const top = 38 + 55 * row;
    words(svg, 8, top + 13, `Sentence ${row + 1}`);
    bar(svg, 8, top + 22, 70, result.sentences[row], COLOURS.query);
    const labels = extra ? [...line, `+ ${extra} more`] : line;
    labels.forEach((word, place) => {
      const left = 150 + 84 * place;
      const weight = decides(review, row, place) ? "bold" : "normal";
      words(svg, left, top + 13, word, { "font-weight": weight });
      bar(svg, left, top + 22, 40, result.words[row][place], COLOURS.key);
    });
  });
}
