"""What the two sides of a sandbox say to each other: jobs, results, outputs.

A job is one line of JSON: ``id``, ``cells`` (their code), ``files`` (base64 by
name) and the fields of ``sandbox.Limits``. So is its result: the same ``id``,
``cells`` (a list of outputs each, None where a cell was not run) and ``why`` it
ended early, None if it did not. Standard library only.
"""

import base64
import ctypes
import json
import os
import sys
from pathlib import Path
from typing import TextIO

PR_SET_DUMPABLE = 4
TIMEOUTS = ("CellTimeout", "CellTimeoutError")  # what an interrupted cell raises
DROPPED = "\n[more output than is kept: the rest was dropped]\n"


def error_output(name: str, words: str, traceback: list[str] | None = None) -> dict:
    """Return a notebook's output of the kind "error"."""
    lines = traceback or [f"{name}: {words}"]
    return {
        "output_type": "error",
        "ename": name,
        "evalue": words[:2000],
        "traceback": lines[-60:],
    }


def stream_output(text: str, name: str = "stdout") -> dict:
    """Return a notebook's output of the kind "stream"."""
    return {"output_type": "stream", "name": name, "text": text}


def result(job: dict, cells: dict[int, list], why: str | None) -> dict:
    """Return the line that answers a job."""
    return {
        "id": job["id"],
        "cells": [cells.get(number) for number in range(len(job["cells"]))],
        "why": why,
    }


def place_files(files: dict[str, str]) -> None:
    """Make a job's folder with its files (base64 by name); go there."""
    folder = Path(os.environ["HOME"], "work")
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    os.chdir(folder)
    sys.path.insert(0, str(folder))


def own_channels() -> tuple[TextIO, TextIO]:
    """Return private copies of standard input and output; close the public ones.

    No child may ptrace this process or open its files through /proc.
    """
    jobs, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nothing = os.open("/dev/null", os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return jobs, answers


def say(answers: TextIO, line: dict) -> None:
    """Write one line of JSON."""
    answers.write(json.dumps(line, default=str) + "\n")
    answers.flush()
