"""Reading what students uploaded: folders and zips, without being fooled by them.

Nothing is unpacked to disk and nothing is changed. A link, a path that leads out
of its folder, a file too large, a zip that swells: each becomes an ``Upload``
with a ``problem`` instead of content.
"""

import io
import os
import stat
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

MEBIBYTE = 1 << 20
FILE_LIMIT = 32 * MEBIBYTE
STUDENT_LIMIT = 64 * MEBIBYTE  # for all files of one student together
FILES_LIMIT = 500  # files of one student
IGNORED = ("__MACOSX", ".ipynb_checkpoints", ".DS_Store", ".git", "__pycache__")


@dataclass(frozen=True)
class Upload:
    """One uploaded file.

    path: as uploaded, with / between folders. content: its bytes.
    problem: why there is no content, "" if there is.
    """

    path: str
    content: bytes = b""
    problem: str = ""

    def moved(self, path: str) -> "Upload":
        """Return the same file under another path."""
        return replace(self, path=path)


def read_uploads(place: Path) -> list[Upload]:
    """Return all files of a folder or a zip; zips of students are opened once.

    Raises:
        FileNotFoundError: there is no such place.
        ValueError: neither a folder nor a zip, or an empty one.
    """
    if place.is_dir():
        uploads = _in_folder(place)
    elif place.is_file() and zipfile.is_zipfile(place):
        uploads = _in_zip(place.read_bytes(), "")
    elif place.exists():
        raise ValueError(f"{place} is neither a folder nor a zip file.")
    else:
        raise FileNotFoundError(f"{place} does not exist.")
    uploads = [opened for upload in uploads for opened in _opened(upload)]
    uploads = [u for u in uploads if not set(PurePosixPath(u.path).parts) & {*IGNORED}]
    if not uploads:
        raise ValueError(f"{place} holds no files.")
    return _within_limits(sorted(uploads, key=lambda upload: upload.path))


def _in_folder(place: Path) -> list[Upload]:
    uploads = []
    for folder, folders, names in os.walk(place, followlinks=False):
        for name in sorted(
            names + [f for f in folders if Path(folder, f).is_symlink()]
        ):
            path = Path(folder, name)
            shown = path.relative_to(place).as_posix()
            uploads.append(_read_file(path, shown))
        if not names and not folders and Path(folder) != place:
            shown = Path(folder).relative_to(place).as_posix()
            uploads.append(Upload(f"{shown}/.", problem=f"{shown}: an empty folder"))
    return uploads


def _read_file(path: Path, shown: str) -> Upload:
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            return Upload(shown, problem=f"{shown}: a link, not followed")
        if not stat.S_ISREG(about.st_mode):
            return Upload(shown, problem=f"{shown}: not a file, left out")
        if about.st_size > FILE_LIMIT:
            return Upload(shown, problem=f"{shown}: too large, left out")
        return Upload(shown, path.read_bytes())
    except OSError as error:
        return Upload(shown, problem=f"{shown}: cannot be read ({error.strerror})")


def _in_zip(content: bytes, prefix: str) -> list[Upload]:
    uploads = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist()[: 100 * FILES_LIMIT]:
            if entry.is_dir():
                continue
            parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
            shown = prefix + "/".join(p for p in parts if p not in ("/", "..", "."))
            if parts and (parts[0] == "/" or ".." in parts):
                problem = f"{shown}: a path that leads out of the zip, left out"
            elif stat.S_ISLNK(entry.external_attr >> 16):
                problem = f"{shown}: a link, not followed"
            elif entry.file_size > FILE_LIMIT:
                problem = f"{shown}: too large, left out"
            else:
                uploads.append(_read_entry(archive, entry, shown))
                continue
            uploads.append(Upload(shown, problem=problem))
    return uploads


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> Upload:
    """Read one entry, never more than it may have: a zip can lie about sizes."""
    try:
        with archive.open(entry) as stream:
            content = stream.read(FILE_LIMIT + 1)
    except Exception as error:  # damaged, or behind a password
        return Upload(shown, problem=f"{shown}: cannot be read ({error})")
    if len(content) > FILE_LIMIT:
        return Upload(shown, problem=f"{shown}: too large, left out")
    return Upload(shown, content)


def _opened(upload: Upload) -> list[Upload]:
    """Return the files in a zip that a student uploaded, or the file itself."""
    if upload.problem or not upload.path.lower().endswith(".zip"):
        return [upload]
    folder = PurePosixPath(upload.path).parent
    alone = str(folder) == "."  # the zip itself stands for the student
    prefix = f"{PurePosixPath(upload.path).stem if alone else folder}/"
    try:
        return _in_zip(upload.content, prefix)
    except zipfile.BadZipFile:
        return [Upload(upload.path, problem=f"{upload.path}: a damaged zip")]


def _within_limits(uploads: list[Upload]) -> list[Upload]:
    """Drop the content of what exceeds a student's share."""
    used: dict[str, int] = {}
    count: dict[str, int] = {}
    kept = []
    for upload in uploads:
        student = PurePosixPath(upload.path).parts[0]
        used[student] = used.get(student, 0) + len(upload.content)
        count[student] = count.get(student, 0) + 1
        if used[student] > STUDENT_LIMIT or count[student] > FILES_LIMIT:
            if count[student] > FILES_LIMIT + 1 and not upload.path.endswith(".ipynb"):
                continue
            problem = f"{upload.path}: more than one student may hand in, left out"
            upload = Upload(upload.path, problem=problem)
        kept.append(upload)
    return kept
