"""Handing a network in: one file with its settings and its weights, nothing else.

A pickle, such as ``torch.save`` writes, can run code or fill the memory when it is
opened. So none is read here: a hand-in is a NumPy archive (``.npz``) of plain numbers,
and the settings are a line of JSON in it. Sizes, names, types and shapes are checked
before the numbers themselves are looked at.
"""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import numpy as np
import torch
from numpy.lib import format as npy
from torch import Tensor, nn

from course_utils.arguments import require_instance
from course_utils.capstone.networks import Settings, build_network
from course_utils.class_maps import MapClassifier

LARGEST = 4_000_000  # bytes of a file, and of what is inside
LONGEST_SETTINGS = 1_000  # bytes of JSON
LONGEST_HEADER = 300  # bytes that say type and shape of an array
SUFFIX = ".npz"
SETTINGS = "settings"  # the array that holds them, as bytes
CALLED = "expected a file written by save_submission"


class NotASubmission(ValueError):
    """A file that holds no network of the family; the message says why."""


def save_submission(network: MapClassifier, settings: Settings, path: Path) -> None:
    """Write ``network``, which was built with ``settings``, to one ``.npz`` file.

    Raises:
        NotASubmission: the weights do not belong to these settings, or one of them is
            no finite number.
        ValueError: the name does not end in ``.npz``; then nobody would find it.
    """
    require_instance("network", network, nn.Module)
    require_instance("path", path, str | PathLike)
    path = Path(path)
    if path.suffix.lower() != SUFFIX:
        raise ValueError(f"path: expected a name such as team.npz, got {path.name!r}")
    state = {name: value.detach().cpu() for name, value in network.state_dict().items()}
    with_weights(settings, state)
    text = np.frombuffer(json.dumps(settings.as_dict()).encode(), dtype=np.uint8)
    held = {name: value.contiguous().numpy() for name, value in state.items()}
    buffer = io.BytesIO()
    np.savez(buffer, **{SETTINGS: text}, **held)
    path.write_bytes(buffer.getvalue())


def load_submission(path: Path) -> tuple[MapClassifier, Settings]:
    """Return the network of a file, in evaluation mode, and its settings.

    Nothing of the file is run, and it takes no more memory than ``LARGEST`` bytes
    and a network.

    Raises:
        NotASubmission: the file is absent, too large, damaged, holds anything but
            settings and weights, or weights that do not fit.
    """
    require_instance("path", path, str | PathLike)
    path = Path(path)
    try:
        return _read(path)
    except NotASubmission as problem:
        why = str(problem)
    except Exception as problem:  # damaged bytes can make the reader stumble anywhere
        why = f"{CALLED}, but it cannot be read ({type(problem).__name__})"
    raise NotASubmission(f"{printable(path.name)}: {why}") from None


def with_weights(settings: Settings, weights: Mapping[str, Tensor]) -> MapClassifier:
    """Return a network of these settings with these weights, in evaluation mode.

    Raises:
        NotASubmission: names, shapes or types that do not belong to the settings, or
            a weight with which nothing can be calculated.
    """
    network = build_network(settings)
    own = network.state_dict()
    require_names(set(weights), set(own))
    for name, value in own.items():
        given = weights[name]
        require_kind(name, given.shape, given.dtype, value)
        if not torch.isfinite(given).all():
            raise NotASubmission(f"weights: {name} holds NaN or infinity")
        if name.endswith("running_var") and (given < 0).any():
            raise NotASubmission(f"weights: {name} holds a negative variance")
    network.load_state_dict(dict(weights))
    return network.eval()


def require_names(given: set[str], expected: set[str]) -> None:
    """Raise unless a file holds the weights of such a network and no others."""
    if given != expected:
        raise NotASubmission(
            "weights: expected those of a network with these settings, got others; "
            "hand in the settings that the network was built with"
        )


def require_kind(
    name: str, shape: tuple[int, ...], dtype: torch.dtype | np.dtype, value: Tensor
) -> None:
    """Raise unless a weight has the shape and the type of ``value``."""
    came, wanted = (str(d).removeprefix("torch.") for d in (dtype, value.dtype))
    if tuple(shape) != tuple(value.shape) or came != wanted:
        sizes = printable(str(tuple(shape)))
        raise NotASubmission(
            f"weights: {name} has shape {sizes} of {printable(came)}, "
            f"expected {tuple(value.shape)} of {wanted}"
        )


def printable(text: str, most: int = 40) -> str:
    """Return ``text`` without control characters, cut to ``most`` characters."""
    plain = "".join(c if c.isprintable() else "?" for c in text[:most])
    return plain if len(text) <= most else plain[:-3] + "..."


def _read(path: Path) -> tuple[MapClassifier, Settings]:
    """Return what ``load_submission`` returns; any exception may come out."""
    if not path.is_file():
        raise NotASubmission("expected a file, found none")
    with path.open("rb") as stream:
        packed = stream.read(LARGEST + 1)
    if len(packed) > LARGEST or not zipfile.is_zipfile(io.BytesIO(packed)):
        raise NotASubmission(f"{CALLED}, of at most {LARGEST:,} bytes")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        inside = sum(entry.file_size for entry in archive.infolist())
        if inside > LARGEST:
            raise NotASubmission(
                f"expected at most {LARGEST:,} bytes inside the archive"
            )
        if any(e.compress_type != zipfile.ZIP_STORED for e in archive.infolist()):
            raise NotASubmission(f"{CALLED}, which does not compress")
        settings = _settings(archive, entries.pop(f"{SETTINGS}.npy", None))
        own = build_network(settings).state_dict()
        require_names(set(entries), {f"{name}.npy" for name in own})
        if len(archive.infolist()) != len(own) + 1:
            raise NotASubmission(f"{CALLED}, but it holds a name twice")
        weights = {
            name: _weight(name, archive.read(entries[f"{name}.npy"]), value)
            for name, value in own.items()
        }
    return with_weights(settings, weights), settings


def _settings(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> Settings:
    """Return the settings of an archive."""
    if entry is None:
        raise NotASubmission(f"{CALLED}, but it holds no settings")
    if entry.file_size > LONGEST_SETTINGS + LONGEST_HEADER:
        raise NotASubmission("settings: expected a short text")
    shape, dtype, data = _array(SETTINGS, archive.read(entry))
    if dtype != np.uint8 or len(shape) != 1 or shape[0] != len(data):
        raise NotASubmission("settings: expected a text, stored as bytes")
    try:
        return Settings.from_dict(json.loads(data.decode()))
    except (TypeError, ValueError, RecursionError) as problem:
        if isinstance(problem, json.JSONDecodeError | UnicodeError | RecursionError):
            raise NotASubmission("settings: expected a dictionary as JSON") from None
        raise NotASubmission(printable(str(problem), 200)) from None


def _weight(name: str, entry: bytes, value: Tensor) -> Tensor:
    """Return one weight, of the shape and type of ``value``."""
    shape, dtype, data = _array(name, entry)
    require_kind(name, shape, dtype, value)
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise NotASubmission(f"weights: {name} is cut off, or too long")
    numbers = np.frombuffer(data, dtype=dtype).reshape(shape)
    return torch.from_numpy(numbers.copy())


def _array(name: str, entry: bytes) -> tuple[tuple[int, ...], np.dtype, bytes]:
    """Return shape, type and unread bytes of one array of the archive."""
    stream = io.BytesIO(entry)
    if npy.read_magic(stream) != (1, 0):
        raise NotASubmission(f"{name}: expected an array in version 1.0 of its format")
    header = npy.read_array_header_1_0(stream, max_header_size=LONGEST_HEADER)
    shape, turned, dtype = header
    if turned:
        raise NotASubmission(f"{name}: expected the last axis to run fastest")
    return shape, dtype, stream.read()
