"""The compiled kernel and the numpy reference give the same numbers, bit for bit, and sampling moves metrics little."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.metric_selection import select_metrics
from lookoutcv.pixels import survey as module
from lookoutcv.pixels.reference import LAYOUT, survey_into
from lookoutcv.pixels.view import ImageView

compiled = pytest.mark.skipif(not module.COMPILED, reason="the kernel is not built here")

SHAPES = [(1, 1), (1, 40), (40, 1), (2, 2), (3, 3), (9, 9), (10, 10), (10, 33), (15, 17), (16, 16), (32, 32)]
LARGE = [(33, 47), (257, 255), (300, 401), (517, 530), (1100, 1030), (40, 5000), (1026, 515)]


def pictures(shape):
    random = np.random.default_rng(shape[0] * 7919 + shape[1])
    board = (np.indices(shape).sum(axis=0) % 2 * 255).astype(np.uint8)
    yield random.integers(0, 256, (*shape, 3), dtype=np.uint8)
    yield random.integers(0, 2, (*shape, 3), dtype=np.uint8) * np.uint8(255)
    yield np.repeat(board[..., None], 3, axis=2)
    yield np.full((*shape, 3), 255, np.uint8)
    rows, columns = np.indices(shape)
    yield np.stack([(a * rows + b * columns) // 3 % 256 for a, b in ((1, 2), (3, 1), (0, 1))], axis=2).astype(np.uint8)


def both(pixels, step):
    height, width = pixels.shape[:2]
    found = []
    for _ in range(2):
        found.append((np.empty((height, width), np.uint8), np.zeros((), LAYOUT)))
    survey_into(pixels, step, *found[0])
    module._kernel.survey(pixels, height, width, step, *found[1])
    return found


@compiled
@pytest.mark.parametrize("shape", SHAPES + LARGE, ids=str)
@pytest.mark.parametrize("step", [1, 2, 5])
def test_kernel_and_reference_agree_to_the_last_bit(shape, step):
    for pixels in pictures(shape):
        (luma, numbers), (its_luma, its_numbers) = both(pixels, step)
        assert np.array_equal(luma, its_luma)
        for name in LAYOUT.names:
            assert np.array_equal(numbers[name], its_numbers[name]), name


@compiled
@settings(max_examples=60)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_they_agree_on_images_of_any_size(height, width, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    (luma, numbers), (its_luma, its_numbers) = both(pixels, 1)
    assert np.array_equal(luma, its_luma)
    assert numbers.tobytes() == its_numbers.tobytes()


@compiled
@pytest.mark.parametrize("wrong", ["pixels", "luma", "out", "step", "height"])
def test_buffers_that_do_not_fit_are_refused(wrong):
    pixels, luma, out = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), np.uint8), np.zeros((), LAYOUT)
    arguments = {"pixels": pixels, "height": 4, "width": 5, "step": 1, "luma": luma, "out": out}
    arguments[wrong] = {
        "pixels": pixels[:3].copy(),
        "luma": luma[:3].copy(),
        "out": np.zeros(3),
        "step": 0,
        "height": 0,
    }[wrong]
    with pytest.raises(ValueError, match="do not fit"):
        module._kernel.survey(*arguments.values())


@compiled
@pytest.mark.parametrize("shape", SHAPES + LARGE, ids=str)
def test_levels_are_counted_alike(shape, monkeypatch):
    for pixels in pictures(shape):
        luma = module.survey(pixels).luma
        counted = module.count_levels(pixels, luma)
        with monkeypatch.context() as patch:
            patch.setattr(module, "_kernel", None)
            assert np.array_equal(module.count_levels(pixels, luma), counted)


@compiled
def test_levels_of_buffers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        module._kernel.levels(np.zeros((4, 5, 3), np.uint8), np.zeros((4, 4), np.uint8), np.zeros((4, 256), np.int64))


def test_without_the_kernel_every_metric_is_the_same(monkeypatch):
    pixels = np.ascontiguousarray(skimage.data.coffee()[:300])
    metrics = select_metrics("all")
    with_kernel = {m.name: m(ImageView(pixels)) for m in metrics}
    monkeypatch.setattr(module, "_kernel", None)
    assert {m.name: m(ImageView(pixels)) for m in metrics} == pytest.approx(with_kernel, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_sampled_rows_move_a_metric_by_little(name, monkeypatch):
    pixels = getattr(skimage.data, name)()
    sampled = {m.name: m(ImageView(pixels)) for m in select_metrics()}
    monkeypatch.setattr(module, "_SAMPLED_FROM_PX", 1 << 40)
    whole = {m.name: m(ImageView(pixels)) for m in select_metrics()}
    errors = {key: abs(sampled[key] - value) for key, value in whole.items() if key != "file.bytes"}
    # Shares of clipped pixels are small numbers: a few pixels more or less.
    assert {key: error for key, error in errors.items() if error > 0.05 * abs(whole[key]) + 0.002} == {}
    assert np.median([error / (abs(whole[key]) + 1e-3) for key, error in errors.items()]) < 0.002
