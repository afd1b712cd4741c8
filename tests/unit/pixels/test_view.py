import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.pixels.view import CHANNELS, QUANTILES, Facts, ImageView


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 1), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), np.int8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 0, 3), np.uint8),
        np.zeros((1, 4, 4, 3), np.uint8),
    ],
)
def test_other_shapes_and_types_are_refused(pixels):
    with pytest.raises(ShapeMismatch, match=r"Give an RGB image as \(H, W, 3\) uint8") as caught:
        ImageView(pixels)
    assert caught.value.fields == {"shape": pixels.shape, "dtype": str(pixels.dtype)}


def test_sides_and_facts():
    view = ImageView(np.zeros((2, 5, 3), np.uint8))
    assert (view.height, view.width) == (2, 5)
    assert view.facts == Facts(None, None)


def test_luma_weighs_the_channels_as_jpeg_does():
    primaries = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert ImageView(primaries).luma.tolist() == [[77, 149, 29]]


def test_histograms_count_every_pixel_of_every_channel():
    pixels = np.random.default_rng(3).integers(0, 256, (13, 17, 3), dtype=np.uint8)
    view = ImageView(pixels)
    assert view.histograms.shape == (len(CHANNELS), 256)
    assert view.histograms.dtype == np.int64
    for channel, plane in enumerate([*np.moveaxis(pixels, 2, 0), view.luma]):
        assert np.array_equal(view.histograms[channel], np.bincount(plane.ravel(), minlength=256))


def test_intermediates_are_computed_once():
    view = ImageView(np.zeros((8, 8, 3), np.uint8))
    for name in ("luma", "histograms", "means", "stds", "quantiles", "survey"):
        assert getattr(view, name) is getattr(view, name)


def test_means_spreads_and_quantiles_agree_with_numpy():
    pixels = np.random.default_rng(5).integers(0, 256, (20, 11, 3), dtype=np.uint8)
    view = ImageView(pixels)
    planes = [*np.moveaxis(pixels, 2, 0), view.luma]
    assert view.means == pytest.approx([p.mean() for p in planes])
    assert view.stds == pytest.approx([p.std() for p in planes])
    assert view.quantiles.tolist() == [np.quantile(p, QUANTILES, method="inverted_cdf").tolist() for p in planes]
