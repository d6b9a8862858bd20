"""Notebooks run in order, are stored in normal form, and fill the map of lessons."""

import base64
import json
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from sample_notebooks import (
    NAME,
    PIXEL,
    cell_named,
    sample_lesson,
    sample_set,
    stream,
)

from course_utils.classroom import release
from course_utils.commands import notebooks, testing
from course_utils.commands.normal_form import normal_form, normal_text, read, write

VIEW = "application/vnd.jupyter.widget-view+json"


def a_notebook(*sources, tags=(), **course):
    """A notebook of code cells; the first one carries ``tags``."""
    cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        for number, source in enumerate(sources)
    ]
    cells[0].metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=cells, metadata={"course": course})


# ---------------------------------------------------------------- normal form


def test_normal_form_drops_what_a_run_leaves_behind():
    notebook = a_notebook("1 + 1", minutes=5)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    notebook.metadata["widgets"] = {"state": {}}
    cell = notebook.cells[0]
    cell.metadata["execution"] = {"shell.execute_reply": "2024-01-01T00:00:00Z"}
    cell.metadata["collapsed"] = True
    cell.metadata["slideshow"] = {"slide_type": "skip"}
    normal = normal_form(notebook)
    assert set(normal.metadata) == {"course", "kernelspec", "language_info"}
    assert normal.metadata["course"] == {"minutes": 5}
    assert normal.metadata["language_info"] == {"name": "python"}
    assert set(normal.cells[0].metadata) == {"slideshow", "tags"}


def test_normal_form_merges_pieces_of_one_stream_only():
    notebook = a_notebook("...")
    notebook.cells[0].outputs = [
        stream("a"),
        stream("b\r\n"),
        stream("!", "stderr"),
        stream("c"),
    ]
    outputs = normal_form(notebook).cells[0].outputs
    assert [(o.name, o.text) for o in outputs] == [
        ("stdout", "ab\n"),
        ("stderr", "!"),
        ("stdout", "c"),
    ]


def test_normal_form_keeps_the_static_twin_of_an_explorer():
    texts = set()
    for model in ("1f" * 16, "2e" * 16):  # the random identifiers of two runs
        notebook = a_notebook("explorer")
        twin = {"image/png": PIXEL, "text/html": '<img alt="a dot">'}
        data = {VIEW: {"model_id": model, "version_major": 2}, **twin}
        notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", data=data)]
        assert normal_form(notebook).cells[0].outputs[0].data == twin
        texts.add(normal_text(notebook))
    assert len(texts) == 1


def test_normal_form_folds_the_source_that_nobody_needs_to_read():
    notebook = nbformat.v4.new_notebook()
    plain, drawing = (nbformat.v4.new_code_cell(source) for source in ("a", "b"))
    drawing.metadata["tags"] = ["hide-input"]
    drawing.outputs = [nbformat.v4.new_output("stream", text="b")]
    question = nbformat.v4.new_markdown_cell("**Predict.** b?")
    notebook.cells = [plain, question, drawing]
    stored = normal_form(notebook).cells
    assert "jupyter" not in stored[0].metadata
    folds = {"source_hidden": True, "outputs_hidden": True}
    assert stored[2].metadata["jupyter"] == folds


def test_normal_form_folds_what_answers_an_open_prediction():
    code, md = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell

    def shown():
        return [nbformat.v4.new_output("stream", text="42")]

    notebook = nbformat.v4.new_notebook(
        cells=[
            code("a", outputs=shown()),
            md("**Predict.** What comes?"),
            code("b"),  # shows nothing: nothing to fold
            code("c", outputs=shown()),
            md("<details><summary>Answer</summary>\n\n42\n\n</details>"),
            code("d", outputs=shown()),
            md("<details><summary>Answer</summary>\n\n</details>\n\n**Predict.** Now?"),
            code("e", outputs=shown()),
        ]
    )
    folded = [c.source for c in normal_form(notebook).cells if "jupyter" in c.metadata]
    assert folded == ["c", "e"]
    told = {
        c.source: c.outputs for c in normal_form(notebook).cells if c.get("outputs")
    }
    assert {source: outputs[0].text for source, outputs in told.items()} == {
        "a": "42",
        "c": " \n42",
        "d": "42",
        "e": " \n42",
    }
    assert normal_form(normal_form(notebook)) == normal_form(notebook)


def test_normal_form_leaves_its_argument_alone():
    notebook = a_notebook("print('a')")
    notebook.cells[0].outputs = [stream("a"), stream("b")]
    normal_form(notebook)
    assert [output.text for output in notebook.cells[0].outputs] == ["a", "b"]


def test_normal_text_is_sorted_indented_by_one_and_readable(tmp_path):
    path = tmp_path / "a.ipynb"
    write(a_notebook("x = 'Größe α'"), path)
    data = path.read_bytes()
    assert data.endswith(b"}\n") and b"\r" not in data
    assert "Größe α".encode() in data
    content = json.loads(data)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    again = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert data.decode() == again
    write(read(path), path)
    assert path.read_bytes() == data


# ------------------------------------------------------------------ CPU seconds


@pytest.mark.parametrize(
    ("measured", "stored", "shown"),
    [
        (1.2, None, 5),
        (4.5, None, 10),  # a fifth of room: 4.5 s here may be 5.4 s elsewhere
        (4.9, 5, 5),  # but what is stored stays while it holds
        (5.1, 5, 10),
        (2.6, 10, 10),
        (2.5, 10, 5),  # half of the next lower bucket: it was too pessimistic
        (16.0, 20, 20),
        (22.4, 45, 45),
        (14.9, 45, 20),
        (58.0, None, 60),
        (59.0, 60, 60),
        (61.0, 60, 120),  # over the limit, and shown as such
        (3.0, 7, 5),  # 7 is no bucket
    ],
)
def test_seconds_are_rounded_up_and_do_not_flicker(measured, stored, shown):
    assert notebooks.seconds_bucket(measured, stored) == shown


# -------------------------------------------------------------------- execution

PICTURE_CELL = f"""from base64 import b64decode
from IPython.display import Image
Image(b64decode("{PIXEL}"))"""


@pytest.fixture
def course(tmp_path):
    """A course of two lessons and one set, with a README."""
    readme = (
        "# Course\n\n<!-- lesson map -->\nold\n<!-- end of lesson map -->\n\nEnd.\n"
    )
    (tmp_path / "README.md").write_text(readme)
    start = a_notebook(
        f"import sys; sys.path.insert(0, {str(notebooks.ROOT)!r})\n"
        "from pathlib import Path\n"
        "from course_utils.commands.notebooks import lesson_map\n"
        "print(lesson_map('notebooks', Path('..').resolve()))",
        title="Start here",
        question="Where?",
        minutes=10,
    )
    lesson = a_notebook(
        PICTURE_CELL,
        "import os\nprint(os.environ['COURSE_PROGRESS'], os.getcwd().split('/')[-1])",
        "print(hash('a'), sorted({'b', 'a'}))",
        tags=["picture:dot"],
        title="Cues",
        question="What draws the eye?",
        minutes=35,
    )
    write(start, tmp_path / "notebooks" / "00_start_here.ipynb")
    write(lesson, tmp_path / "notebooks" / "01_cues.ipynb")
    exercise = a_notebook("print('set')", minutes=60, title="Cues")
    write(exercise, tmp_path / "solutions" / "01_cues" / "01_cues.ipynb")
    return tmp_path


@pytest.mark.slow
def test_execute_stores_outputs_pictures_seconds_and_the_map_stably(course):
    assert notebooks.execute(root=course) == []
    lesson = read(course / "notebooks" / "01_cues.ipynb")
    assert [cell.execution_count for cell in lesson.cells] == [1, 2, 3]
    assert lesson.cells[1].outputs[0].text == "off notebooks\n"
    assert lesson.metadata.course.seconds in notebooks.BUCKETS
    assert "_os.times" not in str(lesson)
    picture = course / "book" / "pictures" / "dot.png"
    assert picture.read_bytes() == base64.b64decode(PIXEL)
    row = (
        "| 01 | [Cues](notebooks/01_cues.ipynb) | What draws the eye? | 35 "
        "| 5 | [Set 01, 60 minutes](exercises/01_cues/01_cues.ipynb) |"
    )
    readme = (course / "README.md").read_text()
    assert row in readme and "stale" not in readme and readme.endswith("-->\n\nEnd.\n")
    start = read(course / "notebooks" / "00_start_here.ipynb")
    shown = start.cells[0].outputs[0].text.strip()
    assert shown == notebooks.lesson_map("notebooks", course)
    assert "[Cues](01_cues.ipynb)" in shown and "(../exercises/01_cues/" in shown

    before = {path: path.read_bytes() for path in course.rglob("*.*")}
    assert notebooks.execute(root=course) == []
    assert {path: path.read_bytes() for path in course.rglob("*.*")} == before


@pytest.mark.slow
def test_start_page_follows_when_the_map_changes(course):
    notebooks.execute(root=course)
    path = course / "notebooks" / "01_cues.ipynb"
    lesson = read(path)
    lesson.metadata.course["seconds"] = 60  # far too much: execution corrects it
    write(lesson, path)
    notebooks.execute(["00"], root=course)
    start = course / "notebooks" / "00_start_here.ipynb"
    assert "| 35 | 60 |" in read(start).cells[0].outputs[0].text
    notebooks.execute(["notebooks/01"], root=course)
    assert "| 35 | 5 |" in read(start).cells[0].outputs[0].text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", "cell-0: ZeroDivisionError: division by zero"),
        ("import sys; print('careful', file=sys.stderr)", "stderr.*careful"),
        ("raise SystemExit", "01_cues"),
    ],
)
def test_a_failing_notebook_is_named_and_left_alone(course, code, message, capsys):
    path = course / "notebooks" / "01_cues.ipynb"
    write(a_notebook(code, minutes=1), path)
    before = path.read_bytes()
    with pytest.raises(notebooks.NotebookError, match=message):
        notebooks.run(path)
    problems = notebooks.execute(["notebooks/01"], root=course)
    assert len(problems) == 1 and problems[0] in capsys.readouterr().out
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_picture_cell_without_picture_is_a_problem(course):
    path = course / "notebooks" / "01_cues.ipynb"
    write(a_notebook("print(1)", tags=["picture:dot"], minutes=1), path)
    problems = notebooks.execute(["notebooks/01"], root=course)
    assert "cell-0: tagged as a picture, but shows none" in problems[0]


def test_readme_without_markers_is_left_alone(tmp_path, capsys):
    (tmp_path / "README.md").write_text("# Mine\n")
    notebooks.refresh_readme(tmp_path)
    assert (tmp_path / "README.md").read_text() == "# Mine\n"
    assert "<!-- lesson map -->" in capsys.readouterr().out


def test_unknown_name_says_what_to_type(capsys):
    assert notebooks.main(["execute", "77_nothing"]) == 2
    assert "No notebook matches 77_nothing" in capsys.readouterr().out


def test_importing_the_tools_loads_nothing_heavy():
    heavy = ("torch", "numpy", "matplotlib", "nbformat", "nbclient", "nbgrader")
    code = (
        "import sys, course_utils.commands.notebooks, course_utils.commands.testing\n"
        "import course_utils.classroom.release\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stderr


# --------------------------------------------------------------------- release


@pytest.fixture
def with_set(tmp_path):
    """A course with one exercise set."""
    write(sample_set(), tmp_path / "solutions" / NAME / f"{NAME}.ipynb")
    return tmp_path


def test_release_is_the_same_twice_and_finds_every_difference(with_set, capsys):
    (with_set / "solutions" / "01_doubling" / "key.csv").write_text("answers")
    assert release.main(["--check"], with_set) == 1
    assert "missing  01_doubling/01_doubling.ipynb" in capsys.readouterr().out
    assert release.main([], with_set) == 0
    released = with_set / "exercises" / "01_doubling" / "01_doubling.ipynb"
    first = released.read_bytes()
    assert list(released.parent.iterdir()) == [released]  # key.csv stays home
    assert release.main([], with_set) == 0
    assert released.read_bytes() == first
    assert release.main(["--check"], with_set) == 0

    (with_set / "exercises" / "98_old").mkdir()
    (with_set / "exercises" / "98_old" / "98_old.ipynb").write_text("{}")
    released.write_bytes(first + b" ")
    capsys.readouterr()
    assert release.main(["--check"], with_set) == 1
    said = capsys.readouterr().out
    assert "extra    98_old/98_old.ipynb" in said
    assert "stale    01_doubling/01_doubling.ipynb" in said
    assert "python3 -m course_utils release" in said
    release.main(["--overwrite"], with_set)
    assert released.read_bytes() == first
    assert not (with_set / "exercises" / "98_old").exists()


def begin_an_answer(notebook):
    answers = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")
    ]
    answers[0].source = "def double(x):\n    return x + x"


def run_a_cell(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].outputs = [nbformat.v4.new_output("stream", text="hello")]


def answer_in_words(notebook):
    answers = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")
    ]
    answers[-1].source = "Because two is twice one."


@pytest.mark.parametrize("work", [begin_an_answer, run_a_cell, answer_in_words])
def test_release_keeps_its_hands_off_somebodys_work(with_set, capsys, work):
    release.main([], with_set)
    path = with_set / "exercises" / NAME / f"{NAME}.ipynb"
    notebook = read(path)
    work(notebook)
    write(notebook, path)
    before = path.read_bytes()
    assert release.main([], with_set) == 1
    said = capsys.readouterr().out
    assert "work that would be lost:\n01_doubling/01_doubling.ipynb" in said
    assert path.read_bytes() == before
    assert release.main(["--overwrite"], with_set) == 0
    assert path.read_bytes() != before


def test_release_keeps_files_that_it_did_not_make(with_set, capsys):
    release.main([], with_set)
    notes = with_set / "exercises" / NAME / "my notes.txt"
    notes.write_text("think")
    assert release.main([], with_set) == 1
    assert "my notes.txt" in capsys.readouterr().out and notes.exists()


def test_released_set_is_ready_to_work_in(with_set):
    release.main([], with_set)
    notebook = read(with_set / "exercises" / "01_doubling" / "01_doubling.ipynb")
    cells = {cell.id: cell for cell in notebook.cells}
    title, banner = cells["01-start"].source.split("\n\n")[:2]
    assert title == "# Exercises 01 · Doubling"
    assert banner == release.BANNER
    assert cells["01-q1"].source.splitlines() == [
        "def double(numbers):",
        '    """The numbers times 2."""',
        f"    {release.CODE_STUB}",
    ]
    assert cells["01-q1-hidden"].source == (
        "# More cases run when your work is graded."
    )
    assert cells["01-q3-words"].source == release.TEXT_STUB
    assert "raises-exception" in cells["01-q1-check"].metadata.tags
    assert "01-q1-why" not in cells
    assert cells["01-q1-check"].metadata.editable is False
    assert "editable" not in cells["01-q1"].metadata


def test_an_answer_that_never_ends_is_refused(with_set):
    path = with_set / "solutions" / "01_doubling" / "01_doubling.ipynb"
    notebook = read(path)
    cell = cell_named(notebook, "01-q1")
    cell.source = cell.source.replace("### END SOLUTION", "")
    with pytest.raises(RuntimeError, match="no end solution statement"):
        release.release_notebook(notebook)


# --------------------------------------------------------------- the test command


def test_steps_run_from_cheap_to_expensive(tmp_path):
    steps = testing.all_steps(tmp_path, match="scoring")
    assert [step.name for step in steps] == [
        "lint",
        "format",
        "spelling",
        "exercises are fresh",
        "tests",
        "notebooks",
    ]
    for step in steps[-2:]:
        arguments = " ".join(step.arguments)
        assert "-n 2 --dist loadfile" in arguments and "-k scoring" in arguments
    assert "--nbval-cell-timeout=120" in steps[-1].arguments


def test_fast_leaves_out_notebooks_and_slow_tests(tmp_path):
    *_, last = testing.all_steps(tmp_path, fast=True)
    assert last.name == "tests"
    assert last.arguments[:3] == ("tests", "-m", "not slow")


def test_every_step_runs_and_the_end_says_which_failed(monkeypatch, capfd):
    steps = [
        testing.Step("first", "platform", ()),
        testing.Step("second", "json.tool", ("--no-such-option",)),
        testing.Step("third", "no_such_tool", ()),
        testing.Step("fourth", "platform", ()),
    ]
    monkeypatch.setattr(testing, "all_steps", lambda *_: steps)
    assert testing.main([]) == 1
    said = capfd.readouterr().out
    assert "no_such_tool is missing. Type: python3 -m pip install" in said
    results = [line.split() for line in said.splitlines()[-4:]]
    assert results == [
        ["passed", "first"],
        ["FAILED", "second"],
        ["FAILED", "third"],
        ["passed", "fourth"],
    ]


def test_choosing_no_test_of_a_step_is_no_failure(monkeypatch):
    def ran(code):
        monkeypatch.setattr(
            testing.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=code)
        )
        return testing.run_step(testing.Step("tests", "pytest", ("-k", "nothing")))

    assert ran(5) and ran(0) and not ran(1)


def test_seconds_are_summed_per_notebook_slowest_first(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="notebooks.01_a.ipynb" name="Cell 0" time="1.5" />
        <testcase classname="solutions.01_a.01_a.ipynb" name="Cell 0" time="3.0" />
        <testcase classname="notebooks.01_a.ipynb" name="Cell 1" time="2.0" />
        </testsuite></testsuites>"""
    )
    expected = [("notebooks/01_a", 3.5), ("solutions/01_a/01_a", 3.0)]
    assert testing.notebook_seconds(report) == expected
    assert testing.notebook_seconds(tmp_path / "none.xml") == []


def test_spelling_reads_words_not_pictures(tmp_path, monkeypatch):
    write(sample_lesson(), tmp_path / "notebooks" / f"{NAME}.ipynb")
    monkeypatch.setattr(testing, "ROOT", tmp_path)
    testing.write_prose(tmp_path / "prose")
    text = (tmp_path / "prose" / "notebooks" / f"{NAME}.md").read_text()
    assert "[look]\nLook at the dot." in text and "return 2 * numbers" in text
    assert PIXEL[:20] not in text
