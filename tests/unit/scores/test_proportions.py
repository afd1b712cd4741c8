"""Intervals of shares and of differences of shares, against numbers found otherwise and by how often they hold."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binom, binomtest, multinomial

from lookoutcv.errors import ConfigError
from lookoutcv.scores.proportions import exact_interval, mcnemar_p, paired_interval, wilson_interval


@pytest.mark.parametrize(("hits", "images"), [(0, 10), (1, 1), (9, 10), (50, 100), (997, 1000), (1000, 1000)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_interval_of_a_share_is_that_of_scipy(hits: int, images: int, level: float) -> None:
    other = binomtest(hits, images).proportion_ci(level, method="wilson")
    assert wilson_interval(hits, images, level) == pytest.approx((other.low, other.high), abs=1e-12)


@pytest.mark.parametrize(("hits", "images"), [(0, 10), (1, 1), (9, 10), (50, 100), (1000, 1000)])
def test_the_exact_interval_is_that_of_scipy(hits: int, images: int) -> None:
    other = binomtest(hits, images).proportion_ci(0.95, method="exact")
    assert exact_interval(hits, images) == pytest.approx((other.low, other.high), abs=1e-12)


@pytest.mark.parametrize("images", [12, 60, 341])
@pytest.mark.parametrize("asked", [0.0, 0.02, 0.1])
def test_it_holds_for_the_share_beyond_a_quantile_of_the_same_images(images: int, asked: float) -> None:
    draw = np.random.default_rng(images)
    held = 0
    for _ in range(2000):
        values = np.sort(draw.uniform(size=images))
        below = int(asked * images)
        low, high = exact_interval(below, images)
        held += low <= values[below] <= high  # of uniform values the share below a cut is the cut
    assert held >= 0.94 * 2000


def test_no_image_says_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(ConfigError, match="11 hits of 10 images"):
        wilson_interval(11, 10)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (5, 0), (6, 0), (3, 3), (20, 9), (400, 320)])
def test_mcnemars_p_is_that_of_the_sign_test(first: int, second: int) -> None:
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar_p(first, second) == mcnemar_p(second, first) == pytest.approx(expected, rel=1e-9)


def _numerically(first: int, second: int, images: int) -> tuple[float, float]:
    """The ends of the score interval, with the likelihood under a difference maximised by a search."""

    def score(true: float) -> float:
        both = images - first - second

        def loss(rarer: float) -> float:
            shares = (rarer + true, rarer, 1 - 2 * rarer - true)
            counts = (first, second, both)
            return -sum(n * math.log(max(p, 1e-300)) for n, p in zip(counts, shares, strict=True) if n)

        bounds = (max(0.0, -true), (1 - true) / 2)
        rarer = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x
        variance = images * (2 * rarer + true * (1 - true))
        return (first - second - images * true) / math.sqrt(max(variance, 1e-300))

    z, seen = 1.959963984540054, (first - second) / images
    low = brentq(lambda true: score(true) - z, -0.999, seen - 1e-9)
    high = brentq(lambda true: score(true) + z, seen + 1e-9, 0.999)
    return low, high


@pytest.mark.parametrize(
    ("first", "second", "images"), [(12, 2, 50), (9, 5, 50), (3, 0, 40), (0, 7, 100), (40, 31, 372)]
)
def test_the_interval_of_a_difference_is_found_numerically_too(first: int, second: int, images: int) -> None:
    found = paired_interval(first, second, images)
    assert found == pytest.approx(_numerically(first, second, images), abs=2e-5)
    mirrored = paired_interval(second, first, images)
    assert (-mirrored[1], -mirrored[0]) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(("first", "second", "images"), [(0, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 30), (30, 0, 30)])
def test_the_interval_of_few_images_is_wide_and_within_its_bounds(first: int, second: int, images: int) -> None:
    low, high = paired_interval(first, second, images)
    assert -1 <= low <= (first - second) / images <= high <= 1
    assert high - low > 3 / (images + 3)


def test_the_interval_of_a_difference_holds_as_often_as_it_says() -> None:
    """Exactly: every outcome of 40 images with its probability."""
    images = 40
    outcomes = [(a, b) for a, b in product(range(images + 1), repeat=2) if a + b <= images]
    counts = np.array([(a, b, images - a - b) for a, b in outcomes])
    ends = np.array([paired_interval(a, b, images) for a, b in outcomes])
    for first, second in [(0.1, 0.1), (0.2, 0.05), (0.05, 0.0), (0.3, 0.3), (0.12, 0.02)]:
        chances = multinomial.pmf(counts, images, [first, second, 1 - first - second])
        true = first - second
        held = (ends[:, 0] <= true + 1e-12) & (true - 1e-12 <= ends[:, 1])
        assert 0.92 <= chances[held].sum() <= 1


def test_the_interval_of_a_share_holds_as_often_as_it_says() -> None:
    hits = np.arange(101)
    ends = np.array([wilson_interval(int(one), 100) for one in hits])
    shares = np.linspace(0.5, 0.99, 50)
    held = [binom.pmf(hits[(ends[:, 0] <= p) & (p <= ends[:, 1])], 100, p).sum() for p in shares]
    assert 0.945 <= np.mean(held) <= 0.965


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="3 and 2 of 4 images"):
        paired_interval(3, 2, 4)
