"""What training gives: a network that has learnt, with all that must be known to pack, compare and serve it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import EpochPoint, WeightsOrigin

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A network that has learnt.

    Args:
        backbone: Its name in timm: "mobilenetv3_small_100".
        module: A `torch.nn.Module` on the CPU, in float32 and in evaluation mode: (n, 3, height, width) after `input`
            to logits (n, classes).
        classes: Names, in the order of the scores.
        input: How it wants its images, complete.
        weights: Where it began.
        curve: One point an epoch.
        best_epoch: The epoch whose weights `module` holds; 0 for the linear head alone.
        seconds: Spent on it.
        validation_scores: Probabilities of the part that chose, (n, classes) float32, rows in the order of its
            samples.
        stopped: Why it ended before its time, in a sentence: what its watcher said, Ctrl-C, no time left; "" if it did
            not.
        interrupted: Whether it was Ctrl-C.
        notes: What had to be done otherwise than asked, in sentences: a smaller batch, a stop after a NaN.
    """

    backbone: str
    module: Any = field(repr=False)
    classes: tuple[str, ...]
    input: Input
    weights: WeightsOrigin
    curve: tuple[EpochPoint, ...] = field(repr=False)
    best_epoch: int
    seconds: float
    validation_scores: FloatArray = field(repr=False)
    stopped: str = ""
    interrupted: bool = False
    notes: tuple[str, ...] = ()
