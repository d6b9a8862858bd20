"""JupyterLab as the command ``lab`` starts it, on a copy of the lessons, for tests."""

import ast
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from course_files import ROOT, lessons

from course_utils.commands.environment import Environment
from course_utils.commands.live_explorers import explorer_of
from course_utils.commands.main import lab_command
from course_utils.commands.normal_form import KERNEL, read

EXPLORERS = "explorers.ipynb"
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells in the page
}
PROMPTS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
  .map((prompt) => prompt.textContent.trim())"""


def write_explorers(folder: Path) -> int:
    """Write a notebook with the explorer of every lesson; return how many it has."""
    from nbformat import write
    from nbformat.v4 import new_code_cell, new_notebook

    cells = []
    for path in lessons():
        for cell in read(path).cells:
            explorer = explorer_of(cell)
            if explorer is not None:
                call = ast.unparse(ast.parse(cell.source).body[-1])
                name = type(explorer).__name__
                source = f"from course_utils.explorers import {name}\n{call}"
                cells.append(new_code_cell(source))
    metadata = {"kernelspec": dict(KERNEL)}  # else JupyterLab asks which one
    write(new_notebook(cells=cells, metadata=metadata), folder / EXPLORERS)
    return len(cells)


def private_places(folder: Path) -> dict[str, str]:
    """Return the environment of a JupyterLab that touches nobody's settings."""
    for name, values in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    paths = {name: str(folder / place) for name, place in places.items()}
    return {**os.environ, **paths, "PYTHONPATH": str(ROOT)}


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Serve a copy of the lessons and the explorers' notebook; give the address."""
    course = folder / "course"
    shutil.copytree(ROOT / "notebooks", course / "notebooks")
    write_explorers(course / "notebooks")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = Environment(Path(sys.prefix), Path(sys.executable), "venv")
    command = lab_command(chosen, course, Namespace(no_browser=True, port=port))
    log = (folder / "log.txt").open("w")
    server = subprocess.Popen(
        [*command, "--IdentityProvider.token=", "--ip=127.0.0.1"],
        env=private_places(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address + "api", server, folder / "log.txt")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        log.close()


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    """Return when the server answers.

    Raises:
        RuntimeError: it ended, or is silent for a minute; with its last words.
    """
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        if server.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-800:]}")


def run_all(page) -> None:
    """Run every cell of the open notebook and wait until all have their number."""
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    for _ in range(5):  # the first click can be lost while the kernel connects
        page.wait_for_function(
            "document.querySelector('#jp-main-statusbar').innerText.includes('| Idle')",
            timeout=60_000,
        )
        page.click(".jp-NotebookPanel .jp-Notebook", position={"x": 5, "y": 5})
        page.click("#jp-MainMenu >> text=Run")
        page.click('li[data-command="runmenu:run-all"]')
        with suppress(Exception):
            page.wait_for_function(
                f"({PROMPTS})().some((text) => /\\*|\\d/.test(text))", timeout=8_000
            )
            break
    page.wait_for_function(
        f"({PROMPTS})().every((text) => /^\\[\\d+\\]:$/.test(text))", timeout=120_000
    )
