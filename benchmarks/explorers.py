"""Milliseconds from a key press to a changed picture, for every explorer.

    python benchmarks/explorers.py

Each control of each explorer is moved by keyboard in Chromium: in JupyterLab, with a
kernel behind it, and in the book, without one. The page's own clock takes the time
from the arrival of the key to the change of the picture. Results go to
``benchmarks/explorers.json``; the goals are medians under 100 ms and under 16 ms.
"""

import json
import platform
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import UNFOLD, chromium, drive, open_file, summary  # noqa: E402
from live_lab import EXPLORERS, jupyterlab, run_all  # noqa: E402

from course_utils.commands import book  # noqa: E402
from course_utils.commands.pages import lessons  # noqa: E402


def all_explorers(page) -> dict[str, list[float]]:
    """Drive every explorer of an open page; return the milliseconds by its title."""
    page.wait_for_selector(".course-explorer")
    found: dict[str, list[float]] = {}
    for explorer in page.query_selector_all(".course-explorer"):
        title = explorer.get_attribute("aria-label")
        found[title] = drive(page, explorer, again=4)
    return found


def in_the_book(browser, folder: Path) -> dict[str, list[float]]:
    """Return the milliseconds without a kernel."""
    book.build(folder)
    found: dict[str, list[float]] = {}
    page = browser.new_page()
    for path in lessons():
        open_file(page, folder / "notebooks" / f"{path.stem}.html")
        page.evaluate(UNFOLD)
        found.update(all_explorers(page))
    return found


def in_jupyterlab(browser, folder: Path) -> dict[str, list[float]]:
    """Return the milliseconds with a kernel."""
    with jupyterlab(folder) as address:
        page = browser.new_page()
        page.goto(f"{address}lab/tree/notebooks/{EXPLORERS}?reset")
        run_all(page)
        return all_explorers(page)


def main() -> int:
    """Measure both and store the results; return 0 when both goals are met."""
    goals = {"kernel": 100, "book": 16}
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        (Path(place) / "lab").mkdir()
        measured = {
            "kernel": in_jupyterlab(browser, Path(place) / "lab"),
            "book": in_the_book(browser, Path(place) / "book"),
        }
        version = browser.version
    results: dict = {
        "command": "python benchmarks/explorers.py",
        "chromium": version,
        "python": platform.python_version(),
    }
    for name, explorers in measured.items():
        everything = [each for presses in explorers.values() for each in presses]
        results[name] = {
            "goal_median_ms": goals[name],
            "all": summary(everything),
            "explorers": {title: summary(found) for title, found in explorers.items()},
        }
        print(name, results[name]["all"])
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    (ROOT / "benchmarks" / "explorers.json").write_text(text, "utf-8")
    return int(
        any(results[name]["all"]["median_ms"] >= goal for name, goal in goals.items())
    )


if __name__ == "__main__":
    sys.exit(main())
