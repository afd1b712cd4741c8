"""Images measured before: looked up by their content, or measured and kept for the next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from lookoutcv.errors import ImageError, ShapeMismatch
from lookoutcv.images import Limits, encoded, read
from lookoutcv.measuring.cache.record_cache import Cache
from lookoutcv.measuring.measurement import Measurement, facts_and_values, measurement
from lookoutcv.metrics import Metric
from lookoutcv.sources import ImageRef
from lookoutcv.sources.kinds.base import loaded
from lookoutcv.sources.marks.marked_boxes import on_image

# Where in a list of references an image stands that the cache knows, and what it knows of it.
Known: TypeAlias = Mapping[int, Measurement]
NOTHING_KNOWN: Known = {}


def look_up(refs: Sequence[ImageRef], cache: Cache | None, limits: Limits) -> Known:
    """What the cache knows of some references; those that cannot be read are left for later to say so."""
    if cache is None:
        return NOTHING_KNOWN
    rows = {}
    for index, ref in enumerate(refs):
        try:
            file = encoded(loaded(ref, limits), limits)
            row = None if file is None else _recalled(cache, cache.key(file), ref)
        except (ImageError, ShapeMismatch):
            continue
        if row is not None:
            rows[index] = row
    return rows


def look_up_or_measure(
    ref: ImageRef, metrics: Sequence[Metric], limits: Limits, cache: Cache | None, fresh: dict[bytes, bytes]
) -> Measurement:
    """Look one reference up, or read and measure it and add its entry to the fresh ones.

    Raises:
        ImageError, MetricFailed, ShapeMismatch: It cannot be read or measured.
    """
    content = loaded(ref, limits)
    file = None if cache is None else encoded(content, limits)
    if cache is None or file is None:
        return measurement_of(ref, *facts_and_values(read(content, limits=limits), metrics))
    key = cache.key(file)
    row = _recalled(cache, key, ref)
    if row is not None:
        return row
    # The same bytes that were hashed: the file may change in between.
    facts, values = facts_and_values(read(file, limits=limits), metrics)
    entry = cache.entry(facts, values)
    if entry is not None:
        fresh[key] = entry
    return measurement_of(ref, facts, values)


def measurement_of(ref: ImageRef, facts: Mapping[str, Any], values: Mapping[str, float]) -> Measurement:
    """What was measured on an image, under the name, label, time, tags and objects of its reference.

    Raises:
        ShapeMismatch: Its objects were marked in a picture of another size.
    """
    objects, left_out = on_image(ref, facts["width_px"], facts["height_px"], facts["exif_orientation"] or 1)
    row = measurement(facts, values, id=ref.id, label=ref.label, time=ref.time, tags=ref.tags, objects=objects)
    return replace(row, left_out=left_out) if left_out else row


def _recalled(cache: Cache, key: bytes, ref: ImageRef) -> Measurement | None:
    entry = cache.find(key)
    return None if entry is None else measurement_of(ref, *entry)
