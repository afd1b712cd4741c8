"""One image measured: a mapping from metric names to numbers, with the facts that identify the image."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lookoutcv.images import Image
from lookoutcv.metrics import Metric
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.predictions import TrueObjects
from lookoutcv.records.prediction_columns import TRUTH, object_rows

# The order in which a measurement tells its facts.
_FACTS = (
    *("time", "label", "width_px", "height_px", "format", "stored_bytes", "exif_orientation", "camera"),
    *("content_hash", "tags", TRUTH),
)


@dataclass(frozen=True)
class Measurement(Mapping[str, float]):
    """What was measured on one image.

    Args:
        id: Its name in its source.
        values_by_name: A number for each metric; NaN where the value does not exist for this image.
        facts: Size, format and whatever else identifies it; its pixels are not kept.
        answer: What a model said of it, as the columns of `records.answers` and a number for each output metric; empty
            where none was asked.
    Example:
        >>> import lookoutcv as lo, numpy as np
        >>> one = lo.measure(np.full((4, 4, 3), 255, np.uint8))
        >>> one["exposure.brightness"], one[lo.CVMetrics.CONTRAST]
        (1.0, 0.0)
    """

    id: str
    values_by_name: Mapping[str, float]
    facts: Mapping[str, Any]
    answer: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    def to_dict(self) -> dict[str, Any]:
        """Facts and metrics as one flat dictionary; missing values are None. For JSON."""
        return {"id": self.id, **self.facts, **{k: _json(v) for k, v in {**self, **self.answer}.items()}}


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
    facts, values = measured(image, metrics)
    return placed(facts, values, id=id, label=label, time=time, tags=tags)


def measured(image: Image, metrics: Sequence[Metric]) -> tuple[dict[str, Any], dict[str, float]]:
    """What follows from the image alone, wherever it lies: its facts, and a number for each metric.

    Raises:
        MetricFailed: A metric raised or returned no number.
    """
    view = ImageView(image.pixels, Facts(image.stored_bytes, image.exif_orientation))
    return image.facts, {m.name: m(view) for m in metrics}


def placed(
    facts: Mapping[str, Any],
    values: Mapping[str, float],
    *,
    id: str,
    label: str | None,
    time: datetime | None,
    tags: Mapping[str, str] | None,
    objects: TrueObjects | None = None,
) -> Measurement:
    """What `measured` gave, with what the source says of the image."""
    of_source = {
        "time": time or facts["time"],
        "label": label,
        "tags": dict(tags) if tags else None,
        TRUTH: None if objects is None else object_rows(objects.in_pixels(facts["width_px"], facts["height_px"])),
    }
    return Measurement(id, values, {**dict.fromkeys(_FACTS), **facts, **of_source})
