"""A backbone learns: from scratch, from weights, within bounds, and the same again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drawn_pictures import SHAPES, DrawnPictures
from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import prepare
from lookoutcv.results.training_run import EpochPoint
from lookoutcv.training.fitting.fit import fit
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.forward_pass import scores_of
from lookoutcv.training.fitting.scoring import measured
from lookoutcv.training.fitting.watcher import NobodyWatches
from tiny_backbones import MOBILENET, from_scratch, saved_weights, small_vit, state_of

torch = pytest.importorskip("torch")
QUICK = FitSettings(epochs=2, batch_size=8)


class Watching(NobodyWatches):
    """Notes what it is told; stops after an epoch, and has so many seconds."""

    def __init__(self, stop_after: int | None = None, seconds: float | None = None) -> None:
        self.points: list[EpochPoint] = []
        self.notes: list[str] = []
        self._stop_after, self._seconds = stop_after, seconds

    def epoch(self, point: EpochPoint) -> str:
        self.points.append(point)
        return "Others were better." if point.epoch == self._stop_after else ""

    def note(self, text: str) -> None:
        self.notes.append(text)

    def seconds_left(self) -> float | None:
        return self._seconds


def _parts(backbone, count=8):
    return DrawnPictures(backbone.input, count, 1), DrawnPictures(backbone.input, 4, 2)


@pytest.mark.parametrize("make", [from_scratch, small_vit])
def test_a_network_learns_from_scratch_and_its_scores_are_those_of_its_best_epoch(make):
    backbone = make()
    before = state_of(backbone.module)
    train, validation = _parts(backbone)
    watch = Watching()
    model = fit(backbone, train, validation, SHAPES, QUICK, watch=watch, threads=1)
    assert [point.stage for point in model.curve] == ["scratch", "scratch"]
    assert model.curve == tuple(watch.points)
    assert model.stopped == ""
    scores = scores_of(model.module, validation, model.input)
    np.testing.assert_allclose(scores, model.validation_scores, atol=1e-5)
    best = model.curve[model.best_epoch - 1]
    found = measured(scores, validation.labels)
    assert best.validation_accuracy == pytest.approx(found.accuracy)
    assert best.validation_loss == pytest.approx(found.loss, abs=1e-4)
    assert all(torch.equal(before[name], value) for name, value in backbone.module.state_dict().items())


def test_a_network_learns_what_it_is_shown():
    backbone = small_vit()
    train, validation = DrawnPictures(backbone.input, 40, 1), DrawnPictures(backbone.input, 20, 2)
    settings = FitSettings(epochs=10, batch_size=16, augment="none")
    model = fit(backbone, train, validation, SHAPES, settings, threads=1)
    assert max(point.validation_accuracy for point in model.curve) > 0.55


def test_pretrained_weights_get_a_head_first_and_a_network_halfway_back_to_them_last(tmp_path: Path):
    backbone = prepare(MOBILENET, saved_weights(tmp_path), 3, side_px=32)
    train, validation = _parts(backbone)
    model = fit(backbone, train, validation, SHAPES, QUICK, threads=1)
    assert [point.stage for point in model.curve] == ["head", "fine-tuning", "fine-tuning", "interpolated"]
    assert [point.epoch for point in model.curve] == [0, 1, 2, 3]
    scores = scores_of(model.module, validation, model.input)
    np.testing.assert_allclose(scores, model.validation_scores, atol=1e-4)
    kept = model.curve[model.best_epoch]
    assert kept.validation_loss == pytest.approx(measured(scores, validation.labels).loss, abs=1e-4)
    head = fit(backbone, train, validation, SHAPES, FitSettings(epochs=0), threads=1)
    assert [point.epoch for point in head.curve] == [0]
    assert head.curve[0].validation_loss == pytest.approx(model.curve[0].validation_loss)
    scores = scores_of(head.module, validation, head.input)
    np.testing.assert_allclose(scores, head.validation_scores, atol=1e-4)


def test_a_head_that_learns_from_those_that_chose_is_told_of_as_it_was_before(tmp_path: Path):
    backbone = prepare(MOBILENET, saved_weights(tmp_path), len(SHAPES), side_px=32)
    train, validation = _parts(backbone)
    before = fit(backbone, train, validation, SHAPES, FitSettings(epochs=0), threads=1)
    after = fit(backbone, train, validation, SHAPES, FitSettings(epochs=0, head_on_both=True), threads=1)
    np.testing.assert_array_equal(after.validation_scores, before.validation_scores)
    assert replace(after.curve[0], seconds=0) == replace(before.curve[0], seconds=0)
    first, second = (
        scores_of(one.module, validation, backbone.input)[np.arange(len(validation)), validation.labels]
        for one in (before, after)
    )
    assert np.log(second).mean() > np.log(first).mean()


def test_fine_tuning_begins_with_a_head_that_knows_nothing(tmp_path: Path):
    # A fitted one explains the pictures, and then nothing is left for the layers before it to learn.
    backbone = prepare(MOBILENET, saved_weights(tmp_path), 3, side_px=32)
    still = FitSettings(epochs=1, batch_size=8, learning_rate=1e-9, augment="none")
    model = fit(backbone, *_parts(backbone), SHAPES, still, threads=1)
    head, tuned, halfway = model.curve
    assert head.train_loss < 0.9
    assert tuned.train_loss == pytest.approx(np.log(3), abs=1e-3)
    # Nothing moved, and the head that is fitted anew is the one of before.
    assert halfway.train_loss == pytest.approx(head.train_loss, abs=1e-3)


def test_an_interrupted_fine_tuning_goes_no_way_back(tmp_path: Path):
    backbone = prepare(MOBILENET, saved_weights(tmp_path), 3, side_px=32)
    model = fit(backbone, *_parts(backbone), SHAPES, QUICK, watch=Watching(1), threads=1)
    assert [point.stage for point in model.curve] == ["head", "fine-tuning"]


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    def learnt(seed: int, threads: int):
        backbone = from_scratch()
        parts = _parts(backbone)
        settings = FitSettings(epochs=1, batch_size=8, seed=seed, mixup=0.2, cutmix=0.5, augment="strong")
        return fit(backbone, *parts, SHAPES, settings, threads=threads).module.state_dict()

    one, again, other = learnt(1, 1), learnt(1, 1), learnt(2, 1)
    assert all(torch.equal(value, again[name]) for name, value in one.items())
    assert not all(torch.equal(value, other[name]) for name, value in one.items())


def test_who_looks_on_stops_it_and_the_reason_is_told():
    backbone = from_scratch()
    model = fit(backbone, *_parts(backbone), SHAPES, FitSettings(epochs=9, batch_size=8), watch=Watching(1), threads=1)
    assert model.stopped == "Others were better."
    assert len(model.curve) == 1


def test_without_time_nothing_is_learnt_from_scratch_and_the_head_is_kept_otherwise(tmp_path: Path):
    backbone = prepare(MOBILENET, saved_weights(tmp_path), 3, side_px=32)
    model = fit(backbone, *_parts(backbone), SHAPES, QUICK, watch=Watching(seconds=0), threads=1)
    assert (model.best_epoch, len(model.curve)) == (0, 1)
    assert model.stopped.startswith("Its time was over after 0 of 2 epochs")


def test_too_few_pictures_are_refused_with_what_to_do():
    backbone = from_scratch()
    one = DrawnPictures(backbone.input, 1, 1, classes=1)
    with pytest.raises(TrainingError, match="too few"):
        fit(backbone, one, one, SHAPES, QUICK)


def test_without_weights_there_is_nothing_to_put_a_head_on():
    backbone = from_scratch()
    with pytest.raises(TrainingError, match="Give epochs as 1 or more"):
        fit(backbone, *_parts(backbone), SHAPES, FitSettings(epochs=0))


def test_settings_of_torch_are_given_back():
    before = torch.get_num_threads(), torch.get_rng_state()
    backbone = from_scratch()
    fit(backbone, *_parts(backbone), SHAPES, FitSettings(epochs=1, deterministic=True), threads=1)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    assert not torch.are_deterministic_algorithms_enabled()
