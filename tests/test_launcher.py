"""The commands as a first-time user meets them: as programs, in a bare copy."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from pathlib import Path

import pytest
from course_files import ROOT

from course_utils.commands import installing, pip_runs
from course_utils.commands import main as commands
from course_utils.commands.environment import Environment, Stop, choose, is_ready

INSTALL = re.compile(r"install --progress-bar off -e (\S+)")


def ask(
    python, *words: str, cwd: Path, **variables: str
) -> subprocess.CompletedProcess:
    """Return what ``python -m course_utils words`` did, in a small environment."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "SYSTEMROOT")}
    return subprocess.run(
        [str(python), "-m", "course_utils", *words],
        cwd=cwd,
        env={**kept, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def assert_one_sentence(answer: subprocess.CompletedProcess, says: str) -> None:
    """Assert that a command failed as it should: a sentence, then the next command."""
    assert answer.returncode not in (0, -signal.SIGINT), answer.stdout
    assert "Traceback" not in answer.stderr + answer.stdout
    sentence, following = answer.stderr.rstrip().splitlines()[-2:]
    assert says in sentence and sentence.endswith(".")
    assert following.startswith("Next: ")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a bare copy of the course, in a folder whose name needs care."""
    root = tmp_path / "My course é"
    (root / "notebooks").mkdir(parents=True)
    shutil.copy(Path(ROOT) / "pyproject.toml", root)
    package, unwanted = (
        Path(ROOT) / "course_utils",
        shutil.ignore_patterns("__pycache__"),
    )
    shutil.copytree(package, root / "course_utils", ignore=unwanted)
    return root


def fake_environment(folder: Path) -> Path:
    """Return the Python of a new environment whose pip is ``fake_pip``."""
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python3*/site-packages"))
    (site / "pip").mkdir()
    shutil.copy(Path(__file__).parent / "fake_pip.py", site / "pip" / "__main__.py")
    (site / "pip-1.0.dist-info").mkdir()
    (site / "pip-1.0.dist-info" / "METADATA").write_text("Name: pip\nVersion: 1.0\n")
    return folder / "bin" / "python"


def calls(folder: Path) -> list[str]:
    """Return every call of the fake pip."""
    return next(folder.glob("lib/*/*/pip-calls.txt")).read_text().splitlines()


# Python itself ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["__init__", "__main__", "commands/inventory"])
def test_old_pythons_can_read_what_they_must(name):
    """No f-strings, hints or newer syntax: the parser of Python 3.4 accepts them."""
    import ast

    source = (Path(ROOT) / "course_utils" / f"{name}.py").read_text("ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    hints = [n for n in ast.walk(tree) if isinstance(n, ast.arg) and n.annotation]
    strings = [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr)]
    assert hints == strings == []


def old_pythons() -> list[str]:
    """Return the too old interpreters of this machine: on the path, or pyenv's."""
    names = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")
    found = [shutil.which(f"python{name}") for name in names]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for name in names:
        found += sorted(map(str, pyenv.glob(f"versions/{name}.*/bin/python")))
    starts = {"capture_output": True, "check": False}
    return [
        p for p in found if p and not subprocess.run([p, "-V"], **starts).returncode
    ]


def test_old_interpreters_get_a_sentence(clone):
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.11 on this machine")
    for python in pythons:
        assert_one_sentence(ask(python, "lab", cwd=clone), "this is Python")


@pytest.mark.parametrize(
    ("version", "says"),
    [("(3, 9)", "this is Python 3.9"), ("(3, 14)", "newer Python 3.14")],
)
def test_unsuitable_python_gets_a_sentence(clone, version, says):
    code = (
        f"import runpy, sys; sys.version_info = {version}; sys.argv[1:] = ['test'];"
        "runpy.run_module('course_utils', run_name='__main__')"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=clone, capture_output=True, text=True
    )
    assert_one_sentence(answer, says)
    assert answer.stderr.endswith("-m course_utils test\n")


# Help ---------------------------------------------------------------------------


def test_no_command_prints_the_commands_one_line_each(clone):
    answer = ask(sys.executable, cwd=clone)
    assert (answer.returncode, answer.stderr) == (0, "")
    for name in ("lab", "test", "execute", "release", "book", "slides", "doctor"):
        assert len(re.findall(rf"^    {name} +\S.*$", answer.stdout, re.M)) == 1


def test_a_wrong_command_or_port_is_refused(clone):
    for words in (["nonsense"], ["lab", "--port", "70000"], ["lab", "--port", "x"]):
        answer = ask(sys.executable, *words, cwd=clone)
        assert answer.returncode == 2 and "Traceback" not in answer.stderr


# The set-up, with a stand-in for pip --------------------------------------------


def test_setup_installs_once_and_in_order(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    first = ask(python, "setup", cwd=clone, FAKE_PIP="works")
    assert (first.returncode, first.stderr) == (0, "")
    assert "downloading torch-2.13.0 (190.2 MB)" in first.stdout
    assert "six-1.0" not in first.stdout and "unpacking six and 2 more" in first.stdout
    course, d2l = calls(tmp_path / "env")
    assert INSTALL.search(course).group(1) == "."
    assert d2l.endswith("--no-deps d2l==1.0.3")
    second = ask(python, "setup", cwd=clone, FAKE_PIP="works")
    assert second.stdout.startswith("The course is set up.")
    assert len(calls(tmp_path / "env")) == 2


def test_test_adds_its_extra_and_passes_words_and_exit_code_on(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    (clone / "course_utils" / "commands" / "testing.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.getcwd())\nsys.exit(7)\n"
    )
    assert ask(python, "setup", cwd=clone, FAKE_PIP="works").returncode == 0
    answer = ask(python, "test", "--fast", "-k", "a or b", cwd=clone, FAKE_PIP="works")
    assert answer.returncode == 7
    assert f"['--fast', '-k', 'a or b'] {clone}" in answer.stdout
    installs = [m.group(1) for m in map(INSTALL.search, calls(tmp_path / "env")) if m]
    assert installs == [".", ".[test]"]


def test_execute_and_release_call_their_modules():
    chosen = Environment(Path("/e"), Path("/e/python"), "venv")
    for words, expected in (
        (
            ["execute", "05_x", "01_y"],
            ["course_utils.commands.notebooks", "execute", "05_x", "01_y"],
        ),
        (["release"], ["course_utils.classroom.release"]),
        (
            ["release", "--overwrite"],
            ["course_utils.classroom.release", "--overwrite"],
        ),
        (["test"], ["course_utils.commands.testing"]),
        (["book"], ["course_utils.commands.book"]),
        (["slides"], ["course_utils.commands.slides"]),
    ):
        options = commands.build_parser().parse_args(words)
        assert commands.work_command(chosen, options) == ["/e/python", "-m", *expected]


def test_a_failing_d2l_is_only_a_note(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    answer = ask(python, "setup", cwd=clone, FAKE_PIP="no-d2l")
    assert answer.returncode == 0 and answer.stderr == ""
    assert "Note: d2l==1.0.3 could not be installed" in answer.stdout


def test_a_moved_course_is_installed_again(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    assert ask(python, "setup", cwd=clone, FAKE_PIP="works").returncode == 0
    moved = clone.rename(tmp_path / "moved")
    answer = ask(python, "setup", cwd=moved, FAKE_PIP="works")
    assert answer.returncode == 0 and "Setting up the course" in answer.stdout


def test_virtual_env_is_used_from_any_python(clone, tmp_path):
    fake_environment(tmp_path / "env")
    base = Path(sys.base_prefix) / "bin" / "python3"
    answer = ask(
        base, "setup", cwd=clone, FAKE_PIP="works", VIRTUAL_ENV=str(tmp_path / "env")
    )
    assert answer.returncode == 0 and f"environment {tmp_path / 'env'}" in answer.stdout
    assert not (clone / ".venv").exists()


def test_another_folder_is_named_and_served(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    answer = ask(python, "setup", cwd=clone, FAKE_PIP="works")
    answer = ask(python, "setup", cwd=tmp_path)
    assert answer.returncode == 0 and f"The course's folder: {clone}" in answer.stdout


# pip fails ----------------------------------------------------------------------

FAILURES = [
    ("NewConnectionError('Failed to establish a new connection')", "no network"),
    ("[Errno -3] Temporary failure in name resolution", "no network"),
    ("pip._vendor.urllib3 ReadTimeoutError: Read timed out.", "no network"),
    ("SSLError: CERTIFICATE_VERIFY_FAILED", "certificate is not trusted"),
    ("error: externally-managed-environment", "PEP 668"),
    ("ERROR: [Errno 28] No space left on device", "The disk is full"),
    ("ERROR: [Errno 13] Permission denied: '/x'", "cannot be written to"),
    ("ERROR: No matching distribution found for torch==2.13.0", "no torch==2.13.0 for"),
    ("ERROR: Failed building wheel for torch", "its last lines stand above"),
]


@pytest.mark.parametrize(("line", "says"), FAILURES, ids=[s for _, s in FAILURES])
def test_failure_of_pip_is_explained(capsys, line, says):
    chosen = Environment(Path("/env"), Path("/env/bin/python"), "venv")
    stop = pip_runs.explain(["Collecting torch", line], chosen, "AGAIN")
    assert says in stop.sentence and stop.sentence.endswith(".")
    assert "AGAIN" in stop.next_step or "pip config list" in stop.next_step


def test_no_network_ends_with_pips_words_and_one_sentence(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    answer = ask(python, "test", "-k", "a or b", cwd=clone, FAKE_PIP=FAILURES[0][0])
    assert_one_sentence(answer, "The package index cannot be reached")
    assert answer.returncode == 1 and "NewConnectionError" in answer.stderr
    assert answer.stderr.endswith("-m course_utils test -k 'a or b'\n")


def test_pip_that_says_yes_but_installs_nothing(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    script = next((tmp_path / "env").glob("lib/*/*/pip/__main__.py"))
    script.write_text("")
    answer = ask(python, "setup", cwd=clone)
    assert_one_sentence(answer, "torch==2.13.0")


def test_an_environment_without_pip_and_ensurepip(clone, tmp_path):
    venv.create(tmp_path / "env", with_pip=False)
    site = next((tmp_path / "env").glob("lib/python3*/site-packages"))
    (site / "shadow.pth").write_text("import sys; sys.modules['ensurepip'] = None\n")
    answer = ask(tmp_path / "env" / "bin" / "python", "setup", cwd=clone)
    assert_one_sentence(answer, "has no pip")


def test_ctrl_c_during_the_set_up(clone, tmp_path):
    python = fake_environment(tmp_path / "env")
    script = next((tmp_path / "env").glob("lib/*/*/pip/__main__.py"))
    script.write_text(
        "import time\nprint('Installing collected packages: a')\ntime.sleep(30)"
    )
    process = subprocess.Popen(
        [python, "-m", "course_utils", "setup"],
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while "unpacking a" not in process.stdout.readline():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole group
    _, words = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in words
    assert words.strip().startswith("Stopped. Next: python3 -m course_utils setup")


# The course's own .venv ---------------------------------------------------------


def own(tmp_path: Path) -> Environment:
    """Return the environment that would be made in ``tmp_path``."""
    return Environment(tmp_path / ".venv", tmp_path / ".venv/bin/python", "own")


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_python_without_venv_names_the_package(tmp_path, monkeypatch, absent):
    monkeypatch.setattr(installing, "find_spec", lambda name: name != absent)
    with pytest.raises(Stop, match="python3-venv") as caught:
        installing.make_own(own(tmp_path), "AGAIN")
    assert caught.value.next_step == "sudo apt install python3-venv, then  AGAIN"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Error: [Errno 13] Permission denied: '.venv'", "cannot be written to"),
        ("Error: [Errno 30] Read-only file system: '.venv'", "cannot be written to"),
        ("Error: [Errno 28] No space left on device", "disk is full"),
        ("Error: ensurepip failed", "could not be made"),
    ],
)
def test_venv_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, words, says):
    stub = tmp_path / "stub.py"
    stub.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"pathlib.Path(sys.argv[-1]).mkdir()\nprint({words!r})\nsys.exit(1)\n"
    )
    stub.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stub))
    with pytest.raises(Stop, match=says):
        installing.make_own(own(tmp_path), "AGAIN")
    assert not (tmp_path / ".venv").exists()


def test_venv_that_fails_on_a_full_disk_says_so(tmp_path, monkeypatch):
    class Usage:
        free = 1000

    monkeypatch.setattr(installing.shutil, "disk_usage", lambda _: Usage)
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(Stop, match="disk is full"):
        installing.make_own(own(tmp_path), "AGAIN")


def test_an_environment_with_an_unsuitable_python_is_refused(tmp_path):
    for account, says in (
        ({"python": [3, 9, 1], "bits": 64}, "this is Python 3.9"),
        ({"python": [3, 12, 1], "bits": 32}, "32 bits"),
        ({}, "does not start"),
    ):
        with pytest.raises(Stop, match=says):
            installing.check_python(own(tmp_path), account)


def test_a_failure_of_the_disk_is_one_sentence(clone, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device", "stamp")

    monkeypatch.setattr(commands, "run", full)
    assert commands.main(["lab"]) == 1
    assert "No space left on device: stamp.\nNext: " in capsys.readouterr().err


def test_a_reader_that_leaves_is_no_failure_to_speak_of(clone):
    command = f'"{sys.executable}" -m course_utils doctor | head -1'
    answer = subprocess.run(command, shell=True, cwd=clone, capture_output=True)
    assert answer.stderr == b""


# Wrong folder -------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["notebooks", "pyproject.toml"])
def test_half_a_course_is_refused(clone, missing):
    (clone / missing).rename(clone / "elsewhere")
    answer = ask(sys.executable, "lab", cwd=clone)
    assert_one_sentence(answer, f"{missing} cannot be found there")


def test_a_command_of_another_copy_is_refused(clone, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(clone, other)
    answer = ask(sys.executable, "lab", cwd=other / "notebooks", PYTHONPATH=str(clone))
    assert_one_sentence(answer, "belongs to another copy of the course")


# The lab ------------------------------------------------------------------------


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_refused_before_anything_starts(clone):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = ask(sys.executable, "lab", "--port", str(port), cwd=clone)
    assert_one_sentence(answer, f"Port {port} is taken by another program")
    assert not (clone / ".venv").exists()


def test_lab_opens_the_start_page(tmp_path, monkeypatch):
    chosen = Environment(Path("/e"), Path("/e/python"), "venv")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / commands.START).touch()
    options = commands.build_parser().parse_args(["lab", "--no-browser", "--port=8890"])
    words = commands.lab_command(chosen, tmp_path, options)
    assert words[:3] == ["/e/python", "-m", "jupyterlab"]
    assert f"--LabApp.default_url=/lab/tree/{commands.START}" in words
    assert {"--no-browser", "--port=8890"} <= set(words)
    plain = commands.build_parser().parse_args(["lab"])
    assert not [w for w in commands.lab_command(chosen, tmp_path, plain) if "port" in w]


@pytest.mark.slow
def test_lab_serves_until_ctrl_c():
    if not is_ready(choose(Path(ROOT)), Path(ROOT), []):
        pytest.skip("this environment was not set up by a command of the course")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "course_utils", "lab", "--no-browser", f"--port={port}"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert status_of(f"http://127.0.0.1:{port}/api") == 200
        process.send_signal(signal.SIGINT)
        words, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0 and "Traceback" not in words
    assert f"http://localhost:{port}/lab" in words


def status_of(address: str, seconds: float = 120) -> int:
    """Return the status of an address, asked again until it answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.status
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("name", ["grade", "score", "variant"])
def test_classroom_commands_get_their_own_options(monkeypatch, tmp_path, name):
    """Options and paths go through as they are, seen from the user's folder."""
    handed, prepared = [], []
    environment = Environment(tmp_path, tmp_path / "python", "own")
    monkeypatch.setattr(
        commands,
        "prepare",
        lambda root, extras=(), again="": prepared.append(extras) or environment,
    )
    monkeypatch.setattr(commands, "hand_over", lambda words: handed.append(words))
    monkeypatch.chdir(tmp_path)
    commands.run([name, "--set", "05", "../in", "--out", "x"])
    assert Path.cwd() == tmp_path
    assert prepared == [["teach"]]
    module = commands.CLASSROOM[name]
    assert importlib.util.find_spec(module) is not None
    wanted = [str(environment.python), "-m", module]
    assert handed == [[*wanted, "--set", "05", "../in", "--out", "x"]]
