"""The cause of a drift told from corrupted photographs that the weights were not fitted on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.drift.cause.classify import classify, fitted, mean_shifts
from lookoutcv.drift.describe.shifted import normal_scores
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.metrics import registry
from lookoutcv.pixels.view import ImageView, Pixels

FAMILY = {
    "defocus": "sharpness",
    "motion": "sharpness",
    "low_resolution": "sharpness",
    "noise": "noise",
    "jpeg": "jpeg",
    "haze": "haze",
    "flatten": "contrast",
    "darken": "dark",
    "brighten": "bright",
    "colour_cast": "colour_cast",
}


def pictures(folder: Path) -> list[Pixels]:
    return [np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)) for path in sorted(folder.rglob("*.jpg"))]


def measured(images: list[Pixels]) -> np.ndarray:
    specs = [registry.get(name) for name in fitted().metrics]
    return np.array([[spec(view) for spec in specs] for view in map(ImageView, images)], dtype=np.float32)


@pytest.fixture(scope="module")
def baseline(good: Path) -> np.ndarray:
    return measured(pictures(good)[::2])


@pytest.fixture(scope="module")
def window(fine: Path) -> list[Pixels]:
    return pictures(fine)[::2]


def told(baseline: np.ndarray, window: np.ndarray) -> str:
    scores = normal_scores(pool(baseline, window))[len(baseline) :]
    return str(classify(dict(zip(fitted().metrics, mean_shifts(scores), strict=True))).family)


# Of only four subjects, photographs with strong noise look like ones whose blur was repaired (the card's limits).
SLIGHTER = {"noise": 1}


@pytest.mark.parametrize("kind", FAMILY)
def test_a_corruption_is_told_by_its_family(kind: str, baseline: np.ndarray, window: list[Pixels]) -> None:
    corrupted = [CORRUPTIONS[kind](image, SLIGHTER.get(kind, 3)) for image in window]
    assert told(baseline, measured(corrupted)) == FAMILY[kind]


@pytest.mark.parametrize("severity", [2, 3, 5])
def test_what_is_not_recognised_is_unclear(severity: int, baseline: np.ndarray, window: list[Pixels]) -> None:
    corrupted = [CORRUPTIONS["noise"](image, severity) for image in window]
    assert told(baseline, measured(corrupted)) in ("noise", "unclear")


def test_clean_images_and_repaired_ones_are_unclear(baseline: np.ndarray, window: list[Pixels]) -> None:
    assert told(baseline, measured(window)) == "unclear"
    dark = measured([CORRUPTIONS["darken"](image, 3) for image in window])
    assert told(dark, baseline) == "unclear"
