"""How good a classifier is on labelled images; `evaluation.schema.json` beside this file describes its JSON form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.accuracy.true_accuracy import ClassScores, Mistake
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.images.wrong_image import WrongImage
from lookoutcv.results.result import Result, StoredResult


@dataclass(frozen=True)
class ReliabilityBin(Result):
    """The images whose confidence lies above `low` and at or below `high`.

    Args:
        low, high: Ends of the bin, 0 to 1; the first one holds 0 too.
        images: How many.
        confidence: Their mean confidence; None where there are none.
        accuracy: Share of right predictions among them; None where there are none.
    """

    low: float
    high: float
    images: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class ConfidenceCalibration(Result):
    """Whether a model's confidence means what it says. Figures are None where it gives no probabilities.

    Args:
        confidence: Mean confidence.
        expected_calibration_error: Mean distance of confidence and accuracy over 15 bins (ECE).
        brier: 0 (certain and right) to 2 (certain and wrong).
        log_loss: Natural logarithm.
        bins: Those of the calibration error.
    """

    confidence: float | None = None
    expected_calibration_error: float | None = None
    brier: float | None = None
    log_loss: float | None = None
    bins: list[ReliabilityBin] = field(default_factory=list)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Evaluation(StoredResult):
    """A classifier on labelled images.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        images: Images with a label of the model's and a prediction: what all figures rest on.
        accuracy: Share of right predictions, 0 to 1.
        top_k: Share of images whose label is among the k most probable classes, by k; empty without probabilities.
        macro_f1: Mean F1 of the classes that occur.
        classes: Of each class that is a label or a prediction.
        mistakes: The most frequent ones.
        labels: The classes of `confusion`.
        confusion: Images: a row a label, a column a prediction.
        calibration: Whether confidence means what it says.
        unlabelled: Images without a label.
        unknown_labels: Labels that the model does not have, with their images; these were left out.
        unpredicted: Images with a label that imported predictions say nothing of; these were left out.
        undefined: Images with a label for which the model gave no numbers: wrong predictions.
        skipped: The first thousand images that could not be read.
        skipped_count: How many there were.
        notes: What of the card was assumed or guessed, how the images' source was read, and what of it is not used.
        confident_errors: The wrong predictions that the model was most sure of, the surest first; empty where it gives
            no probabilities.
        low, high: Ends of the 95% interval of the accuracy (Wilson); None in files of before.
    """

    FORMAT: ClassVar[str] = "lookoutcv.evaluation"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "evaluation"
    REMEDY: ClassVar[str] = "Give the JSON that `lookout evaluate -o` wrote of a classifier."

    model: str
    sha256: str | None
    images: int
    accuracy: float
    top_k: dict[int, float]
    macro_f1: float
    classes: list[ClassScores] = field(repr=False)
    mistakes: list[Mistake] = field(repr=False)
    labels: list[str] = field(repr=False)
    confusion: list[list[int]] = field(repr=False)
    calibration: ConfidenceCalibration = field(repr=False)
    unlabelled: int = 0
    unknown_labels: dict[str, int] = field(default_factory=dict)
    unpredicted: int = 0
    undefined: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)
    confident_errors: list[WrongImage] = field(default_factory=list, repr=False)
    low: float | None = None
    high: float | None = None
