"""Masks in COCO's forms, against pycocotools' published examples and drawn shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import ShapeMismatch
from lookoutcv.log.one_call.masks import mask_of


def coco_text(mask: Any) -> dict[str, Any]:
    """COCO's compressed form, written after `rleToString` of its API."""
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [1 - flat[-1]]]).astype(int))).tolist()
    counts = np.diff([0, *edges]).tolist()
    text = ""
    for place, count in enumerate(counts):
        value = count - counts[place - 2] if place > 2 else count
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != -1 if bits & 0x10 else value != 0
            text += chr((bits | 0x20 if more else bits) + 48)
    return {"size": list(mask.shape), "counts": text}


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_coco_text_comes_back(height: int, width: int, seed: int, share: float) -> None:
    mask = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8)
    form = coco_text(mask)
    assert np.array_equal(mask_of(form), mask.astype(bool))
    assert np.array_equal(mask_of({**form, "counts": form["counts"].encode()}), mask.astype(bool))


def test_polygons_are_filled() -> None:
    mask = mask_of([2, 1, 5, 1, 5, 4, 2, 4], (6, 8))
    assert mask.sum() == 16
    assert mask[1:5, 2:6].all()
    two = mask_of([[0, 0, 1, 0, 1, 1, 0, 1], [4, 4, 5, 4, 5, 5, 4, 5]], (6, 8))
    assert two.sum() == 8
    assert mask_of([-1e9, -1e9, 1e9, -1e9, 1e9, 1e9, -1e9, 1e9], (6, 8)).all()


WRONG: list[Any] = [
    {"size": [2, 2], "counts": [1, 2]},
    {"size": [2, 2], "counts": [-1, 5]},
    {"size": [2, 2]},
    {"size": "big", "counts": [4]},
    {"size": [10**6, 10**6], "counts": [10**12]},
    {"size": [0, 0], "counts": []},
    {"size": [2, 2], "counts": "\x7f" * 50},
    [1, 2, 3, 4],
    [[1, 2, 3, float("nan"), 5, 6]],
    np.zeros((2, 2, 2)),
    np.array(["a"]),
]


@pytest.mark.parametrize("form", WRONG, ids=range(len(WRONG)))
def test_what_is_no_mask_is_refused(form: Any) -> None:
    with pytest.raises((ShapeMismatch, ValueError)):
        mask_of(form, (6, 8))


def test_polygons_need_a_size() -> None:
    with pytest.raises(ShapeMismatch, match="size"):
        mask_of([0, 0, 1, 0, 1, 1])
