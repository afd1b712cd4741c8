"""Boxes as data sets write them, checked, as marked objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import starmap
from typing import Any, Protocol

from lookoutcv.number_text import number_of
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources.file_names import printable


class Marked(Protocol):
    """What is laid on its picture: see `ImageRef`."""

    @property
    def objects(self) -> TrueObjects | None: ...


# Why an object is left out.
DOUBLE = "that are there a second time, with the same box and label"
# What is said of an image in which nothing is marked that depends on its size.
OTHER_SIZE = "of another size"
# The first EXIF orientation of a picture whose rows are its columns.
_LYING = 5
LeftOut = Mapping[str, int]
# A crowded photograph has some hundreds; a reference must stay small.
MOST_OBJECTS = 10_000
# Twice the side of the largest image that is read (120 megapixels in one row would not be one).
_MOST_PX = 1e7
_MOST_LABEL_CHARACTERS = 500
_YES = ("1", "1.0", "true", "yes")


def marked_objects(
    boxes: Sequence[Any],
    labels: Sequence[Any],
    *,
    sized: bool = False,
    relative: bool = False,
    uncounted: Sequence[bool] = (),
    size: tuple[int, int] | None = None,
) -> TrueObjects:
    """Objects from corners, or from a corner and a size.

    Args:
        boxes: n of x1, y1, x2, y2 or, where `sized`, of x, y, width, height.
        labels: n names, or numbers that stand for themselves.
        sized: As COCO writes them.
        relative: As shares of the image's sides.
        uncounted: Which of them count neither way: crowds, difficult ones; empty for none.
        size: Of the picture that they were marked in, where that is known.
    Returns:
        Each once: what is there a second time with the same box and label is counted in `left_out`.
    Raises:
        ValueError: Not four finite numbers, a negative size, no label, or more than 10,000 objects.
    Example:
        >>> marked_objects([[10, 20, 30, 40]], ["dog"], sized=True).boxes.tolist()
        [[10.0, 20.0, 40.0, 60.0]]
    """
    if len(boxes) != len(labels):
        raise ValueError(f"{len(boxes)} boxes and {len(labels)} labels")
    if len(boxes) > MOST_OBJECTS:
        raise ValueError(f"more than {MOST_OBJECTS} objects")
    numbers = [box_corners(box, sized=sized) for box in boxes]
    crowd = uncounted if any(uncounted) else ()
    names = [label_text(label) for label in labels]
    return without_doubles(TrueObjects.of(numbers, names, relative=relative, crowd=crowd, size=size))


def without_doubles(objects: TrueObjects) -> TrueObjects:
    """Each object once: the second of two with the same box and label is counted, not kept."""
    seen: dict[tuple[bytes, str], int] = {}
    for index, (box, label) in enumerate(zip(objects.boxes, objects.labels, strict=True)):
        seen.setdefault((box.tobytes(), label), index)
    doubled = len(objects.labels) - len(seen)
    if not doubled:
        return objects
    kept = list(seen.values())
    return replace(
        objects,
        boxes=objects.boxes[kept],
        labels=tuple(objects.labels[index] for index in kept),
        crowd=tuple(objects.crowd[index] for index in kept) if objects.crowd else (),
        left_out={**objects.left_out, DOUBLE: doubled},
    )


@dataclass
class MarkedCount:
    """How many objects those images of a source have that were read, and how many were left out."""

    boxes: int = 0
    images: int = 0
    empty: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, images: int, boxes: int, empty: int) -> None:
        """Count images that were read.

        Args:
            images: How many were looked at for objects.
            boxes: How many objects they have.
            empty: In how many of them nothing is marked.
        """
        self.images += images
        self.boxes += boxes
        self.empty += empty

    def leave_out(self, id: str, found: LeftOut) -> None:
        """Note what is not used of an image that was read, or that it has another size than is declared.

        Args:
            id: Of the image.
            found: How many, by the reason.
        """
        for reason, count in found.items():
            self.left_out[reason] += count
            self._first.setdefault(reason, id)

    @property
    def read(self) -> tuple[str, ...]:
        """What was read, in a sentence; nothing where nobody marked objects."""
        if not self.images:
            return ()
        empty = f", in {self.empty:,} of them nothing is marked" if self.empty else ""
        boxes = "1 box" if self.boxes == 1 else f"{self.boxes:,} boxes"
        images = "1 image" if self.images == 1 else f"{self.images:,} images"
        return (f"Marked objects: {boxes} in {images}{empty}.",)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in sentences."""
        return tuple(starmap(self._note, self.left_out.items()))

    def _note(self, reason: str, count: int) -> str:
        first = self._first[reason]
        if reason != OTHER_SIZE:
            return f"Left out of the marked objects: {count:,} {reason}, the first in {first}."
        if count == 1:
            return f"The image {first} has another size than its list declares."
        return f"{count:,} images have another size than their list declares, the first is {first}."


def on_image(ref: Marked, width_px: int, height_px: int, exif_orientation: int) -> tuple[TrueObjects | None, LeftOut]:
    """The objects of an image in its pixels now that it is read, and what is left out of them or said of it.

    Args:
        ref: Of the image.
        width_px, height_px: Of the upright image.
        exif_orientation: How the stored picture lies, 1 to 8.
    Returns:
        None for the objects where nobody looked; how many, by the reason.
    Raises:
        ShapeMismatch: They were marked in a picture of another size.
    """
    size = getattr(ref, "size", None)
    # Of a picture that is stored lying, lists have the size either way.
    fits = size in (None, (width_px, height_px)) or (size == (height_px, width_px) and exif_orientation >= _LYING)
    left_out = {} if fits else {OTHER_SIZE: 1}
    if ref.objects is None:
        return None, left_out
    placed = ref.objects.placed(width_px, height_px, exif_orientation)
    return placed, {**left_out, **placed.left_out}


def box_corners(box: Any, *, sized: bool = False) -> list[float]:
    """x1, y1, x2, y2 of one box.

    Raises:
        ValueError: Not four finite numbers, or a negative size.
    Example:
        >>> box_corners([10, 20, 30, 40], sized=True), box_corners(["1", "2", "3", "4"])
        ([10.0, 20.0, 40.0, 60.0], [1.0, 2.0, 3.0, 4.0])
    """
    x, y, right, bottom = _four(box)
    if sized:
        right, bottom = x + right, y + bottom
    if right < x or bottom < y:
        raise ValueError("a box of negative size")
    return [x, y, right, bottom]


def is_set(flag: Any) -> bool:
    """Whether a flag of an object says yes: a number or a truth value, also written as text.

    Example:
        >>> [is_set(flag) for flag in (1, True, "1", " true ", 0, 0.0, "0", "false", "Unspecified", None)]
        [True, True, True, True, False, False, False, False, False, False]
    """
    return str(int(flag) if isinstance(flag, float) and flag.is_integer() else flag).strip().lower() in _YES


def label_text(label: Any) -> str:
    """A label as text.

    Raises:
        ValueError: Empty, too long, or neither text nor number.
    Example:
        >>> label_text(" dog "), label_text(3), label_text(3.0)
        ('dog', '3', '3')
    """
    if isinstance(label, bool) or not isinstance(label, str | int | float):
        raise ValueError("an object without a label" if label is None else "a label that is no text")
    whole = isinstance(label, float) and label.is_integer()  # a column of whole numbers with gaps is one of floats
    text = printable(str(int(label) if whole else label)).strip()
    if not text:
        raise ValueError("an object without a label")
    if len(text) > _MOST_LABEL_CHARACTERS:
        raise ValueError(f"a label of {len(text)} characters")
    return text


def _four(box: Any) -> list[float]:
    if not isinstance(box, list | tuple) or len(box) != 4:
        raise ValueError("a box is not four numbers")
    try:
        # COCO files have millions, nearly all of them numbers already.
        numbers = [number if type(number) is float else number_of(number) for number in box]
    except ValueError:
        raise ValueError("a box is not four numbers") from None
    if not all(abs(number) <= _MOST_PX for number in numbers):  # NaN is not either
        raise ValueError("a box has a coordinate beyond reason")
    return numbers
