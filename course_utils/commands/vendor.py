"""What the pages load beside our own files: mathematics and slides, from npm.

The versions and their checksums are locked in ``book/package-lock.json``; ``npm ci``
brings exactly these into ``build/npm`` once, and the few files that a page needs are
copied beside it. Nothing is loaded from the network when a page is opened.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from course_utils.commands.environment import Stop
from course_utils.commands.notebooks import ROOT

MANIFEST = ("package.json", "package-lock.json", ".npmrc")
MATHEMATICS = ("mathjax/es5/tex-svg-full.js",)
SLIDES = (
    "reveal.js/dist/reset.css",
    "reveal.js/dist/reveal.css",
    "reveal.js/dist/reveal.js",
    "reveal.js/plugin/notes/notes.js",
)


def packages(root: Path = ROOT) -> Path:
    """Return the folder with the locked npm packages, installed where it is stale.

    Raises:
        Stop: npm is not installed, or could not bring the packages.
    """
    folder = root / "build" / "npm"
    lock = (root / "book" / "package-lock.json").read_text("utf-8")
    stamp = folder / "installed.json"
    if stamp.exists() and stamp.read_text("utf-8") == lock:
        return folder / "node_modules"
    npm = shutil.which("npm")
    if npm is None:
        raise Stop(
            "The book needs npm for its mathematics and slides, and npm was not found.",
            "install Node.js 18 or newer (Debian and Ubuntu: apt install nodejs npm) "
            "and type the command again",
        )
    folder.parent.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="npm-", dir=folder.parent))
    for name in MANIFEST:
        shutil.copy(root / "book" / name, fresh / name)
    ran = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--loglevel=error"],
        cwd=fresh,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if ran.returncode:
        shutil.rmtree(fresh)
        wanted = json.loads(lock)["packages"][""]["dependencies"]
        raise Stop(
            f"npm could not bring {', '.join(wanted)}:\n{ran.stdout.strip()[-800:]}",
            "connect to a network, or set npm's registry, and type the command again",
        )
    (fresh / stamp.name).write_text(lock, "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        fresh.rename(folder)
    except OSError:  # another process was faster, with the same packages
        shutil.rmtree(fresh)
    return folder / "node_modules"


def copy_files(names: tuple[str, ...], folder: Path, root: Path = ROOT) -> None:
    """Copy files of the npm packages into ``folder``, under the same paths.

    Raises:
        Stop: see ``packages``.
    """
    source = packages(root)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, folder / name)
