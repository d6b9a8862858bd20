"""Set-up: makes the environment, installs the course in it, and checks the result.

Each step that can fail for a first-time user ends as one sentence (``Stop``) with the
next command to type. Standard library only.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from course_utils.__main__ import complaint
from course_utils.commands.environment import (
    Environment,
    Stop,
    choose,
    imports_course,
    is_ready,
    look_into,
    read_stamp,
    spelled,
    write_stamp,
)
from course_utils.commands.pip_runs import (
    diagnose,
    explain,
    last_words,
    pip_install,
    run_quietly,
)
from course_utils.commands.requirements import (
    D2L,
    package_name,
    satisfied,
    unmet,
    wanted,
)

VENV_BYTES = 30_000_000  # what an empty virtual environment with pip takes


def make_own(environment: Environment, again: str) -> None:
    """Make ``.venv`` with the running Python; leave nothing behind on failure.

    Raises:
        Stop: this Python lacks venv, or the folder cannot be written.
    """
    if not (find_spec("venv") and find_spec("ensurepip")):
        raise Stop(
            "This Python comes without its venv module; on Debian and Ubuntu the "
            "package python3-venv holds it.",
            f"sudo apt install python3-venv, then  {again}",
        )
    broken = environment.folder.exists()
    command = [sys.executable, "-m", "venv", *["--clear"] * broken, environment.folder]
    try:
        made = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        if made.returncode:
            lines = made.stdout.splitlines()
            last_words(lines)
            if shutil.disk_usage(environment.folder.parent).free < VENV_BYTES:
                lines.append("No space left on device")  # venv does not say so
            if diagnose(lines) == "other":
                raise Stop(
                    "The virtual environment could not be made; its last lines "
                    "stand above (on Debian and Ubuntu it needs python3-venv).",
                    f"mend what they name and type  {again}",
                )
            raise explain(lines, environment, again)
    except BaseException:
        shutil.rmtree(environment.folder, ignore_errors=True)
        raise


def check_python(environment: Environment, account: dict) -> None:
    """Refuse an environment whose Python cannot run the course.

    Raises:
        Stop: its Python is too old, too new, 32-bit, or does not start.
    """
    problem = "its Python does not start"
    if account:
        problem = complaint(tuple(account["python"][:2]), account["bits"])
    if problem:
        raise Stop(
            f"The environment {environment.folder} cannot be used: "
            f"{problem[0].lower()}{problem[1:]}.",
            f"{environment.leave}, then  {spelled('lab')}",
        )


def install_d2l(environment: Environment, root: Path, account: dict) -> None:
    """Install d2l without its pins; lessons run without it, so failing only warns."""
    if satisfied(account["packages"].get("d2l"), D2L):
        return
    code, _ = pip_install(environment, root, ["--no-deps", D2L])
    if code:
        print(
            f"Note: {D2L} could not be installed; the lessons run without it and say "
            "what they skip."
        )


def set_up(
    environment: Environment, root: Path, extras: Iterable[str], again: str
) -> None:
    """Install the course and everything it needs into the environment.

    Raises:
        Stop: with the reason and the next command, where a step fails.
    """
    started = time.monotonic()
    extras = sorted({*extras, *read_stamp(environment).get("extras", [])})
    print(
        f"Setting up the course in {environment.title(root)}; this takes minutes the "
        "first time.",
        flush=True,
    )
    if environment.kind == "own" and not environment.python.exists():
        make_own(environment, again)
    requirements = wanted(root, extras)
    names = [*map(package_name, requirements), "d2l", "pip"]
    account = look_into(environment, root, names)
    check_python(environment, account)
    if account["packages"]["pip"] is None:
        run_quietly([environment.python, "-m", "ensurepip"], root)
    target = f".[{','.join(extras)}]" if extras else "."
    code, lines = pip_install(environment, root, ["-e", target])
    if code:
        last_words(lines)
        raise explain(lines, environment, again)
    account = look_into(environment, root, names)
    verify(account, root, requirements, again)
    install_d2l(environment, root, account)
    write_stamp(environment, root, extras)
    print(f"Ready after {time.monotonic() - started:.0f} s.", flush=True)


def verify(account: dict, root: Path, requirements: list[str], again: str) -> None:
    """Make sure that the set-up did what it says.

    Raises:
        Stop: a package is still missing, or another copy of the course is in front.
    """
    absent = unmet(account, requirements)
    if absent:
        raise Stop(
            f"pip ended well, but {', '.join(absent)} cannot be found.",
            f"{spelled('doctor')}  shows what is there",
        )
    if not imports_course(account, root):
        raise Stop(
            "The Python path puts another course_utils first: "
            f"{account.get('course')}.",
            f"clear PYTHONPATH and type  {again}",
        )


def prepare(root: Path, extras: Iterable[str] = (), again: str = "") -> Environment:
    """Return the environment, set up first where something is missing.

    ``again`` is the command to name when a failure asks the user to repeat it.
    """
    environment = choose(root)
    if environment.note:
        print(environment.note, flush=True)
    if not is_ready(environment, root, extras):
        set_up(environment, root, extras, again or spelled("lab"))
    return environment
