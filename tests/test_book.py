"""The web book and the slides, as they are made and as a reader opens them."""

import ast
import html
import json
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import (
    UNFOLD,
    bring_packages,
    chromium,
    clean_page,
    drive,
    needs_chromium,
    needs_npm,
    open_file,
)
from course_files import ROOT, lessons, load

from course_utils.commands import book, vendor
from course_utils.commands.environment import Stop
from course_utils.commands.live_explorers import explorer_of
from course_utils.commands.normal_form import read
from course_utils.commands.pages import ANSWER, CODE, exercise_page, lesson_page
from course_utils.explorers import HOMES

IMAGE = re.compile(r"<img\b[^>]*>")
LINK = re.compile(r'(?:href|src)="([^"]*)"')
STILL = "* { animation: none !important; transition: none !important; }"
NO_FACTS = ("search.html", "slides")
# What the theme itself does; everything else is ours to mend.
THEME = {"label-content-name-mismatch", "region", "landmark-unique"}
# All rules in the light, colours in the dark. Mathematics has no colours of its own;
# code and side bar have the same on every page: looked at on the first, then left out,
# which saves most of the time.
AUDIT = """async ([allRules, first]) => {
  const context = { exclude: [["mjx-container"]] };
  if (!first) {
    context.exclude.push(["pre"], [".bd-sidebar-primary"]);
    document.querySelectorAll("mjx-container, pre").forEach((e) => e.replaceChildren());
  }
  const options = { preload: false, resultTypes: ["violations"] };
  if (!allRules) options.runOnly = ["color-contrast"];
  return (await axe.run(context, options)).violations;
}"""


# What is written by hand ---------------------------------------------------------


def test_the_lock_file_names_no_registry_and_no_machine():
    text = (ROOT / "book" / "package-lock.json").read_text("utf-8")
    assert "resolved" not in text and "://" not in text
    locked = json.loads(text)["packages"]
    wanted = json.loads((ROOT / "book" / "package.json").read_text("utf-8"))
    for name, version in {
        **wanted["dependencies"],
        **wanted["devDependencies"],
    }.items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def test_without_npm_or_a_network_there_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / "book" / name, tmp_path / "book")
    false = shutil.which("false")
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    with pytest.raises(Stop, match="npm was not found"):
        vendor.packages(tmp_path)
    monkeypatch.setattr(vendor.shutil, "which", lambda name: false)
    with pytest.raises(Stop, match=r"could not bring mathjax, reveal\.js"):
        vendor.packages(tmp_path)
    assert list((tmp_path / "build").iterdir()) == []


def rows(name: str) -> list[list[str]]:
    """The cells of every row in the tables of a page of ``book/``."""
    text = (ROOT / "book" / name).read_text("utf-8")
    found = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    cells = [row.split(" | ") for row in found]
    return [row for row in cells if row[0] not in ("Term", "Published", "---")]


def test_the_glossary_has_both_languages_and_the_lesson():
    terms = rows("glossary.md")
    assert len(terms) >= 60
    assert len({term for term, *_ in terms}) == len(terms)
    for term, chinese, meaning, lesson in terms:
        assert re.fullmatch(r"[\u4e00-\u9fff]+", chinese), term
        assert len(meaning) >= 15 and re.fullmatch(r"\d\d", lesson), term


def test_every_published_mistake_names_a_cell_that_shows_it():
    kinds = {
        path.stem[:2]: {cell["id"]: cell["cell_type"] for cell in load(path)["cells"]}
        for path in lessons()
    }
    mistakes = rows("errata.md")
    assert len(mistakes) >= 20
    argued = 0
    for *_, place in mistakes:
        number, _, names = place.partition(" ")
        argued += "code" not in {kinds[number][name] for name in names.split(", ")}
    assert argued == 3, "the page says that three are argued in the text"


def numbers(words: str) -> list[str]:
    """Lessons as a list names them: "00 to 02, 05" are four."""
    found = []
    for part in words.split(", "):
        first, _, last = part.partition(" to ")
        found += [f"{n:02}" for n in range(int(first), int(last or first) + 1)]
    return found


def test_a_shorter_course_holds_what_its_lessons_need():
    needs = {
        path.stem[:2]: {name[:2] for name in read(path).metadata.course.needs}
        for path in lessons()
    }
    guide = (ROOT / "book" / "teaching.md").read_text("utf-8")
    courses = dict(re.findall(r"^- \*([\w ]+)\*: ([\d to,]+)\.", guide, re.MULTILINE))
    assert len(courses) == 4
    for name, words in courses.items():
        chosen = numbers(words)
        for number in chosen:
            assert needs[number] <= set(chosen), f"{name}: {number} needs more"


# Pages before Sphinx -------------------------------------------------------------


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_each_lesson_has_a_live_explorer_and_folds_its_answers(path):
    page, explorers = lesson_page(path)
    assert explorers <= set(HOMES) and explorers
    folded = [c for c in read(path).cells if c.metadata.get("jupyter")]
    assert folded or path.stem.startswith("00")
    for cell in page.cells:
        if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            assert "hide-output" in cell.metadata["tags"]


def test_a_page_speaks_of_its_own_folds():
    pages = [lesson_page(path)[0] for path in lessons()]
    text = "\n".join(cell.source for page in pages for cell in page.cells)
    assert "behind three dots" not in text
    assert text.count("Code behind *Show the code*") > 10


def test_an_explorer_whose_parameters_need_a_kernel_is_refused():
    from nbformat.v4 import new_code_cell

    with pytest.raises(ValueError, match=r"a-cell: .* only a kernel knows"):
        explorer_of(new_code_cell("Scores(length=found)", id="a-cell"))
    assert explorer_of(new_code_cell("Scores(length=2.0)")).length == 2.0
    assert explorer_of(new_code_cell("print(3)")) is None


def test_exercise_pages_hold_tasks_and_folded_answers_but_no_hidden_check():
    for source in sorted(ROOT.glob("solutions/*/*.ipynb")):
        cells = {cell.id: cell for cell in exercise_page(source).cells}
        answers = [name for name in cells if name.endswith("-answer")]
        assert answers and not any(name.endswith("-hidden") for name in cells)
        for name in answers:
            cell, task = cells[name], cells[name.removesuffix("-answer")]
            assert "###" not in cell.source
            if cell.cell_type == "code":
                assert "hide-input" in cell.metadata["tags"]
                assert "NotImplementedError" in task.source
                ast.parse(cell.source)
            else:
                assert cell.source.startswith("<details>")


# The site ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The book, with its slides, made once."""
    bring_packages()
    folder = tmp_path_factory.mktemp("site") / "book"
    book.build(folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def pages(site: Path) -> list[Path]:
    found = sorted(site.rglob("*.html"))
    return [path for path in found if "_static" not in path.parts]


@needs_npm
@pytest.mark.slow
def test_pages_state_their_facts_and_describe_their_figures(site):
    assert len(pages(site)) > 3 * len(lessons())
    for path in pages(site):
        text, name = path.read_text("utf-8"), path.relative_to(site).as_posix()
        for image in IMAGE.findall(text):
            alt = html.unescape(re.search(r'alt="([^"]*)"', image)[1]).strip()
            assert len(alt) >= 15, f"{name}: {alt!r}"
            assert not re.fullmatch(r"\S+\.(png|svg|jpe?g)", alt), f"{name}: {alt}"
        if not name.startswith(NO_FACTS):
            assert 'class="page-facts' in text, name
            for word in ("Minutes:", "First:", "Next:"):
                assert word in text, name


@needs_npm
@pytest.mark.slow
def test_a_cell_with_two_folds_says_what_is_in_each(site):
    for path in lessons():
        both = [
            cell.id
            for cell in lesson_page(path)[0].cells
            if {"hide-input", "hide-output"} <= set(cell.metadata.get("tags", []))
        ]
        text = (site / "notebooks" / f"{path.stem}.html").read_text("utf-8")
        assert "[source]" not in text and "[output]" not in text
        pair = rf">{CODE}<.*?>{ANSWER}<"
        assert len(re.findall(pair, text, re.DOTALL)) >= len(both), path.stem
        cells = re.findall(
            r'<details class="admonition hide (above|below)-input">', text
        )
        shown = re.findall(rf'admonition-title">({CODE}|{ANSWER})<', text)
        assert [words == CODE for words in shown] == [c == "above" for c in cells]


@needs_npm
@pytest.mark.slow
def test_no_dollar_sign_is_left_of_mathematics(site):
    for path in pages(site):
        text = path.read_text("utf-8")
        left = re.findall(r"\$<span class=\"math|\$\\\(|\\\)\$", text)
        assert not left, f"{path.relative_to(site)}: {left[:3]}"


@needs_npm
@needs_chromium
@pytest.mark.slow
def test_no_page_is_wider_than_a_phone(site, browser):
    width = "document.documentElement.scrollWidth"
    wide = {}
    for path in pages(site):
        if "slides" in path.parts:
            continue
        with clean_page(browser) as page:
            page.set_viewport_size({"width": 390, "height": 844})
            open_file(page, path)
            if page.evaluate(width) > 390:
                wide[path.relative_to(site).as_posix()] = page.evaluate(width)
    assert not wide


@needs_npm
@needs_chromium
@pytest.mark.slow
def test_figures_keep_their_colours_in_the_dark(site, browser):
    with clean_page(browser, color_scheme="dark") as page:
        open_file(page, site / "notebooks" / f"{lessons()[5].stem}.html")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        found = page.evaluate(
            "[...document.querySelectorAll('.cell_output img')].map(getComputedStyle)"
            ".map((style) => [style.filter, style.backgroundColor])"
        )
        assert found and {tuple(each) for each in found} == {
            ("none", "rgb(255, 255, 255)")
        }


@needs_npm
@pytest.mark.slow
def test_every_local_link_leads_somewhere(site):
    for path in pages(site):
        for target in LINK.findall(path.read_text("utf-8")):
            if re.match(r"[a-z]+:|#|$", target):
                continue
            there = path.parent / html.unescape(target).partition("#")[0].split("?")[0]
            assert there.exists(), f"{path.relative_to(site)}: {target}"


@needs_npm
@needs_chromium
@pytest.mark.slow
def test_pages_open_clean_without_a_network_and_axe_finds_nothing_of_ours(
    site, browser
):
    axe = (bring_packages() / "axe-core" / "axe.min.js").read_text("utf-8")
    found, first = set(), site / "notebooks" / f"{lessons()[0].stem}.html"
    for path in pages(site):
        with clean_page(browser, color_scheme="light") as page:
            open_file(page, path)
            unset = page.locator("span.math:not(:has(mjx-container))").count()
            assert unset == 0, f"{path}: {unset} formulas not set"
            page.add_style_tag(content=STILL)  # else a fold is audited half faded in
            page.evaluate(UNFOLD)
            page.evaluate(axe)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                for fault in page.evaluate(AUDIT, [scheme == "light", path == first]):
                    if fault["id"] not in THEME:
                        node = fault["nodes"][0]
                        name = path.relative_to(site).as_posix()
                        found.add((name, scheme, fault["id"], node["html"][:160]))
    assert found == set()


@needs_npm
@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_explorers_respond_in_the_page(site, browser, lesson):
    with clean_page(browser) as page:
        open_file(page, site / "notebooks" / f"{lesson.stem}.html")
        page.evaluate(UNFOLD)
        explorers = page.query_selector_all(".course-explorer")
        assert explorers
        for explorer in explorers:
            drive(page, explorer)


@needs_npm
@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize(("word", "least"), [("softmax", 6), ("注意力", 1)])
def test_search_answers_from_a_folder(site, browser, word, least):
    with clean_page(browser) as page:
        page.goto((site / "search.html").as_uri() + f"?q={quote(word)}")
        count = "document.querySelectorAll('#search-results li').length"
        page.wait_for_function(f"least => {count} >= least", arg=least)


def test_an_exercise_page_says_where_to_work_and_to_try_first():
    name = "05_scoring_functions"
    page = exercise_page(ROOT / "solutions" / name / f"{name}.ipynb")
    assert f"`exercises/{name}/{name}.ipynb`" in page.cells[0].source
    assert "On this page" in page.cells[0].source
    assert "yours to work in" not in page.cells[0].source
