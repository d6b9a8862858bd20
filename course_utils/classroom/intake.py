"""Whatever students upload becomes one clean notebook for each student and set.

A folder, a zip or the download of a learning-management system comes in and is
only read. Renamed files are recognised by the ids of their cells, damaged ones are
kept as a blank copy with a note, links are not followed, and what would shadow a
library is left out. Everybody who handed in anything gets exactly one submission
for each set.
"""

import copy
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from course_utils.classroom.repairs import (
    answers,
    grade_ids,
    repair,
    support_files,
)
from course_utils.classroom.uploads import Upload, read_uploads

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What learning-management systems make of names.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_\w+?_?")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)")


@dataclass
class Submission:
    """What one student handed in for one set.

    student: the name as uploaded. number: the system's id of the student, if any.
    notebook: complete, in the released order, check cells not yet restored.
    files: what lay beside it, base64 by name. notes: sentences for the teacher.
    review: why somebody has to look, "" if nobody needs to.
    """

    student: str
    set_name: str
    notebook: "NotebookNode"
    number: str = ""
    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    review: str = ""

    @property
    def student_id(self) -> str:
        """A name that is safe in paths and in a database: short, unique, stable."""
        who = f"{self.student} {self.number}".strip() if self.number else self.student
        plain = re.sub(r"[^A-Za-z0-9.-]+", "-", who).strip("-.")[:40]
        if plain and plain == who:
            return plain
        digest = hashlib.sha256(who.encode("utf-8", "surrogatepass"))
        return f"{plain or 'student'}-{digest.hexdigest()[:8]}"

    @property
    def content(self) -> str:
        """A digest of all that decides the grade on the student's side."""
        import nbformat

        digest = hashlib.sha256(nbformat.writes(self.notebook).encode())
        for name, text in sorted(self.files.items()):
            digest.update(f"{name}\0{text}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def collect(
    place: Path, released: Mapping[str, "NotebookNode"], only: str | None = None
) -> list[Submission]:
    """Return the submissions in ``place``, a folder or a zip, in order of name.

    Args:
        released: the learner's copy of every set, by its name.
        only: the one set that is asked for: then everybody gets one submission.

    Raises:
        FileNotFoundError, ValueError: nothing there, or neither folder nor zip.
    """
    students = by_student(read_uploads(place), released)
    wanted = {only: released[only]} if only else released
    submissions = []
    for student, uploads in sorted(students.items()):
        submissions += _of_one_student(student, uploads, wanted, only)
    return submissions


# ------------------------------------------------------------------ whose is it?


def by_student(
    uploads: list[Upload], released: Mapping[str, "NotebookNode"]
) -> dict[tuple[str, str], list[Upload]]:
    """Return uploads by (name, number) of the student."""
    uploads = _without_wrapping_folder(uploads, released)
    students = defaultdict(list)
    for upload in uploads:
        first, *rest = PurePosixPath(upload.path).parts
        if rest:
            match = MOODLE.fullmatch(first)
            who = (match["name"], match["id"]) if match else (first, "")
            inner = "/".join(rest)
        else:
            match = CANVAS.fullmatch(first)
            who = (match["name"], match["id"]) if match else (_stem(first), "")
            inner = match["file"] if match else first
        students[who].append(upload.moved(inner))
    return dict(students)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem if "." in name.lstrip(".") else name


def _without_wrapping_folder(
    uploads: list[Upload], released: Mapping[str, "NotebookNode"]
) -> list[Upload]:
    """Take away one folder around all students, such as a zip program adds."""
    paths = [PurePosixPath(upload.path).parts for upload in uploads]
    notebooks = [parts for parts in paths if parts[-1].endswith(".ipynb")]
    wrapped = (
        notebooks
        and len({parts[0] for parts in paths}) == 1
        and all(len(parts) > 2 and parts[1] not in released for parts in notebooks)
        and not MOODLE.fullmatch(paths[0][0])
        and len({parts[1] for parts in notebooks}) > 1
    )
    if not wrapped:
        return uploads
    return [
        u.moved("/".join(p[1:])) for u, p in zip(uploads, paths, strict=True) if p[1:]
    ]


# ----------------------------------------------------------- which set, which file?


def _of_one_student(
    student: tuple[str, str],
    uploads: list[Upload],
    released: Mapping[str, "NotebookNode"],
    only: str | None,
) -> list[Submission]:
    name, number = student
    notes = [u.problem for u in uploads if u.problem]
    candidates = defaultdict(list)  # set name -> [(path, notebook)]
    unreadable = []
    for upload in uploads:
        if upload.problem or not upload.path.endswith(".ipynb"):
            continue
        try:
            notebook = parse(upload.content)
        except Exception as error:
            unreadable.append(upload.path)
            notes.append(f"{upload.path}: cannot be read ({_first_line(error)})")
            continue
        which = recognise(upload.path, notebook, released)
        if which is None:
            notes.append(f"{upload.path}: belongs to no set here, left out")
        else:
            candidates[which].append((upload.path, notebook))
    files, left_out = support_files(uploads)
    notes += left_out
    submissions = []
    for which, found in sorted(candidates.items()):
        notebook, more = repair(*choose(which, found, released[which]))
        submissions.append(
            Submission(name, which, notebook, number, files, [*notes, *more])
        )
    missing = _sets_without_notebook(unreadable, candidates, released, only)
    if not candidates and not missing:
        first = min(released)
        missing = {first: f"no notebook of any set; listed under {first}"}
    for which, why in missing.items():
        blank = copy.deepcopy(released[which])
        submissions.append(
            Submission(name, which, blank, number, files, list(notes), why)
        )
    return submissions


def _sets_without_notebook(
    unreadable: list[str],
    candidates: Mapping[str, list],
    released: Mapping[str, "NotebookNode"],
    only: str | None,
) -> dict[str, str]:
    """Return the sets to grade as blank, each with the reason for a review."""
    missing = {}
    for path in unreadable:
        which = only or next((name for name in released if name in path), None)
        if which is None and len(released) == 1:
            which = min(released)
        if which and which not in candidates:
            missing[which] = f"{path}: cannot be read; a blank copy was graded"
    if only and only not in candidates and only not in missing:
        missing[only] = f"no notebook of {only} was handed in"
    return missing


def parse(content: bytes) -> "NotebookNode":
    """Return the notebook in these bytes, in the current format.

    Raises:
        Exception: whatever makes it no notebook.
    """
    import warnings

    import nbformat
    from nbformat.validator import normalize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        _, notebook = normalize(notebook, strip_invalid_metadata=True)
        nbformat.validate(notebook)
    return notebook


def recognise(
    path: str, notebook: "NotebookNode", released: Mapping[str, "NotebookNode"]
) -> str | None:
    """Return the set that a notebook answers: by the ids in it, else by its name."""
    here = set(grade_ids(notebook))
    shared = {name: len(here & set(grade_ids(nb))) for name, nb in released.items()}
    best = max(shared, key=shared.get)
    if shared[best] > 0:
        return best
    return next((name for name in released if name in path), None)


def choose(
    which: str, found: list[tuple[str, "NotebookNode"]], released: "NotebookNode"
) -> tuple["NotebookNode", "NotebookNode", list[str]]:
    """Return the notebook to grade, the released one, and notes.

    Of several, the one with the most answers; among equals the one with the
    released name, else the first by path.
    """

    def rank(entry: tuple[str, "NotebookNode"]) -> tuple:
        path, notebook = entry
        return -answers(notebook), PurePosixPath(path).name != f"{which}.ipynb", path

    (path, notebook), *others = sorted(found, key=rank)
    notes = [f"{other}: a second copy of {which}, left out" for other, _ in others]
    if PurePosixPath(path).name != f"{which}.ipynb":
        notes.append(f"{path}: recognised as {which}")
    return notebook, released, notes


def _first_line(error: Exception) -> str:
    words = str(error).strip().splitlines()
    return (
        f"{type(error).__name__}: {words[0][:100]}" if words else type(error).__name__
    )
