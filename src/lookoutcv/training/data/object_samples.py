"""Objects that people marked in images, each cut out as a sample of its own."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.plain_text import composed
from lookoutcv.sources import ImageRef
from lookoutcv.sources.marks.marked_boxes import on_image
from lookoutcv.training.data.division import Pixels, Sample

# People name few objects in pictures of 16 x 16 px, and most in 32 x 32 (Torralba, "How many pixels make an image?",
# Visual Neuroscience 26, 2009).
LEAST_SIDE_PX = 16
_SMALL = f"smaller than {LEAST_SIDE_PX} x {LEAST_SIDE_PX} px"
_CROWD = "that stand for many at once or are difficult"


def cut_out(pixels: Pixels, box: tuple[float, float, float, float] | None) -> Pixels:
    """The pixels of a sample: the whole image, or every pixel that its box touches.

    Args:
        pixels: Of the upright image, (H, W, 3).
        box: x1, y1, x2, y2 in its pixels; None for the whole.
    Returns:
        A view, at least 1 x 1 px.
    Example:
        >>> cut_out(np.zeros((10, 20, 3), np.uint8), (2.5, 1, 5.5, 4)).shape
        (3, 4, 3)
    """
    if box is None:
        return pixels
    height, width = pixels.shape[:2]
    left, top = min(max(math.floor(box[0]), 0), width - 1), min(max(math.floor(box[1]), 0), height - 1)
    right, bottom = max(min(math.ceil(box[2]), width), left + 1), max(min(math.ceil(box[3]), height), top + 1)
    return pixels[top:bottom, left:right]


@dataclass
class ObjectSamples:
    """Samples of marked objects, and how many of these are none."""

    left_out: Counter[str] = field(default_factory=Counter)
    images: int = 0
    without: int = 0
    _first: dict[str, str] = field(default_factory=dict)

    def of(self, refs: Sequence[ImageRef], records: pa.Table) -> list[Sample]:
        """A sample an object; those that show too little and those that stand for many are counted, not kept.

        Args:
            refs: Images that somebody looked at for objects.
            records: Of those that can be read: their sizes.
        """
        columns = [records.column(name).to_pylist() for name in ("id", "width_px", "height_px", "exif_orientation")]
        sizes = {id: (width, height, turned or 1) for id, width, height, turned in zip(*columns, strict=True)}
        return [sample for ref in refs if ref.id in sizes for sample in self._in_image(ref, *sizes[ref.id])]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the samples are, and what was left out, in sentences; nothing where there were no objects."""
        if not self.images:
            return ()
        bare = f" In {self.without:,} of them there is none." if self.without else ""
        return (
            f"A sample is an object, cut out of one of {self.images:,} images.{bare} A classifier is taught; a "
            "detector, which finds where objects are, is not: `lookout package` takes one that exists.",
            *starmap(self._note, self.left_out.items()),
        )

    def _note(self, reason: str, count: int) -> str:
        return f"{count:,} of the marked objects are no samples: those {reason}, the first in {self._first[reason]}."

    def _in_image(self, ref: ImageRef, width: int, height: int, turned: int) -> list[Sample]:
        objects, _ = on_image(ref, width, height, turned)
        assert objects is not None
        boxes = np.clip(objects.boxes.astype(np.float64), 0, (width, height, width, height))
        crowd = objects.crowd or (False,) * len(objects.labels)
        found: list[Sample] = []
        for box, label, many in zip(boxes.tolist(), objects.labels, crowd, strict=True):
            if reason := _CROWD if many else _too_small(box):
                self.left_out[reason] += 1
                self._first.setdefault(reason, ref.id)
                continue
            number = f"#{len(found) + 1}" if found else ""
            found.append(Sample(ref.id + number, composed(label), ref, tuple(box)))
        self.images += 1
        self.without += not found
        return found


def _too_small(box: Sequence[Any]) -> str:
    """Why a box is left out; "" where it is not."""
    x1, y1, x2, y2 = box
    return _SMALL if (x2 - x1) * (y2 - y1) < LEAST_SIDE_PX**2 else ""
