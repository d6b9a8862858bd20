"""Every rule of the lesson contract can fail, and says where and why.

Each case breaks one promise of a good notebook; the rule for it must speak.
"""

import pytest
from lesson_rules import LESSON_RULES
from notebook_rules import (
    COMMON_RULES,
    Notebook,
    american_words,
    cell_ids,
    long_numbers,
)
from prose import local_links, plain_prose, quoted_decimals, section
from sample_notebooks import (
    PIXEL,
    answer,
    cell_named,
    new_cell,
    number_the_cells,
    picture,
    sample_lesson,
    sample_set,
    stream,
    write_course,
)
from set_rules import SET_RULES

from course_utils.commands.normal_form import read, write


def problems(notebook, rules):
    """What the rules say, as {name of the rule: its problems}."""
    said = {rule.__name__: list(rule(notebook)) for rule in rules}
    return {name: found for name, found in said.items() if found}


def test_good_lesson_and_good_set_keep_every_rule(tmp_path, monkeypatch):
    monkeypatch.setattr("set_rules.ROOT", tmp_path)
    lesson, source = write_course(tmp_path)
    assert problems(Notebook(lesson), COMMON_RULES + LESSON_RULES) == {}
    assert problems(Notebook(source), COMMON_RULES + SET_RULES) == {}


# ------------------------------------------------------------ ways to break one


def replace(name, old, new):
    """Change the source of a cell."""

    def change(notebook):
        cell = cell_named(notebook, name)
        assert old in cell.source, f"nothing to change in {name}"
        cell.source = cell.source.replace(old, new)

    return change


def prints(name, text, stream_name="stdout"):
    """Let a cell print something else."""

    def change(notebook):
        cell_named(notebook, name).outputs = [stream(text, stream_name)]

    return change


def tag(name, *new):
    """Give a cell other tags."""

    def change(notebook):
        cell_named(notebook, name).metadata["tags"] = list(new)

    return change


def course(**changes):
    """Change the metadata of the course."""
    return lambda notebook: notebook.metadata.course.update(changes)


def remove(*names):
    """Take cells out, and number the others anew."""

    def change(notebook):
        notebook.cells = [c for c in notebook.cells if c.id not in names]
        number_the_cells(notebook)

    return change


def rename(name, new):
    """Give a cell another id."""
    return lambda notebook: cell_named(notebook, name).update(id=new)


def slide(name, kind):
    """Give a cell another slide type."""

    def change(notebook):
        cell_named(notebook, name).metadata["slideshow"] = {"slide_type": kind}

    return change


def all_slides(old, new):
    """Change one slide type everywhere."""

    def change(notebook):
        for cell in notebook.cells:
            if cell.metadata["slideshow"]["slide_type"] == old:
                cell.metadata["slideshow"]["slide_type"] = new

    return change


def picture_described(html):
    """Give the picture another HTML twin."""

    def change(notebook):
        shown = picture()
        shown.data["text/html"] = html
        cell_named(notebook, "picture").outputs = [shown]

    return change


def unexplained_picture(notebook):
    position = notebook.cells.index(cell_named(notebook, "picture"))
    code = [
        new_cell("code", f"more-{n}", "x = 1", {"slideshow": {"slide_type": "skip"}})
        for n in range(4)
    ]
    notebook.cells[position:position] = code[:2]
    notebook.cells[position + 3 : position + 3] = code[2:]
    number_the_cells(notebook)


def out_of_order(notebook):
    cell_named(notebook, "check").execution_count = 9


def failed_cell(notebook):
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "",
        "traceback": [],
    }
    replaced = cell_named(notebook, "check")
    replaced.outputs = [type(replaced)(error)]


def swap(first, second):
    """Exchange two cells."""

    def change(notebook):
        one, two = cell_named(notebook, first), cell_named(notebook, second)
        i, j = notebook.cells.index(one), notebook.cells.index(two)
        notebook.cells[i], notebook.cells[j] = two, one
        number_the_cells(notebook)

    return change


def make_long(*names):
    """Add lines of code to cells."""

    def change(notebook):
        for name in names:
            cell_named(notebook, name).source += f"\n{MANY_LINES}"

    return change


LONG_BODY = "\n".join(f"    numbers = numbers + {n}" for n in range(17))
MANY_LINES = "\n".join(f"x{n} = {n}" for n in range(16))

BROKEN_LESSONS = [
    ("cell_ids", rename("check", "Check_1"), "Check_1: an id is kebab-case"),
    ("cell_ids", rename("check", "3f2a9c01"), "looks random"),
    ("allowed_tags", tag("check", "raises-exception"), "unknown tag raises-exc"),
    ("allowed_tags", tag("check", "taught:double"), "unknown tag taught:double"),
    ("one_title", replace("build", "## Build", "# Build"), "expected one H1"),
    ("one_title", replace("title", "01 · D", "02 · D"), "01 · Doubling"),
    ("heading_levels", replace("build", "## B", "### B"), "skips a heading level"),
    ("forbidden_words", replace("look", "Look", "Just look"), "look: 'Just'"),
    ("forbidden_words", replace("look", "Look", "Of course, look"), "'Of course'"),
    ("british_spelling", replace("look", "dot", "gray color"), "'color' is American"),
    ("british_spelling", replace("look", "dot", "normalized dot"), "'normalized'"),
    ("plain_markdown", replace("look", "dot", "<b>dot</b>"), "look: HTML <b>"),
    ("plain_markdown", replace("look", "Look", ":::note\nLook"), "a directive"),
    ("plain_markdown", replace("answer-zero", "y>\n\n", "y>\n"), "an empty line"),
    ("plain_markdown", replace("answer-zero", "</details>", ""), "</details>"),
    ("links_lead_somewhere", replace("look", "dot", "[dot](dot.png)"), "dot.png"),
    (
        "line_width",
        replace("check", "assert", f"{'long_name_' * 8} = 1\nassert"),
        "84 c",
    ),
    ("self_contained_code", replace("check", "assert", "p = '/data'\nassert"), "'/d"),
    (
        "self_contained_code",
        replace("check", "assert", "u = 'http://a'\nassert"),
        "http",
    ),
    ("self_contained_code", replace("check", "assert", "%time\nassert"), "%"),
    ("course_style_code", replace("check", "assert", "plt.plot()\nassert"), "pyplot"),
    ("course_style_code", replace("check", "assert", "fig.show()\nassert"), "show()"),
    ("course_style_code", replace("check", "assert", "m = 'jet'\nassert"), "map jet"),
    (
        "course_style_code",
        replace("check", "assert", "interact(f)\nassert"),
        "explorer",
    ),
    ("executed_in_order", out_of_order, "executed in the order [1, 2, 9, 4, 5]"),
    ("executed_in_order", failed_cell, "check: ValueError"),
    ("executed_in_order", prints("check", "careful", "stderr"), "writes to stderr"),
    ("figures_have_alternative_text", picture_described("<img>"), "text ''"),
    ("figures_have_alternative_text", picture_described('<img alt="dot">'), "'dot'"),
    (
        "figures_have_alternative_text",
        picture_described('<img alt="figure-doubling-12.png">'),
        "'figure-doubling-12.png'",
    ),
    ("figures_are_explained", unexplained_picture, "picture: no sentence beside"),
    ("nothing_from_one_machine", prints("check", "<A at 0x7f00ab12cd>"), "0x7f00ab"),
    ("nothing_from_one_machine", prints("check", "/home/ada/x.py"), "/home/"),
    ("four_significant_digits", prints("check", "loss 0.12345"), "prints 0.12345"),
    ("quoted_numbers", replace("summary", "0.125", "0.127"), "summary: 0.127 is"),
    ("metadata", course(question=""), "metadata.course.question is missing"),
    ("metadata", course(minutes=50), "50 minutes; a lesson takes 1 to 45"),
    ("metadata", course(seconds=120), "120 CPU seconds"),
    ("metadata", course(needs=["00_nothing"]), "names 00_nothing"),
    ("question_and_box", replace("title", "*How", "How"), "no question in italics"),
    ("question_and_box", replace("title", "a number?*", "it?*"), "differs from"),
    ("question_and_box", replace("title", "**You need**", "Needs"), "lacks **You need"),
    ("question_and_box", replace("title", "20 min", "25 min"), "the box says 25"),
    ("one_import_cell_first", swap("imports", "build"), "second cell must be the imp"),
    (
        "one_import_cell_first",
        replace("imports", "from course_utils.lesson import begin\n", ""),
        "import begin from",
    ),
    (
        "one_import_cell_first",
        replace("check", "assert", "begin()\nassert"),
        "more than",
    ),
    (
        "predict_then_run",
        replace("predict-zero", "**Predict.**", "So:"),
        "2 cells with",
    ),
    ("predict_then_run", remove("answer-error"), "predict-error: no cell with"),
    ("predict_then_run", swap("measure", "answer-error"), "before any code is run"),
    ("teaches_something", tag("taught-double"), "no cell tagged taught:"),
    (
        "asserts_its_claims",
        replace("check", "assert difference < 1e-6", ""),
        "1 code cells with an ass",
    ),
    ("has_an_explorer", replace("imports", ".explorers", ".plots"), "no explorer"),
    ("short_cells", make_long("check", "measure"), "['check', 'measure']"),
    (
        "short_cells",
        replace("taught-double", "    return", f"{LONG_BODY}\n    return"),
        "double has 18 lines",
    ),
    ("closing_sections", swap("summary", "symbols"), "the last sections must be"),
    ("closing_sections", replace("summary", "\n- One case", ""), "five lines; found 4"),
    ("closing_sections", replace("symbols", "---", ""), "symbols stand in a table"),
    ("closing_sections", replace("read", "2017", ""), "authors, a year"),
    ("next_steps", replace("next", "[Exercises]", "[Set](no.md) "), "link the exerc"),
    ("slides", slide("look", "slides"), "look: slide type 'slides'"),
    ("slides", slide("check", "notes"), "check: speaker notes are Markdown"),
    ("slides", all_slides("fragment", "skip"), "6 cells on slides"),
    ("slides", slide("notes-end", "skip"), "2 cells of speaker notes"),
    ("slides", slide("title", "skip"), "title: the title begins a slide"),
    (
        "names_the_mistake",
        replace("mistake", "Some people", "`x`\n## More\n"),
        "believed",
    ),
]


@pytest.mark.parametrize(
    ("rule", "change", "message"),
    BROKEN_LESSONS,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BROKEN_LESSONS)],
)
def test_a_broken_lesson_is_noticed(tmp_path, rule, change, message):
    lesson, _ = write_course(tmp_path)
    broken = sample_lesson()
    change(broken)
    write(broken, lesson)
    said = problems(Notebook(lesson), COMMON_RULES + LESSON_RULES)
    assert any(message in problem for problem in said.get(rule, [])), said


HIDDEN_LINE = "# More cases run when your work is graded.\n"
BROKEN_SETS = [
    ("one_title", replace("01-start", "Exercises 01", "01"), "Exercises 01 · Doubling"),
    ("metadata", course(lesson="02_other"), "metadata.course.lesson is 02_other"),
    ("metadata", course(minutes=150), "150 minutes; a set takes"),
    ("metadata", course(minutes=160, sittings=2), "160 minutes; a set takes 1 to 150"),
    ("says_how_to_begin", course(sittings=2), "where the sittings part"),
    ("metadata", course(seconds=None), "None CPU seconds"),
    ("says_how_to_begin", replace("01-start", "(../../n", "(../n"), "link the lesson"),
    ("says_how_to_begin", replace("01-start", "30 min", "35 min"), "how long the set"),
    ("says_how_to_begin", swap("01-imports", "01-q1-task"), "second cell must be"),
    (
        "two_to_four_tasks_and_words",
        remove(*[f"01-q2{end}" for end in ("-task", "", "-check", "-hidden", "-why")]),
        "1 coding tasks",
    ),
    ("two_to_four_tasks_and_words", rename("01-q3-words", "words"), "0 questions in w"),
    ("two_to_four_tasks_and_words", rename("01-q3-words", "01-q4-words"), "numbered"),
    ("cells_of_each_task", remove("01-q1-why"), "01-q1: expected the cells"),
    ("cells_of_each_task", swap("01-q1-check", "01-q1-hidden"), "in this order"),
    ("cells_of_each_task", tag("01-q1-why"), "01-q1-why: tag it solution-note"),
    (
        "grading_metadata",
        lambda n: cell_named(n, "01-q1-check").metadata.nbgrader.update(locked=False),
        "01-q1-check: expected the nbgrader metadata",
    ),
    (
        "grading_metadata",
        lambda n: cell_named(n, "01-q1-check").metadata.nbgrader.update(points=0),
        "01-q1-check: a graded cell gives points",
    ),
    ("grading_metadata", rename("01-q2-hidden", "01-extra"), "names no part of a task"),
    (
        "points_and_minutes_add_up",
        replace("01-q1-task", "(3 p", "(4 p"),
        "says 4 points",
    ),
    (
        "points_and_minutes_add_up",
        replace("01-q1-task", ", ~10", ", 10"),
        "title it '##",
    ),
    (
        "points_and_minutes_add_up",
        replace("01-start", "9 p", "8 p"),
        "first cell says 8",
    ),
    (
        "points_and_minutes_add_up",
        replace("01-q1-task", "~10", "~30"),
        "take 45 minutes",
    ),
    ("answers_have_a_signature", replace("01-q1", "### BEGIN SOLUTION", ""), "put the"),
    (
        "answers_have_a_signature",
        replace("01-q1", '    """The numbers times 2."""\n', ""),
        "01-q1: the def line and its docstring",
    ),
    ("checks_speak", replace("01-q1-check", "passed", "print"), "end with passed("),
    ("checks_speak", replace("01-q1-check", "assert", "# HIDDEN TESTS\nassert"), "vis"),
    (
        "hidden_checks_are_hidden",
        replace("01-q1-hidden", HIDDEN_LINE, ""),
        "one comment",
    ),
    (
        "hidden_checks_are_hidden",
        replace("01-q1-hidden", "### END HIDDEN TESTS", "### END HIDDEN TESTS\nx = 1"),
        "keep it between BEGIN and END",
    ),
    (
        "words_have_a_marking_scheme",
        replace("01-q3-words", "BEGIN M", "M"),
        "an answer",
    ),
    (
        "words_have_a_marking_scheme",
        replace("01-q3-words", "2 poi", "1 poi"),
        "gives 2",
    ),
    ("tasks_give_hints", replace("01-q1-task", "details>", "div>"), "offer a hint"),
]


@pytest.mark.parametrize(
    ("rule", "change", "message"),
    BROKEN_SETS,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BROKEN_SETS)],
)
def test_a_broken_set_is_noticed(tmp_path, monkeypatch, rule, change, message):
    monkeypatch.setattr("set_rules.ROOT", tmp_path)
    _, source = write_course(tmp_path)
    broken = sample_set()
    change(broken)
    write(broken, source)
    said = problems(Notebook(source), COMMON_RULES + SET_RULES)
    assert any(message in problem for problem in said.get(rule, [])), said


def test_every_rule_is_broken_once():
    elsewhere = {"normal_form", "file_name"}  # these two are about the file
    broken = {rule for rule, *_ in BROKEN_LESSONS + BROKEN_SETS}
    rules = {rule.__name__ for rule in COMMON_RULES + LESSON_RULES + SET_RULES}
    assert broken | elsewhere == rules


def test_a_file_in_another_form_or_with_another_name_is_noticed(tmp_path):
    lesson, _ = write_course(tmp_path)
    renamed = lesson.with_name("01-Doubling two.ipynb")
    renamed.write_text(lesson.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    said = problems(Notebook(renamed), COMMON_RULES)
    assert "execute" in said["normal_form"][0]
    assert "must look like" in said["file_name"][0]


def test_an_id_used_twice_is_noticed(tmp_path):
    lesson, _ = write_course(tmp_path)
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace('"id": "check"', '"id": "measure"'))
    assert problems(Notebook(lesson), [cell_ids]) == {
        "cell_ids": ["measure: used twice; every cell has its own id"]
    }


def test_one_long_cell_in_ten_is_allowed(tmp_path):
    lesson, _ = write_course(tmp_path)
    longer = read(lesson)
    skip = {"slideshow": {"slide_type": "skip"}}
    longer.cells[3:3] = [new_cell("code", f"x-{n}", "x = 1", skip) for n in range(8)]
    make_long("check")(longer)
    number_the_cells(longer)
    write(longer, lesson)
    assert "short_cells" not in problems(Notebook(lesson), LESSON_RULES)


# -------------------------------------------------------- the readers of prose


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("loss 0.1234, 12.34, 1.000e-07 and 100000", []),
        ("0.12345 12.345 1.2345e-07", ["0.12345", "12.345", "1.2345e-07"]),
        ("1.0000 65536.0 0.0001234 torch 2.13.0", []),
        ("tensor([1.2345, 0.1000], grad_fn=<Add()>) 1.2345", ["1.2345"]),
    ],
)
def test_long_numbers(text, found):
    assert long_numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.382 and 12.5 but 0.5 and 1.0", ["0.382", "12.5"]),
        ("$0.382$ `0.382` [a](x0.382.md) 1706.03762 2.13.0", []),
        ("```\n0.382\n```\nIt is 1.23.", ["1.23"]),
    ],
)
def test_quoted_decimals(text, found):
    assert quoted_decimals(text) == found


def test_american_words_leave_sizes_and_code_alone():
    text = "The size of a resized prize; `color`; we normalise, analyze and center."
    assert american_words(plain_prose(text)) == ["analyze", "center"]
    assert american_words("We emphasize labeled artifacts") == [
        "emphasize",
        "labeled",
        "artifacts",
    ]


def test_local_links_and_sections():
    text = "[a](b.md#c) [d](https://e) [f](#g) ![h](i.png)"
    assert local_links(text) == ["b.md", "i.png"]
    cells = [{"source": "## A\none"}, {"source": "two"}, {"source": "## B\nthree"}]
    assert section(cells, "A").split() == ["one", "two"]
    assert section(cells, "C") == ""


def test_sample_picture_is_a_picture():
    import base64

    assert base64.b64decode(PIXEL).startswith(b"\x89PNG")
    assert answer("x").count("\n\n") == 2
