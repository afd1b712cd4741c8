from dataclasses import fields, replace

import numpy as np
import pytest

from drawn_scenes import scene, softened
from lookoutcv.sharpness.composite import DOUBTS, doubt, sharp_log_odds, tellable, weights
from lookoutcv.sharpness.evidence import Evidence, evidence


def test_every_weight_is_of_a_number_of_the_evidence():
    assert set(weights()) - {"intercept"} <= {field.name for field in fields(Evidence)}
    assert len(weights()) == 13


@pytest.mark.parametrize("seed", range(5))
def test_sharp_and_blurred_scenes_are_told_apart(seed):
    assert sharp_log_odds(evidence(scene(seed))) > 0 > sharp_log_odds(evidence(softened(scene(seed), 2.5)))


@pytest.mark.parametrize("side", [1, 15, 16, 32, 63])
def test_small_pictures_are_not_told(side):
    assert doubt(evidence(scene(1, side, side))) == "too_small"


def test_plain_pictures_are_not_told():
    random = np.random.default_rng(1)
    slope = np.add.outer(np.arange(256), np.arange(256)) // 4 + 60
    for plain in (np.full((256, 256), 200), slope, 90 + random.standard_normal((256, 256))):
        assert doubt(evidence(np.rint(plain).astype(np.uint8))) == "too_little_content"


def test_what_noise_hides_is_not_told():
    random = np.random.default_rng(1)
    noise = np.clip(np.rint(128 + 40 * random.standard_normal((256, 256))), 0, 255).astype(np.uint8)
    assert doubt(evidence(noise)) == "too_noisy"


def test_a_scene_is_told_at_64_px():
    found = evidence(scene(1, 64, 64))
    assert tellable(found)
    assert doubt(found) is None


def test_each_doubt_has_a_sentence():
    assert set(DOUBTS) == {"too_small", "too_little_content", "too_noisy"}


def test_the_odds_end_where_no_picture_is():
    assert sharp_log_odds(replace(evidence(scene(1)), kept_some=1e9)) == 30
    assert sharp_log_odds(replace(evidence(scene(1)), kept_some=-1e9)) == -30
