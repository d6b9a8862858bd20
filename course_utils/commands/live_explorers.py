"""Explorers in pages without a kernel: the book and the slides.

A stored notebook holds an explorer's static twin. A page keeps that picture for
readers without JavaScript, and ``course-explorers.js`` puts the explorer itself in
its place. It is one plain script: pages opened from a folder may not load modules.
"""

import ast
import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import explorers
from course_utils.commands.notebooks import ROOT
from course_utils.explorers.base import COMMON, STYLE, Explorer

if TYPE_CHECKING:
    from nbformat import NotebookNode

SCRIPT, SHEET = "course-explorers.js", "course-explorers.css"


def explorer_of(cell: "NotebookNode") -> Explorer | None:
    """Return the explorer that the last line of a code cell makes, if it makes one.

    Raises:
        ValueError: its parameters are not plain values, so that no page knows them.
    """
    body = ast.parse(cell.source).body if cell.cell_type == "code" else []
    call = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    if call.func.id not in explorers.HOMES:
        return None
    try:
        values = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
    except ValueError:
        raise ValueError(
            f"cell {cell.id}: {ast.unparse(call)} has parameters that only a kernel "
            "knows; write numbers and texts, so that the page can show the explorer"
        ) from None
    return getattr(explorers, call.func.id)(**values)


def live_html(explorer: Explorer, still: str) -> str:
    """Return the HTML of an explorer around the HTML of its static twin."""
    account = {"page": explorer._page, "parameters": explorer.parameters}
    data = json.dumps(account, ensure_ascii=False).replace("</", "<\\/")
    name = html.escape(type(explorer).__name__)
    return (
        f'<div class="live-explorer" data-explorer="{name}">'
        f'<script type="application/json">{data}</script>{still.strip()}</div>'
    )


def make_live(cell: "NotebookNode") -> Explorer | None:
    """Put the live explorer into the stored output of its cell; return it."""
    explorer = explorer_of(cell)
    for output in cell.outputs if explorer else ():
        if "<img" in output.get("data", {}).get("text/html", ""):
            still = output.data["text/html"]
            output.data = {"text/html": live_html(explorer, still)}
    return explorer


def write_script(names: Iterable[str], folder: Path) -> None:
    """Write the script and the style sheet of the named explorers into ``folder``."""
    parts = [
        '(() => {\n"use strict";',
        COMMON.read_text("utf-8"),
        "const explorers = {",
    ]
    for name in sorted(names):
        source = getattr(explorers, name).script.read_text("utf-8")
        source = re.sub(r"^export ", "", source, flags=re.MULTILINE)
        parts.append(
            f"{name}: (() => {{\n{source}\nreturn {{ compute, draw }};\n}})(),"
        )
    mount = (ROOT / "book" / "static" / "mount.js").read_text("utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    script = "\n".join([*parts, "};", mount, "})();", ""])
    (folder / SCRIPT).write_text(script, "utf-8", newline="\n")
    (folder / SHEET).write_text(STYLE, "utf-8", newline="\n")
