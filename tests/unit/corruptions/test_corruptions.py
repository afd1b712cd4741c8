import inspect
import itertools

import numpy as np
import pytest
import skimage.data

from lookoutcv.corruptions import CORRUPTIONS, SEVERITIES
from lookoutcv.corruptions.blur import motion
from lookoutcv.corruptions.light import colour_cast
from lookoutcv.corruptions.sensor import noise
from lookoutcv.errors import ConfigError

PICTURE = np.ascontiguousarray(skimage.data.coffee()[::2, ::2])
every_kind = pytest.mark.parametrize("kind", CORRUPTIONS)


def test_the_twelve_kinds_of_trouble():
    assert len(CORRUPTIONS) == 12
    assert sorted(CORRUPTIONS) == list(CORRUPTIONS)


@every_kind
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (5, 7), (33, 20)])
def test_every_size_comes_back_as_it_was(kind, shape):
    pixels = np.random.default_rng(4).integers(0, 256, (*shape, 3), dtype=np.uint8)
    before = pixels.copy()
    pixels.setflags(write=False)
    for severity in SEVERITIES:
        changed = CORRUPTIONS[kind](pixels, severity)
        assert changed.shape == pixels.shape
        assert changed.dtype == np.uint8
    assert np.array_equal(pixels, before)


@every_kind
def test_the_same_again(kind):
    assert np.array_equal(CORRUPTIONS[kind](PICTURE, 3), CORRUPTIONS[kind](PICTURE, 3))


@every_kind
def test_each_severity_is_further_from_the_original(kind):
    def distance(severity):
        return np.abs(CORRUPTIONS[kind](PICTURE, severity).astype(int) - PICTURE).mean()

    distances = [distance(severity) for severity in SEVERITIES]
    assert distances[0] > 0
    assert all(a < b for a, b in itertools.pairwise(distances)), distances


@pytest.mark.parametrize("kind", ["defocus", "motion"])
def test_small_images_are_blurred_more_at_each_severity_too(kind):
    tiny = np.ascontiguousarray(PICTURE[60:92, 100:132])
    distances = [np.abs(CORRUPTIONS[kind](tiny, s).astype(int) - tiny).mean() for s in SEVERITIES]
    assert all(0 < a < b for a, b in itertools.pairwise(distances)), distances


@every_kind
@pytest.mark.parametrize("severity", [0, 6, -1, 2.5, "3", None])
def test_another_severity_is_refused(kind, severity):
    with pytest.raises(ConfigError, match=r"is no severity\. Give a whole number from 1 to 5"):
        CORRUPTIONS[kind](PICTURE, severity)


@every_kind
def test_it_cites_where_it_comes_from(kind):
    assert "Source: " in inspect.getdoc(CORRUPTIONS[kind])


def test_motion_blurs_along_its_angle_only():
    stripes = np.repeat(np.tile(np.array([0, 255], np.uint8).repeat(4), 8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    assert motion(stripes, 3, angle=0).std() < stripes.std() - 5
    assert np.abs(motion(stripes, 3, angle=90).astype(int) - stripes).max() <= 1


def test_the_cast_may_be_warm_or_cold():
    grey = np.full((1, 1, 3), 100, np.uint8)
    assert colour_cast(grey, 2).tolist() == [[[112, 100, 88]]]
    assert colour_cast(grey, 2, warm=False).tolist() == [[[88, 100, 112]]]


def test_noise_has_the_promised_strength_and_follows_its_seed():
    grey = np.full((200, 200, 3), 128, np.uint8)
    assert noise(grey, 3).std() == pytest.approx(14, rel=0.02)
    assert noise(grey, 3).mean() == pytest.approx(128, abs=0.2)
    assert not np.array_equal(noise(grey, 3, seed=1), noise(grey, 3, seed=2))
