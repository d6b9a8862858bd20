"""Handing a network in: one file with its settings and its weights, nothing else.

A file made by ``torch.save`` can run code when it is opened. ``load_submission``
never lets it: it opens archives only, of a bounded size, and has PyTorch read them
with ``weights_only=True``, which builds tensors and plain values and refuses all else.
"""

import zipfile
from pathlib import Path

import torch

from course_utils.capstone.networks import Settings, build_network
from course_utils.class_maps import MapClassifier

LARGEST = 4_000_000  # bytes of a file, and of what is inside


class NotASubmission(ValueError):
    """A file that holds no network of the family; the message says why."""


def save_submission(network: MapClassifier, settings: Settings, path: Path) -> None:
    """Write ``network``, which was built with ``settings``, to one file.

    Raises:
        NotASubmission: the weights do not belong to these settings, or one of them is
            no finite number.
    """
    state = {name: value.detach().cpu() for name, value in network.state_dict().items()}
    with_weights(settings, state)
    torch.save({"settings": settings.as_dict(), "weights": state}, path)


def load_submission(path: Path) -> tuple[MapClassifier, Settings]:
    """Return the network of a file, in evaluation mode, and its settings.

    No code of the file is run.

    Raises:
        NotASubmission: the file is absent, too large, damaged, holds anything but
            settings and weights, or weights that do not fit.
    """
    require_small_archive(Path(path))
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as e:  # damaged bytes can make the reader stumble anywhere
        raise NotASubmission(
            f"{Path(path).name}: expected a file written by save_submission, but "
            f"PyTorch will not read it as plain weights ({type(e).__name__})"
        ) from None
    if not isinstance(held, dict) or set(held) != {"settings", "weights"}:
        raise NotASubmission(
            f"{Path(path).name}: expected a dictionary with 'settings' and 'weights'; "
            "write the file with save_submission"
        )
    try:
        settings = Settings.from_dict(held["settings"])
    except (TypeError, ValueError) as problem:
        raise NotASubmission(f"{Path(path).name}: {problem}") from None
    return with_weights(settings, held["weights"]), settings


def require_small_archive(path: Path) -> None:
    """Raise unless ``path`` is a zip archive of a bounded size, packed and unpacked."""
    if not path.is_file():
        raise NotASubmission(f"{path.name}: expected a file, found none")
    if path.stat().st_size > LARGEST or not zipfile.is_zipfile(path):
        raise NotASubmission(
            f"{path.name}: expected a file of at most {LARGEST:,} bytes written by "
            "save_submission"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            inside = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        inside = LARGEST + 1
    if inside > LARGEST:
        raise NotASubmission(
            f"{path.name}: expected at most {LARGEST:,} bytes inside the archive"
        )


def with_weights(settings: Settings, weights: object) -> MapClassifier:
    """Return a network of these settings with these weights, in evaluation mode.

    Raises:
        NotASubmission: names, shapes or types that do not belong to the settings, or
            a weight that is no finite number.
    """
    network = build_network(settings)
    own = network.state_dict()
    if not isinstance(weights, dict) or set(weights) != set(own):
        raise NotASubmission(
            "weights: expected those of a network with these settings, got others; "
            "hand in the settings that the network was built with"
        )
    for name, value in own.items():
        given = weights[name]
        if not isinstance(given, torch.Tensor) or given.layout != torch.strided:
            raise NotASubmission(f"weights: {name} is no plain tensor")
        if given.shape != value.shape or given.dtype != value.dtype:
            raise NotASubmission(
                f"weights: {name} has shape {tuple(given.shape)} of {given.dtype}, "
                f"expected {tuple(value.shape)} of {value.dtype}"
            )
        if not torch.isfinite(given).all():
            raise NotASubmission(f"weights: {name} holds NaN or infinity")
    network.load_state_dict(weights)
    return network.eval()
