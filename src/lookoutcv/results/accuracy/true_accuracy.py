"""How accurate a classifier was, where images have labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class ClassScores(Result):
    """How one class was predicted.

    Args:
        label: The class.
        precision: Of the images called so, the share that are; 0 where none was called so.
        recall: Of the images that are, the share called so; 0 where there are none.
        f1: The harmonic mean of both; 0 where both are.
        support: Images of the class.
        predicted: Images called so.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


@dataclass(frozen=True)
class Mistake(Result):
    """One class taken for another, and on how many images."""

    label: str
    prediction: str
    images: int


@dataclass(frozen=True)
class TrueAccuracy(Result):
    """What the labels of a window say.

    Args:
        images: Images with a label and a prediction.
        accuracy: Share of right predictions.
        classes: Each class that is a label or a prediction.
        mistakes: The most frequent ones.
        labels: The classes of `confusion`; None where there are more than 50.
        confusion: A row a label, a column a prediction; None likewise.
    """

    images: int
    accuracy: float
    classes: list[ClassScores] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    labels: list[str] | None = None
    confusion: list[list[int]] | None = None
