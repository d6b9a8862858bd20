"""The bug museum: each specimen shows its fault, and tests are judged rightly."""

import random

import numpy as np
import pytest
import torch

from course_utils.blobs import blob_entropy
from course_utils.kernel_regression import epanechnikov, triangular
from course_utils.museum import (
    WRONG_LAYERS,
    attend,
    call,
    case_of_size,
    catches,
    check_at_size,
    judge_fix,
    judge_test,
    pins_down,
    published_above_mean,
    published_causal,
    published_check,
    published_coverage,
    published_epanechnikov,
    published_erase,
    published_leave_one_out,
    published_limits,
    published_masked_softmax,
    published_next_codes,
    published_non_local,
    published_positions,
    published_scores,
    published_soft_masks,
    published_word_weights,
    published_zero_scores,
    verdict,
)
from course_utils.scoring import lengths_to_mask, masked_softmax
from course_utils.sequence import sinusoidal_positions


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


# ------------------------------------------------------------- specimens


def test_positions_follow_the_batch():
    x, codes = drawn(3, 5, 7), sinusoidal_positions(11, 7)
    added = published_positions(x, codes) - x  # (3, 5, 7)
    assert (added - added[:, :1]).abs().max() < 1e-6  # one code for all tokens
    assert (added[1] - added[0]).abs().max() > 0.5
    assert torch.allclose(added[:, 0], codes[:3], atol=1e-6)


def test_a_score_of_zero_gets_weight():
    scores = torch.tensor([1.0, -1.0, 2.0, 3.0])
    mask = torch.tensor([True, True, False, False])
    weights = published_zero_scores(scores, mask)
    assert weights[2:].min() > 0.15
    assert masked_softmax(scores, mask)[2:].max() == 0


def test_no_word_of_twenty_exceeds_28_hundredths():
    states = torch.full((1, 20, 3), -9.0)
    states[0, 0] = 9.0
    context = torch.full((3,), 1000.0)
    mask = torch.ones(1, 20, dtype=torch.bool)
    weights = published_word_weights(states, context, mask)
    assert weights.max() == pytest.approx(0.280, abs=5e-4)
    hidden = published_word_weights(states, context, ~mask)
    assert torch.equal(hidden, weights)  # the mask is not read


def test_softmax_writes_and_weighs_padding():
    scores, lengths = drawn(2, 3, 5), torch.tensor([4, 0])
    given = scores.clone()
    weights = published_masked_softmax(given, lengths)
    assert not torch.equal(given, scores)
    assert torch.allclose(weights[1], torch.full((3, 5), 0.2))
    right = masked_softmax(scores, lengths_to_mask(lengths, 5))
    assert torch.allclose(weights[0], right[0])
    low = published_masked_softmax(torch.full((1, 1, 2), -2e6), torch.tensor([1]))
    assert low[0, 0].tolist() == [0, 1]


def test_every_chunk_begins_at_place_zero():
    x, codes = drawn(2, 7, 3), sinusoidal_positions(11, 3)
    whole = published_next_codes(x, codes, 0)
    steps = [published_next_codes(x[:, t : t + 1], codes, t) for t in range(7)]
    off = (torch.cat(steps, dim=1) - whole).abs().amax(dim=(0, 2))
    assert off[0] == 0 and off[1:].min() > 0.05


def test_validation_sees_the_future():
    x = drawn(2, 5, 7)
    other = x.clone()
    other[:, 3:] = drawn(2, 2, 7, seed=1)
    for training in (True, False):
        moved = published_causal(other, training) - published_causal(x, training)
        leak = moved[:, :3].abs().max()
        assert leak == 0 if training else leak > 0.1


def test_the_kernel_is_the_triangular_one():
    u = torch.linspace(-1.5, 1.5, 3001, dtype=torch.float64)
    assert torch.equal(published_epanechnikov(u), triangular(u))
    for kernel, moment in ((published_epanechnikov, 1 / 6), (epanechnikov, 1 / 5)):
        assert torch.trapezoid(kernel(u), u) == pytest.approx(1, abs=1e-5)
        assert torch.trapezoid(u**2 * kernel(u), u) == pytest.approx(moment, abs=1e-5)


def test_a_mean_written_down_fits_one_map():
    maps = torch.tensor([[[0.0, 2.0, 4.0]]])
    assert torch.allclose(published_above_mean(maps), torch.tensor([0, 1.7, 3.7]))


def test_a_louder_neighbour_changes_a_soft_mask():
    maps = drawn(2, 3, 5)
    alone = published_soft_masks(maps[:1])
    maps[1] *= 100
    together = published_soft_masks(maps)[:1]
    assert (together - alone).abs().max() > 0.3


@pytest.mark.parametrize(("words", "places"), [(12, 196), (5, 7)])
def test_coverage_has_a_floor(words, places):
    even = torch.full((1, words, places), 1 / places)
    floor = published_coverage(even, torch.tensor([words]))
    assert floor == pytest.approx((1 - words / places) ** 2, abs=1e-5)
    if places == 196:
        assert floor == pytest.approx(0.881, abs=5e-4)


def test_a_batch_of_one_is_erased_by_rows():
    features, maps = torch.ones(3, 5, 5, 5), drawn(3, 1, 5, 5)
    together = published_erase(features, maps, 0.5)
    assert torch.equal(together == 0, (maps >= 0.5).expand(3, 5, 5, 5))
    alone = published_erase(features[:1], maps[:1], 0.5)
    assert not torch.equal(alone, together[:1])


def test_the_published_blob_loss_has_nothing_to_stack():
    """As published it stacks one vector for each blob; an even map has none."""
    with pytest.raises(RuntimeError, match="non-empty"):
        torch.stack([])
    assert blob_entropy(torch.ones(1, 5, 7)).item() == 0


def test_scores_are_multiplied_by_the_root():
    queries, keys = drawn(2, 3, 5), drawn(2, 7, 5, seed=1)
    right = torch.einsum("bqd,bkd->bqk", queries, keys) / 5**0.5
    assert torch.allclose(published_scores(queries, keys), 5 * right, atol=1e-5)


def test_a_point_that_sees_itself_predicts_itself():
    x, y = torch.tensor([0.1, 0.7, 1.9]), torch.tensor([2.0, -1.0, 5.0])
    assert torch.allclose(published_leave_one_out(x, y, 0.01), y)
    other = y + torch.tensor([1.0, 0, 0])
    moved = published_leave_one_out(x, other, 1.0) - published_leave_one_out(x, y, 1.0)
    assert moved[0] > 0.3  # left out, its own value could not matter


def test_limits_are_those_of_the_last_panel():
    maps = torch.tensor([[[-3.0, 9.0]], [[1.0, 2.0]]])
    assert published_limits(maps).tolist() == [1, 2]
    assert published_limits(maps.flip(0)).tolist() == [-3, 9]


def test_twice_the_places_give_twice_the_sum():
    x = drawn(2, 5, 3)
    once, twice = published_non_local(x), published_non_local(x.repeat(1, 2, 1))
    assert torch.allclose(twice[:, :5], 2 * once, atol=1e-4)
    by_hand = sum((x[0, 1] @ x[0, j]) * x[0, j] for j in range(5))
    assert torch.allclose(once[0, 1], by_hand, atol=1e-4)


def test_specimens_are_what_their_lines_say():
    """A few lines of NumPy each, on sizes that are all different."""
    states, context = drawn(2, 5, 3), drawn(3, seed=1)
    scores = np.tanh(np.tanh(states.numpy()) @ context.numpy())
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    mask = torch.arange(5) < torch.tensor([[4], [2]])
    got = published_word_weights(states, context, mask).numpy()
    assert np.allclose(got, weights, atol=1e-6)

    powers = np.exp(np.where(mask.numpy(), scores, 0))
    zeroed = published_zero_scores(torch.from_numpy(scores), mask).numpy()
    assert np.allclose(zeroed, powers / powers.sum(axis=1, keepdims=True), atol=1e-6)

    x = states.numpy()
    products = np.einsum("btd,bsd->bts", x, x) / 3**0.5
    for training in (True, False):
        seen = np.tril(np.ones((5, 5))) if training else np.ones((5, 5))
        powers = np.exp(products) * seen
        shares = powers / powers.sum(axis=2, keepdims=True)
        got = published_causal(states, training).numpy()
        assert np.allclose(got, shares @ x, atol=1e-5)

    stretched = (x - x.min()) / (x.max() - x.min())
    soft = 1 / (1 + np.exp(5 - 10 * stretched))
    assert np.allclose(published_soft_masks(states).numpy(), soft, atol=1e-5)


@pytest.mark.parametrize(("level", "padding"), [(-9e5, 0), (-1e6, 0.5), (-1.1e6, 1)])
def test_masked_softmax_fills_with_minus_a_million(level, padding):
    scores = torch.full((1, 1, 2), level, dtype=torch.float64)
    weights = published_masked_softmax(scores, torch.tensor([1]))
    assert weights[0, 0, 1].item() == pytest.approx(padding)


# ------------------------------------------------------ the check that cannot fail


def test_five_of_eight_wrong_layers_pass_the_published_check():
    said = {name: verdict(published_check, each) for name, each in WRONG_LAYERS.items()}
    assert list(said.values()).count("passes") == 5
    assert verdict(published_check, attend) == "passes"
    queries, keys, _ = case_of_size(40.0)
    assert 3000 < (queries @ keys.mT).abs().max() < 12000
    moderate = {"size 1": lambda layer: check_at_size(layer, 1.0)}
    assert all(catches(moderate, WRONG_LAYERS).values())


def test_seed_and_tolerance_of_a_check_count():
    first, second = (case_of_size(1.0, seed)[0] for seed in (0, 1))
    assert not torch.equal(first, second)

    def only_seed_1(queries, keys, values):
        off = 0.002 if not torch.equal(queries, second) else 0.0
        return attend(queries, keys, values) + off

    check_at_size(only_seed_1, 1.0, seed=1)
    with pytest.raises(AssertionError, match=r"off by up to 0.002"):
        check_at_size(only_seed_1, 1.0, seed=0)
    check_at_size(only_seed_1, 1.0, tolerance=0.0021, seed=0)


def test_attend_agrees_with_torch():
    case = case_of_size(1.0, seed=3, d=7)
    peer = torch.nn.functional.scaled_dot_product_attention(*case)
    assert torch.allclose(attend(*case), peer)


# ---------------------------------------------------------------------- judging


def test_a_call_hands_over_copies_and_sees_a_change():
    three = torch.tensor([3.0, float("nan")])
    assert call(lambda x, n: x * n, three, 2)[0] == 6
    with pytest.raises(AssertionError, match="argument number 2 was changed"):
        call(lambda n, x: x.zero_(), 2, three)
    with pytest.raises(AssertionError, match="argument number 1 was changed"):
        call(lambda x: x.unsqueeze_(0), three)
    assert three[0] == 3


def half(x):
    return x / 2


def double(x):
    return 2 * x


def finds_half(function):
    assert function(6.0) == 12, "6 becomes something else"


def test_verdicts():
    assert verdict(finds_half, double) == "passes"
    assert verdict(finds_half, half) == "fails"
    assert verdict(lambda f: f(1, 2, 3), double) == "stops"
    assert pins_down(finds_half, half, double)
    assert not pins_down(finds_half, double, double)
    assert not pins_down(lambda f: f(1, 2), half, double)

    def stops_on_half(function):
        return 1 / (function(6) - 3)

    assert verdict(stops_on_half, half) == "stops"
    assert not pins_down(stops_on_half, half, double)
    assert catches({"six": finds_half}, {"half": half, "double": double}) == {
        "half": ["six"],
        "double": [],
    }


RIGHT = {"doubles": double, "adds": lambda x: x + x}
WRONG = {"halves": (half, "try 6"), "squares": (lambda x: x * x, "2 is special")}


def fails_always(function):
    raise AssertionError("no")


def knows_the_name(function):
    assert function is not half, "this is half"


def sees_two_only(function):
    assert function(2) == 4, "2 becomes something else"


def mute(function):
    if function(6) != 12:
        raise AssertionError  # pytest would add a sentence to an assert


def moves_torch(function):
    torch.manual_seed(0)
    finds_half(function)


def moves_numpy(function):
    np.random.rand()  # noqa: NPY002
    finds_half(function)


def moves_random(function):
    random.random()
    finds_half(function)


def moves_default_type(function):
    finds_half(function)
    torch.set_default_dtype(torch.float64)


def moves_gradient_switch(function):
    finds_half(function)
    torch.set_grad_enabled(False)


def answers(function):
    finds_half(function)
    return True


def forgets(function, calls=[]):  # noqa: B006
    calls.append(1)
    assert len(calls) % 2 or function(6) == 13, "only now and then"


def not_for_integers():
    raise NotImplementedError("not implemented for 'Long'")


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (lambda function: None, "halves"),
        (fails_always, 'on a right function: doubles\n.*the test rejects: "no"'),
        (knows_the_name, "halves"),
        (sees_two_only, "squares"),
        (mute, "without a sentence"),
        (moves_torch, "PyTorch's random numbers"),
        (moves_numpy, "NumPy's random numbers"),
        (moves_random, "Python's random numbers"),
        (moves_default_type, "the default type"),
        (moves_gradient_switch, "the gradient switch"),
        (answers, "returns bool"),
        (forgets, "then it rejects"),
        (lambda function: function(1, 2), "stops with TypeError"),
        (lambda function: not_for_integers(), "stops with NotImplementedError"),
        (lambda function: pytest.fail("no"), "stops with Failed"),
    ],
)
def test_a_bad_test_is_told_what_is_bad(test, message):
    with pytest.raises(AssertionError, match=message):
        judge_test(test, RIGHT, WRONG)


def unsettles(function):
    np.random.rand()  # noqa: NPY002
    random.random()
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    finds_half(function)


def test_judging_leaves_the_session_as_it_was():
    def surroundings():
        return (
            torch.get_rng_state().tolist(),
            np.random.get_state()[1].tolist(),  # noqa: NPY002
            random.getstate(),
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
        )

    before = surroundings()
    for test in (finds_half, unsettles):
        try:
            judge_test(test, RIGHT, WRONG)
        except AssertionError as error:
            assert test is unsettles, error
        assert surroundings() == before


def test_a_good_test_is_accepted_and_a_blank_is_not_judged():
    judge_test(finds_half, RIGHT, WRONG)
    judge_fix(finds_half, double)
    with pytest.raises(AssertionError, match="by your own test"):
        judge_fix(finds_half, half)
    three = torch.tensor([3.0])
    case = ("three", (three,), torch.tensor([6.0]), "double it")
    with pytest.raises(AssertionError, match=r"three\n.*stops with ZeroDivisionError"):
        judge_fix(lambda f: None, lambda x: 1 // 0, cases=[case])
    with pytest.raises(AssertionError, match=r"three\n.*type torch.float64"):
        judge_fix(lambda f: None, lambda x: 2 * x.double(), cases=[case])
    judge_fix(finds_half, double, cases=[case])
    with pytest.raises(AssertionError, match=r"three\n.*off by 1\b"):
        judge_fix(lambda f: None, lambda x: x + 2, cases=[case])
    with pytest.raises(AssertionError, match="an argument was changed"):
        judge_fix(lambda f: None, lambda x: x.mul_(2).clone(), cases=[case])

    def blank(function):
        raise NotImplementedError

    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    with pytest.raises(NotImplementedError):
        judge_test(blank, RIGHT, WRONG)
    after = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    assert after == before, "a blank test leaves the session seeded"
