"""Which environment is used, what it must hold, and what doctor says of it."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from course_files import ROOT

from course_utils.__main__ import NEWEST, OLDEST, complaint
from course_utils.commands import doctor, environment, requirements
from course_utils.commands.environment import Environment, Stop, choose

LIGHT = [
    "__init__",
    "__main__",
    "commands/__init__",
    "commands/doctor",
    "commands/environment",
    "commands/installing",
    "commands/inventory",
    "commands/main",
    "commands/pip_runs",
    "commands/requirements",
]
PLAIN = {"prefix": "/usr", "base_prefix": "/usr", "executable": "/usr/bin/python3"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small course folder with two dependencies and an extra."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["torch==2.13.0", "numpy>=2,<3"]\n'
        "[project.optional-dependencies]\n"
        'test = ["attention-course[teach]", "ruff>=0.8"]\nteach = ["nbgrader>=0.9.5"]\n'
    )
    return tmp_path


def folder_with_python(folder: Path, conda: bool = False) -> Path:
    """Return a folder that looks like an environment."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    if conda:
        (folder / "conda-meta").mkdir()
    return folder


# Nothing heavy ------------------------------------------------------------------


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, course_utils, course_utils.commands.main\n"
        "heavy = {'torch', 'numpy', 'matplotlib', 'pandas', 'IPython', 'pip'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert (answer.stdout.strip(), answer.stderr) == ("[]", "")


@pytest.mark.parametrize("name", LIGHT)
def test_commands_import_only_the_standard_library(name):
    tree = ast.parse((Path(ROOT) / "course_utils" / f"{name}.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    own = {"course_utils." + module.replace("/", ".") for module in LIGHT}
    outside = {n for n in found - own if n.split(".")[0] not in sys.stdlib_module_names}
    assert outside == set()


def test_the_versions_of_python_agree_with_pyproject():
    project = tomllib.loads((Path(ROOT) / "pyproject.toml").read_text("utf-8"))
    low, high = ".".join(map(str, OLDEST)), f"{NEWEST[0]}.{NEWEST[1] + 1}"
    assert project["project"]["requires-python"] == f">={low},<{high}"


def test_ci_runs_the_same_command_on_every_python_of_the_course():
    text = (Path(ROOT) / ".github/workflows/test.yml").read_text("utf-8")
    wanted = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    assert f"python: {json.dumps(wanted)}" in text
    assert "run: .ci/run" in text
    script = (Path(ROOT) / ".ci" / "run").read_text("utf-8")
    assert script.rstrip().endswith("python3 -m course_utils test")


@pytest.mark.parametrize(
    ("version", "bits", "says"),
    [
        ((2, 7), 64, "this is Python 2.7"),
        ((3, 10), 64, "needs Python 3.11, 3.12 or 3.13; this is Python 3.10"),
        ((3, 14), 64, "newer Python 3.14"),
        ((3, 11), 32, "has 32 bits"),
        ((3, 11), 64, ""),
        ((3, 13), 64, ""),
    ],
)
def test_complaint_about_python(version, bits, says):
    answer = complaint(version, bits)
    assert says in answer and bool(says) == bool(answer)


# The lists agree ----------------------------------------------------------------


def conda_pip_list() -> list[str]:
    """Return the pip packages that environment.yml names."""
    lines = (Path(ROOT) / "environment.yml").read_text("utf-8").splitlines()
    after = lines[lines.index("  - pip:") + 1 :]
    return [line.strip()[2:] for line in after if line.strip().startswith("- ")]


def test_environment_yml_repeats_pyproject():
    assert conda_pip_list() == requirements.dependencies(Path(ROOT))[""]


def test_environment_yml_names_d2l_as_the_set_up_installs_it():
    text = (Path(ROOT) / "environment.yml").read_text("utf-8")
    assert f"# {requirements.D2L} comes with" in text
    assert "\n  - python=3.11\n  - pip\n" in text


def test_binder_uses_the_same_list_from_cpu_wheels_and_the_same_set_up():
    binder = Path(ROOT) / ".binder"
    lines = (binder / "environment.yml").read_text("utf-8").splitlines()
    index = [line for line in lines if line.strip().startswith("- --")]
    assert [line.split()[1:3] for line in index] == [
        ["--extra-index-url", "https://download.pytorch.org/whl/cpu"]
    ]
    lines.remove(index[0])
    same = (Path(ROOT) / "environment.yml").read_text("utf-8").splitlines()
    assert lines == same
    assert "python -m course_utils setup" in (binder / "postBuild").read_text("utf-8")


def test_every_dependency_has_a_tested_version_and_it_satisfies():
    listed = requirements.dependencies(Path(ROOT))
    everything = {
        requirements.package_name(r): r for group in listed.values() for r in group
    }
    del everything[requirements.PROJECT]
    assert set(doctor.TESTED) == {*everything, "python", "d2l"}
    assert set(doctor.EXTRAS) == set(listed) - {""}
    for name, requirement in everything.items():
        tested = doctor.TESTED[name]
        assert not tested or requirements.satisfied(tested, requirement), name
    assert requirements.satisfied(doctor.TESTED["d2l"], requirements.D2L)


# Requirements -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "requirement", "good"),
    [
        ("2.13.0+cpu", "torch==2.13.0", True),
        ("2.13", "torch==2.13.0", True),
        ("2.13.1", "torch==2.13.0", False),
        ("2.10.1", "numpy>=2.9,<3", True),
        ("3.0.0", "numpy>=2,<3", False),
        ("1.26.4", "numpy>=2,<3", False),
        ("9.0rc1", "pytest>=8.2", True),
        (None, "pytest>=8.2", False),
        ("0.1", "anything", True),
    ],
)
def test_satisfied(version, requirement, good):
    assert requirements.satisfied(version, requirement) is good


def test_wanted_follows_extras(project):
    base = ["torch==2.13.0", "numpy>=2,<3"]
    assert requirements.wanted(project) == base
    tools = requirements.wanted(project, ["test"])
    assert tools == [*base, "ruff>=0.8", "nbgrader>=0.9.5"]


def test_package_name_is_normalised():
    assert requirements.package_name("Pytest_Xdist[psutil]>=3.6") == "pytest-xdist"


# Which environment --------------------------------------------------------------


def test_running_virtual_environment_wins(tmp_path):
    other = folder_with_python(tmp_path / "other")
    answer = choose(tmp_path, {"VIRTUAL_ENV": str(other)}, "/v", "/usr", "/v/bin/py")
    assert (answer.folder, answer.python) == (Path("/v"), Path("/v/bin/py"))
    assert answer.title(tmp_path) == "the active environment /v"


def test_virtual_env_counts_though_another_python_was_called(tmp_path):
    other = folder_with_python(tmp_path / "other")
    answer = choose(tmp_path, {"VIRTUAL_ENV": str(other)}, **PLAIN)
    assert answer == Environment(other, other / "bin" / "python", "venv")


def test_virtual_env_that_is_gone_is_said_and_passed_over(tmp_path):
    answer = choose(tmp_path, {"VIRTUAL_ENV": str(tmp_path / "gone")}, **PLAIN)
    assert answer.folder == tmp_path / ".venv" and answer.kind == "own"
    assert "gone, which holds no Python; the course uses its own" in answer.note


def test_python_inside_a_named_conda_environment(tmp_path):
    conda = folder_with_python(tmp_path / "envs" / "deep", conda=True)
    running = {"prefix": str(conda), "base_prefix": str(conda), "executable": "/c/py"}
    for variables in (
        {},
        {"CONDA_PREFIX": str(conda), "CONDA_DEFAULT_ENV": "deep"},
    ):
        answer = choose(tmp_path, variables, **running)
        assert answer == Environment(conda, Path("/c/py"), "conda")
    assert answer.title(tmp_path).startswith("the active conda environment /")


def test_active_conda_environment_counts_though_another_python_was_called(tmp_path):
    conda = folder_with_python(tmp_path / "envs" / "deep", conda=True)
    variables = {"CONDA_PREFIX": str(conda), "CONDA_DEFAULT_ENV": "deep"}
    assert choose(tmp_path, variables, **PLAIN).folder == conda


@pytest.mark.parametrize("active", [True, False])
def test_conda_base_is_left_as_it_is(tmp_path, active):
    base = folder_with_python(tmp_path / "miniforge", conda=True)
    (base / "condabin").mkdir()
    running = {"prefix": str(base), "base_prefix": str(base), "executable": "/c/py"}
    named = {"CONDA_PREFIX": str(base), "CONDA_DEFAULT_ENV": "base"}
    answer = choose(tmp_path, named if active else {}, **running)
    assert (answer.folder, answer.kind) == (tmp_path / ".venv", "own")
    assert answer.note.startswith("Conda's base environment is left as it is;")


def test_conda_environment_without_python_is_passed_over(tmp_path):
    (tmp_path / "empty").mkdir()
    variables = {
        "CONDA_PREFIX": str(tmp_path / "empty"),
        "CONDA_DEFAULT_ENV": "empty",
    }
    answer = choose(tmp_path, variables, **PLAIN)
    assert answer.kind == "own" and "holds no Python" in answer.note


def test_nothing_active_means_own_environment(tmp_path):
    answer = choose(tmp_path, {}, **PLAIN)
    expected = Environment(
        tmp_path / ".venv", tmp_path / ".venv" / "bin" / "python", "own"
    )
    assert answer == expected
    assert answer.title(tmp_path) == ".venv"


# The course's folder ------------------------------------------------------------


def test_root_holds_pyproject_and_notebooks(project):
    package = project / "course_utils"
    assert environment.find_root(package, here=Path("/")) == project


def test_package_outside_a_course_folder_is_refused(tmp_path):
    with pytest.raises(Stop, match=r"pyproject.toml and notebooks cannot be found"):
        environment.find_root(tmp_path / "site-packages" / "course_utils")


def test_standing_in_another_copy_is_refused(project, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "notebooks").mkdir()
    (other / "course_utils").mkdir()
    (other / "course_utils" / "__main__.py").touch()
    with pytest.raises(Stop, match="belongs to another copy of the course"):
        environment.find_root(project / "course_utils", here=other / "notebooks")


# The stamp ----------------------------------------------------------------------


def ready(project: Path, monkeypatch, account: dict, extras=()) -> bool:
    """Return what ``is_ready`` says when the environment's Python reports this."""
    monkeypatch.setattr(environment, "look_into", lambda *_: account)
    return environment.is_ready(choose(project, {}, **PLAIN), project, extras)


@pytest.fixture
def stamped(project: Path) -> tuple[Path, dict]:
    """Return a course folder that was set up, and what its Python reports."""
    (project / ".venv").mkdir()
    (project / "course_utils").mkdir()
    environment.write_stamp(choose(project, {}, **PLAIN), project, ["test"])
    versions = {"torch": "2.13.0", "numpy": "2.4.6", "ruff": "1", "nbgrader": "1"}
    return project, {"packages": versions, "course": str(project / "course_utils")}


def test_a_finished_set_up_is_ready(stamped, monkeypatch):
    project, account = stamped
    assert ready(project, monkeypatch, account)
    assert ready(project, monkeypatch, account, ["test"])


def test_not_ready_without_stamp_or_with_a_broken_one(stamped, monkeypatch):
    project, account = stamped
    stamp = project / ".venv" / environment.STAMP
    for text in ("", "[]", "{", json.dumps({"list": "other"})):
        stamp.write_text(text)
        assert not ready(project, monkeypatch, account)
    stamp.unlink()
    assert not ready(project, monkeypatch, account)


def test_not_ready_when_a_dependency_changes(stamped, monkeypatch):
    project, account = stamped
    file = project / "pyproject.toml"
    before = file.read_text()
    file.write_text(before + "\n[tool.ruff]\nline-length = 79\n")
    assert ready(project, monkeypatch, account)
    file.write_text(before.replace("numpy>=2,<3", "numpy>=2.1,<3"))
    assert not ready(project, monkeypatch, account)


def test_not_ready_when_d2l_changes(stamped, monkeypatch):
    project, account = stamped
    monkeypatch.setattr(requirements, "D2L", "d2l==2.0.0")
    assert not ready(project, monkeypatch, account)


def test_not_ready_when_a_package_went_missing(stamped, monkeypatch):
    project, account = stamped
    account["packages"]["ruff"] = None
    assert ready(project, monkeypatch, account)  # the lessons do not need it
    assert not ready(project, monkeypatch, account, ["test"])
    account["packages"]["torch"] = "2.12.0"
    assert not ready(project, monkeypatch, account)


def test_not_ready_for_another_extra(stamped, monkeypatch):
    project, account = stamped
    environment.write_stamp(choose(project, {}, **PLAIN), project, [])
    assert not ready(project, monkeypatch, account, ["test"])


def test_not_ready_when_the_import_loads_another_copy(stamped, monkeypatch):
    project, account = stamped
    for elsewhere in (None, "/nowhere/course_utils", str(project / "notebooks")):
        assert not ready(project, monkeypatch, {**account, "course": elsewhere})


def test_not_ready_after_the_folder_moved(stamped, monkeypatch, tmp_path_factory):
    project, account = stamped
    moved = tmp_path_factory.mktemp("moved") / "course"
    project.rename(moved)
    account["course"] = str(moved / "course_utils")
    assert not ready(moved, monkeypatch, account)


# Doctor -------------------------------------------------------------------------


def doctor_says(project: Path, monkeypatch, capsys, account: dict) -> tuple[int, str]:
    """Return (exit code, output) of doctor for an environment that reports this."""
    folder_with_python(project / ".venv")
    (project / "course_utils").mkdir()
    monkeypatch.setattr(doctor, "look_into", lambda *_: account)
    monkeypatch.setattr(doctor, "choose", lambda root: choose(root, {}, **PLAIN))
    return doctor.doctor(project), capsys.readouterr().out


def account_of(project: Path, **packages: str | None) -> dict:
    """Return an inventory with everything that the small course needs."""
    versions = {"torch": "2.13.0", "numpy": "2.4.6", "d2l": "1.0.3"} | packages
    return {
        "python": [3, 12, 1],
        "bits": 64,
        "packages": versions,
        "course": str(project / "course_utils"),
        "torch_build": "CUDA 13.0 build",
    }


def test_doctor_when_all_is_there(project, monkeypatch, capsys):
    code, text = doctor_says(project, monkeypatch, capsys, account_of(project))
    assert code == 0
    assert "[ OK ] python 3.12.1 (tested 3.11.7, 64-bit)" in text
    assert "[ OK ] torch 2.13.0 (tested 2.13.0, CUDA 13.0 build)" in text
    assert "[ -- ] nbgrader missing (tested" in text  # only teachers need it
    assert "Everything that the lessons need is here" in text


def test_doctor_names_what_is_missing_and_the_next_command(
    project, monkeypatch, capsys
):
    account = account_of(project, torch=None, numpy="1.26.4")
    code, text = doctor_says(project, monkeypatch, capsys, account)
    assert code == 1
    lab = "   next: python3 -m course_utils lab"
    assert f"[MISS] torch missing (tested 2.13.0){lab}" in text
    assert f"[MISS] numpy 1.26.4 (tested 2.4.6, needed >=2,<3){lab}" in text
    assert text.endswith("2 missing. Next: python3 -m course_utils lab\n")


def test_doctor_can_do_without_d2l(project, monkeypatch, capsys):
    account = account_of(project, d2l=None)
    code, text = doctor_says(project, monkeypatch, capsys, account)
    assert code == 0 and "[ -- ] d2l missing" in text
    assert "-m pip install --no-deps d2l==1.0.3" in text


def test_doctor_refuses_an_environment_with_an_old_python(project, monkeypatch, capsys):
    account = account_of(project) | {"python": [3, 9, 18]}
    code, text = doctor_says(project, monkeypatch, capsys, account)
    assert code == 1 and "[MISS] python 3.9.18" in text


def test_doctor_before_the_set_up(project, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "choose", lambda root: choose(root, {}, **PLAIN))
    assert doctor.doctor(project) == 1
    text = capsys.readouterr().out
    assert "Environment: .venv (not made yet)" in text and "[ OK ] python 3." in text
    assert text.count("[MISS]") == 3  # the package itself, torch, numpy


def test_inventory_of_this_environment():
    here = Environment(Path(sys.prefix), Path(sys.executable), "venv")
    account = environment.look_into(here, Path(ROOT), ["torch", "no-such-package"])
    assert account["python"] == list(sys.version_info[:3]) and account["bits"] == 64
    assert account["packages"]["no-such-package"] is None
    assert account["packages"]["torch"].startswith("2.")
    assert account["torch_build"].endswith("build")
    assert environment.imports_course(account, Path(ROOT))


def test_inventory_of_a_python_that_does_not_start(tmp_path):
    broken = folder_with_python(tmp_path / "broken")
    chosen = Environment(broken, broken / "bin" / "python", "venv")
    assert environment.look_into(chosen, Path(ROOT), ["torch"]) == {}
