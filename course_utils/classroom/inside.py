"""What runs inside the sandbox: it executes notebooks that it is sent.

    python -m course_utils.classroom.inside fork      many notebooks, quickly
    python -m course_utils.classroom.inside kernel    one, in a Jupyter kernel
    python -m course_utils.classroom.inside judge     one, without its checks

``fork`` (see ``fork_server``) takes milliseconds instead of seconds. ``kernel``
starts ipykernel, as JupyterLab does; it is the reference that ``fork`` is
compared with.
"""

import json
import os
import sys
import time

from course_utils.classroom.protocol import (
    DROPPED,
    own_channels,
    place_files,
    result,
    say,
    stream_output,
)


def run_in_kernel(job: dict) -> dict:
    """Return the result of a job that a fresh Jupyter kernel runs."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    place_files(job["files"])
    code = [nbformat.v4.new_code_cell(source) for source in job["cells"]]
    notebook = nbformat.v4.new_notebook(cells=code)
    budget: dict[int, int] = {}

    class Client(NotebookClient):
        def process_message(self, message, cell, cell_index):
            kind = message["msg_type"]
            if kind in ("stream", "display_data", "execute_result"):
                size = len(json.dumps(message["content"], default=str))
                budget[cell_index] = budget.get(cell_index, 0) + size
                if budget[cell_index] > job["output"]:
                    return None
            return super().process_message(message, cell, cell_index)

    client = Client(
        notebook,
        kernel_name="python3",
        timeout=job["cell_seconds"],
        interrupt_on_timeout=True,
        allow_errors=True,
        shutdown_kernel="immediate",
        extra_arguments=["--HistoryManager.hist_file=:memory:"],
        resources={"metadata": {"path": os.getcwd()}},
    )
    done: dict[int, list] = {}
    why, until = None, time.monotonic() + job["seconds"]
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            if time.monotonic() > until:
                why = f"TimedOut: more than {job['seconds']} seconds in all"
                break
            try:
                client.execute_cell(cell, number)
            except DeadKernelError:
                why = "Died: the Python process ended early"
                break
            except CellTimeoutError:
                why = "TimedOut: a cell could not be interrupted"
                break
            done[number] = cell.outputs
            if budget.get(number, 0) > job["output"]:
                done[number].append(stream_output(DROPPED))
    return result(job, done, why)


def serve_one_kernel() -> None:
    """Answer the one job on standard input."""
    jobs, answers = own_channels()
    say(answers, {"ready": True})
    say(answers, run_in_kernel(json.loads(jobs.readline())))


if __name__ == "__main__":
    if sys.argv[1:] == ["fork"]:
        from course_utils.classroom.fork_server import serve_forks

        serve_forks()
    elif sys.argv[1:] == ["judge"]:
        from course_utils.classroom.answering import serve_answers

        serve_answers()
    else:
        serve_one_kernel()
