"""Occlusion and RISE on real ONNX and TFLite files, which have no gradients: what is asked are their own runtimes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.explanation import explain_scores, mass_in_box, measure_faithfulness
from lookoutcv.models.opener import open_model
from tiny_models import onnx_classifier, tflite_mean

BOX = (0.5, 0.25, 0.75, 0.5)
SIDE = 32


def opened(kind: str, folder: Path) -> Any:
    tflite = kind == "tflite"
    path = (tflite_mean if tflite else onnx_classifier)(folder / f"mean.{kind}", size=16)
    given = {"size": [16, 16], "colour": "RGB", "layout": "NHWC" if tflite else "NCHW", "dtype": "float32"}
    given |= {"scale": 1 / 255, "mean": 0, "std": 1, "resize": "stretch"}
    return open_model(path, {"input": given, "head": "softmax", "labels": ["red", "green", "blue"]})


@pytest.mark.parametrize("kind", ["onnx", "tflite"])
@pytest.mark.parametrize("method", ["occlusion", "rise"])
def test_a_file_is_seen_to_look_at_its_colour(kind: str, method: str, tmp_path: Path) -> None:
    model = opened(kind, tmp_path)
    image = np.full((SIDE, SIDE, 3), 40, np.uint8)
    left, top, right, bottom = (round(one * SIDE) for one in BOX)
    image[top:bottom, left:right] = (240, 20, 20)

    def scores(images: np.ndarray) -> np.ndarray:
        return np.stack([one.scores for one in model.predict(list(images))])

    found = explain_scores(scores, image, 0, method=method, samples=400)
    assert mass_in_box(found.values, BOX) > 0.4 > 5 * (right - left) * (bottom - top) / SIDE**2
    assert found.score == pytest.approx(float(model.predict([image])[0].scores[0]))
    assert measure_faithfulness(scores, image, found, steps=10, random_maps=4).faithfulness.better_by > 0
