"""Every explorer: both languages agree, controls have names, a picture stands by.

The tests find the explorers by themselves; a new one is tested as soon as its file
lies in ``course_utils/explorers``.
"""

import base64
import io
import itertools
import json
import math
import pkgutil
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import traitlets
from PIL import Image

import course_utils.explorers as room
from course_utils.explorers.base import COMMON, Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure

PROBE = Path(__file__).with_name("explorer_probe.mjs")
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="node is not installed: the JavaScript half cannot run here"
)


def find_explorers() -> list[type[Explorer]]:
    found = []
    for entry in pkgutil.iter_modules(room.__path__):
        module = import_module(f"{room.__name__}.{entry.name}")
        found += [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type)
            and issubclass(thing, Explorer)
            and thing.__module__ == module.__name__
            and thing is not Explorer
        ]
    return found


EXPLORERS = find_explorers()
each_explorer = pytest.mark.parametrize(
    "explorer", EXPLORERS, ids=lambda explorer: explorer.__name__
)


def parameter_grid(explorer: type[Explorer], limit: int = 60) -> list[dict]:
    """Return the first parameters, every value of each control, and a spread of
    combinations."""
    controls = explorer.controls()
    start = explorer().parameters
    cases = [start]
    for control in controls:
        cases += [{**start, control["name"]: value} for value in control["values"]]
    spread = [[*c["values"][:: max(1, len(c["values"]) // 4)]] for c in controls]
    spread = [
        [*values, control["values"][-1]]
        for values, control in zip(spread, controls, strict=True)
    ]
    names = [control["name"] for control in controls]
    combinations = [
        dict(zip(names, values, strict=True)) for values in itertools.product(*spread)
    ]
    return cases + combinations[:: max(1, len(combinations) // limit)]


def in_page(explorer: type[Explorer], folder: Path, cases: list[dict]) -> dict:
    """Return what the explorer does in JavaScript, from a page that is not there."""
    module = folder / f"{explorer.__name__}.mjs"
    module.write_text(explorer.module_source(), encoding="utf-8")
    call = json.dumps({"page": explorer()._page, "cases": cases})
    done = subprocess.run(
        [NODE, str(PROBE), str(module)],
        input=call.encode(),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def assert_same(python: object, javascript: object, where: str) -> None:
    """Raise unless both languages say the same: numbers to 1e-9, the rest exactly."""
    if isinstance(python, dict):
        assert isinstance(javascript, dict), where
        assert set(python) == set(javascript), where
        for name, value in python.items():
            assert_same(value, javascript[name], f"{where}.{name}")
    elif isinstance(python, list | tuple):
        assert isinstance(javascript, list), where
        assert len(python) == len(javascript), where
        for index, value in enumerate(python):
            assert_same(value, javascript[index], f"{where}[{index}]")
    elif isinstance(python, bool | str | None):
        assert python == javascript, where
    else:
        close = math.isclose(python, javascript, rel_tol=1e-9, abs_tol=1e-9)
        assert close, f"{where}: Python {python}, JavaScript {javascript}"


def test_explorers_are_found():
    assert EXPLORERS
    assert {explorer.__name__ for explorer in EXPLORERS} == set(room.HOMES)
    for name in room.HOMES:
        assert getattr(room, name) in EXPLORERS
        assert name in dir(room)


def test_unknown_explorer_says_what_there_is():
    with pytest.raises(AttributeError, match=r"no Nonsense; it has Taste"):
        _ = room.Nonsense


@needs_node
@each_explorer
def test_both_languages_agree(explorer, tmp_path):
    cases = parameter_grid(explorer)
    page = in_page(explorer, tmp_path, cases)
    for parameters, result in zip(cases, page["results"], strict=True):
        assert_same(explorer.compute(**parameters), result, f"{parameters}")
    for parameters, picture in zip(cases, page["pictures"], strict=True):
        assert len(picture) > 5, f"almost nothing is drawn at {parameters}"
        for element in picture:
            written = json.dumps(element)
            for bad in ("NaN", "Infinity", "undefined", "object Object"):
                assert bad not in written, f"{written} at {parameters}"
            size = float(element["attributes"].get("font-size", 12))
            assert size >= 12, f"text of {size} px is too small: {written}"
    assert page["milliseconds"] < 16, "a redraw must fit into one frame"


@needs_node
@each_explorer
def test_controls_have_names_and_move_the_picture(explorer, tmp_path):
    start = explorer().parameters
    page = in_page(explorer, tmp_path, [start])
    labels = dict(page["labels"])
    assert len(labels) == len(page["inputs"]) == len(explorer.controls())
    for element in page["inputs"]:
        assert len(labels[element["id"]]) > 2, "a control without a name"
    assert all(len(text) > 0 for _, text in page["outputs"])
    assert {identity for identity, _ in page["outputs"]} <= set(labels)
    assert page["svg"]["role"] == "img"
    assert page["title"] == [[page["svg"]["aria-labelledby"], explorer.title]]
    assert page["live"] == [[page["svg"]["aria-describedby"], "polite"]]
    assert page["before"]["sentence"] == explorer.compute(**start)["sentence"]
    for control, moves in zip(explorer.controls(), page["moves"], strict=True):
        for move in moves:
            assert move["kept"] == move["wanted"], "the model got another value"
        sentences = {move["sentence"] for move in moves}
        assert len(sentences) > 1, f"{control['name']} never changes the sentence"
        assert any(move["changed"] for move in moves)
    assert page["stopped"], "JupyterLab would take the arrow keys"
    assert page["left"] == [], "a closed view must not listen any longer"


@each_explorer
def test_shown_as_picture_text_and_view(explorer):
    one, other = explorer(), explorer()
    assert repr(one) == repr(other), "an address in the text breaks comparisons"
    assert one.compute(**one.parameters)["sentence"] in repr(one)
    bundle, _ = one._repr_mimebundle_()
    assert bundle["text/plain"] == repr(one)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.width <= 760
    assert bundle["text/html"].startswith('<img alt="')
    assert bundle["image/png"] == other._repr_mimebundle_()[0]["image/png"]


@each_explorer
def test_static_twin_follows_the_parameters(explorer):
    cases = parameter_grid(explorer, limit=4)
    ends = [cases[0], cases[1], cases[-1]]
    twins = [explorer.draw(**parameters) for parameters in ends]
    for twin, parameters in zip(twins, ends, strict=True):
        assert isinstance(twin, CourseFigure)
        numbers = [word for word in twin.alt.split() if any(map(str.isdigit, word))]
        assert numbers, f"alternative text without a number at {parameters}"
    assert len({twin.alt for twin in twins}) > 1
    assert len({twin.png() for twin in twins}) > 1


@each_explorer
def test_parameters_are_kept_within_their_range(explorer):
    for control in explorer.controls():
        beyond = "nothing" if "words" in control else max(control["values"]) + 1
        with pytest.raises(traitlets.TraitError, match=control["name"]):
            explorer(**{control["name"]: beyond})


TEMPERATURE_CASES = [
    {"temperature": temperature, "scores": scores}
    for temperature in (0.01, 0.5, 100.0)
    for scores in ("winner", "close", "tie")
]


@pytest.mark.parametrize("parameters", TEMPERATURE_CASES)
def test_temperature_agrees_with_the_measures_of_the_package(parameters):
    torch = pytest.importorskip("torch")
    from course_utils.explorers.temperature import SCORES
    from course_utils.metrics import effective_keys, row_entropy

    scores = torch.tensor([SCORES[parameters["scores"]]], dtype=torch.float64)
    weights = (scores / parameters["temperature"]).softmax(dim=-1)
    result = room.Temperature.compute(**parameters)
    assert result["weights"] == pytest.approx(weights[0].tolist(), abs=1e-12)
    assert result["entropy"] == pytest.approx(row_entropy(weights).item(), abs=1e-9)
    assert result["keys"] == pytest.approx(effective_keys(weights).item(), abs=1e-9)


@pytest.mark.parametrize("parameters", TEMPERATURE_CASES)
def test_temperature_twin_draws_its_numbers(parameters):
    result = room.Temperature.compute(**parameters)
    left, right = room.Temperature.draw(**parameters).axes
    heights = [bar.get_height() for bar in left.patches]
    assert heights == pytest.approx(result["weights"])
    (marker,) = (line for line in right.lines if line.get_marker() == "o")
    assert marker.get_xdata().tolist() == [parameters["temperature"]]
    assert marker.get_ydata().tolist() == [result["keys"]]


@needs_node
def test_temperature_page_draws_its_numbers(tmp_path):
    page = in_page(room.Temperature, tmp_path, TEMPERATURE_CASES)
    markers = []
    for picture, result in zip(page["pictures"], page["results"], strict=True):
        circles = [e["attributes"] for e in picture if e["tag"] == "circle"]
        markers.append(float(circles[-1]["cx"]))
        bars = [e["attributes"] for e in picture if e["tag"] == "rect"]
        centres = [float(b["x"]) + float(b["width"]) / 2 for b in bars]
        labels = [e for e in picture if e["text"] and "." in e["text"]]
        values = [e for e in labels if e["attributes"].get("font-size") == "12"]
        for weight, centre in zip(result["weights"], centres[-6:], strict=True):
            places = [
                float(e["attributes"]["x"])
                for e in values
                if e["text"] == fixed(weight, 2)
            ]
            assert any(abs(x - centre) < 1 for x in places), (weight, places)
    left, middle, right = markers[0], markers[3], markers[6]
    assert 405 <= left < middle < right <= 660, "on the axes, from cold to hot"
    share = math.log10(0.5 / 0.01) / math.log10(100 / 0.01)
    assert (middle - left) / (right - left) == pytest.approx(share, abs=0.01)


SEARCH_CASE = {
    "set_size": 16,
    "search": "conjunction",
    "wanted": "blue vertical",
    "saliency_weight": 0.5,
    "number": 2,
}


def bar_of(kind: str) -> tuple[bool, bool]:
    """Return whether a kind of bar is orange, and whether it stands upright."""
    return "orange" in kind, "vertical" in kind


@needs_node
def test_search_page_draws_its_bars_and_rings_the_target(tmp_path):
    from course_utils.worlds import TARGETS

    page = in_page(room.VisualSearch, tmp_path, [SEARCH_CASE])
    (result,), (picture,) = page["results"], page["pictures"]
    lines = [e["attributes"] for e in picture if e["tag"] == "line"]
    orange = room.VisualSearch.data["colours"][0]
    drawn = [(e["stroke"] == orange, e["x1"] == e["x2"]) for e in lines]
    assert drawn[:16] == [bar_of(TARGETS[bar]) for bar in result["bars"]]
    assert result["target"] not in result["peak"], "the case tells the two apart"
    row, column = divmod(result["target"], 4)
    for e in (e["attributes"] for e in picture if e["tag"] == "circle"):
        left = 15 if float(e["cx"]) < 300 else 335
        assert float(e["cx"]) == pytest.approx(left + (column + 0.5) * 70)
        assert float(e["cy"]) == pytest.approx(26 + (row + 0.5) * 70)


def test_search_twin_rings_the_target():
    from matplotlib.patches import Circle

    result = room.VisualSearch.compute(**SEARCH_CASE)
    row, column = divmod(result["target"], 4)
    for panel in room.VisualSearch.draw(**SEARCH_CASE).axes[:2]:
        rings = [patch for patch in panel.patches if isinstance(patch, Circle)]
        assert rings and all(ring.center == (column, row) for ring in rings)


def test_drawn_bars_have_their_place_colour_and_direction():
    torch = pytest.importorskip("torch")
    from matplotlib.colors import to_hex

    from course_utils.explorers.visual_search import ITEM_COLOURS, draw_display
    from course_utils.plots import figure

    is_blue = torch.tensor([[0.0, 1, 1], [1, 0, 0]])  # (height, width)
    is_flat = torch.tensor([[1.0, 0, 1], [0, 1, 0]])  # (height, width)
    _, axes = figure("Six bars in two rows of three")
    draw_display(axes, torch.stack([1 - is_blue, is_blue, 1 - is_flat, is_flat]))
    (bars,) = axes.collections
    for cell, (bar, colour) in enumerate(
        zip(bars.get_segments(), bars.get_colors(), strict=True)
    ):
        row, column = divmod(cell, 3)
        assert bar.mean(axis=0) == pytest.approx((column, row))
        assert (bar[0, 1] == bar[1, 1]) == bool(is_flat[row, column])
        wanted = ITEM_COLOURS[int(is_blue[row, column])]
        assert to_hex(colour).upper() == wanted.upper()


@needs_node
def test_search_says_when_nothing_is_looked_for(tmp_path):
    alone = {**SEARCH_CASE, "saliency_weight": 1.0}
    (picture,) = in_page(room.VisualSearch, tmp_path, [alone])["pictures"]
    assert "Map, saliency alone" in [e["text"] for e in picture]
    assert room.VisualSearch.draw(**alone).axes[1].get_title() == "Map, saliency alone"


FIXED = [
    (0.125, 2, "0.13"),  # a tie: f"{0.125:.2f}" says 0.12, toFixed 0.13
    (-0.125, 2, "-0.13"),
    (-0.001, 2, "0.00"),
    (2.5, 0, "3"),
    (0.285, 2, "0.29"),  # stored just below the tie
    (1234.0, 1, "1234.0"),
    (0, 0, "0"),
    (0.994999, 2, "0.99"),
]


@pytest.mark.parametrize(("number", "digits", "text"), FIXED)
def test_fixed_rounds_ties_away_from_zero(number, digits, text):
    assert fixed(number, digits) == text


@needs_node
def test_fixed_is_the_same_in_both_languages(tmp_path):
    module = tmp_path / "fixed.mjs"
    calls = [
        [number / 2**power, digits]
        for number in range(-97, 97, 7)
        for power in range(5)
        for digits in (0, 1, 2, 3)
    ]
    module.write_text(
        COMMON.read_text(encoding="utf-8")
        + f"console.log(JSON.stringify({json.dumps(calls)}.map((c) => fixed(...c))))",
        encoding="utf-8",
    )
    done = subprocess.run([NODE, str(module)], capture_output=True, check=True)
    assert json.loads(done.stdout) == [fixed(*call) for call in calls]


def test_colours_are_those_of_the_figures():
    text = COMMON.read_text(encoding="utf-8")
    for role, colour in COLOURS.items():
        here = "currentColor" if role == "truth" else colour  # seen on dark pages
        assert f'{role}: "{here}"' in text


def test_slider_values_are_exact():
    trait = slider("Width", 0.1, 0.5, step=0.1, start=0.3, digits=1)
    assert trait.metadata["control"]["values"] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert isinstance(slider("Size", 2, 11, step=3, start=5), traitlets.Int)
    uneven = slider("Width", values=[0.5, 1, 4], start=4)
    assert uneven.metadata["control"]["values"] == [0.5, 1.0, 4.0]


def test_wrong_controls_are_refused():
    with pytest.raises(ValueError, match="either low, high and step, or values"):
        slider("Width", 0, 1, start=0)
    with pytest.raises(ValueError, match="either low, high and step, or values"):
        slider("Width", 0, 1, step=1, values=[0, 1], start=0)
    with pytest.raises(ValueError, match=r"expected one of the values .*, got 0\.3"):
        slider("Width", 0, 1, step=0.5, start=0.3)
    with pytest.raises(ValueError, match=r"expected one of the options .*, got 'disc'"):
        choice("Kernel", {"box": "Box"}, start="disc")


def test_importing_the_room_loads_no_torch():
    code = "import sys, course_utils.explorers; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("lean", [-2.0, 0.0, 1.5])
def test_one_look_agrees_with_the_package(lean):
    torch = pytest.importorskip("torch")
    from course_utils.explorers import one_look
    from course_utils.hard_attention import gumbel_softmax_attention

    scores = torch.tensor([0.4, 0.2, 0.2, 0.1, 0.1]).double().log()
    scores[2] += lean
    values = torch.tensor([[8.0], [2.0], [4.0], [1.0], [9.0]]).double()
    weights = scores.softmax(dim=-1)
    result = room.OneLook.compute(1.0, lean, 1)
    assert result["weights"] == pytest.approx(weights.tolist())
    assert result["soft"] == pytest.approx((weights @ values - 5).square().item())
    assert result["hard"] == pytest.approx((weights @ (values - 5).square()).item())
    noise = torch.Generator().manual_seed(0)
    for temperature, mine in zip(one_look.TEMPERATURES, result["curve"], strict=True):
        output, _ = gumbel_softmax_attention(
            scores.expand(100_000, 5), values, temperature, generator=noise
        )
        theirs = (output - 5).square().mean().item()
        assert mine == pytest.approx(theirs, rel=0.1, abs=0.01), temperature


def test_one_look_when_cold_takes_each_box_as_often_as_its_weight():
    from course_utils.explorers import one_look

    taken = [0] * 5
    scores = [math.log(weight) for weight in one_look.WEIGHTS]
    for noise in one_look.NOISE:
        look = one_look.one_look(scores, noise, 0.05)
        taken[look.index(max(look))] += 1
    shares = [count / one_look.DRAWS for count in taken]
    assert shares == pytest.approx([0.4, 0.2, 0.2, 0.1, 0.1], abs=0.03)
