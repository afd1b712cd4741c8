"""Every metric against an independent library, or against its paper's formula written out slowly."""

from __future__ import annotations

import io
import json
import math
from importlib import resources
from pathlib import Path

import cv2
import imagehash
import numpy as np
import PIL.Image
import pytest
import scipy.ndimage
import scipy.stats
import skimage.color
import skimage.data
import skimage.measure
import skimage.restoration

from lookoutcv.metrics import registry
from lookoutcv.pixels.view import CHANNELS, Facts, ImageView

PICTURES = {
    name: np.ascontiguousarray(getattr(skimage.data, name)()[:300, :401])
    for name in ("astronaut", "chelsea", "coffee", "rocket")
} | {"noise": np.random.default_rng(11).integers(0, 256, (90, 71, 3), dtype=np.uint8)}


@pytest.fixture(autouse=True)
def _every_row_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large images are sampled; here every row is taken, so that the formulas agree to the last digits."""
    monkeypatch.setattr("lookoutcv.pixels.survey._SAMPLED_FROM_PX", 1 << 40)
    monkeypatch.setattr("lookoutcv.pixels.reference._REDUCED_WHOLE_PX", 1 << 40)


every_picture = pytest.mark.parametrize("pixels", PICTURES.values(), ids=PICTURES.keys())


def measured(name: str, pixels: np.ndarray, facts: Facts | None = None) -> float:
    return registry.get(name)(ImageView(pixels, facts))


def _luma(pixels: np.ndarray) -> np.ndarray:
    """As Pillow makes it, which is not the code under test."""
    return np.asarray(PIL.Image.fromarray(pixels).convert("L"))


# Levels


@every_picture
def test_luma_is_pillows_within_a_level(pixels):
    ours = ImageView(pixels).luma
    assert np.abs(ours.astype(int) - _luma(pixels)).max() <= 1
    assert np.abs(ours - pixels @ [0.299, 0.587, 0.114]).max() <= 1.1


@every_picture
def test_histograms_are_pillows(pixels):
    ours = ImageView(pixels).histograms
    assert ours[:3].ravel().tolist() == PIL.Image.fromarray(pixels).histogram()


@every_picture
def test_channel_metrics_are_numpys(pixels):
    planes = dict(zip(CHANNELS, [*np.moveaxis(pixels, 2, 0), ImageView(pixels).luma], strict=True))
    for name, plane in planes.items():
        expected = {"mean": plane.mean(), "std": plane.std(), "min": plane.min(), "max": plane.max()}
        expected |= {f"p{q:02}": np.percentile(plane, q, method="inverted_cdf") for q in (5, 25, 50, 75, 95)}
        for part, value in expected.items():
            assert measured(f"{name}.{part}", pixels) == pytest.approx(value / 255, rel=1e-12), (name, part)


@every_picture
def test_exposure_is_that_of_pillows_luma(pixels):
    luma = _luma(pixels)
    assert measured("exposure.brightness", pixels) == pytest.approx(luma.mean() / 255, abs=0.5 / 255)
    assert measured("exposure.contrast", pixels) == pytest.approx(luma.std() / 255, abs=0.5 / 255)


@every_picture
def test_clipping_counts_the_pixels(pixels):
    luma = ImageView(pixels).luma
    assert measured("exposure.dark_clipping", pixels) == pytest.approx(np.mean(luma <= 2))
    assert measured("exposure.bright_clipping", pixels) == pytest.approx(np.mean(luma >= 253))


@every_picture
def test_entropy_is_scikit_images_and_scipys(pixels):
    luma = ImageView(pixels).luma
    ours = measured("exposure.entropy", pixels)
    assert ours == pytest.approx(skimage.measure.shannon_entropy(luma), abs=1e-9)
    assert ours == pytest.approx(scipy.stats.entropy(np.bincount(luma.ravel()), base=2), abs=1e-9)


# Colour


@every_picture
def test_colourfulness_by_the_papers_formula(pixels):
    red, green, blue = np.moveaxis(pixels.astype(np.float64), 2, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    expected = math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(rg.mean(), yb.mean())
    assert measured("colour.colourfulness", pixels) == pytest.approx(expected, rel=1e-9)


def test_colourfulness_stays_within_its_range_for_the_most_colourful_mixtures():
    corners = np.array([[255 * (i >> c & 1) for c in range(3)] for i in range(8)], np.uint8)
    weights = np.random.default_rng(0).integers(0, 30, (200, 8))
    found = [measured("colour.colourfulness", np.repeat(corners, w, axis=0)[None]) for w in weights if w.any()]
    high = registry.get("colour.colourfulness").range[1]
    assert high is not None
    assert max(found) <= high


@every_picture
def test_saturation_is_scikit_images(pixels):
    # Ours is cut off after 16 bits a pixel.
    expected = skimage.color.rgb2hsv(pixels)[..., 1].mean()
    assert measured("colour.saturation", pixels) == pytest.approx(expected, abs=2 / 65536)


@every_picture
def test_casts_are_log_ratios_of_means(pixels):
    red, green, blue = (float(pixels[..., c].mean()) for c in range(3))
    assert measured("colour.red_green", pixels) == pytest.approx(math.log((red + 1) / (green + 1)))
    assert measured("colour.blue_green", pixels) == pytest.approx(math.log((blue + 1) / (green + 1)))


# Detail


@every_picture
def test_laplacian_is_scipys_over_the_interior(pixels):
    luma = ImageView(pixels).luma.astype(np.float64)
    expected = scipy.ndimage.laplace(luma)[1:-1, 1:-1].var()
    assert measured("sharpness.laplacian", pixels) == pytest.approx(expected, rel=1e-9)


@every_picture
def test_high_frequency_is_the_power_a_binomial_blur_removes(pixels):
    luma = ImageView(pixels).luma.astype(np.float64)
    kernel = np.outer([1, 2, 1], [1, 2, 1]) / 16
    residual = (luma - scipy.ndimage.correlate(luma, kernel))[1:-1, 1:-1]
    assert measured("sharpness.high_frequency", pixels) == pytest.approx(np.mean(residual**2) / luma.var(), rel=1e-9)


@every_picture
def test_edges_are_where_scipys_sobel_is_steep(pixels):
    luma = ImageView(pixels).luma.astype(np.int64)
    steep = np.abs(scipy.ndimage.sobel(luma, 0)) + np.abs(scipy.ndimage.sobel(luma, 1)) > 4 * 32
    assert measured("sharpness.edge_density", pixels) == pytest.approx(steep[1:-1, 1:-1].mean())


def _crete(grey: np.ndarray) -> float:
    """One direction (down the rows) of Crete et al. 2007, steps 1 to 5 of their figure 4, pixel by pixel."""
    height, width = grey.shape
    blurred = np.zeros_like(grey)
    for i in range(4, height - 4):
        blurred[i] = grey[i - 4 : i + 5].mean(axis=0)
    before = after = 0.0
    # Away from the borders, where the box leaves the picture.
    for i in range(5, height - 4):
        for j in range(width):
            step = abs(grey[i, j] - grey[i - 1, j])
            before += step
            after += max(0.0, step - abs(blurred[i, j] - blurred[i - 1, j]))
    return (before - after) / before


@every_picture
def test_blur_by_the_papers_steps(pixels):
    small = np.ascontiguousarray(pixels[10:80, 20:130])
    luma = ImageView(small).luma.astype(np.float64)
    assert measured("sharpness.blur", small) == pytest.approx(max(_crete(luma), _crete(luma.T)), rel=1e-9)


@every_picture
def test_tile_detail_is_the_percentile_of_filtered_tiles(pixels):
    pixels = pixels[:200, :300]  # of larger ones, bands of tiles are left out
    luma = ImageView(pixels).luma.astype(np.float64) / 255
    squares = scipy.ndimage.laplace(luma)[1:-1, 1:-1] ** 2
    rows, columns = (side // 8 for side in squares.shape)
    tiles = squares[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8).mean(axis=(1, 3))
    percentile = np.quantile(tiles, 0.9, method="inverted_cdf")
    assert measured("sharpness.tile_detail", pixels) == pytest.approx(np.log10(percentile + 1e-7), rel=1e-9)


@every_picture
def test_reblur_is_the_loss_of_gradients_under_a_binomial_blur(pixels):
    pixels = pixels[:200, :300]
    luma = ImageView(pixels).luma.astype(np.float64)
    binomial = np.array([1, 4, 6, 4, 1]) / 16
    blurred = scipy.ndimage.convolve1d(scipy.ndimage.convolve1d(luma, binomial, axis=0), binomial, axis=1)
    before, after = (
        sum((scipy.ndimage.sobel(plane, axis=axis)[3:-3, 3:-3] ** 2).mean() for axis in (0, 1))
        for plane in (luma, blurred)
    )
    # The sums are kept in 16 bits by rounding gradients to a 32nd of a grey level.
    assert measured("sharpness.reblur", pixels) == pytest.approx(np.log(before / after), abs=1e-2)


def test_focus_is_the_fitted_regression_and_falls_with_blur():
    pixels = PICTURES["coffee"]
    weights = json.loads(resources.files("lookoutcv.metrics").joinpath("focus.json").read_text())["weights"]
    parts = {name: measured(name, pixels) for name in weights if name.startswith("sharpness.")}
    parts["log10 noise.sigma"] = np.log10(measured("noise.sigma", pixels) + 0.02)
    expected = weights["intercept"] + sum(weights[name] * value for name, value in parts.items())
    assert measured("sharpness.focus", pixels) == pytest.approx(expected, rel=1e-9)
    scores = [measured("sharpness.focus", cv2.GaussianBlur(pixels, (0, 0), s) if s else pixels) for s in (0, 1.5, 3)]
    assert scores[0] > 0 > scores[1] > scores[2]


def test_blur_orders_pictures_as_scikit_image_does():
    # scikit-image takes Sobel gradients for the paper's differences, which smooth and so lift sharp pictures' values.
    pictures = [
        cv2.GaussianBlur(pixels, (0, 0), sigma) if sigma else pixels
        for name, pixels in PICTURES.items()
        if name != "noise"
        for sigma in (0, 0.7, 1.2, 2, 3, 5)
    ]
    ours = [measured("sharpness.blur", p) for p in pictures]
    theirs = [skimage.measure.blur_effect(ImageView(p).luma, h_size=9) for p in pictures]
    assert scipy.stats.spearmanr(ours, theirs).statistic > 0.97
    assert np.abs(np.subtract(ours, theirs)).max() < 0.15


@every_picture
def test_noise_by_the_papers_convolution(pixels):
    luma = ImageView(pixels).luma.astype(np.float64)
    height, width = luma.shape
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    total = np.abs(scipy.ndimage.convolve(luma, mask)[1:-1, 1:-1]).sum()
    expected = math.sqrt(math.pi / 2) * total / (6 * (width - 2) * (height - 2))
    assert measured("noise.sigma", pixels) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("sigma", [2, 5, 10, 20])
def test_noise_is_found_as_the_wavelet_estimate_finds_it(sigma):
    smooth = cv2.GaussianBlur(PICTURES["chelsea"], (0, 0), 6)[..., 1] * 0.5 + 60
    grey = np.clip(np.rint(smooth + np.random.default_rng(1).normal(0, sigma, smooth.shape)), 0, 255).astype(np.uint8)
    ours = measured("noise.sigma", np.repeat(grey[..., None], 3, axis=2))
    assert ours == pytest.approx(sigma, rel=0.05)
    assert ours == pytest.approx(skimage.restoration.estimate_sigma(grey), rel=0.08)


# Haze and compression


@every_picture
def test_dark_channel_by_loops(pixels):
    small = np.ascontiguousarray(pixels[5:66, 7:80])
    darkest = [small[i : i + 16, j : j + 16].min() for i in range(0, 48, 16) for j in range(0, 64, 16)]
    assert measured("haze.dark_channel", small) == pytest.approx(np.mean(darkest) / 255)


@every_picture
def test_blockiness_by_loops(pixels):
    luma = ImageView(pixels).luma.astype(np.float64)

    def ratio(grey):
        steps = [abs(grey[:, j + 1] - grey[:, j]).mean() for j in range(grey.shape[1] - 1)]
        phases = [np.mean(steps[start::8]) for start in range(8)]
        border = int(np.argmax(phases))
        return (phases[border] + 0.5) / (np.mean(phases[:border] + phases[border + 1 :]) + 0.5)

    expected = (ratio(luma) + ratio(luma.T)) / 2
    assert measured("compression.blockiness", pixels) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_blockiness_grows_as_jpeg_quality_falls(name):
    def saved(quality):
        buffer = io.BytesIO()
        PIL.Image.fromarray(PICTURES[name]).save(buffer, "jpeg", quality=quality)
        return np.asarray(PIL.Image.open(buffer))

    found = [measured("compression.blockiness", saved(quality)) for quality in (90, 50, 25, 15, 8)]
    assert found == sorted(found)
    assert found[-2] > 1.2 * found[0]
    cropped = np.ascontiguousarray(saved(8)[3:, 5:])
    assert measured("compression.blockiness", cropped) == pytest.approx(found[-1], rel=0.02)


# Geometry, file, identity


def test_geometry_and_file_say_what_is_known():
    pixels = np.zeros((30, 40, 3), np.uint8)
    found = {m.name: m(ImageView(pixels, Facts(1234, 6))) for m in registry if m.name.startswith(("geometry", "file"))}
    assert found == {
        "file.bytes": 1234,
        "geometry.aspect": 40 / 30,
        "geometry.height": 30,
        "geometry.orientation": 1,
        "geometry.size": 1200,
        "geometry.width": 40,
    }


@pytest.mark.parametrize(("tag", "turned"), [(None, 0), (1, 0), *((tag, 1) for tag in range(2, 9))])
def test_orientation_is_whether_the_file_stores_the_picture_turned(tag, turned):
    assert measured("geometry.orientation", PICTURES["noise"], Facts(exif_orientation=tag)) == turned


@pytest.mark.parametrize(
    "name",
    ["astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "camera", "coins", "page", "moon", "grass"],
)
def test_perceptual_hash_is_imagehashs_but_for_a_few_bits(name):
    # ImageHash shrinks with a Lanczos filter and ours by areas, which moves coefficients near the median across it.
    pixels = getattr(skimage.data, name)()
    pixels = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    theirs = imagehash.phash(PIL.Image.fromarray(pixels)).hash.ravel()
    ours = np.array([int(bit) for bit in f"{registry.get('identity.phash')(ImageView(pixels)):064b}"], bool)
    assert np.count_nonzero(ours != theirs) <= 8


def test_every_metric_is_checked_here():
    text = Path(__file__).read_text(encoding="utf-8")
    channels = tuple(f"{channel}." for channel in CHANNELS)
    assert [m.name for m in registry if m.name not in text and not m.name.startswith(channels)] == []
