"""Making a student's notebook whole: every graded cell once, and no false helpers."""

import base64
import copy
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from course_utils.classroom.release import CODE_STUB, TEXT_STUB
from course_utils.classroom.uploads import Upload

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOT_FOR_STUDENTS = (".ipynb", ".db", ".sqlite", ".pyc")


def grade_ids(notebook: "NotebookNode") -> list[str]:
    """Return nbgrader's ids of the cells, in order."""
    ids = [grade_id(cell) for cell in notebook.cells]
    return [name for name in ids if name]


def grade_id(cell: "NotebookNode") -> str | None:
    """Return nbgrader's id of a cell, None where it has none."""
    graded = cell.metadata.get("nbgrader")
    name = graded.get("grade_id") if isinstance(graded, dict) else None
    return name if isinstance(name, str) else None


def answers(notebook: "NotebookNode") -> int:
    """How many answer cells no longer hold what they were handed out with."""
    return sum(
        bool((cell.metadata.get("nbgrader") or {}).get("solution"))
        and CODE_STUB not in cell.source
        and TEXT_STUB not in cell.source
        for cell in notebook.cells
        if grade_id(cell)
    )


def repair(
    notebook: "NotebookNode", released: "NotebookNode", notes: list[str]
) -> tuple["NotebookNode", list[str]]:
    """Return the notebook with every graded cell exactly once, and notes."""
    notes = list(notes)
    notebook = copy.deepcopy(notebook)
    known = {grade_id(cell): cell for cell in released.cells if grade_id(cell)}
    seen: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if name is None or name not in known:
            cell.metadata.pop("nbgrader", None)
        elif name in seen:
            # The later copy counts, unless it was never filled in.
            earlier = notebook.cells[seen[name]]
            loser = cell if _is_blank(cell) and not _is_blank(earlier) else earlier
            loser.metadata.pop("nbgrader", None)
            seen[name] = seen[name] if loser is cell else number
            notes.append(f"{name}: two cells with this id, one is not graded")
        else:
            seen[name] = number
    _restore_roles(notebook, known)
    _add_missing(notebook, known, notes)
    return notebook, notes


def _is_blank(cell: "NotebookNode") -> bool:
    return CODE_STUB in cell.source or TEXT_STUB in cell.source or not cell.source


def _restore_roles(notebook: "NotebookNode", known: Mapping) -> None:
    """Give every graded cell the metadata it was handed out with."""
    for cell in notebook.cells:
        name = grade_id(cell)
        if name:
            cell.metadata["nbgrader"] = copy.deepcopy(known[name].metadata["nbgrader"])


def _add_missing(notebook: "NotebookNode", known: Mapping, notes: list[str]) -> None:
    """Put back deleted cells, each behind the cell that it followed."""
    order = list(known)
    for place, name in enumerate(order):
        here = [grade_id(cell) for cell in notebook.cells]
        if name in here:
            continue
        before = [here.index(other) for other in order[:place] if other in here]
        position = max(before) + 1 if before else _after_imports(notebook)
        notebook.cells.insert(position, copy.deepcopy(known[name]))
        notes.append(f"{name}: deleted by the student, put back")


def _after_imports(notebook: "NotebookNode") -> int:
    """Where the first graded cell goes: behind what stands before all of them."""
    for number, cell in enumerate(notebook.cells):
        if grade_id(cell):
            return number
    return len(notebook.cells)


def support_files(uploads: list[Upload]) -> tuple[dict[str, str], list[str]]:
    """Return the other files of a student, and notes on those left out.

    The path inside the student's folder stays, without a leading folder that
    holds all of them.
    """
    kept = [
        u for u in uploads if not u.problem and not u.path.endswith(NOT_FOR_STUDENTS)
    ]
    folders = {PurePosixPath(u.path).parts[:-1][:1] for u in uploads if not u.problem}
    files, notes = {}, []
    for upload in kept:
        parts = PurePosixPath(upload.path).parts
        if len(folders) == 1 and len(parts) > 1:
            parts = parts[1:]
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if _shadows_a_library(parts[0]):
            notes.append(f"{upload.path}: has the name of a library, left out")
            continue
        files["/".join(parts)] = base64.b64encode(upload.content).decode()
    return files, notes


def _shadows_a_library(name: str) -> bool:
    stem = name.partition(".")[0]
    if stem in sys.stdlib_module_names:
        return True
    try:
        return name.endswith((stem, ".py")) and (
            importlib.util.find_spec(stem) is not None
        )
    except (ImportError, ValueError, AttributeError):
        return False
