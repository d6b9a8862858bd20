"""Run the lessons and store what they show, with the map of all lessons.

    python -m course_utils.commands.notebooks execute             every lesson and set
    python -m course_utils.commands.notebooks execute 03 solutions/05

Each notebook runs in a fresh kernel, in its own folder, and is stored in normal
form: run twice, nothing changes. Along the way the CPU seconds are measured for
the map of lessons, which the README and the start page show.
"""

import argparse
import base64
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.commands.normal_form import read, write

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
START = "00_start_here"
CELL_TIMEOUT = 120  # seconds a single cell may take
BUCKETS = (5, 10, 20, 30, 45, 60)  # CPU seconds shown to learners
MAP_BEGIN, MAP_END = "<!-- lesson map -->", "<!-- end of lesson map -->"

RUN_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # two waiting threads are slower than one
    "COURSE_PROGRESS": "off",  # no progress bars in stored outputs
    "PYTHONHASHSEED": "0",  # sets print in the same order every time
}


class NotebookError(Exception):
    """A notebook that did not run as it must; the message names the cell."""


# ------------------------------------------------------------------ execution


def run(path: Path) -> "NotebookNode":
    """Return the notebook of ``path`` as executed now, with its CPU seconds.

    Raises:
        NotebookError: a cell failed, took too long or wrote to stderr.
    """
    import nbclient
    from nbformat.v4 import new_code_cell

    notebook = read(path)
    meter = new_code_cell("import os as _os\nsum(_os.times()[:4])")
    notebook.cells.append(meter)
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # say nothing about transport
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, **RUN_ENVIRONMENT})
    except Exception as error:
        raise NotebookError(_what_failed(path, notebook, error)) from error
    notebook.cells.remove(meter)
    _refuse_stderr(path, notebook)
    seconds = float(meter.outputs[0].data["text/plain"])
    course = notebook.metadata.setdefault("course", {})
    course["seconds"] = seconds_bucket(seconds, course.get("seconds"))
    return notebook


def seconds_bucket(measured: float, stored: int | None = None) -> int:
    """Return the CPU seconds to show: ``measured`` rounded up to a bucket.

    A stored bucket stays while the measurement is below it and above half of
    the next lower one, and a new one leaves a fifth of room, so that a busier
    machine does not change the file.
    """
    if stored in BUCKETS:
        lower = max((bucket for bucket in BUCKETS if bucket < stored), default=0)
        if lower / 2 < measured <= stored:
            return stored
    for bucket in BUCKETS:
        if 1.2 * measured <= bucket:
            return bucket
    return 60 * math.ceil(measured / 60)


def _what_failed(path: Path, notebook: "NotebookNode", error: Exception) -> str:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return f"{path.stem}, cell {cell.id}: {output.ename}: {output.evalue}"
    return f"{path.stem}: {type(error).__name__}: {error}"


def _refuse_stderr(path: Path, notebook: "NotebookNode") -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise NotebookError(
                    f"{path.stem}, cell {cell.id}: wrote to stderr, which a learner "
                    f"reads as an error: {output.text.strip()[:300]}"
                )


def save_pictures(notebook: "NotebookNode", folder: Path) -> list[Path]:
    """Store the picture of every cell tagged ``picture:<name>``; return the paths."""
    paths = []
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            if not tag.startswith("picture:"):
                continue
            path = folder / f"{tag.removeprefix('picture:')}.png"
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture_of(cell))
            paths.append(path)
    return paths


def picture_of(cell: "NotebookNode") -> bytes:
    """Return the bytes of the one PNG among a cell's outputs.

    Raises:
        NotebookError: the cell shows no picture.
    """
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            return base64.b64decode(output.data["image/png"])
    raise NotebookError(f"cell {cell.id}: tagged as a picture, but shows none")


def course_notebooks(root: Path = ROOT) -> list[Path]:
    """Return the paths of all source notebooks, the start page last."""
    sets = sorted(root.glob("solutions/*/*.ipynb"))
    lessons = sorted(root.glob("notebooks/*.ipynb"))
    return sorted(sets + lessons, key=lambda path: path.stem == START)


def execute(names: Sequence[str] = (), root: Path = ROOT) -> list[str]:
    """Run the named notebooks (all by default), store them; return the problems.

    A name is any part of the path, such as ``03`` or ``notebooks/03``.
    The start page shows the map of lessons, so it also runs when the map changed.
    """
    problems, before = [], lesson_map(root, root)
    for path in course_notebooks(root):
        chosen = _is_chosen(path.relative_to(root).as_posix(), names)
        changed = path.stem == START and lesson_map(root, root) != before
        if chosen or changed:
            problems += _execute_one(path, root)
    refresh_readme(root)
    return problems


def _is_chosen(path: str, names: Sequence[str]) -> bool:
    return not names or any(name.removeprefix("./") in path for name in names)


def _execute_one(path: Path, root: Path) -> list[str]:
    """Run one notebook until its seconds are settled; return its problem, if any."""
    for _ in range(2):
        try:
            notebook = run(path)
            save_pictures(notebook, root / "book" / "pictures")
        except NotebookError as problem:
            print(f"failed   {problem}", flush=True)
            return [str(problem)]
        settled = read(path).metadata.get("course") == notebook.metadata.course
        write(notebook, path)
        if settled or path.stem != START:  # only the start page shows its seconds
            break
    seconds = notebook.metadata.course["seconds"]
    print(f"executed {path.relative_to(root)} (up to {seconds} CPU s)", flush=True)
    return []


# ----------------------------------------------------------- the map of lessons


def lesson_map(relative_to: Path | str, root: Path = ROOT) -> str:
    """Return the map of lessons as a Markdown table.

    Links are written as seen from the folder ``relative_to``, absolute or
    relative to the course: ``"notebooks"`` in a lesson, ``""`` in the README.
    """
    folder = Path(root, relative_to)
    rows = [
        "| | Lesson | The question | Minutes | CPU seconds | Exercises |",
        "| --- | --- | --- | ---: | ---: | --- |",
    ]
    minutes = seconds = 0
    for path in sorted(root.glob("notebooks/[0-9]*.ipynb")):
        course = _course_metadata(path)
        minutes += course.get("minutes", 0)
        seconds += course.get("seconds", 0)
        number, title = path.stem[:2], course.get("title", path.stem[3:])
        rows.append(
            f"| {number} | [{title}]({_link(path, folder)}) "
            f"| {course.get('question', '')} | {course.get('minutes', '')} "
            f"| {course.get('seconds', '')} | {_set_link(path.stem, folder, root)} |"
        )
    rows.append(f"| | All lessons | | {minutes} | {seconds} | |")
    return "\n".join(rows)


def _set_link(name: str, folder: Path, root: Path) -> str:
    if not (root / "solutions" / name).is_dir():
        return ""
    course = _course_metadata(root / "solutions" / name / f"{name}.ipynb")
    minutes = course.get("minutes", "?")
    released = root / "exercises" / name / f"{name}.ipynb"
    return f"[Set {name[:2]}, {minutes} minutes]({_link(released, folder)})"


def _course_metadata(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))["metadata"].get("course", {})


def _link(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def refresh_readme(root: Path = ROOT) -> None:
    """Write the map of lessons between its two markers in README.md."""
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    if MAP_BEGIN not in text or MAP_END not in text:
        print(f"README.md: no map written; it needs {MAP_BEGIN} and {MAP_END}")
        return
    before, rest = text.split(MAP_BEGIN, 1)
    after = rest.split(MAP_END, 1)[1]
    text = f"{before}{MAP_BEGIN}\n{lesson_map('', root)}\n{MAP_END}{after}"
    readme.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.commands.notebooks")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("execute", help="run notebooks, store outputs")
    command.add_argument("names", nargs="*", help="part of a path, such as 03")
    names = parser.parse_args(arguments).names
    paths = [path.relative_to(ROOT).as_posix() for path in course_notebooks()]
    unknown = [n for n in names if not any(_is_chosen(path, [n]) for path in paths)]
    if unknown:
        print(f"No notebook matches {', '.join(unknown)}; try 03 or notebooks/03.")
        return 2
    return 1 if execute(names) else 0


if __name__ == "__main__":
    sys.exit(main())
