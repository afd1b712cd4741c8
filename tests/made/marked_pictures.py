"""Small drawn pictures whose objects are known, a source of them, and a detector that finds most of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lookoutcv.predictions import Detections, TrueObjects

SIDE = 64
COLOURS = {"tomato": (230, 40, 40), "plum": (60, 40, 230)}
CARD = {"task": "detection", "labels": list(COLOURS)}


@dataclass(frozen=True)
class MarkedRef:
    """One picture."""

    id: str
    picture: Any
    objects: TrueObjects | None = None
    label: str | None = None
    time: datetime | None = None

    @property
    def tags(self) -> dict[str, str]:
        return {}

    def load(self) -> Any:
        return self.picture


@dataclass(frozen=True)
class Marked:
    """A source of them."""

    refs: Sequence[MarkedRef]
    name: str = "marked"

    def __iter__(self) -> Iterator[MarkedRef]:
        return iter(self.refs)

    def count(self) -> int:
        return len(self.refs)


def marked(count: int, seed: int = 0, *, light: float = 1.0, relative: bool = False, unmarked: int = 0) -> Marked:
    """Grey noise with up to three coloured squares.

    Args:
        count: Pictures.
        seed: Of the drawing.
        light: Brightness, 0 to 1. The detector misses what is dark.
        relative: Boxes as shares of the sides.
        unmarked: So many of the first pictures were looked at by nobody.
    """
    rng, refs = np.random.default_rng(seed), []
    for number in range(count):
        pixels = rng.integers(90, 120, (SIDE, SIDE, 3), dtype=np.uint8)
        boxes, labels = [], []
        for place in rng.permutation(4)[: rng.integers(0, 4)]:
            label = list(COLOURS)[rng.integers(2)]
            x, y = 32 * (place % 2) + int(rng.integers(1, 8)), 32 * (place // 2) + int(rng.integers(1, 8))
            side = int(rng.integers(10, 20))
            pixels[y : y + side, x : x + side] = np.array(COLOURS[label]) * rng.uniform(0.6, 1)
            boxes.append([x, y, x + side, y + side])
            labels.append(label)
        share = SIDE if relative else 1
        objects = TrueObjects.of(np.array(boxes) / share, labels, relative=relative)
        dark = (pixels * light).astype(np.uint8)
        refs.append(MarkedRef(f"{number:04}.png", dark, None if number < unmarked else objects))
    return Marked(refs)


def finder(pixels: Any) -> Detections:
    """Finds coloured regions that are bright enough: a detector that suffers in the dark."""
    found = []
    for label, channels in (("tomato", (0, 2)), ("plum", (2, 0))):
        its, other = (pixels[:, :, c].astype(int) for c in channels)
        mask = ((its - other > 40) & (its > 110)).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        for x, y, width, height, area in stats[1:].tolist():
            if area > 20:
                sure = float(its[y : y + height, x : x + width].mean() / 255)
                found.append(([x, y, x + width, y + height], label, sure))
    if not found:
        return Detections.none()
    boxes, labels, confidences = zip(*found, strict=True)
    return Detections.of(boxes, labels, confidences)


def stored(source: Marked, folder: Path) -> Marked:
    """The same pictures as files, so that the cache and other processes can read them."""
    folder.mkdir(parents=True, exist_ok=True)
    refs = []
    for ref in source.refs:
        cv2.imwrite(str(folder / ref.id), ref.picture[:, :, ::-1])
        refs.append(MarkedRef(ref.id, str(folder / ref.id), ref.objects))
    return Marked(refs, str(folder))
