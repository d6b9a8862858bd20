"""How long a lesson's core takes a careful student, counted, and by what rule.

Nobody has timed a class yet. The rule comes from readers who played students and
added up what they did: 200 words a minute; half a minute for a formula on its own
line; for a code cell half a minute to two, by its lines; a quarter for imports and
folded code; a quarter for printed text, half for a figure; one and a half for a
prediction; three for an explorer. The core leaves out parts headed *More* and what
is folded in ``<details>``, except the answers to predictions.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping

WORDS = 200  # a minute
LINES = ((3, 0.5), (8, 0.75), (13, 1.25))  # up to so many lines: minutes
LONG, FOLDED, TEXT, FIGURE = 2.0, 0.25, 0.25, 0.5
FORMULA, PREDICTION, EXPLORER = 0.5, 1.5, 3.0
HEADING = re.compile(r"^(#+) +(.*)$", re.MULTILINE)


def core_cells(cells: Iterable[Mapping]) -> Iterator[Mapping]:
    """Yield the cells that a first reading needs: no *More*, no speaker notes."""
    left_out = 0  # level of the heading that began a part to leave out
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for marks, title in HEADING.findall(cell["source"]):
                if left_out and len(marks) <= left_out:
                    left_out = 0
                if not left_out and title.startswith("More"):
                    left_out = len(marks)
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        if not left_out and kind != "notes":
            yield cell


def core_minutes(cells: Iterable[Mapping]) -> float:
    """Return the minutes that the core takes by the rule above."""
    return sum(
        text_minutes(cell["source"])
        if cell["cell_type"] == "markdown"
        else code_minutes(cell)
        for cell in core_cells(cells)
    )


def text_minutes(source: str) -> float:
    """Return the minutes for one cell of prose."""
    kept = re.sub(
        r"<details><summary>(?!Answer).*?</details>", "", source, flags=re.DOTALL
    )
    formulas = kept.count("$$") // 2
    prose = re.sub(r"\$\$.*?\$\$", "", kept, flags=re.DOTALL)
    prose = re.sub(r"\$[^$]+\$", "x", prose)  # a formula in a line reads as one word
    words = len(re.findall(r"[^\W_]+(?:['-]\w+)*", prose))
    predictions = source.count("**Predict.**")
    return words / WORDS + FORMULA * formulas + PREDICTION * predictions


def code_minutes(cell: Mapping) -> float:
    """Return the minutes for one code cell with what it shows."""
    shown = [output.get("data", {}) for output in cell["outputs"]]
    texts = sum(output["output_type"] == "stream" for output in cell["outputs"])
    figures = sum("image/png" in data for data in shown)
    if any("[Explorer:" in "".join(data.get("text/plain", "")) for data in shown):
        return EXPLORER
    return reading(cell) + TEXT * texts + FIGURE * figures


def reading(cell: Mapping) -> float:
    """Return the minutes for reading the code of one cell."""
    lines = [line for line in cell["source"].splitlines() if line.strip()]
    if "hide-input" in cell["metadata"].get("tags", []) or "begin()" in lines:
        return FOLDED
    return next((minutes for most, minutes in LINES if len(lines) <= most), LONG)


def main() -> int:
    """Print the counted and the stated minutes of each lesson."""
    from course_utils.commands.environment import find_root
    from course_utils.commands.normal_form import read

    print("counted  stated")
    for path in sorted((find_root() / "notebooks").glob("[0-9]*.ipynb")):
        notebook = read(path)
        counted, stated = core_minutes(notebook.cells), notebook.metadata.course.minutes
        print(f"{counted:7.0f} {stated:7}  {path.stem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
