"""Halfway between the weights a network began with and those that fine-tuning gave it."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

from drawn_pictures import SHAPES, DrawnPictures
from lookoutcv.models.backbones.backbone import Backbone, prepare
from lookoutcv.training.fitting.fit import fit
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.fitting.interpolated import SHARE, clearly_worse
from lookoutcv.training.fitting.watcher import NobodyWatches
from tiny_backbones import MOBILENET, saved_weights

torch = pytest.importorskip("torch")
SETTINGS = FitSettings(epochs=3, batch_size=8, learning_rate=3e-3)


class AtTheEnd(NobodyWatches):
    """Counts the passes over all pictures, and presses Ctrl-C in one of them."""

    def __init__(self, stopped_at: int | None = None) -> None:
        self.passes, self._stopped_at = 0, stopped_at

    def progress(self, stage: str, done: int, total: int) -> None:
        if stage == "Features" and done == total:
            self.passes += 1
            if self.passes == self._stopped_at:
                signal.raise_signal(signal.SIGINT)


def _backbone(folder: Path) -> Backbone:
    return prepare(MOBILENET, saved_weights(folder), 3, side_px=32)


def _fitted(backbone: Backbone, checkpoint: Path | None = None, watch: NobodyWatches | None = None) -> FittedModel:
    parts = DrawnPictures(backbone.input, 16, 1), DrawnPictures(backbone.input, 8, 2)
    return fit(backbone, *parts, SHAPES, SETTINGS, checkpoint=checkpoint, watch=watch, threads=1)


def test_the_weights_lie_between_and_the_head_is_fitted_anew(tmp_path: Path):
    from safetensors.torch import load_file

    backbone = _backbone(tmp_path)
    model = _fitted(backbone, tmp_path / "kept")
    assert model.best_epoch == model.curve[-1].epoch == 4
    ended = load_file(tmp_path / "kept" / "last.safetensors")
    began, kept = backbone.module.state_dict(), model.module.state_dict()
    moved = 0
    for name, value in kept.items():
        if name.startswith("classifier.") or not value.is_floating_point():
            continue
        between = began[name] + SHARE * (ended[f"average/{name}"] - began[name])
        torch.testing.assert_close(value, between)
        moved += not torch.equal(value, began[name])
    assert moved > 20
    assert not torch.equal(kept["classifier.weight"], ended["average/classifier.weight"] * SHARE)


def test_one_that_has_ended_comes_to_the_same_network_again(tmp_path: Path):
    backbone = _backbone(tmp_path)
    whole, again = (_fitted(backbone, tmp_path / "kept") for _ in range(2))
    assert [point.stage for point in again.curve] == [point.stage for point in whole.curve]
    assert again.best_epoch == whole.best_epoch
    held = again.module.state_dict()
    assert all(torch.equal(value, held[name]) for name, value in whole.module.state_dict().items())


def test_ctrl_c_on_the_way_back_keeps_the_best_so_far(tmp_path: Path):
    backbone = _backbone(tmp_path)
    watch = AtTheEnd(stopped_at=2)
    model = _fitted(backbone, watch=watch)
    assert watch.passes == 2
    assert model.interrupted
    assert model.stopped.startswith("It was stopped by hand; ")
    assert len(model.curve) == 4
    assert model.best_epoch < 4


def test_a_difference_that_chance_makes_is_not_clear():
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 50)
    good = np.full((50, 3), 0.2, np.float32)
    good[np.arange(50), labels] = 0.6
    bad = np.roll(good, 1, axis=1)
    mixed = np.where((np.arange(50) % 2 == 0)[:, None], good, bad)
    other = np.where((np.arange(50) % 2 == 1)[:, None], good, bad)
    assert clearly_worse(bad, good, labels)
    assert not clearly_worse(good, bad, labels)
    assert not clearly_worse(mixed, other, labels)
    assert not clearly_worse(other, mixed, labels)
