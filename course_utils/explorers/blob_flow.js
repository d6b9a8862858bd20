// Gradient descent on blob entropy; the same arithmetic as blob_flow.py.

function paint(blobs, places, rows, columns) {
  const values = new Array(rows * columns).fill(0);
  for (const [row, column, middle, rim] of blobs) {
    for (const down of [-1, 0, 1]) {
      for (const across of [-1, 0, 1]) {
        const height = down === 0 && across === 0 ? middle : rim;
        values[(row + down) * columns + column + across] = height;
      }
    }
  }
  for (const [row, column, height] of places) values[row * columns + column] = height;
  return values;
}

// Number of each place's blob, 8-connected: 0 outside, else from 1.
function labelBlobs(above, rows, columns) {
  const labels = new Array(above.length).fill(0);
  let count = 0;
  above.forEach((high, start) => {
    if (!high || labels[start]) return;
    count += 1;
    labels[start] = count;
    const waiting = [start];
    while (waiting.length) {
      const here = waiting.pop();
      const row = Math.floor(here / columns), column = here % columns;
      for (let r = Math.max(row - 1, 0); r < Math.min(row + 2, rows); r++) {
        for (let c = Math.max(column - 1, 0); c < Math.min(column + 2, columns); c++) {
          const place = r * columns + c;
          if (above[place] && !labels[place]) {
            labels[place] = count;
            waiting.push(place);
          }
        }
      }
    }
  });
  return labels;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function describe(values, { rows, columns }) {
  const mean = sum(values) / values.length;
  const labels = labelBlobs(values.map((value) => value > mean + 1e-9), rows, columns);
  const count = Math.max(...labels);
  const masses = new Array(count).fill(0), sizes = new Array(count).fill(0);
  values.forEach((value, i) => {
    if (labels[i]) {
      masses[labels[i] - 1] += value - mean;
      sizes[labels[i] - 1] += 1;
    }
  });
  const total = sum(masses);
  const shares = masses.map((mass) => mass / total);
  const entropy = sum(shares.map((share) => -share * Math.log(share)));
  const slopes = shares.map((share) => -(Math.log(share) + entropy) / total);
  const common = sum(slopes.map((slope, k) => sizes[k] * slope)) / values.length;
  const gradient = labels.map((n) => (n ? slopes[n - 1] : 0) - common);
  return { labels, shares, entropy, gradient };
}

export function compute({ name, step }, data) {
  let values = paint(data.painted[name], data.places[name], data.rows, data.columns);
  for (let done = 0; done < step; done++) {
    const { gradient } = describe(values, data);
    values = values.map((x, i) => x - data.rate * gradient[i]);
  }
  const found = describe(values, data);
  const middles = data.painted[name].map(([row, column]) =>
    found.labels[row * data.columns + column]);
  const shares = middles.map((n) => (n ? found.shares[n - 1] : 0));
  const level = Math.exp(-found.entropy);
  const alive = found.shares.length;
  const grow = found.shares.filter((share) => share > level + 1e-9).length;
  const written = shares.map((share) => fixed(share, 2)).join(", ");
  const entropy = fixed(found.entropy, 2);
  const words = data.words[name];
  let verdict = `H = ${entropy}: the pixels of blobs with a share above e^-H = ` +
    `${fixed(level, 2)} rise against the ground, here ${grow} of ${alive} blobs`;
  if (alive === 1 && middles.filter((n) => n > 0).length > 1) {
    verdict = "They have joined, H = 0, and nothing moves any more";
  } else if (alive === 1) {
    verdict = "One blob is left, H = 0, and nothing moves any more";
  } else if (grow === 0) {
    verdict = `H = ${entropy}, no share is above or below e^-H, and nothing moves`;
  }
  return {
    values, shares, level,
    above: found.labels.map((number) => number > 0),
    entropy: found.entropy,
    sentence: `${words[0].toUpperCase()}${words.slice(1)}, step ${step}: ` +
      `shares ${written}. ${verdict}.`,
  };
}

export function draw(svg, result, { name, step }, data) {
  const { rows, columns, top } = data;
  const left = 40, up = 50, cell = 23;
  const grid = Array.from({ length: rows }, (_, r) =>
    result.values.slice(r * columns, (r + 1) * columns));
  heatmap(svg, grid, { left, top: up, cell, vmax: top,
    xlabel: "The map; above its mean framed", title: `Step ${step}` });
  result.above.forEach((high, place) => {
    if (!high) return;
    shape(svg, "rect", { x: left + (place % columns) * cell,
      y: up + Math.floor(place / columns) * cell, width: cell, height: cell,
      fill: "none", stroke: "currentColor" });
  });
  const panel = plotArea(svg, { x: [0, data.last], y: [0, 1], left: 420, top: 40,
    width: 260, height: 200, xlabel: "Step", ylabel: "Share",
    title: "Shares; e^-H thin and black" });
  const { shares, level } = data.curves[name];
  const steps = level.map((_, i) => i);
  curve(svg, panel, steps, level, { stroke: "currentColor", "stroke-width": 1 });
  shares.forEach((line, i) => {
    curve(svg, panel, steps, line, { stroke: data.palette[i],
      "stroke-dasharray": ["", "7 4", "2 4"][i] });
    points(svg, panel, [step], [result.shares[i]], { radius: 5, fill: data.palette[i] });
  });
}
