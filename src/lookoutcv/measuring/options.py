"""How to measure: the options that every function which reads images takes, checked and completed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from lookoutcv.byte_sizes import byte_size
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.images import Limits
from lookoutcv.measuring.cache.record_cache import CacheLocation, cache_location
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.measuring.predictions.imported_predictions import import_predictions
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.measuring.redaction import Redaction, redaction
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric
from lookoutcv.predictions import Task
from lookoutcv.processes.machine import available_bytes, cpu_count
from lookoutcv.progress import Progress
from lookoutcv.records.group_keys import Division, division
from lookoutcv.records.measurer import Measurer, check_measurers
from lookoutcv.settings.declared_parameters import declared_parameters

if TYPE_CHECKING:
    from lookoutcv.gate.screening import Screen

_log = logging.getLogger(__name__)

# A process of a pool takes 130 MB, and a photograph of 12 megapixels 100 to 300 MB, by its format.
_WORKER_BYTES = 400 << 20
_PARAMETERS = declared_parameters(Options)
_DEFAULTS = cast(Options, {one.name: one.default for one in _PARAMETERS if one.default is not None})


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
    screen: Screen | None = None

    @property
    def record_metrics(self) -> tuple[Metric, ...]:
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
    options = _DEFAULTS | options
    _check_numbers(options)
    workers = options.get("workers") or workers_that_fit()
    source = prediction_source_of(options, workers)
    metrics = tuple(select_metrics(options.get("metrics")))
    taken = [metric.name for metric in (*metrics, *(source.metrics if source else ()))]
    screened = screen_of(options)
    of_gate = () if screened is None else (screened.measurer,)
    measurers = (*of_gate, *check_measurers(options.get("measurers", ()), [*taken, *_columns(of_gate)]))
    return Plan(
        metrics=metrics,
        sample=options.get("sample"),
        seed=options["seed"],
        strict=options["strict"],
        workers=workers,
        limits=Limits.of(options.get("max_pixels"), options.get("max_bytes")),
        thumbnails=options["thumbnails"],
        cache=None if measurers else cache_location(options.get("cache")),
        progress=options.get("progress"),
        batch_by=None if batch_by is None else division(batch_by),
        prediction_source=source,
        redaction=redaction(options.get("redact"), source) if options["thumbnails"] else None,
        measurers=measurers,
        screen=screened,
    )


def _columns(measurers: tuple[Measurer, ...]) -> list[str]:
    return [column.name for measurer in measurers for column in measurer.columns]


def screen_of(options: Options) -> Screen | None:
    """The gate that images pass; None without one.

    Raises:
        ConfigError: What is said of it contradicts itself.
    """
    if options.get("gate") is None and options.get("rejects") is None and options.get("on_reject", "skip") == "skip":
        return None
    from lookoutcv.gate.screening import screen  # noqa: PLC0415 - who asks no gate pays for none

    return screen(options.get("gate"), options.get("on_reject", "skip"), options.get("rejects"))


def workers_that_fit() -> int:
    """As many processes as there are processors, or fewer where memory would not do for so many.

    Example:
        >>> workers_that_fit() >= 1
        True
    """
    wanted, free = cpu_count(), available_bytes()
    fit = max(1, min(wanted, free // _WORKER_BYTES))
    if fit < wanted:
        _log.info("%d processes in place of %d: %s of memory are free", fit, wanted, byte_size(free))
    return fit


def _check_numbers(options: Options) -> None:
    for one in _PARAMETERS:
        value, least = options.get(one.name), one.key.minimum
        if least is not None and value is not None and not (isinstance(value, int) and value >= least):
            flag = one.flags[0]
            raise ConfigError(
                f"{flag} is {value!r}", f"Give {flag} a whole number of at least {least:g}.", key=one.name
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
                raise ConfigError(
                    f"{option(key)} tells of predictions, and there are none",
                    f"Give {option('predictions')} too.",
                    key=key,
                )
        # Each process opens the model: threads of their own for all of them would wait for each other.
        threads = max(1, cpu_count() // workers)
        if model is None:
            return None
        card, device, trust = options.get("card"), options.get("device", "cpu"), options.get("trust", False)
        return ModelSource(model, card, device, threads, trust=trust)
    if model is not None:
        raise ConfigError(
            "there are a model and predictions made elsewhere, and one of them answers",
            f"Leave out {option('model')} or {option('predictions')}.",
            key="predictions",
        )
    return import_predictions(predictions, options.get("annotations"), options.get("model_name"))
