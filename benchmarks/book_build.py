"""Building the book against ``jupyter nbconvert`` of the same notebooks.

Nothing is executed on either side. Ours makes the lessons, the sets as handed out,
the pages beside them and the slides; the peer one HTML page for each notebook.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from measuring import Settings
from table import SLOWER, Part, Row

from course_utils.commands.environment import Stop
from course_utils.commands.pages import lessons, set_source

TITLE = "Book"
ROOT = Path(__file__).resolve().parents[1]


def notebooks() -> list[Path]:
    """Return every lesson and set of the book."""
    found = list(lessons())
    return found + [source for path in lessons() if (source := set_source(path))]


def cpu_seconds(run: Callable[[], object]) -> float:
    """Return the CPU seconds of a call, with those of its child processes."""

    def used() -> float:
        return sum(
            found.ru_utime + found.ru_stime
            for found in map(
                resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
        )

    before = used()
    run()
    return used() - before


def command(*words: str) -> None:
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", *words],
        check=True,
        env=variables,
        cwd=ROOT,
        capture_output=True,
    )


def with_nbconvert(paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command("nbconvert", "--to", "html", "--output-dir", folder, *map(str, paths))
        made = len(list(Path(folder).glob("*.html")))
    if made != len({path.stem for path in paths}):
        raise Stop(f"nbconvert made {made} pages.", "look at what it prints")


def row(pages: int, ours: float, theirs: float, count: int) -> Row:
    """Return the row: seconds of the whole book, pages of both in the words."""
    return Row(
        part="book_build",
        what=f"book and slides, {pages} pages",
        size=f"{count} notebooks",
        peer=f"nbconvert --to html, {count} pages",
        ours_seconds=ours,
        peer_seconds=theirs,
        ratio=ours / theirs,
        why=(
            f"{1000 * ours / pages:.0f} ms a page against {1000 * theirs / count:.0f}: "
            "the book also has decks, a search, references that are checked"
            if ours > SLOWER * theirs
            else ""
        ),
    )


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.tiny`` converts one lesson and builds no book."""
    part, paths = Part(TITLE), notebooks()
    for name in ("nbconvert", "sphinx"):
        if find_spec(name) is None:
            part.missing.append(f"{name}: python -m pip install {name}")
    if part.missing:
        return part
    if settings.tiny:
        with_nbconvert(paths[:1])
        part.missing.append("the book itself: leave out tiny")
        return part
    try:
        theirs = cpu_seconds(lambda: with_nbconvert(paths))
        ours = cpu_seconds(lambda: command("course_utils.commands.book"))
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode()[-200:].strip()
        part.missing.append(f"the book ({said}); needs npm: see `doctor`")
        return part
    pages = len(list((ROOT / "build" / "book").rglob("*.html")))
    part.rows.append(row(pages, ours, theirs, len(paths)))
    return part
