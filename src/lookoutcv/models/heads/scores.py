"""One score a class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import card_kept, card_settings
from lookoutcv.models.detection.activations import softmax
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Classification, Prediction

_SUM_TOLERANCE = 0.02
# In the name of an output, of what needs no softmax.
_CHANCES = ("prob", "sigmoid")
# And of what does.
_RAW = "logit"
_FLAT_COLUMNS = 7
# What TFLite gives the output of a softmax; then the sum tells nothing, for small scores become 0.
_SOFTMAX_STEP = 1 / 256


@dataclass(frozen=True)
class Softmax:
    """There is nothing to set.

    Args:
        output: Which output holds the scores, from 0 on.
    """

    output: int = 0


@dataclass(frozen=True)
class Logits:
    """Scores before softmax.

    Args:
        output: Which output holds the scores, from 0 on.
        temperature: The scores are divided by it before softmax; above 1 makes the model less confident.
    """

    output: int = 0
    temperature: float = 1.0


@dataclass(frozen=True)
class QuantisedScores:
    """Whole numbers whose file does not say what they stand for.

    Args:
        output: Which output holds the scores, from 0 on.
        quantum: A score is (number - zero_point) * quantum.
        zero_point: The number that stands for 0.
        logits: Softmax is still to be taken.
    """

    output: int = 0
    quantum: float = 1 / 256
    zero_point: int = 0
    logits: bool = False


@dataclass(frozen=True)
class Sigmoid:
    """One score for the second of two classes.

    Args:
        output: Which output holds it, from 0 on.
        logits: The sigmoid is still to be taken.
    """

    output: int = 0
    logits: bool = False


@dataclass(frozen=True)
class MultiLabel:
    """A probability for each class by itself.

    Args:
        output: Which output holds them, from 0 on.
        logits: The sigmoid is still to be taken.
    """

    output: int = 0
    logits: bool = False


def _plane(outputs: Sequence[Output], index: int) -> Output:
    """(N, C) of an output, sides of 1 left out; refuses what has no such form."""
    if index >= len(outputs):
        raise ValueError(f"there is no output {index}, only {len(outputs)}")
    output = outputs[index]
    if output.ndim < 2 or sum(side != 1 for side in output.shape[1:]) > 1:
        raise ValueError(f"an output of shape {output.shape} is not one score a class")
    return output.reshape(len(output), math.prod(output.shape[1:]))


def _classifications(scores: Output, labels: Sequence[str]) -> list[Prediction]:
    return list(Classification.of_rows(scores, labels))


def _width(outputs: Sequence[Output], settings: Softmax | Logits | QuantisedScores) -> int:
    return int(_plane(outputs, settings.output).shape[1])


def _two(outputs: Sequence[Output], settings: Sigmoid) -> int:
    if _plane(outputs, settings.output).shape[1] != 1:
        raise ValueError(f"an output of shape {outputs[settings.output].shape} is not one score")
    return 2


def _candidate(probe: HeadProbe) -> tuple[int, Output] | None:
    """The scores and where they are, where the outputs look like one score a class.

    A number an image beside them is the class that the model took itself, as scikit-learn's give it.
    """
    places = [i for i, output in enumerate(probe.outputs) if output.ndim > 1]
    if len(places) != 1:
        return None
    try:
        row: Output = _plane(probe.outputs, places[0])[0]
        return places[0], row
    except ValueError:
        return None


def _at(place: int) -> dict[str, Any]:
    return {"output": place} if place else {}


def _guess_softmax(probe: HeadProbe) -> Guess | None:
    place, row = _candidate(probe) or (0, None)
    if row is None or len(row) < 2:
        return None
    quantised = probe.infos[place].quantisation if place < len(probe.infos) else None
    if quantised is not None and quantised.scale == _SOFTMAX_STEP and row.min() >= 0:
        return Guess("its scores are quantised in steps of 1/256 from 0 on, as softmax is", _at(place))
    if np.isnan(row).any() or row.min() < -1e-3 or abs(float(row.sum()) - 1) > _SUM_TOLERANCE:
        return None
    return Guess("its scores for a picture of noise sum to 1", _at(place))


def _guess_logits(probe: HeadProbe) -> Guess | None:
    place, row = _candidate(probe) or (0, None)
    if row is None or len(row) < 2:
        return None
    if _may_be_an_object(row):
        return Guess(
            "it gives one row of 7 numbers for a picture of noise, which may be an object that was found (the number "
            "of its image, its box, score and class) or a score for each of 7 classes",
            {},
            f"For classes, add {card_settings({'head': 'logits'})}; {card_kept()}. A detector with such rows (YOLO-NAS "
            "in the flat format) is not read: export it in the batch format.",
        )
    return Guess("it gives one number a class, which do not sum to 1 for a picture of noise", _at(place))


def _may_be_an_object(row: Output) -> bool:
    """Whether 7 numbers can be what YOLO-NAS' flat format gives for an object: image, corners, score, class."""
    if len(row) != _FLAT_COLUMNS or not np.isfinite(row).all():
        return False
    image, left, top, right, bottom, score, label = map(float, row)
    return image == 0 and left <= right and top <= bottom and 0 <= score <= 1 and label >= 0 and label == round(label)


def _guess_multi_label(probe: HeadProbe) -> Guess | None:
    place, row = _candidate(probe) or (0, None)
    if row is None or len(row) < 2 or not 0 <= float(row.min()) <= float(row.max()) <= 1:
        return None
    name = probe.infos[place].name.lower() if place < len(probe.infos) else ""
    because = f"its {len(row)} scores for a picture of noise lie within 0 and 1, and do not sum to 1"
    if _RAW in name:
        return None
    if any(word in name for word in _CHANCES):
        return Guess(f"{because}; the output is called {name}", _at(place))
    return Guess(
        because,
        _at(place),
        f"Say what they are: add {card_settings({'head': 'multi_label'})} where several classes may hold at once (each "
        f"with its own sigmoid), {card_settings({'head': 'logits'})} where softmax is still to be taken; "
        f"{card_kept()}.",
    )


def _guess_sigmoid(probe: HeadProbe) -> Guess | None:
    place, row = _candidate(probe) or (0, None)
    if row is None or len(row) != 1:
        return None
    within = 0 <= float(row[0]) <= 1
    name = probe.infos[place].name.lower() if place < len(probe.infos) else ""
    if _RAW in name or not within:
        why = f"the output is called {name}" if _RAW in name else "it is not within 0 to 1 for a picture of noise"
        return Guess(f"it gives one number, of which the sigmoid is taken: {why}", {"logits": True} | _at(place))
    if any(word in name for word in _CHANCES):
        because = f"it gives one number, a probability: the output is called {name}"
    else:
        because = (
            "it gives one number, which is taken for a probability: it is within 0 to 1 for a picture of noise. Where "
            f"the sigmoid is still to be taken, add {card_settings({'head.name': 'sigmoid', 'head.logits': True})}"
        )
    return Guess(because, {"logits": False} | _at(place))


def _never(probe: HeadProbe) -> Guess | None:
    return None


@head("softmax", task="classification", settings=Softmax, classes=_width, guess=_guess_softmax, order=20)
def softmax_scores(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Softmax
) -> list[Prediction]:
    """Scores that are probabilities: the model ends in softmax."""
    return _classifications(np.clip(_plane(outputs, settings.output), 0, 1), labels)


@head("logits", task="classification", settings=Logits, classes=_width, guess=_guess_logits, order=40)
def logits(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Logits
) -> list[Prediction]:
    """Scores before softmax, which is taken here."""
    return _classifications(softmax(_plane(outputs, settings.output) / settings.temperature), labels)


@head("sigmoid", task="classification", settings=Sigmoid, classes=_two, guess=_guess_sigmoid, order=20)
def sigmoid(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Sigmoid
) -> list[Prediction]:
    """One score for the second of two classes."""
    score = _plane(outputs, settings.output)[:, 0].astype(np.float64)
    with np.errstate(over="ignore"):
        second = 1 / (1 + np.exp(-score)) if settings.logits else np.clip(score, 0, 1)
    return _classifications(np.stack([1 - second, second], axis=1), labels)


@head("multi_label", task="classification", settings=MultiLabel, classes=_width, guess=_guess_multi_label, order=35)
def multi_label(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: MultiLabel
) -> list[Prediction]:
    """A probability for each class by itself, of which several may hold; the surest is the label."""
    raw = _plane(outputs, settings.output).astype(np.float64)
    with np.errstate(over="ignore"):
        return _classifications(1 / (1 + np.exp(-raw)) if settings.logits else np.clip(raw, 0, 1), labels)


@head("quantised_scores", task="classification", settings=QuantisedScores, classes=_width, guess=_never)
def quantised_scores(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: QuantisedScores
) -> list[Prediction]:
    """Whole numbers whose file does not say what they stand for; the card does."""
    real = (_plane(outputs, settings.output).astype(np.float64) - settings.zero_point) * settings.quantum
    return _classifications(softmax(real) if settings.logits else np.clip(real, 0, 1), labels)
