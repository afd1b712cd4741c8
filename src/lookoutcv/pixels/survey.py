"""One pass over an image's pixels: the whole numbers from which the default metrics are computed.

The compiled kernel (`_kernel.c`) and `reference.py` compute the same numbers, bit for bit. The kernel is built when the
package is installed and a C compiler is at hand; without it everything works, several times slower.

Of large images detail, colour, block steps across and the luma histogram take every fifth row: an odd step, which falls
on all rows of the 8x8 blocks of a JPEG in turn. On photographs that moves a metric by about one percent at most
(docs/statistics.md). Brightness, contrast, the dark channel, block steps down and the hash take every row.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from lookoutcv.pixels.hashing import FINE, perceptual_hash
from lookoutcv.pixels.reference import HASH_SIDE, LAYOUT, survey_into

_kernel: Any = None
# Not built where there was no compiler when the package was installed.
with suppress(ImportError):
    from lookoutcv.pixels import _kernel  # type: ignore[attr-defined,no-redef]

COMPILED = _kernel is not None

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

_SHORT = tuple(name for name in LAYOUT.names or () if name != "histogram")

# Images of fewer pixels are taken whole: they cost little, and their few rows vary.
_SAMPLED_FROM_PX = 65536
_STEP = 5


@dataclass(frozen=True, eq=False)
class Survey:
    """The numbers of one image.

    Args:
        luma: (H, W) uint8: (77 R + 150 G + 29 B + 128) // 256, ITU-R BT.601 to within one level.
        numbers: The fields of `reference.LAYOUT`: whole numbers, short lists of them, and the histogram as an array.
    """

    luma: Pixels
    numbers: dict[str, Any]

    @property
    def perceptual_hash(self) -> int:
        """`hashing.perceptual_hash` of the image's 32x32 blocks; interpolated where a side is under 32 px."""
        if min(self.luma.shape) >= HASH_SIDE:
            return int(self.numbers["phash"])
        small = cv2.resize(self.luma, (HASH_SIDE, HASH_SIDE), interpolation=cv2.INTER_AREA)
        return perceptual_hash(FINE * small.astype(np.int64))


def survey(pixels: Pixels) -> Survey:
    """Survey an image.

    Args:
        pixels: (H, W, 3) uint8 RGB, H and W at least 1.
    Example:
        >>> survey(np.full((4, 4, 3), 10, np.uint8)).numbers["luma"]
        160
    """
    height, width = pixels.shape[:2]
    whole = height * width < _SAMPLED_FROM_PX
    step = 1 if whole else _STEP
    luma = np.empty((height, width), dtype=np.uint8)
    numbers = np.zeros((), dtype=LAYOUT)
    if _kernel is None:
        survey_into(pixels, step, luma, numbers)
    else:
        _kernel.survey(np.ascontiguousarray(pixels), height, width, step, luma, numbers)
    # Python's own numbers: metrics do a few steps with each, which is several times faster than with numpy's scalars.
    short_fields = {name: numbers[name].tolist() for name in _SHORT}
    return Survey(luma, short_fields | {"histogram": numbers["histogram"]})


def count_levels(pixels: Pixels, luma: Pixels) -> IntArray:
    """Exact counts of the 256 levels of R, G, B and luma.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        luma: (H, W) uint8.
    Returns:
        (4, 256) int64; each row sums to H * W.
    Example:
        >>> count_levels(np.zeros((2, 3, 3), np.uint8), np.full((2, 3), 9, np.uint8))[:, [0, 9]].tolist()
        [[6, 0], [6, 0], [6, 0], [0, 6]]
    """
    counts = np.zeros((4, 256), dtype=np.int64)
    if _kernel is None:
        for channel, plane in enumerate((*np.moveaxis(pixels, 2, 0), luma)):
            counts[channel] = np.bincount(plane.ravel(), minlength=256)
    else:
        _kernel.levels(np.ascontiguousarray(pixels), luma, counts)
    return counts
