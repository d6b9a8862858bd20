"""The course's one list of dependencies, read from ``pyproject.toml``.

Knows just enough of requirement strings (a name, an extra, ``==``, ``>=`` and ``<``) to
say whether an installed version will do; pip does the rest. Standard library only.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

# Not in pyproject.toml: its published pins ask for NumPy 1.23 (see the set-up).
D2L = "d2l==1.0.3"
PROJECT = "attention-course"


def package_name(requirement: str) -> str:
    """Return the normalised name in a requirement such as ``"numpy>=2,<3"``."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement).group()
    return re.sub(r"[-_.]+", "-", name).lower()


def dependencies(root: Path) -> dict[str, list[str]]:
    """Return the requirements of ``pyproject.toml``: "" for the base, then by extra.

    An extra that includes another one (``attention-course[teach]``) lists its own
    packages only; ``wanted`` follows the reference.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return {"": project["dependencies"], **project.get("optional-dependencies", {})}


def wanted(root: Path, extras: Iterable[str] = ()) -> list[str]:
    """Return every requirement of the base and of these extras, in order."""
    listed = dependencies(root)
    found: list[str] = []
    queue = ["", *extras]
    while queue:
        for requirement in listed[queue.pop(0)]:
            if package_name(requirement) == PROJECT:
                inner = re.search(r"\[(.*)\]", requirement).group(1)
                queue.extend(part.strip() for part in inner.split(","))
            elif requirement not in found:
                found.append(requirement)
    return found


def release(version: str) -> tuple[int, ...]:
    """Return a version's numbers without closing zeros: "2.10.0+cpu" is (2, 10)."""
    numbers = [int(n) for n in re.match(r"[0-9.]*[0-9]", version).group().split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def satisfied(version: str | None, requirement: str) -> bool:
    """Return whether an installed version (None: absent) meets a requirement."""
    if version is None:
        return False
    compare = {
        "==": lambda have, need: have == need,
        ">=": lambda have, need: have >= need,
        "<": lambda have, need: have < need,
    }
    pairs = re.findall(r"(==|>=|<)\s*([0-9][^,;\s]*)", requirement)
    return all(compare[sign](release(version), release(need)) for sign, need in pairs)


def fingerprint(root: Path) -> str:
    """Return a short hash of every dependency, every extra and d2l's version."""
    text = json.dumps([dependencies(root), D2L], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def unmet(account: dict, requirements: Iterable[str]) -> list[str]:
    """Return the requirements that an inventory does not meet."""
    versions = account.get("packages", {})
    return [r for r in requirements if not satisfied(versions.get(package_name(r)), r)]
