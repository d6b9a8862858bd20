"""The table of the benchmark: complete, equal to its peers first, with a reason.

No times are checked here: a busy machine would decide them.
"""

import importlib
import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from course_utils.experiments import FOLDER

BENCHMARKS = FOLDER.parent
sys.path.insert(0, str(BENCHMARKS))
try:
    import attention
    import comparing
    import explorer_latency
    import grading_speed
    import lessons as lesson_seconds
    import measuring
    import run as script
    import table

    PART = {name: importlib.import_module(name) for name in script.PARTS}
finally:
    sys.path.remove(str(BENCHMARKS))

TINY = measuring.Settings(tiny=True, budget=0.0)
STORED = json.loads((BENCHMARKS / "table.json").read_text("utf-8"))
QUICK = ("blob_entropy", "lessons", "grading_speed", "explorer_latency")
COMPARED = ("conv_attention", "kernel_regression", "class_maps")


def a_row(**changed) -> table.Row:
    row = table.Row("part", "layer", "7", "peer", 0.003, 0.004, 0.75)
    return replace(row, **changed)


@pytest.fixture(autouse=True)
def few_turns(monkeypatch):
    monkeypatch.setattr(measuring, "ROUNDS", 2)
    monkeypatch.setattr(measuring, "SHORTEST", 0.0)


# --------------------------------------------------------------------- the parts


@pytest.mark.parametrize("name", QUICK)
def test_parts_with_files_of_their_own_give_complete_rows(name):
    part = PART[name].measure(TINY)
    stored = table.as_json(part, [1.0, 1.0], 3.0)
    assert stored["rows"]
    assert all(row["part"] == name for row in stored["rows"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["attention", *COMPARED, "imports", "book_build"])
def test_every_part_runs_on_tiny_sizes(name):
    part = PART[name].measure(TINY)
    assert part.rows or part.missing
    for row in part.rows:
        assert row.ours_seconds > 0 and row.peer_seconds > 0
        assert row.ours_mebibytes > 0 and row.peer_mebibytes > 0
        behind = row.ratio > table.SLOWER or row.memory_ratio > table.SLOWER
        assert bool(row.why) == behind, row
    table.as_json(part, [1.0, 1.0], 3.0)


@pytest.mark.parametrize("number", range(4))
def test_attention_that_is_wrong_is_not_measured(number):
    torch.manual_seed(0)
    pair = attention.pytorch_pairs(5)[number]
    wrong = replace(pair, ours=lambda *inputs: 1.001 * pair.ours(*inputs))
    with pytest.raises(measuring.Refused, match="nothing is measured"):
        comparing.compare(wrong, "5", "attention", 0.0)


def test_a_gradient_that_is_wrong_is_not_measured():
    pair = attention.pytorch_pairs(5)[0]

    def stopped(q, k, v):  # the right output, without the gradient of the keys
        return pair.ours(q, k.detach() + 0 * k, v)

    wrong = replace(pair, ours=stopped, passes=(comparing.BOTH,))
    with pytest.raises(measuring.Refused, match="forward and backward"):
        comparing.compare(wrong, "5", "attention", 0.0)


@pytest.mark.filterwarnings("ignore:After 0.17")  # pandas, about its own future
@pytest.mark.parametrize("name", ["conv_attention", "kernel_regression"])
def test_other_parts_compare_first_too(name):
    for pair in PART[name].pairs(5):
        wrong = replace(pair, ours=lambda *x, f=pair.ours: f(*x).flip(0))
        with pytest.raises(measuring.Refused):
            comparing.compare(wrong, "5", name, 0.0)


def test_class_maps_refuse_a_wrong_map(monkeypatch):
    module = PART["class_maps"]
    monkeypatch.setattr(module, "grad_cam", lambda f, logits, target: f.mean(dim=1))
    with pytest.raises(measuring.Refused, match="grad_cam"):
        module.measure(TINY)


def test_a_missing_peer_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(attention, "load_d2l", lambda: None)
    monkeypatch.setattr(attention, "compare_lengths", lambda *a, **k: ([a_row()], []))
    assert "pip install" in attention.measure(TINY).missing[0]
    module = PART["class_maps"]

    def nothing(name):
        raise ImportError(f"no {name}")

    monkeypatch.setattr(module, "import_torchvision", lambda: None)
    monkeypatch.setattr(module.importlib, "import_module", nothing)
    missing = module.measure(TINY).missing
    assert len(missing) == 2 and all("pip install" in each for each in missing)


# ----------------------------------------------------------------- how it measures


def test_same_numbers_are_required_and_some_that_are_not_zero():
    x = torch.tensor([1.0, -2.0])
    measuring.require_same("x", x + 1e-6, x, 1e-5)
    for ours, peer in (
        (x + 1e-3, x),
        (x[:1], x),
        (0 * x, 0 * x),
        (x * float("nan"), x),
    ):
        with pytest.raises(measuring.Refused, match="x: expected the peer's"):
            measuring.require_same("x", ours, peer, 1e-5)


def test_turns_follow_the_clock_and_what_stands_around_is_not_counted():
    now = [0.0]

    def lasts(seconds):
        return lambda: now.__setitem__(0, now[0] + seconds)

    class Around:
        __enter__ = staticmethod(lasts(100))

        def __exit__(self, *_):
            lasts(100)()

    sides = {
        "ours": measuring.Side(lasts(2.0), Around),
        "peer": measuring.Side(lasts(3.0)),
    }
    found = measuring.take_turns(sides, budget=20, clock=lambda: now[0])
    assert {len(each) for each in found.values()} == {4}
    np.testing.assert_allclose(found["ours"], 2.0)
    ratio, spread = measuring.ratio_and_quartiles(found["ours"], found["peer"])
    assert [ratio, *spread] == pytest.approx([2 / 3] * 3)


def test_ratio_is_the_median_of_turns_with_its_quartiles():
    ours, peer = np.array([1.0, 4, 9, 16, 25]), np.array([1.0, 2, 3, 4, 5])
    assert measuring.ratio_and_quartiles(ours, peer) == (3.0, [2.0, 4.0])


def test_peak_memory_counts_what_is_held_at_once():
    size = 250_000  # numbers of 4 bytes: a million bytes

    def two_at_once():
        a = torch.ones(size)
        b = a + 1
        del a
        return b + 1  # three were made, two held at a time

    assert measuring.peak_mebibytes(two_at_once) * 2**20 == pytest.approx(2e6, rel=0.02)

    def in_numpy():
        return np.ones(size)  # numbers of 8 bytes

    assert measuring.peak_mebibytes(in_numpy) * 2**20 == pytest.approx(2e6, rel=0.02)


def test_growth_is_the_power_between_the_last_two_lengths():
    assert measuring.growth([1, 4, 8], [9, 16, 64]) == pytest.approx(2.0)


def test_without_checks_ends_where_it_began():
    from course_utils import scoring

    kept = scoring.masked_softmax, scoring.require_tensor
    wrong = torch.zeros(2, 3), torch.zeros(2, 3)
    with comparing.without_checks():
        assert scoring.dot_score(*wrong).shape == (2, 2)  # two axes: not refused
        hidden = torch.tensor([[True, False]])
        weights = scoring.masked_softmax(torch.zeros(1, 2), hidden)
        assert weights.tolist() == [[1.0, 0.0]]
    assert (scoring.masked_softmax, scoring.require_tensor) == kept
    with pytest.raises(ValueError, match="queries"):
        scoring.dot_score(*wrong)


def test_the_reason_is_made_of_what_was_measured():
    assert comparing.why(1.0, 0.9, 1.0, -1e-6, "fused") == ""
    said = comparing.why(1.5, 1.01, 1.0, 12e-6, "fused")
    assert "0.012 ms" in said and "1.01 without checks" in said and "fused" not in said
    assert "fused" in comparing.why(1.5, 1.3, 1.0, 12e-6, "fused")
    assert comparing.why(0.5, 0.4, 2.0, -1e-6, "fused") == "fused"


# --------------------------------------------------------------------- the writer


def test_a_row_behind_its_peer_needs_a_reason():
    assert not a_row().needs_reason()
    assert a_row(ratio=1.2).needs_reason()
    assert a_row(ours_mebibytes=3.0, peer_mebibytes=2.0).needs_reason()
    assert not a_row(ratio=1.2, why="checks").needs_reason()
    with pytest.raises(ValueError, match=r"got none for layer \(7\)"):
        table.as_json(table.Part("Layers", [a_row(ratio=1.2)]), [0, 0], 1)
    with pytest.raises(ValueError, match="got nothing"):
        table.as_json(table.Part("Layers"), [0, 0], 1)


def test_the_page_shows_every_row_and_what_is_missing(tmp_path):
    part = table.Part(
        "Layers",
        [a_row(quartiles=[0.7, 0.8], ours_mebibytes=1.0, peer_mebibytes=2.0)],
        [table.Growth("part", "layer", "peer", [64, 256], 1.5, 2.0, 1.0, 2.0)],
        ["A note."],
        ["cv2: python -m pip install it"],
    )
    table.write({"layers": table.as_json(part, [1.25, 2.0], 3.2)}, tmp_path)
    page = (tmp_path / "TABLE.md").read_text("utf-8")
    assert "| layer | 7 | peer | 3 | 4 | **0.75** | 0.7 to 0.8 | 1 | 2 | 0.5 |" in page
    assert "| layer | 64 to 256 | peer | 1.50 | 2.00 | 1.00 | 2.00 |" in page
    assert "**Not measured:** cv2: python -m pip install it" in page
    assert "A note." in page
    stored = json.loads((tmp_path / "table.json").read_text("utf-8"))["layers"]
    assert stored["load_before_and_after"] == [1.2, 2.0]
    assert stored["versions"]["torch"] == torch.__version__.partition("+")[0]
    assert stored["machine"]["cores"] >= 1


def test_parts_that_were_not_asked_for_keep_their_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    monkeypatch.setattr(script, "stored", lambda: {"imports": STORED["imports"]})
    assert script.main(["--only", "explorer_latency", "--stored"]) == 0
    written = json.loads((tmp_path / "table.json").read_text("utf-8"))
    assert written["imports"] == STORED["imports"]
    assert written["explorer_latency"]["rows"]


def test_unknown_parts_are_named(capsys):
    assert script.main(["--only", "attention,tea"]) == 2
    assert "tea" in capsys.readouterr().out


# ------------------------------------------------------------------ what is stored


def test_the_stored_table_is_complete_and_its_page_follows_from_it():
    assert list(STORED) == list(script.PARTS)
    page = (BENCHMARKS / "TABLE.md").read_text("utf-8")
    assert page == table.markdown(STORED)
    for part in STORED.values():
        assert part["rows"] or part["missing"]
        for stored in part["rows"]:
            fields = {name: stored[name] for name in table.Row.__dataclass_fields__}
            assert not table.Row(**fields).needs_reason(), stored
            middle = stored["ours_seconds"] / stored["peer_seconds"]
            assert stored["ratio"] == pytest.approx(middle, rel=0.3)


def test_no_peer_of_the_issue_is_left_out():
    def peers(name):
        part = STORED[name]
        return " ".join([row["peer"] for row in part["rows"]] + part["missing"])

    for name, wanted in {
        "attention": ("d2l.Add", "d2l.Dot", "d2l.Multi", "nn.Multi", "F.scaled"),
        "conv_attention": ("Self_Attn", "_NonLocalBlockND"),
        "kernel_regression": ("statsmodels",),
        "blob_entropy": ("published loop", "opencv", "connected-components-3d"),
        "class_maps": ("captum", "grad-cam"),
        "imports": ("import torch", "d2l"),
        "grading_speed": ("nbgrader autograde",),
        "book_build": ("nbconvert",),
        "explorer_latency": ("goal 100 ms", "goal 16 ms"),
    }.items():
        for each in wanted:
            assert each in peers(name), (name, each)


def test_rows_from_other_files_say_what_those_hold():
    stored = json.loads(grading_speed.PLACE.read_text("utf-8"))
    first, second = grading_speed.rows(stored)
    assert first.ratio == pytest.approx(1 / stored["ratio"], rel=0.03)
    assert second.peer_seconds == stored["nbgrader_seconds_with_pages"]
    slow = {"goal_median_ms": 16, "all": {"median_ms": 20}, "explorers": {}}
    slow["explorers"] = {"a": {"median_ms": 5}, "b": {"median_ms": 40}}
    places = {"kernel": {**slow, "goal_median_ms": 100}, "book": slow}
    rows = explorer_latency.rows(places)
    assert [row.ratio for row in rows] == pytest.approx([0.2, 0.4, 1.25, 2.5, 1.0])
    assert [bool(row.why) for row in rows] == [False, False, True, True, False]


def test_a_lesson_that_takes_longer_than_promised_says_so():
    path = next((BENCHMARKS.parent / "notebooks").glob("05*.ipynb"))
    promised = lesson_seconds.course_of(path)["seconds"]
    late = lesson_seconds.row(path, promised * 1.5)
    assert late.ratio == 1.5 and "longer" in late.why
    assert lesson_seconds.row(path, promised * 0.5).why == ""
