"""Lecture slides: a deck for each lesson, with speaker notes, without a network.

    python -m course_utils.commands.slides      writes build/slides/index.html

The slide types in a lesson's metadata say what is shown (``slide``, ``subslide``,
``fragment``), what only the speaker sees (``notes``) and what is left out (``skip``).
Code and figures come from the stored outputs, explorers respond in the page. A slide
that is too full is set smaller, down to a size that can still be read in a room.
"""

import argparse
import html
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from string import Template
from textwrap import fill
from typing import TYPE_CHECKING

from course_utils.commands.environment import Stop
from course_utils.commands.live_explorers import make_live, write_script
from course_utils.commands.normal_form import read
from course_utils.commands.notebooks import ROOT
from course_utils.commands.pages import lessons, slide_type, tags, unblank
from course_utils.commands.vendor import MATHEMATICS, SLIDES, copy_files

if TYPE_CHECKING:
    from nbformat import NotebookNode

OUT = ROOT / "build" / "slides"
DETAILS = re.compile(r"<details>\s*<summary>([^<]+)</summary>\n")
# What a lesson says of JupyterLab's folds; a slide has none.
FOLDS = re.compile(r" Code behind three dots[^\n]*")
COLUMNS = re.compile(r"\S {2,}\S.*\n.*\S {2,}\S")  # two lines, one below the other
NOTEBOOK_LINK = re.compile(r'<a href="([^"]*\.ipynb)(?:#[^"]*)?">(.*?)</a>', re.DOTALL)


# ------------------------------------------------------------------------ one cell


@cache
def markdown():
    """Return the Markdown parser: the book's, with mathematics left to MathJax."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def mathematics(text: str, options: dict) -> str:
        begin, end = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
        return f"{begin}{html.escape(text.strip())}{end}"

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(dollarmath_plugin, renderer=mathematics, double_inline=True)
    return parser.use(amsmath_plugin, renderer=lambda text: rf"\[{html.escape(text)}\]")


def prose(text: str) -> str:
    """Return Markdown as HTML; answers stand open, links lead to other decks."""
    text = FOLDS.sub("", text)
    text = DETAILS.sub(r"**\1.**\n", text).replace("</details>", "")

    def deck_link(found: re.Match) -> str:
        target = Path(found[1])
        if target.parent != Path("."):
            return found[2]
        return f'<a href="{target.with_suffix(".html")}">{found[2]}</a>'

    page = NOTEBOOK_LINK.sub(deck_link, markdown().render(text))
    return page.replace("<th></th>", "<td></td>")  # an empty corner heads nothing


def code(text: str) -> str:
    """Return Python source as coloured HTML."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(text, PythonLexer(), HtmlFormatter(cssclass="code"))


def shown(output: "NotebookNode") -> str:
    """Return a stored output as HTML."""
    unblank(output)
    data = output.get("data", {})
    if "text/html" in data:
        return f'<div class="picture">{data["text/html"]}</div>'
    if "text/markdown" in data:
        return prose(data["text/markdown"])
    text = output.get("text") or data.get("text/plain", "")
    columns = " columns" if COLUMNS.search(text) else ""
    if columns:  # its sentences are broken here, so that the table need not be
        lines = text.splitlines()
        text = "\n".join(li if "  " in li else fill(li, 90) for li in lines)
    return f'<pre class="printed{columns}">{html.escape(text.rstrip())}</pre>'


def draws(cell: "NotebookNode") -> bool:
    """Return whether a cell builds a figure: a room looks at that, not at its code."""
    return cell.source.rstrip().endswith("\nfig")


def code_cell(cell: "NotebookNode") -> str:
    """Return a code cell as HTML; an answer to a prediction comes one step later."""
    explorer = make_live(cell)
    hidden = explorer or "hide-input" in tags(cell) or draws(cell)
    outputs = "".join(shown(output) for output in cell.outputs)
    later = (
        " fragment" if cell.metadata.get("jupyter", {}).get("outputs_hidden") else ""
    )
    source = "" if hidden else code(cell.source)
    results = f'<div class="results{later}">{outputs}</div>' if outputs else ""
    return f'<div class="cell">{source}{results}</div>'


# ------------------------------------------------------------------------ one deck


def slides(notebook: "NotebookNode") -> Iterator[list[str]]:
    """Yield columns of slides; each slide is the HTML that stands in its section."""
    column: list[list[str]] = []
    for cell in notebook.cells:
        kind = slide_type(cell)
        if kind == "skip":
            continue
        if kind == "slide" and column:
            yield ["\n".join(parts) for parts in column]
            column = []
        if kind in ("slide", "subslide") or not column:
            column.append([])
        text = prose(cell.source) if cell.cell_type == "markdown" else code_cell(cell)
        if kind == "notes":
            text = f'<aside class="notes">{text}</aside>'
        else:
            later = ' class="fragment"' if kind == "fragment" else ""
            text = f'<div data-cell="{cell.id}"{later}>{text}</div>'
        column[-1].append(text)
    yield ["\n".join(parts) for parts in column]


def deck(path: Path, vendor: str) -> str:
    """Return the page of a lesson's deck; ``vendor`` leads to the npm files."""
    notebook = read(path)
    columns = (
        "<section>"
        + "".join(f"<section>\n{text}\n</section>\n" for text in column)
        + "</section>\n"
        for column in slides(notebook)
    )
    title = f"{path.stem[:2]} · {notebook.metadata.course.title}"
    page = Template((ROOT / "book" / "slides.html").read_text("utf-8"))
    return page.substitute(
        title=html.escape(title), vendor=vendor, slides="".join(columns)
    )


def write_decks(folder: Path, vendor: str = "vendor") -> list[Path]:
    """Write a deck for each lesson and a page that lists them; return the decks.

    Args:
        folder: made anew.
        vendor: where the npm files are, as seen from ``folder``; copied there where
            it lies inside.

    Raises:
        Stop: the npm packages could not be brought.
    """
    from pygments.formatters import HtmlFormatter

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copy_files((*SLIDES, *MATHEMATICS), folder / vendor)
    found, decks, rows = set(), [], []
    for path in lessons():
        text = deck(path, vendor)
        found |= set(re.findall(r'data-explorer="(\w+)"', text))
        decks.append(folder / f"{path.stem}.html")
        decks[-1].write_text(text, "utf-8", newline="\n")
        title = re.search(r"<title>(.*?)</title>", text)[1]
        rows.append(f'<li><a href="{decks[-1].name}">{title}</a></li>')
    write_script(found, folder)
    for name in ("slides.css", "slides.js"):
        shutil.copy(ROOT / "book" / name, folder / name)
    light = HtmlFormatter(style="a11y-high-contrast-light").get_style_defs(".code")
    dark = HtmlFormatter(style="a11y-high-contrast-dark").get_style_defs(".code")
    colours = (
        f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    )
    (folder / "code.css").write_text(colours, "utf-8", newline="\n")
    listing = Template((ROOT / "book" / "slides-index.html").read_text("utf-8"))
    text = listing.substitute(rows="\n".join(rows))
    (folder / "index.html").write_text(text, "utf-8", newline="\n")
    return decks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.commands.slides",
        description=__doc__.split("\n")[0],
    )
    parser.parse_args(arguments)
    began = time.monotonic()
    try:
        decks = write_decks(OUT)
    except Stop as stop:
        print(f"\n{stop.sentence}\nNext: {stop.next_step}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    print(f"{len(decks)} decks in {seconds:.0f} s. Open {OUT / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
