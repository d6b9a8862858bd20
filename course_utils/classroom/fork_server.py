"""Many notebooks in one sandbox, one after the other, each in a child of its own.

PyTorch is imported once; a child starts in milliseconds. Between two notebooks
every process is killed and every folder that can be written is emptied: nothing
of one student waits for the next.
"""

import json
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path

from course_utils.classroom.cells import Outputs, Stream, make_shell, warm_up
from course_utils.classroom.protocol import (
    DROPPED,
    error_output,
    own_channels,
    place_files,
    result,
    say,
    stream_output,
)

WRITABLE = ("/sandbox", "/tmp", "/dev/shm")


class CellTimeout(BaseException):
    """Raised in a cell that runs too long; not an Exception, so seldom swallowed."""


def serve_forks() -> None:
    """Answer jobs from standard input until it ends.

    Raises:
        SystemExit: outside a sandbox, where this would kill and delete at large.
    """
    if os.getppid() != 1 or os.environ["HOME"] != "/sandbox":
        raise SystemExit("fork mode runs in a sandbox only")
    outputs = Outputs()
    shell = make_shell(outputs)
    warm_up(shell)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    jobs, answers = own_channels()
    say(answers, {"ready": True})
    for line in jobs:
        say(answers, run_forked(json.loads(line), shell, outputs))


def run_forked(job: dict, shell, outputs: Outputs) -> dict:
    """Return the result of a job that a child of this process runs."""
    reading, writing = os.pipe()
    began = time.monotonic()
    try:
        child = os.fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        return result(job, {}, f"SandboxFailed: fork: {error.strerror}")
    if child == 0:
        os.close(reading)
        try:
            run_child(job, writing, shell, outputs)
        finally:
            os._exit(1)
    os.close(writing)
    text, why = listen(reading, began + job["seconds"], job)
    kill_everybody()
    os.close(reading)
    status = reap(child)
    empty_folders()
    cells, order = read_lines(text)
    if why is None and not order:
        why = "Tampered: results came out of order"
    if why is None and len(cells) < len(job["cells"]):
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        why = f"Died: the Python process ended early ({how})"
    return result(job, cells, why)


def listen(channel: int, until: float, job: dict) -> tuple[bytes, str | None]:
    """Return what a child wrote, and why listening stopped early."""
    text = b""
    while text.count(b"\n") < len(job["cells"]):  # detached children may hold the pipe
        left = until - time.monotonic()
        if left <= 0 or not select.select([channel], [], [], left)[0]:
            return text, f"TimedOut: more than {job['seconds']} seconds in all"
        part = os.read(channel, 1 << 16)
        if not part:
            break
        text += part
        if len(text) > 2 * job["output"] * (1 + len(job["cells"])):
            return text, "Flooded: more output than fits"
    return text, None


def kill_everybody() -> None:
    """Kill every process of this sandbox but this one and the first."""
    for _ in range(3):
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return


def reap(child: int) -> int:
    """Wait for a child, and for whatever else died; return the child's status."""
    status = 0
    try:
        _, status = os.waitpid(child, 0)
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        pass
    return status


def empty_folders() -> None:
    """Remove whatever lies in the folders that can be written."""
    ours = {sys.prefix, sys.base_prefix, *os.environ["PYTHONPATH"].split(":")}
    for top in map(Path, WRITABLE):
        for path in top.iterdir():
            if any(place.startswith(str(path)) for place in ours):
                continue  # Python itself, where it lives under /tmp
            if path.is_dir() and not path.is_symlink():
                for folder, _, _ in os.walk(path):
                    os.chmod(folder, 0o700)
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def read_lines(text: bytes) -> tuple[dict[int, list], bool]:
    """Return outputs by cell, and whether each came once and in its turn."""
    cells, in_order = {}, True
    for line in text.split(b"\n")[:-1]:
        try:
            number, kept, dropped = json.loads(line)
        except ValueError:
            in_order = False
            continue
        in_order = in_order and number == len(cells)
        if dropped and isinstance(kept, list):
            kept.append(stream_output(DROPPED))
        cells.setdefault(number, kept)
    return cells, in_order


def run_child(job: dict, channel: int, shell, outputs: Outputs) -> None:
    """Run a job's cells in this process and write a line for each to ``channel``."""
    import resource

    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.closerange(3, channel)  # the server's own line to the outside is not ours
    os.closerange(channel + 1, 4096)
    resource.setrlimit(
        resource.RLIMIT_CPU, (job["cpu_seconds"], job["cpu_seconds"] + 2)
    )
    place_files(job["files"])

    def too_long(*_):
        raise CellTimeout(f"more than {job['cell_seconds']} seconds")

    signal.signal(signal.SIGALRM, too_long)
    sys.stdout, sys.stderr = Stream("stdout", outputs), Stream("stderr", outputs)
    with os.fdopen(channel, "w") as line_out:
        for number, source in enumerate(job["cells"]):
            outputs.clear(job["output"])
            signal.setitimer(signal.ITIMER_REAL, job["cell_seconds"])
            try:
                shell.run_cell(source, store_history=True)
            except BaseException as error:
                outputs.add(error_output(type(error).__name__, str(error)))
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            line = [number, outputs.kept, outputs.dropped]
            line_out.write(json.dumps(line, default=str) + "\n")
            line_out.flush()
    os._exit(0)
