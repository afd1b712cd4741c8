"""A class for each pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Prediction, Segmentation


@dataclass(frozen=True)
class PixelClasses:
    """How the map is read.

    Args:
        output: Which output holds it, from 0 on.
        axis: Of scores a pixel: `first` for (C, h, w), `last` for (h, w, C); `none` where the output is the map itself.
        classes: How many classes a map that is the output chooses from; None where that is not known.
    """

    output: int = 0
    axis: Literal["none", "first", "last"] = "none"
    classes: int | None = None


def _of(outputs: Sequence[Output], settings: PixelClasses) -> Output:
    if settings.output >= len(outputs):
        raise ValueError(f"there is no output {settings.output}, only {len(outputs)}")
    output = outputs[settings.output]
    if settings.axis == "none":
        # (N, 1, h, w) and (N, h, w, 1) are maps too.
        while output.ndim > 3 and 1 in output.shape[1:]:
            output = np.squeeze(output, axis=1 + output.shape[1:].index(1))
    if output.ndim != (3 if settings.axis == "none" else 4):
        raise ValueError(f"an output of shape {output.shape} is not a class for each pixel with axis: {settings.axis}")
    return output


def _classes(outputs: Sequence[Output], settings: PixelClasses) -> int | None:
    output = _of(outputs, settings)
    return settings.classes if settings.axis == "none" else int(output.shape[1 if settings.axis == "first" else -1])


def _guess(probe: HeadProbe) -> Guess | None:
    if len(probe.outputs) != 1:
        return None
    output = probe.outputs[0]
    if output.ndim == 3 and min(output.shape[1:]) > 1 and (output == np.rint(output)).all() and output.min() >= 0:
        classes = next((tensor.classes for tensor in probe.infos), None)
        because = f"its output is a map of {output.shape[1]} x {output.shape[2]} whole numbers"
        return Guess(because + (f", chosen from {classes}" if classes else ""), {"classes": classes} if classes else {})
    if output.ndim != 4 or min(output.shape[1], output.shape[2]) <= 1:
        return None
    channels_last = output.shape[3] < min(output.shape[1:3])
    return Guess("it gives a score for each pixel and class", {"axis": "last" if channels_last else "first"})


@head("pixel_classes", task="segmentation", settings=PixelClasses, classes=_classes, guess=_guess, order=6)
def pixel_classes(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: PixelClasses
) -> list[Prediction]:
    """A class, or scores, for each pixel."""
    output = _of(outputs, settings)
    maps = output if settings.axis == "none" else np.argmax(output, axis=1 if settings.axis == "first" else -1)
    dtype = np.uint8 if len(labels) <= 256 else np.uint16
    predictions: list[Prediction] = []
    for plane, framing in zip(maps, framings, strict=True):
        own = framing.crop(plane)
        # As a 255 for "no class" may be: `Segmentation` would refuse it too, with less to go by.
        if own.size and (own.min() < 0 or own.max() >= len(labels)):
            raise ValueError(f"the map holds class {int(own.max())}, and there are {len(labels)} classes")
        predictions.append(Segmentation(np.ascontiguousarray(own.astype(dtype)), tuple(labels)))
    return predictions
