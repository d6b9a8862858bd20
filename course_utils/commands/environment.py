"""Where the course's packages live, and whether they are all there.

One rule chooses the environment: the virtual or conda environment that is active,
else ``.venv`` in the course's folder. A stamp file inside the environment says for
which list of dependencies the set-up finished, so that a second call is quick.
Standard library only.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from course_utils.commands.requirements import fingerprint, package_name, unmet, wanted

STAMP = "attention-course-setup.json"


class Stop(Exception):
    """A failure that the user can mend: one sentence and the next command to type."""

    def __init__(self, sentence: str, next_step: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step


def spelled(command: str) -> str:
    """Return how this system spells a command of the course."""
    return f"{'py' if os.name == 'nt' else 'python3'} -m course_utils {command}"


def find_root(package: Path | None = None, here: Path | None = None) -> Path:
    """Return the course's folder: the one that holds this package.

    Raises:
        Stop: the package lies outside a course folder, or ``here`` (the current
            folder) is inside another copy of the course.
    """
    root = (package or Path(__file__).resolve().parents[1]).parent
    missing = [n for n in ("pyproject.toml", "notebooks") if not (root / n).exists()]
    if missing:
        raise Stop(
            f"{root} is not the folder of the course: {' and '.join(missing)} "
            "cannot be found there.",
            "cd into the folder that you cloned (it holds pyproject.toml and "
            f"notebooks/) and type  {spelled('lab')}",
        )
    here = here or Path.cwd()
    for folder in (here, *here.parents):
        twin = folder / "course_utils" / "__main__.py"
        if twin.is_file() and (folder / "notebooks").is_dir() and folder != root:
            if folder.samefile(root):
                break
            raise Stop(
                f"You are in {folder}, but this command belongs to another copy of "
                f"the course, {root}.",
                f'cd "{folder}" and type  {spelled("lab")}',
            )
    return root


# The environment ----------------------------------------------------------------


@dataclass(frozen=True)
class Environment:
    """A folder of packages with its own Python; ``kind`` is venv, conda or own."""

    folder: Path
    python: Path
    kind: str
    note: str = ""  # one line for the user, where the choice needs a word

    @property
    def leave(self) -> str:
        """Return what the user does to be rid of this environment."""
        return {
            "venv": "deactivate",
            "conda": "conda deactivate",
            "own": "delete that folder",
        }[self.kind]

    def title(self, root: Path) -> str:
        """Return the name that a user knows the environment by."""
        if self.kind == "own" or self.folder == root / ".venv":
            return ".venv"
        return f"the active {'conda ' if self.kind == 'conda' else ''}environment " + (
            str(self.folder)
        )


def python_in(folder: Path, kind: str) -> Path:
    """Return where an environment of this kind keeps its Python."""
    if os.name == "nt":
        return folder / ("python.exe" if kind == "conda" else "Scripts/python.exe")
    return folder / "bin" / "python"


def is_base(prefix: Path, variables: Mapping[str, str]) -> bool:
    """Return whether a conda prefix is ``base``, which the course leaves alone."""
    if variables.get("CONDA_DEFAULT_ENV") and variables.get("CONDA_PREFIX") == str(
        prefix
    ):
        return variables["CONDA_DEFAULT_ENV"] == "base"
    return (prefix / "condabin").is_dir()


def choose(
    root: Path,
    variables: Mapping[str, str] = os.environ,
    prefix: str = sys.prefix,
    base_prefix: str = sys.base_prefix,
    executable: str = sys.executable,
) -> Environment:
    """Return the environment to use: the active one, else ``.venv`` in ``root``.

    The running Python decides first, then ``VIRTUAL_ENV``, then ``CONDA_PREFIX``.
    """
    running = Path(prefix)
    if prefix != base_prefix:
        return Environment(running, Path(executable), "venv")
    in_conda = (running / "conda-meta").is_dir()
    if in_conda and not is_base(running, variables):
        return Environment(running, Path(executable), "conda")
    note = ""
    if variables.get("VIRTUAL_ENV"):
        folder = Path(variables["VIRTUAL_ENV"])
        if python_in(folder, "venv").exists():
            return Environment(folder, python_in(folder, "venv"), "venv")
        note = f"VIRTUAL_ENV names {folder}, which holds no Python"
    elif variables.get("CONDA_PREFIX") or in_conda:
        folder = Path(variables.get("CONDA_PREFIX") or prefix)
        if is_base(folder, variables):
            note = "conda's base environment is left as it is"
        elif python_in(folder, "conda").exists():
            return Environment(folder, python_in(folder, "conda"), "conda")
        else:
            note = f"the conda environment {folder} holds no Python"
    own = root / ".venv"
    note = note and f"{note[0].upper()}{note[1:]}; the course uses its own .venv."
    return Environment(own, python_in(own, "venv"), "own", note)


def look_into(environment: Environment, root: Path, names: Iterable[str]) -> dict:
    """Return what ``inventory.py`` says of an environment, {} if it cannot run."""
    script = root / "course_utils" / "commands" / "inventory.py"
    try:
        answer = subprocess.run(
            [environment.python, script, *names],
            cwd=environment.folder,
            capture_output=True,
            text=True,
        )
        return json.loads(answer.stdout.splitlines()[-1])
    except (OSError, ValueError, IndexError):
        return {}


# Is it ready? -------------------------------------------------------------------


def read_stamp(environment: Environment) -> dict:
    """Return what the last finished set-up wrote, {} where there was none."""
    try:
        stamp = json.loads((environment.folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(environment: Environment, root: Path, extras: Iterable[str]) -> None:
    """Write that the set-up for these extras finished."""
    stamp = {"list": fingerprint(root), "extras": sorted(set(extras))}
    text = json.dumps({**stamp, "course": str(root)}, indent=1)
    (environment.folder / STAMP).write_text(text + "\n", "utf-8")


def imports_course(account: dict, root: Path) -> bool:
    """Return whether ``import course_utils`` there loads this copy of the course."""
    found = account.get("course")
    try:
        return bool(found) and os.path.samefile(found, root / "course_utils")
    except OSError:
        return False


def is_ready(environment: Environment, root: Path, extras: Iterable[str]) -> bool:
    """Return whether the set-up finished here and nothing has gone missing since."""
    stamp = read_stamp(environment)
    if stamp.get("list") != fingerprint(root) or stamp.get("course") != str(root):
        return False
    if not set(extras) <= set(stamp.get("extras", [])):
        return False
    requirements = wanted(root, extras)
    account = look_into(environment, root, map(package_name, requirements))
    return not unmet(account, requirements) and imports_course(account, root)
