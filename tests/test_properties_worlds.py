"""Properties of generated worlds, of kernels, and of what is known about noise."""

import copy
import math

import pytest
import torch
from drawing import (
    DTYPES,
    EXTREMES,
    SEEDS,
    SIZES,
    TOLERANCE,
    close,
    drawn,
    few,
    some,
    typed,
)
from hypothesis import given
from hypothesis import strategies as st

from course_utils import capstone, checks, experiments, worlds
from course_utils import kernel_regression as kernels
from course_utils import noisy_inputs as noisy
from course_utils.explorers.base import choice, fixed, slider
from course_utils.hard_attention import gumbel_noise
from course_utils.plots import show_heatmaps

SHARES = st.floats(0, 1)


def parts(world) -> list[torch.Tensor]:
    """Return the tensors of a world."""
    return [each for each in world if isinstance(each, torch.Tensor)]


MAKERS = {
    "animals": lambda n, seed, share: worlds.animals(n, seed, share, share, share),
    "autoregressive": lambda n, seed, share: worlds.autoregressive(
        n, 4, 2, 2 * share - 1, share, seed
    ),
    "boats_and_cars": lambda n, seed, share: worlds.boats_and_cars(n, share, seed),
    "cinema_reviews": lambda n, seed, share: worlds.cinema_reviews(
        n, seed, negation=share
    ),
    "cluttered_digits": lambda n, seed, share: worlds.cluttered_digits(
        n, noise=share, seed=seed, tile=share > 0.5
    ),
    "find_the_twin": lambda n, seed, share: worlds.find_the_twin(n, share, seed),
    "gate_task": lambda n, seed, share: worlds.gate_task(
        worlds.GATE_TASKS[seed % 4], n, seed
    ),
    "glimpses": lambda n, seed, share: worlds.glimpses(n, 2, seed=seed),
    "harbour": lambda n, seed, share: worlds.harbour(n, share, seed),
    "noisy_curve": lambda n, seed, share: worlds.noisy_curve(n, seed, share),
    "object_scenes": lambda n, seed, share: worlds.object_scenes(n, seed=seed, side=20),
    "reversals": lambda n, seed, share: worlds.reversals(n, 5, 7, seed),
    "visual_search": lambda n, seed, share: worlds.visual_search(
        n, 3, "conjunction", "any", share, seed
    ),
    "written_dates": lambda n, seed, share: worlds.written_dates(n, seed=seed),
}


@pytest.mark.parametrize("name", MAKERS)
@few
@given(st.integers(1, 6), SEEDS, SHARES)
def test_a_world_is_its_seed_and_knows_its_answer(name, count, seed, share):
    world, again = (MAKERS[name](count, seed, share) for _ in range(2))
    other = MAKERS[name](count, seed + 1000, share)
    pairs = list(zip(parts(world), parts(again), strict=True))
    assert all(torch.equal(one, two) for one, two in pairs)
    assert any(
        one.shape != two.shape or not torch.equal(one, two)
        for one, two in zip(parts(world), parts(other), strict=True)
    )
    for each in parts(world):
        assert each.dtype in (torch.float32, torch.int64, torch.bool)
        assert each.dtype != torch.float32 or each.isfinite().all()
    for field in ("masks", "parts", "flags"):
        if hasattr(world, field):
            assert getattr(world, field).flatten(-2).any(-1).all()
    if hasattr(world, "classes"):
        assert abs(2 * int(world.classes.sum()) - count) <= 1
    length = len(world.x if name == "noisy_curve" else parts(world)[0])
    assert length == count


@few
@given(SEEDS, st.integers(1, 5), st.integers(1, 3))
def test_dates_decide_their_answers_and_flags_change_sides(seed, count, dates):
    world = worlds.written_dates(count, 2, seed, dates)
    assert torch.equal(worlds.encode_texts(world.texts), world.characters)
    answers = worlds.decode_answers(world.answers)
    assert all(len(each.split()) == dates for each in answers)
    digits = torch.tensor([[letter.isdigit() for letter in each] for each in answers])
    assert torch.equal(world.alignment.any(-1), digits)
    places = torch.arange(world.characters.shape[1]) < world.lengths[:, None]
    assert not (world.alignment & ~places[:, None]).any()
    scene = worlds.harbour(count, seed=seed)
    twice = worlds.repaint_flags(worlds.repaint_flags(scene))
    assert torch.equal(twice.images, scene.images)
    once = worlds.repaint_flags(scene).images != scene.images
    assert not (once & ~scene.flags[:, None]).any()


@some
@given(st.integers(1, 9), st.integers(1, 9), SEEDS)
def test_the_order_blind_ceiling_is_a_share(length, alphabet, seed):
    ceiling = worlds.order_blind_ceiling(length, alphabet)
    assert 1 / alphabet - 1e-12 <= ceiling <= 1
    assert worlds.order_blind_ceiling(length, 1) == 1
    assert ceiling >= worlds.order_blind_ceiling(length, alphabet + 1) - 1e-12
    rows = worlds.reversals(3, length, alphabet, seed)
    assert torch.equal(rows.letters[:, rows.sources], rows.targets)


@some
@given(SEEDS, EXTREMES, DTYPES)
def test_kernels_are_even_and_highest_at_0(seed, kind, dtype):
    u = typed(kind, seed, dtype, 3, 4)
    u = u if kind != "huge" else u.clamp(-200, 200)  # squares that the type can hold
    for kernel in kernels.KERNELS.values():
        height = kernel(u)
        assert height.dtype == dtype and torch.equal(height, kernel(-u))
        top = kernel(torch.zeros_like(u))
        assert (height >= 0).all() and (height <= top).all()


@some
@given(
    SEEDS,
    SIZES,
    st.integers(2, 6),
    st.sampled_from(list(kernels.KERNELS)),
    st.sampled_from([0.3, 1.0, 40.0]),
    st.integers(-60, 60).map(lambda n: 2.0**n),
)
def test_the_unit_of_distances_does_not_matter(seed, queries, keys, kernel, h, power):
    distances = drawn(seed, queries, keys).abs()
    weights = kernels.kernel_weights(distances, h, kernel)
    scaled = kernels.kernel_weights(distances * power, h * power, kernel)
    assert torch.allclose(scaled, weights, atol=1e-12)
    x, y = drawn(seed, keys), drawn(seed + 1, keys)
    error = kernels.leave_one_out_error(x, y, h, kernel)
    off = []
    for i in range(keys):
        others = torch.arange(keys) != i
        guess, _ = kernels.nadaraya_watson(
            x[i : i + 1], x[others], y[others], h, kernel, "nan"
        )
        off.append((guess[0] - y[i]) ** 2)
    expected = torch.stack(off).mean().nan_to_num(nan=math.inf)
    assert torch.allclose(error, expected)
    learned = kernels.LearnedKernelPooling(1 / h).double()
    fixed_width, _ = kernels.nadaraya_watson(x, x, y, h)
    assert torch.allclose(learned(x, x, y)[0], fixed_width)


@some
@given(SEEDS, DTYPES, SIZES)
def test_no_other_weights_have_a_smaller_error(seed, dtype, inputs):
    data = drawn(seed, inputs, inputs + 3)
    moments = (data @ data.T / (inputs + 3)).to(dtype)
    moments = (moments + moments.T) / 2
    relevance = drawn(seed + 1, inputs).to(dtype)
    noise = (0.1 + drawn(seed + 2, inputs).abs()).to(dtype)
    best = noisy.best_weights(moments, relevance, noise)
    assert best.dtype == dtype and best.isfinite().all()
    wide = [each.double() for each in (moments, relevance, noise)]
    power = 100.0
    least = noisy.expected_error(noisy.best_weights(*wide), *wide, power)
    for step in drawn(seed + 3, 4, inputs):
        other = noisy.expected_error(noisy.best_weights(*wide) + step, *wide, power)
        assert other >= least - 1e-9
    slack = 100 * inputs * TOLERANCE[dtype]
    assert close(best, noisy.best_weights(*wide), slack)
    even = noisy.inverse_variance_weights(torch.full_like(noise, 0.5))
    assert close(
        even, torch.full((inputs,), 1 / inputs, dtype=torch.float64), TOLERANCE[dtype]
    )


@some
@given(SEEDS, DTYPES, SIZES)
def test_gumbel_noise_is_finite_and_repeats(seed, dtype, size):
    like = torch.zeros(size, 3, dtype=dtype)
    one, two = (
        gumbel_noise(like, torch.Generator().manual_seed(seed)) for _ in range(2)
    )
    assert torch.equal(one, two) and one.isfinite().all() and one.shape == like.shape


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES)
def test_a_check_accepts_the_right_answer_of_any_type(seed, kind, dtype, size):
    right = typed(kind, seed, dtype, 2, size)
    checks.expect_close(right, right.clone(), "case", "hint")
    assert checks.expect_tensor(right, "case", (2, size)) is right
    rows = right.softmax(-1)
    checks.expect_rows_sum_to_one(rows, "case")
    checks.expect_unchanged(lambda x: x + 1, [right], "case")
    both = checks.expect_parts((right, rows), "case", ["output", "weights"])
    assert both[0] is right
    with pytest.raises(AssertionError):
        checks.expect_close(right.double() + 1 + right.double().abs(), right, "c", "h")
    with pytest.raises(AssertionError):
        checks.expect_unchanged(lambda x: x.add_(1 + x.abs()), [right.double()], "c")


@some
@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_a_written_number_is_near_the_number(number, digits):
    written = fixed(number, digits)
    assert abs(float(written) - number) <= 0.5000001 * 10**-digits + 1e-9 * abs(number)
    assert "-0." not in written or float(written) != 0
    assert fixed(-number, digits).removeprefix("-") == written.removeprefix("-")


@some
@given(st.integers(-9, 9), st.integers(1, 9), st.sampled_from([0.1, 0.25, 1, 2]))
def test_a_slider_reaches_both_of_its_ends(low, count, step):
    high = low + count * step
    values = slider("Width", low, high, step=step, start=low).metadata["control"]
    assert values["values"][0] == low and len(values["values"]) == count + 1
    assert math.isclose(values["values"][-1], high)
    words = {str(number): f"{number} words" for number in range(count)}
    control = choice("Kernel", words, start="0").metadata["control"]
    assert dict(zip(control["values"], control["words"], strict=True)) == words


@few
@given(
    st.sampled_from(["none", "gate", "attention"]),
    st.sampled_from(["average", "lse", "maximum"]),
    st.sampled_from([8, 12, 64]),
    st.integers(0, 4),
    st.floats(0.1, 50),
    SEEDS,
)
def test_what_is_handed_in_comes_out_again(
    tmp_path_factory, middle, pool, channels, depth, number, seed
):
    settings = capstone.Settings(middle, pool, number, number, channels, depth)
    assert capstone.Settings.from_dict(settings.as_dict()) == settings
    torch.manual_seed(seed)
    network = capstone.build_network(settings).eval()
    path = tmp_path_factory.mktemp("handed") / "team.npz"
    capstone.save_submission(network, settings, path)
    again, same = capstone.load_submission(path)
    assert same == settings
    images = worlds.harbour(2, seed=seed).images
    for one, two in zip(network(images), again(images), strict=True):
        assert torch.equal(one, two)


@few
@given(SEEDS, st.integers(1, 3))
def test_a_score_is_made_of_shares(seed, steps):
    torch.manual_seed(seed)
    network = capstone.build_network(capstone.Settings(channels=8, depth=0))
    world = worlds.harbour(8, seed=seed)
    before = copy.deepcopy(network.state_dict())
    history = capstone.train_on_harbour(network, world, seed, 0.5, steps=steps)
    assert history.shape == (steps,) and history.isfinite().all()
    assert any(
        not torch.equal(before[name], each)
        for name, each in network.state_dict().items()
    )
    score = capstone.score_network(network, [seed], 4)
    assert all(0 <= number <= 1 for number in score[:4]) and score.blobs >= 0
    mean = (score.fair + score.against + score.overlap) / 3
    assert math.isclose(score.total, mean, abs_tol=1e-6)


@few
@given(st.lists(st.floats(-1e30, 1e30), max_size=4))
def test_what_is_stored_is_loaded_to_four_digits(tmp_path_factory, numbers):
    folder = tmp_path_factory.mktemp("stored")
    rows = [{"seed": seed, "error": number} for seed, number in enumerate(numbers)]
    experiments.store("tried", rows, folder)
    loaded = experiments.load("tried", folder).rows
    assert [row["seed"] for row in loaded] == list(range(len(numbers)))
    for ours, theirs in zip(loaded, rows, strict=True):
        assert math.isclose(ours["error"], theirs["error"], rel_tol=5.1e-4)


@few
@given(SEEDS, EXTREMES, DTYPES, st.integers(1, 2), st.integers(1, 3), st.integers(1, 4))
def test_a_heat_map_shows_its_largest_weight(seed, kind, dtype, panels, queries, keys):
    weights = typed(kind, seed, dtype, 1, panels, queries, keys).abs()
    weights = weights if kind != "huge" else weights / weights.max()
    fig = show_heatmaps(weights, "Keys", "Queries")
    scales = [panel.images[0].get_clim() for panel in fig.axes[:panels]]
    top = float(weights.max()) or 1.0
    assert all(low == 0 and math.isclose(high, top) for low, high in scales)
    assert "weights" in fig.alt


@few
@given(SEEDS, SIZES)
def test_the_tide_comes_back_and_the_river_slows(seed, size):
    hours = 50 * drawn(seed, size).abs()
    later = hours + 2 * math.pi
    rise = worlds.water_level(later) - worlds.water_level(hours)
    assert torch.allclose(rise, torch.full_like(hours, 2 * math.pi))
    slow = worlds.slowing_river(later) - worlds.slowing_river(hours)
    assert (slow > 0).all() and (slow < rise + 1e-9).all()
    much = worlds.slowing_river(later + 200) - worlds.slowing_river(hours + 200)
    assert (much < slow).all()
