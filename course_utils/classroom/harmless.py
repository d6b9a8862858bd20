"""A student's notebook without anything that a browser would run or fetch.

Feedback pages and the form grader show what students wrote in the browser of a
teacher who is logged in. So markup in their text is shown as text, pictures are
not fetched from elsewhere, and of the outputs only text and bitmaps stay.
"""

import copy
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEPT_OUTPUTS = ("text/plain", "image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
MATHS = re.compile(r"(\$\$[^$]+\$\$|\$[^$\n&]+\$)")
# Links that run code, also when written with odd spaces or capitals.
RUNS_CODE = re.compile(r"(javascript|vbscript|data)\s*:", re.IGNORECASE)


def harmless(notebook: "NotebookNode") -> "NotebookNode":
    """Return a copy with markup shown as text and risky outputs left out."""
    notebook = copy.deepcopy(notebook)
    for key in set(notebook.metadata) - {"kernelspec", "language_info", "course"}:
        del notebook.metadata[key]
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader")
        cell.metadata.clear()
        if graded is not None:
            cell.metadata["nbgrader"] = graded
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = [o for o in map(_harmless_output, cell.outputs) if o]
        elif cell.cell_type == "raw":
            cell.cell_type = "markdown"
            cell.source = as_text(cell.source)
        elif not (graded or {}).get("locked"):
            cell.source = as_text(cell.source)
    return notebook


def as_text(markdown: str) -> str:
    """Return Markdown in which no tag is a tag and no picture is fetched.

    Formulas, code and emphasis stay. ``&`` is written out, so that neither a tag
    nor the name of a scheme can hide behind an entity.
    """
    parts = MATHS.split(markdown)  # text, formula, text, ...
    parts[0::2] = [p.replace("&", "&amp;").replace("<", "&lt;") for p in parts[0::2]]
    parts[1::2] = [p.replace("<", r"\lt ") for p in parts[1::2]]
    shown = "".join(parts).replace("![", "[")  # a link, in place of the picture
    return RUNS_CODE.sub("blocked:", shown)


def _harmless_output(output: "NotebookNode") -> "NotebookNode | None":
    if output.output_type not in ("display_data", "execute_result"):
        return output
    output.metadata = type(output)()
    output.data = type(output)(
        {
            kind: content
            for kind, content in output.data.items()
            if kind in KEPT_OUTPUTS and _is_what_it_says(kind, content)
        }
    )
    return output if output.data else None


def _is_what_it_says(kind: str, content: object) -> bool:
    """A picture is base64 and nothing else: it stands inside an attribute."""
    text = "".join(content) if isinstance(content, list) else content
    return isinstance(text, str) and (
        kind == "text/plain" or BASE64.fullmatch(text) is not None
    )
