"""The command ``python3 -m course_utils grade``: what it takes, what it prints."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path

from course_utils.classroom.executing import MODES, serially
from course_utils.classroom.exporting import Row
from course_utils.classroom.grading import CannotGrade, grade
from course_utils.classroom.sandbox import ROOT, Limits, why_not


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course_utils grade",
        description="Grade a folder, a zip or an LMS download of submissions.",
    )
    add = parser.add_argument
    add("submissions", type=Path, help="a folder or a zip; it is only read")
    add("--set", dest="only", metavar="NAME", help="such as 05_scoring_functions")
    add("--out", type=Path, default=Path("grading"), help="where results go (grading/)")
    add("--solutions", type=Path, default=ROOT / "solutions", help="your own sources")
    add("--workers", type=int, default=1, help="notebooks at a time (1)")
    add("--scheduler", metavar="ADDRESS", help="of dask workers elsewhere, tcp://...")
    add("--mode", choices=MODES, default="fork", help="fork (quick), kernel, or judge")
    add("--no-feedback", action="store_true", help="write no pages for students")
    add("--cell-seconds", type=float, default=20.0, help="for one cell (20)")
    add("--seconds", type=float, default=120.0, help="for one notebook (120)")
    add(
        "--without-sandbox-at-my-own-risk",
        dest="isolated",
        action="store_false",
        help="run students' code with your rights on this machine",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 when every submission has its row."""
    options = build_parser().parse_args(arguments)
    if options.workers < 1:
        print(f"--workers: expected at least 1, got {options.workers}")
        return 2
    if options.isolated and (problem := why_not()):
        print(f"No sandbox, so nothing was run. {problem}")
        print("To run their code with your rights: --without-sandbox-at-my-own-risk")
        return 2
    mode = options.mode
    if not options.isolated and mode == "fork":  # which kills and deletes at large
        mode = "kernel"
    run = serially
    if options.scheduler or options.workers > 1:
        from course_utils.classroom.cluster import on_dask

        run = on_dask(options.workers, options.scheduler)
    limits = Limits(cell_seconds=options.cell_seconds, seconds=options.seconds)
    try:
        rows = grade(
            options.submissions,
            options.out,
            solutions=options.solutions,
            only=options.only,
            run=with_progress(run),
            mode=mode,
            limits=limits,
            isolated=options.isolated,
            pages=not options.no_feedback,
        )
    except (CannotGrade, FileNotFoundError, ValueError) as problem:
        print(f"Nothing was graded. {problem}")
        return 2
    report(rows, options.out)
    return 0


def report(rows: list[Row], out: Path) -> None:
    """Print what needs a teacher's eye, and where everything is."""
    for status in ("needs review", "flagged"):
        for row in rows:
            if row.status == status:
                who = " ".join(row.student.split())
                print(f"{status}: {who}, {row.set_name}: {row.reason}")
    counts = {s: sum(r.status == s for r in rows) for s in ("graded", "flagged")}
    review = len(rows) - sum(counts.values())
    print(
        f"{len(rows)} submissions: {counts['graded']} graded, {counts['flagged']} "
        f"flagged, {review} to review. {out / 'grades.csv'} has a row for each."
    )
    if any(row.to_read for row in rows):
        print(f"Answers in words: cd {out} && jupyter lab, then Nbgrader > Formgrader")


def with_progress(run: Callable) -> Callable:
    """Return the same executor behind a bar that shows the time left."""
    from tqdm import tqdm

    @wraps(run)
    def shown(tasks: list[dict]) -> Iterator[tuple[int, dict]]:
        quiet = not tasks or os.environ.get("COURSE_PROGRESS") == "off"
        bar = tqdm(run(tasks), total=len(tasks), desc="running", disable=quiet)
        yield from bar

    return shown


if __name__ == "__main__":
    sys.exit(main())
