"""Asking a model about corrupted copies of its baseline's images: how far estimates are off is learnt in advance."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

import cv2
import numpy as np

from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.drift.accuracy.true_accuracy import truth_indices
from lookoutcv.errors import MetricFailed, ModelError
from lookoutcv.measuring.collect import Collection
from lookoutcv.measuring.options import Plan
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.measuring.predictions.prediction_source import Pixels
from lookoutcv.metrics import Metric
from lookoutcv.pixels.view import ImageView
from lookoutcv.predictions import Classification
from lookoutcv.progress import begin_stage
from lookoutcv.sources.decoded_images import decoded_again

if TYPE_CHECKING:
    from lookoutcv.drift.accuracy.calibration import Calibration
    from lookoutcv.drift.accuracy.fit_perturbation import CorruptedCopies

_log = logging.getLogger(__name__)

# Images that are copied at most, and each kind of trouble at these severities: 7,200 copies. With three severities or
# 600 images errors differ by .1 points (benchmarks/accuracy_estimate.py).
MOST_COPIED = 300
SEVERITIES = (2, 4)
# Larger images are made smaller first: models look at about 224 pixels, and copies of 12 Mpx would take hours.
_LONGEST_PX = 384
_TOGETHER = 16
# What follows from the file, or from the frame, is the same for every copy.
NOT_OF_PIXELS = ("file", "geometry")
_UNTOUCHED = ""
# From here on people wonder whether it has stopped.
_LONG_SECONDS = 60


def perturbation_calibration(calibration: Calibration, collection: Collection, how: Plan) -> Calibration:
    """The calibration with what its estimates miss on corrupted copies of labelled images.

    Args:
        calibration: Of the collection's labelled images.
        collection: Its source is read a second time.
        how: How it was measured.
    Returns:
        The calibration as it is where that cannot be found out: too few labelled images, too many classes for them, no
        scores, a model that cannot be asked any more.
    """
    from lookoutcv.drift.accuracy.estimate import LEAST_LABELLED  # noqa: PLC0415 - only labelled baselines pay for scipy
    from lookoutcv.drift.accuracy.fit_perturbation import fit_perturbation  # noqa: PLC0415

    model, metrics = (
        collection.model,
        [m for m in how.metrics if m.grid and m.name.partition(".")[0] not in NOT_OF_PIXELS],
    )
    enough = calibration.softening is not None and calibration.images >= LEAST_LABELLED
    if model is None or not isinstance(how.prediction_source, ModelSource) or not enough:
        return calibration
    truth = truth_indices(collection.profile.sample, model.labels)
    ids = collection.profile.sample.column("id").to_pylist()
    wanted = {ids[row]: int(truth[row]) for row in np.flatnonzero(truth > -2)[:MOST_COPIED]}
    kinds = [_UNTOUCHED, *(f"{kind} {severity}" for kind in CORRUPTIONS for severity in SEVERITIES)]
    scores: dict[str, list[Sequence[float]]] = {kind: [] for kind in kinds}
    values: dict[str, list[list[float]]] = {kind: [] for kind in kinds}
    found: list[int] = []
    begin_stage(how.progress, "Calibrating on corrupted copies (--no-perturb skips it)")
    clock = _Clock(len(wanted) * len(kinds))
    try:
        for images, classes in _batches(collection, wanted, how):
            for done, kind in enumerate(kinds):
                prediction_source = len(found) * len(kinds) + done * len(images)
                clock.tell(prediction_source)
                if how.progress is not None:
                    how.progress(prediction_source, len(wanted) * len(kinds))
                copies = [_corrupted(one, kind) for one in images]
                said = how.prediction_source.predictor.predict(copies)
                scores[kind] += [_scores(one, len(model.labels)) for one in said]
                values[kind] += [_values(one, metrics) for one in copies]
            found += classes
        sides = {kind: _copies(scores[kind], values[kind]) for kind in kinds} if found else {}
    except (ModelError, MetricFailed) as error:
        _log.warning("no perturbation calibration: %s", error)
        return calibration
    if not sides:
        return calibration
    untouched = sides.pop(_UNTOUCHED)
    told = fit_perturbation(calibration, np.array(found), untouched, sides, [m.name for m in metrics])
    return calibration if told is None else replace(calibration, perturbation=told)


class _Clock:
    """Says once, soon after the start, that it will take long."""

    def __init__(self, total: int) -> None:
        self._total, self._start, self._waiting = total, monotonic(), True

    def tell(self, done: int) -> None:
        if not self._waiting or done < 2 * _TOGETHER:
            return
        self._waiting = False
        left = (monotonic() - self._start) / done * (self._total - done)
        if left >= _LONG_SECONDS:
            _log.warning(
                "asking the model about %s corrupted copies of labelled images will take about %.0f minutes; accuracy "
                "without labels is estimated better for it, and --no-perturb (perturb=False) leaves it out",
                f"{self._total:,}",
                left / 60,
            )


def _batches(collection: Collection, wanted: dict[str, int], how: Plan) -> Iterator[tuple[list[Pixels], list[int]]]:
    """The images, a few at a time, each with its class."""
    again = decoded_again(collection.source, wanted, how.limits)
    smaller = ((_smaller(one.image.pixels), wanted[one.id]) for one in again)
    while batch := list(islice(smaller, _TOGETHER)):
        yield [pixels for pixels, _ in batch], [label for _, label in batch]


def _smaller(pixels: Pixels) -> Pixels:
    scale = _LONGEST_PX / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _corrupted(pixels: Pixels, kind: str) -> Pixels:
    if kind == _UNTOUCHED:
        return pixels
    name, _, severity = kind.rpartition(" ")
    return CORRUPTIONS[name](pixels, int(severity))


def _scores(said: object, classes: int) -> Sequence[float]:
    scores = said.scores if isinstance(said, Classification) else None
    return [float("nan")] * classes if scores is None or len(scores) != classes else scores.tolist()


def _values(pixels: Pixels, metrics: Sequence[Metric]) -> list[float]:
    view = ImageView(pixels)
    return [metric(view) for metric in metrics]


def _copies(scores: Sequence[Sequence[float]], values: Sequence[Sequence[float]]) -> CorruptedCopies:
    from lookoutcv.drift.accuracy.fit_perturbation import CorruptedCopies  # noqa: PLC0415 - as above

    return CorruptedCopies(np.array(scores, np.float32), np.array(values, np.float32))
