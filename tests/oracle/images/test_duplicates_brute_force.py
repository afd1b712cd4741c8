"""Near duplicates against all pairs and a search along them."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.records.duplicates import near_groups


def brute_force(hashes: np.ndarray, threshold: int) -> list[list[int]]:
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    unseen, groups = set(range(len(hashes))), []
    while unseen:
        group, front = set(), {unseen.pop()}
        while front:
            group |= front
            front = {int(j) for i in front for j in np.flatnonzero(distance[i] <= threshold)} & unseen
            unseen -= front
        if len(group) > 1:
            groups.append(sorted(group))
    return sorted(groups, key=lambda g: (-len(g), g[0]))


@pytest.mark.parametrize("threshold", range(9))
@pytest.mark.parametrize("seed", range(4))
def test_groups_agree_with_all_pairs(threshold: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, 2**64, 60, dtype=np.uint64)
    bits = np.uint64(1) << rng.integers(0, 64, (700, 7)).astype(np.uint64)
    flips = np.bitwise_xor.reduce(np.where(rng.random(bits.shape) < rng.random((700, 1)), bits, np.uint64(0)), axis=1)
    hashes = centres[rng.integers(0, 60, 700)] ^ flips
    found = [group.tolist() for group in near_groups(hashes, threshold=threshold)]
    assert found == brute_force(hashes, threshold)
