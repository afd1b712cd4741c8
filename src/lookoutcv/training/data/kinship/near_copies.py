"""Which images look so much alike that one must not be tested on what was learnt from the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.grids import IntArray
from lookoutcv.records.duplicates import THRESHOLD, HashArray, near_groups

# Where more look alike, they are not copies: parts on one conveyor, digits on white. No source gives a number; a set of
# a tenth can still be put into one of three parts.
_MOST_SHARE = 10
_FEW = 8


def near_copies(hashes: HashArray, content: HashArray) -> tuple[list[IntArray], int]:
    """Groups of images that are nearly the same.

    Where a chain of likeness holds more than a tenth of the images, only what is still more alike counts within it; in
    the end, only equal hashes; and where even these are so many, likeness says nothing of them.

    Args:
        hashes: Perceptual, (n,) uint64; 0 where there is none.
        content: Of the files, (n,) uint64; 0 where there is none.
    Returns:
        Indices of each group of two or more; how many images look too much alike to tell copies among them.
    Example:
        >>> near_copies(np.array([0x0123456789ABCDEF, 0x0123456789ABCDEE], np.uint64), np.array([1, 2], np.uint64))
        ([array([0, 1])], 0)
    """
    most = max(_FEW, hashes.size // _MOST_SHARE)
    groups, untold = _within(np.arange(hashes.size), hashes, content, THRESHOLD, most)
    return sorted(groups, key=lambda group: int(group[0])), untold


def _within(members: IntArray, hashes: HashArray, content: HashArray, bits: int, most: int) -> tuple[list[Any], int]:
    groups: list[Any] = []
    untold = 0
    for group in near_groups(hashes[members], content[members], bits):
        found = members[group]
        if found.size <= most:
            groups.append(found)
        elif bits:
            closer, more = _within(found, hashes, content, bits - 2, most)
            groups += closer
            untold += more
        else:
            untold += int(found.size)
    return groups, untold
