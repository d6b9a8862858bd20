"""Runs of pip: what the user sees meanwhile, and what a failure means.

pip is called as the user would call it, with the user's own environment variables and
configuration, so a local index or PyTorch's CPU wheels are found as configured.
Standard library only.
"""

import os
import platform
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from course_utils.commands.environment import Environment, Stop

# What pip prints, in lower case, and what it means: first match wins.
SIGNS = {
    "managed": ("externally-managed-environment",),
    "full": ("no space left on device", "errno 28", "not enough space", "disk quota"),
    "locked": ("permission denied", "errno 13", "read-only file system", "winerror 5]"),
    "certificate": ("certificate_verify_failed", "certificate verify failed"),
    "network": (
        "failed to establish a new connection",
        "name resolution",
        "getaddrinfo failed",
        "connection broken by",
        "connecttimeout",
        "connection timed out",
        "readtimeout",
        "read timed out",
        "max retries exceeded",
        "network is unreachable",
        "proxyerror",
        "connection reset",
        "connection refused",
    ),
    "no-match": ("no matching distribution found",),
    "no-pip": ("no module named pip",),
}


def diagnose(lines: Iterable[str]) -> str:
    """Return which of ``SIGNS`` a failed pip run shows, or "other"."""
    text = "\n".join(lines).lower()
    for name, signs in SIGNS.items():
        if any(sign in text for sign in signs):
            return name
    return "other"


# What to tell the user: a sentence, and what to type next.
ADVICE = {
    "managed": (
        "The Python in {folder} is managed by the operating system and takes no "
        "packages from pip (PEP 668).",
        "{leave}, then the course makes its own environment:  {again}",
    ),
    "full": (
        "The disk is full: the course needs about 2 GB, and about 6 GB where PyTorch "
        "comes with CUDA.",
        "free some space and type  {again}",
    ),
    "locked": (
        "{folder} cannot be written to.",
        "copy the course to a folder of your own and type there  {again}",
    ),
    "certificate": (
        "The package index was reached, but its certificate is not trusted here, as "
        "happens behind a proxy.",
        "ask your network's help desk what to set PIP_CERT to, then  {again}",
    ),
    "network": (
        "The package index cannot be reached: there is no network, or a proxy is in "
        "the way.",
        "connect, or set PIP_INDEX_URL or PIP_PROXY, and type  {again}",
    ),
    "no-match": (
        "pip found no {package} for Python {version} on {system}.",
        'see which indexes pip asks:  "{python}" -m pip config list',
    ),
    "no-pip": (
        "The environment {folder} has no pip, and its Python cannot bring one.",
        "{leave}, then the course makes its own environment:  {again}",
    ),
    "other": (
        "pip could not install the course's packages; its last lines stand above.",
        "mend what they name and type  {again}",
    ),
}


def explain(lines: list[str], environment: Environment, again: str) -> Stop:
    """Return the failure to raise for what pip or venv printed.

    ``again`` is the command of the course that the user typed.
    """
    named = [n.partition(" found for ")[2] for n in lines if " found for " in n]
    facts = {
        "folder": environment.folder,
        "leave": environment.leave,
        "python": environment.python,
        "package": named[-1].split()[0] if named else "package",
        "version": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "again": again,
    }
    sentence, step = ADVICE[diagnose(lines)]
    return Stop(sentence.format(**facts), step.format(**facts))


def last_words(lines: list[str]) -> None:
    """Print the last lines of a failed command on stderr, long ones cut short."""
    for line in [line for line in lines if line.strip()][-8:]:
        print(shorten(line), file=sys.stderr)


def shorten(line: str, width: int = 160) -> str:
    """Return the line, or its beginning and three dots."""
    return line if len(line) <= width else line[: width - 3] + "..."


# Showing progress ---------------------------------------------------------------


def news(line: str) -> str:
    """Return what a user wants to see of one line of pip's output, mostly ""."""
    words = line.split()
    if words[:1] == ["Downloading"] and words[-1] in ("MB)", "GB)"):
        file = words[1].rpartition("/")[2]
        return f"  downloading {'-'.join(file.split('-')[:2])} {' '.join(words[2:])}"
    if line.startswith("Installing collected packages"):
        names = line.partition(":")[2].split(",")
        return f"  unpacking {names[0].strip()}" + (
            f" and {len(names) - 1} more" if len(names) > 1 else ""
        )
    return ""


def run_quietly(command: list, root: Path) -> tuple[int, list[str]]:
    """Return (exit code, lines) of a command, showing its news while it runs.

    On a terminal the last news carries the seconds it has taken so far.
    """
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        command,
        cwd=root,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    arrived: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            arrived.put(line.rstrip())
        arrived.put(None)

    threading.Thread(target=read, daemon=True).start()
    lines: list[str] = []
    try:
        show_until_end(arrived, lines)
        return process.wait(), lines
    except KeyboardInterrupt:
        process.wait()  # it got the same Ctrl-C and tidies up
        raise


def show_until_end(arrived: "queue.Queue[str | None]", lines: list[str]) -> None:
    """Print the news among the lines that arrive, and collect all lines."""
    terminal = sys.stdout.isatty()
    current, since = "  asking the package index", time.monotonic()
    warned = False
    while True:
        try:
            line = arrived.get(timeout=1)
        except queue.Empty:
            if terminal:
                seconds = f"{time.monotonic() - since:.0f} s"
                print(f"\r{current}  {seconds}", end="", flush=True)
            continue
        if line is None:
            break
        lines.append(line)
        fresh = news(line)
        if "Retrying (Retry(" in line and not warned:
            fresh, warned = "  no answer from the package index; trying again", True
        if fresh:
            current, since = fresh, time.monotonic()
            print(f"\n{fresh}" if terminal else fresh, end="" if terminal else None)
            sys.stdout.flush()
    if terminal:
        print(flush=True)


def pip_install(
    environment: Environment, root: Path, arguments: list[str]
) -> tuple[int, list[str]]:
    """Return (exit code, lines) of ``pip install`` in the environment."""
    pip = [environment.python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    return run_quietly([*pip, "install", "--progress-bar", "off", *arguments], root)
