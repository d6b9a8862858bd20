"""The room in which a student's code runs: nothing to break, nothing to read.

bubblewrap builds it anew for every worker: no network, its own processes, a
read-only system, small private folders in memory that vanish with it. The room
holds Python, its packages and ``course_utils``; it does not hold ``solutions/``,
the gradebook, or anybody's files, and not one folder of the machine can be
written from inside. What goes in and out are lines of JSON on a pipe.

As root, bubblewrap runs without a user namespace and the student's code under a
user number of its own, one for each worker: the limit on processes counts by user,
and one student's fork bomb must not starve a neighbour. As another user, a user
namespace does the same.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1 << 20
ROOT = Path(__file__).resolve().parents[2]  # the course's folder
FIRST_USER, USERS = 60_000, 5_000  # numbers that no account of a system has


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    cell_seconds: wall-clock seconds for a cell; then it is interrupted.
    seconds: wall-clock seconds for the notebook; then its process is killed.
    cpu_seconds: of processor time for the notebook's process.
    memory: bytes of address space for a process.
    processes: at one time, threads included.
    file_size: bytes of a file written inside.
    output: bytes of output kept for a cell.
    """

    cell_seconds: float = 20.0
    seconds: float = 120.0
    cpu_seconds: int = 120
    memory: int = 4096 * MEBIBYTE
    processes: int = 64
    file_size: int = 64 * MEBIBYTE
    output: int = 2 * MEBIBYTE


def why_not() -> str | None:
    """Return why no sandbox can be built here, None where one can.

    Builds a small one and runs ``true`` in it: a kernel may forbid what a program
    is there for.
    """
    if not sys.platform.startswith("linux"):
        return (
            "bubblewrap needs Linux. Grade in a Linux container or virtual machine "
            "(Windows: WSL 2)."
        )
    missing = [tool for tool in _tools() if shutil.which(tool) is None]
    if missing:
        return (
            f"{' and '.join(missing)} cannot be found. Install the packages "
            "bubblewrap and util-linux (Debian, Ubuntu: apt install bubblewrap "
            "util-linux)."
        )
    tried = subprocess.run(
        sandbox_command(["/bin/true"], Limits()), capture_output=True, text=True
    )
    if tried.returncode != 0:
        return (
            f"bubblewrap is here, but this system does not let it work: "
            f"{tried.stderr.strip() or tried.returncode}. Inside a container, user "
            "namespaces may have to be allowed."
        )
    return None


def _tools() -> list[str]:
    return ["bwrap", "prlimit"] + (["setpriv"] if os.geteuid() == 0 else [])


def sandbox_command(inner: Sequence[str], limits: Limits) -> list[str]:
    """Return the command that runs ``inner`` in a sandbox of its own."""
    as_root = os.geteuid() == 0
    command = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net"]
    command += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"]
    command += ["--new-session", "--clearenv"]
    if not as_root:
        command += ["--unshare-user", "--disable-userns"]
        command += ["--uid", "65534", "--gid", "65534"]
    command += _file_system()
    for name, value in _variables().items():
        command += ["--setenv", name, value]
    command.append("--")
    if as_root:
        user = FIRST_USER + os.getpid() % USERS
        command += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        command += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    command += ["prlimit", f"--as={limits.memory}", f"--nproc={limits.processes}"]
    command += [f"--fsize={limits.file_size}", "--nofile=512", "--core=0"]
    return [*command, *inner]


def _file_system() -> list[str]:
    """The read-only system, and three folders in memory with a size."""
    options = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/", name).is_symlink():
            options += ["--symlink", f"usr/{name}", f"/{name}"]
        else:
            options += ["--ro-bind-try", f"/{name}", f"/{name}"]
    for path in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        options += ["--ro-bind-try", path, path]
    options += ["--ro-bind-try", "/etc/fonts", "/etc/fonts"]
    # Before the folders below: Python itself may live under /tmp.
    options += _memory("/tmp", 256)
    made = {Path("/"), Path("/tmp"), Path("/usr")}
    course = ROOT / "course_utils"
    for path in sorted({Path(sys.base_prefix), Path(sys.prefix), course}):
        if Path("/usr") in path.parents:
            continue
        for parent in reversed(path.parents):
            if parent not in made:  # made by bubblewrap, only root could enter it
                options += ["--perms", "0755", "--dir", str(parent)]
                made.add(parent)
        options += ["--ro-bind", str(path), str(path)]
    options += ["--proc", "/proc", "--dev", "/dev", *_memory("/dev/shm", 64)]
    options += ["--remount-ro", "/dev", *_memory("/sandbox", 256)]
    return [*options, "--chdir", "/sandbox", "--remount-ro", "/"]


def _memory(path: str, mebibytes: int) -> list[str]:
    size = str(mebibytes * MEBIBYTE)
    return ["--size", size, "--perms", "1777", "--tmpfs", path]


def _variables() -> dict[str, str]:
    """The whole environment inside: nothing of the teacher's comes along."""
    return {
        "HOME": "/sandbox",
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "COURSE_PROGRESS": "off",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": "/tmp/ipython",
        "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
    }
