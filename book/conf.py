"""Sphinx reads this for ``python3 -m course_utils book``, which arranges the pages."""

from course_utils.commands.pages import ANSWER, CODE

project = "Attention, measured"
author = "the contributors of the course"
copyright = "2026, the contributors of the course. Text CC BY 4.0, code MIT"
language = "en-GB"

extensions = ["myst_nb"]
nb_execution_mode = "off"  # the stored outputs are shown
nb_render_markdown_format = "myst"
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True  # $$ in the line of a list, too

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["course-explorers.css", "book.css"]
html_js_files = [("course-explorers.js", {"defer": "defer"})]
mathjax_path = "vendor/mathjax/es5/tex-svg-full.js"  # one file, no fonts, no network
html_context = {"default_mode": "auto"}  # as the reader's system: light or dark
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # its search box; the side bar has one
    "show_toc_level": 2,
    "home_page_in_toc": False,
}
html_show_search_summary = False  # it would fetch pages, which folders forbid
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
exclude_patterns = ["static", "conf.py"]


# What a cell with two folds says of each, and what screen readers would stumble over.
MENDED = {
    ">Show [source]<": f">{CODE}<",
    ">Show [output]<": f">{ANSWER}<",
    '<th class="head"><p></p></th>': "<td></td>",  # an empty corner heads nothing
    ' aria-label="Toggle hidden content"': "",  # hides what the fold says it holds
}


def mend(app, name, template, context, doctree):
    """Mend the body of a page before it is written."""
    for before, after in MENDED.items():
        context["body"] = context.get("body", "").replace(before, after)


def setup(app):
    """Connect ``mend`` with Sphinx."""
    app.connect("html-page-context", mend)
