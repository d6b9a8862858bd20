"""The stored rows on erasing come from the script beside them, and say what is said."""

import importlib.util
import itertools
import json

import pytest
import torch

from course_utils.experiments import FOLDER, load


def experiment():
    """The script that stores the rows, as a module."""
    path = FOLDER / "erasing_steps.py"
    spec = importlib.util.spec_from_file_location("erasing_steps", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = experiment()
ROWS = load("erasing_steps").rows


def kept(**names):
    return [row for row in ROWS if names.items() <= row.items()]


def test_every_run_has_its_rows():
    found = [
        (row["seed"], row["pool"], row["hole"], row["step"])
        for row in kept(what="step")
    ]
    wanted = {
        (seed, pool, hole, step)
        for (pool, hole), count in SCRIPT.STEPS.items()
        for seed in SCRIPT.SEEDS
        for step in range(1, count + 1)
    }
    assert len(found) == len(wanted) and set(found) == wanted
    found = [(row["seed"], row["pool"], row["way"]) for row in kept(what="rival")]
    assert len(found) == len(set(found)) == 5 * 6


def test_first_steps_come_again():
    torch.set_num_threads(1)
    for seed, pool, hole, count in [(0, "GMP", "shape", 1), (3, "GAP", "window", 2)]:
        stored = kept(what="step", seed=seed, pool=pool, hole=hole)[:count]
        again = SCRIPT.steps(seed, pool, hole, count)
        for row, new in itertools.zip_longest(stored, again):
            for name in ("recall", "precision", "iou", "train", "test", "area"):
                slack = 6 if name == "area" else 0.04
                assert new[name] == pytest.approx(row[name], abs=slack), (row, name)


def test_scores_by_hand():
    scenes = SCRIPT.animals(3, seed=0)
    assert SCRIPT.scores(scenes.masks, scenes)["iou"] == 1
    head = scenes.parts[:, 0]
    got = SCRIPT.scores(head, scenes)
    assert got["recall"] == pytest.approx(42 / 198)
    assert got["precision"] == 1
    assert (got["head"], got["body"], got["legs"]) == (1, 0, 0)
    assert got["area"] == 42
    everything = SCRIPT.scores(torch.ones_like(head), scenes)
    assert everything["precision"] == pytest.approx(198 / 1024)
    nothing = SCRIPT.scores(torch.zeros_like(head), scenes)
    assert nothing["precision"] == nothing["recall"] == 0


def test_the_leak_is_high_for_coded_holes_and_chance_for_others():
    classes = torch.arange(400) % 2
    drawn = torch.Generator().manual_seed(0)
    corners = torch.randint(0, 20, (400, 2), generator=drawn)
    coded = torch.zeros(400, 32, 32, dtype=torch.bool)
    plain = coded.clone()
    for n, (row, column) in enumerate(corners.tolist()):
        wide, high = (11, 5) if classes[n] else (5, 11)
        coded[n, row : row + high, column : column + wide] = True
        plain[n, row : row + 8, column : column + 8] = True
    halves = slice(0, 200), slice(200, 400)
    for holes, low, high in ((coded, 0.95, 1.0), (plain, 0.35, 0.65)):
        (a, b), (c, d) = [(holes[half], classes[half]) for half in halves]
        assert low <= SCRIPT.leak(a, b, c, d) <= high


def test_hide_and_seek_hides_cells_while_training_only():
    seen = []
    wrapped = SCRIPT.HideAndSeek(torch.nn.Identity(), cell=8)
    wrapped.network.forward = lambda images: seen.append(images)
    images = torch.ones(211, 3, 32, 32)
    wrapped.eval()(images)
    assert torch.equal(seen.pop(), images)
    torch.manual_seed(0)
    wrapped.train()(images)
    hidden = seen.pop() == 0
    cells = hidden.unflatten(3, (4, 8)).unflatten(2, (4, 8))
    whole = cells[:, :1, :, :1, :, :1].expand_as(cells)
    assert torch.equal(cells, whole)  # all channels and pixels of a cell alike
    assert 0.45 < hidden.float().mean() < 0.55
    assert not torch.equal(hidden[0], hidden[1])


def test_looks_at_the_named_class_or_at_the_given_one():
    torch.manual_seed(0)
    network = SCRIPT.MapClassifier().eval()
    images = SCRIPT.animals(7, seed=1).images
    with torch.no_grad():
        logits, maps = network(images)
    named, own = SCRIPT.looks(network, images)
    assert torch.equal(named, logits.argmax(1))
    classes = torch.tensor([0, 1, 1, 0, 1, 0, 0])
    _, told = SCRIPT.looks(network, images, classes)
    for n in range(7):
        for large, kind in ((own[n], named[n]), (told[n], classes[n])):
            back = torch.nn.functional.avg_pool2d(large[None, None], 2)[0, 0]
            inner = maps[n, kind][4:12, 4:12]
            assert torch.corrcoef(torch.stack([back[4:12, 4:12], inner]).flatten(1))[
                0, 1
            ].item() > (0.9)


def test_the_explorer_table_is_complete():
    table = json.loads(SCRIPT.EXPLORER.read_text(encoding="utf-8"))
    assert list(table["sizes"]) == ["5", "9", "13"]
    for size, entry in table["sizes"].items():
        assert len(entry["means"]) == 6
        recalls = [mean[0] for mean in entry["means"]]
        assert recalls == sorted(recalls)
        for corners in entry["corners"]:
            assert len(corners) == 6
            assert all(0 <= n <= 32 - int(size) for pair in corners for n in pair)
    for one in table["pictures"]:
        assert len(one["pixels"]) == 3 * 1024
        assert [one["parts"].count(n) for n in "123"] == [42, 96, 60]
    stored = kept(what="step", seed=0, pool="GAP", hole="window")
    for mean, row in zip(table["sizes"]["9"]["means"], stored, strict=False):
        assert mean[:3] == pytest.approx(
            [row["recall"], row["precision"], row["iou"]], abs=0.04
        )


def test_the_rows_say_what_the_lesson_says():
    def by_seed(**names):
        return [kept(what="step", seed=seed, **names) for seed in SCRIPT.SEEDS]

    for rows in by_seed(pool="GAP", hole="window"):
        iou = [row["iou"] for row in rows]
        assert max(iou) == iou[2]
        assert min(row["train"] for row in rows[:3]) > 0.99
        assert rows[3]["train"] < 0.9
    shapes = by_seed(pool="GMP", hole="shape")
    assert min(row["train"] for rows in shapes for row in rows) > 0.99
    assert shapes[1][2]["body"] < 0.1 < 0.5 < shapes[4][2]["body"]
    assert abs(shapes[1][1]["leak"] - shapes[4][1]["leak"]) < 0.02
    for pool in SCRIPT.POOLS:
        windows, forms = (by_seed(pool=pool, hole=hole) for hole in SCRIPT.HOLES)
        for window, form in zip(windows, forms, strict=True):
            assert window[0]["leak"] < form[0]["leak"]


def test_erasing_beats_every_rival_in_every_world():
    erased = [
        kept(what="step", seed=seed, pool="GAP", hole="window", step=3)[0]["iou"]
        for seed in SCRIPT.SEEDS
    ]
    assert min(erased) > max(row["iou"] for row in kept(what="rival"))
    control = kept(way="three maps, nothing erased")
    assert len(control) == 5 and {row["area"] for row in control} == {200}


def test_the_control_comes_again():
    torch.set_num_threads(1)
    again = {row["way"]: row for row in SCRIPT.rivals(3, "GAP")}
    for row in kept(what="rival", seed=3):
        assert again[row["way"]]["iou"] == pytest.approx(row["iou"], abs=0.04)
