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

from lookoutcv.errors import ConfigError, LookoutError
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
_HOW = (
    "Give faces, a box x1,y1,x2,y2 (in pixels, or in shares of 0 to 1), class:NAME with --model, or a detector's file."
)


@dataclass
class Tally:
    """On how many images something was looked for, and on how many found."""

    images: int = 0
    found: int = 0


@dataclass(frozen=True)
class Redaction:
    """What is covered on thumbnails.

    Args:
        what: As it was asked for: "faces", "0,0,0.3,1", "class:person", "faces.onnx".
        boxes: Given boxes.
        finders: Tell the boxes of an image, by its name and pixels.
        tally: Of what the finders found so far.
    """

    what: tuple[str, ...]
    boxes: tuple[tuple[float, ...], ...] = ()
    finders: tuple[Finder, ...] = field(default=(), repr=False, compare=False)
    tally: Tally = field(default_factory=Tally, repr=False, compare=False)

    def apply(self, name: str, pixels: Pixels) -> Pixels | None:
        """The image with everything covered; None where it cannot be said what to cover.

        Args:
            name: Of the image in its source.
            pixels: (H, W, 3) uint8.
        """
        height, width = pixels.shape[:2]
        given = covered(pixels, (_in_pixels(box, width, height) for box in self.boxes))
        try:
            found = [box for finder in self.finders for box in finder(name, pixels)]
        except (LookoutError, ValueError, RuntimeError, MemoryError, cv2.error):
            return None  # a picture that is missing harms nobody
        self.tally.images += 1
        self.tally.found += bool(found)
        return covered(given, found, _MARGIN_RATIO)

    @property
    def note(self) -> str:
        """What a reader of the report must know."""
        listed = ", ".join(self.what)
        if not self.finders:
            return f"Covered on every thumbnail: {listed}."
        counts = f"something was found on {self.tally.found} of {self.tally.images} pictures"
        return f"Covered on thumbnails: {listed}; {counts}. Detectors miss some: look before you hand them on."


def redaction(
    wanted: str | Iterable[str] | None, prediction_source: PredictionSource | None = None
) -> Redaction | None:
    """What `redact` means.

    Args:
        wanted: As in `Options`; None for nothing.
        prediction_source: The model or the predictions of `model`, whose objects "class:NAME" means.
    Raises:
        ConfigError: It means nothing, or a class is asked of what finds no objects of it.
        MissingExtra: Faces are to be found, and scikit-image is not installed.
    Example:
        >>> redaction("0,0,0.5,1").boxes
        ((0.0, 0.0, 0.5, 1.0),)
    """
    what = tuple(dict.fromkeys(one.strip() for one in ([wanted] if isinstance(wanted, str) else wanted or ())))
    boxes, finders = [], list[Finder]()
    for one in what:
        if one == "faces":
            _cascade()
            finders.append(_faces)
        elif one.startswith("class:"):
            finders.append(_objects(one.removeprefix("class:"), prediction_source))
        elif Path(one).is_file():
            finders.append(_detector(one))
        else:
            boxes.append(_box(one))
    return Redaction(what, tuple(boxes), tuple(finders)) if what else None


def _box(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 4 or not all(math.isfinite(n) and n >= 0 for n in numbers) or _empty(numbers):
        raise ConfigError(f"--redact is {text!r}, which is no box, no file and not faces", _HOW, key="redact")
    return numbers


def _empty(box: Sequence[float]) -> bool:
    return box[0] == box[2] or box[1] == box[3]


def _in_pixels(box: Sequence[float], width: int, height: int) -> Box:
    """A box of numbers up to 1 is in shares of the image."""
    if max(box) > 1:
        return box
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _objects(label: str, prediction_source: PredictionSource | None) -> Finder:
    identity = None if prediction_source is None else prediction_source.identity
    if prediction_source is None or identity is None or identity.task != "detection":
        raise ConfigError(
            f"--redact class:{label} needs a model that finds objects", "Give a detector with --model.", key="redact"
        )
    if identity.labels and label not in identity.labels:
        some = ", ".join(identity.labels[:8])
        raise ConfigError(
            f"--redact class:{label}: {identity.name} knows no such class", f"It knows {some} ...", key="redact"
        )
    asking = prediction_source

    def find(name: str, pixels: Pixels) -> Iterable[Box]:
        (answer,) = asking.for_images([name]).predict([name], [pixels])
        return _boxes(answer, label)

    return find


def _detector(path: str) -> Finder:
    model = ModelSource(path)
    if model.identity.task != "detection":
        raise ConfigError(f"--redact {path} is a model that finds no objects", _HOW, key="redact")
    return lambda name, pixels: _boxes(model.predict([name], [pixels])[0])


def _boxes(answer: Prediction | None, label: str | None = None) -> list[Box]:
    """The boxes of an answer.

    Raises:
        ValueError: There is no answer, so nobody knows what to cover.
    """
    if not isinstance(answer, Detections):
        raise ValueError("no objects")
    return [box.tolist() for box, name in zip(answer.boxes, answer.labels, strict=True) if label in (None, name)]


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
    found = _cascade().detect_multi_scale(
        img=np.ascontiguousarray(grey),
        scale_factor=1.15,
        step_ratio=1,
        min_size=(_FACE_PX, _FACE_PX),
        max_size=(min(size), min(size)),
    )
    return [
        [one["c"] / scale, one["r"] / scale, (one["c"] + one["width"]) / scale, (one["r"] + one["height"]) / scale]
        for one in found
    ]


@cache
def _cascade() -> Any:
    """The detector that comes with scikit-image: OpenCV 5 has no cascades any more."""
    data, feature = need("skimage.data", "faces"), need("skimage.feature", "faces")
    return feature.Cascade(data.lbp_frontal_face_cascade_filename())
