"""How metrics answer to what is done to an image."""

from __future__ import annotations

import itertools
import math

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lookoutcv.corruptions import CORRUPTIONS, SEVERITIES
from lookoutcv.corruptions.light import colour_cast
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import registry
from lookoutcv.pixels.view import ImageView

PHOTOGRAPHS = {
    name: np.ascontiguousarray(getattr(skimage.data, name)()[:300, :400])
    for name in ("astronaut", "chelsea", "coffee", "rocket")
}
every_photograph = pytest.mark.parametrize("pixels", PHOTOGRAPHS.values(), ids=PHOTOGRAPHS.keys())

sides = st.tuples(st.integers(1, 24), st.integers(1, 24))
images = sides.flatmap(lambda hw: arrays(np.uint8, (*hw, 3)))
quick = settings(max_examples=60, deadline=None)

ANYWHERE = select_metrics("red,green,blue,luma,exposure,colour")


def measured(name: str, pixels: np.ndarray) -> float:
    return registry.get(name)(ImageView(np.ascontiguousarray(pixels)))


def over_severities(name: str, kind: str, pixels: np.ndarray) -> list[float]:
    return [measured(name, pixels), *(measured(name, CORRUPTIONS[kind](pixels, s)) for s in SEVERITIES)]


def rises(values: list[float]) -> bool:
    return all(a < b for a, b in itertools.pairwise(values))


# What must not matter


@quick
@given(images, st.randoms(use_true_random=False))
def test_levels_and_colours_do_not_care_where_a_pixel_is(pixels, random):
    order = list(range(pixels.shape[0] * pixels.shape[1]))
    random.shuffle(order)
    shuffled = pixels.reshape(-1, 3)[order].reshape(pixels.shape)
    for metric in ANYWHERE:
        assert metric(ImageView(shuffled)) == pytest.approx(metric(ImageView(pixels)), abs=1e-9), metric.name


@quick
@given(images)
def test_detail_does_not_care_about_flips_and_turns(pixels):
    names = ("sharpness.laplacian", "sharpness.high_frequency", "sharpness.edge_density", "noise.sigma")
    for name in (*names, "sharpness.blur"):
        for turned in (pixels[::-1], pixels[:, ::-1], np.rot90(pixels), pixels.transpose(1, 0, 2)):
            assert measured(name, turned) == pytest.approx(measured(name, pixels), rel=1e-6, abs=1e-9), name


@quick
@given(images.map(lambda pixels: pixels // 2), st.integers(0, 128))
def test_more_light_without_clipping_moves_brightness_and_nothing_else(pixels, level):
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    lighter = grey + np.uint8(level)
    moved = measured("exposure.brightness", lighter) - measured("exposure.brightness", grey)
    assert moved == pytest.approx(level / 255, abs=1e-9)
    for name in ("exposure.contrast", "exposure.entropy", "sharpness.laplacian", "sharpness.edge_density"):
        assert measured(name, lighter) == pytest.approx(measured(name, grey), rel=1e-9, abs=1e-9), name
    for name in ("noise.sigma", "sharpness.high_frequency", "sharpness.blur", "compression.blockiness"):
        assert measured(name, lighter) == pytest.approx(measured(name, grey), rel=1e-5, abs=1e-9), name


@quick
@given(images.map(lambda pixels: pixels // 3), st.sampled_from([2, 3]))
def test_what_is_a_ratio_does_not_care_about_gain(pixels, gain):
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    for name in ("sharpness.high_frequency", "sharpness.blur"):
        assert measured(name, grey * np.uint8(gain)) == pytest.approx(measured(name, grey), rel=1e-5, abs=1e-9), name
    for name in ("exposure.brightness", "exposure.contrast", "noise.sigma", "haze.dark_channel"):
        assert measured(name, grey * np.uint8(gain)) == pytest.approx(gain * measured(name, grey), rel=1e-9), name


@quick
@given(images)
def test_grey_has_no_colour(pixels):
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    assert [measured(m.name, grey) for m in select_metrics("colour")] == pytest.approx([0, 0, 0, 0], abs=1e-6)


@quick
@given(images)
def test_a_negative_mirrors_the_levels(pixels):
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    for name in ("luma.min", "luma.mean"):
        mirrored = {"luma.min": "luma.max"}.get(name, name)
        assert measured(name, 255 - grey) == pytest.approx(1 - measured(mirrored, grey))
    assert measured("exposure.dark_clipping", 255 - grey) == measured("exposure.bright_clipping", grey)
    assert measured("exposure.entropy", 255 - grey) == pytest.approx(measured("exposure.entropy", grey), abs=1e-9)


@quick
@given(images)
def test_quantiles_rise_from_minimum_to_maximum_around_the_mean(pixels):
    for channel in ("red", "green", "blue", "luma"):
        values = [measured(f"{channel}.{part}", pixels) for part in ("min", "p05", "p25", "p50", "p75", "p95", "max")]
        assert values == sorted(values)
        assert values[0] - 1e-12 <= measured(f"{channel}.mean", pixels) <= values[-1] + 1e-12
        assert measured(f"{channel}.std", pixels) <= (values[-1] - values[0]) / 2 + 1e-12


@quick
@given(images)
def test_entropy_lies_under_the_logarithm_of_the_number_of_levels(pixels):
    levels = len(np.unique(ImageView(pixels).luma))
    assert 0 <= measured("exposure.entropy", pixels) <= math.log2(levels) + 1e-9


# What must matter, on photographs


@every_photograph
@pytest.mark.parametrize("kind", ["defocus", "motion", "low_resolution"])
def test_blur_of_any_kind_is_seen_and_grows_with_severity(pixels, kind):
    # A trail much longer than the 9 px of the second blur looks no more blurred to it than one a little shorter.
    blur = over_severities("sharpness.blur", kind, pixels)
    assert rises(blur[:5])
    assert blur[5] > blur[3]
    assert rises(over_severities("sharpness.laplacian", kind, pixels)[::-1])
    assert rises(over_severities("sharpness.high_frequency", kind, pixels)[::-1])
    edges = over_severities("sharpness.edge_density", kind, pixels)
    assert edges[-1] < edges[0] / 2


@every_photograph
def test_noise_is_seen_and_grows_with_severity(pixels):
    assert rises(over_severities("noise.sigma", "noise", pixels))


@every_photograph
def test_jpeg_is_seen_and_grows_with_severity(pixels):
    values = over_severities("compression.blockiness", "jpeg", pixels)
    assert rises(values[2:])
    assert values[-1] > 1.5 * values[0]


@every_photograph
def test_haze_is_seen_and_grows_with_severity(pixels):
    assert rises(over_severities("haze.dark_channel", "haze", pixels))
    assert rises(over_severities("exposure.contrast", "haze", pixels)[::-1])
    assert rises(over_severities("colour.saturation", "haze", pixels)[::-1])


@every_photograph
def test_light_and_contrast_are_seen_and_grow_with_severity(pixels):
    assert rises(over_severities("exposure.brightness", "darken", pixels)[::-1])
    assert rises(over_severities("exposure.brightness", "brighten", pixels))
    assert rises(over_severities("exposure.contrast", "flatten", pixels)[::-1])
    assert over_severities("exposure.bright_clipping", "brighten", pixels)[-1] > 0


@every_photograph
def test_casts_are_seen_in_their_direction(pixels):
    assert rises(over_severities("colour.red_green", "colour_cast", pixels))
    assert rises(over_severities("colour.blue_green", "colour_cast", pixels)[::-1])
    cold = colour_cast(pixels, 3, warm=False)
    assert measured("colour.red_green", cold) < measured("colour.red_green", pixels)
    assert measured("colour.blue_green", cold) > measured("colour.blue_green", pixels)


@pytest.mark.parametrize("sigma", [1, 3, 8, 16, 30])
@pytest.mark.parametrize("scene", ["flat", "slope", "smooth"])
def test_noise_of_known_strength_is_measured(scene, sigma):
    size = 240
    clean = {
        "flat": np.full((size, size), 128.0),
        "slope": np.linspace(110, 146, size)[None].repeat(size, axis=0),
        "smooth": 128 + 10 * np.sin(np.arange(size) / 25)[:, None] * np.cos(np.arange(size) / 31)[None],
    }[scene]
    noisy = np.rint(clean + np.random.default_rng(sigma).normal(0, sigma, clean.shape)).clip(0, 255).astype(np.uint8)
    found = measured("noise.sigma", np.repeat(noisy[..., None], 3, axis=2))
    # Rounding to whole levels adds a variance of 1/12.
    assert found == pytest.approx(math.hypot(sigma, 12**-0.5), rel=0.05)


@every_photograph
def test_nothing_sharp_is_left_in_the_end(pixels):
    flat = np.full_like(pixels, 128)
    for name, end in (("sharpness.blur", 1), ("sharpness.laplacian", 0), ("sharpness.edge_density", 0)):
        strong = cv2.GaussianBlur(pixels, (0, 0), 25)
        assert abs(measured(name, strong) - end) < abs(measured(name, pixels) - end)
        assert measured(name, flat) == end
