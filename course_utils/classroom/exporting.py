"""Grades as files: for a teacher's spreadsheet, and in the forms of two systems.

Names come from students. A name that begins with = + - or @ would be a formula in
a spreadsheet, so it is stored behind an apostrophe; ``unguarded`` takes it off
again. Everything else is the csv module's business: commas, quotes, line breaks.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """How one submission ended.

    points: given so far, by checks and by hand. most: what the set is worth.
    to_read: points that wait for somebody to read an answer in words.
    status: "graded", "flagged" (graded, and something is worth knowing) or
        "needs review" (the points are not to be trusted before somebody looks).
    reason: what was noticed, in sentences. feedback: the page for the student.
    """

    student: str
    student_id: str
    number: str
    set_name: str
    points: float
    most: float
    to_read: float
    status: str
    reason: str
    feedback: str


def guarded(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith((*FORMULA, "'")) else text


def unguarded(text: str) -> str:
    """Return what ``guarded`` was given."""
    return text.removeprefix("'") if text.startswith("'") else text


def write_grades(rows: Iterable[Row], path: Path) -> None:
    """Write one line for each submission, all columns of ``Row``."""
    names = [field.name for field in fields(Row)]
    _write(path, names, ([_cell(asdict(row)[n]) for n in names] for row in rows))


def read_grades(path: Path) -> list[Row]:
    """Return what ``write_grades`` wrote."""
    kinds = {field.name: field.type for field in fields(Row)}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [
            Row(
                **{
                    name: float(text) if kinds[name] is float else unguarded(text)
                    for name, text in line.items()
                }
            )
            for line in csv.DictReader(stream)
        ]


def write_canvas(rows: Sequence[Row], path: Path) -> None:
    """Write Canvas's gradebook form: a line a student, a column a set."""
    sets = sorted({row.set_name for row in rows})
    students: dict[str, list[Row]] = {}
    for row in rows:
        students.setdefault(row.student_id, []).append(row)
    lines = []
    for found in students.values():
        points = {row.set_name: _number(row.points) for row in found}
        first = found[0]
        line = [guarded(first.student), guarded(first.number), "", "", ""]
        lines.append(line + [points.get(name, "") for name in sets])
    _write(
        path,
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *sets],
        lines,
    )


def write_moodle(rows: Iterable[Row], path: Path) -> None:
    """Write Moodle's grading worksheet for one set."""
    names = ["Identifier", "Full name", "Status", "Grade", "Maximum Grade"]
    lines = (
        [
            f"Participant {row.number}" if row.number else guarded(row.student_id),
            guarded(row.student),
            row.status,
            _number(row.points),
            _number(row.most),
            guarded(row.reason),
        ]
        for row in rows
    )
    _write(path, [*names, "Feedback comments"], lines)


def _write(path: Path, names: list[str], lines: Iterable[list[str]]) -> None:
    """Write a CSV file that Excel, too, reads as UTF-8."""
    partial = path.with_suffix(".part")
    with partial.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        writer.writerows(lines)
    partial.replace(path)


def _cell(value: object) -> str:
    return guarded(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:g}"
