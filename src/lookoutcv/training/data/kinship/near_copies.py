"""Which images look so much alike that one must not be tested on what was learnt from the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.grids import IntArray
from lookoutcv.records.duplicates import THRESHOLD, HashArray, near_groups

# Where more look alike, they are not copies: parts on one conveyor, digits on white. No source gives a number; a set of
# a tenth can still be put into one of three parts.
_MOST_SHARE = 10
_FEW = 8
# A perceptual hash says where an image is light and dark. Of a plain drawing that is next to nothing, and all squares
# in one place have one hash, whatever their colours. A drawing is plain where its grey levels hold less than 32 equally
# frequent ones would: of the drawings of `lookout demo --train` all do (at most 4.93 bits), of 341 photographs of
# clothes 1 in 100 has under 5.8, of 2,000 of CIFAR-10 1 in 100 under 4.9.
_PLAIN_BITS = 5.0
# Copies of these drawings in half or double the size, at JPEG quality 30 or with noise of 8 levels differ by at most
# .013 in the means and spreads of their colours; others with nearly the same hash by .047 or more. Of other drawings
# and photographs copies differ by at most .014, but for one of saturated colours as a JPEG, by .028: that chose .03.
_SAME_COLOURS = 0.03
_COLOURS = tuple(f"{channel}.{what}" for channel in ("red", "green", "blue") for what in ("mean", "std"))
_ENTROPY = "exposure.entropy"

FloatArray = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Looks:
    """What tells whether images look alike.

    Args:
        hashes: Perceptual, (n,) uint64; 0 where there is none.
        content: Of the files, (n,) uint64; 0 where there is none.
        plain: Whether they have so little detail that the hash alone says nothing, (n,) bool.
        colours: Means and spreads of the channels, (n, 6) in 0 to 1.
    """

    hashes: HashArray
    content: HashArray
    plain: np.ndarray[Any, np.dtype[np.bool_]]
    colours: FloatArray

    @classmethod
    def of(cls, records: pa.Table) -> Looks:
        """Of records as `measure` gives them; what was not measured is taken for that of a photograph."""
        count = records.num_rows

        def numbers(name: str, missing: float) -> FloatArray:
            if name not in records.column_names:
                return np.full(count, missing)
            found: FloatArray = np.nan_to_num(records.column(name).to_numpy().astype(np.float64), nan=missing)
            return found

        def hashes(name: str) -> HashArray:
            if name not in records.column_names:
                return np.zeros(count, np.uint64)
            return np.array([value or 0 for value in records.column(name).to_pylist()], np.uint64)

        colours = np.stack([numbers(name, 0.0) for name in _COLOURS], axis=1)
        plain = numbers(_ENTROPY, np.inf) < _PLAIN_BITS
        return cls(hashes("identity.phash"), hashes("content_hash"), plain, colours)

    def take(self, rows: IntArray) -> Looks:
        """Those of some rows, in their order; one may come several times."""
        return Looks(self.hashes[rows], self.content[rows], self.plain[rows], self.colours[rows])


def near_copies(looks: Looks) -> tuple[list[IntArray], int]:
    """Groups of images that are nearly the same.

    Where a chain of likeness holds more than a tenth of the images, only what is still more alike counts within it; in
    the end, only equal hashes; and where even these are so many, likeness says nothing of them. Plain drawings count as
    alike where their colours are nearly the same too.

    Returns:
        Indices of each group of two or more; how many images look too much alike to tell copies among them.
    Example:
        >>> base = np.array([0x0123456789ABCDEF, 0x0123456789ABCDEE], np.uint64)
        >>> photographs, drawings = np.zeros(2, bool), np.ones(2, bool)
        >>> colours = np.array([[0.5] * 6, [0.6] * 6])
        >>> near_copies(Looks(base, np.array([1, 2], np.uint64), photographs, colours))
        ([array([0, 1])], 0)
        >>> near_copies(Looks(base, np.array([1, 2], np.uint64), drawings, colours))
        ([], 0)
    """
    most = max(_FEW, looks.hashes.size // _MOST_SHARE)
    groups, untold = _within(np.arange(looks.hashes.size), looks, THRESHOLD, most)
    return sorted(groups, key=lambda group: int(group[0])), untold


def _within(members: IntArray, looks: Looks, bits: int, most: int) -> tuple[list[IntArray], int]:
    groups: list[IntArray] = []
    untold = 0
    for near in near_groups(looks.hashes[members], looks.content[members], bits):
        for found in _of_same_colours(members[near], looks, bits):
            if found.size <= most:
                groups.append(found)
            elif bits:
                closer, more = _within(found, looks, bits - 2, most)
                groups += closer
                untold += more
            else:
                untold += int(found.size)
    return groups, untold


def _of_same_colours(group: IntArray, looks: Looks, bits: int) -> Iterator[IntArray]:
    """A group whose hashes are near, in chains that stay together where plain drawings must have the same colours."""
    if not looks.plain[group].any():
        yield group
        return
    left = group
    while left.size > 1:
        chain, left = [int(left[0])], left[1:]
        for index in chain:  # grows on the way
            near = np.bitwise_count(looks.hashes[left] ^ looks.hashes[index]) <= bits
            same = np.abs(looks.colours[left] - looks.colours[index]).max(axis=1, initial=0) <= _SAME_COLOURS
            near &= same | ~(looks.plain[left] | looks.plain[index])
            chain += left[near].tolist()
            left = left[~near]
        if len(chain) > 1:
            yield np.array(sorted(chain))
