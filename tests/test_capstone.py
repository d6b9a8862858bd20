"""The final project: settings, files that run no code, and the score."""

import csv
import importlib.util
import io
import zipfile

import pytest
import torch

from course_utils.capstone import (
    Score,
    Settings,
    build_network,
    load_submission,
    save_submission,
    score_network,
    train_on_harbour,
)
from course_utils.capstone.submission import NotASubmission
from course_utils.classroom import score
from course_utils.experiments import FOLDER, Stored, load
from course_utils.metrics import intersection_over_union
from course_utils.worlds import harbour

SMALL = Settings(middle="attention", pool="lse", channels=8, depth=1)


@pytest.fixture
def handed_in(tmp_path):
    """A file, and what it holds."""
    torch.manual_seed(0)
    network = build_network(SMALL)
    path = tmp_path / "team.pt"
    save_submission(network, SMALL, path)
    return path, network


def rewritten(path, **changes):
    """The same file with other content."""
    held = torch.load(path, weights_only=True)
    torch.save({**held, **changes}, path)
    return path


@pytest.mark.parametrize("middle", ["none", "gate", "attention"])
@pytest.mark.parametrize("pool", ["average", "lse", "maximum"])
def test_every_network_of_the_family(middle, pool):
    network = build_network(Settings(middle=middle, pool=pool, channels=12, depth=0))
    logits, maps = network(torch.randn(5, 3, 32, 32))
    assert logits.shape == (5, 2) and maps.shape == (5, 2, 8, 8)
    logits.sum().backward()
    assert network.scores.weight.grad.abs().sum() > 0


def test_r_and_scale_reach_the_logits():
    images = torch.randn(3, 3, 32, 32)
    for change in ({"r": 0.5}, {"scale": 2.0}):
        torch.manual_seed(1)
        one = build_network(Settings(pool="lse"))(images)[0]
        torch.manual_seed(1)
        other = build_network(Settings(pool="lse", **change))(images)[0]
        assert not torch.allclose(one, other)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"middle": "transformer"}, ValueError),
        ({"pool": "sum"}, ValueError),
        ({"r": 0}, ValueError),
        ({"r": "8"}, TypeError),
        ({"scale": float("nan")}, ValueError),
        ({"channels": 4}, ValueError),
        ({"channels": 68}, ValueError),
        ({"channels": 30}, ValueError),
        ({"channels": 32.0}, (TypeError, ValueError)),
        ({"depth": -1}, ValueError),
        ({"depth": 5}, ValueError),
    ],
)
def test_settings_out_of_range(wrong, error):
    with pytest.raises(error, match="expected"):
        Settings(**wrong)


def test_settings_from_a_file():
    assert Settings.from_dict(SMALL.as_dict()) == SMALL
    with pytest.raises(ValueError, match="names out of"):
        Settings.from_dict({"middle": "none", "lr": 1})
    with pytest.raises(TypeError, match="dictionary"):
        Settings.from_dict([1])


def test_what_is_handed_in_comes_back(handed_in):
    path, network = handed_in
    loaded, settings = load_submission(path)
    assert settings == SMALL and not loaded.training
    images = torch.randn(3, 3, 32, 32)
    network.eval()
    torch.testing.assert_close(loaded(images), network(images))


def test_nothing_that_is_pickled_is_run(tmp_path):
    """A file whose opening would make a folder: with weights_only it does not."""

    class Trap:
        def __reduce__(self):
            import os

            return os.mkdir, (str(tmp_path / "ran"),)

    path = tmp_path / "trap.pt"
    torch.save({"settings": SMALL.as_dict(), "weights": Trap()}, path)
    with pytest.raises(NotASubmission, match="plain weights"):
        load_submission(path)
    assert not (tmp_path / "ran").exists()
    torch.load(path, weights_only=False)  # the trap is a trap
    assert (tmp_path / "ran").exists()


def test_whole_networks_are_refused(tmp_path):
    path = tmp_path / "whole.pt"
    torch.save(build_network(SMALL), path)
    with pytest.raises(NotASubmission, match="plain weights"):
        load_submission(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": {"middle": "magic"}}, "middle"),
        ({"settings": 3}, "dictionary"),
        ({"settings": {**SMALL.as_dict(), "channels": 12}}, "shape"),
        ({"settings": {**SMALL.as_dict(), "middle": "gate"}}, "got others"),
        ({"weights": {}}, "got others"),
        ({"weights": [1, 2]}, "got others"),
        ({"extra": 1}, "'settings' and 'weights'"),
    ],
)
def test_content_that_does_not_fit(handed_in, change, message):
    path, _ = handed_in
    with pytest.raises(NotASubmission, match=message):
        load_submission(rewritten(path, **change))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda value: value.fill_(torch.nan), "NaN"),
        (lambda value: value.double(), "float64"),
        (lambda value: value.to_sparse(), "plain tensor"),
        (lambda value: 3.0, "plain tensor"),
    ],
)
def test_weights_that_do_not_fit(handed_in, damage, message):
    path, network = handed_in
    weights = {name: value.clone() for name, value in network.state_dict().items()}
    weights["scores.weight"] = damage(weights["scores.weight"])
    with pytest.raises(NotASubmission, match=message):
        load_submission(rewritten(path, weights=weights))


def test_files_that_are_none(tmp_path):
    with pytest.raises(NotASubmission, match="found none"):
        load_submission(tmp_path / "absent.pt")
    text = tmp_path / "text.pt"
    text.write_text("weights")
    with pytest.raises(NotASubmission, match="written by save_submission"):
        load_submission(text)
    half = tmp_path / "half.pt"
    buffer = io.BytesIO()
    torch.save({"settings": {}, "weights": {}}, buffer)
    half.write_bytes(buffer.getvalue()[:-200])
    with pytest.raises(NotASubmission):
        load_submission(half)
    bomb = tmp_path / "bomb.pt"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(5_000_000))
    assert bomb.stat().st_size < 100_000
    with pytest.raises(NotASubmission, match="inside the archive"):
        load_submission(bomb)


def test_a_diverged_network_is_not_written(tmp_path):
    network = build_network(SMALL)
    network.scores.bias.data[1] = torch.inf
    with pytest.raises(NotASubmission, match="infinity"):
        save_submission(network, SMALL, tmp_path / "team.pt")
    assert not (tmp_path / "team.pt").exists()


# ---------------------------------------------------------------------- the score


class Oracle(torch.nn.Module):
    """Knows one harbour: names the class or the tint, and draws a given region."""

    def __init__(self, says, draws):
        super().__init__()
        self.says, self.draws = says, draws

    def forward(self, images):
        for bias in (0.5, 0.0):
            world = harbour(len(images), bias=bias, seed=11)
            if torch.equal(world.images, images):
                break
        named = getattr(world, self.says)
        maps = -torch.ones(len(images), 2, 32, 32)
        maps[torch.arange(len(images)), named] = getattr(world, self.draws).float()
        return maps.amax(dim=(2, 3)), maps


def test_score_of_a_perfect_network():
    score = score_network(Oracle("classes", "masks"), seeds=[11], scenes=40)
    assert score.fair == score.against == score.pointing == 1
    assert score.overlap == pytest.approx(1) and score.total == pytest.approx(1)
    assert score.blobs == pytest.approx(1, abs=0.1)


def test_score_of_one_who_trusts_the_water_and_draws_the_other_ship():
    score = score_network(Oracle("tints", "others"), seeds=[11], scenes=40)
    fair = harbour(40, bias=0.5, seed=11)
    assert score.fair == pytest.approx((fair.tints == fair.classes).float().mean())
    assert score.against == score.overlap == score.pointing == 0
    assert score.total == pytest.approx(score.fair / 3)


def test_overlap_is_that_of_the_class_that_the_network_names():
    world = harbour(30, bias=0.5, seed=5)
    network = build_network(Settings()).eval()
    with torch.no_grad():
        logits, maps = network(world.images)
    chosen = torch.stack([m[k] for m, k in zip(maps, logits.argmax(1), strict=True)])
    large = torch.nn.functional.interpolate(
        chosen.clamp(min=0)[None], size=(32, 32), mode="bilinear"
    )[0]
    expected = intersection_over_union(large, world.masks, 0.4).mean().item()
    score = score_network(network, seeds=[5], scenes=30)
    assert score.overlap == pytest.approx(expected)


def test_seeds_are_averaged():
    network = build_network(Settings())
    one, two = (score_network(network, seeds=[s], scenes=20) for s in (1, 2))
    both = score_network(network, seeds=[1, 2], scenes=20)
    assert both == pytest.approx([(a + b) / 2 for a, b in zip(one, two, strict=True)])


def test_score_needs_a_seed():
    with pytest.raises(ValueError, match="seeds"):
        score_network(build_network(Settings()), seeds=[])


# -------------------------------------------------------- training, and the table


def test_training_uses_masks_of_a_few_and_repeats_itself():
    world = harbour(60, seed=1)

    def train(**how):
        torch.manual_seed(0)
        network = build_network(SMALL)
        return train_on_harbour(network, world, seed=3, steps=4, **how)

    plain = train(mask_weight=0.0)
    assert plain.shape == (4,)
    assert torch.equal(plain, train(masked=0.0))
    assert not torch.equal(plain, train(masked=1.0))
    assert torch.equal(train(masked=0.5), train(masked=0.5))
    assert not torch.equal(plain, train(mask_weight=0.0, blob_weight=1.0))


def test_masks_that_nobody_paid_for_are_not_looked_at():
    world = harbour(60, seed=1)

    def train(masks):
        torch.manual_seed(0)
        network = build_network(SMALL)
        other = world._replace(masks=masks)
        return train_on_harbour(network, other, seed=3, masked=0.0, steps=4)

    assert torch.equal(train(world.masks), train(world.others))


@pytest.mark.parametrize(
    "wrong", [{"masked": 1.5}, {"mask_weight": -1.0}, {"blob_weight": -1.0}]
)
def test_training_says_what_is_wrong(wrong):
    with pytest.raises(ValueError, match="expected"):
        train_on_harbour(build_network(SMALL), harbour(10), **wrong)


@pytest.fixture
def folder(handed_in, monkeypatch):
    """A folder with a good file, a better one, a bad one; two baselines."""
    path, _ = handed_in
    torch.manual_seed(7)
    save_submission(build_network(Settings()), Settings(), path.with_name("=b.pt"))
    path.with_name("broken.pt").write_text("no archive")
    rows = [
        {"name": "low", **dict.fromkeys(Score._fields, value)} for value in (0.0, 0.02)
    ] + [{"name": "high", **dict.fromkeys(Score._fields, 0.9)}]
    monkeypatch.setattr(score, "load", lambda name: Stored(rows, ""))
    monkeypatch.setattr(score, "score_network", quick)
    return path.parent


def quick(network, seeds):
    """A score that tells networks apart without running them."""
    wide = network.scores.in_channels
    return Score(*[wide / 100] * 6)


def test_table_has_the_best_first_baselines_among_them_refused_last(folder, capsys):
    out = folder / "table.csv"
    assert score.main([str(folder), "--seeds", "3", "--out", str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = [row["name"] for row in rows]
    assert names == ["high", "'=b", "team", "low", "broken"]
    assert [row["place"] for row in rows] == ["", "1", "2", "", ""]
    assert float(rows[3]["total"]) == pytest.approx(0.01)
    assert "written by save_submission" in rows[4]["remark"]
    printed = capsys.readouterr().out
    assert "Harbours 3." in printed
    for name in ("high", "=b", "team", "low", "broken"):
        assert name in printed


def test_equal_totals_share_a_place(monkeypatch):
    monkeypatch.setattr(score, "baselines", lambda: iter(()))
    scored = [
        (name, Score(*[total] * 6))
        for name, total in zip("abcd", (1, 2, 2, 3), strict=True)
    ]
    places = {row["name"]: row["place"] for row in score.table(scored, [])}
    assert places == {"d": 1, "b": 2, "c": 2, "a": 4}


def test_nothing_to_score(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(score, "baselines", lambda: iter(()))
    assert score.main([str(tmp_path)]) == 2
    assert "Nothing was scored" in capsys.readouterr().out
    assert score.main([str(tmp_path), "--seeds", "-1"]) == 2
    (tmp_path / "x.pt").write_text("no archive")
    assert score.main([str(tmp_path)]) == 1


def test_stored_baselines_are_whole():
    rows = load("harbour_baselines").rows
    names = list(dict.fromkeys(row["name"] for row in rows))
    assert len(names) == 7
    for name in names:
        assert [row["seed"] for row in rows if row["name"] == name] == [0, 1, 2, 3, 4]


@pytest.mark.slow
def test_the_cheapest_baseline_again():
    path = FOLDER / "harbour_baselines.py"
    spec = importlib.util.spec_from_file_location("harbour_baselines", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    again = script.one_row("convolution", 0)
    stored = load("harbour_baselines").rows[0]
    for key in ("fair", "against", "overlap", "total"):
        assert again[key] == pytest.approx(stored[key], abs=0.05)
