"""Grading against stock nbgrader: rows from ``grading.py``."""

import json
import subprocess
import sys
from pathlib import Path

from measuring import Settings
from table import Part, Row

TITLE = "Grading"
PLACE = Path(__file__).with_name("grading.json")
COHORT = 500


def rows(stored: dict) -> list[Row]:
    """Return one row for grading and one for grading with pages of feedback."""
    return [
        Row(
            part="grading_speed",
            what=what,
            size=f"one of {stored['submissions']} submissions of set 05",
            peer=peer,
            ours_seconds=stored[f"course_seconds{end}"],
            peer_seconds=stored[f"nbgrader_seconds{end}"],
            ratio=stored[f"course_seconds{end}"] / stored[f"nbgrader_seconds{end}"],
            clock="wall",
        )
        for what, peer, end in (
            ("grade, no pages", "nbgrader autograde", ""),
            ("grade", "nbgrader autograde, then generate_feedback", "_with_pages"),
        )
    ]


def measure(settings: Settings) -> Part:
    """Return the part, from a fresh run unless ``settings`` says stored or tiny."""
    part = Part(TITLE)
    if not (settings.stored or settings.tiny):
        command = [sys.executable, str(PLACE.with_suffix(".py"))]
        command += ["--cohort", str(COHORT)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    stored = json.loads(PLACE.read_text("utf-8"))
    part.rows = rows(stored)
    part.notes.append(
        f"Equal grades on both sides. A sandbox held {stored['sandbox_mebibytes']} "
        f"MiB after a notebook, the process that grades {stored['driver_mebibytes']} "
        "MiB at most; nbgrader's memory was not measured."
    )
    if "cohort" in stored:
        cohort = stored["cohort"]
        part.notes.append(
            f"A cohort of {cohort['submissions']} on two workers, one of which was "
            f"killed on the way: {cohort['course_seconds']} s a submission, "
            f"{cohort['lost']} lost."
        )
    if settings.stored:
        part.notes.append("Taken from the last run of `benchmarks/grading.py`.")
    return part
