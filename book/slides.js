// Sets each slide as large as it fits, then starts reveal.js.

const HEIGHT = 800;
const SIZES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65]; // below, nobody can read it

// Whether nothing of the slide stands outside it.
function fits(slide) {
  const edge = slide.getBoundingClientRect().right + 1;
  const cut = [...slide.querySelectorAll("pre")].some(
    (part) => part.scrollWidth > part.clientWidth + 1);
  const outside = [...slide.querySelectorAll("table, mjx-container, svg")].some(
    (part) => part.getBoundingClientRect().right > edge);
  return slide.scrollHeight <= HEIGHT && !cut && !outside;
}

function largestSize(slide) {
  return SIZES.find((size) => {
    slide.style.setProperty("--scale", String(size));
    return fits(slide);
  });
}

function fit(slide) {
  const stacked = largestSize(slide) ?? 0;
  if (stacked === 1) return;
  if (slide.querySelector(".cell > .code + .results img")) {
    slide.classList.add("side");
    if ((largestSize(slide) ?? 0) > stacked) return;
    slide.classList.remove("side");
  }
  if (!stacked && slide.querySelector(".columns") && !slide.classList.contains("broken")) {
    slide.classList.add("broken"); // too wide a table, even in the smallest letters
    fit(slide);
    return;
  }
  slide.style.setProperty("--scale", String(stacked || SIZES.at(-1)));
}

async function start() {
  await MathJax.startup.promise;
  if (document.readyState !== "complete") {
    await new Promise((loaded) => addEventListener("load", loaded));
  }
  document.querySelectorAll(".slides section section").forEach(fit);
  document.body.classList.remove("measuring");
  await Reveal.initialize({ width: 1280, height: HEIGHT, margin: 0.02, center: false,
    hash: true, slideNumber: "c/t", transition: "none", plugins: [RevealNotes] });
}

start();
