'''What every explorer shares: controls with names, a live sentence, a static twin.

An explorer is one Python file and one JavaScript file of the same name. Both hold
the same arithmetic, and a test compares them over a grid of parameters. Python::

    """What the explorer shows; the formula it computes."""

    from pathlib import Path

    from course_utils.explorers.base import Explorer, choice, fixed, slider
    from course_utils.plots import COLOURS, CourseFigure, figure


    def compute(width: float, kernel: str) -> dict:
        """Return the numbers and the sentence that the explorer shows."""
        height = 1 / width if kernel == "box" else 2 / width
        return {
            "height": height,                     # numbers, strings, lists of them
            "sentence": f"At width {fixed(width, 1)} the {kernel} kernel is "
            f"{fixed(height, 2)} high.",
        }


    def draw(width: float, kernel: str) -> CourseFigure:
        """Return the static twin of the explorer."""
        result = compute(width, kernel)
        fig, axes = figure(result["sentence"])    # the sentence is the alt text
        axes.plot(...)
        return fig


    class Kernels(Explorer):
        """Explorer: the height of a kernel against its width."""

        title = "A wider kernel is lower"
        size = (640, 300)                         # of the picture, in pixels
        script = Path(__file__).with_suffix(".js")
        compute = staticmethod(compute)
        draw = staticmethod(draw)
        width = slider("Width", 0.5, 3, step=0.5, start=1, digits=1)
        kernel = choice("Kernel", {"box": "Box", "tent": "Tent"}, start="box")

JavaScript, in ``kernels.js``: no imports, for ``common.js`` stands before it and
brings ``fixed``, ``shape``, ``heatmap``, ``plotArea``, ``curve``, ``points``,
``bars``, ``arrow``, ``COLOURS`` (see there)::

    export function compute({ width, kernel }) {
      const height = kernel === "box" ? 1 / width : 2 / width;
      return {
        height,
        sentence: `At width ${fixed(width, 1)} the ${kernel} kernel is ` +
          `${fixed(height, 2)} high.`,
      };
    }

    export function draw(svg, result, { width, kernel }) {   // svg is empty here
      const area = plotArea(svg, { x: [0, 4], y: [0, 5], xlabel: "Width",
        ylabel: "Height", left: 60, top: 20, width: 560, height: 220 });
      points(svg, area, [width], [result.height], { fill: COLOURS.query });
    }

Data that never changes (fixed points, a trained table) may be handed over in the
class attribute ``data: ClassVar = {...}``, a dict of plain numbers and lists:
JavaScript receives it as second argument of ``compute(parameters, data)`` and as
fourth of ``draw(svg, result, parameters, data)``; Python uses its own module
constant. Random numbers belong there.

In a lesson the explorer's cell ends with ``Kernels(width=2)``. It becomes known to
``from course_utils.explorers import Kernels`` by a line in ``explorers/__init__.py``.

Rules: write every number of a sentence with ``fixed`` (``f"{x:.2f}"`` and
``toFixed`` round ties apart); where two numbers may tie, compare with a margin of
1e-9; sums run in the same order in both languages; nothing but the parameters and
``data`` decides the picture; every control changes the sentence; text is at least
12 pixels high and takes ``currentColor``, so that it can be read on dark pages; one
redraw stays well below 16 ms.
'''

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from course_utils.arguments import (
    require_count,
    require_instance,
    require_number,
    require_positive,
)
from course_utils.plots import CourseFigure, picture_bundle

COMMON = Path(__file__).with_name("common.js")
STYLE = """
.course-explorer { max-width: 100%; font-size: 14px; line-height: 1.4; }
.course-explorer-controls { display: grid; align-items: center; gap: 0.3em 0.8em;
  grid-template-columns: fit-content(20em) minmax(7em, 16em) minmax(5em, 1fr); }
.course-explorer-controls label { grid-column: 1; }
.course-explorer-controls select { grid-column: 2 / 4; justify-self: start;
  max-width: 100%; font: inherit; padding: 0.1em 0.3em; }
.course-explorer-controls input { width: 100%; min-width: 0; margin: 0; }
.course-explorer-controls output { font-variant-numeric: tabular-nums; }
.course-explorer svg { display: block; max-width: 100%; height: auto; }
.course-explorer p { margin: 0.4em 0; min-height: 2.8em; max-width: 45em; }
"""


def fixed(number: float, digits: int = 2) -> str:
    """Return the number with so many decimals, ties away from zero, never "-0.00".

    ``fixed`` in ``common.js`` does the same. The small 1e-9 hides the last bit, in
    which the exponentials of the two languages may differ.
    """
    if not isinstance(number, Real) or not math.isfinite(number):
        raise ValueError(f"number: expected a finite number, got {number!r}")
    require_count("digits", digits, least=0)
    units = math.floor(abs(number) * 10**digits + 0.5 + 1e-9)
    sign = "-" if number < 0 and units > 0 else ""
    return f"{sign}{units / 10**digits:.{digits}f}"


class _Finite(traitlets.Float):
    """A number between two ends: NaN is not below either, and is none."""

    def validate(self, obj: Any, value: object) -> float:
        number = super().validate(obj, value)
        if not math.isfinite(number):
            self.error(obj, value)
        return number


def slider(
    label: str,
    low: float | None = None,
    high: float | None = None,
    *,
    step: float | None = None,
    values: Sequence[float] | None = None,
    start: float,
    digits: int = 0,
    unit: str = "",
) -> traitlets.TraitType:
    """Return a parameter moved by a slider: even steps, or the listed ``values``.

    Args:
        label: its name for the reader, in words.
        low, high, step: first and last value and the distance between neighbours.
        values: all values in rising order, instead of low, high, step.
        start: the value at first; one of the values.
        digits: decimals shown beside the slider.
        unit: written behind the number, with its space if it wants one.

    Raises:
        ValueError: neither or both ways of naming the values, or a start elsewhere.
    """
    if (values is None) == (low is None or high is None or step is None):
        raise ValueError(
            f"low, high, step, values of {label}: expected either low, high and step, "
            "or values, got both or neither"
        )
    require_count("digits", digits, least=0)
    require_number("start", start, -math.inf)
    if values is None:
        for name, value in (("low", low), ("high", high)):
            require_number(name, value, -math.inf)
        require_positive("step", step)
        count = round((high - low) / step) + 1
        values = [round(low + index * step, 10) for index in range(count)]
    require_instance("values", values, Sequence)
    for value in values:
        require_number("values", value, -math.inf)
    if start not in values:
        raise ValueError(
            f"start of {label}: expected one of the values {values}, got {start}"
        )
    control = {"label": label, "values": list(values), "digits": digits, "unit": unit}
    whole = all(float(value).is_integer() for value in values)
    control["values"] = [int(v) if whole else float(v) for v in values]
    kind = traitlets.Int if whole else _Finite
    trait = kind(int(start) if whole else start, min=min(values), max=max(values))
    return trait.tag(sync=True, control=control)


def choice(
    label: str, options: Mapping[str, str], *, start: str
) -> traitlets.TraitType:
    """Return a parameter chosen from a list; ``options`` maps values to words.

    Raises:
        ValueError: a start that is not among the options.
    """
    require_instance("options", options, Mapping)
    if start not in list(options):
        raise ValueError(
            f"start of {label}: expected one of the options {list(options)}, got "
            f"{start!r}"
        )
    control = {"label": label, "values": list(options), "words": list(options.values())}
    return traitlets.Enum(list(options), start).tag(sync=True, control=control)


class Explorer(anywidget.AnyWidget):
    """A picture that moves with its controls, in any page, with or without Python."""

    title: ClassVar[str]
    script: ClassVar[Path]
    compute: ClassVar[Callable[..., dict]]
    draw: ClassVar[Callable[..., CourseFigure]]
    size: ClassVar[tuple[int, int]] = (640, 320)
    data: ClassVar[dict] = {}

    _css = STYLE
    _esm = traitlets.Unicode().tag(sync=True)
    _page = traitlets.Dict().tag(sync=True)

    @traitlets.default("_esm")
    def _module(self) -> str:
        return self.module_source()

    @traitlets.default("_page")
    def _what_the_page_needs(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "size": list(self.size),
            "controls": self.controls(),
            "data": self.data,
        }

    @classmethod
    def module_source(cls) -> str:
        """Return the JavaScript module: the shared part, then the explorer's own."""
        return (
            COMMON.read_text(encoding="utf-8")
            + cls.script.read_text(encoding="utf-8")
            + "\nexport default { render: (page) => "
            + "renderExplorer(page, compute, draw) };\n"
        )

    @classmethod
    def controls(cls) -> list[dict[str, Any]]:
        """Return what the page needs to build the controls, in order of definition."""
        return [
            {"name": name, **trait.metadata["control"]}
            for ancestor in reversed(cls.__mro__)
            for name, trait in vars(ancestor).items()
            if isinstance(trait, traitlets.TraitType) and "control" in trait.metadata
        ]

    @property
    def parameters(self) -> dict[str, Any]:
        """The present value of every control, by name."""
        return {
            control["name"]: getattr(self, control["name"])
            for control in self.controls()
        }

    def __repr__(self) -> str:
        return (
            f"[Explorer: {self.title}. {self.compute(**self.parameters)['sentence']}]"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live view and, for pages that cannot run it, the static twin."""
        live = super()._repr_mimebundle_(**kwargs)
        data, metadata = live if isinstance(live, tuple) else (live or {}, {})
        still = picture_bundle(self.draw(**self.parameters))
        return {**data, **still, "text/plain": repr(self)}, metadata
