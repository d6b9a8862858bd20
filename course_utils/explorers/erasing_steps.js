// Windows erased one after the other: pixels counted here, means from a table.

const SIDE = 32;

export function compute({ picture, window, steps }, { sizes, pictures }) {
  const table = sizes[String(window)];
  const corners = table.corners[Number(picture)].slice(0, steps);
  const { parts } = pictures[Number(picture)];
  let animal = 0, area = 0, both = 0;
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const row = Math.floor(pixel / SIDE), column = pixel % SIDE;
    const covered = corners.some(([top, left]) => top <= row && row < top + window &&
      left <= column && column < left + window);
    const on = parts[pixel] !== "0";
    animal += on ? 1 : 0;
    area += covered ? 1 : 0;
    both += covered && on ? 1 : 0;
  }
  const recall = both / animal, iou = both / (animal + area - both);
  const precision = area ? both / area : 0;
  let here = "Nothing erased yet.", ofTest = `The animal has ${animal} pixels.`;
  if (steps) {
    const mean = table.means[steps - 1];
    ofTest = `Over 500 test pictures: recall ${fixed(mean[0])}, precision ` +
      `${fixed(mean[1])}, IoU ${fixed(mean[2])}. The network that cut the last ` +
      `window named ${fixed(1000 * mean[3], 0)} of 1000 training pictures rightly.`;
    here = `Erased so far: ${steps} of ${window} by ${window}: ${area} pixels, ` +
      `${both} on the animal of ${animal}. Recall ${fixed(recall)}, precision ` +
      `${fixed(precision)}, IoU ${fixed(iou)}.`;
  }
  return { corners, recall, precision, iou, sentence: `${here} ${ofTest}` };
}

// The rim of the animal: a line wherever a pixel of it meets one that is not.
function rim(parts, left, top, pixel) {
  const at = (r, c) =>
    r >= 0 && c >= 0 && r < SIDE && c < SIDE && parts[SIDE * r + c] !== "0";
  const lines = [];
  for (let r = 0; r <= SIDE; r++) {
    for (let c = 0; c <= SIDE; c++) {
      const x = left + c * pixel, y = top + r * pixel;
      if (at(r, c) !== at(r - 1, c)) lines.push(`M${x} ${y}h${pixel}`);
      if (at(r, c) !== at(r, c - 1)) lines.push(`M${x} ${y}v${pixel}`);
    }
  }
  return lines.join("");
}

export function draw(svg, result, { picture, window, steps },
  { sizes, pictures, names, lines }) {
  const { png, parts } = pictures[Number(picture)];
  const pixel = 8, full = SIDE * pixel, left = 12, top = 28;
  words(svg, left + full / 2, 18, `${names[picture]}, ${steps} erased`,
    { "text-anchor": "middle" });
  shape(svg, "image", { x: left, y: top, width: full, height: full, href: png,
    preserveAspectRatio: "none", style: "image-rendering: pixelated" });
  const boxes = result.corners.map(([row, column]) => ({ x: left + pixel * column,
    y: top + pixel * row, width: pixel * window, height: pixel * window }));
  for (const box of boxes) shape(svg, "rect", { ...box, fill: "#808080" });
  const d = rim(parts, left, top, pixel);
  shape(svg, "path", { d, fill: "none", stroke: "#fff", "stroke-width": 4 });
  shape(svg, "path", { d, fill: "none", stroke: "#000", "stroke-width": 1.5 });
  boxes.forEach((box, index) => {
    shape(svg, "rect", { ...box, fill: "none", stroke: COLOURS.key, "stroke-width": 3 });
    words(svg, box.x + 5, box.y + 16, String(index + 1), { fill: "#000" });
  });

  const { means } = sizes[String(window)];
  const xs = means.map((_, index) => index + 1);
  const area = plotArea(svg, { x: [0.7, 6.3], y: [0, 1.05], left: 330, top,
    width: 180, height: full, title: "Means over all pictures", xlabel: "Step",
    xticks: xs.map((x) => [x, String(x)]),
    yticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((y) => [y, fixed(y, 1)]) });
  Object.entries(lines).forEach(([name, [colour, , dashes]], column) => {
    const ys = means.map((mean) => mean[column]);
    const stroke = COLOURS[colour];
    const style = dashes ? { stroke, "stroke-dasharray": dashes } : { stroke };
    curve(svg, area, xs, ys, style);
    if (steps) points(svg, area, [steps], [ys[steps - 1]], { fill: stroke, radius: 5 });
    const y = top + 40 + 34 * column;
    shape(svg, "line", { x1: 522, y1: y, x2: 552, y2: y, ...style, "stroke-width": 2.5 });
    words(svg, 522, y + 15, name, { "font-size": 12 });
  });
}
