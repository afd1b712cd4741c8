"""One image as the metrics see it: pixels, plain facts, and shared intermediate results computed on first use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.pixels.levels import mean_and_std, quantiles
from lookoutcv.pixels.survey import Survey, count_levels, survey

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

CHANNELS = ("red", "green", "blue", "luma")
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True)
class Facts:
    """What is known of an image besides its pixels.

    Args:
        stored_bytes: Size of the encoded file; None where the image came as an array.
        exif_orientation: EXIF orientation tag 1-8 as recorded; None where none is recorded.
    """

    stored_bytes: int | None = None
    exif_orientation: int | None = None


class ImageView:
    """An upright RGB image with lazily shared intermediates.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright, H and W at least 1. Never written to.
        facts: What else is known.
    Raises:
        ShapeMismatch: Another shape or dtype.
    Example:
        >>> ImageView(np.full((2, 2, 3), 255, np.uint8)).luma.tolist()
        [[255, 255], [255, 255]]
    """

    def __init__(self, pixels: Pixels, facts: Facts | None = None) -> None:
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
            raise ShapeMismatch(
                f"pixels are {pixels.dtype} of shape {pixels.shape}",
                "Give an RGB image as (H, W, 3) uint8.",
                shape=pixels.shape,
                dtype=str(pixels.dtype),
            )
        self.pixels = pixels
        self.facts = facts or Facts()

    @property
    def height(self) -> int:
        """Rows, in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns, in pixels."""
        return int(self.pixels.shape[1])

    @cached_property
    def survey(self) -> Survey:
        """The sums from which the default metrics are computed."""
        return survey(self.pixels)

    @property
    def luma(self) -> Pixels:
        """Grey image, (H, W) uint8: (77 R + 150 G + 29 B + 128) // 256, ITU-R BT.601 within a level."""
        return self.survey.luma

    @cached_property
    def histograms(self) -> IntArray:
        """Exact counts of the 256 levels of R, G, B and luma, (4, 256) int64; each row sums to H * W."""
        return count_levels(self.pixels, self.luma)

    @cached_property
    def means(self) -> list[float]:
        """Mean of R, G, B and luma, in grey levels 0 to 255; of R, G and B over the rows taken for colour."""
        return self._mean_and_std[0]

    @cached_property
    def stds(self) -> list[float]:
        """Population standard deviation of R, G, B and luma, in grey levels, over the same rows."""
        return self._mean_and_std[1]

    @cached_property
    def _mean_and_std(self) -> tuple[list[float], list[float]]:
        numbers = self.survey.numbers
        channels = mean_and_std(numbers["channels"], numbers["channel_squares"], numbers["coloured"])
        luma = mean_and_std([numbers["luma"]], [numbers["luma_squares"]], self.width * self.height)
        return channels[0] + luma[0], channels[1] + luma[1]

    @cached_property
    def quantiles(self) -> FloatArray:
        """The `QUANTILES` of R, G, B and luma, (4, 7) float64 in grey levels."""
        return quantiles(self.histograms, QUANTILES)
