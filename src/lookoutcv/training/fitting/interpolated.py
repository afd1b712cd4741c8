"""A network between where it began and where fine-tuning has brought it, with a head fitted anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.results.training_run import EpochPoint
from lookoutcv.training.data.division import IntArray, Pictures
from lookoutcv.training.fitting.epochs.epoch_loop import EpochLoop
from lookoutcv.training.fitting.fitted_model import FloatArray
from lookoutcv.training.fitting.head_stage import fit_head_of
from lookoutcv.training.fitting.scoring import measured

# How far from the pretrained weights to the fine-tuned ones. Both are right on pictures that the other is not, and the
# mean of their weights keeps of either (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022). The head
# between two heads knows nothing; one is fitted anew. For what it gave see the benchmarks.
SHARE = 0.5


def add_interpolated(
    loop: EpochLoop,
    backbone: Backbone,
    began: Mapping[str, Any],
    parts: tuple[Pictures, Pictures],
    class_weights: FloatArray | None,
    *,
    on_both: bool,
) -> None:
    """Score the network halfway back to the pretrained weights, which is the best unless the best so far is clearly so.

    Args:
        loop: Whose epochs are over. The point is added to its curve, one after the last epoch.
        backbone: Its module is that of the loop; it holds the weights halfway afterwards.
        began: The pretrained weights.
        parts: What teaches and what chooses.
        class_weights: (classes,) or None.
        on_both: As for `fit_head_of`.
    """
    start, device = loop.clock(), loop.step.device
    loop.step.module.load_state_dict(_between(began, loop.weights(), SHARE))
    # What is seen is of these weights alone: it is not kept beside that of the pretrained ones.
    with TemporaryDirectory(prefix="lookoutcv-") as folder:
        scores, loss = fit_head_of(
            replace(backbone, module=loop.step.module),
            parts,
            loop.watch,
            cache=Path(folder),
            device=device,
            class_weights=class_weights,
            on_both=on_both,
        )
    labels = parts[1].labels
    found, learnt = measured(scores, labels), loop.learnt
    learnt.seconds += loop.clock() - start
    point = EpochPoint(
        learnt.epoch + 1,
        "interpolated",
        round(learnt.seconds, 3),
        0.0,
        loss,
        found.loss,
        None,
        found.accuracy,
        found.macro_f1,
    )
    learnt.curve.append(point)
    if not clearly_worse(scores, loop.best_scores, labels):
        loop.keep_best(point.epoch, found, loop.step.module.state_dict(), scores)
    loop.watch.epoch(point)


def clearly_worse(scores: FloatArray, others: FloatArray, labels: IntArray) -> bool:
    """Whether a loss is higher than another on the same images by more than a standard error of the difference.

    A few dozen images say so little that what pays on the average is not given up for a difference that chance makes.

    Args:
        scores, others: Probabilities, (n, classes).
        labels: (n,) index of the class; n at least 1.
    Example:
        >>> sure, unsure = np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([[0.6, 0.4], [0.5, 0.5]])
        >>> clearly_worse(unsure, sure, np.array([0, 1])), clearly_worse(sure, unsure, np.array([0, 1]))
        (True, False)
    """
    rows = np.arange(len(labels))
    more = np.log(np.maximum(others[rows, labels], 1e-12)) - np.log(np.maximum(scores[rows, labels], 1e-12))
    return bool(more.mean() > more.std() / np.sqrt(len(labels)))


def _between(began: Mapping[str, Any], ended: Mapping[str, Any], share: float) -> dict[str, Any]:
    return {
        name: began[name].to(value.device).lerp(value, share) if value.is_floating_point() else value
        for name, value in ended.items()
    }
