"""The web book: a folder of pages that open without a server and without a network.

    python -m course_utils.commands.book        writes build/book/index.html

Sphinx makes it from the stored outputs of all lessons and sets, which are found by
themselves; nothing is run again. ``book/`` holds the pages that no notebook holds.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from course_utils.commands.environment import Stop
from course_utils.commands.live_explorers import write_script
from course_utils.commands.normal_form import read
from course_utils.commands.notebooks import ROOT, lesson_map
from course_utils.commands.pages import exercise_page, lesson_page, lessons, set_source
from course_utils.commands.slides import write_decks
from course_utils.commands.vendor import MATHEMATICS, copy_files

# The parts of the course, as lessons number them.
PARTS = {
    "I": "A weighted average",
    "II": "Over sequences",
    "III": "Over images",
    "IV": "Where the model looks",
    "V": "The entropy of attention",
}
OUT = ROOT / "build" / "book"
MAP, CONTENTS, NOTATION = "<!-- map -->", "<!-- contents -->", "<!-- notation -->"
FACTS = re.compile(r"^(\*\*Minutes:\*\* .*)\n", re.MULTILINE)
# The last column of a table, where it names lessons: "05" or "05 a-cell, other-cell".
LESSON = re.compile(r"(?<=\| )(\d\d)(?=[^|\n]*\|\n)")


def arrange(folder: Path) -> None:
    """Write the sources of the book into ``folder``: pages, notebooks, scripts.

    Raises:
        Stop: the npm packages could not be brought.
    """
    shutil.rmtree(folder, ignore_errors=True)
    unwanted = shutil.ignore_patterns("package*.json", ".npmrc", "mount.js", "slides*")
    shutil.copytree(ROOT / "book", folder, ignore=unwanted)
    explorers: set[str] = set()
    for path in lessons():
        notebook, found = lesson_page(path)
        explorers |= found
        write_page(notebook, folder / "notebooks" / path.name)
        source = set_source(path)
        if source:
            place = folder / "exercises" / path.stem / path.name
            write_page(exercise_page(source), place)
    for page in folder.glob("*.md"):
        text = filled_in(page.read_text("utf-8"))
        page.write_text(text, "utf-8", newline="\n")
    write_script(explorers, folder / "static")
    copy_files(MATHEMATICS, folder / "static" / "vendor")


def write_page(notebook, path: Path) -> None:
    """Store a page, which is a notebook that only Sphinx reads."""
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def filled_in(text: str) -> str:
    """Return a page of ``book/`` with what follows from the lessons filled in."""
    by_number = {path.stem[:2]: path for path in lessons()}

    def lesson_link(found: re.Match) -> str:
        path = by_number.get(found[1])
        return f"[{found[1]}](notebooks/{path.name})" if path else found[1]

    text = FACTS.sub(r":::{container} page-facts\n\1\n:::\n", text, count=1)
    text = LESSON.sub(lesson_link, text)
    text = re.sub(r"(?<=\| )([\u4e00-\u9fff]+)(?= \|)", in_chinese, text)
    if MAP in text:
        text = text.replace(MAP, lesson_map("", ROOT))
    if CONTENTS in text:
        text = text.replace(CONTENTS, contents())
    if NOTATION in text:
        text = text.replace(NOTATION, symbols())
    return text


def in_chinese(found: re.Match) -> str:
    """Return Chinese words marked as such, for fonts and for screen readers."""
    return f'<span lang="zh-Hans">{found[1]}</span>'


def contents() -> str:
    """Return the tables of contents: a part of the course each, then the sets."""
    parts: dict[str, list[str]] = {}
    for path in lessons():
        part = read(path).metadata.course.part
        parts.setdefault(f"{part} · {PARTS[part]}", []).append(f"notebooks/{path.stem}")
    sets = [path.stem for path in lessons() if set_source(path)]
    parts["Exercises"] = [f"exercises/{name}/{name}" for name in sets]
    trees = [
        "\n".join([":::{toctree}", ":hidden:", f":caption: {part}", "", *pages, ":::"])
        for part, pages in parts.items()
    ]
    return "\n\n".join(trees)


def symbols() -> str:
    """Return the table of symbols of every lesson that has one, under its title."""
    found = []
    for path in lessons():
        notebook = read(path)
        for cell in notebook.cells:
            if cell.source.startswith("## Symbols"):
                title = f"{path.stem[:2]} · {notebook.metadata.course.title}"
                table = cell.source.partition("\n")[2].strip()
                found.append(f"## [{title}](notebooks/{path.name})\n\n{table}")
    return "\n\n".join(found)


def build(out: Path = OUT) -> int:
    """Write the book into ``out``; return how many pages it has.

    Raises:
        Stop: Sphinx found something to mend, or npm is missing.
    """
    work = ROOT / "build" / "book-source"
    arrange(work)
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-E", "-W"]
    command += ["--keep-going", "-d", str(ROOT / "build" / "book-doctrees")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([*command, str(work), str(out)], env=environment)
    if ran.returncode:
        raise Stop(
            "Sphinx could not make the book; what it found stands above.",
            "mend it in book/, notebooks/ or solutions/ and type the command again",
        )
    write_decks(out / "slides", vendor="../_static/vendor")
    return len(list(out.rglob("*.html")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.commands.book", description=__doc__.split("\n")[0]
    )
    parser.parse_args(arguments)
    began = time.monotonic()
    try:
        pages = build()
    except Stop as stop:
        print(f"\n{stop.sentence}\nNext: {stop.next_step}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    print(f"{pages} pages in {seconds:.0f} s. Open {OUT / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
