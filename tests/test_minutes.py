"""The count of a lesson's minutes: each part by hand, and what is left out."""

import nbformat
import pytest

from course_utils.commands.minutes import core_cells, core_minutes

text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell


def shown(**data):
    return nbformat.v4.new_output("display_data", data=data)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        (text("word " * 300), 1.5),
        (text("**Predict.** " + "word " * 99), 0.5 + 1.5),
        (text("one $a + b$ two\n\n$$\na + b + c\n$$\n"), 3 / 200 + 0.5),
        (text("<details><summary>Hint</summary>" + "word " * 200 + "</details>"), 0),
        (text("<details><summary>Answer</summary>" + "a " * 199 + "</details>"), 1),
        (code("a\n\nb\nc"), 0.5),
        (code("\n".join("abcd")), 0.75),
        (code("\n".join("abcdefgh")), 0.75),
        (code("\n".join("abcdefghi")), 1.25),
        (code("\n".join("abcdefghijklmn")), 2.0),
        (code("import a\nbegin()"), 0.25),
        (code("\n" * 5 + "x\n" * 20, metadata={"tags": ["hide-input"]}), 0.25),
        (code("a", outputs=[nbformat.v4.new_output("stream", text="1")]), 0.75),
        (code("a", outputs=[shown(**{"image/png": ""})]), 1.0),
        (code("A()", outputs=[shown(**{"text/plain": "[Explorer: A.]"})]), 3.0),
    ],
)
def test_minutes_of_one_cell(cell, minutes):
    if "Answer" in cell.source:
        minutes += 1 / 200 + 2 / 200  # the summary's word, the two tags' names
    assert core_minutes([cell]) == pytest.approx(minutes, abs=0.04)


def test_what_a_first_reading_leaves_out():
    notes = text("notes", metadata={"slideshow": {"slide_type": "notes"}})
    cells = [
        text("## One"),
        text("### More: beside it"),
        code("left out"),
        text("#### deeper, left out too"),
        text("### Two"),
        notes,
        text("## More: a whole part"),
        text("### left out"),
        text("## Three"),
        code("kept"),
    ]
    kept = [cell.source for cell in core_cells(cells)]
    assert kept == ["## One", "### Two", "## Three", "kept"]
