// Puts each explorer in the place of its static twin. The build puts the shared part
// (common.js) and `explorers`, one { compute, draw } by name, before this file.

function modelOf(values) { // what an anywidget model does, without a kernel
  const listeners = {};
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      (listeners[`change:${name}`] ?? []).forEach((listener) => listener());
    },
    on(event, listener) { (listeners[event] ??= []).push(listener); },
    off(event, listener) {
      listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener);
    },
    save_changes() {},
  };
}

for (const place of document.querySelectorAll(".live-explorer")) {
  const { page, parameters } = JSON.parse(place.querySelector("script").textContent);
  const { compute, draw } = explorers[place.dataset.explorer];
  const el = document.createElement("div");
  renderExplorer({ model: modelOf({ ...parameters, _page: page }), el }, compute, draw);
  place.querySelector("img").hidden = true;
  place.append(el);
}
