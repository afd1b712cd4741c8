"""One image measured: a mapping from metric names to numbers, with the facts that identify the image."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.images import Image
from lookoutcv.metrics import Metric
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.predictions import TrueObjects
from lookoutcv.records.prediction_columns import TRUTH, object_rows
from lookoutcv.records.text import hash_text

# The order in which a measurement lists its facts.
_FACTS = (
    *("time", "label", "width_px", "height_px", "format", "stored_bytes", "exif_orientation", "camera"),
    *("content_hash", "tags", TRUTH),
)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Measurement(Mapping[str, float]):
    """What was measured on one image.

    Args:
        id: Its name in its source.
        values_by_name: A number for each metric; NaN where the value does not exist for this image.
        facts: Size, format and whatever else identifies it; its pixels are not kept.
        prediction: What a model said of it, as the columns of `records.prediction_columns` and a number for each output
            metric; empty without a model.
        measured: What measurers gave, by column; empty without any.
        left_out: What its source says of it and is not used, now that it is read: how many, by the reason.
    Example:
        >>> import lookoutcv as lo, numpy as np
        >>> one = lo.measure(np.full((4, 4, 3), 255, np.uint8))
        >>> one["exposure.brightness"], one[lo.CVMetrics.CONTRAST]
        (1.0, 0.0)
    """

    id: str
    values_by_name: Mapping[str, float]
    facts: Mapping[str, Any]
    prediction: Mapping[str, Any] = field(default_factory=dict)
    measured: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    def to_dict(self) -> dict[str, Any]:
        """Facts and metrics as one flat dictionary for JSON: missing values are None, hashes 16 hexadecimal digits."""
        values = {**self, **self.prediction, **self.measured}
        flat = {"id": self.id, **self.facts, **{name: _json(value) for name, value in values.items()}}
        # Metrics are floats, but for hashes.
        hashes = {name for name, value in self.items() if isinstance(value, int)} | {"content_hash"}
        return {name: hash_text(one) if name in hashes and one is not None else one for name, one in flat.items()}


def _json(value: Any) -> Any:
    """Numbers that JSON knows: NaN and infinite ones are None."""
    if hasattr(value, "tolist"):
        return _json(value.tolist())
    if isinstance(value, list):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def measure_image(
    image: Image,
    metrics: Sequence[Metric],
    *,
    id: str = "",
    label: str | None = None,
    time: datetime | None = None,
    tags: Mapping[str, str] | None = None,
) -> Measurement:
    """Measure one decoded image.

    Args:
        image: As `images.read` gives it.
        metrics: What to measure.
        id, label, time, tags: What its source says of it. The source's time wins over the EXIF time.
    Raises:
        MetricFailed: A metric raised or returned no number.
    """
    facts, values = facts_and_values(image, metrics)
    return measurement(facts, values, id=id, label=label, time=time, tags=tags)


def view_of(image: Image) -> ImageView:
    """An image as metrics see it."""
    return ImageView(image.pixels, Facts(image.stored_bytes, image.exif_orientation))


def facts_and_values(
    image: Image, metrics: Sequence[Metric], view: ImageView | None = None
) -> tuple[dict[str, Any], dict[str, float]]:
    """What follows from the image alone, wherever it lies: its facts, and a number for each metric.

    Args:
        image: As `images.read` gives it.
        metrics: What to measure.
        view: Of this image, where others measure on it too and share what was computed once.
    Raises:
        MetricFailed: A metric raised or returned no number.
    """
    view = view or view_of(image)
    return image.facts, {metric.name: metric(view) for metric in metrics}


def measurement(
    facts: Mapping[str, Any],
    values: Mapping[str, float],
    *,
    id: str,
    label: str | None,
    time: datetime | None,
    tags: Mapping[str, str] | None,
    objects: TrueObjects | None = None,
) -> Measurement:
    """What `facts_and_values` gave, with what the source says of the image.

    Raises:
        ShapeMismatch: Its objects were marked in a picture of another size.
    """
    of_source = {
        "time": time or facts["time"],
        "label": label,
        "tags": dict(tags) if tags else None,
        TRUTH: None
        if objects is None
        else object_rows(objects.in_pixels(facts["width_px"], facts["height_px"], facts["exif_orientation"] or 1)),
    }
    return Measurement(id, values, {**dict.fromkeys(_FACTS), **facts, **of_source})
