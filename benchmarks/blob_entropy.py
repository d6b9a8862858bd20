"""Blob entropy: rows from ``blobs.py``, and the memory of both sides.

``blobs.py`` measures; this part runs it (or takes its JSON, ``--stored``) and puts its
numbers into the common form. Lesson 18 shows that JSON: after a fresh run, execute it.
"""

import json
import subprocess
import sys
from pathlib import Path

import blobs as script
from measuring import Settings, one_thread, peak_mebibytes
from table import SLOWER, Part, Row

TITLE = "Blob entropy: loss and gradient of 384 maps"
PLACE = Path(__file__).with_name("blobs.json")
PACKAGES = ("opencv-python-headless", "connected-components-3d")
LOOPS = ("published loop", "published loop, scipy", "label loop", "label loop, scipy")
HOW_TO_INSTALL = (
    "python -m pip install --no-deps --target FOLDER {}, then --peers FOLDER"
)


def name_of(peer: str, labeller: str) -> str:
    """Return what a row calls its peer."""
    if peer in PACKAGES:
        return f"our code, labels by {peer}"
    loop, _, own = peer.partition(", ")
    what = "the published loop" if loop == "published loop" else "a call for each map"
    return f"{what}, labels by {own or labeller}"


def why(found: dict, peer: str) -> str:
    """Return where the difference to a package lies, from labelling alone."""
    if found["milliseconds"]["ours"] <= SLOWER * found["milliseconds"][peer]:
        return ""
    alone = found["labelling_alone"]
    more = alone["ours"] - alone[peer]
    return (
        f"SciPy labels {more:.2f} ms slower ({alone['ours']:.2f} against "
        f"{alone[peer]:.2f}); it is in the course's environment, the peer is not"
    )


def rows(stored: dict, memory: bool) -> list[Row]:
    """Return the rows of a stored run; ``memory`` measures it now."""
    found = []
    for each in stored["rows"]:
        ours = each["milliseconds"]["ours"]
        maps = script.maps_of(each["kind"], each["side"])
        held = peaks(maps) if memory else {}
        for peer, theirs in each["milliseconds"].items():
            if peer == "ours":
                continue
            found.append(
                Row(
                    part="blob_entropy",
                    what=f"BlobEntropyLoss, {each['kind']}",
                    size=f"{each['side']} x {each['side']}",
                    peer=name_of(peer, stored["loop_labels_with"]),
                    ours_seconds=ours / 1000,
                    peer_seconds=theirs / 1000,
                    ratio=ours / theirs,
                    ours_mebibytes=held.get("ours") if peer in held else None,
                    peer_mebibytes=held.get(peer),
                    rounds=stored["repeats"],
                    why=why(each, peer) if peer in PACKAGES else "",
                )
            )
    return found


def peaks(maps) -> dict[str, float]:
    """Return the peak of our loss and of the published loop, SciPy labelling both."""
    label, _ = script.labellers()
    losses = {
        "ours": script.ours,
        "published loop, scipy": script.published_loop(label["scipy"]),
    }
    return {
        name: peak_mebibytes(lambda loss=loss: script.forward_and_backward(loss, maps))
        for name, loss in losses.items()
    }


def measure(settings: Settings) -> Part:
    """Return the part, from a fresh run unless ``settings`` says stored or tiny."""
    one_thread()
    part = Part(TITLE)
    if not (settings.stored or settings.tiny):
        command = [sys.executable, str(PLACE.with_suffix(".py"))]
        command += ["--peers", settings.peers] if settings.peers else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    stored = json.loads(PLACE.read_text("utf-8"))
    part.rows = rows(stored, memory=not settings.tiny)
    for name in PACKAGES:
        if stored["versions"].get(name, "absent") == "absent":
            part.missing.append(f"{name}: {HOW_TO_INSTALL.format(name)}")
    for kind, slopes in stored["slopes"].items():
        part.notes.append(
            f"Growth of ours with the pixels of a map, {kind}, sides "
            f"{' to '.join(map(str, script.SIDES))}: powers "
            f"{', '.join(f'{slope:.2f}' for slope in slopes)}."
        )
    if settings.stored:
        part.notes.append("Taken from the last run of `benchmarks/blobs.py`.")
    return part
