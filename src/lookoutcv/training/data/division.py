"""The images that a classifier learns from, and the parts that they are divided into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from lookoutcv.sources import ImageRef

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Sample:
    """One labelled image, or one labelled object cut out of an image.

    Args:
        id: What it is called among all samples: a path with forward slashes below its source; with "#2" behind it for
            the second object of an image.
        label: Its class, as its source spells it.
        ref: Where its image is.
        box: The object to cut out: x1, y1, x2, y2 in pixels of the upright image; None for the whole.
    """

    id: str
    label: str
    ref: ImageRef = field(repr=False)
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Division:
    """Samples in three parts: one learnt from, one that chooses (when to stop, which backbone), one that chose nothing.

    Args:
        classes: Their names; the order is that of a model's scores. Names that are numbers stand in their order.
        train, validation, test: The samples of each part.
        groups: By the id of a sample, which others must not be parted from it: near duplicates, frames of one film.
        how: In sentences: whether the parts were given or drawn, with which seed, by what groups, and what was left
            out.
    """

    classes: tuple[str, ...]
    train: tuple[Sample, ...] = field(repr=False)
    validation: tuple[Sample, ...] = field(repr=False)
    test: tuple[Sample, ...] = field(repr=False)
    groups: dict[str, int] = field(default_factory=dict, repr=False)
    how: tuple[str, ...] = ()

    def part(self, name: Part) -> tuple[Sample, ...]:
        """The samples of a part."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]

    def numbers(self, name: Part) -> IntArray:
        """The class of each sample of a part: its index in `classes`, (n,) int64."""
        index = {label: number for number, label in enumerate(self.classes)}
        return np.array([index[sample.label] for sample in self.part(name)], np.int64)


class Pictures(Protocol):
    """The pixels of a part, decoded once by the reader that serving and monitoring use, and kept on disk.

    Memory does not grow with the number of images.
    """

    @property
    def labels(self) -> IntArray:
        """The class of each picture, (n,) int64."""
        ...

    @property
    def sha256(self) -> str:
        """Of the contents of its images in their order, with the boxes cut out: what is computed is kept by it."""
        ...

    def __len__(self) -> int: ...

    def framed(self, indices: Sequence[int] | IntArray) -> Pixels:
        """As a model gets them after its card: (n, height, width, 3) uint8 RGB, bit for bit what `Preprocessor` frames.

        Args:
            indices: Which pictures, 0 to n - 1.
        """
        ...

    def roomy(self, indices: Sequence[int] | IntArray) -> list[Pixels]:
        """Whole and somewhat larger, for augmentation to cut from: each (h, w, 3) uint8 RGB."""
        ...
