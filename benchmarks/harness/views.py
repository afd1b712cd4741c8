"""Metrics of stored photographs and of views cut out of them, measured as `measure` does, from the files' bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from harness.workers import over
from lookoutcv.images import read
from lookoutcv.measuring.measurement import measure_image
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric

Table = np.ndarray[Any, np.dtype[np.float32]]

# A share of the views is stored turned, as a phone does it: a rare value of `geometry.orientation`.
_TURNED = 0.01
_ORIENTATION_TAG = 274
_FILES_A_TASK = 20


def tested_metrics() -> list[Metric]:
    """The default metrics that drift is decided on."""
    return [metric for metric in select_metrics("default") if metric.grid is not None]


def measure_views(files: Sequence[Path], each: int, seed: int, workers: int | None = None) -> Table:
    """Measure every file as it is and, beside it, random views of it stored as JPEG again.

    Args:
        files: Photographs.
        each: Rows from each: the photograph and `each` - 1 views of 50 to 100% of its sides, quality 75 to 96.
        seed: Of the views.
    Returns:
        (files * each, m) metrics of `tested_metrics`; NaN = missing.
    """
    tasks = [(start, seed) for start in range(0, len(files), _FILES_A_TASK)]
    return np.concatenate(list(over(_some, (list(files), each), tasks, workers)))


def with_rare_columns(names: Sequence[str], table: Table) -> tuple[list[str], Table]:
    """More columns, made of those that are there: rare and constant values, ties, gaps. They belong to their images.

    Args:
        names: Of the m columns.
        table: (n, m).
    Returns:
        Names and (n, m + 7).
    """
    value = dict(zip(names, table.T, strict=True))
    brightness, contrast = value["exposure.brightness"], value["exposure.contrast"]
    noise, saturation = value["noise.sigma"], value["colour.saturation"]
    extra = {
        "rare.half_percent": contrast > np.quantile(contrast, 0.995),
        "rare.two_percent": np.where(noise > np.quantile(noise, 0.98), noise, 0),
        "rare.three_images": contrast >= np.sort(contrast)[-3],
        "constant.one": np.ones(len(table)),
        "tied.thirds": np.round(3 * brightness),
        "gaps.half": np.where(contrast > np.median(contrast), brightness, np.nan),
        "gaps.one_percent": np.where(noise < np.quantile(noise, 0.99), saturation, np.nan),
    }
    return [*names, *extra], np.column_stack([table, *extra.values()]).astype(np.float32)


def _some(shared: tuple[list[Path], int], task: tuple[int, int]) -> Table:
    (files, each), (start, seed) = shared, task
    cv2.setNumThreads(1)
    metrics = tested_metrics()
    rows = []
    for number, path in enumerate(files[start : start + _FILES_A_TASK], start):
        random = np.random.default_rng([seed, number])
        stored = path.read_bytes()
        rows.append(_values(stored, metrics))
        pixels = read(stored).pixels if each > 1 else None
        rows += [_values(_view(pixels, random), metrics) for _ in range(each - 1) if pixels is not None]
    return np.array(rows, dtype=np.float32)


def _values(stored: bytes, metrics: Sequence[Metric]) -> list[float]:
    return list(measure_image(read(stored), metrics).values_by_name.values())


def _view(pixels: Any, random: np.random.Generator) -> bytes:
    height, width = (max(8, round(side * random.uniform(0.5, 1))) for side in pixels.shape[:2])
    top, left = random.integers(0, pixels.shape[0] - height + 1), random.integers(0, pixels.shape[1] - width + 1)
    exif = Image.Exif()
    if random.random() < _TURNED:
        exif[_ORIENTATION_TAG] = 6
    file = io.BytesIO()
    view = Image.fromarray(pixels[top : top + height, left : left + width])
    view.save(file, "JPEG", quality=int(random.integers(75, 97)), exif=exif)
    return file.getvalue()
