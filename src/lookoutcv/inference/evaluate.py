"""How good a classifier is on images with labels, and whether its confidence means what it says."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.inference.images import Pictures, Progress, targets_of
from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.predictions import Classification
from lookoutcv.predictions.label_names import folded, matcher
from lookoutcv.scores import (
    ClassScores,
    Confusion,
    ReliabilityBin,
    brier,
    expected_calibration_error,
    log_loss,
    reliability,
    top_k_accuracy,
)

_AT_ONCE = 16
_REMEDY = "Name the folders as the model's labels, or give its labels in the card (--set labels=names.txt)."


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A classifier on labelled images. Figures are None where the model gives no probabilities.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        images: Images with a label of the model's and an answer: what all figures rest on.
        accuracy: Share of right answers, 0 to 1.
        top_k: Share of images whose label is among the k most probable classes, by k.
        macro_f1: Mean F1 of the classes that occur.
        classes: Of each class that is a label or an answer.
        confusion: Which class was taken for which.
        calibration_error: Mean distance of confidence and accuracy over 15 bins (ECE).
        bins: These bins.
        brier: 0 (certain and right) to 2 (certain and wrong).
        log_loss: Natural logarithm.
        confidence: Mean confidence.
        unlabelled: Images without a label.
        strangers: Labels that the model does not have, with their images; these were left out.
        undefined: Images with a label for which the model gave no numbers: wrong answers.
        skipped: (id, reason) of images that could not be read.
        notes: What of the card was assumed or guessed.
    """

    model: str
    sha256: str | None
    images: int
    accuracy: float
    top_k: dict[int, float]
    macro_f1: float
    classes: tuple[ClassScores, ...] = field(repr=False)
    confusion: Confusion = field(repr=False)
    calibration_error: float | None
    bins: tuple[ReliabilityBin, ...] = field(repr=False)
    brier: float | None
    log_loss: float | None
    confidence: float | None
    unlabelled: int = 0
    strangers: dict[str, int] = field(default_factory=dict)
    undefined: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; the confusion matrix has a row a label and a column an answer."""
        return {
            "model": self.model,
            "sha256": self.sha256,
            "images": self.images,
            "accuracy": self.accuracy,
            "top_k": {str(k): share for k, share in self.top_k.items()},
            "macro_f1": self.macro_f1,
            "classes": [asdict(one) for one in self.classes],
            "labels": list(self.confusion.labels),
            "confusion": self.confusion.counts.tolist(),
            "calibration": {
                "confidence": self.confidence,
                "expected_calibration_error": self.calibration_error,
                "brier": self.brier,
                "log_loss": self.log_loss,
                "bins": [asdict(one) for one in self.bins],
            },
            "unlabelled": self.unlabelled,
            "strangers": self.strangers,
            "undefined": self.undefined,
            "skipped": [{"id": id, "reason": reason} for id, reason in self.skipped],
            "notes": list(self.notes),
        }


def evaluate(
    model: str | os.PathLike[str] | Callable[..., Any] | Predictor,
    source: Any,
    *,
    card: CardLike = None,
    device: str = "cpu",
    top: int = 5,
    strict: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """How good a classifier is on labelled images, and whether its confidence means what it says.

    Args:
        model: What `open_model` takes, or what it gave.
        source: Labelled images: a folder or an archive with a folder a class, or several paths of such. A label is
            matched with the model's in any case, with spaces or underscores, and by one of several names.
        card, device: As for `open_model`; mean nothing for a model that is open already.
        top: The largest k of the top-k accuracies, which are those of 1, 2, 3, 5, 10 ... below it, and it.
        strict: Stop at the first image that cannot be read, instead of skipping and naming it.
        progress: Called as `progress(done, total)`.
    Returns:
        Accuracy, figures of each class, confusion and calibration. Images without a label, or with one that the model
        does not have, are left out and counted.
    Raises:
        ModelError: The model or its card cannot be used, or it fails.
        SourceNotFound, NoImages: There is no image.
        ConfigError: Not a classifier, or no image has a label of the model's.
    Example:
        >>> import tempfile, pathlib
        >>> from PIL import Image
        >>> def dark(pixels):
        ...     return [pixels.mean() / 255, 1 - pixels.mean() / 255]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for label, grey in (("Day", 250), ("Night", 20)):
        ...         (pathlib.Path(folder) / label).mkdir()
        ...         Image.new("L", (8, 8), grey).save(f"{folder}/{label}/1.png")
        ...     found = evaluate(dark, folder, card={"labels": ["day", "night"], "head": "softmax"})
        >>> found.images, found.accuracy
        (2, 1.0)
    """
    found = model if isinstance(model, Predictor) else open_model(model, card, device=device)
    if found.task != "classification":
        raise ConfigError(
            f"{found.name} is for {found.task}, and only classifiers can be evaluated: the labels of a source are one "
            "class an image, not boxes or maps",
            "Give a classifier; see what this model says with `lookout predict MODEL IMAGE...`.",
            key="model",
        )
    if top < 1:
        raise ConfigError(f"--top is {top!r}", "Give --top a whole number of at least 1.", key="top")
    pictures = Pictures(targets_of(source), strict, progress)
    own, answers = matcher(found.labels), _Answers()
    for batch in pictures.batches(max(found.batch, _AT_ONCE)):
        known = []
        for one in batch:
            place = None if one.label is None else own.get(folded(one.label), None)
            if place is not None:
                known.append((place, one.pixels))
            else:
                answers.left_out[one.label] += 1
        for said, (place, _) in zip(found.predict([pixels for _, pixels in known]), known, strict=True):
            answers.take(said, place)
    if not answers.truth:
        raise _no_labels(found, pictures, answers)
    return _evaluation(found, pictures, answers, top)


@dataclass
class _Answers:
    """What was said of labelled images, and the labels of those that were left out."""

    truth: list[int] = field(default_factory=list)
    said: list[Classification] = field(default_factory=list)
    left_out: Counter[str | None] = field(default_factory=Counter)

    def take(self, prediction: Any, place: int) -> None:
        self.truth.append(place)
        self.said.append(prediction)


def _evaluation(model: Predictor, pictures: Pictures, answers: _Answers, top: int) -> Evaluation:
    truth, labels = np.array(answers.truth), model.labels
    confidence = np.array([one.confidence for one in answers.said], np.float64)
    given = [None if one.scores is not None and math.isnan(one.confidence) else one.label for one in answers.said]
    names = [labels[place] for place in answers.truth]
    # An image that the model gave no numbers for was not answered rightly: it counts, in a column of its own.
    undefined = given.count(None)
    confusion = Confusion.of(names, [_NOTHING if one is None else one for one in given], labels)
    right = np.array([one == name for one, name in zip(given, names, strict=True)])
    bins = tuple(reliability(confidence, right))
    sure = confidence[~np.isnan(confidence)]
    scores = _matrix(answers.said, len(labels))
    steps = [] if scores is None else [k for k in (*_STEPS, top) if k <= min(top, len(labels))]
    strangers = {label: images for label, images in answers.left_out.most_common() if label is not None}
    return Evaluation(
        model.name,
        model.sha256,
        len(truth),
        float(right.mean()),
        {} if scores is None else {k: top_k_accuracy(scores, truth, k) for k in dict.fromkeys(sorted(steps))},
        confusion.macro_f1,
        tuple(one for one in confusion.classes if one.support or (one.answers and one.label != _NOTHING)),
        confusion,
        expected_calibration_error(bins) if len(sure) else None,
        bins if len(sure) else (),
        None if scores is None else _finite(brier(scores, truth)),
        None if scores is None else _finite(log_loss(scores, truth)),
        float(sure.mean()) if len(sure) else None,
        answers.left_out[None],
        strangers,
        undefined,
        tuple(pictures.skipped),
        model.notes,
    )


# What stands for an answer that is not a number.
_NOTHING = "(no answer)"
_STEPS = (1, 2, 3, 5, 10, 20, 50, 100)


def _matrix(said: Sequence[Classification], classes: int) -> Any:
    rows = [one.scores for one in said if one.scores is not None and len(one.scores) == classes]
    return np.stack(rows) if len(rows) == len(said) else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _no_labels(model: Predictor, pictures: Pictures, answers: _Answers) -> ConfigError:
    name = ", ".join(source.name for source in pictures.sources)
    given = sorted(label for label in answers.left_out if label is not None)
    if not given:
        return ConfigError(
            f"no image of {name} has a label", "Give a folder (or a ZIP) with a folder a class.", key="labels"
        )
    return ConfigError(
        f"no label of {name} is one of the model's: {_few(given)}; the model has {_few(model.labels)}",
        _REMEDY,
        key="labels",
    )


def _few(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:3])) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
