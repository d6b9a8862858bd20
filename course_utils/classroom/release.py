"""What learners receive: ``exercises/`` made from ``solutions/``.

One notebook is the truth for a set of exercises; it holds tasks, answers, hidden
checks and marks. nbgrader's own steps take the answers out, in this process and
without a database, so that the same source always gives the same bytes:

    python -m course_utils.classroom.release            writes exercises/
    python -m course_utils.classroom.release --check    only says what is stale

Work that somebody has begun in ``exercises/`` is not overwritten unasked.

Two steps are ours. A line under the title says where the file comes from. Cells
that use an answer are tagged ``raises-exception``, so that "Run All" goes on to
the next task while this one is still open.
"""

import argparse
import ast
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.commands.normal_form import normal_form, normal_text, read
from course_utils.commands.notebooks import ROOT

if TYPE_CHECKING:
    from nbformat import NotebookNode

CODE_STUB = 'raise NotImplementedError("Write your code here, then delete this line.")'
TEXT_STUB = "*Write your answer here, in place of this line.*"
BANNER = (
    "> This copy is yours to work in: write your answers here. "
    "`python3 -m course_utils release` makes it from its source, so a change to "
    "a task belongs there, not here."
)
# Files beside a source notebook may hold answers: only those named here, as
# "NN_name/file", are handed out.
HANDED_OUT: frozenset[str] = frozenset()


def release_notebook(source: "NotebookNode") -> "NotebookNode":
    """Return the learner's copy of ``source``: no answers, hidden checks, marks.

    Raises:
        RuntimeError: a region that begins and never ends, or stands in a cell
            that is not marked for it (raised by nbgrader).
    """
    notebook = normal_form(source)
    answers = _names_of_answers(notebook)
    notebook.cells = [c for c in notebook.cells if "solution-note" not in _tags(c)]
    notebook.metadata.course.pop("seconds", None)
    for step in (*clearing_answers(), *_clearing_checks()):
        notebook, _ = step.preprocess(notebook, {})
    _add_banner(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and _uses(cell.source, answers):
            cell.metadata["tags"] = [*_tags(cell), "raises-exception"]
    return normal_form(notebook)


def clearing_answers() -> list:
    """The first steps of ``nbgrader generate_assignment``: answers go, checks stay."""
    from nbgrader import preprocessors as steps

    return [
        steps.LockCells(),
        steps.ClearSolutions(code_stub={"python": CODE_STUB}, text_stub=TEXT_STUB),
        steps.ClearOutput(),
        steps.CheckCellMetadata(),
    ]


def _clearing_checks() -> list:
    """Its last steps: what only a grader may see goes."""
    from nbgrader import preprocessors as steps

    return [
        steps.ClearHiddenTests(),
        steps.ClearMarkScheme(),
        steps.ComputeChecksums(),
        steps.CheckCellMetadata(),
    ]


def _tags(cell: "NotebookNode") -> list[str]:
    return list(cell.metadata.get("tags", []))


def _names_of_answers(notebook: "NotebookNode") -> set[str]:
    """Functions, classes and variables that the learner has to write."""
    names = set()
    for cell in notebook.cells:
        is_answer = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type != "code" or not is_answer:
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            for part in ast.walk(node) if isinstance(node, ast.Assign) else ():
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    names.add(part.id)
    return names


def _uses(code: str, names: set[str]) -> bool:
    """Whether ``code`` reads one of ``names`` when it runs."""
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id in names
        for node in ast.walk(ast.parse(code))
    )


def _add_banner(notebook: "NotebookNode") -> None:
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{BANNER}\n\n{rest.lstrip()}".rstrip()


def released_files(root: Path = ROOT) -> dict[str, bytes]:
    """Return every file of ``exercises/`` by its path there, made from the sources."""
    files = {}
    for path in sorted((root / "solutions").rglob("*")):
        name = path.relative_to(root / "solutions").as_posix()
        if path.suffix == ".ipynb" and ".ipynb_checkpoints" not in path.parts:
            files[name] = normal_text(release_notebook(read(path))).encode()
        elif name in HANDED_OUT:
            files[name] = path.read_bytes()
    return files


def differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """Return what is stale, missing or extra in ``folder``, a line each."""
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    lines = [f"missing  {name}" for name in files if name not in there]
    lines += [f"extra    {name}" for name in there if name not in files]
    lines += [
        f"stale    {name}"
        for name, path in there.items()
        if name in files and path.read_bytes() != files[name]
    ]
    return sorted(lines)


def _files(folder: Path) -> list[Path]:
    """Files that a person would see: nothing hidden, no checkpoints or caches."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith((".", "__pycache__"))
            for part in path.relative_to(folder).parts
        )
    ]


def work_at_risk(files: dict[str, bytes], folder: Path) -> list[str]:
    """Return the files in ``folder`` that a release would change and that hold work."""
    return [
        name
        for path in _files(folder)
        if files.get(name := path.relative_to(folder).as_posix()) != path.read_bytes()
        and name not in HANDED_OUT
        and _holds_work(path)
    ]


def _holds_work(path: Path) -> bool:
    """Whether a file is more than a released notebook: outputs, answers, notes."""
    try:
        cells = read(path).cells
    except Exception:  # not a notebook that anyone here made
        return True
    for cell in cells:
        stub = CODE_STUB if cell.cell_type == "code" else TEXT_STUB
        is_answer = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.get("outputs") or (is_answer and stub not in cell.source):
            return True
    return False


def write_release(files: dict[str, bytes], folder: Path) -> None:
    """Make ``folder`` hold exactly ``files``."""
    for path in _files(folder):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.classroom.release",
        description="Make exercises/ from solutions/.",
    )
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--overwrite", action="store_true", help="lose work there")
    options = parser.parse_args(arguments)
    try:
        files = released_files(root)
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing. Type: python3 -m pip install nbgrader")
        return 2
    changes = differences(files, root / "exercises")
    if options.check and changes:
        print("\n".join(["exercises/ does not match solutions/:", *changes]))
        print("Type: python3 -m course_utils release")
        return 1
    at_risk = work_at_risk(files, root / "exercises")
    if not options.check and at_risk and not options.overwrite:
        print("\n".join(["exercises/ holds work that would be lost:", *at_risk]))
        print("Copy it to another folder, or type:")
        print("python3 -m course_utils release --overwrite")
        return 1
    if not options.check:
        write_release(files, root / "exercises")
    print(f"exercises/ matches solutions/: {len(files)} files, {len(changes)} changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
