"""The one table: what a row holds, and how Markdown and JSON are written from it.

A row without a reason where we are slower or need more memory than the peer is
refused, and so is a part that holds neither rows nor a word on what is missing.
"""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib import metadata
from pathlib import Path

SLOWER = 1.05  # a ratio above it needs a reason
PACKAGES = (
    *("torch", "numpy", "scipy", "d2l", "statsmodels", "captum", "grad-cam"),
    *("opencv-python-headless", "connected-components-3d", "nbgrader", "nbconvert"),
    *("sphinx", "myst-nb", "matplotlib"),
)


@dataclass(frozen=True)
class Row:
    """Ours against one peer; seconds are CPU seconds unless ``clock`` says wall."""

    part: str
    what: str
    size: str
    peer: str
    ours_seconds: float
    peer_seconds: float
    ratio: float
    quartiles: list[float] | None = None  # of the ratio, over the turns
    ours_mebibytes: float | None = None
    peer_mebibytes: float | None = None
    rounds: int = 1
    clock: str = "CPU"
    why: str = ""

    @property
    def memory_ratio(self) -> float | None:
        if self.ours_mebibytes is None or not self.peer_mebibytes:
            return None
        return self.ours_mebibytes / self.peer_mebibytes

    def needs_reason(self) -> bool:
        """Whether we are behind and nothing says why."""
        behind = self.ratio > SLOWER or (self.memory_ratio or 0) > SLOWER
        return behind and not self.why


@dataclass(frozen=True)
class Growth:
    """Seconds and memory as powers of the length, between ``lengths``."""

    part: str
    what: str
    peer: str
    lengths: list[int]
    ours_seconds: float
    peer_seconds: float
    ours_mebibytes: float
    peer_mebibytes: float


@dataclass
class Part:
    """What one part found."""

    title: str
    rows: list[Row] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # peer: how to get it


def as_json(part: Part, load: list[float], seconds: float) -> dict:
    """Return a part as the table's file holds it.

    Raises:
        ValueError: nothing in it, or a row behind its peer that gives no reason.
    """
    if not part.rows and not part.missing:
        raise ValueError(
            f"{part.title}: expected rows, or what is missing; got nothing"
        )
    silent = [f"{r.what} ({r.size})" for r in part.rows if r.needs_reason()]
    if silent:
        raise ValueError(
            f"{part.title}: expected a reason where we are behind, got none for "
            f"{'; '.join(silent)}; measure where the time goes and fill in why"
        )
    rows = []
    for row in part.rows:
        stored = {name: rounded(value) for name, value in asdict(row).items()}
        stored["memory_ratio"] = rounded(row.memory_ratio)
        rows.append(stored)
    return {
        "title": part.title,
        "date": date.today().isoformat(),
        "seconds_taken": round(seconds),
        "load_before_and_after": [round(each, 1) for each in load],
        "machine": machine(),
        "versions": versions(),
        "rows": rows,
        "growth": [
            {name: rounded(value) for name, value in asdict(each).items()}
            for each in part.growth
        ],
        "notes": part.notes,
        "missing": part.missing,
    }


def rounded(value: object) -> object:
    """Return numbers with four digits, whatever their size."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return value


def machine() -> dict:
    """Return processor, cores, memory and system; no name of the machine."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    found = {
        "processor": processor,
        "cores": os.cpu_count(),
        "system": platform.system(),
    }
    if hasattr(os, "sysconf"):
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        found["memory_gib"] = round(size / 2**30, 1)
    return found


def versions() -> dict[str, str]:
    """Return the version of Python and of every package in the comparison."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def write(parts: Mapping[str, dict], folder: Path) -> None:
    """Write ``table.json`` and ``TABLE.md`` into ``folder``."""
    text = json.dumps(parts, indent=1, ensure_ascii=False) + "\n"
    (folder / "table.json").write_text(text, "utf-8", newline="\n")
    (folder / "TABLE.md").write_text(markdown(parts), "utf-8", newline="\n")


INTRODUCTION = """# Ours against named peers

Written by `python benchmarks/run.py`; never edit it by hand. A ratio is ours divided
by the peer's: below 1 we are faster or need less memory. It is the median over turns
that both sides took in one process on one thread, with its quartiles; outputs and
gradients of both sides were equal before the clock started. Milliseconds are CPU time
(*wall*: time on the wall). Memory is the peak of one call beyond what was held before
it. "Without checks" is the ratio of our code to the same peer in the same turns, with
every check of an argument taken out and a plain softmax in place of `masked_softmax`,
which looks for scores of minus infinity and for rows without any key.
"""
HEAD = (
    "| What | Size | Peer | Ours, ms | Peer, ms | Ratio | Quartiles "
    "| Ours, MiB | Peer, MiB | Ratio | Where we are behind |\n"
    "| --- | --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- |"
)
GROWTH_HEAD = (
    "| Grows as length to the power | Lengths | Peer | Ours, seconds | Peer, seconds "
    "| Ours, memory | Peer, memory |\n| --- | --- | --- | ---: | ---: | ---: | ---: |"
)


def markdown(parts: Mapping[str, dict]) -> str:
    """Return all parts as one page."""
    pieces = [INTRODUCTION]
    for part in parts.values():
        pieces.append(f"## {part['title']}\n")
        if part["rows"]:
            pieces.append("\n".join([HEAD, *map(line, part["rows"])]) + "\n")
        if part["growth"]:
            lines = [GROWTH_HEAD, *map(growth_line, part["growth"])]
            pieces.append("\n".join(lines) + "\n")
        pieces += [f"{note}\n" for note in part["notes"]]
        pieces += [f"**Not measured:** {each}\n" for each in part["missing"]]
        pieces.append(circumstances(part))
    return "\n".join(pieces)


def line(row: dict) -> str:
    """Return one row of the table."""
    spread = row["quartiles"]
    cells = [
        row["what"],
        row["size"],
        row["peer"],
        number(1000 * row["ours_seconds"]) + ("" if row["clock"] == "CPU" else " wall"),
        number(1000 * row["peer_seconds"]),
        f"**{number(row['ratio'])}**",
        f"{number(spread[0])} to {number(spread[1])}" if spread else "",
        number(row["ours_mebibytes"]),
        number(row["peer_mebibytes"]),
        number(row["memory_ratio"]),
        row["why"],
    ]
    return "| " + " | ".join(cells) + " |"


def growth_line(each: dict) -> str:
    slopes = ("ours_seconds", "peer_seconds", "ours_mebibytes", "peer_mebibytes")
    lengths = " to ".join(str(length) for length in each["lengths"])
    numbers = " | ".join(f"{each[name]:.2f}" for name in slopes)
    return f"| {each['what']} | {lengths} | {each['peer']} | {numbers} |"


def number(value: float | None) -> str:
    """Return two or three digits; nothing for None."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def circumstances(part: dict) -> str:
    """Return date, machine, versions and load in one line."""
    found = part["machine"]
    memory = f", {found['memory_gib']} GiB" if "memory_gib" in found else ""
    before, after = part["load_before_and_after"]
    packages = ", ".join(
        f"{name} {version}"
        for name, version in part["versions"].items()
        if version != "absent"
    )
    return (
        f"<sub>{part['date']}; {found['processor']}, {found['cores']} cores{memory}, "
        f"{found['system']}; {part['seconds_taken']} s, load {before} before and "
        f"{after} after; {packages}.</sub>\n"
    )
