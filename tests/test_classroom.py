"""What stands around the grading: uploads, repairs, harmless pages, tables, values."""

import zipfile
from pathlib import Path

import nbformat
import pytest
import torch
from grading_set import NAME, Q1, cell_of, filled, source_set, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.classroom import variants
from course_utils.classroom.canaries import forged_results
from course_utils.classroom.exporting import (
    Row,
    guarded,
    read_grades,
    unguarded,
    write_canvas,
    write_grades,
    write_moodle,
)
from course_utils.classroom.harmless import as_text, harmless
from course_utils.classroom.intake import Submission, collect
from course_utils.classroom.judge import Student, judge_cells
from course_utils.classroom.release import release_notebook
from course_utils.classroom.repairs import grade_ids
from course_utils.classroom.uploads import read_uploads
from course_utils.classroom.values import NotPlain, decode, encode

RELEASED = {NAME: release_notebook(source_set())}


def put(folder: Path, path: str, content: str | bytes | None = None) -> None:
    """Store a file under ``folder``; a right notebook where no content is given."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    content = nbformat.writes(filled()) if content is None else content
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def who(place: Path, only: str | None = None) -> dict[str, tuple]:
    return {
        s.student: (s.set_name, s.number, s.review, tuple(s.notes))
        for s in collect(place, RELEASED, only)
    }


# ------------------------------------------------------------- whose, and which set


@pytest.mark.parametrize(
    ("path", "student", "number"),
    [
        (f"ada/{NAME}.ipynb", "ada", ""),
        (f"ada/{NAME}/{NAME}.ipynb", "ada", ""),
        ("ada.ipynb", "ada", ""),
        (f"lovelaceada_4711_90210_{NAME}.ipynb", "lovelaceada", "4711"),
        (f"lovelaceada_LATE_4711_90210_{NAME}-1.ipynb", "lovelaceada", "4711"),
        (
            f"Ada Lovelace_4711_assignsubmission_file_/{NAME}.ipynb",
            "Ada Lovelace",
            "4711",
        ),
        (
            f"Ada Lovelace_4711_assignsubmission_file/{NAME}.ipynb",
            "Ada Lovelace",
            "4711",
        ),
    ],
)
@pytest.mark.parametrize("pack", [False, True])
def test_systems_name_students_in_their_own_ways(tmp_path, path, student, number, pack):
    put(tmp_path / "in", path)
    place = tmp_path / "in"
    if pack:
        place = tmp_path / "all.zip"
        place.write_bytes(zipped(tmp_path / "in"))
    found = who(place)
    assert {name: about[:3] for name, about in found.items()} == {
        student: (NAME, number, "")
    }


def test_a_folder_around_everybody_is_no_student(tmp_path):
    put(tmp_path / "in", f"Homework 1/ada/{NAME}.ipynb")
    put(tmp_path / "in", f"Homework 1/ben/{NAME}.ipynb")
    assert set(who(tmp_path / "in")) == {"ada", "ben"}


def test_two_students_of_one_name_stay_two(tmp_path):
    for number in (1, 2):
        put(tmp_path, f"Jan Novak_{number}_assignsubmission_file_/{NAME}.ipynb")
    found = collect(tmp_path, RELEASED)
    assert len(found) == 2
    assert len({submission.student_id for submission in found}) == 2


def test_ids_are_safe_and_differ_where_names_do():
    names = ["ada", "a/b", "a b", "../x", "=1+1", "", "ä", "Ä", "x" * 300, "..", "."]
    found = []
    for name in names:
        found.append(Submission(name, NAME, filled()).student_id)
    assert len(set(found)) == len(names)
    assert all(len(i) < 60 and Path(i).name == i and i.strip(".") for i in found)


def test_who_handed_in_nothing_of_the_asked_set_gets_a_row(tmp_path):
    put(tmp_path, "ada/notes.txt", "I was ill")
    put(tmp_path, f"ben/{NAME}.ipynb")
    found = who(tmp_path, only=NAME)
    assert found["ada"][2] == f"no notebook of {NAME} was handed in"
    assert found["ben"][2] == ""


@pytest.mark.parametrize(
    ("place", "error"), [("no", FileNotFoundError), ("e", ValueError)]
)
def test_nothing_to_read_is_said(tmp_path, place, error):
    (tmp_path / "e").mkdir()
    with pytest.raises(error):
        read_uploads(tmp_path / place)


def test_helper_files_keep_their_paths_and_libraries_their_names(tmp_path):
    put(tmp_path, f"ada/{NAME}/{NAME}.ipynb")
    put(tmp_path, f"ada/{NAME}/data/points.csv", "1,2")
    put(tmp_path, f"ada/{NAME}/helper.py", "x = 1")
    put(tmp_path, f"ada/{NAME}/numpy.py", "x = 1")
    put(tmp_path, f"ada/{NAME}/json.py", "x = 1")
    put(tmp_path, f"ada/{NAME}/grades.db", "x")
    (submission,) = collect(tmp_path, RELEASED)
    assert set(submission.files) == {"data/points.csv", "helper.py"}
    assert [note.split(":")[0] for note in submission.notes] == [
        f"{NAME}/json.py",
        f"{NAME}/numpy.py",
    ]


def test_a_zip_may_lie_about_sizes(tmp_path):
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.bin", bytes(40 << 20))
    content = bytearray(path.read_bytes())
    # The size in the directory at the end says 10 bytes; the data says 40 MiB.
    size = (40 << 20).to_bytes(4, "little")
    place = content.rindex(size)
    content[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    (upload,) = read_uploads(path)
    assert upload.content == b"" and upload.problem


def test_more_files_than_a_student_may_have(tmp_path):
    for number in range(520):
        put(tmp_path, f"ada/f{number}.txt", "x")
    put(tmp_path, f"ben/{NAME}.ipynb")
    found = who(tmp_path, only=NAME)
    assert any("more than one student" in note for note in found["ada"][3])
    assert found["ben"][2] == ""


# ------------------------------------------------------------------------- repairs


def only_notebook(tmp_path, notebook):
    put(tmp_path, f"ada/{NAME}.ipynb", nbformat.writes(notebook))
    (submission,) = collect(tmp_path, RELEASED)
    return submission


def test_every_graded_cell_stands_there_once_in_order(tmp_path):
    notebook = filled()
    notebook.cells = [c for c in notebook.cells if "hidden" not in c.id]
    notebook.cells.append(new_code_cell("1", id="own"))
    repaired = only_notebook(tmp_path, notebook).notebook
    ids = grade_ids(repaired)
    assert ids == grade_ids(RELEASED[NAME])
    assert repaired.cells[-1].id == "own"


@pytest.mark.parametrize("blank_first", [True, False])
def test_of_two_copies_of_an_answer_the_written_one_counts(tmp_path, blank_first):
    notebook = filled()
    place = notebook.cells.index(cell_of(notebook, "01-q1"))
    twin = nbformat.from_dict(cell_of(filled(q1=None), "01-q1"))
    twin["id"] = "twin"
    notebook.cells.insert(place if blank_first else place + 1, twin)
    submission = only_notebook(tmp_path, notebook)
    graded = [c for c in submission.notebook.cells if "nbgrader" in c.metadata]
    answer = next(c for c in graded if c.metadata.nbgrader.grade_id == "01-q1")
    assert answer.source == Q1
    assert "two cells with this id" in submission.notes[0]


def test_roles_cannot_be_changed(tmp_path):
    notebook = filled()
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(points=99, grade=False, solution=True)
    repaired = only_notebook(tmp_path, notebook).notebook
    for cell, wanted in zip(repaired.cells, RELEASED[NAME].cells, strict=True):
        assert cell.metadata.get("nbgrader") == wanted.metadata.get("nbgrader")


# ----------------------------------------------------------------------- harmless


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("<b>x</b>", "&lt;b>x&lt;/b>"),
        ("$a<b$ and $$x<y$$", r"$a\lt b$ and $$x\lt y$$"),
        ("$<script>$", r"$\lt script>$"),
        ("![p](x.png)", "[p](x.png)"),
        ("[x](JavaScript :alert(1))", "[x](blocked:alert(1))"),
        ("[x](j&#97;vascript:x)", "[x](j&amp;#97;vascript:x)"),
        ("**bold** and `code`", "**bold** and `code`"),
    ],
)
def test_markup_becomes_text(written, shown):
    assert as_text(written) == shown


def test_only_text_and_bitmaps_stay_of_outputs():
    bad = {"text/html": "<script>", "image/svg+xml": "<svg onload=x>"}
    bad |= {"application/javascript": "x", "text/latex": "<b>", "text/markdown": "<b>"}
    good = {"text/plain": "<x>", "image/png": "iVBORw0KGgo="}
    false_picture = {"image/png": '"><script>', "text/plain": "p"}
    outputs = [
        new_output("display_data", data=bad),
        new_output("execute_result", data={**bad, **good}, execution_count=1),
        new_output("display_data", data=false_picture),
        new_output("stream", name="stdout", text="<script>"),
    ]
    cell = new_code_cell("x", outputs=outputs, metadata={"tags": ['"><script>']})
    note = new_markdown_cell("<script>", attachments={"a.svg": {"image/svg+xml": "x"}})
    shown = harmless(new_notebook(cells=[cell, note], metadata={"title": "<script>"}))
    kept = [
        dict(o.get("data", {"text": o.get("text")})) for o in shown.cells[0].outputs
    ]
    assert kept == [good, {"text/plain": "p"}, {"text": "<script>"}]
    assert shown.cells[0].metadata == {} == shown.metadata
    assert "attachments" not in shown.cells[1]
    assert cell.metadata["tags"]  # the notebook itself stays as it was


# ------------------------------------------------------------------------- tables

NAMES = ["plain", "a,b", 'q"q', "l\nb", "=1+1", "+x", "-x", "@x", "'x", "🦆", "", "\t"]


def row(student="ada", points=3.5, set_name=NAME):
    return Row(student, "ada", "7", set_name, points, 12, 2, "graded", "=why", "f.html")


def test_names_come_back_from_the_table(tmp_path):
    rows = [row(name) for name in NAMES]
    write_grades(rows, tmp_path / "grades.csv")
    assert read_grades(tmp_path / "grades.csv") == rows


@given(st.text())
def test_no_text_is_a_formula_and_none_is_lost(text):
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


def test_canvas_has_a_column_for_each_set(tmp_path):
    rows = [row(points=3), row(points=4.5, set_name="02_other")]
    write_canvas(rows, tmp_path / "canvas.csv")
    lines = (tmp_path / "canvas.csv").read_text("utf-8-sig").splitlines()
    assert lines == [
        f"Student,ID,SIS User ID,SIS Login ID,Section,{NAME},02_other",
        "ada,7,,,,3,4.5",
    ]


def test_moodle_names_participants(tmp_path):
    write_moodle([row("=x")], tmp_path / "moodle.csv")
    lines = (tmp_path / "moodle.csv").read_text("utf-8-sig").splitlines()
    assert lines[1] == "Participant 7,'=x,graded,3.5,12,'=why"


# ------------------------------------------------------------------ forged results


@pytest.mark.parametrize(
    ("source", "shown", "forged"),
    [
        ("assert True\npassed('x')", [], False),
        ("assert True\npassed('x')", ["2"], True),
        ("assert True", ["2"], True),
        ("2 * quality", ["1.5"], False),
        ("2 * quality", ["1.5", "2"], True),
        ("2 * quality", ["9"], True),
        ("2 * quality", ["nan"], True),
        ("2 * quality", ["'two'"], True),
        ("not python (", ["1"], True),
    ],
)
def test_results_that_no_line_gives_are_seen(source, shown, forged):
    results = [
        new_output("execute_result", data={"text/plain": text}, execution_count=1)
        for text in shown
    ]
    graded = {"grade": True, "points": 2, "grade_id": "c"}
    cell = new_code_cell(source, outputs=results, metadata={"nbgrader": graded})
    assert bool(forged_results([cell])) == forged


# ---------------------------------------------------------------- values that cross

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=7,
)


@settings(max_examples=60, deadline=None)
@given(plain)
def test_plain_values_come_back(value):
    assert repr(decode(encode(value))) == repr(value)


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "bfloat16", "int64", "bool"]
)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3, 5)])
def test_tensors_come_back(dtype, shape):
    tensor = (10 * torch.randn(shape)).to(getattr(torch, dtype))
    back = decode(encode((tensor, [tensor.mT] if tensor.ndim > 1 else [])))
    assert isinstance(back, tuple)
    assert back[0].dtype == tensor.dtype and torch.equal(back[0], tensor)
    if tensor.ndim > 1:
        assert torch.equal(back[1][0], tensor.mT)


@pytest.mark.parametrize("value", [print, object(), torch.nn.Linear(2, 2), {1, 2}])
def test_functions_and_objects_do_not_cross(value):
    with pytest.raises(NotPlain, match="cannot be handed"):
        encode(value)


@pytest.mark.parametrize(
    "code",
    [
        {},
        [],
        {"pickle": "x"},
        {"plain": [1]},
        {"tensor": "", "dtype": "float32", "shape": [1 << 40]},
        {"tensor": "", "dtype": "float32", "shape": [-1]},
    ],
)
def test_forged_values_are_refused(code):
    with pytest.raises(ValueError, match=r"not a value|not accepted"):
        decode(code)


# ------------------------------------------------------------------------ the judge


class Here:
    """The student's side without a process: the same requests, the same replies."""

    def __init__(self):
        from course_utils.classroom.answering import Answers

        self.answers = Answers()

    def __call__(self, request):
        kind = next(name for name in ("define", "call", "slope") if name in request)
        try:
            return getattr(self.answers, kind)(request)
        except Exception as error:
            return {"error": [type(error).__name__, str(error)]}


def judged(answer, check):
    graded = {"grade": True, "grade_id": "c", "points": 1}
    cells = [new_code_cell(answer), new_code_cell(check, metadata={"nbgrader": graded})]
    _, outputs = judge_cells(cells, ["import torch"], Student(Here()))
    return next((o["evalue"] for o in outputs if o["output_type"] == "error"), None)


SQUARE = "import torch\ndef square(x):\n    return x * x"


@pytest.mark.parametrize(
    ("answer", "check", "says"),
    [
        (SQUARE, "assert torch.equal(square(torch.tensor(3)), torch.tensor(9))", None),
        (SQUARE, "assert square(3) == 9 and square(x=0.5) == 0.25", None),
        (SQUARE, "assert square(3) == 8, 'eight'", "eight"),
        ("square = lambda x: x * x", "assert square(3) == 9", None),
        ("def square(x):\n    return 1 / 0", "square(3)", "ZeroDivisionError"),
        ("def square(x): return", "assert square(3) is None", None),
        ("def other(x): ...", "square(3)", "'square' is not defined"),
        (SQUARE, "square(lambda: 3)", "cannot be judged apart"),
        (SQUARE, "try:\n    square(print)\nexcept TypeError: ...", "judged apart"),
        ("def square(x):\n    x *= x\n    return x",
         "x = torch.ones(2) * 3\nsquare(x)\nassert x[0] == 9", None),
    ],
)  # fmt: skip
def test_checks_see_values_only(answer, check, says):
    found = judged(answer, check)
    assert found == says if says is None else says in found


def test_gradients_cross():
    check = """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tensor([3.0, 5.0], requires_grad=True)
product, (x_back, label) = both(x, y=y)
assert label == "x" and not torch.equal(product, x_back)
(product.sum() * 2 + x_back[1]).backward()
assert x.grad.tolist() == [6.0, 11.0], x.grad
assert y.grad.tolist() == [2.0, 4.0], y.grad
with torch.no_grad():
    assert not both(x, y=y)[0].requires_grad
"""
    answer = "def both(x, y):\n    return x * y, (x * 1, 'x')"
    assert judged(answer, check) is None
    cut = "def both(x, y):\n    return x * y.detach(), (x * 1, 'x')"
    assert judged(cut, check) is not None


# ----------------------------------------------------------------------- variants


def test_a_cohort_moves_the_seeds_of_checks_and_nothing_else():
    source = source_set()
    shift = variants.shift_of("2027")
    copy = variants.moved(source, shift)
    changed = [b.id for a, b in zip(source.cells, copy.cells, strict=True) if a != b]
    assert changed == ["01-q1-hidden", "01-q2-hidden"]
    assert f"torch.manual_seed({3 + shift})" in cell_of(copy, "01-q1-hidden").source
    assert shift == variants.shift_of("2027") != variants.shift_of("2028")


@pytest.mark.slow
def test_a_variant_is_kept_only_if_the_reference_passes(tmp_path, capsys):
    solutions = tmp_path / "solutions" / NAME
    solutions.mkdir(parents=True)
    source = source_set()
    nbformat.write(source, solutions / f"{NAME}.ipynb")
    words = ["2027", "--out", str(tmp_path / "private")]
    assert variants.main([*words, "--solutions", str(tmp_path / "solutions")]) == 0
    handout = (tmp_path / "private" / "handout" / NAME / f"{NAME}.ipynb").read_text()
    assert "BEGIN HIDDEN" not in handout and "manual_seed" not in handout
    cell_of(source, "01-q1-hidden").source += "\nassert torch.initial_seed() == 3"
    assert not variants.passes(variants.moved(source, 7))


def test_a_private_copy_is_not_put_into_the_public_folder(capsys):
    assert variants.main(["2027", "--out", str(variants.ROOT / "private")]) == 2
    assert "public" in capsys.readouterr().out
