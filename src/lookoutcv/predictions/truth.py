"""What is really in an image, as a person marked it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions.detections import Detections

# EXIF orientations of pictures that are stored lying, so that columns become rows: whether the upright picture then
# counts x from its right edge, and y from its bottom (CIPA DC-008, Orientation).
_LYING = {5: (False, False), 6: (True, False), 7: (True, True), 8: (False, True)}

# Why an object is left out where the picture is known.
OUTSIDE = "that lie wholly outside their image"

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class TrueObjects:
    """Objects that people marked in an image, n >= 0, in the form that a data set keeps them in.

    Args:
        boxes: (n, 4) float32 x1, y1, x2, y2; in pixels of the upright image or, where `relative`, as shares of its
            width and height.
        labels: n names.
        relative: Boxes are shares of the sides, as in YOLO data sets: pixels are known once the image is read.
        crowd: n truth values, or none at all: whether a box is a region that nobody counted, such as a crowd of COCO.
            What a detector finds there is neither right nor wrong.
        size: Width and height in pixels of the picture that boxes in pixels are of, where the data set says so.
        left_out: What the data set has for this image and is not used: how many, by the reason.
    Raises:
        ShapeMismatch: Their lengths differ.
    Example:
        >>> TrueObjects.of([[0.5, 0, 1, 1]], ["dog"], relative=True).in_pixels(200, 100).boxes.tolist()
        [[100.0, 0.0, 200.0, 100.0]]
    """

    boxes: FloatArray
    labels: tuple[str, ...]
    relative: bool = False
    crowd: tuple[bool, ...] = ()
    size: tuple[int, int] | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.boxes.shape != (len(self.labels), 4) or len(self.crowd) not in (0, len(self.labels)):
            crowds = f" and {len(self.crowd)} flags of crowds" if self.crowd else ""
            raise ShapeMismatch(
                f"{len(self.labels)} labels and boxes of shape {self.boxes.shape}{crowds}",
                "Give one box of four numbers and one label an object.",
                shape=self.boxes.shape,
            )

    @classmethod
    def of(
        cls,
        boxes: Any,
        labels: Sequence[str],
        *,
        relative: bool = False,
        crowd: Sequence[bool] = (),
        size: tuple[int, int] | None = None,
    ) -> TrueObjects:
        """Of anything that numpy takes."""
        corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
        return cls(corners, tuple(labels), relative, tuple(map(bool, crowd)), size)

    @classmethod
    def none(cls) -> TrueObjects:
        """Somebody looked, and there is no object."""
        return cls.of([], [])

    def upright(self, width_px: int, height_px: int, exif_orientation: int = 1) -> TrueObjects:
        """The objects in the upright image, where the data set's size may be that of the picture as it is stored.

        Args:
            width_px, height_px: Of the upright image.
            exif_orientation: How the stored picture lies, 1 to 8.
        Raises:
            ShapeMismatch: The data set's size is neither that of the upright nor that of the stored image.
        Example:
            >>> TrueObjects.of([[10, 0, 30, 20]], ["dog"], size=(200, 100)).upright(100, 200, 6).boxes.tolist()
            [[80.0, 10.0, 100.0, 30.0]]
        """
        if self.size in (None, (width_px, height_px)):
            return self
        assert self.size is not None
        if self.size != (height_px, width_px) or exif_orientation not in _LYING:
            raise ShapeMismatch(
                f"its boxes are of a picture of {self.size[0]} x {self.size[1]} px, and it is of {width_px} x "
                f"{height_px}",
                "Give the picture that the boxes were drawn on, or correct the size in the data set.",
                shape=self.size,
            )
        mirrored_x, mirrored_y = _LYING[exif_orientation]
        left, top, right, bottom = self.boxes.T
        across = (width_px - bottom, width_px - top) if mirrored_x else (top, bottom)
        down = (height_px - right, height_px - left) if mirrored_y else (left, right)
        boxes = np.stack([across[0], down[0], across[1], down[1]], axis=1)
        return replace(self, boxes=boxes.astype(np.float32), size=(width_px, height_px))

    def of_picture(self, width_px: int, height_px: int) -> TrueObjects:
        """The same objects in pixels, where the data set says what picture they were marked in.

        Args:
            width_px, height_px: Of that picture, as it says.
        Example:
            >>> TrueObjects.of([[0.5, 0, 1, 1]], ["dog"], relative=True).of_picture(200, 100).size
            (200, 100)
        """
        return replace(self, boxes=self._corners(width_px, height_px), relative=False, size=(width_px, height_px))

    def _corners(self, width_px: int, height_px: int) -> FloatArray:
        sides = np.array([width_px, height_px, width_px, height_px], dtype=np.float32)
        return self.boxes * sides if self.relative else self.boxes

    def placed(self, width_px: int, height_px: int, exif_orientation: int = 1) -> TrueObjects:
        """The objects in pixels of the upright image; those that lie wholly outside it are counted in `left_out`.

        Args:
            width_px, height_px: Of the upright image.
            exif_orientation: How the stored picture lies, 1 to 8.
        Raises:
            ShapeMismatch: As `upright`.
        Example:
            >>> TrueObjects.of([[1, 1, 5, 5], [20, 1, 30, 5]], ["dog", "cat"]).placed(10, 10).labels
            ('dog',)
        """
        here = self.upright(width_px, height_px, exif_orientation)
        corners = here._corners(width_px, height_px)
        left, top, right, bottom = corners.T
        before = ((right <= 0) & (left < 0)) | ((bottom <= 0) & (top < 0))
        beyond = ((left >= width_px) & (right > width_px)) | ((top >= height_px) & (bottom > height_px))
        inside = np.flatnonzero(~(before | beyond))
        outside = len(here.labels) - len(inside)
        if not outside:
            return replace(here, boxes=corners, relative=False)
        return replace(
            here,
            boxes=corners[inside],
            labels=tuple(here.labels[index] for index in inside),
            relative=False,
            crowd=tuple(here.crowd[index] for index in inside) if here.crowd else (),
            left_out={**here.left_out, OUTSIDE: outside},
        )

    def in_pixels(self, width_px: int, height_px: int, exif_orientation: int = 1) -> Detections:
        """The objects in an image of a known size, as a detector that is always right would predict.

        Args:
            width_px, height_px: Of the upright image.
            exif_orientation: How the stored picture lies, 1 to 8.
        Returns:
            Boxes within the image, corners in order; confidences 1, and 0 for crowds. None of those wholly outside it.
        Raises:
            ShapeMismatch: As `upright`.
        """
        here = self.placed(width_px, height_px, exif_orientation)
        sides = np.array([width_px, height_px, width_px, height_px], dtype=np.float32)
        counted = 1 - np.array(here.crowd or (False,) * len(here.labels), dtype=np.float32)
        return Detections.of(np.clip(here.boxes, 0, sides), here.labels, counted)
