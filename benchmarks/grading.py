"""Seconds per submission: ours against ``nbgrader autograde``, on one cohort.

    python benchmarks/grading.py                 20 submissions of set 05, one run
    python benchmarks/grading.py --cohort 500    and 500, with a worker killed

Both grade the same notebooks of a real set, one after the other on this machine;
the grades must be equal. Results go to ``benchmarks/grading.json``.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from exercise_sets import read_answers  # noqa: E402

from course_utils.classroom.cluster import on_dask  # noqa: E402
from course_utils.classroom.executing import serially  # noqa: E402
from course_utils.classroom.grading import grade  # noqa: E402
from course_utils.classroom.release import release_notebook  # noqa: E402
from course_utils.commands.normal_form import read  # noqa: E402

NAME = "05_scoring_functions"
SOURCE = ROOT / "solutions" / NAME / f"{NAME}.ipynb"


def students_notebook(number: int):
    """A different notebook for every number: right, partly right, or blank."""
    source = read(SOURCE)
    notebook = release_notebook(read(SOURCE))
    if number % 5 == 4:
        answers = {}
    else:
        answers = {c.id: c.source for c in source.cells if c.id.startswith("05-q")}
    if number % 5 == 3:
        wrong = read_answers(
            (ROOT / "tests" / "answers" / NAME / "q1.py").read_text("utf-8")
        )
        answers["05-q1"] = wrong[number % len(wrong)].code
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("solution") and cell.cell_type == "code":
            cell.source = answers.get(cell.id, cell.source) + f"\n# student {number}"
    return notebook


def write_cohort(folder: Path, count: int) -> None:
    """Write submissions as nbgrader expects them: student/set/set.ipynb."""
    for number in range(count):
        place = folder / f"s{number:04}" / NAME
        place.mkdir(parents=True)
        nbformat.write(students_notebook(number), place / f"{NAME}.ipynb")


def stock(folder: Path, count: int) -> tuple[float, float, dict[str, float]]:
    """Grade with nbgrader; return seconds a submission (grading, pages), points."""
    from nbgrader.api import Gradebook

    course = folder / "stock"
    write_cohort(course / "submitted", count)
    (course / "source" / NAME).mkdir(parents=True)
    shutil.copy(SOURCE, course / "source" / NAME)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "COURSE_PROGRESS": "off"}
    variables["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    variables["PYTHONPATH"] = str(ROOT)

    def nbgrader(*words: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *words]
        subprocess.run(
            command, cwd=course, env=variables, check=True, capture_output=True
        )

    nbgrader("generate_assignment", NAME)
    began = time.perf_counter()
    nbgrader("autograde", NAME)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    nbgrader("generate_feedback", NAME)
    pages = time.perf_counter() - began
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        points = {
            work.student.id: sum(
                grade.auto_score or 0.0
                for notebook in work.notebooks
                for grade in notebook.grades
            )
            for work in book.assignment_submissions(NAME)
        }
    return seconds / count, pages / count, points


def ours(
    folder: Path, count: int, run=serially
) -> tuple[float, float, dict[str, float]]:
    """Grade with the course; return seconds a submission (grading, pages), points."""
    place, out = folder / "ours", folder / "out"
    write_cohort(place, count)
    began = time.perf_counter()
    rows = grade(place, out, only=NAME, run=run, pages=False)
    seconds = time.perf_counter() - began
    assert len(rows) == count
    assert {row.status for row in rows} == {"graded"}, rows
    began = time.perf_counter()
    grade(place, out, only=NAME, run=run)  # nothing runs again: the pages alone
    pages = time.perf_counter() - began
    points = {row.student: row.points for row in rows}
    return seconds / count, pages / count, points


def with_a_death(run, after: int):
    """The same executor; one worker is killed after some results."""

    def deadly(tasks):
        killed = False
        for done, result in enumerate(run(tasks)):
            if done == after and not killed:
                for process in psutil.Process().children(recursive=True):
                    if any("bwrap" in child.name() for child in process.children()):
                        process.kill()
                        killed = True
                        break
            yield result

    return deadly


def sandbox_memory() -> float:
    """Return the resident MiB of a sandbox that has run a notebook."""
    processes = psutil.Process().children(recursive=True)
    return max((p.memory_info().rss for p in processes), default=0) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--cohort", type=int, default=0)
    options = parser.parse_args()
    os.environ["COURSE_PROGRESS"] = "off"
    load = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory() as folder:
        mine, my_pages, my_points = ours(Path(folder), options.count)
        memory = sandbox_memory()
        theirs, their_pages, their_points = stock(Path(folder), options.count)
    assert my_points == their_points, (my_points, their_points)
    result = {
        "submissions": options.count,
        "nbgrader_seconds": round(theirs, 2),
        "course_seconds": round(mine, 2),
        "ratio": round(theirs / mine, 1),
        "nbgrader_seconds_with_pages": round(theirs + their_pages, 2),
        "course_seconds_with_pages": round(mine + my_pages, 2),
        "ratio_with_pages": round((theirs + their_pages) / (mine + my_pages), 1),
        "points": dict(sorted(Counter(my_points.values()).items())),
        "sandbox_mebibytes": round(memory),
        "driver_mebibytes": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": load,
    }
    if options.cohort:
        with tempfile.TemporaryDirectory() as folder:
            run = with_a_death(on_dask(2), after=options.cohort // 3)
            each, _, points = ours(Path(folder), options.cohort, run)
        result["cohort"] = {
            "submissions": options.cohort,
            "course_seconds": round(each, 2),
            "lost": options.cohort - len(points),
            "workers_killed": 1,
        }
    print(json.dumps(result, indent=1))
    place = ROOT / "benchmarks" / "grading.json"
    place.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
