"""Where the notebooks are, and the small questions that several tests ask of them."""

import json
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lessons() -> list[Path]:
    """The lessons, in order."""
    return sorted(ROOT.glob("notebooks/*.ipynb"))


def exercise_sources() -> list[Path]:
    """The notebooks that hold tasks, answers and checks, in order."""
    return sorted(ROOT.glob("solutions/*/*.ipynb"))


@cache
def load(path: Path) -> dict:
    """The notebook as plain JSON, with every source and stream as one string."""
    return joined(json.loads(path.read_text(encoding="utf-8")))


def joined(notebook: dict) -> dict:
    """The notebook with lists of lines joined to text."""
    for cell in notebook["cells"]:
        cell["source"] = as_text(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = as_text(output["text"])
            for kind, content in output.get("data", {}).items():
                if kind.startswith(("text/", "image/")):
                    output["data"][kind] = as_text(content)
    return notebook


def as_text(lines: str | list[str]) -> str:
    """Notebook files store a text as one string or as a list of lines."""
    return lines if isinstance(lines, str) else "".join(lines)


def tags(cell: dict) -> list[str]:
    """The tags of a cell."""
    return cell["metadata"].get("tags", [])


def code_cells(notebook: dict) -> list[dict]:
    """The code cells, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def markdown_cells(notebook: dict) -> list[dict]:
    """The Markdown cells, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
