"""Run a student's notebook and say what was seen: outputs, and what looked odd.

Data goes in, data comes out: a worker on another machine needs nothing but the
course installed. It neither reads nor writes a gradebook.
"""

import atexit
import contextlib
import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict

from course_utils.classroom.canaries import (
    MUST_FAIL,
    canaries_that_sang,
    forged_results,
    limits_met,
)
from course_utils.classroom.protocol import error_output
from course_utils.classroom.sandbox import ROOT, Limits, sandbox_command

MODES = ("fork", "kernel", "judge")
INSIDE = "course_utils.classroom.inside"


class Sandbox:
    """A worker's sandbox: started when needed, started anew when it died.

    With ``isolated=False`` the code runs as the teacher, in a temporary folder:
    mode "kernel" only, and only for somebody who trusts it.
    """

    def __init__(self, mode: str, limits: Limits, isolated: bool = True) -> None:
        self.mode, self.limits, self.isolated = mode, limits, isolated
        self.process: subprocess.Popen | None = None
        self.folder: tempfile.TemporaryDirectory | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", INSIDE, self.mode]
        variables = dict(os.environ)
        if self.isolated:
            command = sandbox_command(command, self.limits)
        else:
            self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            variables |= {"HOME": self.folder.name, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=variables,
        )
        self.unread = b""
        self.line(120)

    def stop(self) -> None:
        """Kill it, with everything inside."""
        if self.process:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
            self.process = None
        if self.folder:
            self.folder.cleanup()
            self.folder = None

    def line(self, seconds: float) -> dict:
        """Return the next line from inside.

        Raises:
            TimeoutError, EOFError, ValueError: none came, or not one of ours.
        """
        until = time.monotonic() + seconds
        most = 4 * self.limits.output * 100
        while b"\n" not in self.unread:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError("the sandbox says nothing")
            part = os.read(self.process.stdout.fileno(), 1 << 20)
            if not part or len(self.unread) > most:
                raise EOFError("the sandbox ended")
            self.unread += part
        line, self.unread = self.unread.split(b"\n", 1)
        return json.loads(line)

    def run(self, job: dict) -> dict:
        """Return the result of a job; never raises for what happens inside."""
        try:
            if self.process is None or self.process.poll() is not None:
                self.stop()
                self.start()
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()
            answer = self.line(job["seconds"] + 30)
            if answer.get("id") != job["id"] or not isinstance(answer["cells"], list):
                raise ValueError("not the answer to this job")
        except (EOFError, TimeoutError, OSError, ValueError, KeyError) as error:
            self.stop()
            why = f"SandboxFailed: {error}"
            return {"cells": [None] * len(job["cells"]), "why": why}
        if self.mode == "kernel":
            self.stop()
        return answer

    def ask(self, request: dict, seconds: float) -> dict:
        """Return the reply of a student's process to one request of the judge."""
        try:
            if self.process is None:
                self.start()
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            return self.line(seconds)
        except (EOFError, TimeoutError, OSError, ValueError) as error:
            self.process.kill()
            return {"error": ["Died", f"the student's process: {error}"]}


# ------------------------------------------------------------------ one notebook

_sandboxes: dict[tuple, Sandbox] = {}  # this worker's, by mode and limits


def execute_one(task: dict) -> dict:
    """Return the notebook of ``task`` as executed, with what looked odd.

    Args:
        task: ``notebook`` (the text of an .ipynb file, its test cells restored),
            ``files`` (base64 by name), ``setup`` (the set's own cells without
            marks), ``mode``, ``limits`` (fields of ``Limits``), ``isolated``.

    Returns:
        ``notebook`` (its text, with outputs), ``notes`` (sentences for the
        teacher), ``tampered`` (the checks were interfered with), ``failed`` (the
        sandbox itself gave up), ``seconds``.
    """
    import nbformat

    began = time.monotonic()
    limits = Limits(**task["limits"])
    key = (task["mode"], limits, task["isolated"])
    if key not in _sandboxes:
        _sandboxes[key] = Sandbox(*key)
        atexit.register(_sandboxes[key].stop)
    if task["mode"] == "judge":
        return _judged(task, limits, began)
    notebook = nbformat.reads(task["notebook"], 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    answer, number = _run_with_canaries(_sandboxes[key], code, task["files"], limits)
    if (answer["why"] or "").startswith("SandboxFailed"):
        # Once more in a fresh sandbox: it may have been a neighbour's doing.
        answer, number = _run_with_canaries(
            _sandboxes[key], code, task["files"], limits
        )
    why = answer["why"]
    for cell, outputs in zip(code, answer["cells"], strict=False):
        cell.execution_count = None
        cell.outputs = [nbformat.from_dict(output) for output in outputs or []]
        if outputs is None:
            lost = error_output("NotRun", why or "this cell was not run")
            cell.outputs = [nbformat.from_dict(lost)]
    notes = [why] if why else []
    notes += limits_met(code)
    odd = [] if why else canaries_that_sang(answer["cells"][len(code) :], number)
    odd += forged_results(code)
    if (why or "").startswith("Tampered"):
        odd.append(why)
    return {
        "notebook": nbformat.writes(notebook),
        "notes": notes + [word for word in odd if word not in notes],
        "tampered": bool(odd),
        "failed": (why or "").startswith("SandboxFailed"),
        "seconds": round(time.monotonic() - began, 2),
    }


def _judged(task: dict, limits: Limits, began: float) -> dict:
    """Return the answer to a task whose checks run here, away from the student."""
    from course_utils.classroom.judge import judge

    sandbox = Sandbox("judge", limits, task["isolated"])
    until = began + limits.seconds

    def ask(request: dict) -> dict:
        left = min(limits.cell_seconds, until - time.monotonic())
        return sandbox.ask(request, left)

    try:
        answer = judge(task["notebook"], task["files"], task["setup"], ask)
    finally:
        sandbox.stop()
    seconds = round(time.monotonic() - began, 2)
    return {**answer, "tampered": False, "failed": False, "seconds": seconds}


def serially(tasks: list[dict]) -> Iterator[tuple[int, dict]]:
    """Run tasks one after the other, here; yield (number, answer)."""
    for number, task in enumerate(tasks):
        yield number, execute_one(task)


def not_run(task: dict, why: str) -> dict:
    """Return the answer for a task that no worker could finish."""
    import nbformat

    notebook = nbformat.reads(task["notebook"], 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(error_output("NotRun", why))]
    return {
        "notebook": nbformat.writes(notebook),
        "notes": [why],
        "tampered": False,
        "failed": True,
        "seconds": 0.0,
    }


def _run_with_canaries(
    sandbox: Sandbox, code: list, files: dict[str, str], limits: Limits
) -> tuple[dict, int]:
    """Return the answer to all cells and the canaries, and the number to print."""
    number = secrets.randbelow(10**9)
    sources = [cell.source for cell in code]
    job = {
        **asdict(limits),
        "id": secrets.token_hex(8),
        "cells": [*sources, *MUST_FAIL.values(), f"{number} + 1"],
        "files": files,
    }
    return sandbox.run(job), number
