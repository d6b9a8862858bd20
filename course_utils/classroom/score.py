"""The command ``python3 -m course_utils score``: a table of handed-in networks.

Files are read as plain weights: none of their code is run, so no sandbox is needed.
A file that is no submission gets a line that says why, and the others are scored.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from course_utils.capstone import Score, load_submission, score_network
from course_utils.capstone.submission import NotASubmission
from course_utils.classroom.exporting import guarded
from course_utils.experiments import load

PRACTICE = (9001, 9002)  # known to everybody; a teacher takes others
COLUMNS = ["place", "name", *Score._fields, "remark"]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course_utils score",
        description="Score the networks of the final project on harbours that they "
        "were not trained on.",
    )
    add = parser.add_argument
    add("submissions", type=Path, help="a file, or a folder of files (.pt)")
    add(
        "--seeds",
        type=int,
        nargs="+",
        default=PRACTICE,
        help="of the harbours; keep yours secret (default: two for practice)",
    )
    add("--out", type=Path, help="write the table to this CSV file too")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 when at least one network has its score."""
    options = build_parser().parse_args(arguments)
    if min(options.seeds) < 0:
        print(f"--seeds: expected numbers of at least 0, got {min(options.seeds)}")
        return 2
    files = find_files(options.submissions)
    if not files:
        print(f"{options.submissions}: expected .pt files from save_submission, found")
        print("none. Nothing was scored.")
        return 2
    scored, refused = [], []
    for path in files:
        try:
            network, _ = load_submission(path)
        except NotASubmission as problem:
            refused.append((path.stem, str(problem)))
            continue
        scored.append((path.stem, score_network(network, options.seeds)))
    rows = table(scored, refused)
    show(rows, options.seeds)
    if options.out:
        write(rows, options.out)
    return 0 if scored else 1


def find_files(place: Path) -> list[Path]:
    """Return the files to score, by name."""
    if place.is_file():
        return [place]
    return sorted(path for path in place.glob("*.pt") if path.is_file())


def table(
    scored: Sequence[tuple[str, Score]], refused: Sequence[tuple[str, str]]
) -> list[dict[str, object]]:
    """Return one row for each network, the best first, then what was refused.

    Equal totals share a place. The stored baselines stand among them, without one.
    """
    rows = [{"name": name, **score._asdict(), "remark": ""} for name, score in scored]
    for row in rows:
        better = sum(other["total"] > row["total"] for other in rows)
        row["place"] = better + 1
    rows += [{**row, "place": "", "remark": "baseline"} for row in baselines()]
    rows.sort(key=lambda row: -row["total"])
    return rows + [{"place": "", "name": n, "remark": why} for n, why in refused]


def baselines() -> Iterator[dict[str, object]]:
    """Yield the mean over seeds of each stored baseline."""
    stored = load("harbour_baselines").rows
    for name in dict.fromkeys(row["name"] for row in stored):
        own = [row for row in stored if row["name"] == name]
        means = {key: sum(r[key] for r in own) / len(own) for key in Score._fields}
        yield {"name": name, **means}


def show(rows: Sequence[dict[str, object]], seeds: Sequence[int]) -> None:
    """Print the table."""
    print(f"Harbours {', '.join(map(str, seeds))}. total = mean of fair, against and")
    print("overlap. Baselines: means over five trainings, on seeds for practice.\n")
    width = max(len(str(row["name"])) for row in rows) + 1
    print(f"place {'name':{width}}" + "".join(f"{n:>9}" for n in Score._fields))
    for row in rows:
        numbers = [f"{row[n]:9.3f}" if n in row else "" for n in Score._fields]
        line = f"{row['place']:>5} {row['name']:{width}}" + "".join(numbers)
        print(line + (f"  {row['remark']}" if row["remark"] else ""))


def write(rows: Sequence[dict[str, object]], path: Path) -> None:
    """Write the table as CSV; a name cannot become a spreadsheet's formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        for row in rows:
            safe = {k: guarded(v) if isinstance(v, str) else v for k, v in row.items()}
            writer.writerow(safe)


if __name__ == "__main__":
    sys.exit(main())
