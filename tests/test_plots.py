"""Figures: alternative text, small stable pictures; heat maps: numbers and scale."""

import base64
import html
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib import rc_context
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from course_utils.heatmap_parts import panel_size, relative_luminance
from course_utils.plots import COLOURS, PALETTE, CourseFigure, figure, show_heatmaps

ALT = "Two lines that cross at 0.5"


def weights(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.softmax(torch.randn(*shape, generator=generator), -1)


def panels_of(fig: CourseFigure) -> list:
    return [axes for axes in fig.axes if axes.images]


def bars_of(fig: CourseFigure) -> list:
    return [axes for axes in fig.axes if axes.get_label() == "<colorbar>"]


# ------------------------------------------------------------------- figures


def test_figure_is_not_known_to_pyplot():
    fig, axes = figure(ALT)
    assert isinstance(fig, CourseFigure)
    assert isinstance(fig, Figure)
    assert plt.get_fignums() == [], "pyplot would show it a second time"
    assert axes.figure is fig
    assert fig.get_layout_engine().__class__.__name__ == "ConstrainedLayoutEngine"


def test_axes_come_as_from_subplots():
    assert figure(ALT, 2, 3)[1].shape == (2, 3)
    assert figure(ALT, 1, 3)[1].shape == (3,)
    assert figure(ALT, 1, 1, squeeze=False)[1].shape == (1, 1)
    first, second = figure(ALT, 1, 2, sharey=True)[1]
    assert first.get_shared_y_axes().joined(first, second)
    assert figure(ALT, size=(3, 2))[0].get_size_inches().tolist() == [3, 2]


def test_the_bundle_speaks_three_languages():
    fig, axes = figure('A "quoted" line <rising> & falling')
    axes.plot([0, 1], [1, 0])
    bundle = fig._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert bundle["text/plain"] == f"[Figure: {fig.alt}]" == repr(fig) == str(fig)
    alt = re.search(r'<img alt="([^"]*)"', bundle["text/html"]).group(1)
    assert html.unescape(alt) == fig.alt
    assert bundle["image/png"] in bundle["text/html"]
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.mode == "P"
    assert picture.size == (560, 340)
    assert picture.info == {}, "no software version, no date"


def test_jupyter_shows_the_bundle():
    from IPython.core.interactiveshell import InteractiveShell

    fig, _ = figure(ALT)
    data, _ = InteractiveShell().display_formatter.format(fig)
    assert data == fig._repr_mimebundle_()


def test_the_same_drawing_gives_the_same_bytes():
    def drawn() -> bytes:
        fig, axes = figure(ALT)
        axes.imshow(weights(7, 11).numpy(), cmap="viridis")
        return fig.png()

    once = drawn()
    with rc_context({"font.size": 20, "axes.facecolor": "black", "figure.dpi": 50}):
        assert drawn() == once, "the reader's own settings must not leak in"


def test_few_colours_are_enough():
    fig, axes = figure(ALT)
    axes.imshow(np.linspace(0, 1, 256).reshape(16, 16), cmap="viridis")
    with io.BytesIO() as full:
        fig.savefig(full)
        exact = np.asarray(Image.open(full).convert("RGB"), dtype=float)
    small = np.asarray(Image.open(io.BytesIO(fig.png())).convert("RGB"), dtype=float)
    assert np.abs(exact - small).mean() < 1.0  # of 255


@pytest.mark.parametrize("alt", ["", "a short one", "              .", None, 7])
def test_alt_must_say_something(alt):
    with pytest.raises(ValueError, match="alt: expected a text of at least 15"):
        figure(alt)


def test_alt_can_be_replaced():
    fig, _ = figure(ALT)
    fig.alt = "Three lines\n    that never cross"
    assert fig.alt == "Three lines that never cross"
    with pytest.raises(ValueError, match="got 'too short'"):
        fig.alt = "too short"


def test_palette_is_readable():
    light = relative_luminance(np.array([to_rgb(colour) for colour in PALETTE]))
    assert (1.05 / (light + 0.05) >= 3).all(), "contrast with white"
    grey = 116 * np.cbrt(light) - 16  # CIE lightness, 0 to 100
    assert (np.abs(np.diff(grey)) > 12).all(), "neighbours differ in grey print"
    assert set(COLOURS.values()) <= set(PALETTE)
    assert len(set(PALETTE)) == len(PALETTE)


# ----------------------------------------------------------------- heat maps


def test_panels_hold_the_matrices_in_order():
    grid = weights(2, 3, 5, 7)
    fig = show_heatmaps(grid, "Keys", "Queries")
    panels = panels_of(fig)
    assert len(panels) == 6
    for panel, matrix in zip(panels, grid.reshape(6, 5, 7), strict=True):
        image = panel.images[0]
        np.testing.assert_allclose(image.get_array(), matrix)
        assert image.origin == "upper", "the first query stands on top"
        assert tuple(image.get_extent()) == (-0.5, 6.5, 4.5, -0.5), "7 keys, 5 queries"


def test_one_scale_from_zero_and_one_bar():
    grid = weights(1, 3, 5, 7)
    fig = show_heatmaps(grid, "Keys", "Queries")
    for panel in panels_of(fig):
        assert panel.images[0].get_clim() == pytest.approx((0, grid.max().item()))
    assert len(bars_of(fig)) == 1
    assert bars_of(fig)[0].get_ylim() == pytest.approx((0, grid.max().item()))


def test_rows_of_panels_share_the_scale_too():
    grid = weights(2, 3, 5, 7)
    grid[0] = grid[0] / 4
    for panel in panels_of(show_heatmaps(grid, "Keys", "Queries")):
        assert panel.images[0].get_clim() == pytest.approx((0, grid.max().item()))


@pytest.mark.parametrize("per_panel", [False, True])
def test_the_scale_begins_at_zero_not_at_the_smallest_weight(per_panel):
    grid = weights(1, 2, 5, 7) + 0.1
    for panel in panels_of(show_heatmaps(grid, "Keys", "Queries", per_panel=per_panel)):
        assert panel.images[0].get_clim()[0] == 0


def test_bars_say_what_they_measure():
    grid = weights(2, 3, 5, 7)
    (bar,) = bars_of(show_heatmaps(grid, "Keys", "Queries"))
    assert bar.get_ylabel() == "Weight"
    bars = bars_of(show_heatmaps(grid, "Keys", "Queries", per_panel=True))
    assert [bar.get_ylabel() for bar in bars] == ["", "", "Weight"] * 2


def test_size_is_what_was_asked():
    fig = show_heatmaps(weights(5, 7), "Keys", "Queries", size=(6.5, 2.5))
    assert fig.get_size_inches().tolist() == [6.5, 2.5]


def test_per_panel_leaves_room_for_its_bars():
    grid = np.ones((1, 2, 5, 5))
    assert panel_size(grid, per_panel=True)[0] > panel_size(grid)[0] + 1


def test_values_make_cells_wider():
    grid = np.ones((1, 1, 7, 7))
    assert panel_size(grid, show_values=True)[0] > panel_size(grid)[0] + 0.5


def test_vmax_ends_the_scale():
    fig = show_heatmaps(weights(5, 7), "Keys", "Queries", vmax=1.0)
    assert panels_of(fig)[0].images[0].get_clim() == (0, 1)
    with pytest.raises(ValueError, match=r"vmax: expected at least .* 0\.9, got 0\.5"):
        show_heatmaps([[0.9, 0.1]], "Keys", "Queries", vmax=0.5)


@pytest.mark.parametrize("vmax", [float("nan"), float("inf"), 0.0, -1.0])
def test_vmax_must_be_the_end_of_a_scale(vmax):
    with pytest.raises(ValueError, match="vmax: expected a finite number above 0"):
        show_heatmaps(torch.zeros(2, 3), "Keys", "Queries", vmax=vmax)


def test_vmax_and_per_panel_exclude_each_other():
    with pytest.raises(ValueError, match="vmax: expected None with per_panel=True"):
        show_heatmaps(weights(5, 7), "Keys", "Queries", vmax=1.0, per_panel=True)


def test_per_panel_gives_each_its_own_bar():
    grid = torch.stack([torch.full((5, 5), 0.2), torch.eye(5)])[None]
    fig = show_heatmaps(grid, "Keys", "Queries", per_panel=True)
    ends = [panel.images[0].get_clim()[1] for panel in panels_of(fig)]
    assert ends == pytest.approx([0.2, 1.0])
    assert [bar.get_ylim()[1] for bar in bars_of(fig)] == pytest.approx([0.2, 1.0])


def test_all_zero_weights_have_a_scale():
    for per_panel in (False, True):
        fig = show_heatmaps(torch.zeros(3, 2), "Keys", "Queries", per_panel=per_panel)
        assert panels_of(fig)[0].images[0].get_clim() == (0, 1)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64]
)
def test_tensors_of_every_float_type(dtype):
    matrix = torch.eye(3, dtype=dtype, requires_grad=True)
    fig = show_heatmaps(matrix, "Keys", "Queries")
    assert panels_of(fig)[0].images[0].get_array().tolist() == np.eye(3).tolist()


def test_plain_matrices_of_other_kinds():
    for matrix in ([[1, 0], [0, 1]], np.eye(2, dtype=np.float32), torch.eye(2).bool()):
        fig = show_heatmaps(matrix, "Keys", "Queries")
        assert panels_of(fig)[0].images[0].get_array().tolist() == [[1, 0], [0, 1]]


def test_argument_is_left_alone():
    matrix = weights(3, 5)
    before = matrix.clone()
    show_heatmaps(matrix, "Keys", "Queries", show_values=True)
    assert torch.equal(matrix, before)


def test_labels_stand_at_the_rim():
    fig = show_heatmaps(
        weights(2, 3, 5, 7),
        "Keys",
        "Queries",
        ["a", "b", "c"],
        row_titles=["first", "second"],
        query_labels=list("vwxyz"),
        key_labels=list("ABCDEFG"),
    )
    panels = panels_of(fig)
    assert [panel.get_title() for panel in panels] == ["a", "b", "c", "", "", ""]
    assert [panel.get_xlabel() for panel in panels] == [""] * 3 + ["Keys"] * 3
    assert panels[0].get_ylabel() == "first\nQueries"
    assert panels[3].get_ylabel() == "second\nQueries"
    assert panels[4].get_ylabel() == ""
    ticks = [[label.get_text() for label in p.get_xticklabels()] for p in panels]
    assert ticks[3:] == [list("ABCDEFG")] * 3
    assert "A" not in ticks[0]
    assert [t.get_text() for t in panels[0].get_yticklabels()] == list("vwxyz")


def test_one_title_per_panel():
    fig = show_heatmaps(weights(2, 2, 3, 5), "Keys", "Queries", list("abcd"))
    assert [panel.get_title() for panel in panels_of(fig)] == list("abcd")


def test_values_are_written_readably():
    matrix = [[0.0, 0.25], [0.75, 1.0]]
    fig = show_heatmaps(matrix, "Keys", "Queries", show_values=True)
    written = {text.get_text(): text for text in panels_of(fig)[0].texts}
    assert set(written) == {"0.00", "0.25", "0.75", "1.00"}
    assert written["0.00"].get_color() == "black"
    assert written["1.00"].get_color() == "white"
    assert written["0.25"].get_position() == (1, 0), "key 1 of query 0"


@pytest.mark.parametrize("cmap", ["Reds", "viridis", "magma"])
def test_values_have_contrast_on_every_cell(cmap):
    ramp = np.linspace(0, 1, 55).reshape(5, 11)
    fig = show_heatmaps(ramp, "Keys", "Queries", show_values=True, cmap=cmap)
    image = panels_of(fig)[0].images[0]
    assert image.get_cmap().name == cmap
    cells = relative_luminance(image.cmap(image.norm(ramp.flatten()))[:, :3])
    for text, cell in zip(panels_of(fig)[0].texts, cells, strict=True):
        light = 1.0 if text.get_color() == "white" else 0.0
        contrast = (max(light, cell) + 0.05) / (min(light, cell) + 0.05)
        assert contrast >= 4.5


@pytest.mark.parametrize("shape", [(1, 1, 3, 11), (1, 2, 5, 7), (1, 3, 4, 5)])
def test_values_do_not_overlap(shape):
    fig = show_heatmaps(np.ones(shape), "Keys", "Queries", show_values=True)
    fig.png()
    for panel in panels_of(fig):
        first, second = (text.get_window_extent() for text in panel.texts[:2])
        assert first.x1 < second.x0
        assert first.y0 >= panel.texts[shape[-1]].get_window_extent().y1


@pytest.mark.parametrize("shape", [(1, 1, 16, 16), (1, 3, 7, 7)])
def test_values_that_would_overlap_are_refused(shape):
    with pytest.raises(ValueError, match="show_values: expected cells at least"):
        show_heatmaps(np.ones(shape), "Keys", "Queries", show_values=True)
    show_heatmaps(np.ones(shape), "Keys", "Queries")


def test_luminance_of_known_colours():
    known = relative_luminance(np.array([[0, 0, 0], [1, 1, 1], [0, 1, 0], [0.5] * 3]))
    np.testing.assert_allclose(known, [0, 1, 0.7152, 0.2140], atol=1e-4)


def test_colours_of_a_heat_map_survive_the_palette():
    fig = show_heatmaps(weights(1, 2, 7, 11), "Keys", "Queries")
    with io.BytesIO() as full:
        fig.savefig(full)
        exact = np.asarray(Image.open(full).convert("RGB"), dtype=int)
    small = np.asarray(Image.open(io.BytesIO(fig.png())).convert("RGB"), dtype=int)
    for panel in panels_of(fig):
        for query, key in np.ndindex(7, 11):
            x, y = panel.transData.transform((key, query)).astype(int)
            around = slice(len(exact) - y - 3, len(exact) - y + 3), slice(x - 3, x + 3)
            assert np.abs(exact[around] - small[around]).max() <= 20  # of 255
            assert len(np.unique(small[around].reshape(-1, 3), axis=0)) == 1, "dots"


def test_many_cells_get_few_ticks():
    (panel,) = panels_of(show_heatmaps(weights(80, 80), "Keys", "Queries"))
    assert 3 <= len(panel.get_xticks()) <= 8
    assert len(panel.get_xticks()) == len(panel.get_yticks())


def test_long_labels_of_keys_are_turned():
    for labels, turned in ((["the", "cat"], 0), (["animal", "street"], 60)):
        fig = show_heatmaps(np.eye(2), "Keys", "Queries", key_labels=labels)
        assert panels_of(fig)[0].get_xticklabels()[0].get_rotation() == turned


def test_words_say_what_the_picture_shows():
    matrix = torch.tensor([[0.5, 0.3, 0.2], [0.05, 0.9, 0.05]])
    fig = show_heatmaps(matrix, "Keys", "Queries", key_labels=["a", "b", "c"])
    assert fig.alt == (
        "Heat map of weights, 2 rows (queries) by 3 columns (keys). Largest weight "
        "0.90 at query 1, key b; every row sums to 1.00."
    )
    grid = torch.stack([matrix, matrix / 2])[None]
    fig = show_heatmaps(grid, "Keys", "Queries", ["Full", "Half"])
    assert "Half: largest weight 0.45 at query 1, key 1; every row sums to 0.50" in (
        fig.alt
    )
    fig = show_heatmaps(grid.reshape(2, 1, 2, 3), "Keys", "Queries")
    assert "Row 1, column 0: largest weight 0.45" in fig.alt
    fig = show_heatmaps(matrix.T, "Keys", "Queries")
    assert "rows sum to between 0.25 and 1.20" in fig.alt
    assert show_heatmaps(matrix, "Keys", "Queries", alt=ALT).alt == ALT


def test_words_count_ties_and_name_the_scale():
    grid = torch.stack([torch.full((4, 4), 0.25), torch.eye(4)])[None]
    fig = show_heatmaps(grid, "Keys", "Queries", ["Even", "Self"])
    assert "Even: largest weight 0.25 in 16 cells" in fig.alt
    assert "Self: largest weight 1.00 in 4 cells" in fig.alt
    assert "own scale" not in fig.alt
    fig = show_heatmaps(grid, "Keys", "Queries", per_panel=True)
    assert "Each panel has its own scale" in fig.alt


def test_words_name_each_panel_and_spot_uneven_rows():
    grid = weights(2, 2, 3, 5)
    grid[1, 1, 0] *= 0.9
    fig = show_heatmaps(grid, "Keys", "Queries", list("abcd"))
    assert [s[:2] for s in fig.alt.split(". ")[1:]] == ["a:", "b:", "c:", "d:"]
    assert "rows sum to between 0.90 and 1.00" in fig.alt.split(". ")[4]


WRONG = [
    (weights(3, 5, 7), r"expected shape \(rows, columns, queries, keys\) or .*\(3, 5"),
    (weights(3), r"got \(3,\)"),
    ([weights(3, 5), weights(3, 5)], r"got a list of 2; .* torch\.stack"),
    (torch.zeros(0, 5), r"at least one cell, got \(1, 1, 0, 5\)"),
    (torch.tensor([[0.5, -0.5]]), r"at least 0, got -0\.5; these look like scores"),
    (torch.tensor([[0.5, float("nan")]]), r"got 1 NaN or infinite of 2"),
    (torch.tensor([[0.5, float("inf")]]), r"got 1 NaN or infinite of 2"),
]


@pytest.mark.parametrize(("matrices", "message"), WRONG)
def test_wrong_weights_are_refused(matrices, message):
    with pytest.raises(ValueError, match="matrices: .*" + message):
        show_heatmaps(matrices, "Keys", "Queries")


@pytest.mark.parametrize("matrices", [None, "ab", [["a", "b"]], [[1, 2], [3]]])
def test_things_without_numbers_are_refused(matrices):
    with pytest.raises((TypeError, ValueError), match="matrices: expected"):
        show_heatmaps(matrices, "Keys", "Queries")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"titles": ["a"]}, "titles: expected 3 or 6 labels, got 1"),
        ({"row_titles": ["a"]}, "row_titles: expected 2 labels, got 1"),
        ({"query_labels": list("abcdefg")}, "query_labels: expected 5 labels, got 7"),
        ({"key_labels": list("abcde")}, "key_labels: expected 7 labels, got 5"),
    ],
)
def test_wrong_number_of_labels_is_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        show_heatmaps(weights(2, 3, 5, 7), "Keys", "Queries", **labels)


@pytest.mark.parametrize(
    "shape", [(1, 1, 1, 1), (1, 1, 2, 97), (1, 1, 97, 2), (3, 5, 7, 11), (1, 11, 3, 3)]
)
def test_size_fits_the_page(shape):
    width, height = panel_size(np.ones(shape))
    assert 3.5 <= width <= 7.2
    assert 1 <= height <= 6.6 * shape[0]
    show_heatmaps(np.ones(shape), "Keys", "Queries").png()


def test_text_is_large_enough():
    fig = show_heatmaps(
        weights(1, 2, 5, 7), "Keys", "Queries", ["a", "b"], show_values=True
    )
    fig.png()
    for text in fig.findobj(lambda artist: hasattr(artist, "get_fontsize")):
        assert text.get_fontsize() >= 9, text
