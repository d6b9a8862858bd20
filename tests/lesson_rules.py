"""Rules for lessons: the shape that lets a reader predict, run, check and close.

See ``notebook_rules.py`` for what a rule is.
"""

import ast
import re
from collections.abc import Iterator

from course_files import tags
from notebook_rules import Notebook, Rule, parsed, shown_text
from prose import headings, plain_prose, quoted_decimals, section

START = "00_start_here"
CLOSING = ["Where people go wrong", "Summary", "Symbols", "Read", "Next"]
SLIDES = ("slide", "subslide", "fragment", "skip", "notes", "-")


def metadata(notebook: Notebook) -> Iterator[str]:
    course = notebook.course
    for key in ("title", "question", "part"):
        if not isinstance(course.get(key), str) or not course[key]:
            yield f"metadata.course.{key} is missing"
    if not 1 <= course.get("minutes", 0) <= 45:
        yield f"{course.get('minutes')} minutes; a lesson takes 1 to 45"
    if not 1 <= (course.get("seconds") or 0) <= 60:
        yield f"{course.get('seconds')} CPU seconds; execute it, and stay within 60"
    for name in course.get("needs", []):
        if not (notebook.path.parent / f"{name}.ipynb").exists():
            yield f"metadata.course.needs names {name}, which is no lesson"


def question_and_box(notebook: Notebook) -> Iterator[str]:
    first = notebook.cells[0]
    question = re.search(r"^([*_])(?![*_])(.+\?)\1$", first["source"], re.M | re.S)
    if not question:
        yield f"{first['id']}: no question in italics under the title"
    elif " ".join(question[2].split()) != notebook.course.get("question"):
        yield f"{first['id']}: the question differs from metadata.course.question"
    box = "\n".join(re.findall(r"^>(.*)$", first["source"], re.MULTILINE))
    for label in ("**Time**", "**You need**", "**You will be able to**"):
        if label not in box:
            yield f"{first['id']}: the box (lines that begin with >) lacks {label}"
    minutes = re.search(r"\*\*Time\*\*\D*(\d+)", box)
    if minutes and int(minutes[1]) != notebook.course.get("minutes"):
        yield f"{first['id']}: the box says {minutes[1]} minutes, the metadata not"


def one_import_cell_first(notebook: Notebook) -> Iterator[str]:
    shown = [c for c in notebook.cells if slide_type(c) != "notes"]
    if len(shown) < 2 or "begin()" not in shown[1]["source"]:
        yield "the second cell must be the import cell, with begin()"
    elif "from course_utils.lesson import begin" not in shown[1]["source"]:
        yield f"{shown[1]['id']}: import begin from course_utils.lesson"
    if sum("begin()" in cell["source"] for cell in notebook.code) > 1:
        yield "begin() stands in more than one code cell"


def predict_then_run(notebook: Notebook) -> Iterator[str]:
    predictions = code_seen = 0
    open_since: list[tuple[str, int]] = []  # cell id, code cells seen before it
    for cell in notebook.cells:
        kind = _kind(cell)
        code_seen += kind == "code"
        if kind == "predict":
            predictions += 1
            open_since.append((cell["id"], code_seen))
        elif kind == "answer" and open_since:
            name, before = open_since.pop(0)
            if before == code_seen:
                yield f"{name}: the answer comes before any code is run"
    for name, _ in open_since:
        yield f"{name}: no cell with <summary>Answer</summary> answers this prediction"
    if predictions < 3:
        yield f"{predictions} cells with **Predict.**; at least 3"


def _kind(cell: dict) -> str:
    """What a cell does for a prediction: asks, answers, runs code, or nothing."""
    if cell["cell_type"] == "code":
        return "code"
    if "**Predict.**" in cell["source"]:
        return "predict"
    return "answer" if "<summary>Answer" in cell["source"] else "text"


def teaches_something(notebook: Notebook) -> Iterator[str]:
    taught = [c for c in notebook.code if any(t.startswith("taught:") for t in tags(c))]
    if not taught and notebook.name != START:
        yield "no cell tagged taught:course_utils.<module>.<name>"


def asserts_its_claims(notebook: Notebook) -> Iterator[str]:
    count = sum(
        any(isinstance(node, ast.Assert) for node in ast.walk(parsed(c)))
        for c in notebook.code
    )
    least = 1 if notebook.name == START else 2
    if count < least:
        yield f"{count} code cells with an assert; at least {least} (check, experiment)"


def has_an_explorer(notebook: Notebook) -> Iterator[str]:
    if not any("course_utils.explorers" in cell["source"] for cell in notebook.code):
        yield "no explorer from course_utils.explorers"


def short_cells(notebook: Notebook) -> Iterator[str]:
    lengths = sorted(len(lines_of_code(cell["source"])) for cell in notebook.code)
    if lengths and lengths[int(0.9 * (len(lengths) - 1))] > 15:
        longest = [
            c["id"] for c in notebook.code if len(lines_of_code(c["source"])) > 15
        ]
        yield f"more than a tenth of the code cells exceed 15 lines: {longest}"
    for cell in notebook.code:
        if any(tag.startswith("taught:") for tag in tags(cell)):
            yield from _short_definitions(cell)


def _short_definitions(cell: dict) -> Iterator[str]:
    for node in ast.walk(parsed(cell)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = sum(len(ast.unparse(part).splitlines()) for part in body)
            if length > 16:
                yield f"{cell['id']}: {node.name} has {length} lines; aim at 12"


def lines_of_code(source: str) -> list[str]:
    """Lines that hold code: neither empty, nor a comment, nor only a text."""
    return [
        line
        for line in source.splitlines()
        if line.strip() and not re.match(r"\s*(#|f?[\"'])", line)
    ]


def closing_sections(notebook: Notebook) -> Iterator[str]:
    titles = [
        t for c in notebook.markdown for level, t in headings(c["source"]) if level == 2
    ]
    expected = ["Next"] if notebook.name == START else CLOSING
    if titles[-len(expected) :] != expected:
        yield f"the last sections must be {expected}; found {titles[-len(expected) :]}"
        return
    if notebook.name == START:
        return
    lines = re.findall(r"^(?:[-*]|\d\.) ", section(notebook.markdown, "Summary"), re.M)
    if len(lines) != 5:
        yield f"the summary is a list of five lines; found {len(lines)}"
    if "| ---" not in section(notebook.markdown, "Symbols"):
        yield "the symbols stand in a table"
    if not re.search(r"\b(19|20)\d\d\b", section(notebook.markdown, "Read")):
        yield "what to read has authors, a year and, if any, the arXiv number"


def next_steps(notebook: Notebook) -> Iterator[str]:
    text = section(notebook.markdown, "Next")
    own_set = f"../exercises/{notebook.name}/{notebook.name}.ipynb"
    lessons = sorted(p.name for p in notebook.path.parent.glob("[0-9]*.ipynb"))
    following = lessons[lessons.index(notebook.path.name) + 1 :]
    if notebook.name != START and f"]({own_set})" not in text:
        yield f"## Next: link the exercises, {own_set}"
    if following and f"]({following[0]})" not in text:
        yield f"## Next: link the next lesson, {following[0]}"


def slide_type(cell: dict) -> str | None:
    """How a cell appears in the lecture slides."""
    return cell["metadata"].get("slideshow", {}).get("slide_type")


def slides(notebook: Notebook) -> Iterator[str]:
    types = [slide_type(cell) for cell in notebook.cells]
    for cell, kind in zip(notebook.cells, types, strict=True):
        if kind not in SLIDES:
            yield f"{cell['id']}: slide type {kind!r}; choose one of {SLIDES}"
        if kind == "notes" and cell["cell_type"] != "markdown":
            yield f"{cell['id']}: speaker notes are Markdown"
    shown = sum(kind in ("slide", "subslide", "fragment") for kind in types)
    if shown < 8:
        yield f"{shown} cells on slides; a lecture shows at least 8"
    if types.count("notes") < 3:
        yield f"{types.count('notes')} cells of speaker notes; at least 3"
    if types[0] != "slide":
        yield f"{notebook.cells[0]['id']}: the title begins a slide"


def names_the_mistake(notebook: Notebook) -> Iterator[str]:
    if notebook.name == START:
        return
    text = plain_prose(section(notebook.markdown, "Where people go wrong"))
    if len(text.split()) < 30:
        yield "## Where people go wrong: say what is believed, and why it fails"


def quoted_numbers(notebook: Notebook) -> Iterator[str]:
    shown = [shown_text(output) for cell in notebook.code for output in cell["outputs"]]
    evidence = "\n".join(shown + [cell["source"] for cell in notebook.code])
    known = set(re.findall(r"\d+\.\d+", evidence))
    for cell in notebook.markdown:
        if "given-number" in tags(cell):
            continue
        for number in quoted_decimals(cell["source"]):
            if number not in known:
                yield (
                    f"{cell['id']}: {number} is printed by no cell; print it, or tag "
                    "the cell given-number and say where it comes from"
                )


LESSON_RULES: list[Rule] = [
    metadata,
    question_and_box,
    one_import_cell_first,
    predict_then_run,
    teaches_something,
    asserts_its_claims,
    has_an_explorer,
    short_cells,
    closing_sections,
    next_steps,
    slides,
    names_the_mistake,
    quoted_numbers,
]
