"""Results on disk, each under a digest of what decided it.

A file is written beside its place and moved there, so that a run that is killed
leaves it whole or not at all.
"""

import hashlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

from course_utils.classroom.sandbox import ROOT

DECIDING = ("torch", "numpy", "scipy", "nbgrader")  # versions that may change a grade


def outcome_key(task: dict) -> str:
    """Return a digest of all that decides how a task ends."""
    about = {
        **task,
        "versions": [f"{name} {version(name)}" for name in DECIDING],
        "python": sys.version,
        "package": _package_digest(),
    }
    text = json.dumps(about, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_digests: dict[Path, str] = {}


def _package_digest() -> str:
    """Return a digest of ``course_utils``: students' code and the checks import it."""
    folder = ROOT / "course_utils"
    if folder not in _digests:
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
        _digests[folder] = digest.hexdigest()
    return _digests[folder]


def stored_at(out: Path, key: str) -> Path:
    """Return where the outcome of a task is kept."""
    return out / "executed" / f"{key}.json"


def store(path: Path, answer: dict) -> None:
    """Keep an outcome: the file is there whole, or not at all."""
    partial = path.with_suffix(f".{os.getpid()}.part")
    partial.write_text(json.dumps(answer), encoding="utf-8")
    partial.replace(path)


def is_stamped(path: Path, stamp: str) -> bool:
    """Whether a file was written, to its end, for this outcome."""
    note = path.with_name(f".{path.name}.stamp")
    return path.exists() and note.exists() and note.read_text("utf-8") == stamp


def write_stamped(path: Path, text: str, stamp: str) -> None:
    """Write a file, and then beside it for which outcome."""
    path.parent.mkdir(parents=True, exist_ok=True)
    note = path.with_name(f".{path.name}.stamp")
    note.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
    note.write_text(stamp, encoding="utf-8")
