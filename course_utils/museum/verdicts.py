"""Judging a test: it must fail before the fix and pass after it.

A **test** here is a function that takes one argument, the implementation, calls it
on inputs of its own choice, and raises ``AssertionError`` with a sentence if what
comes back is wrong. A test that stops with any other error is no test: it would stop
in the same way if somebody renamed an argument.
"""

import random
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import torch
from torch import Tensor

from course_utils.checks import expect, expect_close, fail

Test = Callable[[Callable], object]


def verdict(test: Test, implementation: Callable) -> str:
    """Return "passes", "fails" or "stops": what ``test`` says of a function.

    "fails" is an ``AssertionError``, "stops" any other error.
    """
    try:
        test(implementation)
    except AssertionError:
        return "fails"
    except Exception:
        return "stops"
    return "passes"


def pins_down(test: Test, published: Callable, mended: Callable) -> bool:
    """Return whether ``test`` fails on the published function, passes on the mended."""
    before, after = verdict(test, published), verdict(test, mended)
    return before == "fails" and after == "passes"


def catches(
    tests: Mapping[str, Test], implementations: Mapping[str, Callable]
) -> dict[str, list[str]]:
    """Return for each implementation the names of the tests that fail on it."""
    return {
        name: [word for word, test in tests.items() if verdict(test, each) == "fails"]
        for name, each in implementations.items()
    }


def call(implementation: Callable, *arguments: object) -> object:
    """Return what ``implementation`` gives for copies of the arguments.

    Raises:
        AssertionError: if it changes one of the tensors that it gets.
    """
    given = [a.clone() if isinstance(a, Tensor) else a for a in arguments]
    result = implementation(*given)
    for number, (now, then) in enumerate(zip(given, arguments, strict=True), 1):
        if isinstance(then, Tensor) and not _same(now, then):
            raise AssertionError(f"argument number {number} was changed")
    return result


def _same(now: Tensor, then: Tensor) -> bool:
    """Return whether a tensor is as it was; NaN counts as equal to NaN."""
    if now.shape != then.shape or now.dtype != then.dtype:
        return False
    return bool(((now == then) | (now.isnan() & then.isnan())).all())


class Disguised:
    """A function without its name: what a test sees is what the function does.

    A curtain, no safe: a test that looks behind it (at attributes, at frames) can.
    """

    def __init__(self, function: Callable) -> None:
        self._inside = function

    def __call__(self, *args: object, **kwargs: object) -> object:
        return self._inside(*args, **kwargs)

    def __repr__(self) -> str:
        return "<an implementation>"


def judge_test(
    test: Test,
    right: Mapping[str, Callable],
    wrong: Mapping[str, tuple[Callable, str]],
    name: str = "your test",
) -> None:
    """Fail unless ``test`` accepts every right function and rejects every wrong one.

    Each function is handed over in disguise, so that only its behaviour counts, and
    the test is run twice on it. It must return None, say a sentence when it fails,
    and leave the random numbers, the default type and the gradient switch as they
    were.

    Args:
        right: functions by the words that a message may use for them.
        wrong: the same, each with the hint that belongs to it.
        name: what messages call the test.

    Raises:
        AssertionError: with the function, what the test did with it, and a hint.
    """
    for words, function in right.items():
        hint = (
            "test what the claim promises, with a tolerance; leave open how it is done"
        )
        _judge(test, function, "accepts", f"{name}, on a right function: {words}", hint)
    for words, (function, hint) in wrong.items():
        _judge(test, function, "rejects", f"{name}, on a wrong function: {words}", hint)


def judge_fix(
    test: Test,
    mended: Callable,
    name: str = "your mended function",
    cases: Iterable[tuple[str, tuple, Tensor | float, str]] = (),
) -> None:
    """Fail unless ``mended`` is right in every case and passes its own ``test``.

    A case is (words, arguments, expected result, hint). Arguments must stay as they
    were; results may differ by 1e-4 and have the type of an expected tensor.

    Raises:
        AssertionError: with the case, what came, and a hint.
    """
    for words, arguments, expected, way in cases:
        given = [a.clone() if isinstance(a, Tensor) else a for a in arguments]
        try:
            result = mended(*given)
        except NotImplementedError:
            raise
        except Exception as error:
            came = f"it stops with {type(error).__name__}: {str(error)[:160]}"
            fail(f"{name}: {words}", came, way)
        expect_close(result, expected, f"{name}: {words}", way, 1e-4)
        if isinstance(result, Tensor) and isinstance(expected, Tensor):
            same, came = result.dtype == expected.dtype, result.dtype
            hint = "the result has the type of the arguments"
            expect(same, f"{name}: {words}", f"a result of type {came}", hint)
        for now, then in zip(given, arguments, strict=True):
            same = _same(now, then) if isinstance(now, Tensor) else True
            way = "work on new tensors: no +=, no indexed assignment to an argument"
            expect(same, f"{name}: {words}", "an argument was changed", way)
    hint = "one of the two is wrong: work out the test's smallest case by hand"
    _judge(test, mended, "accepts", f"{name}, by your own test", hint)


def _judge(test: Test, function: Callable, wanted: str, case: str, hint: str) -> None:
    """Fail unless ``test`` twice does what is ``wanted`` with a function."""
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002
    modes = torch.get_default_dtype(), torch.is_grad_enabled()
    try:
        with torch.random.fork_rng():
            for seed in (torch.manual_seed, np.random.seed, random.seed):
                seed(948_713_265)  # a state that no test sets by chance
            before = _surroundings()
            did = [_what_it_does(test, function) for _ in range(2)]
            after = _surroundings()
    finally:
        np.random.set_state(kept[0])  # noqa: NPY002
        random.setstate(kept[1])
        torch.set_default_dtype(modes[0])
        torch.set_grad_enabled(modes[1])
    for now, then, what in zip(after, before, SURROUNDINGS, strict=True):
        way = "use a torch.Generator of your own, or torch.random.fork_rng()"
        expect(now == then, case, f"the test changes {what}", way)
    (first, sentence), (second, _) = did
    expect(first == second, case, f"first it {first}, then it {second}", FRESH)
    if first != wanted:
        fail(case, f"the test {first}{sentence}", hint)


FRESH = "the same test must say the same each time: draw with a seed of your own"
SURROUNDINGS = (
    "the state of PyTorch's random numbers",
    "the state of NumPy's random numbers",
    "the state of Python's random numbers",
    "the default type",
    "the gradient switch",
)


def _surroundings() -> tuple:
    """Return what a test has to leave as it found it."""
    return (
        torch.get_rng_state().numpy().tobytes(),
        str(np.random.get_state(legacy=False)),  # noqa: NPY002
        random.getstate(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
    )


def _what_it_does(test: Test, function: Callable) -> tuple[str, str]:
    """Return "accepts", "rejects", or what no test may do; and the test's sentence."""
    try:
        result = test(Disguised(function))
    except AssertionError as error:
        sentence = str(error).strip()
        if sentence:
            return "rejects", f': "{sentence[:160]}"'
        return "fails without a sentence: write assert ..., 'what is wrong'", ""
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # pytest.fail raises one that is no Exception
        if isinstance(error, NotImplementedError) and _is_blank(error):
            raise
        return f"stops with {type(error).__name__}: {str(error)[:160]}", ""
    if result is not None:
        return f"returns {type(result).__name__} where it should return None", ""
    return "accepts", ""


def _is_blank(error: NotImplementedError) -> bool:
    """Return whether the test itself raised the error, as an unanswered one does."""
    trace = error.__traceback__
    return trace is not None and trace.tb_next is not None and not trace.tb_next.tb_next
