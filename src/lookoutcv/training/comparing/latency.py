"""How long a model takes for one image."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lookoutcv.training.data.division import Pixels

# A first call loads code and finds memory; the ones after it are all alike.
_WARM_UP = 2


def latency_ms(
    predict: Callable[[Pixels], Any],
    size_px: tuple[int, int],
    *,
    least: int = 5,
    most: int = 50,
    most_seconds: float = 2.0,
    seconds: Callable[[], float] = time.perf_counter,
) -> float:
    """The median time for one image, given one by one, in milliseconds.

    Args:
        predict: Asks the model about one image, (H, W, 3) uint8: its framing, normalising and answer.
        size_px: Height and width of the images, which are noise.
        least, most: How often it is asked, after it was asked twice to warm up.
        most_seconds: Not asked again after so long, but for the least.
        seconds: The clock.
    Example:
        >>> now = iter(range(100))
        >>> latency_ms(lambda pixels: None, (8, 8), most=5, seconds=lambda: next(now) / 1000)
        1.0
    """
    image = np.random.default_rng(0).integers(0, 256, (*size_px, 3), np.uint8)
    for _ in range(_WARM_UP):
        predict(image)
    begun, times = seconds(), list[float]()
    while len(times) < least or (len(times) < most and seconds() - begun < most_seconds):
        before = seconds()
        predict(image)
        times.append(seconds() - before)
    return round(1000 * statistics.median(times), 6)
