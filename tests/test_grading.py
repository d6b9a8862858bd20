"""A cohort with every kind of submission, graded in parallel and in random order.

Nothing is lost, nobody's work counts for less because of a neighbour, and the
machine is as it was. Skipped, with the reason, where no sandbox can be built.
"""

import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from html.parser import HTMLParser

import nbformat
import psutil
import pytest
from grading_set import (
    NAME,
    PORT,
    Q1,
    SUBMISSIONS,
    filled,
    source_set,
    write_cohort,
    write_solutions,
    zipped,
)

from course_utils.classroom import grade as command
from course_utils.classroom.cluster import on_dask
from course_utils.classroom.executing import serially
from course_utils.classroom.exporting import read_grades
from course_utils.classroom.grading import CannotGrade, grade
from course_utils.classroom.sandbox import FIRST_USER, USERS, Limits, why_not

PROBLEM = why_not()
needs_sandbox = pytest.mark.skipif(PROBLEM is not None, reason=str(PROBLEM))
pytestmark = pytest.mark.filterwarnings("default")  # other people's, in workers
QUICK = Limits(cell_seconds=3, seconds=8)


def shuffled(run):
    """The same executor, given its tasks in random order."""

    def in_random_order(tasks):
        order = random.Random(5).sample(range(len(tasks)), len(tasks))
        for number, answer in run([tasks[place] for place in order]):
            yield order[number], answer

    return in_random_order


class Listener(threading.Thread):
    """Listens on a port of this machine and keeps what it hears."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", PORT))
        self.heard = []

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.heard.append(connection.recv(100))


def what_runs(page):
    """What a browser would run or fetch on opening a page."""
    found = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag in ("script", "iframe", "object", "embed", "svg", "link", "base"):
                found.append(tag)
            for name, value in attributes:
                value = "".join((value or "").split()).lower()
                runs = value.startswith(("javascript:", "vbscript:", "data:text"))
                fetches = name == "src" and "://" in value
                if name.startswith("on") or runs or fetches:
                    found.append(f"{tag} {name}={value}")

    Parser().feed(page)
    return found


def sandboxed_processes():
    """Processes of students that are still there."""
    found = []
    for process in psutil.process_iter(["uids", "cmdline"]):
        uids, words = process.info["uids"], process.info["cmdline"] or []
        students = uids and FIRST_USER <= uids.real < FIRST_USER + USERS
        if students or words[:2] == ["sleep", "181"]:
            found.append(words)
    return found


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """The whole cohort, graded once."""
    folder = tmp_path_factory.mktemp("cohort")
    place = write_cohort(folder / "submissions")
    solutions = write_solutions(folder / "solutions")
    before = {p: p.lstat().st_mtime_ns for p in place.rglob("*")}
    canary = folder / "canary.txt"
    canary.write_text("untouched")
    os.environ["TEACHERS_SECRET"] = "the marks"
    listener = Listener()
    listener.start()
    began = time.monotonic()
    run = shuffled(on_dask(2))
    rows = grade(place, folder / "out", solutions, NAME, run=run, limits=QUICK)
    del os.environ["TEACHERS_SECRET"]
    listener.socket.close()
    print(f"{len(rows)} submissions in {time.monotonic() - began:.0f} s")
    return {
        "folder": folder,
        "rows": {row.student: row for row in rows},
        "count": len(rows),
        "heard": listener.heard,
        "canary": canary.read_text(),
        "untouched": before == {p: p.lstat().st_mtime_ns for p in place.rglob("*")},
        "left": sandboxed_processes(),
    }


@needs_sandbox
@pytest.mark.slow
class TestCohort:
    """One run over all kinds of submissions."""

    @pytest.mark.parametrize("name", SUBMISSIONS)
    def test_every_submission_ends_as_it_must(self, cohort, name):
        case, row = SUBMISSIONS[name], cohort["rows"][name]
        assert (row.points, row.status) == (case.points, case.status), row.reason
        assert case.reason in row.reason
        assert row.most == 12

    def test_everybody_has_exactly_one_row(self, cohort):
        assert len(SUBMISSIONS) >= 50
        assert cohort["count"] == len(SUBMISSIONS)
        assert set(cohort["rows"]) == set(SUBMISSIONS)

    def test_names_survive_the_table(self, cohort):
        rows = read_grades(cohort["folder"] / "out" / "grades.csv")
        assert {row.student for row in rows} == set(SUBMISSIONS)
        text = (cohort["folder"] / "out" / "grades.csv").read_text("utf-8-sig")
        assert not re.search(r"^[=+@-]", text, re.MULTILINE)

    def test_the_machine_is_as_it_was(self, cohort):
        assert cohort["heard"] == []
        assert cohort["canary"] == "untouched"
        assert cohort["untouched"]
        assert cohort["left"] == []

    def test_the_gradebook_holds_what_the_rows_say(self, cohort):
        book = sqlite3.connect(cohort["folder"] / "out" / "gradebook.db")
        by_hand = "select count(*) from grade where manual_score is not null"
        assert book.execute(by_hand).fetchone() == (0,)
        total = "select sum(auto_score) from grade"
        rows = cohort["rows"].values()
        assert book.execute(total).fetchone()[0] == sum(row.points for row in rows)
        book.close()

    def test_every_student_has_a_page_and_a_notebook(self, cohort):
        out = cohort["folder"] / "out"
        for row in cohort["rows"].values():
            assert (out / row.feedback).stat().st_size > 10_000
            stored = out / "autograded" / row.student_id / NAME / f"{NAME}.ipynb"
            nbformat.validate(nbformat.read(stored, 4))

    @pytest.mark.parametrize("name", ["markup", "markup in outputs"])
    def test_students_markup_is_shown_not_run(self, cohort, name):
        out = cohort["folder"] / "out"
        page = (out / cohort["rows"][name].feedback).read_text("utf-8")
        blank = (out / cohort["rows"]["blank"].feedback).read_text("utf-8")
        assert sorted(what_runs(page)) == sorted(what_runs(blank))
        if name == "markup":
            assert "&lt;script&gt;alert(1)" in page

    def test_a_second_run_does_nothing(self, cohort):
        def nobody(tasks):
            # What killed its sandbox twice is tried once more, and nothing else.
            retried.extend(tasks)
            yield from serially(tasks)

        retried = []
        folder = cohort["folder"]
        places = folder / "submissions", folder / "out", folder / "solutions"
        book = folder / "out" / "gradebook.db"
        pages = {p: p.stat().st_mtime_ns for p in (folder / "out").rglob("*.html")}
        rows = grade(*places, NAME, run=nobody, limits=QUICK)
        failed = [r for r in cohort["rows"].values() if "SandboxFailed" in r.reason]
        assert len(retried) == len(failed) > 0
        assert {row.student: row for row in rows} == cohort["rows"]
        assert pages == {p: p.stat().st_mtime_ns for p in pages}
        assert book.exists()


# ----------------------------------------------------------------- small cohorts


@pytest.fixture
def small(tmp_path):
    """Three honest students; returns (place, out, solutions)."""
    for name, notebook in (
        ("ada", filled()),
        ("ben", filled(q1=None)),
        ("cyd", filled(q2=None, words=None)),
    ):
        (tmp_path / "in" / name).mkdir(parents=True)
        nbformat.write(notebook, tmp_path / "in" / name / f"{NAME}.ipynb")
    return tmp_path / "in", tmp_path / "out", write_solutions(tmp_path / "solutions")


def points(rows):
    return {row.student: row.points for row in rows}


EXPECTED = {"ada": 10, "ben": 5, "cyd": 5}


@needs_sandbox
def test_only_what_changed_runs_again(small):
    ran = []

    def counting(tasks):
        ran.append(len(tasks))
        yield from serially(tasks)

    assert points(grade(*small, run=counting)) == EXPECTED
    grade(*small, run=counting)
    better = filled(q1=Q1 + "  # now I see")
    nbformat.write(better, small[0] / "ben" / f"{NAME}.ipynb")
    assert points(grade(*small, run=counting)) == {**EXPECTED, "ben": 10}
    assert ran == [3, 0, 1]


@needs_sandbox
def test_a_run_that_was_cut_off_goes_on(small):
    def cut_off(tasks):
        for number, answer in serially(tasks):
            yield number, answer
            raise KeyboardInterrupt

    ran = []

    def counting(tasks):
        ran.extend(tasks)
        yield from serially(tasks)

    with pytest.raises(KeyboardInterrupt):
        grade(*small, run=cut_off)
    assert points(grade(*small, run=counting)) == EXPECTED
    assert len(ran) == 2


@needs_sandbox
@pytest.mark.slow
def test_a_command_that_is_killed_loses_nothing(small):
    place, out, solutions = small
    for number in range(12):
        (place / f"many-{number}").mkdir()
        notebook = filled(q1=Q1 + f"  # number {number}")
        nbformat.write(notebook, place / f"many-{number}" / f"{NAME}.ipynb")
    words = [sys.executable, "-m", "course_utils.classroom.grade", str(place)]
    words += ["--out", str(out), "--solutions", str(solutions)]
    first = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(list(out.glob("executed/*.json"))) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    kept = {p: p.stat().st_mtime_ns for p in out.glob("executed/*.json")}
    assert len(kept) >= 3
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert kept.items() <= {
        (p, p.stat().st_mtime_ns) for p in out.glob("executed/*.json")
    }
    rows = read_grades(out / "grades.csv")
    assert len(rows) == 15
    assert points(rows).items() >= EXPECTED.items()


@needs_sandbox
@pytest.mark.slow
def test_a_worker_that_dies_loses_nothing(small):
    place, out, solutions = small
    for number in range(8):
        (place / f"many-{number}").mkdir()
        notebook = filled(q1=f"import time\ntime.sleep(0.5)\n{Q1}  # {number}")
        nbformat.write(notebook, place / f"many-{number}" / f"{NAME}.ipynb")

    def with_a_death(tasks):
        killed = []
        for number, answer in on_dask(2)(tasks):
            if not killed:
                workers = [
                    process
                    for process in psutil.Process().children(recursive=True)
                    if any("bwrap" in c.name() for c in process.children())
                ]
                workers[0].kill()
                killed.append(workers[0])
            yield number, answer

    rows = grade(place, out, solutions, run=with_a_death)
    assert len(rows) == 11
    assert points(rows).items() >= EXPECTED.items()
    assert all(row.status == "graded" for row in rows)


@needs_sandbox
@pytest.mark.slow
def test_a_scheduler_elsewhere_is_used_by_its_address(small):
    from dask.distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as elsewhere:
        run = on_dask(scheduler=elsewhere.scheduler_address)
        assert points(grade(*small, run=run)) == EXPECTED


@needs_sandbox
@pytest.mark.slow
def test_all_modes_give_equal_grades(small, tmp_path):
    place, _, solutions = small
    for name in ("warns", "plots", "asks", "leaves", "partly", "raises", "own helper"):
        (place / name).mkdir()
        SUBMISSIONS[name].write(place / name)
    graded = {
        mode: points(grade(place, tmp_path / mode, solutions, mode=mode))
        for mode in ("fork", "kernel", "judge")
    }
    assert graded["fork"] == graded["kernel"]
    assert graded["judge"].items() >= EXPECTED.items()
    same = {name: graded["judge"][name] for name in ("warns", "partly", "raises")}
    assert same == {name: graded["fork"][name] for name in same}


@needs_sandbox
@pytest.mark.slow
def test_the_judge_cannot_be_talked_to(tmp_path):
    tricks = ("patches the checks", "patches torch", "swallows errors",
              "equal to everything", "right")  # fmt: skip
    for name in tricks:
        (tmp_path / "in" / name).mkdir(parents=True)
        SUBMISSIONS[name].write(tmp_path / "in" / name)
    solutions = write_solutions(tmp_path / "solutions")
    rows = points(grade(tmp_path / "in", tmp_path / "out", solutions, mode="judge"))
    assert rows == {
        "patches the checks": 5,  # its second answer is right
        "patches torch": 10,  # so are both of this one
        "swallows errors": 5,
        "equal to everything": 5,
        "right": 10,
    }


@needs_sandbox
def test_marks_given_by_hand_stay(small):
    from nbgrader.api import Gradebook

    grade(*small)
    with Gradebook(f"sqlite:///{small[1] / 'gradebook.db'}") as book:
        mark = book.find_grade("01-q3-words", NAME, NAME, "ada")
        assert mark.needs_manual_grade
        mark.manual_score = 1.5
        mark.needs_manual_grade = False
        book.db.commit()
    rows = {row.student: row for row in grade(*small)}
    assert (rows["ada"].points, rows["ada"].to_read) == (11.5, 0)
    assert (rows["ben"].points, rows["ben"].to_read) == (5, 2)
    page = (small[1] / rows["ada"].feedback).read_text("utf-8")
    assert "Score: 11.5 / 12" in page


@needs_sandbox
def test_a_zip_is_graded_like_its_folder(small, tmp_path):
    place, out, solutions = small
    archive = tmp_path / "homework.zip"
    archive.write_bytes(zipped(place.parent / "in"))
    assert points(grade(archive, out, solutions)) == EXPECTED


@needs_sandbox
def test_tasks_that_changed_are_not_mixed_with_old_grades(small, tmp_path):
    place, out, solutions = small
    grade(place, out, solutions)
    changed = source_set()
    changed.cells = [c for c in changed.cells if not c.id.startswith("01-q2")]
    nbformat.write(changed, solutions / NAME / f"{NAME}.ipynb")
    with pytest.raises(CannotGrade, match="Grade into another folder"):
        grade(place, out, solutions)
    assert len(grade(place, tmp_path / "fresh", solutions)) == 3


# ------------------------------------------------------------------- the command


def test_without_a_sandbox_nothing_is_run(small, monkeypatch, capsys):
    monkeypatch.setattr(
        command, "why_not", lambda: "bwrap cannot be found. Install it."
    )
    assert command.main([str(small[0]), "--out", str(small[1])]) == 2
    said = capsys.readouterr().out
    assert "nothing was run" in said and "Install it." in said
    assert "--without-sandbox-at-my-own-risk" in said
    assert not small[1].exists()


@pytest.mark.slow
def test_the_risk_can_be_taken(small, monkeypatch, capsys):
    monkeypatch.setattr(command, "why_not", lambda: "none here")
    place, out, solutions = small
    words = [str(place), "--out", str(out), "--solutions", str(solutions)]
    assert command.main([*words, "--without-sandbox-at-my-own-risk"]) == 0
    assert points(read_grades(out / "grades.csv")) == EXPECTED
    assert "3 submissions: 3 graded" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere does not exist"),
        (
            ["{place}", "--set", "99_nothing"],
            "no set 99_nothing; there are 01_softening",
        ),
        (["{place}", "--solutions", "nowhere"], "nowhere holds no set"),
        (["{place}/ada/01_softening.ipynb"], "neither a folder nor a zip"),
        (["{place}", "--workers", "0"], "--workers: expected at least 1"),
    ],
)
def test_the_command_says_what_is_wrong(small, monkeypatch, capsys, words, said):
    monkeypatch.setattr(command, "why_not", lambda: None)
    place, out, solutions = small
    words = [word.format(place=place) for word in words]
    if "--solutions" not in words:
        words += ["--solutions", str(solutions)]
    assert command.main([*words, "--out", str(out)]) == 2
    assert said in capsys.readouterr().out
