"""Maps enlarged, and laid over pictures: known values, oracles, one scale, errors."""

import io

import numpy as np
import pytest
import torch
from matplotlib import rc_context
from matplotlib.colors import to_rgb
from PIL import Image
from scipy import ndimage

from course_utils.overlays import MODES, enlarge_maps, outline, overlay_map, tint
from course_utils.plots import COLOURS, STYLE, CourseFigure, figure

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
INK = torch.tensor(to_rgb(COLOURS["key"]))


def drawn(*shape: int, seed: int = 0, dtype=torch.float64) -> torch.Tensor:
    noise = torch.Generator().manual_seed(seed)
    return torch.rand(*shape, generator=noise, dtype=torch.float64).to(dtype)


def one_hot(size: int, *cells: tuple[int, int]) -> torch.Tensor:
    maps = torch.zeros(1, size, size, dtype=torch.float64)
    for cell in cells:
        maps[0][cell] = 1.0
    return maps


class TestEnlarge:
    def test_bilinear_by_hand(self):
        row = torch.tensor([[[0.0, 8.0, 0.0]]])
        got = enlarge_maps(row, 1, 12, "bilinear")[0, 0].tolist()
        assert got == [0, 0, 1, 3, 5, 7, 7, 5, 3, 1, 0, 0]

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_nearest_repeats_every_cell(self, dtype):
        maps = drawn(2, 3, 5, dtype=dtype)
        got = enlarge_maps(maps, 21, 55)
        expected = maps.repeat_interleave(7, 1).repeat_interleave(11, 2)
        assert got.dtype == dtype
        assert torch.equal(got, expected)

    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_same_size_same_map(self, mode, dtype):
        maps = drawn(2, 3, 5, dtype=dtype)
        torch.testing.assert_close(enlarge_maps(maps, 3, 5, mode), maps)

    @pytest.mark.parametrize("factor", [2, 3, 7])
    @pytest.mark.parametrize(("mode", "order"), [("nearest", 0), ("bilinear", 1)])
    def test_equals_scipy(self, mode, order, factor):
        maps = drawn(1, 3, 5)
        expected = ndimage.zoom(
            maps[0].numpy(), factor, order=order, mode="nearest", grid_mode=True
        )
        got = enlarge_maps(maps, 3 * factor, 5 * factor, mode)[0].numpy()
        assert np.abs(got - expected).max() < 1e-12

    def test_bilinear_equals_pillow(self):
        maps = drawn(1, 5, 7, dtype=torch.float32)
        image = Image.fromarray(maps[0].numpy())
        expected = np.asarray(image.resize((21, 25), Image.Resampling.BILINEAR))
        got = enlarge_maps(maps, 25, 21, "bilinear")[0].numpy()
        assert np.abs(got - expected).max() < 1e-6

    @pytest.mark.parametrize("mode", MODES)
    def test_an_even_map_stays_even(self, mode):
        got = enlarge_maps(torch.full((1, 3, 5), 0.7), 12, 25, mode)
        torch.testing.assert_close(got, torch.full((1, 12, 25), 0.7))

    def test_who_leaves_the_range(self):
        maps = one_hot(7, (2, 2), (2, 3), (3, 2), (3, 3))
        ranges = {}
        for mode in MODES:
            large = enlarge_maps(maps, 28, 28, mode)
            ranges[mode] = large.min().item(), large.max().item()
        assert ranges["nearest"] == (0, 1)
        assert ranges["bilinear"] == (0, 1)
        assert ranges["bicubic"][0] < -0.1
        assert ranges["bicubic"][1] > 1.1

    def test_gradient(self):
        maps = drawn(1, 2, 3).requires_grad_()
        for mode in MODES:
            assert torch.autograd.gradcheck(
                lambda m, mode=mode: enlarge_maps(m, 4, 5, mode), (maps,)
            )

    def test_wrong_input(self):
        with pytest.raises(ValueError, match="mode: expected one of 'nearest'"):
            enlarge_maps(drawn(1, 3, 5), 6, 10, "area")
        with pytest.raises(ValueError, match="maps, h, w"):
            enlarge_maps(drawn(3, 5), 6, 10)
        with pytest.raises(ValueError, match="at least one cell"):
            enlarge_maps(drawn(0, 3, 5), 6, 10)
        with pytest.raises(ValueError, match="height: expected at least 1"):
            enlarge_maps(drawn(1, 3, 5), 0, 10)


class TestTint:
    def test_no_weight_leaves_the_picture(self):
        pictures = drawn(2, 3, 5, dtype=torch.float32)
        got = tint(pictures, torch.zeros(2, 3, 5))
        assert got.shape == (2, 3, 5, 3)
        assert torch.equal(got, pictures[..., None].expand(2, 3, 5, 3))

    def test_full_weight_by_hand(self):
        got = tint(torch.tensor([[0.0, 1.0]]), torch.ones(1, 2))
        torch.testing.assert_close(got[0, 0], 0.85 * INK)
        torch.testing.assert_close(got[0, 1], 0.85 * INK + 0.15)

    def test_more_weight_is_always_another_colour(self):
        brightness, shares = torch.meshgrid(
            torch.linspace(0, 1, 11), torch.linspace(0, 1, 101), indexing="ij"
        )
        steps = tint(brightness, shares).diff(dim=1).abs().sum(-1)
        assert (steps > 0.004).all()


class TestOverlay:
    def overlay(self, **options) -> CourseFigure:
        maps = drawn(3, 5, 7, seed=1) / 4
        return overlay_map(drawn(3, 20, 14), maps, **options)

    def test_panels_and_words(self):
        fig = self.overlay(titles=["First", "Second", "Third"])
        assert isinstance(fig, CourseFigure)
        drawn_on = [axes for axes in fig.axes if axes.images]
        assert len(drawn_on) == 7  # three pictures, three overlays, the key
        assert [axes.get_title() for axes in drawn_on[:3]] == [
            "First",
            "Second",
            "Third",
        ]
        assert "Second: largest weight 0.2" in fig.alt
        assert fig.png() == fig.png()

    def test_one_scale_for_all(self):
        maps = torch.ones(2, 2, 2)
        maps[0] = 0.25
        pictures = torch.full((2, 4, 4), 0.5)
        fig = overlay_map(pictures, maps)
        panels = [axes.images[0].get_array() for axes in fig.axes if axes.images]
        quarter, full = panels[2], panels[3]
        expected = tint(pictures[0], torch.full((4, 4), 0.25)).numpy()
        assert np.allclose(quarter, expected)
        assert np.allclose(full, tint(pictures[0], torch.ones(4, 4)).numpy())

    def test_the_key_ends_where_the_scale_ends(self):
        for vmax, end in [(None, 1.0), (2.0, 2.0)]:
            fig = overlay_map(torch.rand(1, 4, 4), torch.ones(1, 2, 2), vmax=vmax)
            key = fig.axes[-1]
            assert key.get_ylim() == (0.0, end)
            assert key.get_ylabel() == "Weight"

    def test_the_key_shows_no_ink_at_weight_0_and_the_picture_at_its_brightness(self):
        key = overlay_map(torch.rand(1, 4, 4), torch.ones(1, 2, 2)).axes[-1]
        image = key.images[0]
        colours = np.asarray(image.get_array())  # (weights, brightness, 3)
        assert image.origin == "lower"
        assert np.allclose(colours[0, 0], 0)  # no weight on black
        assert np.allclose(colours[0, -1], 1)  # no weight on white
        assert np.allclose(colours[-1, 0], 0.85 * INK.numpy(), atol=1e-6)

    def test_words_say_where_the_largest_weight_is_in_a_map_that_is_not_square(self):
        maps = torch.zeros(1, 3, 5)
        maps[0, 1, 4] = 0.5
        words = overlay_map(torch.rand(1, 12, 20), maps).alt
        assert "largest weight 0.5 in row 1, column 4" in words

    def test_each_panel_has_the_outline_of_its_own_mask(self):
        masks = torch.zeros(3, 20, 14, dtype=torch.bool)
        for number, row in enumerate((2, 7, 13)):
            masks[number, row : row + 4, 3:8] = True
        fig = self.overlay(masks=masks)
        for number, row in enumerate((2, 7, 13)):
            for axes in (fig.axes[number], fig.axes[number + 4]):
                rim = axes.collections[0].get_paths()[0].vertices
                assert rim[:, 1].min() == pytest.approx(row - 0.5)
                assert rim[:, 1].max() == pytest.approx(row + 3.5)

    def test_the_picture_file_keeps_the_colours_of_the_key(self):
        pictures = drawn(4, 28, 28, dtype=torch.float32)
        fig = overlay_map(pictures, drawn(4, 7, 7, seed=2) ** 4)
        with rc_context(STYLE), io.BytesIO() as exact:
            fig.savefig(exact, format="png")
            wanted = np.asarray(Image.open(exact).convert("RGB")).astype(int)
        stored = Image.open(io.BytesIO(fig.png())).convert("RGB")
        off = np.abs(np.asarray(stored).astype(int) - wanted).max()
        assert off < 16, f"a colour of the drawing is off by {off} of 255"

    def test_a_map_of_zeros_is_the_picture(self):
        pictures = torch.rand(1, 4, 4)
        fig = overlay_map(pictures, torch.zeros(1, 2, 2))
        shown = fig.axes[2].images[0].get_array()
        assert np.allclose(shown, pictures[0, ..., None].expand(4, 4, 3).numpy())

    def test_masks_are_outlined(self):
        masks = torch.zeros(3, 20, 14, dtype=torch.bool)
        masks[:, 3:9, 4:11] = True
        with_rim = self.overlay(masks=masks)
        assert all(axes.collections for axes in with_rim.axes[:3])
        assert self.overlay().png() != with_rim.png()

    def test_outline_stands_on_any_axes(self):
        _, axes = figure("An outline of 6 pixels")
        outline(axes, torch.eye(5) > 0)
        assert axes.collections

    def test_wrong_input(self):
        pictures, maps = drawn(3, 20, 14), drawn(3, 5, 7)
        for options, words in [
            ({"titles": ["One"]}, "titles: expected 3, got 1"),
            ({"vmax": 0.1}, "vmax: expected at least the largest weight"),
            ({"mode": "bicubic"}, "mode: expected one of 'nearest', 'bilinear'"),
            ({"masks": maps > 0}, r"masks: expected shape \(3, 20, 14\)"),
        ]:
            with pytest.raises(ValueError, match=words):
                overlay_map(pictures, maps, **options)
        for wrong, words in [
            (pictures * 255, "divide bytes by 255"),
            (pictures - 1, "brightness from 0 to 1"),
            (pictures[0], "maps, height, width"),
            (pictures[:2], "with one for each picture"),
            (pictures * torch.nan, "NaN"),
        ]:
            with pytest.raises(ValueError, match=words):
                overlay_map(wrong, maps)
        with pytest.raises(ValueError, match="maps: expected finite numbers"):
            overlay_map(pictures, maps / 0)
        for masks in (pictures, [[True]]):
            with pytest.raises(TypeError, match="masks: expected a"):
                overlay_map(pictures, maps, masks=masks)
        with pytest.raises(ValueError, match="ink cannot show less than nothing"):
            overlay_map(pictures, maps - 0.5)
