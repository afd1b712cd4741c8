"""Where the time of measuring goes: each stage and each metric, as a share of decoding the same images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import simplejpeg

from harness.clocks import cpu
from harness.figures import Figure
from lookoutcv.images import read
from lookoutcv.images.image import hash_bytes
from lookoutcv.measuring.engines.measure_batches import BATCH_IMAGES
from lookoutcv.measuring.engines.to_record_batch import to_record_batch
from lookoutcv.measuring.measurement import Measurement, measure_image
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.profiles.profile import ProfileBuilder

_T = TypeVar("_T")
_PASSES = 3


class _Ledger:
    """CPU seconds by what they were spent on."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def timed(self, name: str, work: Callable[[], _T]) -> _T:
        before = cpu()
        result = work()
        self.spent[name] += cpu() - before
        return result


def costs(files: Sequence[Path]) -> Iterator[Figure]:
    """The stages of measuring, then each metric: alone on a fresh image, and in its turn among the default ones.

    A metric's own cost holds every intermediate result that it needs; in its turn, what metrics before it have worked
    out is there already. The clock itself adds some tenths of a microsecond to each.

    Args:
        files: JPEG files to look at.
    """
    ledger = _Ledger()
    default, every = select_metrics("default"), select_metrics("all")
    for _ in range(_PASSES):
        measured = [_one(path.read_bytes(), ledger, default, every) for path in files]
        _recorded(measured, ledger, default)
    bare = ledger.spent.pop("decode")
    basis = f"CPU over bare decoding, {len(files)} images, {_PASSES} passes"
    for name, seconds in ledger.spent.items():
        yield Figure(name, seconds / bare, "x", basis)


def _one(data: bytes, ledger: _Ledger, default: Sequence[Metric], every: Sequence[Metric]) -> Measurement:
    ledger.timed("decode", lambda: simplejpeg.decode_jpeg(data, "RGB"))
    image = ledger.timed("stage: image from bytes, with checks, EXIF and hash", lambda: read(data))
    ledger.timed("of that: content hash", lambda: hash_bytes(data))
    measured = ledger.timed("stage: default metrics of one image", lambda: measure_image(image, default))
    facts = Facts(image.stored_bytes, image.exif_orientation)
    for metric in every:
        view = ImageView(image.pixels, facts)
        ledger.timed(f"alone: {metric.name}", lambda metric=metric, view=view: metric(view))  # type: ignore[misc]
    shared = ImageView(image.pixels, facts)
    for metric in default:
        ledger.timed(f"in turn: {metric.name}", lambda metric=metric: metric(shared))  # type: ignore[misc]
    return measured


def _recorded(measured: Sequence[Measurement], ledger: _Ledger, metrics: Sequence[Metric]) -> None:
    builder = ProfileBuilder(metrics)
    for start in range(0, len(measured), BATCH_IMAGES):
        rows = list(measured[start : start + BATCH_IMAGES])
        batch = ledger.timed("stage: rows into record batches", lambda rows=rows: to_record_batch(rows, metrics))  # type: ignore[misc]
        ledger.timed("stage: record batches into a profile", lambda batch=batch: builder.add(batch))  # type: ignore[misc]
    ledger.timed("stage: record batches into a profile", builder.build)
