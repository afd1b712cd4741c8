"""The best network on images that chose nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import WeightsOrigin
from lookoutcv.sources import open_images
from lookoutcv.training.data.division import Sample
from lookoutcv.training.evaluate_best import evaluate_best
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.onlooker import Onlooker


@pytest.mark.parametrize("thumbnails", [True, False])
def test_pictures_of_its_mistakes_are_kept_only_where_they_are_wanted(tmp_path: Path, thumbnails: bool) -> None:
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        Image.new("RGB", (8, 8)).save(tmp_path / label / "1.png")
    samples = tuple(Sample(ref.id, str(ref.label), ref) for ref in open_images(str(tmp_path)))
    module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 2))
    torch.nn.init.zeros_(module[1].weight)
    module[1].bias.data = torch.tensor([1.0, 0.0])
    shape = Input((8, 8), "NCHW", "RGB", "float32", 1 / 255, 0.0, 1.0)
    none = np.zeros((0, 2), np.float32)
    fitted = FittedModel("net", module.eval(), ("a", "b"), shape, WeightsOrigin("none"), (), 0, 1.0, none)
    request: Any = SimpleNamespace(data_name="data", max_pixels=None, max_bytes=None, thumbnails=thumbnails)
    found = evaluate_best(fitted, samples, "run", request, Onlooker())
    assert found is not None
    assert (found.model, found.images, found.accuracy) == ("run", 2, 0.5)
    (wrong,) = found.confident_errors
    assert (wrong.id, wrong.label, wrong.prediction) == ("b/1.png", "b", "a")
    assert (wrong.thumbnail is not None) is thumbnails
