"""Rules for exercise sources: each task has an answer, two checks, an explanation.

See ``notebook_rules.py`` for what a rule is.
"""

import ast
import re
from collections.abc import Iterator

from course_files import ROOT, tags
from notebook_rules import Notebook, Rule, parsed
from prose import local_links

ANSWER = {"grade": False, "locked": False, "solution": True, "task": False}
CHECK = {"grade": True, "locked": True, "solution": False, "task": False}
WORDS = {"grade": True, "locked": False, "solution": True, "task": False}
TASK_TITLE = re.compile(r"^## .+ \((\d+) points?, ~\s?(\d+) minutes?\)$", re.MULTILINE)


def metadata(notebook: Notebook) -> Iterator[str]:
    course = notebook.course
    if course.get("lesson") != notebook.name:
        yield f"metadata.course.lesson is {course.get('lesson')}, not {notebook.name}"
    elif not (ROOT / "notebooks" / f"{notebook.name}.ipynb").exists():
        yield f"there is no lesson notebooks/{notebook.name}.ipynb"
    sittings = course.get("sittings", 1)
    most = 120 if sittings == 1 else 75 * sittings
    if not 1 <= course.get("minutes", 0) <= most:
        yield f"{course.get('minutes')} minutes; a set takes 1 to {most}"
    if not 1 <= (course.get("seconds") or 0) <= 60:
        yield f"{course.get('seconds')} CPU seconds; execute it, and stay within 60"
    if notebook.path.parent.name != notebook.name:
        yield f"the folder is {notebook.path.parent.name}, the file {notebook.name}"


def says_how_to_begin(notebook: Notebook) -> Iterator[str]:
    first, second = notebook.cells[:2]
    lesson = f"../../notebooks/{notebook.name}.ipynb"
    if lesson not in local_links(first["source"]):
        yield f"{first['id']}: link the lesson, {lesson}"
    if f"{notebook.course.get('minutes')} minutes" not in first["source"]:
        yield f"{first['id']}: say how long the set takes, as in the metadata"
    if notebook.course.get("sittings", 1) > 1 and "sittings" not in first["source"]:
        yield f"{first['id']}: say where the sittings part"
    if second["cell_type"] != "code" or "import" not in second["source"]:
        yield f"{second['id']}: the second cell must be the import cell"


def questions(notebook: Notebook, suffix: str = "") -> list[str]:
    """The task prefixes NN-qN for which there is a cell NN-qN + ``suffix``."""
    pattern = rf"({notebook.name[:2]}-q\d+){suffix}"
    found = [re.fullmatch(pattern, cell["id"]) for cell in notebook.cells]
    return [match[1] for match in found if match]


def two_to_four_tasks_and_words(notebook: Notebook) -> Iterator[str]:
    tasks, words = questions(notebook), questions(notebook, "-words")
    if not 2 <= len(tasks) <= 4:
        yield f"{len(tasks)} coding tasks {tasks}; a set has two to four"
    if len(words) != 1:
        yield f"{len(words)} questions in words; a set has one (NN-qN-words)"
    expected = [f"{notebook.name[:2]}-q{n}" for n in range(1, len(tasks + words) + 1)]
    if sorted(tasks + words) != expected:
        yield f"tasks are numbered {sorted(tasks + words)}, expected {expected}"


def cells_of_each_task(notebook: Notebook) -> Iterator[str]:
    order = [cell["id"] for cell in notebook.cells]
    wanted = [
        (q, ("-task", "", "-check", "-hidden", "-why")) for q in questions(notebook)
    ]
    wanted += [(q, ("-words-task", "-words")) for q in questions(notebook, "-words")]
    for question, endings in wanted:
        expected = [question + ending for ending in endings]
        if [name for name in order if name in expected] != expected:
            yield f"{question}: expected the cells {expected}, in this order"
        why = _cell(notebook, f"{question}-why")
        if why and "solution-note" not in tags(why):
            yield f"{why['id']}: tag it solution-note, or learners receive it"


def _cell(notebook: Notebook, name: str) -> dict | None:
    return next((cell for cell in notebook.cells if cell["id"] == name), None)


def grading_metadata(notebook: Notebook) -> Iterator[str]:
    expected = {q: ANSWER for q in questions(notebook)}
    for ending in ("-check", "-hidden"):
        expected |= {q + ending: CHECK for q in questions(notebook)}
    expected |= {f"{q}-words": WORDS for q in questions(notebook, "-words")}
    for cell in notebook.cells:
        found = cell["metadata"].get("nbgrader")
        wanted = expected.get(cell["id"])
        if found and wanted is None:
            yield f"{cell['id']}: graded, but its id names no part of a task"
        if wanted is None:
            continue
        wanted = {**wanted, "grade_id": cell["id"], "schema_version": 3}
        got = {key: (found or {}).get(key) for key in wanted}
        if got != wanted:
            yield f"{cell['id']}: expected the nbgrader metadata {wanted}, got {found}"
        if wanted["grade"] and not (found or {}).get("points", 0) > 0:
            yield f"{cell['id']}: a graded cell gives points"


def _points(notebook: Notebook, *names: str) -> int:
    cells = [_cell(notebook, name) for name in names]
    return sum(c["metadata"].get("nbgrader", {}).get("points", 0) for c in cells if c)


def points_and_minutes_add_up(notebook: Notebook) -> Iterator[str]:
    total = minutes = 0
    for cell in notebook.markdown:
        if not re.fullmatch(r"\d\d-q\d+(-words)?-task", cell["id"]):
            continue
        stem = cell["id"].removesuffix("-task")
        title = TASK_TITLE.search(cell["source"])
        if not title:
            yield f"{cell['id']}: title it '## Task 1 · Name (4 points, ~15 minutes)'"
            continue
        given = _points(notebook, stem, f"{stem}-check", f"{stem}-hidden")
        if given != int(title[1]):
            yield f"{cell['id']}: the title says {title[1]} points, its cells {given}"
        total, minutes = total + given, minutes + int(title[2])
    stated = re.search(r"(\d+) points", notebook.cells[0]["source"])
    if stated and int(stated[1]) != total:
        yield f"the first cell says {stated[1]} points, the tasks give {total}"
    if minutes > notebook.course.get("minutes", 0):
        yield f"the tasks take {minutes} minutes, more than the set"


def answers_have_a_signature(notebook: Notebook) -> Iterator[str]:
    for question in questions(notebook):
        cell = _cell(notebook, question)
        above = cell["source"].partition("### BEGIN SOLUTION")[0]
        if cell["source"].count("### BEGIN SOLUTION") < 1:
            yield f"{question}: put the answer between ### BEGIN and ### END SOLUTION"
        elif "def " not in above or '"""' not in above:
            yield f"{question}: the def line and its docstring stand above the answer"


def checks_speak(notebook: Notebook) -> Iterator[str]:
    for question in questions(notebook):
        check = _cell(notebook, f"{question}-check")
        if not check:
            continue
        last = parsed(check).body[-1:]
        if not "".join(map(ast.unparse, last)).startswith("passed("):
            yield f"{check['id']}: end with passed('what works'), so that success shows"
        if "HIDDEN TESTS" in check["source"]:
            yield f"{check['id']}: this check is visible; hide in {question}-hidden"


def hidden_checks_are_hidden(notebook: Notebook) -> Iterator[str]:
    for question in questions(notebook):
        hidden = _cell(notebook, f"{question}-hidden")
        if not hidden:
            continue
        before, begin, rest = hidden["source"].partition("### BEGIN HIDDEN TESTS")
        after = rest.partition("### END HIDDEN TESTS")[2]
        if not begin or after.strip():
            yield f"{hidden['id']}: keep it between BEGIN and END HIDDEN TESTS"
        elif not re.fullmatch(r"# [^\n]+\n", before):
            yield f"{hidden['id']}: one comment line above says what is hidden"


def words_have_a_marking_scheme(notebook: Notebook) -> Iterator[str]:
    for question in questions(notebook, "-words"):
        cell = _cell(notebook, f"{question}-words")
        answer, begin, rest = cell["source"].partition("### BEGIN MARK SCHEME")
        scheme = rest.partition("### END MARK SCHEME")[0]
        if len(answer.split()) < 20 or not begin:
            yield f"{cell['id']}: an answer, then ### BEGIN and ### END MARK SCHEME"
            continue
        given = sum(int(n) for n in re.findall(r"(\d+) points?\b", scheme))
        points = _points(notebook, cell["id"])
        if given != points:
            yield f"{cell['id']}: the scheme gives {given} points, the cell {points}"


def tasks_give_hints(notebook: Notebook) -> Iterator[str]:
    for question in questions(notebook):
        task = _cell(notebook, f"{question}-task")
        if task and "<details>" not in task["source"]:
            yield f"{task['id']}: offer a hint in <details>"


SET_RULES: list[Rule] = [
    metadata,
    says_how_to_begin,
    two_to_four_tasks_and_words,
    cells_of_each_task,
    grading_metadata,
    points_and_minutes_add_up,
    answers_have_a_signature,
    checks_speak,
    hidden_checks_are_hidden,
    words_have_a_marking_scheme,
    tasks_give_hints,
]
