"""Notebooks as files that change only when the course changes.

A notebook file holds what people wrote and read (cells, outputs) beside what a
run leaves behind (times, random identifiers, the way a stream was cut). The
normal form keeps the first and drops the second, so that two runs of an
unchanged lesson give the same bytes and ``git diff`` shows real changes only.

Explorers: an anywidget stores a "widget view" that points, by a random
identifier, at a model that lives in the running kernel. In a stored notebook
that model is gone, and a front end that prefers the view would show nothing.
So the normal form drops the view and keeps the static twin beside it: the
picture with its alternative text. JupyterLab makes the view again as soon as
the cell is run; the book puts the explorer itself in the picture's place.

Predictions: what a cell between a question marked **Predict.** and its answer
has printed or drawn is stored with ``outputs_hidden``. JupyterLab shows it
folded until the reader runs the cell, so the page does not answer its question.
Beside the fold it shows the first line that is not empty: a blank is put there.

Code that nobody needs to read (a figure is drawn, a table printed) carries the tag
``hide-input``. It is stored with ``source_hidden``: JupyterLab shows three dots, which
run like any cell and open with a click; the book folds it too.
"""

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEPT_CELL_METADATA = ("deletable", "editable", "nbgrader", "slideshow", "tags")
KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
BLANK_LINE = " \n"
PREVIEWED = ("text/html", "text/markdown", "text/plain")  # by JupyterLab, in this order
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> "NotebookNode":
    """Return the notebook stored at ``path``."""
    import nbformat

    return nbformat.read(path, as_version=4)


def write(notebook: "NotebookNode", path: Path) -> None:
    """Store ``notebook`` in normal form at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(normal_text(notebook), encoding="utf-8", newline="\n")


def normal_text(notebook: "NotebookNode") -> str:
    """Return the text of the notebook's normal form: the bytes of its file."""
    import nbformat

    content = json.loads(nbformat.writes(normal_form(notebook)))
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def normal_form(notebook: "NotebookNode") -> "NotebookNode":
    """Return a copy without anything that differs from one run to the next."""
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    course = notebook.metadata.get("course", {})
    notebook.metadata.clear()
    notebook.metadata.update(
        course=course, kernelspec=dict(KERNEL), language_info={"name": "python"}
    )
    for cell in notebook.cells:
        for key in set(cell.metadata) - set(KEPT_CELL_METADATA):
            del cell.metadata[key]
        cell.source = cell.source.replace("\r\n", "\n")
        if cell.cell_type == "code":
            cell.outputs = _normal_outputs(cell.outputs)
        if "hide-input" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
    _fold_what_is_predicted(notebook.cells)
    return notebook


def _fold_what_is_predicted(cells: Iterable["NotebookNode"]) -> None:
    """Fold the outputs that would answer a prediction before the reader does."""
    open_question = False
    for cell in cells:
        question = cell.source.rfind("**Predict.**")
        answer = cell.source.rfind("<details><summary>Answer")
        if cell.cell_type == "markdown" and max(question, answer) >= 0:
            open_question = question > answer
        if cell.cell_type == "code" and cell.outputs and open_question:
            folded = cell.metadata.get("jupyter", {})
            cell.metadata["jupyter"] = {**folded, "outputs_hidden": True}
            _begin_with_a_blank_line(cell.outputs[0])


def _begin_with_a_blank_line(output: "NotebookNode") -> None:
    """Give the fold's preview nothing to tell; nbval is told to overlook the line."""
    place, key = output, "text"
    if "data" in output:
        place = output.data
        key = next((kind for kind in PREVIEWED if kind in place), None)
    if key in place and not place[key].startswith(BLANK_LINE):
        place[key] = BLANK_LINE + place[key]


def _normal_outputs(outputs: Iterable["NotebookNode"]) -> list["NotebookNode"]:
    """Merge neighbouring pieces of a stream; drop views of models that are gone."""
    normal = []
    for output in outputs:
        if output.output_type == "stream":
            output.text = output.text.replace("\r\n", "\n")
            last = normal[-1] if normal else {}
            if last.get("name") == output.name:
                last.text += output.text
                continue
        if "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            output.metadata.pop(WIDGET_VIEW, None)
            if not output.data:
                continue
        normal.append(output)
    return normal
