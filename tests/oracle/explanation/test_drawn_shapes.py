"""Where a network learnt to look is known for drawn shapes: at the shape, and taking it away takes the score away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.explanation import Attribution, explain_network, explain_scores, mass_in_box, measure_faithfulness
from lookoutcv.explanation.faithfulness import random_map
from lookoutcv.explanation.methods import registry
from taught_shapes import KINDS, SIDE, probabilities_of, shapes_batch, small_network, taught_network, tensor_of

torch = pytest.importorskip("torch", reason="torch is not installed")

SHOWN = range(1000, 1004)
METHODS = ["grad_cam", "grad_cam_plus_plus", "eigen_cam", "layer_attribution", "occlusion", "rise"]


def explained(method: str, network: Any) -> list[Attribution]:
    pictures, kinds, _ = shapes_batch(SHOWN)
    if registry.get(method).needs == "layer":
        return explain_network(network, tensor_of(pictures), kinds, method=method)
    scores = probabilities_of(network)
    return [
        explain_scores(scores, picture, int(kind), method=method, samples=169 if method == "occlusion" else 500)
        for picture, kind in zip(pictures, kinds, strict=True)
    ]


def inside(found: list[Attribution]) -> list[float]:
    """The mass of each map inside the box of the shape; nothing of a map that shows nothing."""
    boxes = [[one / SIDE for one in box] for box in shapes_batch(SHOWN)[2]]
    return [mass_in_box(one.values, box) if one.usable else 0.0 for one, box in zip(found, boxes, strict=True)]


def test_the_network_learnt_what_it_is_asked_about() -> None:
    pictures, kinds, _ = shapes_batch(range(2000, 2040))
    with torch.no_grad():
        assert (taught_network()(tensor_of(pictures)).argmax(1).numpy() == kinds).mean() > 0.95


@pytest.mark.parametrize("method", METHODS)
def test_a_taught_network_looks_at_the_shape(method: str, rng: np.random.Generator) -> None:
    found = explained(method, taught_network())
    taught = np.array(inside(found))
    untaught = np.array(inside(explained(method, small_network().eval())))
    boxes = [[one / SIDE for one in box] for box in shapes_batch(SHOWN)[2]]
    chance = [
        np.mean([mass_in_box(random_map(one.values, rng), box) for _ in range(20)])
        for one, box in zip(found, boxes, strict=True)
        if one.usable
    ]
    assert len(chance) >= 0.75 * len(found)
    assert taught.mean() > 2 * np.mean(chance)
    assert taught.mean() > untaught.mean() + 0.1


@pytest.mark.parametrize("method", METHODS)
def test_removing_what_is_marked_removes_the_score(method: str) -> None:
    pictures, _, _ = shapes_batch(SHOWN)
    scores = probabilities_of(taught_network())
    gains = [
        measure_faithfulness(scores, picture, one, steps=12, random_maps=4, seed=place).faithfulness.better_by
        for place, (picture, one) in enumerate(zip(pictures, explained(method, taught_network()), strict=True))
        # What the network takes where it sees no shape at all cannot be taken away.
        if one.usable and place % KINDS != _without_any_shape()
    ]
    assert len(gains) >= 6
    assert np.mean(gains) > 2 * np.std(gains, ddof=1) / np.sqrt(len(gains)), "over images, surely above 0"


def _without_any_shape() -> int:
    blank = np.full((1, SIDE, SIDE, 3), 55, np.uint8)
    return int(probabilities_of(taught_network())(blank).argmax())
