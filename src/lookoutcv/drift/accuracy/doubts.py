"""Why an estimate of the accuracy is not to be relied on, in figures; `wording.accuracy_sentences` words each kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Doubt:
    """A reason not to rely on an estimate. Every kind has its sentence in `wording`."""


@dataclass(frozen=True)
class NoBaselineLabels(Doubt):
    """The baseline has no labels to calibrate with."""


@dataclass(frozen=True)
class NoScores(Doubt):
    """No image of the window has a score."""


@dataclass(frozen=True)
class FewLabels(Doubt):
    """The baseline has fewer labelled images than are needed."""

    images: int
    least: int


@dataclass(frozen=True)
class FewImages(Doubt):
    """The window has fewer images with scores than are needed."""

    images: int
    least: int


@dataclass(frozen=True)
class OtherClasses(Doubt):
    """The model predicts other classes; `explained`: its certainty fits other classes rather than failures."""

    shift: float
    explained: bool


@dataclass(frozen=True)
class LessCertain(Doubt):
    """The model is not as certain as it was, on too few images to tell why."""


@dataclass(frozen=True)
class NoSimilarCorruption(Doubt):
    """No corrupted copies of the calibration are like these images."""


@dataclass(frozen=True)
class MethodsDisagree(Doubt):
    """The methods' estimates are so far apart."""

    spread: float


@dataclass(frozen=True)
class ImagesChanged(Doubt):
    """The images changed, and only confidences are known, which do not tell what that costs."""
