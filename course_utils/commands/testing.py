"""Everything that is checked before a change is accepted, in one command.

    python -m course_utils.commands.testing              all of it, some minutes
    python -m course_utils.commands.testing --fast       without running notebooks
    python -m course_utils.commands.testing -k scoring   only tests whose names match

Every step runs, also after one failed; the end says which did, and which
notebooks took longest. Standard library only: the tools run as programs.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.commands.notebooks import CELL_TIMEOUT, ROOT, RUN_ENVIRONMENT

NOTEBOOK_FOLDERS = ("notebooks", "solutions", "exercises")
# One file to one process: the cells of a notebook need each other.
TWO_PROCESSES = ("-n", "2", "--dist", "loadfile")
NOTHING_MATCHED = 5  # pytest's exit code where -k leaves no test


@dataclass(frozen=True)
class Step:
    """One thing to check: its name, the module that does it, its arguments."""

    name: str
    module: str
    arguments: tuple[str, ...]


def all_steps(folder: Path, fast: bool = False, match: str | None = None) -> list[Step]:
    """Return the steps in the order they run; ``folder`` is for their notes."""
    chosen = ("-k", match) if match else ()
    speed = ("-m", "not slow") if fast else ()
    there = [name for name in NOTEBOOK_FOLDERS if any(ROOT.glob(f"{name}/**/*.ipynb"))]
    steps = [
        Step("lint", "ruff", ("check", ".")),
        Step("format", "ruff", ("format", "--check", ".")),
        Step("spelling", "codespell_lib", (".", str(folder / "spelling"))),
        Step("exercises are fresh", "course_utils.classroom.release", ("--check",)),
        Step("tests", "pytest", ("tests", *speed, *TWO_PROCESSES, *chosen)),
    ]
    if there and not fast:
        compare = (
            "--nbval",
            "--nbval-current-env",
            f"--nbval-cell-timeout={CELL_TIMEOUT}",
            "--nbval-sanitize-with=tests/sanitize.cfg",
            f"--junitxml={folder / 'notebooks.xml'}",
        )
        arguments = (*there, *compare, *TWO_PROCESSES, *chosen)
        steps.append(Step("notebooks", "pytest", arguments))
    return steps


def run_step(step: Step) -> bool:
    """Run one step, showing what it prints; return whether it passed."""
    print(f"\n==> {step.name}: {step.module} {' '.join(step.arguments)}", flush=True)
    if importlib.util.find_spec(step.module.partition(".")[0]) is None:
        print(
            f"{step.module} is missing. Type: python3 -m pip install -e '.[test]' "
            "(or python3 -m course_utils doctor, to see what else is)"
        )
        return False
    ran = subprocess.run(
        [sys.executable, "-m", step.module, *step.arguments],
        cwd=ROOT,
        env={**os.environ, **RUN_ENVIRONMENT},
    )
    matched_nothing = "-k" in step.arguments and ran.returncode == NOTHING_MATCHED
    return ran.returncode == 0 or matched_nothing


def write_prose(folder: Path) -> None:
    """Store the text of every notebook, without pictures, for the spell check.

    The files are named like the notebooks, so that a finding names its place.
    """
    for path in notebook_paths():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join(f"[{c.get('id')}]\n{''.join(c['source'])}" for c in cells)
        copy = folder / path.relative_to(ROOT).with_suffix(".md")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text + "\n", encoding="utf-8")


def notebook_paths() -> Iterator[Path]:
    """Yield every notebook of the course."""
    for name in NOTEBOOK_FOLDERS:
        yield from sorted(ROOT.glob(f"{name}/**/*.ipynb"))


def notebook_seconds(report: Path) -> list[tuple[str, float]]:
    """Return (notebook, seconds) from pytest's report, slowest first."""
    seconds: Counter[str] = Counter()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            name = case.get("classname", "").removesuffix(".ipynb").replace(".", "/")
            seconds[name] += float(case.get("time", 0))
    return seconds.most_common()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 when every step passed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.commands.testing")
    parser.add_argument("--fast", action="store_true", help="do not run notebooks")
    parser.add_argument("-k", dest="match", help="only tests matching this")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as notes:
        folder = Path(notes)
        write_prose(folder / "spelling")
        steps = all_steps(folder, options.fast, options.match)
        passed = {step.name: run_step(step) for step in steps}
        slowest = notebook_seconds(folder / "notebooks.xml")
    if slowest:
        print("\nSeconds per notebook, slowest first:")
        print("\n".join(f"{seconds:7.1f}  {name}" for name, seconds in slowest))
    print(f"\nAfter {time.monotonic() - began:.0f} seconds:")
    for name, good in passed.items():
        print(f"  {'passed' if good else 'FAILED'}  {name}")
    return 0 if all(passed.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
