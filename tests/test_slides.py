"""The decks of the lessons: nothing overflows, answers wait, notes stay hidden."""

import re

import pytest
from browser import (
    bring_packages,
    chromium,
    clean_page,
    needs_chromium,
    needs_npm,
    open_file,
)
from course_files import lessons
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.commands.normal_form import read
from course_utils.commands.slides import code_cell, prose, slides, write_decks

MEASURE = """(slide) => {
  const place = Reveal.getIndices(slide);
  Reveal.slide(place.h, place.v, 99);
  const edge = slide.getBoundingClientRect().right + 1;
  const cut = [...slide.querySelectorAll("pre")].filter(
    (part) => part.scrollWidth > part.clientWidth + 1);
  const outside = [...slide.querySelectorAll("table, svg, img")].filter(
    (part) => part.getBoundingClientRect().right > edge);
  if (slide.scrollHeight <= 800 && !cut.length && !outside.length) return null;
  const cells = [...slide.children].map((part) => part.dataset.cell);
  return `${slide.scrollHeight} of 800 pixels high: ${cells.filter(Boolean)}`;
}"""
# Whether the title is what the reader sees where it stands.
IN_SIGHT = """() => {
  const title = document.querySelector("h1"), box = title.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + 20, box.top + box.height / 2);
  return box.top > 0 && box.bottom < 800 && title.contains(seen);
}"""


def cell(text: str, kind: str):
    """A Markdown cell with a slide type."""
    return new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def test_slide_types_make_columns_slides_steps_and_notes():
    kinds = ("slide", "skip", "fragment", "subslide", "-", "notes", "slide")
    cells = [cell(f"text {number}", kind) for number, kind in enumerate(kinds)]
    first, second = slides(new_notebook(cells=cells))
    assert [re.findall(r"text \d", text) for text in first] == [
        ["text 0", "text 2"],
        ["text 3", "text 4", "text 5"],
    ]
    assert len(second) == 1 and "text 6" in second[0]
    assert re.search(r'class="fragment">\s*<p>text 2', first[0])
    assert re.search(r'class="notes">\s*<p>text 5', first[1])


def test_an_answer_comes_one_step_after_its_code():
    printed = new_output("stream", text=" \n0.3 < 0.4")
    answer = new_code_cell("print(3)", outputs=[printed])
    answer.metadata["jupyter"] = {"outputs_hidden": True}
    shown = code_cell(answer)
    assert re.search(
        r'class="results fragment"><pre class="printed">0.3 &lt; 0.4', shown
    )
    drawing = new_code_cell("fig, axes = figure('x')\nfig", outputs=[printed])
    assert "figure" not in code_cell(drawing)


def test_prose_keeps_mathematics_opens_answers_and_links_decks():
    shown = prose("<details><summary>Answer</summary>\n\n$a<b_1$ *yes*\n\n</details>")
    assert r"\(a&lt;b_1\)" in shown and "<em>yes</em>" in shown
    assert "details" not in shown and "<strong>Answer.</strong>" in shown
    shown = prose("[five](05_x.ipynb) and [set](../exercises/05_x/05_x.ipynb)")
    assert 'href="05_x.html"' in shown and shown.count("<a ") == 1


def test_mathematics_between_words_is_set_and_folds_are_not_spoken_of():
    shown = prose("1. into weights:\n   $$a = b.$$\n")
    assert r"\[a = b.\]" in shown and "$" not in shown
    shown = prose(
        "> **Time** 45 minutes. Code behind three dots runs as it is.\n> more"
    )
    assert "dots" not in shown and "45 minutes." in shown and "more" in shown


def test_printed_columns_are_not_broken_and_sentences_are():
    table, words = "name    right\nplain   0.95", "a line\nand  another"
    for text, kind in ((table, "printed columns"), (words, "printed")):
        printed = new_output("stream", text=text)
        assert f'<pre class="{kind}">' in code_cell(new_code_cell(outputs=[printed]))
    printed = new_output("stream", text=f"{table}\n{'word ' * 40}")
    shown = code_cell(new_code_cell(outputs=[printed]))
    assert table in shown and max(map(len, shown.splitlines())) < 130


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    bring_packages()
    folder = tmp_path_factory.mktemp("slides") / "decks"
    return {path.stem: path for path in write_decks(folder)}


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@needs_npm
@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_no_slide_overflows(decks, browser, lesson):
    with clean_page(browser) as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        open_file(page, decks[lesson.stem])
        page.wait_for_function("window.Reveal?.isReady()")
        assert page.evaluate(IN_SIGHT), "the title cannot be seen"
        sections = page.query_selector_all(".slides section section")
        found = [page.evaluate(MEASURE, section) for section in sections]
        overflowing = [each for each in found if each]
        assert len(sections) >= 8
        assert not overflowing, f"begin a subslide earlier: {overflowing}"


@needs_npm
@needs_chromium
@pytest.mark.slow
def test_a_deck_is_light_or_dark_as_the_reader_wants(decks, browser):
    colours = """[document.body, document.querySelector("h1")].map((each) =>
      getComputedStyle(each)).map((style) => [style.backgroundColor, style.color])"""
    with clean_page(browser, color_scheme="dark") as page:
        open_file(page, decks[lessons()[0].stem])
        page.wait_for_function("window.Reveal?.isReady()")
        (paper, _), (_, ink) = page.evaluate(colours)
        assert (paper, ink) == ("rgb(22, 24, 28)", "rgb(240, 240, 240)")
        page.emulate_media(color_scheme="light")
        (paper, _), (_, ink) = page.evaluate(colours)
        assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(26, 26, 26)")


@needs_npm
@needs_chromium
@pytest.mark.slow
def test_the_speaker_sees_the_notes(decks, browser):
    name = lessons()[1].stem
    notes = [
        cell
        for cell in read(lessons()[1]).cells
        if cell.metadata.slideshow.slide_type == "notes"
    ]
    with clean_page(browser) as page:
        open_file(page, decks[name])
        page.wait_for_function("window.Reveal?.isReady()")
        assert page.locator("aside.notes").count() == len(notes)
        assert not page.locator("aside.notes").first.is_visible()
        with page.context.expect_page() as opened:
            page.keyboard.press("s")
        speaker = opened.value
        speaker.wait_for_selector("#current-slide iframe, .speaker-controls")
