import numpy as np
import pytest

from lookoutcv.pixels import reduction, reference
from lookoutcv.pixels.reduction import reduced


@pytest.mark.parametrize("shape", [(1024, 1025), (1100, 1700), (1537, 1540), (4000, 2050)])
def test_the_kernel_and_numpy_find_the_same(shape):
    luma = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(reduced(luma), reference.reduced(luma))
    assert np.array_equal(reduced(luma[:, ::-1]), reference.reduced(luma[:, ::-1]))


def test_smaller_planes_are_left_alone():
    luma = np.zeros((1023, 5000), np.uint8)
    assert reduced(luma) is luma


def test_without_the_kernel_numpy_reduces(monkeypatch):
    monkeypatch.setattr(reduction, "_reduce", None)
    assert reduced(np.full((1024, 1024), 9, np.uint8)).tolist() == [[9] * 512] * 512
