"""JupyterLab as ``lab`` opens it: the start page runs, every explorer responds."""

import pytest
from browser import chromium, drive, needs_chromium, summary
from course_files import ROOT, load
from live_lab import EXPLORERS, PROMPTS, jupyterlab, run_all, write_explorers

pytestmark = [needs_chromium, pytest.mark.slow]
ERRORS = '[data-mime-type="application/vnd.jupyter.error"]'


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def page(lab):
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1300, "height": 1000})
        yield context.new_page()


def test_lab_opens_the_start_page_and_runs_it_top_to_bottom(lab, page):
    page.goto(lab)
    run_all(page)
    assert page.url.endswith("/notebooks/00_start_here.ipynb")
    cells = load(ROOT / "notebooks" / "00_start_here.ipynb")["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    expected = [f"[{number}]:" for number in range(1, len(code) + 1)]
    assert page.evaluate(PROMPTS) == expected
    assert page.locator(ERRORS).count() == 0
    assert page.locator(".course-explorer svg").count() == 1
    figures = page.locator(".jp-OutputArea img:visible")
    for alt in figures.evaluate_all("all => all.map((image) => image.alt)"):
        assert len(alt) >= 15


def test_each_explorer_of_the_lessons_answers_the_keyboard(lab, page, tmp_path):
    page.goto(f"{lab}lab/tree/notebooks/{EXPLORERS}?reset")
    run_all(page)
    page.wait_for_selector(".course-explorer")
    explorers = page.query_selector_all(".course-explorer")
    assert len(explorers) == write_explorers(tmp_path)
    latency = [each for one in explorers for each in drive(page, one)]
    assert summary(latency)["median_ms"] < 100
