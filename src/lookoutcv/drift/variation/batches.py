"""The batches of a baseline: images that ordinary variation moves together."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookoutcv.grids import FloatArray, IntArray

# With four batches or fewer, Student's tails are so wide that nothing would ever be found.
LEAST_BATCHES = 5
# A mean of fewer values is not yet normal; such batches are left out.
LEAST_IN_BATCH = 10


@dataclass(frozen=True, eq=False)
class Batches:
    """The baseline's rows divided into batches.

    Args:
        owner: (M,) the batch of each row, -1 for a row that belongs to no usable one.
        count: Usable batches, K.
        merged: How many neighbouring batches were put together into one; 1 for none.
    """

    owner: IntArray
    count: int
    merged: int = 1

    @property
    def enough(self) -> bool:
        """Whether there are five."""
        return self.count >= LEAST_BATCHES

    @property
    def sizes(self) -> IntArray:
        """Rows in each batch, (K,)."""
        return np.bincount(self.owner[self.owner >= 0], minlength=self.count).astype(np.int64)

    @property
    def left_out(self) -> int:
        """Rows that belong to no usable batch."""
        return int(np.count_nonzero(self.owner < 0))


def batches_of(keys: Sequence[str | None], least: int = LEAST_IN_BATCH) -> Batches | None:
    """The batches that rows belong to, in the order of their keys (numbers within them by value).

    Args:
        keys: (M,) the batch of each row; None where it has none.
        least: Rows a batch needs to be usable.
    Returns:
        None where no row has a batch.
    Example:
        >>> found = batches_of(["day 10", "day 2", "day 2", None], least=1)
        >>> found.owner.tolist(), found.count
        ([1, 0, 0, -1], 2)
    """
    sizes: dict[str, int] = {}
    for key in keys:
        if key is not None:
            sizes[key] = sizes.get(key, 0) + 1
    if not sizes:
        return None
    usable = sorted((key for key, rows in sizes.items() if rows >= least), key=_natural)
    place = {key: i for i, key in enumerate(usable)}
    owner = np.array([-1 if key is None else place.get(key, -1) for key in keys], dtype=np.int64)
    return Batches(owner, len(usable))


def merge_blocks(batches: Batches, window: float, size: float) -> Batches:
    """Put neighbouring blocks together until each holds half a window, but never fewer than five.

    A window of 1,000 consecutive images averages over more than a block of 50 does, so it is compared with blocks of
    its own length. This holds for consecutive blocks only: a day remains a day, however many images were taken.

    Args:
        batches: Consecutive blocks.
        window: Images of the window.
        size: Typical images of a block.
    Example:
        >>> blocks = batches_of([f"{i // 10:02}" for i in range(200)])
        >>> merged = merge_blocks(blocks, window=60, size=10)
        >>> merged.count, merged.merged, merged.sizes.tolist()
        (6, 3, [30, 30, 30, 30, 30, 50])
    """
    together = min(math.ceil(window / 2 / max(size, 1)), max(batches.count // LEAST_BATCHES, 1))
    if together <= 1:
        return batches
    count = batches.count // together
    owner = np.where(batches.owner < 0, -1, np.minimum(batches.owner // together, count - 1))
    return Batches(owner, count, together)


def harmonic_mean(sizes: IntArray | FloatArray) -> float:
    """The size that has the same mean 1/n; inf for none.

    Example:
        >>> harmonic_mean(np.array([20, 60]))
        30.0
    """
    return float(len(sizes) / np.sum(1 / sizes)) if len(sizes) else math.inf


def _natural(key: str) -> tuple[list[str | int], str]:
    return [int(part) if i % 2 else part for i, part in enumerate(re.split(r"(\d+)", key))], key
