"""Latency of the explorers: rows from ``explorers.py``.

No other course's explorers could be driven in the same way, so the peer is the goal:
the time within which a change feels immediate (100 ms), and one picture of a screen
with 60 a second (16 ms). The book, where no kernel answers, is the second peer.
"""

import json
import subprocess
import sys
from pathlib import Path

from measuring import Settings
from table import SLOWER, Part, Row

TITLE = "Explorers: from the key to the picture"
PLACE = Path(__file__).with_name("explorers.json")
WHERE = {"kernel": "in JupyterLab", "book": "in the book"}


def row(what: str, count: str, peer: str, ours: float, theirs: float) -> Row:
    return Row(
        part="explorer_latency",
        what=what,
        size=count,
        peer=peer,
        ours_seconds=ours / 1000,
        peer_seconds=theirs / 1000,
        ratio=ours / theirs,
        clock="wall",
        why=(f"{ours - theirs:.1f} ms more" if ours > SLOWER * theirs else ""),
    )


def rows(stored: dict) -> list[Row]:
    """Return medians against the goals, the slowest explorer, and both places."""
    found, medians = [], {}
    for place, words in WHERE.items():
        goal = stored[place]["goal_median_ms"]
        every = stored[place]["explorers"]
        medians[place] = stored[place]["all"]["median_ms"]
        slowest = max(every, key=lambda title: every[title]["median_ms"])
        for what, median in (
            (f"all explorers {words}, median", medians[place]),
            (f"slowest {words}: {slowest}", every[slowest]["median_ms"]),
        ):
            found.append(
                row(what, f"{len(every)} explorers", f"goal {goal} ms", median, goal)
            )
    found.append(
        row(
            "with a kernel behind them",
            "medians",
            "the same without a kernel, in the book",
            medians["kernel"],
            medians["book"],
        )
    )
    return found


def measure(settings: Settings) -> Part:
    """Return the part, from a fresh run unless ``settings`` says stored or tiny."""
    part = Part(TITLE)
    if not (settings.stored or settings.tiny):
        subprocess.run([sys.executable, str(PLACE.with_suffix(".py"))], check=True)
    part.rows = rows(json.loads(PLACE.read_text("utf-8")))
    if settings.stored:
        part.notes.append("Taken from the last run of `benchmarks/explorers.py`.")
    return part
