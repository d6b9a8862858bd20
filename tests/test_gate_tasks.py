"""The world of gate tasks keeps its promises: objects, cues, answers, seeds."""

import itertools

import pytest
import torch

from course_utils.worlds import GATE_TASKS, GateTask, gate_task
from course_utils.worlds.gate_tasks import MARKER, OBJECT_CHANNELS, SIGNAL, STRENGTH

SAMPLES = 997
OBJECTS = {"channel": 2, "place": 2, "both": 4, "beside": 2}
SIDES = [4, 5, 7]
each_task = pytest.mark.parametrize("task", GATE_TASKS)


def parts(world):
    """Objects (samples, 8, cells), marker and signal (samples, cells): there or not."""
    there = world.features.flatten(2) > 0
    return there[:, :OBJECT_CHANNELS], there[:, MARKER], there[:, SIGNAL]


@each_task
@pytest.mark.parametrize("side", SIDES)
def test_shapes_and_strengths(task, side):
    world = gate_task(task, SAMPLES, side=side)
    assert isinstance(world, GateTask)
    assert world.features.shape == (SAMPLES, 10, side, side)
    assert world.features.dtype == torch.float32
    for numbers in (world.answers, world.channels, world.cells):
        assert numbers.shape == (SAMPLES,) and numbers.dtype == torch.int64
    shown = world.features[world.features > 0]
    assert shown.min() >= 0.9 * STRENGTH and shown.max() <= 1.1 * STRENGTH
    assert world.features.min() == 0


@each_task
@pytest.mark.parametrize("side", SIDES)
def test_objects_and_answers(task, side):
    world = gate_task(task, SAMPLES, seed=3, side=side)
    objects, _, _ = parts(world)
    assert (objects.sum(dim=(1, 2)) == OBJECTS[task]).all()
    assert (objects.sum(dim=1) <= 1).all(), "two objects in one cell"
    from_b = objects[:, 4:].sum(dim=(1, 2))
    assert (from_b == {"channel": 1, "both": 2}.get(task, 0)).all()
    rows = torch.arange(SAMPLES)
    assert objects[rows, world.channels, world.cells].all()
    assert torch.equal(world.answers, world.channels % 4)
    assert not objects[..., :side].any(), "the first row belongs to the signal"


@each_task
@pytest.mark.parametrize("side", SIDES)
def test_cues_say_what_counts(task, side):
    world = gate_task(task, SAMPLES, seed=5, side=side)
    objects, marker, signal = parts(world)
    rows = torch.arange(SAMPLES)
    assert not signal[:, 1:].any()
    if task in ("channel", "both"):
        assert torch.equal(signal[:, 0], world.channels >= 4)
    else:
        assert not signal.any()
    occupied = objects.any(dim=1)
    markers = {"channel": 0, "both": 2}.get(task, 1)
    assert (marker.sum(dim=1) == markers).all()
    if task in ("place", "both"):
        assert marker[rows, world.cells].all()
        assert not (marker & ~occupied).any()
    if task == "both":  # one marker for each detector
        marked_b = (objects[:, 4:].any(dim=1) & marker).sum(dim=1)
        assert (marked_b == 1).all()
    if task == "beside":
        assert marker[rows, world.cells + 1].all()
        assert not (marker & occupied).any()
        assert (world.cells % side < side - 1).all()


@each_task
def test_what_counts_is_drawn_evenly(task):
    world = gate_task(task, 4000, seed=7)
    assert world.answers.bincount(minlength=4).min() > 900
    used = world.channels.bincount(minlength=8)
    assert used[: 8 if task in ("channel", "both") else 4].min() > 400
    assert world.cells.bincount(minlength=16)[[4, 6, 8, 10, 12, 14]].min() > 550


def best_guess(task):
    """The share that the best reader of the objects alone gets right, by counting."""
    objects, _, _ = parts(world := gate_task(task, 60_000, seed=11))
    seen = objects.sum(dim=2).tolist()  # which objects, not where, and no cue
    votes = {}
    for view, answer in zip(map(tuple, seen), world.answers.tolist(), strict=True):
        votes.setdefault(view, [0] * 4)[answer] += 1
    return sum(map(max, votes.values())) / 60_000


@pytest.mark.parametrize(
    ("task", "ceiling"), [("channel", 0.625), ("place", 0.625), ("beside", 0.625)]
)
def test_objects_alone_reach_the_ceiling_only(task, ceiling):
    assert best_guess(task) == pytest.approx(ceiling, abs=0.01)


def test_objects_alone_reach_less_where_four_stand():
    draws = itertools.product(range(4), repeat=4)
    ceiling = sum(max(map(draw.count, range(4))) for draw in draws) / 4**5
    assert ceiling == 0.53125
    assert best_guess("both") == pytest.approx(ceiling, abs=0.02)


@each_task
def test_strength_says_nothing_about_what_counts(task):
    """Means of the object that counts and of the others: within four errors."""
    world = gate_task(task, 20_011, seed=13)
    objects = world.features.flatten(2)[:, :OBJECT_CHANNELS].clone()
    rows = torch.arange(len(objects))
    right = objects[rows, world.channels, world.cells].clone()
    objects[rows, world.channels, world.cells] = 0
    others = objects[objects > 0]
    spread = right.var() / len(right) + others.var() / len(others)
    assert (right.mean() - others.mean()).abs() < 4 * spread.sqrt()
    assert abs(right.std() - others.std()) < 0.05 * others.std()


def test_where_an_object_stands_says_nothing_about_what_counts():
    """Neither earlier nor later in reading order than the other object."""
    world = gate_task("place", 20_011, seed=17)
    cells = torch.arange(16)
    there = world.features[:, :OBJECT_CHANNELS].sum(dim=1).flatten(1) > 0
    both = (there * cells).sum(dim=1)
    first = (world.cells < both - world.cells).double().mean()
    assert abs(first - 0.5) < 4 * 0.5 / 20_011**0.5
    early = world.answers[world.cells < 8].bincount(minlength=4)
    late = world.answers[world.cells >= 8].bincount(minlength=4)
    assert (early / early.sum() - late / late.sum()).abs().max() < 0.03


@pytest.mark.parametrize("task", ["channel", "both"])
def test_neither_detector_comes_first_in_reading_order(task):
    objects, _, _ = parts(gate_task(task, 20_011, seed=19))
    of_a, of_b = objects[:, :4].any(dim=1), objects[:, 4:].any(dim=1)
    cells = torch.arange(16.0)
    first = (of_a * cells).sum(dim=1) < (of_b * cells).sum(dim=1)
    last = (of_a * cells).sum(dim=1) > (of_b * cells).sum(dim=1)
    gap = first.double().mean() - last.double().mean()
    assert gap.abs() < 4 / 20_011**0.5


@each_task
def test_seed_decides_everything(task):
    one, same, other = (gate_task(task, 7, seed=seed) for seed in (2, 2, 3))
    assert all(map(torch.equal, one, same))
    assert not torch.equal(one.features, other.features)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("where", 3), ValueError, "task: expected one of 'channel', 'place', 'both'"),
        (("place", 0), ValueError, "samples: expected at least 1, got 0"),
        (("place", 2.5), TypeError, "samples: expected a whole number"),
        (("place", 3, -1), ValueError, "seed: expected at least 0, got -1"),
        (("place", 3, 0, 3), ValueError, "side: expected at least 4, got 3"),
    ],
)
def test_wrong_arguments_say_so(arguments, error, message):
    with pytest.raises(error, match=message):
        gate_task(*arguments)
