"""Rules for every notebook, lesson or exercise source: form, prose, code, outputs.

A rule takes a ``Notebook`` and returns its problems as sentences: the cell, what
is wrong with it, and the way out. No rule runs any code.
"""

import ast
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from course_files import code_cells, load, markdown_cells, tags
from prose import headings, local_links, plain_prose

from course_utils.commands.normal_form import normal_text, read


@dataclass(frozen=True)
class Notebook:
    """A stored notebook, as plain JSON with joined lines."""

    path: Path

    @cached_property
    def content(self) -> dict:
        return load(self.path)

    @property
    def cells(self) -> list[dict]:
        return self.content["cells"]

    @property
    def code(self) -> list[dict]:
        return code_cells(self.content)

    @property
    def markdown(self) -> list[dict]:
        return markdown_cells(self.content)

    @property
    def course(self) -> dict:
        return self.content["metadata"].get("course", {})

    @property
    def name(self) -> str:
        return self.path.stem

    def __str__(self) -> str:
        return self.name


Rule = Callable[[Notebook], Iterator[str]]

TAGS = re.compile(
    r"taught:course_utils(\.[a-z0-9_]+)+\.[A-Za-z0-9_]+"
    r"|picture:[a-z0-9-]+"
    r"|hide-input|solution-note|goes-wrong|given-number|nbval-ignore-output"
)
KNOWN_TAGS = (
    "taught:course_utils.<module>.<name>, picture:<name>, hide-input, solution-note, "
    "goes-wrong, given-number and nbval-ignore-output"
)
PATHS_AND_NETWORK = re.compile(
    r"https?://|ftp://|[\"'](?:/|~/|[A-Za-z]:\\)\w|\burllib\b|\brequests\.|"
    r"download=True|^\s*[!%]",
    re.MULTILINE,
)
NOT_IN_LESSONS = {
    r"\bpyplot\b|\bplt\.": "pyplot; use course_utils.plots.figure",
    r"\.show\(\)": "show(); let the last line of the cell be the figure",
    r"[\"']jet[\"']": "the colour map jet; use viridis, magma or Reds",
    r"\binteract\(|interactive_output|\bOutput\(": (
        "interact or Output; use an explorer, which also works without a kernel"
    ),
}
MACHINE = re.compile(
    r"0x[0-9a-fA-F]{6,}|/(?:home|Users|tmp|root)/|[A-Z]:\\Users|site-packages"
)


# ------------------------------------------------------------------------ form


def normal_form(notebook: Notebook) -> Iterator[str]:
    stored = notebook.path.read_bytes().decode("utf-8")
    if stored != normal_text(read(notebook.path)):
        yield "not in normal form; type: python3 -m course_utils execute " + (
            notebook.path.parent.name + "/" + notebook.path.name
        )


def file_name(notebook: Notebook) -> Iterator[str]:
    if not re.fullmatch(r"\d\d_[a-z0-9]+(_[a-z0-9]+)*\.ipynb", notebook.path.name):
        yield "the file name must look like 05_scoring_functions.ipynb"


def cell_ids(notebook: Notebook) -> Iterator[str]:
    seen = set()
    for cell in notebook.cells:
        if not re.fullmatch(r"(?=.{2,64}$)[a-z0-9]+(-[a-z0-9]+)*", cell["id"]):
            yield f"{cell['id']}: an id is kebab-case, 2 to 64 characters"
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,4}.*", cell["id"]):
            yield f"{cell['id']}: looks random; name the cell after what it shows"
        if cell["id"] in seen:
            yield f"{cell['id']}: used twice; every cell has its own id"
        seen.add(cell["id"])


def allowed_tags(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.cells:
        for tag in tags(cell):
            if not TAGS.fullmatch(tag):
                yield f"{cell['id']}: unknown tag {tag}; the course knows {KNOWN_TAGS}"


def one_title(notebook: Notebook) -> Iterator[str]:
    titles = [
        (cell["id"], title)
        for cell in notebook.markdown
        for level, title in headings(cell["source"])
        if level == 1
    ]
    if len(titles) != 1 or titles[0][0] != notebook.cells[0]["id"]:
        yield f"expected one H1, in the first cell; found {titles}"
        return
    exercises = "Exercises " if notebook.path.parent.parent.name == "solutions" else ""
    expected = f"{exercises}{notebook.name[:2]} · {notebook.course.get('title')}"
    if titles[0][1] != expected:
        yield f"{titles[0][0]}: expected the title {expected!r}, as in the metadata"


def heading_levels(notebook: Notebook) -> Iterator[str]:
    last = 0
    for cell in notebook.markdown:
        for level, title in headings(cell["source"]):
            if level > last + 1:
                yield f"{cell['id']}: {title!r} skips a heading level"
            last = level


# ----------------------------------------------------------------------- prose

FORBIDDEN = re.compile(
    r"\b(simply|just|obvious(?:ly)?|clearly|easy|easily|trivial(?:ly)?|powerful"
    r"|basically|of course)\b",
    re.IGNORECASE,
)
AMERICAN = re.compile(
    r"\b((?:color|behavior|neighbor|favor|flavor|honor)\w*|centers?|centered|gray"
    r"|(?:label|model|cancel|travel|signal|channel)(?:ed|ing)|analyz\w+|artifacts?"
    r"|fulfill|\w+iz(?:e|es|ed|ing|er|ers|ation|ations))\b",
    re.IGNORECASE,
)
SPELLED_SO_IN_BRITAIN = re.compile(
    r"(over|under|re|down|up|mid|full|half)?(size|sizes|sized|sizing)"
    r"|prize|prizes|prized|seize|seizes|seized"
)


def forbidden_words(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.markdown:
        for word in FORBIDDEN.findall(plain_prose(cell["source"])):
            yield f"{cell['id']}: {word!r} tells the reader nothing; leave it out"


def british_spelling(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.markdown:
        if cell["source"].startswith("## Read"):
            continue  # titles of papers keep their spelling
        for word in american_words(plain_prose(cell["source"])):
            yield f"{cell['id']}: {word!r} is American; the course writes British"


def american_words(prose: str) -> list[str]:
    """The words of ``prose`` that British spelling writes in another way."""
    words = AMERICAN.findall(prose)
    return [word for word in words if not SPELLED_SO_IN_BRITAIN.fullmatch(word.lower())]


def plain_markdown(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.markdown:
        text = re.sub(r"```.*?```|`[^`\n]*`|\$[^$]*\$", "", cell["source"], flags=re.S)
        for tag in re.findall(r"</?([A-Za-z][A-Za-z0-9]*)(?=[\s>/])", text):
            if tag not in ("details", "summary"):
                yield f"{cell['id']}: HTML <{tag}>; plain Markdown shows everywhere"
        if re.search(r"^:::|^```\{", cell["source"], re.MULTILINE):
            yield f"{cell['id']}: a directive shows as raw text elsewhere; leave it out"
        opened = re.findall(r"<details>\s*<summary>[^<]+</summary>\n\n", text)
        if not (len(opened) == text.count("<details") == text.count("</details>")):
            yield (
                f"{cell['id']}: write <details><summary>Answer</summary>, an empty "
                "line, the text, </details>"
            )


def links_lead_somewhere(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.markdown:
        for target in local_links(cell["source"]):
            if not (notebook.path.parent / target).exists():
                yield f"{cell['id']}: the link {target} leads nowhere"


# ------------------------------------------------------------------------ code


def line_width(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for line in cell["source"].splitlines():
            if len(line) > 79:
                yield f"{cell['id']}: {len(line)} columns, at most 79: {line.strip()}"


def parsed(cell: dict) -> ast.Module:
    """The syntax tree of a code cell; an empty one where it is not Python."""
    try:
        return ast.parse(cell["source"])
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def self_contained_code(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for found in PATHS_AND_NETWORK.findall(cell["source"]):
            yield (
                f"{cell['id']}: {found.strip()!r} depends on one machine or on the "
                "network; generate the data, or use a relative path"
            )


def course_style_code(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for pattern, instead in NOT_IN_LESSONS.items():
            if re.search(pattern, cell["source"]) and "goes-wrong" not in tags(cell):
                yield f"{cell['id']}: {instead}, or tag the cell goes-wrong"


# --------------------------------------------------------------------- outputs


def executed_in_order(notebook: Notebook) -> Iterator[str]:
    counts = [cell["execution_count"] for cell in notebook.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"executed in the order {counts}; run all cells from the top"
    for cell in notebook.code:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"{cell['id']}: {output['ename']}; catch what is meant to fail"
            if output.get("name") == "stderr":
                yield f"{cell['id']}: writes to stderr, which reads like an error"


def figures_have_alternative_text(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for output in cell["outputs"]:
            data = output.get("data", {})
            if "image/png" not in data and "image/svg+xml" not in data:
                continue
            found = re.search(r'<img[^>]*\balt="([^"]*)"', data.get("text/html", ""))
            text = html.unescape(found[1]).strip() if found else ""
            if len(text) < 15 or re.fullmatch(r"\S+\.(png|svg|jpe?g)", text):
                yield (
                    f"{cell['id']}: a picture with the alternative text {text!r}; say "
                    "what a reader who cannot see it must know (15 characters or more)"
                )


def figures_are_explained(notebook: Notebook) -> Iterator[str]:
    for position, cell in enumerate(notebook.cells):
        shows = any("image/png" in o.get("data", {}) for o in cell.get("outputs", []))
        beside = notebook.cells[max(position - 2, 0) : position + 3]
        if shows and not any(c["cell_type"] == "markdown" for c in beside):
            yield f"{cell['id']}: no sentence beside this figure says what to look at"


def nothing_from_one_machine(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        for output in cell["outputs"]:
            for found in MACHINE.findall(shown_text(output)):
                yield f"{cell['id']}: shows {found}, which differs between machines"


def shown_text(output: dict) -> str:
    """What a person reads of an output, pictures left out."""
    data = output.get("data", {})
    texts = [output.get("text", "")]
    texts += [text for kind, text in data.items() if kind.startswith("text/")]
    return re.sub(r"base64,[A-Za-z0-9+/=\s]+", "", "\n".join(texts))


def four_significant_digits(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.code:
        if "nbval-ignore-output" in tags(cell):
            continue
        for output in cell["outputs"]:
            for number in long_numbers(output.get("text", "")):
                yield (
                    f"{cell['id']}: prints {number}; more than four significant digits "
                    "differ between machines: use f'{value:.4g}'"
                )


def long_numbers(text: str) -> list[str]:
    """Decimal numbers with more than four significant digits, tensors left out.

    ``begin()`` lets PyTorch print four decimals; trailing zeros do not count.
    """
    text = re.sub(r"tensor\([^()]*(?:\([^()]*\)[^()]*)*\)", "", text)
    numbers = re.findall(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.]*\.\d)", text)
    return [
        number
        for number in numbers
        if "." in number.rstrip("0").rstrip(".")
        and len(re.sub(r"e.*|\.", "", number).strip("0")) > 4
    ]


COMMON_RULES: list[Rule] = [
    normal_form,
    file_name,
    cell_ids,
    allowed_tags,
    one_title,
    heading_levels,
    forbidden_words,
    british_spelling,
    plain_markdown,
    links_lead_somewhere,
    line_width,
    self_contained_code,
    course_style_code,
    executed_in_order,
    figures_have_alternative_text,
    figures_are_explained,
    nothing_from_one_machine,
    four_significant_digits,
]
