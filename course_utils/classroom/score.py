"""The command ``python3 -m course_utils score``: a table of handed-in networks.

Files are read as plain numbers: none of their code is run, so no sandbox is needed.
A file that is no submission gets a line that says why, and the others are scored.
A folder holds files, or one folder for each team with its ``team.npz``.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from course_utils.capstone import Score, load_submission, score_network
from course_utils.capstone.submission import SUFFIX, NotASubmission, printable
from course_utils.classroom.exporting import guarded
from course_utils.experiments import load

PRACTICE = (9001, 9002)  # known to everybody; a teacher takes others
HIGHEST = 2**32 - 1  # of the seeds
LONGEST = 200  # characters of a remark
COLUMNS = ["place", "name", *Score._fields, "remark"]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course_utils score",
        description="Score the networks of the final project on harbours that they "
        "were not trained on.",
    )
    add = parser.add_argument
    add("submissions", type=Path, help="a file (.npz), or a folder of them")
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
    wrong = next((s for s in options.seeds if not 0 <= s <= HIGHEST), None)
    if wrong is not None:
        print(f"--seeds: expected numbers from 0 to {HIGHEST}, got {wrong}")
        return 2
    out = options.out
    if out and (out.is_dir() or not out.parent.is_dir()):
        print(f"--out: expected a file in a folder that exists, got {out}")
        return 2
    files, ignored = find_files(options.submissions)
    for path in ignored:
        say(f"Passed over, because it is no {SUFFIX} file: {printable(path)}")
    if not files:
        print(f"{options.submissions}: expected {SUFFIX} files from save_submission,")
        print("found none. Nothing was scored.")
        return 2
    scored, refused = [], []
    for name, path in files:
        try:
            network, _ = load_submission(path)
            scored.append((name, score_network(network, options.seeds)))
        except NotASubmission as problem:
            refused.append((name, printable(str(problem), LONGEST)))
        except Exception as problem:  # one file never costs the others their table
            why = f"not scored ({type(problem).__name__}): {problem}"
            refused.append((name, printable(why, LONGEST)))
    rows = table(scored, refused)
    show(rows, options.seeds)
    if out:
        write(rows, out)
    return 0 if scored else 1


def find_files(place: Path) -> tuple[list[tuple[str, Path]], list[str]]:
    """Return name and path of the files to score, and what was passed over.

    A file of the folder is named by its stem, ``red/team.npz`` by its folder, any
    other file of a folder by both. What begins with a dot is left out silently.
    """
    if place.is_file():
        return [(printable(place.stem), place)], []
    if not place.is_dir():
        return [], []
    files, ignored = [], []
    for path in seen(place):
        below = seen(path) if path.is_dir() else []
        for each in below or [path]:
            folder = "" if each is path else path.name
            if each.suffix.lower() != SUFFIX or not each.is_file():
                ignored.append(f"{folder}/{each.name}" if folder else each.name)
                continue
            if folder and each.stem.lower() == "team":
                name = folder
            else:
                name = f"{folder}/{each.stem}" if folder else each.stem
            files.append((printable(name), each))
    return files, ignored


def seen(folder: Path) -> list[Path]:
    """Return what lies in a folder, by name, without hidden files."""
    try:
        return sorted(path for path in folder.iterdir() if path.name[:1] != ".")
    except OSError:  # somebody else's folder
        return []


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
        say(line + (f"  {row['remark']}" if row["remark"] else ""))


def say(line: str) -> None:
    """Print a line; letters that the terminal does not have become question marks."""
    letters = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(letters, "replace").decode(letters))


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
