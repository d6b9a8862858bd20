"""Run a student's notebook and say what was seen: outputs, and what looked odd.

Data goes in, data comes out: a worker on another machine needs nothing but the
course installed. It neither reads nor writes a gradebook.
"""

import atexit
import secrets
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
from course_utils.classroom.sandbox import Limits
from course_utils.classroom.worker import Sandbox

MODES = ("fork", "kernel", "judge")


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
    sandbox = _sandbox_for(task["mode"], limits, task["isolated"])
    if task["mode"] == "judge":
        return _judged(task, limits, began)
    notebook = nbformat.reads(task["notebook"], 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    answer, number = _run_with_canaries(sandbox, code, task["files"], limits)
    if (answer["why"] or "").startswith("SandboxFailed"):
        # Once more in a fresh sandbox: it may have been a neighbour's doing.
        answer, number = _run_with_canaries(sandbox, code, task["files"], limits)
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


def _sandbox_for(mode: str, limits: Limits, isolated: bool) -> Sandbox:
    """Return this worker's sandbox of that kind."""
    key = (mode, limits, isolated)
    if key not in _sandboxes:
        _sandboxes[key] = Sandbox(*key)
        atexit.register(_sandboxes[key].stop)
    return _sandboxes[key]


def launch_early(mode: str, limits: Limits, isolated: bool) -> None:
    """Start this process's sandbox now, for a ``serially`` that comes later."""
    sandbox = _sandbox_for(mode, limits, isolated)
    if mode == "fork" and sandbox.process is None:
        sandbox.launch()


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
