"""Every lesson and every exercise source keeps the promises of the course.

The rules stand in ``notebook_rules.py`` (both), ``lesson_rules.py`` and
``set_rules.py``; ``test_contract_rules.py`` proves that each of them can fail.
"""

import builtins
import dis
import re
from types import CodeType

import pytest
from course_files import ROOT, exercise_sources, lessons
from lesson_rules import LESSON_RULES, START
from notebook_rules import COMMON_RULES, Notebook, american_words, shown_text
from prose import local_links, plain_prose
from set_rules import SET_RULES

from course_utils.commands.normal_form import read
from course_utils.commands.notebooks import (
    MAP_BEGIN,
    MAP_END,
    course_notebooks,
    lesson_map,
    picture_of,
)

PAGES = sorted(ROOT.glob("*.md"))


def cases(paths, rules):
    """One test for each rule and notebook, named after both."""
    return [
        pytest.param(rule, Notebook(path), id=f"{path.stem}-{rule.__name__}")
        for path in paths
        for rule in rules
    ]


@pytest.mark.parametrize(
    ("rule", "notebook"), cases(lessons(), COMMON_RULES + LESSON_RULES)
)
def test_lesson(rule, notebook):
    problems = list(rule(notebook))
    assert not problems, "\n".join([f"{notebook}:", *problems])


@pytest.mark.parametrize(
    ("rule", "notebook"), cases(exercise_sources(), COMMON_RULES + SET_RULES)
)
def test_exercise_source(rule, notebook):
    problems = list(rule(notebook))
    assert not problems, "\n".join([f"{notebook} (exercises):", *problems])


# -------------------------------------------------- what is made from notebooks


def test_readme_shows_the_current_map_of_lessons():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(MAP_BEGIN)[2].partition(MAP_END)[0].strip()
    assert shown == lesson_map(""), "type: python3 -m course_utils execute 00"


def test_start_page_shows_the_current_map_of_lessons():
    start = Notebook(ROOT / "notebooks" / f"{START}.ipynb")
    shown = [shown_text(output) for cell in start.code for output in cell["outputs"]]
    assert any(lesson_map("notebooks") in text for text in shown), (
        "type: python3 -m course_utils execute 00"
    )


def test_pictures_of_the_book_are_those_the_notebooks_show():
    expected = {}
    for path in course_notebooks():
        for cell in read(path).cells:
            for tag in cell.metadata.get("tags", []):
                if tag.startswith("picture:"):
                    name = tag.removeprefix("picture:")
                    assert name not in expected, f"two cells are tagged {tag}"
                    expected[name] = picture_of(cell)
    stored = {p.stem: p.read_bytes() for p in ROOT.glob("book/pictures/*.png")}
    assert sorted(stored) == sorted(expected)
    stale = [name for name in expected if stored[name] != expected[name]]
    assert not stale, "type: python3 -m course_utils execute"


def test_every_lesson_after_the_start_has_exercises():
    with_sets = {path.stem for path in exercise_sources()}
    assert {path.stem for path in lessons()} - {START} == with_sets


def names_in(source):
    """The names that a cell makes, and those of its surroundings that it needs."""
    made, needed, scopes = set(), set(), [compile(source, "cell", "exec")]
    while scopes:
        scope = scopes.pop()
        scopes += [part for part in scope.co_consts if isinstance(part, CodeType)]
        steps = {(step.opname, step.argval) for step in dis.get_instructions(scope)}
        stored = {name for kind, name in steps if kind == "STORE_NAME"}
        if scope.co_name == "<module>":
            made |= stored
        read = {name for kind, name in steps if kind in ("LOAD_NAME", "LOAD_GLOBAL")}
        needed |= read - stored
    return made, needed - made - {*dir(builtins), "__name__"}


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_parts_headed_more_can_be_left_out(path):
    """No cell outside them uses a name that only a part headed *More* makes."""
    optional, made, only_there, lost = False, set(), {}, []
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            for title in re.findall(r"^#+ +(.*)$", cell.source, re.MULTILINE):
                optional = title.startswith("More")
            continue
        stored, needed = names_in(cell.source)
        if optional:
            only_there |= dict.fromkeys(stored - made, cell.id)
            continue
        for name in sorted(needed - made):
            if name in only_there:
                lost.append(f"{cell.id} needs {name}, made in {only_there[name]}")
        made |= stored
    assert not lost, "\n".join(lost)


def test_needed_names_are_those_of_the_surroundings():
    source = (
        "import a\ndef f(x, y=b):\n    z = x\n    return z + c + f\nd = [e for e in g]"
    )
    source += "\nclass h(i):\n    k = l\n    m = k"
    assert names_in(source) == ({"a", "f", "d", "h"}, {"b", "c", "g", "i", "l"})


# ------------------------------------------------------------------------ pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_british_and_its_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    assert not american_words(plain_prose(text))
    lost = [link for link in local_links(text) if not (ROOT / link).exists()]
    assert not lost
