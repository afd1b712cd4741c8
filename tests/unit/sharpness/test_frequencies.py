import cv2
import numpy as np
import pytest

from lookoutcv.sharpness.frequencies import COSINES, ONE, WANTED


def test_coefficients_are_opencvs():
    block = np.random.default_rng(3).integers(-128, 128, (8, 8)).astype(np.float64)
    expected = cv2.dct(block)
    found = COSINES.astype(np.float64) @ block.ravel() / ONE
    assert found == pytest.approx([expected[at] for at in WANTED], abs=0.2)


def test_no_product_leaves_the_kernels_numbers():
    # Of every row the largest sum with pixels of -128 to 127, in 32 bits.
    assert (np.abs(COSINES.astype(np.int64)).sum(axis=1) * 128).max() < 2**31
    assert len(set(WANTED)) == len(WANTED) == 24
