"""A network that tells colours apart as if it had learnt to, and images of them in three parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import WeightsOrigin
from lookoutcv.sources import open_images
from lookoutcv.training.data.division import Division, Sample
from lookoutcv.training.fitting.fitted_model import FittedModel
from tiny_packages import COLOURS, colour_pictures

CLASSES = ("blue", "green", "red")
INPUT = Input((16, 16), "NCHW", "RGB", "float32", 1 / 255, (0.5, 0.4, 0.3), (0.25, 0.25, 0.2), "stretch")


def network(classes: int = 3) -> Any:
    """Convolution, normalisation and a head, with the weights of a seed; the head answers to the colours."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.set_num_threads(1)
    torch.manual_seed(0)

    class Colours(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 12, 3, padding=1)
            self.norm = torch.nn.BatchNorm2d(12)
            self.head = torch.nn.Linear(15, classes)

        def forward(self, x: Any) -> Any:
            seen = torch.relu(self.norm(self.conv(x))).mean((2, 3))
            return self.head(torch.cat([seen, x.mean((2, 3))], 1))

    module = Colours().eval()
    with torch.no_grad():
        module.head.weight.mul_(0.1)
        for place, channel in enumerate((2, 1, 0)):
            module.head.weight[place, 12 + channel] = 3.0
    return module


def fitted(**changes: Any) -> FittedModel:
    """As `fit` gives it."""
    values: dict[str, Any] = {
        "backbone": "colours_net",
        "module": network(),
        "classes": CLASSES,
        "input": INPUT,
        "weights": WeightsOrigin("file", "net.safetensors", "0" * 64, "apache-2.0"),
        "curve": (),
        "best_epoch": 0,
        "seconds": 1.0,
        "validation_scores": np.zeros((0, 3), np.float32),
    }
    return FittedModel(**{**values, **changes})


def division(folder: Path, each: int = 12) -> Division:
    """Pictures of the colours: half to learn from, a quarter for each other part."""
    refs = list(open_images(colour_pictures(folder, each=each)))
    samples = [Sample(ref.id, str(ref.label), ref) for ref in refs]
    assert {sample.label for sample in samples} == set(COLOURS)
    return Division(
        CLASSES,
        tuple(samples[0::4] + samples[1::4]),
        tuple(samples[2::4]),
        tuple(samples[3::4]),
        how=("Drawn by hand.",),
    )
