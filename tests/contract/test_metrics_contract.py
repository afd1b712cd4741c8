"""What every metric promises, checked over all that the registry finds."""

from __future__ import annotations

import math
import re
from typing import get_args

import cv2
import numpy as np
import pytest
import skimage.data

from lookoutcv.metrics import registry
from lookoutcv.metrics.base import Change
from lookoutcv.pixels.view import Facts, ImageView

METRICS = list(registry)
FACTS = Facts(stored_bytes=48_213, exif_orientation=6)


def _checkerboard(height: int, width: int) -> np.ndarray:
    board = np.indices((height, width)).sum(axis=0) % 2 * 255
    return np.repeat(board[..., None], 3, axis=2).astype(np.uint8)


def _noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng([height, width]).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _two_colours() -> np.ndarray:
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[:10, :, 0], pixels[10:, :, 1] = 255, 255
    return pixels


AWKWARD = {
    "1x1": _noise(1, 1),
    "1xN": _noise(1, 37),
    "Nx1": _noise(37, 1),
    "2x2": _noise(2, 2),
    "3x3 with a dot": np.pad(np.full((1, 1, 3), 255, np.uint8), ((1, 1), (1, 1), (0, 0))),
    "4x1": _noise(4, 1),
    "1x4": _noise(1, 4),
    "odd": _noise(31, 53),
    "under a block": _noise(16, 16),
    "over two blocks": _noise(17, 17),
    "strip": _noise(3, 2000),
    "pole": _noise(2000, 3),
    "grey": np.repeat(_noise(40, 30)[..., :1], 3, axis=2),
    "black": np.zeros((33, 47, 3), np.uint8),
    "white": np.full((33, 47, 3), 255, np.uint8),
    "checkerboard": _checkerboard(40, 56),
    "stripes": np.repeat(np.tile(np.array([0, 255], np.uint8), 20)[None, :, None], 30, axis=0).repeat(3, axis=2),
    "two colours": _two_colours(),
    "noise": _noise(64, 48),
}
PHOTOGRAPHS = {
    name: getattr(skimage.data, name)() for name in ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field")
} | {name: cv2.cvtColor(getattr(skimage.data, name)(), cv2.COLOR_GRAY2RGB) for name in ("camera", "page", "moon")}

every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
every_image = pytest.mark.parametrize("pixels", AWKWARD.values(), ids=AWKWARD.keys())


@pytest.fixture(scope="module")
def photographs() -> dict[str, ImageView]:
    return {name: ImageView(pixels, FACTS) for name, pixels in PHOTOGRAPHS.items()}


def _within(metric, value: float) -> bool:
    low, high = metric.range
    rounding = 1e-9 * max(1.0, abs(value))
    return (low is None or value >= low - rounding) and (high is None or value <= high + rounding)


def test_there_are_metrics_of_every_family():
    families = {metric.name.partition(".")[0] for metric in METRICS}
    assert families >= {"exposure", "colour", "sharpness", "noise", "compression", "haze", "geometry", "file"}
    assert len(METRICS) == len({metric.name for metric in METRICS})


@every_metric
def test_it_says_what_it_is(metric):
    assert re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z0-9_.]+", metric.name)
    assert metric.unit
    assert metric.source
    assert metric.summary.endswith((".", ";", ":")) or len(metric.summary) > 10
    assert metric.title[0].isupper()
    assert metric.change in get_args(Change)


@every_metric
def test_its_words_read_right_in_a_sentence(metric):
    for words in (metric.rises, metric.falls):
        assert re.fullmatch(r"[a-z][A-Za-z0-9 %()-]*[a-z)]", words), words
        # "Images are 18% {words}." needs an adjective that compares.
        comparative = re.match(r"(more|less|\w*(er|ier))\b", words)
        assert comparative, words
    assert metric.rises != metric.falls


@every_metric
def test_its_range_lies_on_its_grid(metric):
    if metric.grid is None:
        return
    low, high = metric.range
    if metric.grid.kind == "linear" and metric.change != "log":
        assert metric.grid.low <= low
        assert high <= metric.grid.high
    assert metric.grid.bins + 2 <= 2000, "baselines hold every cell"


@every_metric
@every_image
def test_it_survives_awkward_images(metric, pixels):
    value = metric(ImageView(pixels, FACTS))
    assert math.isfinite(value)
    assert _within(metric, value), value


@every_metric
def test_only_a_fact_that_is_not_known_gives_no_value(metric):
    value = metric(ImageView(AWKWARD["noise"]))
    assert math.isfinite(value) or metric.name == "file.bytes"


@every_metric
def test_it_is_finite_within_range_and_on_its_grid_for_photographs(metric, photographs):
    for name, view in photographs.items():
        value = metric(view)
        assert _within(metric, value), name
        if metric.grid is None:
            continue
        # As records hold it.
        cell = int(metric.grid.index(np.float64(np.float32(value))))
        zero_below = metric.grid.kind == "log" and value == 0
        assert 1 <= cell <= metric.grid.bins or zero_below, (name, value)


@every_metric
def test_it_gives_the_same_number_again_and_from_any_memory_layout(metric):
    pixels = np.ascontiguousarray(PHOTOGRAPHS["chelsea"][:121, :97])
    expected = metric(ImageView(pixels, FACTS))
    padded = np.zeros((pixels.shape[0] * 2, pixels.shape[1] * 2, 3), np.uint8)
    padded[::2, ::2] = pixels
    planar = np.ascontiguousarray(pixels.transpose(2, 0, 1)).transpose(1, 2, 0)
    layouts = {
        "again": pixels,
        "every other pixel": padded[::2, ::2],
        "planar": planar,
        "column-major": np.asfortranarray(pixels),
        "negative strides": np.ascontiguousarray(pixels[::-1, ::-1])[::-1, ::-1],
        "reversed channels": np.ascontiguousarray(pixels[..., ::-1])[..., ::-1],
        "inside a larger image": np.pad(pixels, ((3, 5), (7, 2), (0, 0)))[3:-5, 7:-2],
    }
    for name, same in layouts.items():
        assert np.array_equal(same, pixels)
        assert metric(ImageView(same, FACTS)) == expected, name


@every_metric
def test_it_leaves_the_pixels_alone_and_needs_no_right_to_write(metric):
    for pixels in (_noise(40, 50), PHOTOGRAPHS["rocket"][:90, :120]):
        locked = pixels.copy()
        locked.setflags(write=False)
        view = ImageView(locked, FACTS)
        metric(view)
        assert np.array_equal(locked, pixels)


@every_metric
def test_the_order_of_measuring_does_not_matter(metric):
    shared = ImageView(PHOTOGRAPHS["coffee"][:100, :100], FACTS)
    for other in METRICS:
        other(shared)
    assert metric(shared) == metric(ImageView(PHOTOGRAPHS["coffee"][:100, :100], FACTS))


def test_a_photograph_of_twelve_million_pixels():
    view = ImageView(cv2.resize(PHOTOGRAPHS["astronaut"], (4000, 3000), interpolation=cv2.INTER_CUBIC), FACTS)
    for metric in METRICS:
        assert _within(metric, metric(view)), metric.name
