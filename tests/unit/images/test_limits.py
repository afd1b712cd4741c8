"""Limits say what one image may cost."""

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.images import Limits


def test_a_108_megapixel_photo_passes_and_a_bomb_does_not():
    assert 12_000 * 9_000 <= Limits().max_pixels < 60_000 * 60_000


@pytest.mark.parametrize("name", ["max_bytes", "max_pixels"])
def test_a_limit_under_one_is_refused(name):
    with pytest.raises(ConfigError, match=name):
        Limits(**{name: 0})
