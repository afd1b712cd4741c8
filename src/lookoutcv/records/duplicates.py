"""Which images are the same, and which nearly, by their hashes.

Near duplicates are found by multi-index hashing: split 64 bits into threshold + 2 bands, and two hashes within the
threshold agree on at least two whole bands, so sorting by each pair of bands brings them side by side (Norouzi, Punjani
& Fleet, "Fast exact search in Hamming space with multi-index hashing", TPAMI 2014, with two bands for one).
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.grids import IntArray

HashArray = np.ndarray[Any, np.dtype[np.uint64]]

# Among a million random hashes, n**2 / 2 * sum(comb(64, d) for d <= t) / 2**64 pairs lie within t by chance: .02 for
# t = 4, .2 for 5, 2 for 6. Measured on 962 photographs with `identity.phash`: 4 finds all copies at half the size, at
# JPEG quality 30 or with noise of 8 levels (96% of those 20% brighter, 51% of those cropped by 2%), and the only other
# pairs within it are frames of one fixed camera; at 6 the first pair of unrelated photographs appears, at 8 a few more.
# Hashes with as many ones as zeros lie at even distances, so that 5 would add nothing.
THRESHOLD = 4
MOST_THRESHOLD = 8
# A hash cut at the median has 32 ones (all of the 962 did) unless many coefficients are tied: 1 to 8 for gradients,
# halves, stripes and chequers. Then the hashes are alike, not the pictures. Random hashes are outside once in 41,000.
FEWEST_SET_BITS = 16
# Comparisons in one search at most. Reached only where very many hashes crowd together; see `near_groups`.
_MOST_COMPARISONS = 500_000_000


def exact_groups(hashes: HashArray) -> list[IntArray]:
    """Images whose content hashes are equal.

    Args:
        hashes: (n,) uint64; 0 where there is none.
    Returns:
        Rising indices of each group of two or more, the largest group first, then by first index.
    Example:
        >>> exact_groups(np.array([7, 5, 0, 7, 0], np.uint64))
        [array([0, 3])]
    """
    known = np.flatnonzero(hashes)
    _, owner = np.unique(hashes[known], return_inverse=True)
    return _grouped(known, owner)


def near_groups(hashes: HashArray, content: HashArray | None = None, threshold: int = THRESHOLD) -> list[IntArray]:
    """Images that look alike: chains of perceptual hashes, each within the threshold of the next.

    Hashes with under 16 ones or zeros are those of images without detail and never near anything.

    Where hashes crowd together so much that the work would exceed about half a billion comparisons, each is compared
    only with those that follow it closest in each of the orders; some chains may then fall into several groups.

    Args:
        hashes: Perceptual hashes, (n,) uint64; 0 where there is none.
        content: Content hashes, (n,) uint64, 0 where there is none. Images with equal ones count once, as the first.
        threshold: Bits that may differ, 0 to 8.
    Returns:
        Rising indices of each group of two or more, the largest group first, then by first index.
    Raises:
        ConfigError: The threshold is out of range.
    Example:
        >>> base = 0x0123456789ABCDEF
        >>> near_groups(np.array([base, base ^ 1, 0, base ^ 0xFFFF, 0], np.uint64))
        [array([0, 1])]
    """
    if not 0 <= threshold <= MOST_THRESHOLD:
        raise ConfigError(
            f"{threshold} is no threshold for near duplicates",
            f"Give a number of bits from 0 to {MOST_THRESHOLD}.",
            key="threshold",
        )
    ones = np.bitwise_count(hashes)
    detailed = (ones >= FEWEST_SET_BITS) & (ones <= 64 - FEWEST_SET_BITS)
    if content is not None:
        detailed &= _first_of_its_content(content)
    members = np.flatnonzero(detailed)
    distinct, owner = np.unique(hashes[members], return_inverse=True)
    return _grouped(members, _connected(distinct, threshold)[owner])


def _first_of_its_content(content: HashArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    first = np.asarray(content == 0)
    first[np.unique(content, return_index=True)[1]] = True
    return first


def _connected(distinct: HashArray, threshold: int) -> IntArray:
    """A label for each of the distinct hashes, equal for those in one chain: the index of its smallest member."""
    labels = np.arange(distinct.size, dtype=np.int64)
    if threshold == 0:
        return labels
    pairs_of_bands = list(combinations(_bands(threshold + 2), 2))
    reach = max(1, _MOST_COMPARISONS // (len(pairs_of_bands) * max(distinct.size, 1)))
    for first, second in pairs_of_bands:
        key = distinct & (first | second)
        # Equal keys side by side, and within them the hashes in their own order.
        order = np.argsort(key, kind="stable")
        ranked = key[order]
        here = np.arange(order.size)
        for step in range(1, min(reach, order.size - 1) + 1):
            here = here[: np.searchsorted(here, order.size - step)]
            here = here[ranked[here] == ranked[here + step]]
            if not here.size:
                break
            one, other = order[here], order[here + step]
            near = np.bitwise_count(distinct[one] ^ distinct[other]) <= threshold
            labels = _joined(labels, one[near], other[near])
    return labels


def _bands(count: int) -> list[np.uint64]:
    edges = [round(64 * i / count) for i in range(count + 1)]
    return [np.uint64((1 << high) - (1 << low)) for low, high in pairwise(edges)]


def _joined(labels: IntArray, one: IntArray, other: IntArray) -> IntArray:
    """The labels after joining pairs: each chain takes its smallest label (hooking and pointer jumping)."""
    while True:
        left, right = labels[one], labels[other]
        apart = left != right
        if not apart.any():
            return labels
        one, other, left, right = one[apart], other[apart], left[apart], right[apart]
        np.minimum.at(labels, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(labels, jumped := labels[labels]):
            labels = jumped


def _grouped(members: IntArray, owner: IntArray) -> list[IntArray]:
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    groups = [members[group] for group in np.split(order, starts[1:]) if group.size > 1]
    return sorted(groups, key=lambda group: (-group.size, int(group[0])))
