"""A class for each pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions.regions import region_counts

FloatArray = np.ndarray[Any, np.dtype[np.float32]]
# What is no object, where a map is made of objects.
BACKGROUND = "background"
# What a map leaves open: its edges, or what nobody was sure of. The number for it is 255 nearly everywhere.
NO_CLASS = "no class"
UNCLASSED = 255
ClassMap = np.ndarray[Any, np.dtype[np.uint8]] | np.ndarray[Any, np.dtype[np.uint16]]


@dataclass(frozen=True, eq=False)
class Segmentation:
    """What a segmentation model says of an image.

    Args:
        classes: (h, w) uint8 or uint16, the index of each pixel's class, on the model's own grid or the image's.
        labels: C names.
    Raises:
        ShapeMismatch: Not a plane, or an index beyond the labels.
    Example:
        >>> prediction = Segmentation(np.array([[0, 0], [0, 1]], np.uint8), ("background", "cat"))
        >>> prediction.shares.tolist(), prediction.components.tolist()
        ([0.75, 0.25], [1, 1])
    """

    classes: ClassMap
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.classes.ndim != 2 or (self.classes.size and int(self.classes.max()) >= len(self.labels)):
            raise ShapeMismatch(
                f"a class map of shape {self.classes.shape} does not fit {len(self.labels)} labels",
                "Give a plane of class indices and one label a class.",
                shape=self.classes.shape,
            )

    @property
    def objects(self) -> Any:
        """(h, w) bool, where there is something: neither class 0, which is taken for the background, nor "no class".

        Example:
            >>> Segmentation(np.array([[0, 1, 2]], np.uint8), ("background", "cat", "no class")).objects.tolist()
            [[False, True, False]]
        """
        if NO_CLASS not in self.labels:
            return self.classes != 0
        return (self.classes != 0) & (self.classes != self.labels.index(NO_CLASS))

    @property
    def shares(self) -> FloatArray:
        """(C,) float32 share of the pixels of each class; they sum to 1."""
        counts = np.bincount(self.classes.ravel(), minlength=len(self.labels))
        return np.asarray(counts / max(self.classes.size, 1), dtype=np.float32)

    @property
    def components(self) -> Any:
        """(C,) int32 connected regions of each class, diagonal neighbours connected."""
        return region_counts(self.classes, len(self.labels))

    def run_lengths(self) -> list[int]:
        """The map as runs, row by row: class, length, class, length ...

        Example:
            >>> Segmentation(np.array([[0, 0], [0, 1]], np.uint8), ("background", "cat")).run_lengths()
            [0, 3, 1, 1]
        """
        runs: list[int] = runs_of(self.classes).tolist()
        return runs

    @classmethod
    def of_masks(cls, masks: Any, names: Sequence[str], labels: Sequence[str] = ()) -> Segmentation:
        """The class map that masks of objects make; where two overlap, the later one counts.

        Args:
            masks: n planes of one shape (H, W), bool.
            names: The class of each.
            labels: Names whose numbers are to be kept; others follow them. "background" is put first where it is
                missing.
        Raises:
            ShapeMismatch: There is no mask, or they differ in shape or number.
        Example:
            >>> prediction = Segmentation.of_masks([np.array([[True, False]])], ["cat"])
            >>> prediction.classes.tolist(), prediction.labels
            ([[1, 0]], ('background', 'cat'))
        """
        planes = [np.asarray(mask, dtype=bool) for mask in masks]
        shapes = {plane.shape for plane in planes}
        if len(shapes) != 1 or len(planes) != len(names) or planes[0].ndim != 2:
            raise ShapeMismatch(
                f"{len(planes)} masks of {len(shapes)} shapes for {len(names)} classes",
                "Give one plane (H, W) an object, all of one size.",
                shape=tuple(shapes),
            )
        order = tuple(labels) if BACKGROUND in labels else (BACKGROUND, *labels)
        order = (*order, *dict.fromkeys(name for name in names if name not in order))
        classes = np.zeros(planes[0].shape, dtype=np.uint8 if len(order) <= 256 else np.uint16)
        for name, plane in zip(names, planes, strict=True):
            classes[plane] = order.index(name)
        return cls(classes, order)

    @classmethod
    def of_run_lengths(cls, runs: Sequence[int], shape: tuple[int, int], labels: Sequence[str]) -> Segmentation:
        """The inverse of `run_lengths`.

        Raises:
            ShapeMismatch: The runs do not fill the shape.
        """
        pairs = np.asarray(runs, dtype=np.int64).reshape(-1, 2)
        if int(pairs[:, 1].sum()) != shape[0] * shape[1] or (pairs < 0).any():
            raise ShapeMismatch(f"{len(pairs)} runs do not fill a map of {shape}", "Give whole runs.", shape=shape)
        classes = np.repeat(pairs[:, 0], pairs[:, 1]).reshape(shape)
        return cls(classes.astype(np.uint8) if len(labels) <= 256 else classes.astype(np.uint16), tuple(labels))


def runs_of(classes: ClassMap) -> np.ndarray[Any, np.dtype[np.int32]]:
    """A class map as `Segmentation.run_lengths`, in one array: a map of noise has a run for every second pixel."""
    flat = classes.ravel()
    if not flat.size:
        return np.zeros(0, np.int32)
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]).astype(np.int32) + np.int32(1)], dtype=np.int32)
    runs = np.empty((len(starts), 2), dtype=np.int32)
    runs[:, 0] = flat[starts]
    runs[:, 1] = np.diff(starts, append=np.int32(flat.size))
    return runs.ravel()


def run_count(classes: ClassMap) -> int:
    """How many runs a class map has.

    Example:
        >>> run_count(np.array([[0, 0], [0, 1]], np.uint8))
        2
    """
    flat = classes.ravel()
    return int(np.count_nonzero(flat[1:] != flat[:-1])) + 1 if flat.size else 0
