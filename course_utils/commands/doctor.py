"""What is installed, what is missing, the next command to type.

Reads versions from the environment's package records and imports none of the
packages, so it answers at once and works before the set-up. Standard library only.
"""

import platform
from collections.abc import Iterator
from pathlib import Path

from course_utils.__main__ import complaint
from course_utils.commands.environment import (
    Environment,
    choose,
    find_root,
    imports_course,
    look_into,
    spelled,
)
from course_utils.commands.inventory import package_versions
from course_utils.commands.requirements import (
    D2L,
    PROJECT,
    dependencies,
    package_name,
    satisfied,
)

# The versions that the stored outputs of the lessons were made with.
TESTED = {
    "python": "3.11.7",
    "torch": "2.13.0",
    "torchvision": "0.28.0",
    "numpy": "2.4.6",
    "scipy": "1.17.1",
    "matplotlib": "3.11.2",
    "pillow": "13.0.0",
    "jupyterlab": "4.6.6",
    "ipywidgets": "8.1.9",
    "anywidget": "0.11.0",
    "tqdm": "4.70.1",
    "scikit-learn": "1.9.1",
    "scikit-image": "0.26.0",
    "statsmodels": "0.15.0",
    "captum": "0.9.0",
    "pandas": "3.1.1",
    "requests": "2.34.2",
    "nbval": "0.11.0",
    "pytest": "9.2.0",
    "pytest-xdist": "3.8.0",
    "nbclient": "0.11.0",
    "nbformat": "5.11.1",
    "d2l": "1.0.3",
    "nbgrader": "0.9.6",
    "distributed": "2026.8.0",
    "ruff": "0.17.5",
    "codespell": "2.4.3",
    "hypothesis": "6.170.15",
    "playwright": "1.65.2",
    "sphinx": "9.0.4",
    "myst-nb": "1.4.0",
    "sphinx-book-theme": "1.4.0",
}

# Who needs an extra, and the command that brings it.
EXTRAS = {
    "teach": ("teachers", "test"),
    "test": ("contributors", "test"),
    "book": ("the web book and the slides", "book"),
}


def line(mark: str, name: str, found: str, remarks: list[str], step: str) -> str:
    """Return one line of the report."""
    notes = ", ".join(remark for remark in remarks if remark)
    text = f"[{mark}] {name} {found}" + (f" ({notes})" if notes else "")
    return f"{text}   next: {step}" if step else text


def package_line(
    requirement: str, account: dict, step: str, purpose: str = ""
) -> tuple[bool, str]:
    """Return (is it there and new enough, its line); ``purpose`` marks an extra."""
    name = package_name(requirement)
    version = account.get("packages", {}).get(name)
    good = satisfied(version, requirement)
    tested = f"tested {TESTED[name]}" if TESTED.get(name) else ""
    need = "" if good or not version else f"needed {requirement[len(name) :]}"
    build = account.get("torch_build", "") if name == "torch" and version else ""
    mark = " OK " if good else ("MISS" if not purpose else " -- ")
    remarks = [tested, need, purpose and f"for {purpose}", build or ""]
    return good, line(mark, name, version or "missing", remarks, "" if good else step)


def python_line(account: dict, environment: Environment) -> tuple[bool, str]:
    """Return (can it not be used, line) for Python; before the set-up, this one."""
    if not account:
        remarks = [f"tested {TESTED['python']}", "the set-up uses this one"]
        return False, line(" OK ", "python", platform.python_version(), remarks, "")
    version = ".".join(map(str, account["python"]))
    problem = complaint(tuple(account["python"][:2]), account["bits"])
    remarks = [f"tested {TESTED['python']}", f"{account['bits']}-bit"]
    step = f"{environment.leave}, then {spelled('lab')}" if problem else ""
    mark = "MISS" if problem else " OK "
    return bool(problem), line(mark, "python", version, remarks, step)


def report(root: Path) -> Iterator[tuple[bool, str]]:
    """Yield (counts as a failure, line) for the whole report."""
    environment = choose(root)
    listed = dependencies(root)
    everything = [r for group in listed.values() for r in group]
    names = [*map(package_name, everything), "d2l"]
    made = environment.python.exists()
    account = look_into(environment, root, names) if made else {}
    if environment.note:
        yield False, environment.note
    state = "" if made else " (not made yet)"
    yield False, f"Environment: {environment.title(root)}{state}"
    yield python_line(account, environment)
    here = imports_course(account, root)
    found = "in this folder" if here else "not set up here"
    step = "" if here else spelled("lab")
    yield not here, line(" OK " if here else "MISS", "course_utils", found, [], step)
    for requirement in listed[""]:
        good, text = package_line(requirement, account, spelled("lab"))
        yield not good, text
    d2l_step = f'"{environment.python}" -m pip install --no-deps {D2L}'
    step = d2l_step if here else spelled("lab")
    yield False, package_line(D2L, account, step, "comparison only")[1]
    for extra, (purpose, command) in EXTRAS.items():
        step = spelled(command)
        for requirement in listed.get(extra, []):
            if package_name(requirement) != PROJECT:
                yield False, package_line(requirement, account, step, purpose)[1]


def missing_packages() -> list[str]:
    """Return what the running Python lacks of the lessons' requirements."""
    needed = dependencies(find_root())[""]
    found = package_versions([package_name(need) for need in needed])
    return [need for need in needed if not satisfied(found[package_name(need)], need)]


def doctor(root: Path) -> int:
    """Return 0 when everything that the lessons need is there, else 1; prints."""
    failures = 0
    for failed, text in report(root):
        failures += failed
        print(text)
    if failures:
        print(f"{failures} missing. Next: {spelled('lab')}")
        return 1
    print(f"Everything that the lessons need is here. Next: {spelled('lab')}")
    return 0
