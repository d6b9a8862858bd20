"""Seconds and memory of importing the course, over PyTorch alone and d2l.

Every import happens in a fresh interpreter; the sides take turns. CPU seconds and the
greatest resident memory are those of the interpreter's process.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from measuring import Settings, ratio_and_quartiles
from table import SLOWER, Part, Row

TITLE = "Imports"
ROOT = Path(__file__).resolve().parents[1]
TURNS = 5
LESSON = (
    "from course_utils.lesson import begin; from course_utils.plots import figure; "
    "from course_utils.scoring import AdditiveAttention; import torch"
)
CODE = {
    "torch": "import torch",
    "torch and matplotlib": "import torch; import matplotlib.figure",
    "torch and pyplot": "import torch; import matplotlib.pyplot",
    "course_utils": "import torch; import course_utils",
    "rooms": "import torch; import course_utils.scoring, course_utils.sequence, "
    "course_utils.conv_attention",
    "lesson": LESSON,
    "d2l": "from course_utils.d2l_peer import load_d2l; assert load_d2l()",
}
COMPARED = (
    ("course_utils", "course_utils", "torch"),
    ("scoring, sequence and conv_attention", "rooms", "torch"),
    ("what a lesson imports: begin, figure, a layer", "lesson", "torch"),
    ("what a lesson imports: begin, figure, a layer", "lesson", "torch and pyplot"),
    ("what a lesson imports: begin, figure, a layer", "lesson", "d2l"),
)
PEERS = {
    "torch": "import torch",
    "torch and pyplot": "import torch, matplotlib.pyplot",
    "d2l": "from d2l import torch",
}


def child(code: str) -> tuple[float, float]:
    """Return CPU seconds and MiB at most of a fresh interpreter that runs ``code``."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", code], env=variables)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ImportError(f"`{code}` ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.tiny`` imports once each."""
    part, names = Part(TITLE), dict(CODE)
    if settings.tiny:
        names = {name: CODE[name] for name in ("torch", "course_utils")}
    try:
        if "d2l" in names:
            child(CODE["d2l"])
    except ImportError:
        names.pop("d2l")
        from course_utils.d2l_peer import HOW_TO_INSTALL

        part.missing.append(HOW_TO_INSTALL)
    found = {name: [] for name in names}
    turns = 1 if settings.tiny else TURNS
    for number in range(turns + 1):  # the first turn fills the disk's cache
        for name in list(names) if number % 2 else list(names)[::-1]:
            once = child(names[name])
            if number:
                found[name].append(once)
    seconds = {name: np.array(each)[:, 0] for name, each in found.items()}
    memory = {
        name: float(np.median(np.array(each)[:, 1])) for name, each in found.items()
    }
    for what, ours, peer in COMPARED:
        if not {ours, peer} <= set(found):
            continue
        ratio, spread = ratio_and_quartiles(seconds[ours], seconds[peer])
        part.rows.append(
            Row(
                part="imports",
                what=what,
                size="fresh interpreter",
                peer=PEERS[peer],
                ours_seconds=float(np.median(seconds[ours])),
                peer_seconds=float(np.median(seconds[peer])),
                ratio=ratio,
                quartiles=spread,
                ours_mebibytes=memory[ours],
                peer_mebibytes=memory[peer],
                rounds=turns,
                why=why(ratio, ours, seconds, memory, memory[peer]),
            )
        )
    return part


def why(ratio: float, ours: str, seconds: dict, memory: dict, peer: float) -> str:
    """Return which part of the difference is Matplotlib, measured in the same turns."""
    if ratio <= SLOWER and memory[ours] <= SLOWER * peer:
        return ""
    base, plots = "torch", "torch and matplotlib"
    if ours != "lesson" or plots not in seconds:
        more = 1000 * float(np.median(seconds[ours] - seconds[base]))
        return f"{more:.0f} ms for the course's own modules and what they import"
    whole = float(np.median(seconds[ours] - seconds[base]))
    drawing = float(np.median(seconds[plots] - seconds[base]))
    return (
        f"Matplotlib's figures take {1000 * drawing:.0f} of the {1000 * whole:.0f} ms "
        "above PyTorch alone; every lesson draws"
    )
