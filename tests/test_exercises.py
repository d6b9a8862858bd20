"""Every task accepts right answers, rejects wrong ones with the message meant for
them, gives full marks to the reference and none to a blank; nothing leaks.
"""

import ast
import re
import time

import nbformat
import pytest
from course_files import ROOT, code_cells, exercise_sources, joined, load
from exercise_sets import (
    HEADER,
    Task,
    all_tasks,
    answers_file,
    read_answers,
    rejection,
    stored_answers,
    submit,
    tasks_of,
)
from sample_notebooks import NAME, SET_IMPORTS, sample_set

from course_utils.classroom.release import CODE_STUB, release_notebook
from course_utils.commands.normal_form import read

TASKS = all_tasks()
ANSWERS = stored_answers()
WRONG = [pair for pair in ANSWERS if pair[1].kind == "wrong"]
RIGHT = [pair for pair in ANSWERS if pair[1].kind == "right"]
SETS = exercise_sources()


def name_of(value):
    """A readable name for a task, an answer or a set in pytest's output."""
    if isinstance(value, Task):
        return f"{value.name}-{value.question}"
    return getattr(value, "title", None) or value.stem


# ------------------------------------------------------------- stored answers


@pytest.mark.parametrize(("task", "answer"), WRONG, ids=name_of)
def test_wrong_answer_is_rejected_with_its_message(task, answer):
    error = rejection(task, answer.code)
    assert error is not None, f"{answer.title}: both checks accept this wrong answer"
    assert isinstance(error, AssertionError), (
        f"{answer.title}: expected a message from a check, got "
        f"{type(error).__name__}: {error}"
    )
    assert answer.says in str(error), (
        f"{answer.title}: expected a message with {answer.says!r}, got:\n{error}"
    )


@pytest.mark.parametrize(("task", "answer"), RIGHT, ids=name_of)
def test_right_answer_is_accepted(task, answer):
    submit(task, answer.code)


@pytest.mark.parametrize("task", TASKS, ids=name_of)
def test_reference_is_accepted_alone_and_quickly(task):
    began = time.process_time()
    submit(task, task.reference)
    seconds = time.process_time() - began
    assert seconds < 4, f"set-up, answer and checks took {seconds:.1f} CPU s"


@pytest.mark.parametrize("task", TASKS, ids=name_of)
def test_task_has_enough_different_answers(task):
    path = answers_file(task)
    assert path.exists(), f"{path.relative_to(ROOT)} is missing: answers to this task"
    text = path.read_text(encoding="utf-8")
    answers = read_answers(text)
    assert text.count("# %%") == len(answers), (
        f"{path.name}: a header is not of the form {HEADER.pattern}"
    )
    wrong = [answer for answer in answers if answer.kind == "wrong"]
    right = [answer for answer in answers if answer.kind == "right"]
    assert len(wrong) >= 4, f"{path.name}: {len(wrong)} wrong answers, expected 4"
    assert len(right) >= 2, f"{path.name}: {len(right)} right answers, expected 2"
    mute = [answer.title for answer in wrong if not answer.says]
    assert not mute, f"{path.name}: no '| says: ...' for {mute}"
    trees = [ast.dump(ast.parse(answer.code)) for answer in answers]
    trees.append(ast.dump(ast.parse(task.reference)))
    assert len(set(trees)) == len(trees), f"{path.name}: two answers are the same"


def test_every_answers_file_belongs_to_a_task():
    known = {answers_file(task) for task in TASKS}
    stray = set((ROOT / "tests" / "answers").glob("*/*.py")) - known
    assert not stray, f"no task for {sorted(str(path) for path in stray)}"


# ------------------------------------------------------------ marks and leaks


def run_all(notebook) -> dict[str, BaseException | None]:
    """What each code cell raises (or None), run in order like "Run All"."""
    namespace, raised = {"__name__": "__main__"}, {}
    for cell in code_cells(notebook):
        raised[cell["id"]] = None
        try:
            exec(compile(cell["source"], f"<{cell['id']}>", "exec"), namespace)
        except Exception as error:
            raised[cell["id"]] = error
    return raised


def graded_code(notebook) -> list[dict]:
    """The cells that give marks automatically."""
    return [
        cell
        for cell in code_cells(notebook)
        if cell["metadata"].get("nbgrader", {}).get("grade", False)
    ]


def with_answers_removed(source: dict) -> dict:
    """The source notebook, hidden checks included, as a blank answer meets it."""
    blank = joined(release_notebook(nbformat.from_dict(source)))
    stubs = {cell["id"]: cell["source"] for cell in blank["cells"]}
    answers = {c["id"] for c in code_cells(source)} - {
        c["id"] for c in graded_code(source)
    }
    cells = [
        {**cell, "source": stubs[cell["id"]]} if cell["id"] in answers else cell
        for cell in source["cells"]
    ]
    return {**source, "cells": cells}


@pytest.mark.parametrize("path", SETS, ids=name_of)
def test_reference_gets_full_marks(path):
    from nbgrader.utils import determine_grade

    problems = {k: v for k, v in run_all(load(path)).items() if v is not None}
    assert not problems, f"{path.stem}: the reference answers fail: {problems}"
    for cell in read(path).cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            points, most = determine_grade(cell)
            assert points == most > 0, f"{cell.id}: stored outputs give {points}/{most}"


@pytest.mark.parametrize("path", SETS, ids=name_of)
def test_blank_gets_no_marks_and_raises_only_not_implemented(path):
    blank = with_answers_removed(load(path))
    raised = run_all(blank)
    others = {
        cell: f"{type(error).__name__}: {error}"
        for cell, error in raised.items()
        if error is not None and type(error) is not NotImplementedError
    }
    assert not others, f"{path.stem}: a blank raises more than NotImplementedError"
    gifts = [cell["id"] for cell in graded_code(blank) if raised[cell["id"]] is None]
    assert not gifts, f"{path.stem}: marks for a blank in {gifts}"


@pytest.mark.parametrize("path", SETS, ids=name_of)
def test_run_all_goes_on_past_unsolved_tasks(path):
    released = joined(release_notebook(read(path)))
    raised = run_all(released)
    for cell in code_cells(released):
        tagged = "raises-exception" in cell["metadata"].get("tags", [])
        assert tagged or not raised[cell["id"]], f"{cell['id']} would stop Run All"


REGIONS = {
    "BEGIN SOLUTION": "END SOLUTION",
    "BEGIN HIDDEN TESTS": "END HIDDEN TESTS",
    "BEGIN MARK SCHEME": "END MARK SCHEME",
}


def lines_by_reader(notebook: dict) -> tuple[set[str], set[str]]:
    """The lines only a teacher may see, and those that everyone may see."""
    secret, open_to_all = set(), set()
    for cell in notebook["cells"]:
        graded = cell["metadata"].get("nbgrader", {})
        model_answer = cell["cell_type"] == "markdown" and graded.get("solution")
        hidden = model_answer or "solution-note" in cell["metadata"].get("tags", [])
        end = None
        for line in cell["source"].splitlines():
            begin = next((word for word in REGIONS if word in line), None)
            if begin:
                end = REGIONS[begin]
            elif end and end in line:
                end = None
            else:
                (secret if end or hidden else open_to_all).add(line.strip())
    return secret - open_to_all - {""}, open_to_all


@pytest.mark.parametrize("path", SETS, ids=name_of)
def test_released_set_holds_no_secrets(path):
    secret, _ = lines_by_reader(load(path))
    released = joined(release_notebook(read(path)))
    text = "\n".join(cell["source"] for cell in released["cells"])
    assert not re.search("SOLUTION|HIDDEN TEST|MARK SCHEME", text)
    leaks = secret & {line.strip() for line in text.splitlines()}
    assert not leaks, f"{path.stem}: the released set shows {leaks}"
    for cell in code_cells(released):
        assert cell["outputs"] == [] and cell["execution_count"] is None
    assert not any("solution-note" in str(cell) for cell in released["cells"])


# -------------------------------------------- the harness itself, on a small set


@pytest.fixture
def sample_task():
    return tasks_of(NAME, joined(sample_set()))[0]


def test_harness_finds_the_parts_of_a_task(sample_task):
    assert (sample_task.name, sample_task.question) == ("01_doubling", "q1")
    assert sample_task.setup == (SET_IMPORTS,)
    assert sample_task.reference.startswith("def double(numbers):")
    visible, hidden = sample_task.checks
    assert visible.endswith('passed("double")') and "HIDDEN TESTS" in hidden


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("def double(n):\n    return 2 * n", type(None), "None"),
        ("def double(n):\n    return n + n", type(None), "None"),
        ("def double(n):\n    return n[:2] * 2", AssertionError, "three numbers"),
        ("def double(n):\n    return n.abs() * 2", AssertionError, "negative"),
        ("def double(n):\n    return m", NameError, "'m'"),
    ],
)
def test_harness_reports_what_the_checks_say(sample_task, code, kind, message):
    error = rejection(sample_task, code)
    assert isinstance(error, kind)
    assert message in str(error)


def test_answers_are_read_with_their_messages():
    text = "# %% wrong: one | says: not two\na = 1\n\n# %% right: two\na = 2\n"
    wrong, right = read_answers(text)
    assert (wrong.kind, wrong.title, wrong.says) == ("wrong", "one", "not two")
    assert (right.kind, right.title, right.says) == ("right", "two", None)
    assert (wrong.code, right.code) == ("a = 1", "a = 2")


def test_secrets_are_recognised_and_removed():
    secret, open_to_all = lines_by_reader(joined(sample_set()))
    assert {
        "larger_numbers = numbers * 2",
        "negative_numbers = torch.tensor([-1.0, 4.0])",
        "can be shared out between two people without a rest.",
        "2 points: names evenness. 1 point: says why.",
        "It is a product of two numbers.",
    } <= secret
    assert "def double(numbers):" in open_to_all
    text = "\n".join(cell.source for cell in release_notebook(sample_set()).cells)
    assert not secret & {line.strip() for line in text.splitlines()}
    assert CODE_STUB in text


@pytest.mark.slow
def test_real_kernel_and_nbgrader_agree_on_marks():
    """Reference and blank of one set, executed by a kernel, marked by nbgrader."""
    from nbclient import NotebookClient
    from nbgrader.utils import determine_grade

    path = SETS[0] if SETS else None
    source = read(path) if path else sample_set()
    for notebook, share in [
        (source, 1),
        (nbformat.from_dict(with_answers_removed(joined(source.copy()))), 0),
    ]:
        folder = str(path.parent if path else ROOT)
        client = NotebookClient(
            notebook,
            timeout=120,
            allow_errors=True,
            resources={"metadata": {"path": folder}},
        )
        client.execute()
        cells = [c for c in notebook.cells if c.cell_type == "code"]
        marks = [determine_grade(c) for c in cells if c in graded_code(notebook)]
        assert marks
        assert all(points == share * most for points, most in marks)
