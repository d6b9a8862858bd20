"""One command for every measurement, one table for all of them.

    python benchmarks/run.py --peers FOLDER --lessons     everything, half an hour
    python benchmarks/run.py --only attention,imports     two parts
    python benchmarks/run.py --only grading --stored      its last JSON, not run anew

Writes ``benchmarks/TABLE.md`` and ``benchmarks/table.json``; parts that were not
asked for keep their rows, each with its own date, machine and load. Packages that the
course does not need may stand in a folder of their own, given by ``--peers`` or
``BENCHMARK_PEERS``:

    python -m pip install --no-deps --target FOLDER opencv-python-headless \\
        connected-components-3d grad-cam ttach

Where a peer is absent the table says so, and how to get it.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks"
sys.path[:0] = [str(ROOT), str(FOLDER)]

from measuring import Settings  # noqa: E402
from table import as_json, write  # noqa: E402

PARTS = (
    *("attention", "conv_attention", "kernel_regression", "class_maps"),
    *("blob_entropy", "imports", "lessons", "grading_speed", "book_build"),
    "explorer_latency",
)


def load() -> float:
    """Return how many processes wanted a core during the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def run(names: Sequence[str], settings: Settings) -> dict[str, dict]:
    """Measure the named parts; return each as the table's file holds it."""
    found = {}
    for name in names:
        print(f"{name} ...", flush=True)
        before, began = load(), time.perf_counter()
        part = importlib.import_module(name).measure(settings)
        seconds = time.perf_counter() - began
        found[name] = as_json(part, [before, load()], seconds)
        print(f"{name}: {len(part.rows)} rows in {seconds:.0f} s", flush=True)
        for each in part.missing:
            print(f"  not measured: {each}", flush=True)
    return found


def stored(folder: Path = FOLDER) -> dict[str, dict]:
    """Return the table as it was written last; empty where there is none."""
    path = folder / "table.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--peers", default=os.environ.get("BENCHMARK_PEERS"))
    parser.add_argument("--lessons", action="store_true", help="run every lesson")
    parser.add_argument(
        "--stored",
        action="store_true",
        help="blobs, grading, explorers: take what their own JSON holds",
    )
    options = parser.parse_args(arguments)
    names = options.only.split(",") if options.only else list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No part is called {', '.join(unknown)}; there are {', '.join(PARTS)}.")
        return 2
    if options.peers:
        sys.path.append(options.peers)
    settings = Settings(
        peers=options.peers, lessons=options.lessons, stored=options.stored
    )
    for name in names:  # a part that fails leaves the earlier ones written
        parts = {**stored(), **run([name], settings)}
        write({name: parts[name] for name in PARTS if name in parts}, FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
