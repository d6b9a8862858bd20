"""The commands behind ``python3 -m course_utils``: each prepares, then hands over.

A command first makes sure of the environment (``installing.prepare``), then runs the
module that does the work with the environment's Python and passes on its exit code.
Every failure that a user can mend ends as one sentence. Standard library only.
"""

import argparse
import errno
import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

from course_utils.commands.doctor import doctor
from course_utils.commands.environment import Environment, Stop, find_root, spelled
from course_utils.commands.installing import prepare

START = "notebooks/00_start_here.ipynb"
PAGES = ("book", "slides")
# Commands whose paths are seen from where the user is, with their own options.
CLASSROOM = {
    "grade": "course_utils.classroom.grade",
    "score": "course_utils.classroom.score",
    "variant": "course_utils.classroom.variants",
}


def port_number(text: str) -> int:
    """Return a port from the command line, 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a number 1 to 65535, got {text}")
    return int(text)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog=spelled("").strip(),
        description="The commands of the attention course. Each one first makes sure "
        "of the environment: the active one, else .venv in the course's folder.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    lab = commands.add_parser("lab", help="open the lessons in JupyterLab")
    lab.add_argument("--no-browser", action="store_true", help="open no browser")
    lab.add_argument("--port", type=port_number, help="serve on this port")
    test = commands.add_parser("test", help="run everything that CI runs")
    test.add_argument("--fast", action="store_true", help="leave out what is slow")
    test.add_argument("-k", metavar="EXPR", help="only tests whose name matches")
    execute = commands.add_parser("execute", help="re-run lessons, store their outputs")
    execute.add_argument(
        "names", nargs="*", help="for example 05_scoring (default: all)"
    )
    release = commands.add_parser(
        "release", help="make exercises/ from solutions/ again"
    )
    release.add_argument(
        "--overwrite", action="store_true", help="even where work in exercises/ is lost"
    )
    commands.add_parser(
        "grade", help="grade what students handed in (grade --help)", add_help=False
    )
    commands.add_parser(
        "score", help="rank the networks of the final project", add_help=False
    )
    commands.add_parser(
        "variant", help="a cohort's own checks (variant --help)", add_help=False
    )
    commands.add_parser("book", help="make the web book, for use offline")
    commands.add_parser("slides", help="make the lecture slides, for use offline")
    commands.add_parser("setup", help="install what the lessons need, open nothing")
    commands.add_parser("doctor", help="say what is installed and what is missing")
    return parser


def check_port(port: int) -> None:
    """Make sure that JupyterLab can have this port.

    Raises:
        Stop: another program has it, or the system does not give it out.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if os.name != "nt":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            other = port + 1 if 1024 < port < 65535 else 8889
            another = f"type  {spelled(f'lab --port {other}')}"
            if error.errno == errno.EADDRINUSE:
                raise Stop(
                    f"Port {port} is taken by another program.", another
                ) from None
            if error.errno == errno.EACCES:
                raise Stop(
                    f"This system does not give out port {port}.", another
                ) from None


def hand_over(command: list[str]) -> int:
    """Return the exit code of a command that takes this program's place."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    with subprocess.Popen(command) as process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's now
        return process.wait()


def lab_command(
    environment: Environment, root: Path, options: argparse.Namespace
) -> list[str]:
    """Return the command that starts JupyterLab on the start page."""
    page = f"/lab/tree/{START}" if (root / START).exists() else "/lab"
    command = [str(environment.python), "-m", "jupyterlab"]
    command += [f"--ServerApp.root_dir={root}", f"--LabApp.default_url={page}"]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # containers: else JupyterLab refuses to start
    if options.port:
        command += [f"--port={options.port}", "--ServerApp.port_retries=0"]
    return command


def work_command(environment: Environment, options: argparse.Namespace) -> list[str]:
    """Return the command that does the work of a command of the course."""
    python = [str(environment.python), "-m"]
    if options.command in PAGES:
        return [*python, f"course_utils.commands.{options.command}"]
    if options.command == "execute":
        return [*python, "course_utils.commands.notebooks", "execute", *options.names]
    if options.command == "release":
        lose = ["--overwrite"] * options.overwrite
        return [*python, "course_utils.classroom.release", *lose]
    chosen = ["--fast"] * options.fast + (["-k", options.k] if options.k else [])
    return [*python, "course_utils.commands.testing", *chosen]


def run(arguments: list[str]) -> int:
    """Return the exit code of one command line.

    Raises:
        Stop: with one sentence and the next command, for what the user can mend.
    """
    parser = build_parser()
    if arguments[:1] and arguments[0] in CLASSROOM:
        root = find_root(here=Path.home())
        environment = prepare(root, ["teach"], again=spelled(arguments[0]))
        python, module = str(environment.python), CLASSROOM[arguments[0]]
        return hand_over([python, "-m", module, *arguments[1:]])
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    root = find_root()
    if Path.cwd() != root:
        print(f"The course's folder: {root}", flush=True)
        os.chdir(root)
    again = spelled(shlex.join(arguments))
    if options.command == "doctor":
        return doctor(root)
    if options.command == "lab":
        if options.port:
            check_port(options.port)
        environment = prepare(root, again=again)
        return hand_over(lab_command(environment, root, options))
    if options.command == "setup":
        environment = prepare(root, again=again)
        print(f"The course is set up. Next: {spelled('lab')}")
        return 0
    extra = "book" if options.command in PAGES else "test"
    environment = prepare(root, [extra], again=again)
    return hand_over(work_command(environment, options))


def main(arguments: list[str]) -> int:
    """Return the exit code, after one sentence on stderr where something failed."""
    try:
        return run(arguments)
    except Stop as stop:
        print(f"\n{stop.sentence}\nNext: {stop.next_step}", file=sys.stderr)
    except KeyboardInterrupt:
        again = spelled(shlex.join(arguments))
        print(f"\nStopped. Next: {again}  goes on from here.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open to the end
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        print(f"\n{error.strerror or error}{where}.", file=sys.stderr)
        print(f"Next: {spelled('doctor')}", file=sys.stderr)
    return 1
