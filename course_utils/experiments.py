"""Results that take longer than a lesson may: stored by a script, shown by a lesson.

A script ``benchmarks/experiments/<name>.py`` runs every seed and calls ``store``.
The lesson runs one seed live, compares it with its row of ``load(<name>)``, and
shows the others. Beside the rows stand the command, the versions and the CPU
seconds, so that anybody can run it again; a test reruns the cheapest row.
"""

import json
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks" / "experiments"


class Stored(NamedTuple):
    """What a script stored.

    rows: one dict per run: its settings (``seed`` among them) and its results.
    note: one line saying how, with what and in how many CPU seconds.
    """

    rows: list[dict]
    note: str


def store(name: str, rows: Iterable[dict], folder: Path = FOLDER) -> Path:
    """Run through ``rows``, store them as ``<name>.json``, return the file's path.

    ``rows`` is best a generator, so that the seconds include the work. Numbers
    are stored with four significant digits.
    """
    import torch

    from course_utils.arguments import require_instance

    require_instance("name", name, str)
    require_instance("rows", rows, Iterable)
    require_instance("folder", folder, Path)
    began = time.process_time()
    kept = []
    for row in rows:
        require_instance("rows", row, dict, "one for each run")
        kept.append({key: _rounded(value) for key, value in row.items()})
    account = {
        "command": f"python benchmarks/experiments/{name}.py",
        "python": platform.python_version(),
        "torch": torch.__version__.partition("+")[0],
        "cpu_seconds": round(time.process_time() - began),
        "rows": kept,
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(account, indent=1) + "\n", encoding="utf-8")
    return path


def _rounded(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def load(name: str, folder: Path = FOLDER) -> Stored:
    """Return what ``store`` wrote under this name.

    Raises:
        FileNotFoundError: nothing is stored; the message names the command.
    """
    if not isinstance(name, str) or not isinstance(folder, Path):
        raise TypeError(
            f"name, folder: expected a text and a path, got {name!r} and {folder!r}"
        )
    path = folder / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(
            f"benchmarks/experiments/{name}.json: expected stored results, found "
            f"none; in the folder of the course type: python "
            f"benchmarks/experiments/{name}.py"
        )
    account = json.loads(path.read_text(encoding="utf-8"))
    note = (
        f"{account['command']}: {account['cpu_seconds']} CPU seconds with Python "
        f"{account['python']}, PyTorch {account['torch']}"
    )
    return Stored(account["rows"], note)
