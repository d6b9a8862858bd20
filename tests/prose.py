"""Markdown as readers see it: prose without code, formulas and addresses."""

import re

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# Code, formulas, tags, addresses, arXiv numbers, targets of links.
NOT_PROSE = re.compile(
    r"`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+?\$|<[^>\n]+>|https?://\S+|\b\d{4}\.\d{4,5}\b|\]\([^)]*\)",
    re.DOTALL,
)


def plain_prose(markdown: str) -> str:
    """The text without code, formulas, tags, addresses and numbers of papers."""
    return NOT_PROSE.sub(" ", FENCED.sub(" ", markdown))


def headings(markdown: str) -> list[tuple[int, str]]:
    """The headings as (level, text), in order."""
    found = re.findall(r"^(#{1,6}) (.+)$", FENCED.sub("", markdown), re.MULTILINE)
    return [(len(marks), text.strip()) for marks, text in found]


def local_links(markdown: str) -> list[str]:
    """Targets of links to files of the course, without the part after ``#``."""
    targets = re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", markdown))
    files = [target.partition("#")[0] for target in targets]
    return [f for f in files if f and not re.match(r"[a-z]+:", f)]


def quoted_decimals(markdown: str) -> list[str]:
    """Decimal numbers of three or more significant digits in the prose."""
    numbers = re.findall(r"(?<![\w.])\d+\.\d+(?!\.?\d|\w)", plain_prose(markdown))
    return [n for n in numbers if len(n.replace(".", "").lstrip("0")) >= 3]


def section(markdown_cells: list[dict], title: str) -> str:
    """The text from the H2 ``title`` to the next H2, over all cells."""
    text = "\n\n".join(cell["source"] for cell in markdown_cells)
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found[1] if found else ""
