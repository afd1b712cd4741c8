"""What makes a detector's predictions suspicious at once: it finds nothing in any image, or the same in every one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lookoutcv.measuring.predictions.suspicions import CONSTANT, LEAST_IMAGES, REMEDY
from lookoutcv.predictions import Detections
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.records.prediction_columns import TRUTH, objects_of

# Boxes and confidences are the same up to this share: the last bits follow from sums in another order.
_STEP = 1e-3
# A detector that finds half of what is marked misses all of so many once in a thousand.
_LEAST_OBJECTS = 10
# What 99 of 100 images get is among the first few kinds of predictions; the rest need not be kept.
_MOST_KINDS = 64
# As many rows of a sample by hash tell what holds for 99 of 100.
_ROWS = 1_000


class ConstantObjects:
    """Counts predictions that are the same.

    Args:
        model: Whose they are.
    Example:
        >>> one = Detections.of([[0, 0, 5, 5]], ["dog"], [0.5])
        >>> counted = ConstantObjects(ModelIdentity("m", None, "detection", ("dog",)))
        >>> for number in range(30): counted.add(one, (10, 10), content=number)
        >>> [sentence.partition(". ")[0] for sentence in counted.sentences()]
        ["Suspicious: m finds the same at the same place in 30 of 30 images: 'dog' 0.50"]
    """

    def __init__(self, model: ModelIdentity) -> None:
        self._model = model
        self._images = self._empty = 0
        self._looked_at = self._objects = 0
        self._kinds: Counter[tuple[tuple[str, int, tuple[int, ...]], ...]] = Counter()
        self._contents: set[int] = set()

    def add(
        self, found: Detections, size: tuple[int, int], truth: Detections | None = None, content: int | None = None
    ) -> None:
        """Count an image.

        Args:
            found: What the model finds.
            size: Height and width of the image, in pixels.
            truth: What is marked; None where nobody looked.
            content: Of the image, as a number: copies are counted once.
        """
        if content is not None:
            if content in self._contents:
                return
            self._contents.add(content)
        self._images += 1
        self._empty += not len(found)
        self._looked_at += truth is not None
        self._objects += 0 if truth is None else len(truth)
        kind = _kind(found, size)
        if kind in self._kinds or len(self._kinds) < _MOST_KINDS:
            self._kinds[kind] += 1

    def sentences(self) -> Iterator[str]:
        """What is suspicious; none under 30 images or 10 marked objects, and none of images marked as empty."""
        remedy = REMEDY[self._model.imported]
        if self._images and self._empty == self._images:
            low = "" if self._model.imported else " All confidences may also be below head.score_threshold."
            nothing = f"Suspicious: {self._model.name} finds nothing in any of {self._images:,} images"
            if self._objects >= _LEAST_OBJECTS:
                yield f"{nothing}, in which {self._objects:,} objects are marked. {remedy}{low}"
            elif self._images >= LEAST_IMAGES and (self._objects or self._looked_at < self._images):
                yield f"{nothing}. {remedy}{low}"
            return
        if self._images < LEAST_IMAGES:
            return
        kind, times = self._kinds.most_common(1)[0]
        if kind and times >= CONSTANT * self._images:
            label, confidence, _ = kind[0]
            more = f" and {len(kind) - 1:,} more" if len(kind) > 1 else ""
            often = f"in {times:,} of {self._images:,} images"
            same = f"{label!r} {confidence * _STEP:.2f}{more}"
            yield f"Suspicious: {self._model.name} finds the same at the same place {often}: {same}. {remedy}"


def constant_objects(model: ModelIdentity, rows: pa.Table) -> tuple[str, ...]:
    """Sentences about a detector's predictions in records.

    Args:
        model: A detector.
        rows: Records; the first thousand are looked through.
    """
    rows = rows.slice(0, _ROWS)
    counted = ConstantObjects(model)
    sizes = (rows.column(name).to_pylist() for name in ("height_px", "width_px", "content_hash"))
    for found, truth, height, width, content in zip(objects_of(rows), objects_of(rows, TRUTH), *sizes, strict=True):
        if found is not None:
            counted.add(found, (height or 1, width or 1), truth, content)
    return tuple(counted.sentences())


def _kind(found: Detections, size: tuple[int, int]) -> tuple[tuple[str, int, tuple[int, ...]], ...]:
    """A prediction, rounded, its boxes as shares of the image."""
    shares = found.boxes / np.array([size[1], size[0]] * 2, np.float32)
    places = np.rint(np.nan_to_num(shares) / _STEP).astype(np.int64).tolist()
    sure = np.rint(np.nan_to_num(found.confidences) / _STEP).astype(np.int64).tolist()
    return tuple(sorted(zip(found.labels, sure, map(tuple, places), strict=True)))
