"""Notebooks as pages of the book: stored outputs, folded answers, live explorers.

A page is a copy of a notebook, written for the book and thrown away with it. Nothing
is run. What JupyterLab folds is folded here too, so that a page does not answer its
own questions; teachers' notes and solutions wait behind a line to click on.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.classroom.release import BANNER, release_notebook
from course_utils.commands.live_explorers import make_live
from course_utils.commands.normal_form import BLANK_LINE, PREVIEWED, read
from course_utils.commands.notebooks import ROOT

if TYPE_CHECKING:
    from nbformat import NotebookNode

REGION = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
IN_THE_BOOK = (  # instead of the note that a learner's copy begins with
    "> **On this page** you can read each task, work it out on paper, and compare with "
    "the answer folded below it: try first. **To have your answer checked**, open "
    "`{}` in JupyterLab; in a copy of the project `python3 -m course_utils lab` "
    "starts it."
)
CODE, ANSWER = "Show the code", "Show what the cell answers"
# What JupyterLab folds code behind, and what this book folds it behind.
DOTS, WORDS = "Code behind three dots", f"Code behind *{CODE}*"
MARKS = re.compile(r"### BEGIN MARK SCHEME\n(.*?)### END MARK SCHEME", re.DOTALL)


def lessons(root: Path = ROOT) -> list[Path]:
    """Return the paths of all lessons, in order."""
    return sorted(root.glob("notebooks/[0-9]*.ipynb"))


def set_source(lesson: Path) -> Path | None:
    """Return the source of a lesson's exercises, None where it has none."""
    root, name = lesson.parents[1], lesson.stem
    path = root / "solutions" / name / f"{name}.ipynb"
    return path if path.exists() else None


def slide_type(cell: "NotebookNode") -> str:
    """Return how a cell appears in the slides."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def tags(cell: "NotebookNode") -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


# ---------------------------------------------------------------- what a page states


def page_facts(minutes: int, first: Iterable[str], following: Iterable[str]) -> str:
    """Return the line that every page begins with: minutes, what first, what next."""
    needs = ", ".join(first) or "nothing"
    return (
        ":::{container} page-facts\n"
        f"**Minutes:** {minutes} · **First:** {needs} · "
        f"**Next:** {', then '.join(following)}\n:::\n"
    )


def link(path: Path, seen_from: str) -> str:
    """Return a Markdown link to a lesson's page; ``seen_from`` leads to the top."""
    title = read(path).metadata.course.title
    return f"[{path.stem[:2]} · {title}]({seen_from}notebooks/{path.name})"


def lesson_facts(path: Path) -> str:
    """Return the line of facts of a lesson."""
    course, everyone = read(path).metadata.course, lessons(path.parents[1])
    following, exercises = [], set_source(path)
    if exercises:
        minutes = read(exercises).metadata.course.minutes
        target = f"../exercises/{path.stem}/{path.name}"
        following.append(f"[Exercises {path.stem[:2]}]({target}), {minutes} minutes")
    following += [link(p, "../") for p in everyone if p > path][:1]
    first = [link(path.with_name(f"{name}.ipynb"), "../") for name in course.needs]
    facts = page_facts(course.minutes, first, following or ["[the map](../index.md)"])
    deck = f'<a href="../slides/{path.stem}.html">Slides</a>'
    return facts.replace("\n:::\n", f" · {deck}\n:::\n")


def set_facts(source: Path) -> str:
    """Return the line of facts of an exercise set."""
    root = source.parents[2]
    lesson = root / "notebooks" / source.name
    following = [link(p, "../../") for p in lessons(root) if p > lesson][:1]
    return page_facts(
        read(source).metadata.course.minutes,
        [link(lesson, "../../")],
        following or ["[the map](../../index.md)"],
    )


# ------------------------------------------------------------------------- the pages


def lesson_page(path: Path) -> tuple["NotebookNode", set[str]]:
    """Return a lesson as a page, and the names of its explorers."""
    notebook, found = read(path), set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            explorer = make_live(cell)
            found |= {type(explorer).__name__} if explorer else set()
            fold(cell)
        elif slide_type(cell) == "notes":
            cell.source = folded("For teachers", cell.source)
        cell.source = cell.source.replace(DOTS, WORDS)
    insert_facts(notebook, lesson_facts(path))
    return notebook, found


def exercise_page(source: Path) -> "NotebookNode":
    """Return a set as a page: the tasks as handed out, each answer folded below."""
    notebook = read(source)
    handed_out = {cell.id: cell for cell in release_notebook(read(source)).cells}
    cells = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.id.endswith("-hidden"):
            continue
        if marks.get("solution"):
            cells += [handed_out[cell.id], as_answer(cell)]
            continue
        if "solution-note" in tags(cell):
            cell.source = folded("Why, and the common wrong turn", cell.source)
        elif cell.cell_type == "markdown":
            cell.source = handed_out[cell.id].source
        elif marks.get("grade"):
            cell.source = handed_out[cell.id].source
            cell.outputs = []
            hide(cell, "hide-input", "Show the check")
        cells.append(cell)
    notebook.cells = cells
    for cell in cells:
        if cell.cell_type == "code":
            without_second_pictures(cell)
    note = IN_THE_BOOK.format(f"exercises/{source.stem}/{source.name}")
    cells[0].source = cells[0].source.replace(BANNER, note)
    insert_facts(notebook, set_facts(source))
    return notebook


def as_answer(cell: "NotebookNode") -> "NotebookNode":
    """Return the solution of a task, folded away."""
    cell.id = f"{cell.id}-answer"
    cell.source = REGION.sub("", cell.source)
    if cell.cell_type == "markdown":
        scheme = MARKS.search(cell.source)
        marks = [f"- {line}" for line in scheme[1].splitlines()] if scheme else []
        answer = MARKS.sub("", cell.source).strip()
        text = "\n".join([answer, "\n**Marking scheme**\n", *marks])
        cell.source = folded("One answer, with its marking scheme", text)
        return cell
    hide(cell, "hide-input", "Show one answer")
    return cell


# ----------------------------------------------------------------------- small steps


def insert_facts(notebook: "NotebookNode", facts: str) -> None:
    """Write the line of facts under the title."""
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{facts}\n{rest.lstrip()}"


def folded(summary: str, text: str) -> str:
    """Return text behind a line to click on."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def hide(cell: "NotebookNode", tag: str, words: str) -> None:
    """Fold a cell's code or output, with these words to click on."""
    cell.metadata["tags"] = [*(each for each in tags(cell) if each != tag), tag]
    cell.metadata["mystnb"] = {"code_prompt_show": words, "code_prompt_hide": "Hide"}


def fold(cell: "NotebookNode") -> None:
    """Fold what JupyterLab folds: outputs before an answer, code marked so."""
    if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
        # The page has one text for both folds; conf.py knows what [source] stands for.
        words = "Show [{type}]" if "hide-input" in tags(cell) else ANSWER
        hide(cell, "hide-output", words)
        for output in cell.outputs:
            unblank(output)
    elif "hide-input" in tags(cell):
        hide(cell, "hide-input", CODE)
    without_second_pictures(cell)


def unblank(output: "NotebookNode") -> None:
    """Take away the blank line that keeps JupyterLab's preview silent."""
    place = output.get("data", output)
    for kind in ("text", *PREVIEWED):
        if kind in place:
            place[kind] = place[kind].removeprefix(BLANK_LINE)


def without_second_pictures(cell: "NotebookNode") -> None:
    """Keep the picture that has alternative text, and not its bare twin."""
    for output in cell.outputs:
        if "text/html" in output.get("data", {}):
            output.data = {"text/html": output.data["text/html"]}
