"""A small lesson and a small exercise set that keep every rule of the course.

Tests change one thing in them and expect the rule for that thing to notice.
"""

from pathlib import Path

import nbformat

from course_utils.commands.normal_form import write

NAME = "01_doubling"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5E"
    "rkJggg=="
)

TITLE = """# 01 · Doubling

*How do you double a number?*

> **Time** 20 minutes
>
> **You need** nothing
>
> **You will be able to** double, check, explain"""

MISTAKE = """## Where people go wrong

Some people add two where they should multiply by two. For the number two both give
four, so the mistake survives a test with that one number. Test with three as well,
and with a negative number, and the difference shows at once."""

SUMMARY = """## Summary

- To double is to multiply by two.
- Zero stays zero.
- A negative number stays negative.
- The error is 0.125 at most.
- One case proves little."""

SYMBOLS = "## Symbols\n\n| Symbol | Meaning |\n| --- | --- |\n| $x$ | a number |"
READ = "## Read\n\nA. Author, *The Color of Doubling*, 2017, arXiv:1706.03762."
NEXT = "## Next\n\n[Exercises](../exercises/01_doubling/01_doubling.ipynb)"


def answer(text: str) -> str:
    return f"<details><summary>Answer</summary>\n\n{text}\n\n</details>"


IMPORTS = """import torch

from course_utils.lesson import begin
from course_utils.explorers import slider

begin()"""

TAUGHT = """def double(numbers):
    return 2 * numbers  # (numbers,)"""

CHECK = """difference = (double(torch.ones(3)) - 2).abs().max()
assert difference < 1e-6
print(f"largest difference {difference:.3g}")"""

MEASURE = """error = 0.125
assert error < 0.5
print(f"error {error:.3f}")"""

# (kind, id, slide type, source), and tags where a cell has some
LESSON = [
    ("markdown", "title", "slide", TITLE),
    ("markdown", "notes-start", "notes", "Ask the class first."),
    ("code", "imports", "skip", IMPORTS),
    ("markdown", "build", "slide", "## Build it\n\nDoubling takes one line."),
    ("markdown", "predict-zero", "fragment", "**Predict.** What is twice zero?"),
    ("code", "taught-double", "fragment", TAUGHT),
    ("markdown", "answer-zero", "skip", answer("Zero.")),
    ("markdown", "notes-check", "notes", "Most of the class says two."),
    ("markdown", "predict-check", "slide", "**Predict.** Will it agree?"),
    ("code", "check", "fragment", CHECK),
    ("markdown", "answer-check", "skip", answer("It does.")),
    ("markdown", "predict-error", "skip", "**Predict.** How large is the error?"),
    ("code", "measure", "skip", MEASURE),
    ("markdown", "answer-error", "skip", answer("The error is 0.125.")),
    ("code", "picture", "slide", "slider"),
    ("markdown", "look", "fragment", "Look at the dot."),
    ("markdown", "notes-end", "notes", "Leave five minutes."),
    ("markdown", "mistake", "slide", MISTAKE),
    ("markdown", "summary", "slide", SUMMARY),
    ("markdown", "symbols", "skip", SYMBOLS),
    ("markdown", "read", "skip", READ),
    ("markdown", "next", "skip", NEXT),
]
LESSON_TAGS = {
    "taught-double": ["taught:course_utils.sample.double"],
    "picture": ["picture:sample-dot"],
}
LESSON_OUTPUTS = {
    "check": "largest difference 0\n",
    "measure": "error 0.125\n",
}
LESSON_COURSE = {
    "minutes": 20,
    "needs": [],
    "part": "I",
    "question": "How do you double a number?",
    "seconds": 5,
    "title": "Doubling",
}


def new_cell(
    kind: str, name: str, source: str, metadata: dict
) -> nbformat.NotebookNode:
    new = getattr(nbformat.v4, f"new_{kind}_cell")
    return new(source, id=name, metadata=metadata)


def number_the_cells(notebook: nbformat.NotebookNode) -> None:
    """Write execution counts as a run from the top does."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number


def picture() -> nbformat.NotebookNode:
    html = (
        '<img alt="A dot in the middle of the plane" src="data:image/png;base64,AAAA">'
    )
    data = {"image/png": PIXEL, "text/html": html, "text/plain": "[Figure: a dot]"}
    return nbformat.v4.new_output("execute_result", data=data, execution_count=5)


def sample_lesson() -> nbformat.NotebookNode:
    """A lesson that keeps every rule."""
    notebook = nbformat.v4.new_notebook(metadata={"course": dict(LESSON_COURSE)})
    for kind, name, slide, source in LESSON:
        metadata = {"slideshow": {"slide_type": slide}}
        if name in LESSON_TAGS:
            metadata["tags"] = list(LESSON_TAGS[name])
        cell = new_cell(kind, name, source, metadata)
        if name in LESSON_OUTPUTS:
            cell.outputs = [stream(LESSON_OUTPUTS[name])]
        notebook.cells.append(cell)
    cell_named(notebook, "picture").outputs = [picture()]
    number_the_cells(notebook)
    return notebook


def stream(text: str, name: str = "stdout") -> nbformat.NotebookNode:
    return nbformat.v4.new_output("stream", name=name, text=text)


def cell_named(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


# --------------------------------------------------------------- exercise set

START = """# Exercises 01 · Doubling

30 minutes, 9 points, after the [lesson](../../notebooks/01_doubling.ipynb)."""

SET_IMPORTS = "import torch\n\nfrom course_utils.checks import passed"

TASK = """## Task {number} · {title} (3 points, ~10 minutes)

Write `{name}(numbers)`.

<details><summary>Hint</summary>

Multiply.

</details>"""

ANSWER = '''def {name}(numbers):
    """The numbers times {factor}."""
    ### BEGIN SOLUTION
    larger_numbers = numbers * {factor}
    return larger_numbers
    ### END SOLUTION'''

VISIBLE = """numbers = torch.tensor([1.0, 2.0, 3.0])
assert {name}(numbers).shape == (3,), "three numbers in, three numbers out"
passed("{name}")"""

HIDDEN = """# More cases run when your work is graded.
### BEGIN HIDDEN TESTS
negative_numbers = torch.tensor([-1.0, 4.0])
expected = [-1.0 * {factor}, 4.0 * {factor}]
assert {name}(negative_numbers).tolist() == expected, "a negative number"
### END HIDDEN TESTS"""

WORDS = """Twice a whole number is even: it is a sum of two equal whole numbers, so it
can be shared out between two people without a rest.

### BEGIN MARK SCHEME
2 points: names evenness. 1 point: says why.
### END MARK SCHEME"""


def graded(name: str, **changes: object) -> dict:
    """nbgrader's metadata for one cell."""
    plain = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3}
    return {"nbgrader": {**plain, "solution": False, "task": False, **changes}}


def task_cells(number: int, name: str, factor: int) -> list[nbformat.NotebookNode]:
    """The cells of one coding task."""
    stem, fill = f"01-q{number}", {"name": name, "factor": factor}
    task = TASK.format(number=number, title=name.title(), name=name)
    check = {"grade": True, "locked": True}
    visible = graded(f"{stem}-check", points=1, **check)
    hidden = graded(f"{stem}-hidden", points=2, **check)
    why = {"tags": ["solution-note"]}
    return [
        new_cell("markdown", f"{stem}-task", task, {}),
        new_cell("code", stem, ANSWER.format(**fill), graded(stem, solution=True)),
        new_cell("code", f"{stem}-check", VISIBLE.format(**fill), visible),
        new_cell("code", f"{stem}-hidden", HIDDEN.format(**fill), hidden),
        new_cell("markdown", f"{stem}-why", "It is a product of two numbers.", why),
    ]


def sample_set() -> nbformat.NotebookNode:
    """An executed exercise set that keeps every rule."""
    course = {"lesson": NAME, "minutes": 30, "seconds": 5, "title": "Doubling"}
    notebook = nbformat.v4.new_notebook(metadata={"course": course})
    words = graded("01-q3-words", grade=True, solution=True, points=3)
    title = "## Task 3 · In words (3 points, ~5 minutes)"
    notebook.cells = [
        new_cell("markdown", "01-start", START, {}),
        new_cell("code", "01-imports", SET_IMPORTS, {}),
        *task_cells(1, "double", 2),
        *task_cells(2, "triple", 3),
        new_cell("markdown", "01-q3-words-task", title, {}),
        new_cell("markdown", "01-q3-words", WORDS, words),
    ]
    for name in ("double", "triple"):
        check = f"01-q{1 if name == 'double' else 2}-check"
        cell_named(notebook, check).outputs = [stream(f"passed: {name}\n")]
    number_the_cells(notebook)
    return notebook


def write_course(root: Path) -> tuple[Path, Path]:
    """Store lesson, source and release below ``root``; return the first two paths."""
    lesson = root / "notebooks" / f"{NAME}.ipynb"
    source = root / "solutions" / NAME / f"{NAME}.ipynb"
    write(sample_lesson(), lesson)
    write(sample_set(), source)
    write(sample_set(), root / "exercises" / NAME / f"{NAME}.ipynb")
    return lesson, source
