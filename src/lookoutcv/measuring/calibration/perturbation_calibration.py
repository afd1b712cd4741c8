"""Asking a model about corrupted copies of its baseline's images: how far estimates are off is learnt in advance."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

import cv2
import numpy as np

from lookoutcv.calls.option_names import option
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

# Images that are copied at most, and each kind of corruption at these severities: 7,200 copies. With three severities
# or 600 images errors differ by .1 points (benchmarks/accuracy_estimate.py).
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
        scores, a model that cannot be run any more.
    """
    from lookoutcv.drift.accuracy.estimate import LEAST_LABELLED  # noqa: PLC0415 - only labelled baselines pay for scipy
    from lookoutcv.drift.accuracy.fit_perturbation import fit_perturbation  # noqa: PLC0415

    model, source = collection.model, how.prediction_source
    enough = calibration.softening is not None and calibration.images >= LEAST_LABELLED
    if model is None or not isinstance(source, ModelSource) or not enough:
        return calibration
    metrics = [m for m in how.metrics if m.grid and m.name.partition(".")[0] not in NOT_OF_PIXELS]
    truth = truth_indices(collection.profile.sample, model.labels)
    ids = collection.profile.sample.column("id").to_pylist()
    labelled = {ids[row]: int(truth[row]) for row in np.flatnonzero(truth > -2)[:MOST_COPIED]}
    begin_stage(how.progress, f"Calibrating on corrupted copies ({option('perturb', False)} skips it)")
    try:
        classes, copies = _predicted_copies(_batches(collection, labelled, how), source, metrics, len(labelled), how)
    except (ModelError, MetricFailed) as error:
        _log.warning("no perturbation calibration: %s", error)
        return calibration
    if not classes:
        return calibration
    untouched = copies.pop(_UNTOUCHED)
    fitted = fit_perturbation(calibration, np.array(classes), untouched, copies, [m.name for m in metrics])
    return calibration if fitted is None else replace(calibration, perturbation=fitted)


def _predicted_copies(
    batches: Iterable[tuple[list[Pixels], list[int]]],
    source: ModelSource,
    metrics: Sequence[Metric],
    images: int,
    how: Plan,
) -> tuple[list[int], dict[str, CorruptedCopies]]:
    """The class of each image, and by kind of corruption what the model said of its copies and how these look.

    Raises:
        ModelError, MetricFailed: The model or a metric fails on a copy.
    """
    kinds = [_UNTOUCHED, *(f"{kind} {severity}" for kind in CORRUPTIONS for severity in SEVERITIES)]
    labels = len(source.identity.labels)
    scores: dict[str, list[Sequence[float]]] = {kind: [] for kind in kinds}
    values: dict[str, list[list[float]]] = {kind: [] for kind in kinds}
    all_classes: list[int] = []
    total = images * len(kinds)
    clock = _Clock(total)
    for originals, classes in batches:
        for place, kind in enumerate(kinds):
            done = len(all_classes) * len(kinds) + place * len(originals)
            clock.tell(done)
            if how.progress is not None:
                how.progress(done, total)
            copies = [_corrupted(pixels, kind) for pixels in originals]
            scores[kind] += [_scores(prediction, labels) for prediction in source.predictor.predict(copies)]
            values[kind] += [_values(pixels, metrics) for pixels in copies]
        all_classes += classes
    return all_classes, {kind: _copies(scores[kind], values[kind]) for kind in kinds} if all_classes else {}


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
                "without labels is estimated better for it, and %s leaves it out",
                f"{self._total:,}",
                left / 60,
                option("perturb", False),
            )


def _batches(collection: Collection, labelled: dict[str, int], how: Plan) -> Iterator[tuple[list[Pixels], list[int]]]:
    """The images, a few at a time, each with its class."""
    again = decoded_again(collection.source, labelled, how.limits)
    smaller = ((_smaller(one.image.pixels), labelled[one.id]) for one in again)
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


def _scores(prediction: object, classes: int) -> Sequence[float]:
    scores = prediction.scores if isinstance(prediction, Classification) else None
    return [float("nan")] * classes if scores is None or len(scores) != classes else scores.tolist()


def _values(pixels: Pixels, metrics: Sequence[Metric]) -> list[float]:
    view = ImageView(pixels)
    return [metric(view) for metric in metrics]


def _copies(scores: Sequence[Sequence[float]], values: Sequence[Sequence[float]]) -> CorruptedCopies:
    from lookoutcv.drift.accuracy.fit_perturbation import CorruptedCopies  # noqa: PLC0415 - as above

    return CorruptedCopies(np.array(scores, np.float32), np.array(values, np.float32))
