"""Stands in for pip in tests of the set-up: ``python -m pip`` in a bare environment.

The variable FAKE_PIP says what happens: "works" leaves the records that a real
installation leaves; "no-d2l" does too, but fails for d2l; any other text is printed as
pip's last line, with exit code 1. Each call is noted in ``pip-calls.txt``.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

SITE = Path(__file__).resolve().parents[1]


def record(requirement: str) -> None:
    """Leave the record of an installed package, at the lowest version allowed."""
    name = re.match(r"[\w-]+", requirement).group()
    version = re.search(r"[=>]=([\w.]+)", requirement).group(1)
    folder = SITE / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")


def main() -> int:
    """Return pip's exit code."""
    arguments, mode = sys.argv[1:], os.environ["FAKE_PIP"]
    with open(SITE / "pip-calls.txt", "a") as log:
        print(*arguments, file=log)
    if arguments[-1].startswith("d2l"):
        return int(mode == "no-d2l")
    if mode not in ("works", "no-d2l"):
        print(f"Collecting torch\n{mode}", file=sys.stderr)
        return 1
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    for group in (project["dependencies"], *project["optional-dependencies"].values()):
        for requirement in group:
            if not requirement.startswith("attention-course"):
                record(requirement)
    (SITE / "course.pth").write_text(f"{Path.cwd()}\n")
    print("  Downloading torch-2.13.0-cp311-none-any.whl (190.2 MB)")
    print("  Downloading six-1.0-none-any.whl (11 kB)")
    print("Installing collected packages: six, torch, attention-course")
    return 0


if __name__ == "__main__":
    sys.exit(main())
