import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.images.covering import covered

PIXELS = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def test_nothing_of_a_covered_part_is_left() -> None:
    found = covered(PIXELS, [(10, 5, 30, 25)])
    assert np.all(found[5:25, 10:30] == 128)
    assert np.array_equal(found[25:], PIXELS[25:])
    assert np.array_equal(found[:, 30:], PIXELS[:, 30:])
    other = PIXELS.copy()
    other[5:25, 10:30] = 7
    assert np.array_equal(covered(other, [(10, 5, 30, 25)]), found), "the same whatever was there"


def test_the_image_itself_stays() -> None:
    before = PIXELS.copy()
    covered(PIXELS, [(0, 0, 60, 40)])
    assert np.array_equal(PIXELS, before)


def test_a_margin_grows_a_box_on_every_side() -> None:
    found = covered(PIXELS, [(20, 10, 40, 30)], margin_ratio=0.25)
    assert np.all(found[5:35, 15:45] == 128)
    assert np.array_equal(found[:5], PIXELS[:5])


@pytest.mark.parametrize("box", [(-50, -50, -1, -1), (100, 100, 200, 200), (5, 5, 5, 5)])
def test_a_box_outside_covers_nothing(box: tuple[float, ...]) -> None:
    assert np.array_equal(covered(PIXELS, [box]), PIXELS)


@given(st.lists(st.tuples(*[st.floats(-1e9, 1e9)] * 4), max_size=3), st.floats(0, 2))
def test_any_box_is_borne(boxes: list[tuple[float, ...]], margin: float) -> None:
    found = covered(PIXELS, boxes, margin)
    assert found.shape == PIXELS.shape
    assert np.all((found == PIXELS) | (found == 128))
