"""What labels on both sides say of a loss."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.drift.accuracy.drop import accuracy_change, measured_change
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy


def side(right: int, images: int) -> TrueAccuracy:
    return TrueAccuracy(images, right / images)


def test_the_interval_is_that_of_two_shares() -> None:
    found = accuracy_change(side(900, 1000), side(160, 200), 100)
    assert found is not None
    noise = np.sqrt(0.9 * 0.1 / 1000 + 0.8 * 0.2 / 200)
    assert found.drop == pytest.approx(0.1)
    assert (found.low, found.high) == (pytest.approx(0.1 - 1.645 * noise), pytest.approx(0.1 + 1.645 * noise))
    assert found.fell
    assert found.severity == "high"
    assert found.to_dict()["fell"] is True


def test_too_few_labels_say_nothing() -> None:
    assert accuracy_change(side(900, 1000), side(60, 99), 100) is None
    assert accuracy_change(None, side(160, 200), 100) is None
    assert accuracy_change(side(900, 1000), None, 100) is None


@pytest.mark.parametrize(("after", "noise"), [(0.89, 0.001), (0.95, 0.001), (0.8, 0.05)])
def test_small_and_unsure_losses_are_none(after: float, noise: float) -> None:
    assert not measured_change("mAP", (0.9, after), noise, 100).fell


def test_one_clean_window_in_a_hundred_is_called_a_loss() -> None:
    rng = np.random.default_rng(8)
    before, after = rng.binomial(1000, 0.8, 4000), rng.binomial(200, 0.8, 4000)
    fell = [
        measured_change("accuracy", (b / 1000, a / 200), float(np.sqrt(0.16 / 1000 + 0.16 / 200)), 200).fell
        for b, a in zip(before, after, strict=True)
    ]
    assert np.mean(fell) == pytest.approx(0.01, abs=0.005)
