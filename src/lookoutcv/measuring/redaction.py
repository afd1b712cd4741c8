"""What must not be seen on thumbnails: faces, given boxes, objects that a model finds. Covered before they are made."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, LookoutError, RuntimeDied
from lookoutcv.extras import need
from lookoutcv.images.covering import covered
from lookoutcv.images.image import Pixels
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.predictions import Prediction
from lookoutcv.predictions.detections import Detections

Box = Sequence[float]
Finder = Callable[[str, Pixels], Iterable[Box]]

# A detector's box ends at chin and brow; hair and ears are told apart too.
_MARGIN_RATIO = 0.25
# Faces are looked for on images of this side: a face of a tenth of the side is then 64 px, the cascade's own are 24.
_SIDE_PX, _FACE_PX = 640, 24


def _how() -> str:
    return (
        "Give faces, a box x1,y1,x2,y2 (in pixels, or in shares of 0 to 1), class:NAME with "
        f"{option('model', 'MODEL')}, or a detector's file."
    )


@dataclass
class FinderCounts:
    """On how many images something was looked for, and on how many there was something."""

    images: int = 0
    with_boxes: int = 0


@dataclass(frozen=True)
class Redaction:
    """What is covered on thumbnails.

    Args:
        what: As it was asked for: "faces", "0,0,0.3,1", "class:person", "faces.onnx".
        boxes: Given boxes.
        finders: Give the boxes of an image, by its name and pixels.
        counts: Of what the finders found so far.
    """

    what: tuple[str, ...]
    boxes: tuple[tuple[float, ...], ...] = ()
    finders: tuple[Finder, ...] = field(default=(), repr=False, compare=False)
    counts: FinderCounts = field(default_factory=FinderCounts, repr=False, compare=False)

    def apply(self, name: str, pixels: Pixels) -> Pixels | None:
        """The image with everything covered; None where it cannot be said what to cover.

        Args:
            name: Of the image in its source.
            pixels: (H, W, 3) uint8.
        """
        height, width = pixels.shape[:2]
        partly = covered(pixels, (_in_pixels(box, width, height) for box in self.boxes))
        try:
            boxes = [box for finder in self.finders for box in finder(name, pixels)]
        except (LookoutError, ValueError, RuntimeError, MemoryError, cv2.error):
            return None  # a picture that is missing harms nobody
        self.counts.images += 1
        self.counts.with_boxes += bool(boxes)
        return covered(partly, boxes, _MARGIN_RATIO)

    @property
    def note(self) -> str:
        """What a reader of the report must know."""
        listed = ", ".join(self.what)
        if not self.finders:
            return f"Covered on every thumbnail: {listed}."
        counts = f"something was found on {self.counts.with_boxes} of {self.counts.images} pictures"
        return f"Covered on thumbnails: {listed}; {counts}. Detectors miss some: look before you hand them on."


def redaction(wanted: str | Iterable[str] | None, source: PredictionSource | None = None) -> Redaction | None:
    """What `redact` means.

    Args:
        wanted: As in `Options`; None for nothing.
        source: The model or the imported predictions, whose objects "class:NAME" means.
    Raises:
        ConfigError: It means nothing, or a class is asked of what finds no objects of it.
        MissingExtra: Faces are to be found, and scikit-image is not installed.
    Example:
        >>> redaction("0,0,0.5,1").boxes
        ((0.0, 0.0, 0.5, 1.0),)
    """
    regions = tuple(dict.fromkeys(text.strip() for text in ([wanted] if isinstance(wanted, str) else wanted or ())))
    boxes, finders = [], list[Finder]()
    for text in regions:
        if text == "faces":
            _cascade()
            finders.append(_faces)
        elif text.startswith("class:"):
            finders.append(_objects(text.removeprefix("class:"), source))
        elif Path(text).is_file():
            finders.append(_detector(text))
        else:
            boxes.append(_box(text))
    return Redaction(regions, tuple(boxes), tuple(finders)) if regions else None


def _box(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 4 or not all(math.isfinite(n) and n >= 0 for n in numbers) or _empty(numbers):
        raise ConfigError(
            f"{option('redact')} is {text!r}, which is no box, no file and not faces", _how(), key="redact"
        )
    return numbers


def _empty(box: Sequence[float]) -> bool:
    return box[0] == box[2] or box[1] == box[3]


def _in_pixels(box: Sequence[float], width: int, height: int) -> Box:
    """A box of numbers up to 1 is in shares of the image."""
    if max(box) > 1:
        return box
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _objects(label: str, source: PredictionSource | None) -> Finder:
    if source is None or source.identity.task != "detection":
        raise ConfigError(
            f"{option('redact', f'class:{label}')} needs a model that finds objects",
            f"Give a detector: {option('model', 'FILE')}.",
            key="redact",
        )
    labels, detector = source.identity.labels, source
    if labels and label not in labels:
        raise ConfigError(
            f"{option('redact', f'class:{label}')}: {source.identity.name} knows no such class",
            f"It knows {', '.join(labels[:8])} ...",
            key="redact",
        )

    def find(name: str, pixels: Pixels) -> Iterable[Box]:
        (prediction,) = detector.for_images([name]).predict([name], [pixels])
        return _boxes(prediction, label)

    return find


def _detector(path: str) -> Finder:
    model = ModelSource(path)
    if model.identity.task != "detection":
        raise ConfigError(f"{option('redact', path)} is a model that finds no objects", _how(), key="redact")
    return lambda name, pixels: _boxes(model.predict([name], [pixels])[0])


def _boxes(prediction: Prediction | RuntimeDied | None, label: str | None = None) -> list[Box]:
    """The boxes of a prediction.

    Raises:
        ValueError: There is none, so nobody knows what to cover.
    """
    if not isinstance(prediction, Detections):
        raise ValueError("no objects")
    return [
        box.tolist() for box, name in zip(prediction.boxes, prediction.labels, strict=True) if label in (None, name)
    ]


def _faces(name: str, pixels: Pixels) -> list[Box]:
    """Upright faces seen from the front.

    Source: Local binary patterns in a cascade, Liao et al., ICB 2007; trained by the OpenCV project.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    grey = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    if min(size) < _FACE_PX:
        return []
    faces = _cascade().detect_multi_scale(
        img=np.ascontiguousarray(grey),
        scale_factor=1.15,
        step_ratio=1,
        min_size=(_FACE_PX, _FACE_PX),
        max_size=(min(size), min(size)),
    )
    return [
        [
            face["c"] / scale,
            face["r"] / scale,
            (face["c"] + face["width"]) / scale,
            (face["r"] + face["height"]) / scale,
        ]
        for face in faces
    ]


@cache
def _cascade() -> Any:
    """The detector that comes with scikit-image: OpenCV 5 has no cascades any more."""
    data, feature = need("skimage.data", "faces"), need("skimage.feature", "faces")
    return feature.Cascade(data.lbp_frontal_face_cascade_filename())
