"""Whoever gives a public function a wrong input is told what, why and the way out.

The table in ``tests/wrong_input`` has a row for every public function, method and
class. Each wrong input raises a TypeError or ValueError that the package wrote itself:
it names the argument, says what was expected and what came. Or the row says why the
input is fine, and what comes out is looked at.
"""

import ast
import functools
import importlib
import inspect
import math
import pkgutil
import traceback
import warnings
from pathlib import Path

import pytest
import torch
import traitlets
from wrong_input import ROWS
from wrong_input.apart import APART
from wrong_input.kinds import FIT, Row

import course_utils
from course_utils import checks, explorers

PACKAGE = Path(course_utils.__file__).parent
ELSEWHERE = ("commands", "classroom", "__main__")  # tools, not rooms


def rooms():
    """Every module of the package that a lesson may import."""
    for found in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
        if found.name.split(".")[1] not in ELSEWHERE:
            yield importlib.import_module(found.name)


def public_names() -> set[str]:
    """Functions, classes and methods without underscore, as "room.name"."""
    names = set()
    for module in rooms():
        short = module.__name__.removeprefix("course_utils.")
        for name, thing in vars(module).items():
            here = getattr(thing, "__module__", None) == module.__name__
            if name[0] == "_" or not here:
                continue
            if name.startswith("require_") or hasattr(thing, "_fields"):
                continue  # an argument check, tested alone; a record of what it got
            if short.startswith("explorers.") and short != "explorers.base":
                continue  # controls choose every argument, tested below
            if inspect.isclass(thing):
                names |= {f"{short}.{name}"} | {
                    f"{short}.{name}.{method}"
                    for method, made in vars(thing).items()
                    if method[0] != "_" or method == "__call__"
                    if callable(made) or isinstance(made, classmethod | property)
                }
            elif callable(thing):
                names.add(f"{short}.{name}")
    return names


@functools.cache
def raises_of(path: str) -> list[tuple[int, int]]:
    """The lines of every ``raise`` of a file."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return [
        (node.lineno, node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
    ]


def deliberate(error: Exception) -> bool:
    """Whether the package raised the error itself, with ``raise``."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Path(last.filename).is_relative_to(PACKAGE) and any(
        first <= last.lineno <= end for first, end in raises_of(last.filename)
    )


def called(row: Row, argument: str = "", wrong: object = None) -> object:
    """Call the function of a row, with one argument that is wrong."""
    given = {
        name: kind.made(wrong if name == argument else kind.valid)
        for name, kind in row.arguments.items()
    }
    torch.manual_seed(0)
    return row.call(**given)


def complaint(names: set[str], error: Exception) -> str:
    """What is wrong with an error, "" where it is a good one."""
    if not isinstance(error, TypeError | ValueError) or not deliberate(error):
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        return f"bare {type(error).__name__} from {place}: {str(error)[:100]!r}"
    head, _, tail = str(error).partition("expected ")
    if not any(name in head for name in names):
        return f"does not name the argument: {error}"
    if not tail or not ("got" in tail or "found" in tail):
        return f"does not say what was expected and what came: {error}"
    return ""


def trial(row: Row, argument: str, label: str, usual: object) -> str:
    """Give one wrong input; return what is wrong with the answer."""
    outcome = row.outcomes().get((argument, label))
    names = set(row.arguments) if label in FIT else {argument}
    if outcome and outcome.about:
        names, outcome = {outcome.about}, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = called(row, argument, row.arguments[argument].wrong[label])
    except Exception as error:
        if outcome:
            return f"is said to be fine ({outcome.why}), but: {error}"
        return complaint(names, error)
    if outcome is None:
        return f"no complaint, but {str(result)[:90]!r}"
    return "" if outcome.check(result, usual) else f"not so: {outcome.why}"


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_wrong_input_is_answered(row):
    usual = called(row)  # the right input does not raise
    wrong = {
        (argument, label)
        for argument, kind in row.arguments.items()
        for label in kind.wrong
    }
    assert set(row.outcomes()) <= wrong, "said to be fine, but never tried"
    problems = {f"{a}: {label}": trial(row, a, label, usual) for a, label in wrong}
    problems = [f"{key}: {text}" for key, text in sorted(problems.items()) if text]
    assert not problems, "\n".join([row.name, *problems])


def test_every_public_name_has_a_row_or_a_reason():
    rows = {row.name for row in ROWS}
    apart = {name for names in APART.values() for name in names.split()}
    public = public_names()
    assert len(public) > 200  # the look into the package found something
    known = rows - {"worlds.reviews.Reviews.text"}  # a method of a record
    assert sorted(public - rows - apart) == [], "write a row, or a reason in apart.py"
    assert sorted(known - public) == [], "no longer there: take the row out"
    assert sorted(apart - public) == [], "no longer there: take it out of apart.py"
    assert sorted(apart & rows) == [], "has a row: take it out of apart.py"


def test_every_argument_of_a_function_has_its_kind():
    seen = {}
    for row in ROWS:
        seen.setdefault(row.name, set()).update(row.arguments)
    missing = {}
    for module in rooms():
        short = module.__name__.removeprefix("course_utils.")
        for name, thing in vars(module).items():
            if f"{short}.{name}" in seen and getattr(thing, "__module__", "") == (
                module.__name__
            ):
                given = inspect.signature(thing).parameters.values()
                wanted = {each.name for each in given if each.kind != each.VAR_KEYWORD}
                left = wanted - seen[f"{short}.{name}"] - {"args"}
                if left:
                    missing[f"{short}.{name}"] = sorted(left)
    assert missing == LEFT_OUT


LEFT_OUT = {  # words beside a progress bar: anything can be written
    "training.fit": ["describe"],
    "training.progress": ["describe"],
}


@pytest.mark.parametrize("name", explorers.HOMES)
def test_a_control_takes_nothing_that_it_does_not_show(name):
    explorer = getattr(explorers, name)
    for control in explorer.controls():
        for wrong in ("three of them", None, 1e9, -1e9, math.nan, [1], 1j):
            with pytest.raises(traitlets.TraitError, match=control["name"]):
                explorer(**{control["name"]: wrong})


@pytest.mark.parametrize(
    "got", [None, "three", 1.5, [1.0], torch.full((2, 3), math.nan)]
)
def test_a_check_of_an_exercise_tells_the_learner(got):
    ones = torch.ones(2, 3)
    for check in (
        lambda: checks.expect(False, "case", "something else", "look again"),
        lambda: checks.expect_tensor(got, "case", (2, 3)),
        lambda: checks.expect_close(got, ones, "case", "look again"),
        lambda: checks.expect_parts(got, "case", ["output", "weights"]),
        lambda: checks.expect_rows_sum_to_one(got, "case"),
    ):
        with pytest.raises(AssertionError, match=r"case\n  found: .*\n  hint:  ."):
            check()
