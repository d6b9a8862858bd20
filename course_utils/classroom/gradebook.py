"""nbgrader's part: its gradebook, its restoring of check cells, its feedback pages.

Everything here is nbgrader's own step, called on one notebook in memory. Only the
driver calls it, so the gradebook (SQLite) has one writer.
"""

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from course_utils.classroom.release import clearing_answers

if TYPE_CHECKING:
    from nbformat import NotebookNode

QUIET = logging.getLogger("course_utils.classroom.nbgrader")
QUIET.setLevel(logging.CRITICAL)


class Score(NamedTuple):
    """What one graded cell got: ``points`` is None while somebody has to read it."""

    cell: str
    points: float | None
    most: float


class SetChanged(Exception):
    """The tasks of a set are no longer those that this gradebook knows."""


class Book:
    """A gradebook that is open: ``with open_book(folder) as book``."""

    def __init__(self, url: str, session) -> None:
        self.url, self.session = url, session

    def add_set(self, name: str, source: "NotebookNode") -> None:
        """Tell the gradebook the cells and points of a set, from its source.

        Raises:
            SetChanged: submissions of other tasks under this name are in it.
        """
        from nbgrader.preprocessors import ComputeChecksums, SaveCells

        self.session.update_or_create_assignment(name)
        notebook = source
        for step in (*clearing_answers(), ComputeChecksums()):
            notebook, _ = step.preprocess(notebook, {})
        try:
            SaveCells(log=QUIET).preprocess(notebook, self._resources(name))
        except RuntimeError as error:
            raise SetChanged(
                f"{name}: its tasks differ from those that were graded into this "
                "folder. Grade into another folder (--out), or delete this one."
            ) from error

    def restore(self, name: str, notebook: "NotebookNode") -> "NotebookNode":
        """Return a submitted notebook with check cells and points as in the source."""
        from nbgrader import preprocessors as steps

        for step in (
            steps.ClearOutput(),
            steps.DeduplicateIds(log=QUIET),
            steps.OverwriteKernelspec(log=QUIET),
            steps.OverwriteCells(log=QUIET, add_missing_cells=True),
            steps.CheckCellMetadata(log=QUIET),
        ):
            notebook, _ = step.preprocess(notebook, self._resources(name))
        return notebook

    def record(
        self, name: str, student: str, shown_name: str, notebook: "NotebookNode"
    ) -> None:
        """Store the grades of an executed notebook.

        Points given by hand earlier stay; a cell that has both is marked for a
        second look, as nbgrader does.
        """
        from nbgrader.preprocessors import SaveAutoGrades

        database = self.session.db
        # nbgrader commits after every cell. One commit a submission is quicker, and
        # a run that is cut off leaves no half of one.
        with patch.object(database, "commit", database.flush):
            self.session.update_or_create_student(student, last_name=shown_name)
            self.session.update_or_create_submission(name, student)
            step = SaveAutoGrades(log=QUIET)
            step.preprocess(notebook, self._resources(name, student))
        database.commit()

    def scores(self, name: str, student: str) -> list[Score]:
        """Return what each graded cell of a submission has got so far."""
        notebook = self.session.find_submission_notebook(name, name, student)
        scores = []
        for grade in notebook.grades:
            by_hand = grade.manual_score
            points = grade.auto_score if by_hand is None else by_hand
            extra = grade.extra_credit or 0.0
            points = points + extra if points is not None else None
            scores.append(Score(grade.name, points, grade.max_score))
        return scores

    def feedback(self, name: str, student: str, notebook: "NotebookNode") -> str:
        """Return the page that shows a student the marks and what each check said.

        ``notebook`` is executed and ``harmless``.
        """
        from nbgrader.preprocessors import GetGrades

        resources = self._resources(name, student)
        notebook, resources = GetGrades(log=QUIET).preprocess(notebook, resources)
        with patch("nbconvert.exporters.html.BeautifulSoup", _AsItIs):
            page, _ = _exporter().from_notebook_node(notebook, resources)
        return WITHOUT_WORDS.sub(f'<img alt="{ALT}"', page)

    def _resources(self, name: str, student: str = "") -> dict:
        about = {
            "notebook": name,
            "assignment": name,
            "student": student,
            "db_url": self.url,
        }
        return {"nbgrader": about, "metadata": {"name": name}}


@contextmanager
def open_book(folder: Path) -> Iterator[Book]:
    """Open (or make) ``folder/gradebook.db`` for one writer, with one session.

    nbgrader's steps open a gradebook each, with a cold database engine: eight
    times a submission. Here they are all given the one that is open.
    """
    from nbgrader.api import Gradebook

    # nbgrader looks for the program alembic on the path, also outside an activated
    # environment.
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = here + os.pathsep + os.environ.get("PATH", "")
    url = f"sqlite:///{folder.resolve() / 'gradebook.db'}"
    session = Gradebook(url)

    class Shared:
        """What a step gets in place of a gradebook of its own."""

        def __init__(self, *_: object) -> None: ...

        def __getattr__(self, name: str) -> object:
            return getattr(session, name)

        def __enter__(self) -> Gradebook:
            return session

        def __exit__(self, *_: object) -> None: ...

    steps = "savecells overwritecells overwritekernelspec saveautogrades getgrades"
    patches = [
        patch(f"nbgrader.preprocessors.{step}.Gradebook", Shared)
        for step in steps.split()
    ]
    with ExitStack() as stack:
        stack.callback(session.close)
        for each in patches:
            stack.enter_context(each)
        stack.enter_context(warnings.catch_warnings())
        # nbgrader adds a submission to a student before it adds it to the session.
        warnings.filterwarnings("ignore", "Object of type <Submitted")
        yield Book(url, session)


_EXPORTERS: list = []


ALT = "A picture that the code of this cell made"
WITHOUT_WORDS = re.compile(r"<img(?![^>]*\balt=)")


class _AsItIs(str):
    """Stands for the parser that looks for pictures in a finished page.

    Parsing takes most of a page's time; a pattern finds the pictures as well.
    """

    def __new__(cls, page: str, features: str = "") -> "_AsItIs":
        return super().__new__(cls, page)

    def select(self, selector: str) -> list:
        return []


def _exporter():
    """nbgrader's feedback template, made once: it reads many files.

    Check cells are the same for every student, so coloured code is kept.
    """
    if not _EXPORTERS:
        from nbconvert.exporters import HTMLExporter
        from nbconvert.filters import Highlight2HTML
        from nbgrader.converters import GenerateFeedback
        from nbgrader.coursedir import CourseDirectory

        config = GenerateFeedback(coursedir=CourseDirectory()).config
        colour = Highlight2HTML(pygments_lexer="ipython3")

        @lru_cache(1000)
        def kept(source: str, language: str | None) -> str:
            return colour(source, language)

        def highlight(source: str, language: str | None = None, metadata=None) -> str:
            return kept(source, language)

        filters = {"highlight_code": highlight}
        _EXPORTERS.append(HTMLExporter(config=config, filters=filters))
    return _EXPORTERS[0]
