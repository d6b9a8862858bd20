// Runs one explorer without a browser: node explorer_probe.mjs MODULE < CASES
// CASES: {"page": ..., "cases": [parameters, ...]}. Prints, as JSON, what compute
// returns, what draw puts into the picture, and the controls that the page gets.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], attributes: {}, listeners: {} });
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  appendChild(child) { this.children.push(child); return child; }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  addEventListener(name, listener) { this.listeners[name] = listener; }
  all(tag) {
    const below = this.children.flatMap((child) => child.all(tag));
    return this.tag === tag || tag === "*" ? [this, ...below] : below;
  }
}
globalThis.document = {
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
};

class Model {
  constructor(values) { this.values = { ...values }; this.listeners = {}; }
  get(name) { return this.values[name]; }
  set(name, value) { this.values[name] = value; this.listeners[`change:${name}`]?.(); }
  save_changes() { throw new Error("no kernel"); }
  on(event, listener) { this.listeners[event] = listener; }
  off(event) { delete this.listeners[event]; }
}

const explorer = await import(pathToFileURL(process.argv[2]));
const { page, cases } = JSON.parse(readFileSync(0, "utf8"));

const results = cases.map((parameters) => explorer.compute(parameters, page.data));
const pictures = cases.map((parameters, index) => {
  const svg = new Element("svg");
  explorer.draw(svg, results[index], parameters, page.data);
  return svg.all("*").slice(1).map(({ tag, attributes, textContent }) =>
    ({ tag, attributes, text: textContent ?? null }));
});

const el = new Element("div");
const model = new Model({ ...cases[0], _page: page });
const leave = explorer.default.render({ model, el });
const inputs = [...el.all("input"), ...el.all("select")];
const sentence = () => el.all("p")[0].textContent;
const before = { sentence: sentence(), picture: JSON.stringify(el.all("svg")) };
const moves = page.controls.map((control) => {
  for (const { name } of page.controls) model.set(name, cases[0][name]);
  const input = inputs.find(({ id }) => id.endsWith(`-${control.name}`));
  return control.values.map((value, index) => {
    input.value = String(index);
    input.listeners.input();
    return { kept: model.get(control.name), wanted: value, sentence: sentence(),
      changed: JSON.stringify(el.all("svg")) !== before.picture };
  });
});
let stopped = false;
el.children[0].listeners.keydown({ stopPropagation: () => { stopped = true; } });
const started = performance.now();
for (const parameters of cases) {
  explorer.draw(new Element("svg"), explorer.compute(parameters, page.data),
    parameters, page.data);
}
const milliseconds = (performance.now() - started) / cases.length;
leave();
console.log(JSON.stringify({
  results, pictures, before, moves, stopped, milliseconds,
  left: Object.keys(model.listeners),
  inputs: inputs.map(({ tag, id, attributes }) => ({ tag, id, attributes })),
  labels: el.all("label").map(({ htmlFor, textContent }) => [htmlFor, textContent]),
  outputs: el.all("output").map(({ htmlFor, textContent }) => [htmlFor, textContent]),
  options: el.all("option").map(({ textContent }) => textContent),
  svg: el.all("svg")[0].attributes,
  title: el.all("title").map(({ attributes, textContent }) => [attributes.id, textContent]),
  live: el.all("p").map(({ id, attributes }) => [id, attributes["aria-live"]]),
}));
