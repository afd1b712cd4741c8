"""What a model said of many images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task
from lookoutcv.results.images.skipped import Skipped


@dataclass(frozen=True, eq=False)
class Predicted:
    """One image and what was said of it.

    Args:
        id: The image within its source.
        width, height: Of the upright image, in pixels.
        label: What the source calls it: its folder; None where it says nothing.
        prediction: What the model said.
    """

    id: str
    width: int
    height: int
    label: str | None
    prediction: Prediction


@only_known_keywords(types=False)
@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said of many images, in their order.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        task: What it is for.
        labels: One name a class.
        count: How many images.
        items: One an image; empty where they were written to a file as they came.
        skipped: The first thousand images that could not be read.
        skipped_count: How many there were.
        undefined: How many images the model gave no numbers for: NaN.
        notes: What of its card was assumed or guessed.
    """

    model: str
    sha256: str | None
    task: Task
    labels: tuple[str, ...]
    count: int
    items: tuple[Predicted, ...] = field(repr=False)
    skipped: tuple[Skipped, ...] = ()
    skipped_count: int = 0
    undefined: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Predicted]:
        return iter(self.items)


def rows(item: Predicted, labels: tuple[str, ...], top: int) -> list[dict[str, Any]]:
    """One prediction as flat rows: a row a class of a classification or segmentation, a row an object, one a vector.

    Args:
        item: The image and its prediction.
        labels: Of the model.
        top: How many classes of a classification.
    Example:
        >>> item = Predicted("a", 2, 2, None, Classification("cat", 0.5))
        >>> rows(item, (), 3)
        [{'id': 'a', 'rank': 1, 'label': 'cat', 'confidence': 0.5}]
    """
    prediction = item.prediction
    match prediction:
        case Classification():
            return [
                {"id": item.id, "rank": rank, "label": label, "confidence": _number(confidence)}
                for rank, (label, confidence) in enumerate(prediction.top(top, labels), start=1)
            ]
        case Detections():
            names = ("x1", "y1", "x2", "y2")
            return [
                {"id": item.id, "rank": rank, "label": label, "confidence": _number(sure)}
                | {name: round(float(value), 2) for name, value in zip(names, box, strict=True)}
                for rank, (box, label, sure) in enumerate(
                    zip(prediction.boxes, prediction.labels, prediction.confidences, strict=True), start=1
                )
            ]
        case Segmentation():
            shares, regions = prediction.shares, prediction.components
            order = sorted(range(len(shares)), key=lambda index: -float(shares[index]))
            present = [index for index in order if shares[index] > 0]
            return [
                {"id": item.id, "rank": rank, "label": prediction.labels[index], "share": _number(shares[index])}
                | {"regions": int(regions[index])}
                for rank, index in enumerate(present, start=1)
            ]
        case Embedding():
            return [{"id": item.id} | {f"e{i}": _number(value) for i, value in enumerate(prediction.vector)}]


def _number(value: Any) -> float | None:
    number = float(value)
    # Six digits are what float32 holds, and JSON knows no NaN.
    return float(f"{number:.6g}") if math.isfinite(number) else None
