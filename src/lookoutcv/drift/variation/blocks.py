"""Blocks of consecutive images that take the place of batches, and segments of batches: how much their means vary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lookoutcv.drift.variation.autocorrelation import Order
from lookoutcv.drift.variation.batches import LEAST_BATCHES, LEAST_IN_BATCH, Batches
from lookoutcv.grids import FloatArray, IntArray

# More blocks hardly help Student, and longer ones depend less on each other: with blocks as long as the window 3 to 5%
# of windows are false alarms at a nominal 1%, with half as much again 0.7 to 1.3% (simulated, rank correlation 0.9 and
# 0.98 between an image and the next).
_MOST_BLOCKS = 20
_WINDOWS_LONG = 1.5


def consecutive_blocks(order: Order, rows: int, window: int) -> Batches:
    """Divide rows that follow one another into at most 20 blocks, each 1.5 windows long where there are five such.

    A long run (of one camera, say) is cut into as many parts as there are blocks, so that every block holds all of
    them, as a window does. Short runs are kept whole.

    Args:
        order: Of the rows.
        rows: M, all rows.
        window: N, images of the window.
    Returns:
        No usable batches where there are under 50 such rows.
    Example:
        >>> found = consecutive_blocks(Order(np.arange(100), np.zeros(100, dtype=np.int64), "name"), 100, 20)
        >>> found.count, found.sizes.tolist()
        (5, [20, 20, 20, 20, 20])
    """
    owner = np.full(rows, -1, dtype=np.int64)
    total = len(order.rows)
    count = min(
        _MOST_BLOCKS, total // LEAST_IN_BATCH, max(LEAST_BATCHES, int(total / (_WINDOWS_LONG * max(window, 1))))
    )
    if count < LEAST_BATCHES:
        return Batches(owner, 0)
    sizes = np.bincount(order.run)
    long = (sizes >= count * LEAST_IN_BATCH)[order.run]
    within = np.arange(total) - (np.cumsum(sizes) - sizes)[order.run]
    segment = within * count // sizes[order.run]
    short = np.cumsum(~long) - 1
    segment[~long] = short[~long] * count // max(int((~long).sum()), 1)
    # A short run belongs to where it begins.
    first = np.flatnonzero(np.diff(order.run, prepend=-1))
    segment = np.where(long, segment, segment[first][order.run])
    owner[order.rows] = segment
    return Batches(np.unique(owner, return_inverse=True)[1] - int((owner < 0).any()), len(np.unique(segment)))


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments of consecutive images, about as long as a window, within each batch and run.

    Args:
        rows: (P,) row numbers.
        run: (P,) the run, within one batch, of each.
        segment: (P,) the segment of each.
    """

    rows: IntArray
    run: IntArray
    segment: IntArray

    def excess(self, ranks: FloatArray) -> float:
        """How many times as much the mean of a segment varies as that of so many independent images.

        The variance of the segments' means around their run's, times their length, over that of single images.

        Args:
            ranks: (M,) or longer, of the rows; NaN = missing.
        Returns:
            At least 1.
        Example:
            >>> order = Order(np.arange(400), np.zeros(400, dtype=np.int64), "name")
            >>> segments = segments_of(order, np.repeat([0, 1], 200), 50)
            >>> round(segments.excess(np.sin(np.arange(400) / 40))), segments.excess(np.arange(400.0) % 2)
            (57, 1.0)
        """
        values = ranks[self.rows]
        known = np.isfinite(values)
        in_run, in_segment = np.bincount(self.run, known), np.bincount(self.segment, known)
        off = np.where(known, values, 0.0)
        off = np.where(known, off - (np.bincount(self.run, off) / np.maximum(in_run, 1))[self.run], 0.0)
        runs = np.count_nonzero(in_run)
        freedom = np.count_nonzero(in_segment) - runs, int(known.sum()) - runs
        alone = float(np.sum(off**2))
        if min(freedom) < 1 or alone <= 0:
            return 1.0
        together = float(np.sum(np.bincount(self.segment, off) ** 2 / np.maximum(in_segment, 1)))
        return max(1.0, together / freedom[0] / (alone / freedom[1]))


def segments_of(order: Order, owner: IntArray, window: int) -> Segments:
    """Cut the runs of each batch into as many segments as windows fit into a typical batch, at least two.

    Args:
        order: Of the baseline's rows.
        owner: (M,) the batch of each row, -1 for none.
        window: N, images of the window.
    """
    inside = owner[order.rows] >= 0
    rows = order.rows[inside]
    if not len(rows):
        return Segments(rows, rows, rows)
    _, batches = np.unique(owner[rows], return_inverse=True)
    _, run = np.unique(batches * (int(order.run.max()) + 1) + order.run[inside], return_inverse=True)
    place = np.argsort(run, kind="stable")
    rows, run = rows[place], run[place]
    segments = max(2, int(len(rows) / (int(batches.max()) + 1) // max(window, 1)))
    sizes = np.bincount(run)
    within = np.arange(len(rows)) - (np.cumsum(sizes) - sizes)[run]
    used = sizes[run] >= 2 * segments
    _, segment = np.unique((run * segments + within * segments // sizes[run])[used], return_inverse=True)
    _, run = np.unique(run[used], return_inverse=True)
    return Segments(rows[used], run, segment)
