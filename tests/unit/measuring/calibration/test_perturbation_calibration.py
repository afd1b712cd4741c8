"""A baseline asks its model about corrupted copies of its images."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.errors import InferenceFailed
from lookoutcv.measuring.baseline import Baseline
from lookoutcv.measuring.calibration import perturbation_calibration as perturbation
from lookoutcv.predictions import Classification

LABELS = ["dark", "light"]
CARD = {"labels": LABELS}


def shade(pixels: Any) -> Classification:
    """How light an image is, with some doubt."""
    light = float(np.clip((pixels.mean() - 110) / 80 + 0.5, 0.02, 0.98))
    return Classification.of_scores(np.array([1 - light, light], np.float32), LABELS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """330 pictures, of which some are between the two."""
    root, random = tmp_path_factory.mktemp("val"), np.random.default_rng(3)
    for place in range(330):
        label = place % 2
        level = random.normal((90, 130)[label], 25)
        pixels = np.clip(random.normal(level, 20, (12, 12, 3)), 0, 255).astype(np.uint8)
        (root / LABELS[label]).mkdir(exist_ok=True)
        cv2.imwrite(str(root / LABELS[label] / f"{place}.png"), pixels)
    return root


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A perturbation calibration of 110 images: 24 copies of each take a second."""
    monkeypatch.setattr(perturbation, "MOST_COPIED", 110)


def made(folder: Path, model: Any = shade, **options: Any) -> Baseline:
    return lo.baseline(folder, model=model, card=CARD, workers=1, thumbnails=False, metrics="exposure,noise", **options)


def test_a_labelled_baseline_calibrates_by_perturbation_and_keeps_it_in_its_file(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    found = made(folder, progress=lambda done, total: told.append((done, total)))
    assert found.calibration is not None
    kept = found.calibration.perturbation
    assert kept is not None
    assert (kept.images, len(kept.names)) == (110, 2 * len(CORRUPTIONS))
    assert set(kept.metrics) == {name for name in found.metric_names if name.startswith(("exposure", "noise"))}
    darker = kept.places[kept.names.index("darken 4")]
    assert darker[kept.metrics.index("exposure.brightness")] < -0.5
    assert told[-1] == (2750 - 14, 2750), "the last of 25 looks at the last 14 of 110 images"
    assert Baseline.load(found.save(tmp_path / "b.parquet")).calibration == found.calibration


class Told(list[str]):
    """What a progress that takes words is told."""

    def begin_stage(self, what: str) -> None:
        self.append(what)

    def __call__(self, done: int, total: int | None) -> None:
        pass


def test_it_is_named_and_a_slow_one_says_how_long_it_takes(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    with caplog.at_level(logging.WARNING):
        made(folder, progress=told)
    assert told == ["Calibrating on corrupted copies (perturb=False skips it)"]
    assert caplog.text == ""
    # A clock by which each look at it comes three minutes after the last: 2,750 answers at 32 in three minutes.
    ticks = iter(range(0, 10**6, 180))
    monkeypatch.setattr(perturbation, "monotonic", lambda: next(ticks))
    with caplog.at_level(logging.WARNING):
        made(folder)
    (line,) = [one.getMessage() for one in caplog.records]
    assert "2,750 corrupted copies" in line
    assert "about 255 minutes" in line
    assert "perturb=False leaves it out" in line


def test_it_can_be_left_out(folder: Path) -> None:
    found = made(folder, perturb=False)
    assert found.calibration is not None
    assert found.calibration.perturbation is None


def test_few_labels_calibrate_no_perturbation(folder: Path) -> None:
    found = made(folder, sample=200)
    assert found.calibration is not None
    assert found.calibration.perturbation is None


def test_a_model_that_fails_on_a_copy_leaves_a_baseline_without(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    asked = []

    def soon_tired(pixels: Any) -> Classification:
        asked.append(1)
        if len(asked) > 1000:
            raise InferenceFailed("tired", "Let it rest.", model="soon_tired", reason="tired")
        return shade(pixels)

    with caplog.at_level(logging.WARNING):
        found = made(folder, soon_tired)
    assert found.calibration is not None
    assert found.calibration.perturbation is None
    assert "no perturbation calibration" in caplog.text
