"""A cohort's own numbers: the same tasks, other random cases in every check.

    python3 -m course_utils variant COHORT --out PRIVATE_FOLDER

``solutions/`` is public, so are its checks. This writes a private copy in which
every seed of a check is moved by a number that follows from the cohort's name, and
runs the reference answers against it: a copy in which they lose a point is not
kept. Release and grade from that folder: ``grade --solutions PRIVATE_FOLDER``.

Worked examples stay as they are printed in the tasks. For tasks that nobody has
seen, change the copy by hand.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.classroom.release import release_notebook
from course_utils.classroom.sandbox import ROOT
from course_utils.commands.normal_form import normal_text, read, write

if TYPE_CHECKING:
    from nbformat import NotebookNode

SEED = re.compile(
    r"(?P<call>\b(?:manual_seed|default_rng|seed)\(|\bseed=)(?P<seed>\d+)\b"
)
TRIES = 20


class NoVariant(Exception):
    """No move of the seeds was found under which the reference answers pass."""


def shift_of(cohort: str, attempt: int = 0) -> int:
    """Return the number that a cohort's seeds move by, 1 to a million."""
    digest = hashlib.sha256(f"{cohort} {attempt}".encode()).hexdigest()
    return 1 + int(digest, 16) % 1_000_000


def moved(notebook: "NotebookNode", shift: int) -> "NotebookNode":
    """Return a copy with every seed in a check moved by ``shift``."""
    import copy

    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and graded.get("grade"):
            cell.source = SEED.sub(
                lambda found: f"{found['call']}{int(found['seed']) + shift}",
                cell.source,
            )
            cell.outputs, cell.execution_count = [], None
    return notebook


def passes(notebook: "NotebookNode") -> bool:
    """Whether the reference answers pass every check, in a fresh kernel."""
    import copy

    import nbclient

    notebook = copy.deepcopy(notebook)
    client = nbclient.NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # say nothing about transport
    )
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError:
        return False
    return True


def make_variant(source: "NotebookNode", cohort: str) -> tuple["NotebookNode", int]:
    """Return a cohort's copy of a set, and the shift of its seeds.

    Raises:
        NoVariant: the reference answers passed under none of some shifts.
    """
    for attempt in range(TRIES):
        shift = shift_of(cohort, attempt)
        notebook = moved(source, shift)
        if passes(notebook):
            return notebook, shift
    raise NoVariant(f"the reference answers fail under {TRIES} shifts of the seeds")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course_utils variant",
        description="Write a private copy of solutions/ with other random cases.",
    )
    parser.add_argument("cohort", help="any name, such as 2027-spring")
    parser.add_argument("--out", type=Path, required=True, help="a private folder")
    parser.add_argument("--set", dest="only", help="one set (default: all)")
    parser.add_argument("--solutions", type=Path, default=ROOT / "solutions")
    options = parser.parse_args(arguments)
    paths = sorted(options.solutions.glob("[0-9]*/*.ipynb"))
    paths = [p for p in paths if options.only in (None, p.parent.name)]
    if not paths:
        print(f"{options.solutions} holds no set {options.only or ''}")
        return 2
    if options.out.resolve().is_relative_to(ROOT.resolve()):
        print(f"--out: {options.out} lies in the course's own, public, folder.")
        return 2
    for path in paths:
        name = path.parent.name
        try:
            notebook, shift = make_variant(read(path), options.cohort)
        except NoVariant as problem:
            print(f"{name}: {problem}; copy it and change its checks by hand")
            return 1
        target = options.out / name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        write(notebook, target)
        handout = options.out / "handout" / name / path.name
        handout.parent.mkdir(parents=True, exist_ok=True)
        handout.write_text(normal_text(release_notebook(read(target))), "utf-8")
        print(f"{name}: seeds moved by {shift}; the reference answers pass")
    print(
        f"To hand out: {options.out / 'handout'}. To grade: --solutions {options.out}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
