"""Exercise sets as the tests see them: tasks, and stored answers to each task.

Answers stand in ``tests/answers/NN_name/qN.py``, one file per coding task, in
blocks that begin with a header line:

    # %% wrong: forgets the mask | says: padding still gets weight
    # %% right: with a loop
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from course_files import ROOT, code_cells, exercise_sources, load

HEADER = re.compile(
    r"^# %% (?P<kind>wrong|right): (?P<title>.+?)(?: \| says: (?P<says>.+))?$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Task:
    """One coding task: the cells that a submitted answer is run between."""

    name: str  # the folder of its set, such as "05_scoring_functions"
    question: str  # "q1"
    setup: tuple[str, ...]  # imports, and what the task itself is given
    reference: str  # the answer cell of the source notebook
    checks: tuple[str, ...]  # visible check, then hidden check


@dataclass(frozen=True)
class Answer:
    """One stored answer to a task."""

    kind: str  # "wrong" or "right"
    title: str
    says: str | None  # a part of the message that a wrong answer must get
    code: str


def tasks_of(name: str, notebook: dict) -> list[Task]:
    """The coding tasks of one source notebook, recognised by their cell ids."""
    cells = code_cells(notebook)
    number = name[:2]
    answers = [c for c in cells if re.fullmatch(rf"{number}-q\d+", c["id"])]
    if not answers:
        return []
    before_tasks = cells[: cells.index(answers[0])]
    tasks = []
    for answer in answers:
        start = cells.index(answer)
        given = [c for c in cells[:start] if c["id"].startswith(f"{answer['id']}-")]
        setup = before_tasks + [c for c in given if c not in before_tasks]
        checks = [c for c in cells if _is_check_of(c, answer["id"])]
        tasks.append(
            Task(
                name=name,
                question=answer["id"].removeprefix(f"{number}-"),
                setup=tuple(cell["source"] for cell in setup),
                reference=answer["source"],
                checks=tuple(cell["source"] for cell in checks),
            )
        )
    return tasks


def _is_check_of(cell: dict, answer: str) -> bool:
    graded = cell["metadata"].get("nbgrader", {}).get("grade", False)
    return graded and cell["id"].startswith(f"{answer}-")


def all_tasks() -> list[Task]:
    """Every coding task of the course."""
    return [
        task
        for path in exercise_sources()
        for task in tasks_of(path.parent.name, load(path))
    ]


def answers_file(task: Task) -> Path:
    """Where the answers to a task are stored."""
    return ROOT / "tests" / "answers" / task.name / f"{task.question}.py"


def read_answers(text: str) -> list[Answer]:
    """The answers in the text of an answers file, in order."""
    headers = list(HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    return [
        Answer(h["kind"], h["title"], h["says"], text[h.end() : end].strip())
        for h, end in zip(headers, ends, strict=True)
    ]


def stored_answers() -> list[tuple[Task, Answer]]:
    """Every stored answer of the course, with its task."""
    return [
        (task, answer)
        for task in all_tasks()
        if answers_file(task).exists()
        for answer in read_answers(answers_file(task).read_text(encoding="utf-8"))
    ]


def submit(task: Task, code: str) -> None:
    """Run set-up, ``code`` and both checks in one fresh namespace.

    Raises:
        AssertionError: the checks reject the answer.
    """
    namespace = {"__name__": "__main__"}
    for number, source in enumerate([*task.setup, code, *task.checks]):
        label = f"<{task.name} {task.question}, part {number}>"
        exec(compile(source, label, "exec"), namespace)


def rejection(task: Task, code: str) -> BaseException | None:
    """What the checks raise for an answer, or None when they accept it.

    A warning is not an error here: a wrong answer must be told what is wrong
    with it, even where PyTorch also warns.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            submit(task, code)
        except Exception as error:
            return error
    return None
