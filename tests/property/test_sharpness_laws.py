"""Laws of the judge of sharpness: what may not change its answer, and what must."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_scenes import scene, softened
from lookoutcv.sharpness.composite import doubt, sharp_log_odds
from lookoutcv.sharpness.evidence import evidence

SEEDS = st.integers(0, 10_000)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 1.0, 2.0]))
def test_mirrored_and_turned_pictures_are_as_sharp(seed, sigma):
    luma = softened(scene(seed), sigma)
    odds = sharp_log_odds(evidence(luma))
    for other in (luma[:, ::-1], luma[::-1], luma.T):
        assert sharp_log_odds(evidence(np.ascontiguousarray(other))) == pytest.approx(odds, abs=1.0)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_more_blur_is_never_sharper(seed):
    luma = scene(seed)
    odds = [sharp_log_odds(evidence(softened(luma, sigma))) for sigma in (0, 0.7, 1.2, 2, 3)]
    assert odds == sorted(odds, reverse=True)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 90), st.integers(1, 90))
def test_any_small_picture_is_answered(seed, height, width):
    luma = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    found = evidence(luma)
    assert np.isfinite(list(asdict(found).values())).all()
    assert -30 <= sharp_log_odds(found) <= 30
    assert (doubt(found) == "too_small") == (found.tiles < 16)


def test_answers_do_not_depend_on_what_was_asked_before():
    pictures = [softened(scene(seed), sigma) for seed in range(3) for sigma in (0, 2)]
    one_way = [evidence(picture) for picture in pictures]
    other_way = [evidence(picture.copy()) for picture in reversed(pictures)]
    assert one_way == other_way[::-1]


def test_a_view_with_strides_is_measured_as_its_copy_and_left_as_it_is():
    luma = scene(1, 300, 400)
    view = luma[3:200, ::-1][:, 5:]
    before = view.copy()
    assert evidence(view) == evidence(before)
    assert np.array_equal(view, before)
