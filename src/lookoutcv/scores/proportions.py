"""How sure a share is, and a difference of two shares that were counted on the same images."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.special import bdtr, betaincinv, ndtri

from lookoutcv.errors import ConfigError

_STEPS = 80  # halvings of an interval of 2: beyond what a double tells apart


def wilson_interval(hits: int, images: int, level: float = 0.95) -> tuple[float, float]:
    """Between which shares the true one lies, after so many hits.

    Args:
        hits: 0 to `images`.
        images: How many were looked at.
        level: Of the confidence, between 0 and 1.
    Returns:
        Both ends, 0 to 1; 0 and 1 without images, which say nothing.
    Raises:
        ConfigError: More hits than images, or less than none.
    Example:
        >>> low, high = wilson_interval(9, 10)
        >>> round(low, 3), round(high, 3)
        (0.596, 0.982)

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not 0 <= hits <= images:
        raise ConfigError(f"{hits} hits of {images} images", "Give a count between none and all.", key="hits")
    if not images:
        return 0.0, 1.0
    z = float(ndtri((1 + level) / 2))
    share, weight = hits / images, z * z / images
    centre = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / images + weight / images / 4) / (1 + weight)
    # Rounding must not take the very ends away.
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    return low, 1.0 if hits == images else min(1.0, centre + half)


def exact_interval(hits: int, images: int, level: float = 0.95) -> tuple[float, float]:
    """An interval of a share that holds also where the images chose the cut that makes them hits.

    A cut through ordered values leaves below it a share of all values that is beta distributed, whatever the values: so
    the ends of Clopper & Pearson hold for the share beyond a cut that is a quantile of the same images.

    Args:
        hits: Images counted.
        images: Of so many.
        level: How often the interval is to hold.
    Returns:
        Both ends, 0 to 1.
    Example:
        >>> [round(end, 4) for end in exact_interval(0, 12)]
        [0.0, 0.2646]

    Source: Clopper & Pearson, Biometrika 1934; Wilks, "Determination of sample sizes for setting tolerance limits",
        Annals of Mathematical Statistics 1941.
    """
    if not 0 <= hits <= images:
        raise ConfigError(f"{hits} hits of {images} images", "Give a count between none and all.", key="hits")
    outside = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, images - hits + 1, outside))
    high = 1.0 if hits == images else float(betaincinv(hits + 1, images - hits, 1 - outside))
    return low, high


def mcnemar_p(only_first: int, only_second: int) -> float:
    """How often chance alone would part two equally good models at least this much, on the images they differ on.

    Args:
        only_first, only_second: Images that only the one, and only the other, is right on.
    Returns:
        Two-sided, exact: 0 to 1; 1 where they differ on none.
    Example:
        >>> mcnemar_p(6, 0), mcnemar_p(3, 3)
        (0.03125, 1.0)

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika 12
    (1947); its exact form is the sign test.
    """
    differing = only_first + only_second
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), differing, 0.5))) if differing else 1.0


def paired_interval(only_first: int, only_second: int, images: int, level: float = 0.95) -> tuple[float, float]:
    """Between which differences of two accuracies on the same images the true one lies.

    Args:
        only_first, only_second: Images that only the one, and only the other, is right on.
        images: All of them, at least 1.
        level: Of the confidence, between 0 and 1.
    Returns:
        Both ends of first - second, -1 to 1.
    Raises:
        ConfigError: There are fewer images than these.
    Example:
        >>> low, high = paired_interval(12, 2, 50)
        >>> round(low, 3), round(high, 3)
        (0.061, 0.345)

    Source: Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design", Statistics in Medicine 17 (1998).
    """
    if min(only_first, only_second) < 0 or only_first + only_second > images or images < 1:
        raise ConfigError(
            f"{only_first} and {only_second} of {images} images",
            "Give counts that are parts of the images.",
            key="images",
        )
    z = float(ndtri((1 + level) / 2))
    difference = (only_first - only_second) / images

    def inside(true: float) -> bool:
        return abs(_score(true, only_first, only_second, images)) <= z

    return _end(inside, difference, -1.0), _end(inside, difference, 1.0)


def _end(inside: Callable[[float], bool], near: float, far: float) -> float:
    """Where the interval that holds `near` ends on its way to `far`."""
    if inside(far):
        return far
    for _ in range(_STEPS):
        middle = (near + far) / 2
        near, far = (middle, far) if inside(middle) else (near, middle)
    return near


def _score(true: float, first: int, second: int, images: int) -> float:
    """How many standard deviations what was counted lies above a true difference, by the likelihood under it."""
    a = 2 * images
    b = -first - second + (2 * images - first + second) * true
    c = -second * true * (1 - true)
    rarer = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    variance = images * (2 * rarer + true * (1 - true))
    gap = first - second - images * true
    if variance <= 0:
        return 0.0 if gap == 0 else math.copysign(math.inf, gap)
    return gap / math.sqrt(variance)
