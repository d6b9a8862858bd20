"""The final project: settings, files that run no code, and the score."""

import csv
import importlib.util
import io
import json
import zipfile

import numpy as np
import pytest
import torch

from course_utils.blobs import BlobEntropyLoss
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
from course_utils.capstone.training import few_with_masks
from course_utils.classroom import score
from course_utils.experiments import FOLDER, Stored, load
from course_utils.guidance import mask_loss
from course_utils.metrics import intersection_over_union
from course_utils.worlds import harbour

SMALL = Settings(middle="attention", pool="lse", channels=8, depth=1)


@pytest.fixture
def handed_in(tmp_path):
    """A file, and what it holds."""
    torch.manual_seed(0)
    network = build_network(SMALL)
    path = tmp_path / "team.npz"
    save_submission(network, SMALL, path)
    return path, network


def rewritten(path, *, settings=None, names=None, **changes):
    """The same file with other content; None leaves an array out."""
    held = dict(np.load(path)) | {"settings": as_bytes(settings or SMALL.as_dict())}
    held |= {(names or {}).get(name, name): value for name, value in changes.items()}
    np.savez(path, **{k: v for k, v in held.items() if v is not None})
    return path


def as_bytes(values):
    text = values if isinstance(values, str) else json.dumps(values)
    return np.frombuffer(text.encode(), dtype=np.uint8)


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


def test_two_files_of_one_network_are_the_same_bytes(handed_in, tmp_path):
    path, network = handed_in
    save_submission(network, SMALL, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()
    with pytest.raises(ValueError, match=r"such as team\.npz"):
        save_submission(network, SMALL, tmp_path / "team.pt")


class Trap:
    """What makes a folder when it is unpickled."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        import os

        return os.mkdir, (self.place,)


@pytest.mark.parametrize("where", ["scores.bias", "settings", "extra"])
def test_nothing_that_is_pickled_is_run(handed_in, tmp_path, where):
    path, _ = handed_in
    trap = np.array([Trap(tmp_path / "ran")] * 2, dtype=object)
    rewritten(path, names={"trap": where}, trap=trap)
    with pytest.raises(NotASubmission):
        load_submission(path)
    assert not (tmp_path / "ran").exists()
    with np.load(path, allow_pickle=True) as held:
        assert len(held[where]) == 2  # the trap is a trap
    assert (tmp_path / "ran").exists()


def test_files_of_torch_are_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "whole.npz"
    torch.save(build_network(SMALL), path)
    monkeypatch.setattr(torch, "load", None)
    with pytest.raises(NotASubmission, match="no settings"):
        load_submission(path)


LONG = "x" * 900


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"middle": "magic"}, "middle"),
        ([3], "dictionary"),
        ("{", "as JSON"),
        ("[" * 900, "as JSON"),
        ({**SMALL.as_dict(), "channels": 12}, "shape"),
        ({**SMALL.as_dict(), "middle": "gate"}, "got others"),
        ({"middle": LONG}, "short word"),
        ({LONG: 1}, "1 others"),
        ({"middle": [[[LONG]]]}, "got list"),
        ({"depth": True}, "got bool"),
        ({"r": None}, "got NoneType"),
        ('{"r": 1' + "0" * 400 + "}", "usual size"),
        ('{"channels": 4' + "0" * 400 + "}", "usual size"),
        ('{"r": 1e999}', "expected"),
        ('{"r": NaN}', "expected"),
        ({"middle": "none", "x": "y" * 2000}, "short text"),
    ],
)
def test_settings_that_do_not_fit(handed_in, settings, message):
    path, _ = handed_in
    with pytest.raises(NotASubmission, match=message) as caught:
        load_submission(rewritten(path, settings=settings))
    assert len(str(caught.value)) < 250
    assert str(caught.value).startswith("team.npz: ")


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("scores.weight", lambda value: value * np.nan, "NaN"),
        ("scores.weight", lambda value: value * np.float32(np.inf), "NaN"),
        ("scores.weight", lambda value: value.astype(np.float64), "float64"),
        ("scores.weight", lambda value: value.astype(">f4"), "shape"),
        ("scores.weight", lambda value: value[..., None], "shape"),
        ("scores.weight", lambda value: np.asfortranarray(value[:, :, 0, 0]), "fast"),
        ("scores.weight", lambda value: np.array(["a"]), "shape"),
        ("scores.weight", lambda value: None, "got others"),
        ("settings", lambda value: value.astype(np.int16), "stored as bytes"),
        ("settings", lambda value: value[None], "stored as bytes"),
        ("settings", lambda value: None, "no settings"),
        ("other", lambda value: np.zeros(3), "got others"),
    ],
)
def test_weights_that_do_not_fit(handed_in, name, damage, message):
    path, _ = handed_in
    value = np.load(path)[name] if name != "other" else None
    with pytest.raises(NotASubmission, match=message):
        load_submission(rewritten(path, names={"new": name}, new=damage(value)))


def test_a_negative_variance_is_refused(handed_in):
    path, network = handed_in
    name = next(n for n in network.state_dict() if n.endswith("running_var"))
    value = np.load(path)[name]
    value[-1] = -1
    with pytest.raises(NotASubmission, match="negative variance"):
        load_submission(rewritten(path, names={"new": name}, new=value))


def repacked(path, change=lambda name, data: data, **how):
    """The same archive, written by hand."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", **how) as archive:
        for name, data in held.items():
            archive.writestr(name, change(name, data))
    return path


def header(text):
    """What changes the header of the last layer's biases."""
    head = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
    return lambda name, data: head + bytes(8) if "scores.bias" in name else data


def test_an_archive_written_by_hand_is_as_good(handed_in):
    same = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"
    loaded, _ = load_submission(repacked(handed_in[0], header(same)))
    assert loaded.scores.bias.tolist() == [0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (900000000, 900), }\n",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}\n",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }\n",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }\n",
        "(" * 200 + "\n",
        "-" * 5000 + "1\n",
        "\n",
        "__import__('os').abort()\n",
    ],
)
def test_headers_that_lie(handed_in, text):
    with pytest.raises(NotASubmission) as caught:
        load_submission(repacked(handed_in[0], header(text)))
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("by", [-4, -1, 1, 4])
def test_arrays_that_are_cut_off_or_too_long(handed_in, by):
    def change(name, data):
        if "scores.bias" not in name:
            return data
        return data[:by] if by < 0 else data + bytes(by)

    with pytest.raises(NotASubmission, match="cut off, or too long"):
        load_submission(repacked(handed_in[0], change))


def test_what_is_compressed_is_refused_unread(handed_in):
    path = repacked(handed_in[0], compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(NotASubmission, match="does not compress"):
        load_submission(path)


def test_a_name_twice(handed_in):
    path, _ = handed_in
    duplicate = pytest.warns(UserWarning, match="Duplicate")
    with duplicate, zipfile.ZipFile(path, "a") as archive:
        archive.writestr("scores.bias.npy", archive.read("scores.bias.npy"))
    with pytest.raises(NotASubmission, match="twice"):
        load_submission(path)


def test_damaged_bytes_never_end_in_another_error(handed_in):
    """Three hundred files, each with a few bytes changed: in the zip's own lists,
    in headers, in settings, in weights."""
    path, _ = handed_in
    whole = path.read_bytes()
    draw = np.random.default_rng(0)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        last = len(data) if draw.random() < 0.5 else 400
        for place in draw.integers(max(0, last - 3000), last, size=3):
            data[place] = draw.integers(256)
        path.write_bytes(data)
        try:
            load_submission(path)
        except NotASubmission as problem:
            refused += 1
            assert len(str(problem)) < 250
    assert refused > 200


def test_a_file_that_is_too_large(handed_in):
    """What stands before an archive does not make it unreadable, only large."""
    path, _ = handed_in
    whole = path.read_bytes()
    path.write_bytes(bytes(100) + whole)
    assert load_submission(path)[1] == SMALL
    path.write_bytes(bytes(4_000_001 - len(whole)) + whole)
    with pytest.raises(NotASubmission, match="of at most 4,000,000 bytes"):
        load_submission(path)


def test_files_that_are_none(tmp_path):
    with pytest.raises(NotASubmission, match="found none"):
        load_submission(tmp_path / "absent.npz")
    with pytest.raises(NotASubmission, match="found none"):
        load_submission(tmp_path)
    text = tmp_path / "text.npz"
    text.write_text("weights")
    with pytest.raises(NotASubmission, match="written by save_submission"):
        load_submission(text)
    half = tmp_path / "half.npz"
    buffer = io.BytesIO()
    np.savez(buffer, settings=np.zeros(3))
    half.write_bytes(buffer.getvalue()[:-30])
    with pytest.raises(NotASubmission):
        load_submission(half)
    bomb = tmp_path / "bomb.npz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("settings.npy", bytes(5_000_000))
    assert bomb.stat().st_size < 100_000
    with pytest.raises(NotASubmission, match="inside the archive"):
        load_submission(bomb)


def test_a_diverged_network_is_not_written(tmp_path):
    network = build_network(SMALL)
    network.scores.bias.data[1] = torch.inf
    with pytest.raises(NotASubmission, match="infinity"):
        save_submission(network, SMALL, tmp_path / "team.npz")
    assert not (tmp_path / "team.npz").exists()


def test_the_largest_of_the_family_may_be_handed_in(tmp_path):
    large = Settings(middle="attention", pool="lse", channels=64, depth=4)
    save_submission(build_network(large), large, tmp_path / "team.npz")
    assert load_submission(tmp_path / "team.npz")[1] == large


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


class Drawn(torch.nn.Module):
    """Draws one and the same map for class 1, which it always names."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def forward(self, images):
        maps = torch.zeros(len(images), 2, *self.values.shape)
        maps[:, 0] = -1
        maps[:, 1] = self.values
        return torch.tensor([[0.0, 1.0]]).expand(len(images), 2), maps


def ranked(values):
    return score_network(Drawn(values), seeds=[5], scenes=30)


def test_overlap_counts_pixels_above_four_tenths_of_the_maximum():
    """A background of .39 is not drawn; one of .41 is, and then all is drawn."""
    nothing, low, high = (torch.full((32, 32), v) for v in (0.0, 0.39, 0.41))
    for values in (nothing, low, high):
        values[16, 16] = 1
    assert ranked(low).overlap == pytest.approx(ranked(nothing).overlap)
    whole = harbour(30, bias=0.5, seed=5).masks.float().mean().item()
    assert ranked(high).overlap == pytest.approx(whole)


def test_blobs_are_counted_above_the_mean_of_the_map():
    values = torch.full((8, 8), 0.1)
    values[1, 1] = values[6, 6] = values[1, 6] = 1
    assert ranked(values).blobs == 3


def test_overlap_and_pointing_are_those_on_fair_water():
    """It draws the asked ship on fair water and the other one where the tint lies."""

    class Two(torch.nn.Module):
        def forward(self, images):
            fair = harbour(len(images), bias=0.5, seed=11)
            draws = "masks" if torch.equal(fair.images, images) else "others"
            return Oracle("classes", draws)(images)

    score = score_network(Two(), seeds=[11], scenes=40)
    assert score.overlap == pytest.approx(1) and score.pointing == 1
    assert score.total == pytest.approx(1)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_outputs_must_be_finite(bad):
    values = torch.zeros(8, 8)
    values[2, 3] = bad
    with pytest.raises(ValueError, match="maps: expected finite"):
        ranked(values)


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


@pytest.mark.parametrize("masked", [0.3, 1.0])
def test_the_first_loss_is_the_sum_of_its_parts(masked):
    """Fifty pictures are one batch, so the parts can be calculated beside it."""
    world = harbour(50, seed=1)

    def first(**weights):
        torch.manual_seed(0)
        network = build_network(SMALL)
        how = {"mask_weight": 0.0, "masked": masked, "seed": 3, "steps": 1} | weights
        return train_on_harbour(network, world, **how).item()

    torch.manual_seed(0)
    logits, maps = build_network(SMALL).train()(world.images)
    told = few_with_masks(50, masked, 3)
    own = maps[torch.arange(50), world.classes]
    plain = torch.nn.functional.cross_entropy(logits, world.classes).item()
    away = mask_loss(maps[told], world.classes[told], world.masks[told]).item()
    spread = BlobEntropyLoss()(own).item()
    assert away > 0.01 and spread > 0.01
    near = {"rel": 1e-4}
    assert first() == pytest.approx(plain, **near)
    assert first(mask_weight=7.0) == pytest.approx(plain + 7 * away, **near)
    assert first(blob_weight=3.0) == pytest.approx(plain + 3 * spread, **near)


def test_who_has_a_mask_depends_on_the_seed():
    one, two = few_with_masks(60, 0.3, 1), few_with_masks(60, 0.3, 2)
    assert one.sum() == two.sum() == 18 and not torch.equal(one, two)
    assert torch.equal(one, few_with_masks(60, 0.3, 1))


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
    save_submission(build_network(Settings()), Settings(), path.with_name("=b.npz"))
    path.with_name("broken.npz").write_text("no archive")
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
    assert score.main([str(tmp_path), "--seeds", str(2**70)]) == 2
    assert score.main([str(tmp_path / "absent")]) == 2
    (tmp_path / "x.npz").write_text("no archive")
    assert score.main([str(tmp_path)]) == 1


def test_every_place_of_a_folder(handed_in, monkeypatch, capsys):
    monkeypatch.setattr(score, "baselines", lambda: iter(()))
    monkeypatch.setattr(score, "score_network", quick)
    path, _ = handed_in
    good = path.read_bytes()
    for place in ("LOUD.NPZ", "red/team.npz", "blue/TEAM.npz", "green/first.npz"):
        target = path.parent / place
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(good)
    for place in ("notes.txt", "red/old.pt", ".hidden"):
        (path.parent / place).write_text("x")
    (path.parent / "empty").mkdir()
    assert score.main([str(path.parent)]) == 0
    printed = capsys.readouterr().out
    for name in ("LOUD", "red", "blue", "green/first", "team"):
        assert f"    1 {name} " in printed
    for name in ("notes.txt", "red/old.pt", "empty"):
        assert f"Passed over, because it is no .npz file: {name}\n" in printed
    assert "hidden" not in printed
    assert score.main([str(path)]) == 0


def test_names_cannot_write_lines_of_their_own(handed_in, monkeypatch, capsys):
    monkeypatch.setattr(score, "baselines", lambda: iter(()))
    monkeypatch.setattr(score, "score_network", quick)
    path, _ = handed_in
    path.rename(path.with_name("a\x1b[31mteam\nplace 1 fake" + "x" * 99 + ".npz"))
    assert score.main([str(path.parent)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "\nplace 1" not in printed
    assert "xxx..." in printed and "x" * 41 not in printed


def test_one_file_never_costs_the_others_their_table(handed_in, monkeypatch, capsys):
    """Weights that are finite, and outputs that are not; and a fault of our own."""
    monkeypatch.setattr(score, "baselines", lambda: iter(()))
    path, network = handed_in
    with torch.no_grad():
        for weights in network.parameters():
            weights.fill_(1e38)
    save_submission(network, SMALL, path.with_name("huge.npz"))
    assert score.main([str(path.parent), "--seeds", "3"]) == 0
    printed = capsys.readouterr().out
    assert "expected finite numbers" in printed and "    1 team " in printed

    def stumbles(network, seeds):
        raise RuntimeError("y" * 9999)

    monkeypatch.setattr(score, "score_network", stumbles)
    assert score.main([str(path.parent), "--seeds", "3"]) == 1
    printed = capsys.readouterr().out
    assert "not scored (RuntimeError): yyy" in printed and "y" * 200 not in printed


@pytest.mark.parametrize("out", ["absent/table.csv", "."])
def test_the_place_of_the_table_is_checked_first(handed_in, monkeypatch, capsys, out):
    path, _ = handed_in
    monkeypatch.setattr(score, "score_network", None)
    assert score.main([str(path), "--out", str(path.parent / out)]) == 2
    assert "--out: expected a file in a folder that exists" in capsys.readouterr().out


def baseline_script():
    """The script that stores the baselines, as a module."""
    path = FOLDER / "harbour_baselines.py"
    spec = importlib.util.spec_from_file_location("harbour_baselines", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_stored_baselines_are_whole():
    script, rows = baseline_script(), load("harbour_baselines").rows
    wanted = [(name, seed) for name in script.BASELINES for seed in script.SEEDS]
    assert [(row["name"], row["seed"]) for row in rows] == wanted


@pytest.mark.slow
def test_the_cheapest_baseline_again():
    script = baseline_script()
    again = script.one_row("convolution", 0)
    stored = load("harbour_baselines").rows[0]
    for key in ("fair", "against", "overlap", "total"):
        assert again[key] == pytest.approx(stored[key], abs=0.05)
