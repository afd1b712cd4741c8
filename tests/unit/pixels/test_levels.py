import numpy as np
import pytest

from lookoutcv.pixels import levels
from lookoutcv.pixels.levels import quantiles


def _counts(*levels):
    return np.bincount(levels, minlength=256)[None]


def mean_and_std(counts):
    grey = np.arange(256)
    found = levels.mean_and_std((counts @ grey).tolist(), (counts @ grey**2).tolist(), int(counts[0].sum()))
    return tuple(np.array(values) for values in found)


def test_one_level_has_no_spread():
    mean, std = mean_and_std(_counts(7, 7, 7))
    assert (mean.tolist(), std.tolist()) == ([7.0], [0.0])


def test_black_and_white_spread_most():
    mean, std = mean_and_std(_counts(0, 255))
    assert (mean.tolist(), std.tolist()) == ([127.5], [127.5])


def test_channels_do_not_mix():
    mean, std = mean_and_std(np.concatenate([_counts(1, 3), _counts(10, 10)]))
    assert mean.tolist() == [2, 10]
    assert std.tolist() == [1, 0]


def test_large_counts_lose_nothing():
    counts = np.zeros((1, 256), np.int64)
    counts[0, [100, 101]] = 2**31 + 1
    mean, std = mean_and_std(counts)
    assert mean.item() == pytest.approx(100.5, abs=1e-9)
    assert std.item() == pytest.approx(0.5, abs=1e-9)


def test_extremes_are_the_smallest_and_largest_level_there():
    assert quantiles(_counts(40, 90, 200), [0, 1]).tolist() == [[40, 200]]


@pytest.mark.parametrize("n", [1, 2, 3, 20, 60, 100, 101, 1000])
def test_quantiles_at_exact_multiples_are_not_moved_by_rounding(n):
    levels = np.arange(n) % 256
    shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    expected = np.quantile(levels, shares, method="inverted_cdf")
    assert quantiles(np.bincount(levels, minlength=256)[None], shares).tolist() == [expected.tolist()]
