"""Grade what students uploaded: one command, one row for every submission.

    python3 -m course_utils grade SUBMISSIONS [--set NAME] [--out DIR]

Reading (``intake``), restoring the checks and storing grades (``gradebook``) happen
here, in one process; only running the students' code goes to workers
(``executing``), on this machine or on a dask scheduler. An executed notebook is
stored as soon as it comes back, under a digest of everything that decides its
outcome. So a run that was killed goes on where it was, and a second run does only
what changed.
"""

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.classroom import exporting
from course_utils.classroom.executing import launch_early, serially
from course_utils.classroom.exporting import Row
from course_utils.classroom.gradebook import Book, SetChanged, open_book
from course_utils.classroom.harmless import harmless
from course_utils.classroom.intake import Submission, collect
from course_utils.classroom.release import release_notebook
from course_utils.classroom.sandbox import ROOT, Limits
from course_utils.classroom.storing import (
    is_stamped,
    outcome_key,
    store,
    stored_at,
    write_stamped,
)
from course_utils.commands.normal_form import read

if TYPE_CHECKING:
    from nbformat import NotebookNode

CONFIG = Path(__file__).with_name("nbgrader_config.py")


class CannotGrade(Exception):
    """Nothing was graded; the message says why and what to do."""


def sources(folder: Path) -> dict[str, "NotebookNode"]:
    """Return the source of every set in a folder laid out like ``solutions/``.

    Raises:
        CannotGrade: there is none.
    """
    paths = sorted(folder.glob("[0-9]*/*.ipynb"))
    found = {path.parent.name: read(path) for path in paths}
    if not found:
        raise CannotGrade(
            f"{folder} holds no set: expected folders like 05_scoring_functions with "
            "a notebook of the same name."
        )
    return found


def grade(
    place: Path,
    out: Path,
    solutions: Path = ROOT / "solutions",
    only: str | None = None,
    run: Callable[[list[dict]], Iterator[tuple[int, dict]]] | None = None,
    mode: str = "fork",
    limits: Limits | None = None,
    isolated: bool = True,
    pages: bool = True,
) -> list[Row]:
    """Grade every submission in ``place``; write all results to ``out``.

    Args:
        place: a folder or a zip, only read.
        out: where the gradebook, the feedback and the tables go.
        solutions: the sources of the sets, a teacher's own if need be.
        only: grade this set alone; who did not hand it in gets a row too.
        run: executes tasks, in any order (``serially`` by default).
        mode: "fork" or "kernel", see ``inside``.
        limits: what a notebook may use.
        isolated: False runs students' code as you, without a sandbox.
        pages: write a page of feedback for each submission.

    Returns:
        one row for each submission.

    Raises:
        CannotGrade, FileNotFoundError, ValueError: nothing was graded.
    """
    by_name = sources(solutions)
    if only is not None and only not in by_name:
        raise CannotGrade(f"no set {only}; there are {', '.join(by_name)}")
    released = {
        name: release_notebook(copy.deepcopy(nb)) for name, nb in by_name.items()
    }
    submissions = collect(place, released, only)
    for folder in ("executed", "autograded", "feedback"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CONFIG, out / "nbgrader_config.py")
    limits = limits or Limits()
    about = {"mode": mode, "limits": asdict(limits), "isolated": isolated}
    if getattr(run, "__wrapped__", run) in (None, serially):
        # it imports PyTorch while the gradebook is made
        launch_early(mode, limits, isolated)
    with open_book(out) as book:
        for name in sorted({submission.set_name for submission in submissions}):
            _add_set(book, out, name, by_name[name])
        tasks = [
            _task(book, submission, by_name[submission.set_name], about)
            for submission in submissions
        ]
        keys = [outcome_key(task) for task in tasks]
        _execute(tasks, keys, out, run or serially)
        rows = [
            _record(book, out, submission, key, pages)
            for submission, key in zip(submissions, keys, strict=True)
        ]
    write_tables(rows, out)
    return rows


def _add_set(book: Book, out: Path, name: str, source: "NotebookNode") -> None:
    """Tell the gradebook about a set, and lay its source where nbgrader looks."""
    try:
        book.add_set(name, copy.deepcopy(source))
    except SetChanged as error:
        raise CannotGrade(str(error)) from error
    path = out / "source" / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_notebook(source, path)


# ----------------------------------------------------------------------- execution


def _task(
    book: Book, submission: Submission, source: "NotebookNode", about: dict
) -> dict:
    """Return what a worker needs to run a submission."""
    import nbformat

    setup = [
        cell.source
        for cell in source.cells
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata
    ]
    restored = book.restore(submission.set_name, submission.notebook)
    return {
        **about,
        "set_name": submission.set_name,
        "notebook": nbformat.writes(restored),
        "files": submission.files,
        "setup": setup,
    }


def _execute(tasks: list[dict], keys: list[str], out: Path, run: Callable) -> None:
    """Run what has no stored result yet; store each result as it comes."""
    todo = {key: task for key, task in zip(keys, tasks, strict=True)}
    todo = {k: task for k, task in todo.items() if not stored_at(out, k).exists()}
    waiting = list(todo)
    for number, answer in run(list(todo.values())):
        if not answer["failed"]:
            store(stored_at(out, waiting[number]), answer)
        else:  # not kept: the next run tries again
            store(stored_at(out, waiting[number]).with_suffix(".failed"), answer)


# ------------------------------------------------------------------------ recording


def _record(
    book: Book, out: Path, submission: Submission, key: str, pages: bool
) -> Row:
    """Store a submission's grades, its notebook and its page; return its row.

    What is stored already, for the same outcome, is left as it is.
    """
    import nbformat

    path = stored_at(out, key)
    if not path.exists():
        path = path.with_suffix(".failed")
    answer = json.loads(path.read_text(encoding="utf-8"))
    review = [submission.review] if submission.review else []
    if answer["tampered"] or answer["failed"]:
        review += answer["notes"]
    notes = [n for n in (*submission.notes, *answer["notes"]) if n not in review]
    name, student = submission.set_name, submission.student_id
    kept = out / "autograded" / student / name / f"{name}.ipynb"
    outcome = f"{key} {answer['failed']}"
    if not is_stamped(kept, outcome):
        notebook = nbformat.reads(answer["notebook"], 4)
        if answer["tampered"] or answer["failed"]:
            _take_points_back(notebook, "; ".join(review))
        _forget_warnings(notebook)
        book.record(name, student, submission.student, notebook)
        write_stamped(kept, nbformat.writes(harmless(notebook)), outcome)
    scores = book.scores(name, student)
    page = out / "feedback" / student / f"{name}.html"
    outcome = f"{outcome} {[(score.cell, score.points) for score in scores]}"
    if pages and not is_stamped(page, outcome):
        text = book.feedback(name, student, read(kept))
        write_stamped(page, text, outcome)
    return Row(
        student=submission.student,
        student_id=student,
        number=submission.number,
        set_name=name,
        points=sum(score.points or 0.0 for score in scores),
        most=sum(score.most for score in scores),
        to_read=sum(score.most for score in scores if score.points is None),
        status="needs review" if review else "flagged" if notes else "graded",
        reason="; ".join([*review, *notes]),
        feedback=page.relative_to(out).as_posix() if pages else "",
    )


def _take_points_back(notebook: "NotebookNode", why: str) -> None:
    """Let no check count before somebody has looked."""
    from nbformat.v4 import new_output

    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and graded.get("grade"):
            cell.outputs = [
                new_output(
                    "error",
                    ename="NeedsReview",
                    evalue=why,
                    traceback=[f"NeedsReview: {why}"],
                )
            ]


def _forget_warnings(notebook: "NotebookNode") -> None:
    """Drop what checks print to stderr: nbgrader would take a warning for a failure."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]


def _write_notebook(notebook: "NotebookNode", path: Path) -> None:
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


def write_tables(rows: list[Row], out: Path) -> None:
    """Write the rows as grades.csv, canvas.csv, and moodle-<set>.csv for each set."""
    exporting.write_grades(rows, out / "grades.csv")
    exporting.write_canvas(rows, out / "canvas.csv")
    for name in sorted({row.set_name for row in rows}):
        of_set = [row for row in rows if row.set_name == name]
        exporting.write_moodle(of_set, out / f"moodle-{name}.csv")
