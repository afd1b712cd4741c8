"""What lies far from a baseline's images is refused with the words of its metrics; its own kind is not."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.gate.artifact import GateState, JudgeState
from lookoutcv.gate.cut import Cut
from lookoutcv.gate.gate import Gate
from lookoutcv.gate.judges.likeness import likeness
from lookoutcv.gate.variants.base import Learnt
from lookoutcv.pixels.view import ImageView


def picture(seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    coarse = draw.integers(40, 215, (8, 8, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (64, 48), interpolation=cv2.INTER_LINEAR) * draw.uniform(0.7, 1.1)
    return np.clip(smooth + draw.normal(0, draw.uniform(2, 6), smooth.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def baseline() -> Any:
    return lo.baseline([picture(seed) for seed in range(1000)], workers=1)


@pytest.fixture(scope="module")
def learnt(baseline: Any) -> dict[str, Any]:
    assert likeness.learn is not None
    return dict(likeness.learn(baseline))


def p_of(pixels: np.ndarray, learnt: dict[str, Any]) -> float:
    return likeness.measure(ImageView(pixels), learnt).values["p"]


def test_its_own_kind_is_fit(learnt: dict[str, Any]) -> None:
    assert np.mean([p_of(picture(seed), learnt) < 0.001 for seed in range(2000, 2200)]) <= 0.01


def test_another_kind_is_not(learnt: dict[str, Any]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (48, 64, 3)).astype(np.uint8)
    flat = np.full((48, 64, 3), 60, np.uint8)
    assert p_of(noise, learnt) < 0.001
    assert p_of(flat, learnt) < 0.001


def test_the_reason_names_what_is_unusual(learnt: dict[str, Any]) -> None:
    state = GateState("threshold", Cut(0), (JudgeState("likeness", learnt=learnt),))
    verdict = Gate(state, Learnt()).check((picture(2) * 0.1).astype(np.uint8))
    reason = verdict.reasons[0]
    assert reason.startswith("it does not look like the baseline (p ")
    assert "darker" in reason


def test_what_it_learns_is_json_and_bounded(learnt: dict[str, Any]) -> None:
    assert json.loads(json.dumps(learnt)) == learnt
    assert len(learnt["distances"]) <= 1000


def test_a_small_baseline_is_told_of_and_not_judged_by() -> None:
    assert likeness.learn is not None
    few = dict(likeness.learn(lo.baseline([picture(seed) for seed in range(60)], workers=1)))
    assert few == {
        "note": "Whether an image looks like the baseline is not judged: it has 60 images, and 1,000 are needed."
    }
    assert likeness.measure(ImageView(picture(1)), few).abstains


def test_a_baseline_of_one_picture_does_not_carry_it(baseline: Any) -> None:
    assert likeness.learn is not None
    table = baseline.profile.sample
    same = table.take([0] * 1100)
    told = likeness.learn(SimpleNamespace(profile=SimpleNamespace(sample=same)))
    assert told == {
        "note": "Whether an image looks like the baseline is not judged: fewer than two metrics vary among its images."
    }
