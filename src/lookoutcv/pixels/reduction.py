"""A picture reduced by a whole number, so that what is measured in pixels depends less on its resolution."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from lookoutcv.pixels import reference

_kernel: Any = None
# Not built where there was no compiler when the package was installed.
with suppress(ImportError):
    from lookoutcv.pixels import _kernel  # type: ignore[attr-defined,no-redef]
# One that an earlier version built has none.
_reduce: Any = getattr(_kernel, "reduce", None)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def reduced(luma: Pixels) -> Pixels:
    """The plane reduced by the whole factor that leaves its short side at 512 to 1023 px: rounded means of squares.

    Args:
        luma: (H, W) uint8, both at least 1.
    Returns:
        The plane itself where its short side is under 1024 px.
    Example:
        >>> reduced(np.full((1024, 2000), 7, np.uint8)).shape
        (512, 1000)
    """
    height, width = luma.shape
    factor = min(height, width) // reference.REDUCED_SIDE_PX
    if factor < 2 or _reduce is None:
        return reference.reduced(luma)
    out = np.empty((height // factor, width // factor), dtype=np.uint8)
    _reduce(np.ascontiguousarray(luma), height, width, factor, out)
    return out
