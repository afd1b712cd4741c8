"""A class for each pixel, or the score of one class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.calls.option_names import card_kept, card_settings
from lookoutcv.models.detection.box_decoding import sigmoid
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Prediction, Segmentation
from lookoutcv.predictions.segmentation import UNCLASSED

# Probabilities of half precision or of 8 bits are beyond 0 and 1 by their last bits.
_PROBABLE = 0.01
# Maps are some strides smaller than the input, rounded.
_SHAPE_TOLERANCE = 0.02


@dataclass(frozen=True)
class PixelClasses:
    """How the map is read.

    Args:
        output: Which output holds it, from 0 on.
        axis: Of scores a pixel: `first` for (C, h, w), `last` for (h, w, C); `none` where the output is the map itself.
        classes: How many classes a map that is the output chooses from; None where that is not known.
        ignore: The number of pixels without a class in a map that is the output, 255 mostly; None where all have one.
    """

    output: int = 0
    axis: Literal["none", "first", "last"] = "none"
    classes: int | None = None
    ignore: int | None = None


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
    integer = bool(np.issubdtype(output.dtype, np.integer))
    plane = _plane_shape(output, probe.size)
    if plane is not None and (integer or output.ndim == 3) and _are_classes(output):
        classes = next((tensor.classes for tensor in probe.infos), None)
        because = f"its output is a map of {plane[0]} x {plane[1]} whole numbers"
        because += f", chosen from {classes}" if classes else ""
        settings = {"classes": classes} if classes else {}
        return Guess(because, settings, None if integer or classes or output.max() > 1 else _question())
    if output.ndim != 4 or min(output.shape[1], output.shape[2]) <= 1 or output.shape[3] == 1:
        return None
    channels_last = output.shape[3] < min(output.shape[1:3])
    return Guess("it gives a score for each pixel and class", {"axis": "last" if channels_last else "first"})


def _question() -> str:
    return (
        "They are real numbers of 0 and 1 for a picture of noise, so they may be classes or the scores of one: add "
        f"{card_settings({'head.name': 'pixel_classes'})}, or {card_settings({'head.name': 'mask'})}; {card_kept()}."
    )


def _are_classes(output: Output) -> bool:
    return bool((output == np.rint(output)).all() and output.min() >= 0)


def _plane_shape(output: Output, size: tuple[int, int]) -> tuple[int, int] | None:
    """Height and width of an output of one number a pixel; None for any other."""
    sides = output.shape[1:]
    if len(sides) == 3 and 1 in (sides[0], sides[2]):
        sides = sides[1:] if sides[0] == 1 else sides[:2]
    if len(sides) != 2 or min(sides) <= 1:
        return None
    # A list of boxes has two sides too, which have nothing to do with those of the input.
    expected = sides[1] * size[0] / size[1]
    return (sides[0], sides[1]) if abs(sides[0] - expected) <= 1 + _SHAPE_TOLERANCE * expected else None


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
        if own.dtype.kind == "f" and not _are_classes(own):
            raise ValueError(
                f"the map holds {float(own.ravel()[int(np.argmax(own != np.rint(own)))]):g}, which is no class: "
                "head.name=mask reads the scores of one"
            )
        if settings.ignore is not None:
            own = np.where(own == settings.ignore, len(labels) - 1, _checked(own, len(labels) - 1, settings.ignore))
        else:
            _checked(own, len(labels))
        predictions.append(Segmentation(np.ascontiguousarray(own.astype(dtype)), tuple(labels)))
    return predictions


def _checked(plane: Output, classes: int, ignore: int | None = None) -> Output:
    """A map of these classes; `Segmentation` would refuse another too, with less to go by."""
    known = plane if ignore is None else plane[plane != ignore]
    if known.size and (known.min() < 0 or known.max() >= classes):
        held = int(known.min() if known.min() < 0 else known.max())
        often = ": where it means no class, set head.ignore=255" if held == UNCLASSED else ""
        raise ValueError(f"the map holds class {held}, and there are {classes} classes{often}")
    return plane


@dataclass(frozen=True)
class Mask:
    """How the scores are read.

    Args:
        output: Which output holds them, from 0 on.
        logits: They are before the sigmoid.
        threshold: From this probability on, a pixel is of the class; below it is background.
    """

    output: int = 0
    logits: bool = False
    threshold: float = 0.5


def _scores(outputs: Sequence[Output], settings: Mask) -> Output:
    """(N, h, w)."""
    if settings.output >= len(outputs):
        raise ValueError(f"there is no output {settings.output}, only {len(outputs)}")
    output = outputs[settings.output]
    if output.ndim == 4 and 1 in (output.shape[1], output.shape[3]):
        output = output[:, 0] if output.shape[1] == 1 else output[..., 0]
    if output.ndim != 3:
        raise ValueError(f"an output of shape {output.shape} is not one score for each pixel")
    return output


def _two(outputs: Sequence[Output], settings: Mask) -> int:
    _scores(outputs, settings)
    return 2


def _guess_mask(probe: HeadProbe) -> Guess | None:
    if len(probe.outputs) != 1:
        return None
    output = probe.outputs[0]
    plane = _plane_shape(output, probe.size)
    if plane is None or np.issubdtype(output.dtype, np.integer) or not np.isfinite(output).all():
        return None
    if output.ndim == 3 and _are_classes(output):
        return None
    within = 0 <= float(output.min()) <= float(output.max()) <= 1
    what = "probability" if within else "score before the sigmoid"
    return Guess(f"its output is one {what} for each of {plane[0]} x {plane[1]} pixels", {"logits": not within})


@head("mask", task="segmentation", settings=Mask, classes=_two, guess=_guess_mask, order=3)
def mask(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Mask
) -> list[Prediction]:
    """One score for each pixel: a class and its background."""
    if not framings:
        return []
    scores = _scores(outputs, settings)
    predictions: list[Prediction] = []
    for plane, framing in zip(scores, framings, strict=True):
        own = framing.crop(plane)
        if not settings.logits and own.size and not -_PROBABLE <= float(own.min()) <= float(own.max()) <= 1 + _PROBABLE:
            raise ValueError(
                f"it holds {float(own.min()):g} to {float(own.max()):g}, which are no probabilities: set "
                "head.logits where they are before the sigmoid, or head.name=pixel_classes"
            )
        chances = sigmoid(own) if settings.logits else own
        predictions.append(
            Segmentation(np.ascontiguousarray(chances >= settings.threshold, dtype=np.uint8), tuple(labels))
        )
    return predictions
