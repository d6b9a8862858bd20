"""Every generated world keeps its promises: counts, ground truth, seeds."""

import runpy

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from course_utils.cues import query_scores, saliency_scores
from course_utils.experiments import FOLDER, load
from course_utils.metrics import hit_rate
from course_utils.worlds import (
    FEATURES,
    SEARCHES,
    TARGETS,
    TEXTURES,
    autoregressive,
    glimpses,
    object_scenes,
    visual_search,
)


class TestVisualSearch:
    def test_shapes(self):
        world = visual_search(7, 5, "conjunction")
        assert world.features.shape == (7, len(FEATURES), 5, 5)
        assert world.letters.shape == (7, 5, 5)
        assert world.targets.shape == (7,)
        assert world.queries.shape == (7, len(FEATURES))
        assert world.features.dtype == world.queries.dtype == torch.float32
        assert world.letters.min() >= 0
        assert world.letters.max() <= 25

    @pytest.mark.parametrize("search", SEARCHES)
    @pytest.mark.parametrize("side", [2, 3, 7])
    @pytest.mark.parametrize("target", [*TARGETS, "any"])
    def test_counts(self, search, side, target):
        world = visual_search(11, side, search, target, noise=0.0, seed=3)
        keys = world.features.flatten(2)  # (displays, channels, cells)
        assert torch.equal(keys[:, :2].sum(1), torch.ones(11, side**2))
        assert torch.equal(keys[:, 2:].sum(1), torch.ones(11, side**2))
        same = torch.einsum("dcn,dc->dn", keys, world.queries)  # shared features
        assert torch.equal(same.argmax(1), world.targets)
        assert torch.equal((same == 2).sum(1), torch.ones(11).long())
        assert torch.equal((same == 1).sum(1), torch.full((11,), side**2 - 1))
        others = torch.einsum("dcn,dc->d", keys[:, :2], world.queries[:, :2]) - 1
        expected = {
            "colour": 0,
            "orientation": side**2 - 1,
            "conjunction": (side**2 - 1) // 2,
        }
        assert (others == expected[search]).all()

    @pytest.mark.parametrize("target", TARGETS)
    def test_query_says_the_name_of_the_target(self, target):
        query = visual_search(1, 2, target=target).queries[0]
        wanted = [word for word, on in zip(FEATURES, query, strict=True) if on]
        assert " ".join(wanted) == target

    def test_any_target_draws_all_four_about_equally(self):
        queries = visual_search(1000, 2, "conjunction", "any").queries
        kinds, counts = queries.unique(dim=0, return_counts=True)
        assert len(kinds) == 4
        assert counts.min() > 200

    def test_targets_lie_everywhere_about_equally(self):
        counts = visual_search(1000, 2, "conjunction").targets.bincount(minlength=4)
        assert counts.min() > 200

    def test_noise_has_the_stated_spread(self):
        clean = visual_search(50, 7, noise=0.0, seed=5)
        noisy = visual_search(50, 7, noise=0.3, seed=5)
        spread = (noisy.features - clean.features).std()
        assert spread == pytest.approx(0.3, rel=0.03)
        assert torch.equal(noisy.targets, clean.targets)

    def test_noise_is_normal_and_each_channel_has_its_own(self):
        clean = visual_search(200, 7, noise=0.0, seed=5).features
        noise = visual_search(200, 7, noise=0.3, seed=5).features - clean
        assert (noise.abs() < 0.3).float().mean() == pytest.approx(0.683, abs=0.01)
        between = torch.corrcoef(noise.transpose(0, 1).flatten(1))  # 4 by 4
        assert torch.allclose(between, torch.eye(len(FEATURES)), atol=0.03)

    def test_noise_without_being_asked_is_a_tenth(self):
        world, same = visual_search(3, 5), visual_search(3, 5, noise=0.1)
        assert torch.equal(world.features, same.features)

    def test_letters_have_nothing_to_do_with_the_bars(self):
        world = visual_search(1000, 5, "conjunction", noise=0.0)
        kinds = (2 * world.features[:, 1] + world.features[:, 3]).long().flatten()
        table = torch.zeros(3, 26)
        places = (kinds, world.letters.flatten())
        table.index_put_(places, torch.tensor(1.0), accumulate=True)
        shares = table / table.sum(dim=1, keepdim=True)  # (kinds, letters)
        assert (shares - 1 / 26).abs().max() < 0.025

    def test_same_seed_same_world_other_seed_other_world(self):
        first, again = (visual_search(5, 3, "conjunction", seed=2) for _ in range(2))
        other = visual_search(5, 3, "conjunction", seed=4)
        for name in ("features", "letters", "targets", "queries"):
            assert torch.equal(getattr(first, name), getattr(again, name))
        assert not torch.equal(first.features, other.features)
        assert not torch.equal(first.letters, other.letters)

    def test_what_the_lesson_claims(self):
        """Saliency finds a pop-out, not a conjunction; a query finds both."""
        for side in (3, 7):
            popout = visual_search(300, side, "colour", noise=0.1)
            both = visual_search(300, side, "conjunction", noise=0.1)
            for world in (popout, both):
                scores = query_scores(world.features, world.queries)
                assert hit_rate(scores, world.targets) > 0.97
            salient = saliency_scores(popout.features)
            assert hit_rate(salient, popout.targets) > 0.97
            salient = saliency_scores(both.features)
            assert hit_rate(salient, both.targets) < 1 / side**2

    def test_refuses_what_makes_no_display(self):
        with pytest.raises(ValueError, match="side: expected at least 2, got 1"):
            visual_search(3, 1)
        with pytest.raises(ValueError, match="displays: expected at least 1, got 0"):
            visual_search(0, 3)
        with pytest.raises(ValueError, match="search: expected one of 'colour'"):
            visual_search(3, 3, "size")
        with pytest.raises(ValueError, match="target: expected one of 'orange vert"):
            visual_search(3, 3, target="green vertical")
        with pytest.raises(ValueError, match="noise: expected a number of at least 0"):
            visual_search(3, 3, noise=-0.1)
        with pytest.raises(ValueError, match="noise: expected a number of at least 0"):
            visual_search(3, 3, noise=float("inf"))
        with pytest.raises(TypeError, match="noise: expected a number, got str"):
            visual_search(3, 3, noise="a")
        with pytest.raises(ValueError, match="seed: expected at least 0, got -1"):
            visual_search(3, 3, seed=-1)


class TestAutoregressive:
    def test_shapes(self):
        world = autoregressive(3, 7, 5)
        assert world.clean.shape == world.noisy.shape == (3, 7, 5)
        assert world.second_moments.shape == (7, 7)
        assert world.clean.dtype == world.second_moments.dtype == torch.float32

    @pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.0, 0.9, 1.0])
    def test_second_moments_are_those_of_many_sequences(self, correlation):
        world = autoregressive(20_000, 5, 3, correlation, seed=1)
        x = world.clean.transpose(1, 2).reshape(-1, 5)
        assert torch.allclose(x.T @ x / len(x), world.second_moments, atol=0.03)
        assert world.second_moments[0, 3] == pytest.approx(correlation**3)
        assert (world.second_moments.diagonal() == 1).all()
        assert x.mean(0).abs().max() < 0.02

    def test_by_hand(self):
        """Without fresh shocks every token repeats the first, or its negative."""
        world = autoregressive(2, 5, 1, -1.0, noise_variance=0.0)
        first = world.clean[:, :1]
        signs = torch.tensor([1.0, -1, 1, -1, 1])[None, :, None]
        torch.testing.assert_close(world.clean, signs * first)
        assert torch.equal(world.noisy, world.clean)

    def test_numbers_of_a_token_are_independent(self):
        x = autoregressive(20_000, 2, 3, seed=2).clean[:, 0]
        assert torch.allclose(x.T @ x / len(x), torch.eye(3), atol=0.03)

    def test_noise_has_the_stated_variance_and_leaves_the_sequences_alone(self):
        still, loud = (autoregressive(5_000, 7, 1, 0.9, v, 3) for v in (0.1, 2.0))
        assert torch.equal(still.clean, loud.clean)
        noise = (loud.noisy - loud.clean).squeeze(-1)  # (sequences, length)
        assert noise.var().item() == pytest.approx(2.0, rel=0.03)
        assert torch.corrcoef(noise.T).fill_diagonal_(0).abs().max() < 0.05
        between = (noise * loud.clean.squeeze(-1)).mean()
        assert abs(between) < 0.03

    def test_same_seed_same_world_other_seed_other_world(self):
        first, again, other = (autoregressive(3, 5, 2, seed=s) for s in (4, 4, 6))
        assert torch.equal(first.noisy, again.noisy)
        assert not torch.equal(first.noisy, other.noisy)

    def test_refuses_what_makes_no_sequence(self):
        with pytest.raises(ValueError, match="length: expected at least 1, got 0"):
            autoregressive(3, 0)
        with pytest.raises(ValueError, match=r"correlation: .* at most 1, got 1\.1"):
            autoregressive(3, 5, correlation=1.1)
        with pytest.raises(TypeError, match="correlation: expected a number, got str"):
            autoregressive(3, 5, correlation="high")
        with pytest.raises(ValueError, match=r"noise_variance: .* at least 0, got -1"):
            autoregressive(3, 5, noise_variance=-1.0)


class TestGlimpses:
    def test_shapes_and_ranges(self):
        world = glimpses(7, side=3)
        assert world.patches.shape == (7, 9, 8, 8)
        assert world.gists.shape == (7, 9, 2)
        assert world.places.shape == world.labels.shape == (7,)
        assert world.patches.dtype == world.gists.dtype == torch.float32
        assert world.patches.min() >= 0 and world.patches.max() <= 1
        assert set(world.labels.tolist()) <= set(range(10))

    @pytest.mark.parametrize(
        ("split", "first", "last"), [("train", 0, 1297), ("test", 1297, 1797)]
    )
    def test_each_scene_holds_one_whole_digit_of_its_split(self, split, first, last):
        digits = load_digits()
        order = np.random.default_rng(0).permutation(1797)[first:last]
        known = {
            (digits.images[i] / 16).astype(np.float32).tobytes(): digits.target[i]
            for i in order
        }
        others = set(range(1797)) - set(order.tolist())
        foreign = {(digits.images[i] / 16).astype(np.float32).tobytes() for i in others}
        world = glimpses(31, side=3, split=split, seed=4)
        for scene in range(31):
            found = [
                place
                for place in range(9)
                if world.patches[scene, place].numpy().tobytes() in known
            ]
            assert found == [int(world.places[scene])]
            digit = world.patches[scene, found[0]].numpy().tobytes()
            assert known[digit] == world.labels[scene]
            assert digit not in foreign

    def test_gists_are_ink_and_roughness(self):
        world = glimpses(5, side=2, seed=3)
        for scene in range(5):
            for place in range(4):
                patch = world.patches[scene, place].double()
                steps = [
                    abs(float(patch[r, c] - patch[r + dr, c + dc]))
                    for dr, dc in ((0, 1), (1, 0))
                    for r in range(8 - dr)
                    for c in range(8 - dc)
                ]
                ink, rough = world.gists[scene, place].tolist()
                assert ink == pytest.approx(float(patch.mean()), abs=1e-6)
                assert rough == pytest.approx(sum(steps) / 112, abs=1e-6)

    def test_the_digit_is_the_smoothest_patch_and_has_no_more_ink(self):
        world = glimpses(1000, side=4, split="test")
        each = torch.arange(1000)
        smoothest = world.gists[..., 1].argmin(dim=1)
        assert (smoothest == world.places).float().mean() > 0.98
        ink = world.gists[..., 0]
        rank = (ink < ink[each, world.places][:, None]).float().mean(dim=1)
        assert rank.mean() == pytest.approx(0.5 * 15 / 16, abs=0.03)

    def test_places_and_labels_are_spread_evenly(self):
        world = glimpses(4000, side=4)
        assert world.places.bincount(minlength=16).min() > 180
        assert world.labels.bincount(minlength=10).min() > 320

    def test_same_seed_same_world_other_seed_other_world(self):
        first, again, other = glimpses(5), glimpses(5), glimpses(5, seed=1)
        for name in first._fields:
            assert torch.equal(getattr(first, name), getattr(again, name))
        assert not torch.equal(first.patches, other.patches)
        assert not torch.equal(first.places, glimpses(5, split="test").places)

    def test_refuses_what_makes_no_scene(self):
        with pytest.raises(ValueError, match="scenes: expected at least 1, got 0"):
            glimpses(0)
        with pytest.raises(ValueError, match="side: expected at least 2, got 1"):
            glimpses(3, side=1)
        with pytest.raises(ValueError, match="split: expected one of 'train'"):
            glimpses(3, split="dev")
        with pytest.raises(ValueError, match="seed: expected at least 0, got -1"):
            glimpses(3, seed=-1)


@pytest.mark.slow
def test_stored_glimpses_come_out_again():
    """The cheapest rows of benchmarks/experiments/glimpses.py, run once more."""
    script = runpy.run_path(str(FOLDER / "glimpses.py"))
    stored = {(row["method"], row["seed"]): row for row in load("glimpses").rows}
    assert len(stored) == len(script["METHODS"]) * len(script["SEEDS"])
    for method, seed in (("same place", 10), ("hard", 10), ("hard, no baseline", 11)):
        row, again = stored[method, seed], script["run"](method, seed)
        assert row.keys() == again.keys()
        assert again["accuracy"] == pytest.approx(row["accuracy"], abs=0.03)


class TestObjectScenes:
    def test_shapes_and_ranges(self):
        scenes = object_scenes(5, side=23)
        assert scenes.pictures.shape == (5, 1, 23, 23)
        assert scenes.masks.shape == (5, 23, 23)
        assert scenes.labels.shape == (5,)
        assert scenes.pictures.dtype == torch.float32
        assert scenes.masks.dtype == torch.bool
        assert scenes.pictures.min() >= 0
        assert scenes.pictures.max() <= 1

    def test_same_seed_same_scenes(self):
        for one, other in zip(object_scenes(3), object_scenes(3), strict=True):
            assert torch.equal(one, other)
        assert not torch.equal(
            object_scenes(3).pictures, object_scenes(3, seed=1).pictures
        )

    def test_the_object_is_whole_and_not_too_small(self):
        masks = object_scenes(200).masks
        area = masks.float().mean(dim=(1, 2))
        assert area.min() > 0.05
        assert area.max() < 0.17

    def test_all_labels_about_equally(self):
        counts = object_scenes(400).labels.bincount(minlength=len(TEXTURES))
        assert len(counts) == len(TEXTURES)
        assert counts.min() > 60

    def test_brightness_says_which_one_counts(self):
        scenes = object_scenes(100)
        grey, masks = scenes.pictures[:, 0], scenes.masks
        inside = (grey * masks).sum((1, 2)) / masks.sum((1, 2))
        outside = (grey * ~masks).sum((1, 2)) / (~masks).sum((1, 2))
        assert (inside > 0.6).all()
        assert (outside < 0.52).all()

    def test_the_label_is_the_direction_of_the_stripes(self):
        scenes = object_scenes(60, decoys=0)
        steps = [(0, 1), (1, 0), (1, -1), (1, 1)]  # along the stripes, by label
        for picture, label, mask in zip(*scenes_as_triples(scenes), strict=True):
            changes = []
            for down, across in steps:
                moved = picture.roll((down, across), dims=(0, 1))
                both = mask & mask.roll((down, across), dims=(0, 1))
                changes.append(((picture - moved).square() * both).sum() / both.sum())
            assert int(torch.stack(changes).argmin()) == label

    def test_centre_means_near_the_middle(self):
        masks = object_scenes(100, "centre").masks
        assert masks[:, 13:15, 13:15].all()
        assert not object_scenes(100).masks[:, 13:15, 13:15].all()

    def test_decoys_stand_beside_the_object(self):
        plain = object_scenes(50, decoys=0).pictures
        full = object_scenes(50, decoys=5).pictures
        assert (plain < 0.2).float().mean() < 0.003
        assert (full < 0.2).float().mean() > 0.03

    def decoys_alone(self, scenes):
        """Return where a picture is dark: only decoys have dark stripes."""
        return (scenes.pictures[:, 0] < 0.25) & ~scenes.masks

    def test_decoys_keep_away_from_the_object(self):
        scenes = object_scenes(300, decoys=1, seed=3)
        rim = scenes.masks.float()[:, None]
        rim = torch.nn.functional.max_pool2d(rim, 3, stride=1, padding=1)[:, 0] > 0
        hidden = (self.decoys_alone(scenes) & rim).sum((1, 2))
        seen = self.decoys_alone(scenes).sum((1, 2))
        assert (hidden <= 3).all()  # noise on the ground
        assert seen.median() > 10  # no decoy lies under the object
        assert (seen > 3).float().mean() > 0.97

    def test_decoys_have_the_stronger_edges(self):
        scenes = object_scenes(100, seed=4)
        grey, masks = scenes.pictures[:, 0], scenes.masks
        for picture, mask in zip(grey, masks, strict=True):
            outside = picture[~mask].sort().values
            object_dark = picture[mask].sort().values[:8].mean()
            assert outside[:30].mean() < 0.12 < object_dark  # decoys are darker

    def test_decoys_do_not_give_the_label_away(self):
        scenes = object_scenes(300, seed=5)
        grey = scenes.pictures[:, 0]
        agree = []
        for picture, mask, label in zip(
            grey, scenes.masks, scenes.labels, strict=False
        ):
            changes = []
            for down, across in [(0, 1), (1, 0), (1, -1), (1, 1)]:
                moved = picture.roll((down, across), dims=(0, 1))
                both = ~mask & ~mask.roll((down, across), dims=(0, 1))
                changes.append(((picture - moved).square() * both).sum() / both.sum())
            agree.append(int(torch.stack(changes).argmin()) == int(label))
        assert sum(agree) / len(agree) < 0.4  # chance is a quarter

    def test_wrong_arguments(self):
        with pytest.raises(ValueError, match="place: expected one of 'anywhere'"):
            object_scenes(3, "corner")
        with pytest.raises(ValueError, match="side: expected at least 20"):
            object_scenes(3, side=12)
        with pytest.raises(ValueError, match="scenes: expected at least 1"):
            object_scenes(0)
        with pytest.raises(ValueError, match="decoys: expected at least 0"):
            object_scenes(1, decoys=-1)


def scenes_as_triples(scenes):
    """Return pictures (side, side), labels and masks, one entry per scene."""
    return scenes.pictures[:, 0], scenes.labels.tolist(), scenes.masks
