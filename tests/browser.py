"""A browser for tests: pages opened without a network, explorers moved by keyboard."""

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from course_utils.commands.environment import Stop
from course_utils.commands.vendor import packages

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="chromium or playwright is not installed: pages cannot be opened "
    "(Debian and Ubuntu: apt install chromium)",
)
needs_npm = pytest.mark.skipif(
    shutil.which("npm") is None,
    reason="npm is not installed: the book cannot be made (apt install nodejs npm)",
)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # no network
]
# Notes when a key arrives and when the picture has changed, in the page's own clock.
STOPWATCH = """(svg) => {
  window.pressed = 0; window.latency = [];
  addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
  new MutationObserver(() => {
    if (window.pressed) window.latency.push(performance.now() - window.pressed);
    window.pressed = 0;
  }).observe(svg, { childList: true, subtree: true });
}"""

UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
STATE = """(explorer) => [explorer.querySelector("svg").innerHTML,
  explorer.querySelector("p").textContent]"""


OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH")


def bring_packages() -> Path:
    """Return the folder of the npm packages; skip the test where no network is."""
    try:
        return packages()
    except Stop as stop:
        if any(sign in stop.sentence for sign in OFFLINE):
            pytest.skip(f"npm has no network: {stop.sentence[:200]}")
        raise


@contextmanager
def chromium() -> Iterator:
    """Give a browser that reaches nothing but this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def clean_page(browser, allowed: tuple[str, ...] = ("file:",), **options) -> Iterator:
    """Give a page; afterwards there was no error and no request elsewhere.

    ``allowed`` are the beginnings of addresses that may be asked for.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page, problems = context.new_page(), []

    def look_at(request) -> None:
        if not request.url.startswith((*allowed, "data:", "blob:")):
            problems.append(f"asked for {request.url}")

    def listen(message) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text}")

    page.on("request", look_at)
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
    page.on("console", listen)
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    try:
        yield page
        assert not problems, f"{page.url}: {problems[:5]}"
    finally:
        context.close()


def open_file(page, path: Path) -> None:
    """Open a page from its folder; wait until its mathematics is set."""
    page.goto(path.as_uri())
    page.evaluate("window.MathJax?.startup?.promise.then(() => null) ?? null")


def drive(page, explorer, again: int = 0) -> list[float]:
    """Move every control of an explorer with the keyboard; return milliseconds a key.

    Each control is then moved back and forth ``again`` times, for the clock alone.

    Raises:
        AssertionError: a control moves neither picture nor sentence, or has no name.
    """
    controls = explorer.query_selector_all("input, select")
    assert controls and explorer.query_selector("p").get_attribute("aria-live")
    page.evaluate(STOPWATCH, explorer.query_selector("svg"))
    for control in controls:
        name = control.evaluate("each => each.labels[0]?.textContent")
        assert name, "a control without a label"
        picture, sentence = explorer.evaluate(STATE)
        control.focus()
        is_list = control.evaluate("each => each.tagName") == "SELECT"
        forwards, back = (
            ("ArrowDown", "ArrowUp") if is_list else ("ArrowRight", "ArrowLeft")
        )
        for key in (*[forwards] * 3, *[back] * 6):
            control.press(key)
            now = explorer.evaluate(STATE)
            if now[0] != picture and now[1] != sentence:
                break
        assert now[0] != picture, f"{name}: the picture stays as it was"
        assert now[1] != sentence, f"{name}: the sentence stays as it was"
        focused = control.evaluate("each => document.activeElement === each")
        assert focused, f"{name}: the focus went elsewhere"
        for _ in range(again):
            control.press(back if key == forwards else forwards)
            control.press(key)
    latency = page.evaluate("window.latency")
    assert len(latency) >= len(controls)
    return latency


def summary(latency: list[float]) -> dict[str, float]:
    """Return the number of key presses, their median and their largest latency."""
    return {
        "presses": len(latency),
        "median_ms": round(statistics.median(latency), 2),
        "largest_ms": round(max(latency), 2),
    }
