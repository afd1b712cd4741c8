"""How to measure: the options that every function which reads images takes, and what follows from them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from lookoutcv.cpu_count import cpu_count
from lookoutcv.errors import ConfigError
from lookoutcv.images import Limits
from lookoutcv.measuring.cache.record_cache import CacheLocation, cache_location
from lookoutcv.measuring.predictions.imported_predictions import import_predictions
from lookoutcv.measuring.predictions.model_source import ModelLike, ModelSource
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.measuring.redaction import Redaction, redaction
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric
from lookoutcv.models import CardLike
from lookoutcv.predictions import Task
from lookoutcv.progress import Progress
from lookoutcv.records.group_keys import Division, division
from lookoutcv.records.measurer import Measurer, check_measurers


class Options(TypedDict, total=False):
    """The options that `measure`, `baseline`, `monitor` and `compare` share.

    Args:
        metrics: Names or families of metrics, "default" or "all"; `monitor` measures what its baseline holds.
        sample: Measure only so many images, drawn at random without replacement.
        seed: Seed of that draw; the same seed draws the same images.
        strict: Stop at the first image that cannot be read, instead of skipping and naming it.
        workers: Processes to measure with; None for one a core.
        max_pixels: Images with more pixels are skipped.
        max_bytes: Files with more bytes are skipped.
        thumbnails: Keep small pictures of some images in baselines and reports.
        redact: What is covered with grey on those pictures before they are made: "faces", boxes "x1,y1,x2,y2" in pixels
            or in shares of 0 to 1, "class:NAME" of what `model` finds, or the file of a detector; one or several. A
            picture on which that cannot be done is left out.
        cache: The folder of the cache in which images measured before are looked up; False for none, None for the
            folder in LOOKOUTCV_CACHE or else the system's folder for caches.
        progress: Called as `progress(done, total)`; `total` is None while it is not known. Where it has a method
            `begin_stage`, that is called with a few words where something else is counted from then on.
        model: Ask this model about every image, and keep and compare its answers too: a file, "file.py:function", a
            function, or what `open_model` gave. What is measured then is not looked up in the cache.
        card: Of the model; unless given, MODEL.card.yaml beside it.
        device: What the model runs on: "cpu", "cuda" or "cuda:1".
        predictions: Instead of a model, this file of predictions that were made elsewhere: CSV, JSON lines, Parquet,
            JSON, COCO results. Images are found by their id or, where that is one image's, by their file name.
        annotations: The COCO file whose numbers of images and categories COCO results have.
        model_name: What the model of these predictions is called. Predictions under one name are taken for those of one
            model; in `monitor` the name is the baseline's unless given.
        measurers: What else is measured on each image, with the model's prediction for it: see `Measurer`. Its columns
            stand in the records. What is measured then is not looked up in the cache.
    """

    metrics: str | Sequence[str | Metric] | None
    sample: int | None
    seed: int
    strict: bool
    workers: int | None
    max_pixels: int
    max_bytes: int
    thumbnails: bool
    redact: str | Sequence[str] | None
    cache: str | os.PathLike[str] | bool | None
    progress: Progress | None
    model: ModelLike | None
    card: CardLike
    device: str
    predictions: str | os.PathLike[str] | None
    annotations: str | os.PathLike[str] | None
    model_name: str | None
    measurers: Sequence[Measurer]


@dataclass(frozen=True)
class Plan:
    """The options, checked and completed."""

    metrics: tuple[Metric, ...]
    sample: int | None = None
    seed: int = 0
    strict: bool = False
    workers: int = 1
    limits: Limits = field(default_factory=Limits)
    thumbnails: bool = True
    cache: CacheLocation | None = None
    progress: Progress | None = None
    batch_by: Division | None = None
    prediction_source: PredictionSource | None = None
    redaction: Redaction | None = None
    measurers: tuple[Measurer, ...] = ()

    @property
    def recorded_metrics(self) -> tuple[Metric, ...]:
        """Every metric that a record holds: of the images, and of the predictions."""
        return self.metrics if self.prediction_source is None else (*self.metrics, *self.prediction_source.metrics)

    @property
    def task(self) -> Task | None:
        """Of the model; None without one."""
        return None if self.prediction_source is None else self.prediction_source.identity.task


def plan(options: Options, batch_by: str | int | None = None) -> Plan:
    """Check the options and fill in what was left out.

    Args:
        options: As given.
        batch_by: What divides the images of a baseline into batches; see `records.keys`.
    Raises:
        ConfigError: A number is out of range, `batch_by` or `redact` means nothing, or the cache's folder is a file.
        MissingExtra: Faces are to be covered, and what finds them is not installed.
        UnknownPlugin: A metric is unknown.
    Example:
        >>> plan({"metrics": "noise", "workers": 1}).metrics[0].name
        'noise.sigma'
    """
    for key in ("sample", "workers", "max_pixels", "max_bytes"):
        value = options.get(key)
        if value is not None and not (isinstance(value, int) and value >= 1):
            flag = "--" + key.replace("_", "-")
            raise ConfigError(f"{flag} is {value!r}", f"Give {flag} a whole number of at least 1.", key=key)
    standard = Limits()
    workers = options.get("workers") or cpu_count()
    source = prediction_source_of(options, workers)
    metrics = tuple(select_metrics(options.get("metrics")))
    taken = [metric.name for metric in (*metrics, *(source.metrics if source else ()))]
    measurers = check_measurers(options.get("measurers") or (), taken)
    return Plan(
        metrics=metrics,
        sample=options.get("sample"),
        seed=options.get("seed", 0),
        strict=options.get("strict", False),
        workers=workers,
        limits=Limits(
            max_bytes=options.get("max_bytes", standard.max_bytes),
            max_pixels=options.get("max_pixels", standard.max_pixels),
        ),
        thumbnails=options.get("thumbnails", True),
        cache=None if source or measurers else cache_location(options.get("cache")),
        progress=options.get("progress"),
        batch_by=None if batch_by is None else division(batch_by),
        prediction_source=source,
        redaction=redaction(options.get("redact"), source) if options.get("thumbnails", True) else None,
        measurers=measurers,
    )


def prediction_source_of(options: Options, workers: int = 1) -> PredictionSource | None:
    """Where predictions come from: a model, or a file of predictions; None for nowhere.

    Args:
        options: As given.
        workers: Processes that each open the model.
    Raises:
        ConfigError: Both are given, or something is said of predictions that are not given.
        BadPredictions: They cannot be read.
    """
    model, predictions = options.get("model"), options.get("predictions")
    if predictions is None:
        for key in ("annotations", "model_name"):
            if options.get(key) is not None:
                flag = "--" + key.replace("_", "-")
                raise ConfigError(
                    f"{flag} tells of predictions, and there are none", "Give --predictions too.", key=key
                )
        # Each process opens the model: threads of their own for all of them would wait for each other.
        threads = max(1, cpu_count() // workers)
        return None if model is None else ModelSource(model, options.get("card"), options.get("device", "cpu"), threads)
    if model is not None:
        raise ConfigError(
            "there are a model and predictions made elsewhere, and one of them answers",
            "Leave out --model or --predictions.",
            key="predictions",
        )
    return import_predictions(predictions, options.get("annotations"), options.get("model_name"))
