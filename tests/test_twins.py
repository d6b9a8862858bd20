"""Find the twin: the world keeps its promises, the network its windows."""

import importlib.util

import pytest
import torch
from torch import nn

from course_utils.conv_attention import (
    SelfAttention2d,
    TwinNetwork,
    at_pixels,
    conv_block,
    peaks_on_twin,
    right_colours,
    train_on_twins,
    where_it_looks,
)
from course_utils.experiments import FOLDER, load
from course_utils.worlds import TWIN_COLOURS, TWIN_SHAPES, find_the_twin


def square(image, middle):
    """The 5 by 5 pixels around a middle pixel, (3, 5, 5)."""
    row, column = middle.tolist()
    return image[:, row - 2 : row + 3, column - 2 : column + 3]


class TestWorld:
    world = find_the_twin(211, noise=0.0, seed=3)

    def test_shapes_of_the_parts(self):
        world = self.world
        assert world.images.shape == (211, 3, 16, 32)
        assert world.images.dtype == torch.float32
        assert world.answers.shape == world.twins.shape == (211,)
        assert world.asked.shape == (211, 2)
        assert world.shapes.shape == (211, 3, 2)

    def test_one_twin_with_the_colour_that_is_the_answer(self):
        colours = {}
        for index, image in enumerate(self.world.images):
            white = square(image, self.world.asked[index])
            assert torch.equal(white[0], white[1])
            assert torch.equal(white[0], white[2])
            drawn = [square(image, middle) for middle in self.world.shapes[index]]
            same = [torch.equal((one.amax(0) > 0), white[0] > 0) for one in drawn]
            assert sum(same) == 1
            assert same.index(True) == self.world.twins[index]
            twin = drawn[self.world.twins[index]]
            seen = tuple(twin.flatten(1).amax(1).tolist())
            colours.setdefault(int(self.world.answers[index]), set()).add(seen)
        assert sorted(colours) == list(range(len(TWIN_COLOURS)))
        assert all(len(seen) == 1 for seen in colours.values())
        red, green, blue, yellow = (next(iter(colours[i])) for i in range(4))
        assert red[0] > 0.9 > red[1] and green[1] > 0.9 > green[0]
        assert blue[2] > 0.9 > blue[0] and yellow[0] > 0.9 > yellow[2]

    def test_nothing_else_is_drawn_and_the_gap_is_empty(self):
        images = self.world.images
        assert (images[..., 17:26] == 0).all()
        assert (images[..., 26:31] > 0).any(dim=1).flatten(1).any(1).all()
        inked = (images > 0).any(dim=1).flatten(1).sum(1)
        assert inked.min() >= 4 * 9  # a plus and a cross have 9 pixels, the least

    def test_shapes_do_not_overlap_and_stand_in_any_order(self):
        columns = self.world.shapes[:, :, 1]
        assert torch.equal(columns.sort(dim=1).values, torch.tensor([[2, 8, 14]] * 211))
        assert len(columns.unique(dim=0)) == 6
        assert self.world.shapes[:, :, 0].unique().tolist() == [2, 4, 6, 8, 10, 12]

    def test_answers_and_twins_are_drawn_evenly(self):
        world = find_the_twin(4000, seed=5)
        assert world.answers.bincount(minlength=4).min() > 900
        assert world.twins.bincount(minlength=3).min() > 1200
        assert len(TWIN_SHAPES) == 6

    def test_the_white_shape_says_nothing_about_the_colour(self):
        """Pictures with the same right half: each answer about equally often."""
        world = find_the_twin(6000, noise=0.0, seed=7)
        patches = torch.stack(
            [square(i, m)[0] for i, m in zip(world.images, world.asked, strict=True)]
        )
        kinds, which = patches.flatten(1).unique(dim=0, return_inverse=True)
        assert len(kinds) == 6
        table = torch.zeros(6, 4).index_put_(
            (which, world.answers), torch.tensor(1.0), accumulate=True
        )
        shares = table / table.sum(dim=1, keepdim=True)
        assert (shares - 0.25).abs().max() < 0.06

    def test_noise_and_seeds(self):
        clean, noisy = (find_the_twin(53, noise, seed=2) for noise in (0.0, 0.3))
        spread = (noisy.images - clean.images).std()
        assert spread == pytest.approx(0.3, rel=0.02)
        assert torch.equal(clean.asked, noisy.asked)
        again, other = find_the_twin(53, seed=2), find_the_twin(53, seed=4)
        assert torch.equal(find_the_twin(53, 0.05, seed=2).images, again.images)
        assert not torch.equal(again.images, other.images)

    def test_refuses_what_makes_no_picture(self):
        with pytest.raises(ValueError, match="images: expected at least 1, got 0"):
            find_the_twin(0)
        with pytest.raises(ValueError, match="noise: expected a number of at least 0"):
            find_the_twin(3, noise=-1.0)
        with pytest.raises(TypeError, match="noise: expected a number, got str"):
            find_the_twin(3, noise="a")
        with pytest.raises(ValueError, match="seed: expected at least 0"):
            find_the_twin(3, seed=-1)


class TestNetwork:
    def test_without_a_middle_the_answer_hangs_on_eleven_by_eleven_pixels(self):
        torch.manual_seed(0)
        network = TwinNetwork(nn.Identity(), channels=7).eval()
        images = torch.rand(1, 3, 16, 32, requires_grad=True)
        network(images)[0, :, 4, 14].sum().backward()
        seen = images.grad[0].abs().sum(0) > 0
        rows, columns = seen.nonzero().T
        assert (rows.min(), rows.max()) == (3, 13)
        assert (columns.min(), columns.max()) == (23, 31)  # 33, were there pixels
        assert columns.min() > 16  # no coloured shape within sight

    def test_attention_in_the_middle_sees_every_pixel(self):
        torch.manual_seed(0)
        layer = SelfAttention2d(16)
        nn.init.constant_(layer.gamma, 1.0)
        network = TwinNetwork(layer, channels=16).eval()
        images = torch.rand(1, 3, 16, 32, requires_grad=True)
        network(images)[0, :, 4, 14].sum().backward()
        assert (images.grad[0].abs().sum(0) > 0).all()

    def test_conv_block(self):
        torch.manual_seed(0)
        block = conv_block(3, 5, stride=2, dilation=2)
        out = block(torch.randn(2, 3, 7, 11))
        assert out.shape == (2, 5, 4, 6)
        assert (out >= 0).all()
        assert sum(w.numel() for w in block.parameters()) == 3 * 5 * 9 + 2 * 5

    def test_at_pixels_takes_the_cell_above_the_pixel(self):
        maps = torch.arange(2 * 3 * 2 * 5.0).view(2, 3, 2, 5)
        pixels = torch.tensor([[3, 8], [0, 1]])
        got = at_pixels(maps, pixels)
        assert torch.equal(got, torch.stack([maps[0, :, 1, 4], maps[1, :, 0, 0]]))
        with pytest.raises(ValueError, match="with one pixel for each map"):
            at_pixels(maps, pixels[:1])
        for outside in ([[-1, -1], [0, 1]], [[4, 0], [0, 1]], [[0, 10], [0, 1]]):
            with pytest.raises(ValueError, match="within 4 by 10 pixels"):
                at_pixels(maps, torch.tensor(outside))

    def test_where_it_looks_is_the_row_of_the_asked_cell(self):
        torch.manual_seed(0)
        world = find_the_twin(3, seed=1)
        network = TwinNetwork(SelfAttention2d(32)).eval()
        maps = where_it_looks(network, world)
        assert maps.shape == (3, 8, 16)
        assert torch.allclose(maps.sum(dim=(1, 2)), torch.ones(3))
        _, weights = network.middle(network.see(world.images), return_weights=True)
        for index, (row, column) in enumerate((world.asked // 2).tolist()):
            expected = weights[index, row * 16 + column].view(8, 16)
            assert torch.allclose(maps[index], expected)

    def test_peaks_on_twin(self):
        world = find_the_twin(97, seed=1)
        maps = torch.zeros(97, 8, 16)
        each = torch.arange(97)
        twin = world.shapes[each, world.twins] // 2
        maps[each, twin[:, 0], twin[:, 1]] = 1
        assert peaks_on_twin(maps, world) == 1
        other = world.shapes[each, (world.twins + 1) % 3] // 2
        maps[each, other[:, 0], other[:, 1]] = 2
        assert peaks_on_twin(maps, world) == 0
        with pytest.raises(ValueError, match="with one map for each picture"):
            peaks_on_twin(maps[:5], world)
        for other in (torch.zeros(97, 16, 16), torch.zeros(97, 8, 32)):
            with pytest.raises(ValueError, match="number for each cell of 2 by 2"):
                peaks_on_twin(other, world)

    def test_training_is_repeatable_and_ends_in_evaluation_mode(self):
        histories = []
        for _ in range(2):
            torch.manual_seed(4)
            network = TwinNetwork(nn.Identity(), channels=8)
            histories.append(train_on_twins(network, seed=4, steps=9))
        assert not network.training
        assert histories[0].shape == (9,)
        assert torch.equal(*histories)
        assert 0 <= right_colours(network, find_the_twin(40)) <= 1
        with pytest.raises(ValueError, match="steps: expected at least 6, got 5"):
            train_on_twins(network, steps=5)


# ------------------------------------------------------------- stored experiment


def experiment():
    """The script that stores the rows, as a module."""
    path = FOLDER / "find_the_twin.py"
    spec = importlib.util.spec_from_file_location("find_the_twin", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_stored_rows_are_complete_and_some_come_out_again():
    script, stored = experiment(), load("find_the_twin").rows
    keys = [(row["middle"], row["seed"]) for row in stored]
    assert keys == [(n, seed) for n in script.MIDDLES for seed in script.seeds_of(n)]
    torch.set_num_threads(1)
    # Two windows of 50 steps at the fast rate, of a row that learns.
    name = "attention, gamma 1, scaled"
    for middle, steps, windows in [("nothing", 60, 1), (name, 120, 2)]:
        row = stored[keys.index((middle, 1))]
        again = script.run(middle, 1, steps)
        assert again["parameters"] == row["parameters"]
        assert again["losses"][:windows] == pytest.approx(
            row["losses"][:windows], abs=0.03
        )
    assert row["losses"][1] < row["losses"][0] - 0.2


def test_the_last_sixth_is_slower(monkeypatch):
    rates = []

    def note(parameters, loss, steps, rate, seed):
        rates.append((steps, rate))
        return torch.zeros(steps)

    module = "course_utils.conv_attention.twin_network.fit"
    monkeypatch.setattr(module, note)
    train_on_twins(TwinNetwork(nn.Identity()), steps=600)
    assert rates == [(500, 0.004), (100, 0.0005)]


def test_middles_of_the_script_are_what_their_names_say():
    script = experiment()
    torch.manual_seed(0)
    features = torch.randn(2, 32, 8, 16)
    control = script.uniform()
    loss = control(features).square().sum()
    loss.backward()
    torch.optim.SGD([p for p in control.parameters() if p.requires_grad], 1e-3).step()
    _, weights = control(features, return_weights=True)
    assert torch.allclose(weights, torch.full_like(weights, 1 / 128))
    for gamma, scaled in [(1.0, True), (0.0, False)]:
        layer = script.attention(gamma, scaled)
        assert layer.gamma == gamma
        assert layer.scale == pytest.approx(8**-0.5 if scaled else 1.0)
        named = "scaled" if scaled else "not scaled"
        same = script.MIDDLES[f"attention, gamma {gamma:.0f}, {named}"]()
        assert (same.gamma, same.scale) == (layer.gamma, layer.scale)
    for form in ("gaussian", "concatenation"):
        block = script.MIDDLES[f"non-local, {form}"]()
        assert block.form == form
        assert block.w_z.weight.abs().sum() > 0


def test_global_maximum_adds_one_thing_to_every_place():
    layer = experiment().GlobalMaximum(3)
    with torch.no_grad():
        layer.value.weight.copy_(-torch.eye(3).view(3, 3, 1, 1))
        layer.out.weight.copy_(2 * torch.eye(3).view(3, 3, 1, 1))
        layer.value.bias.zero_()
        layer.out.bias.zero_()
    features = torch.randn(2, 3, 5, 7)
    added = layer(features) - features
    wanted = -2 * features.amin(dim=(2, 3), keepdim=True).expand_as(features)
    assert torch.allclose(added, wanted, atol=1e-6)


def test_right_colours_counts_right_answers():
    world = find_the_twin(60, seed=1)

    def names_the_answer(wrong):
        logits = torch.zeros(60, 4, 8, 16)
        rows, columns = (world.asked // 2).T
        answers = world.answers.clone()
        answers[:wrong] = (answers[:wrong] + 1) % 4
        logits[torch.arange(60), answers, rows, columns] = 1
        return lambda images: logits

    for wrong in (0, 12, 60):
        share = right_colours(names_the_answer(wrong), world)
        assert share == pytest.approx(1 - wrong / 60)


def test_what_the_lesson_claims_of_the_stored_rows():
    right = {}
    for row in load("find_the_twin").rows:
        right.setdefault(row["middle"], {})[row["seed"]] = row["accuracy"]
    for blind in ("nothing", "3 more convolutions"):
        assert all(0.22 < share < 0.28 for share in right[blind].values())
    asking = right["attention, gamma 1, scaled"]
    assert [seed for seed, share in asking.items() if share < 0.96] == [12]
    assert min(right["global maximum"].values()) > 0.85 > asking[12]
