"""What the loggers of all tasks share: a call is handed over in microseconds, and never raises."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Never, overload

from lookoutcv.calls.keywords import NOT_TOLD, not_told, only_known_keywords, refuse_unheard
from lookoutcv.extras import need
from lookoutcv.files import is_url
from lookoutcv.log.buffer.committer import Destination
from lookoutcv.log.buffer.image_retention import ImageRetention, Which, image_retention_of
from lookoutcv.log.buffer.record_batch import RecordBatchMaker
from lookoutcv.log.buffer.segments import Durability
from lookoutcv.log.buffer.spool import spool_for
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.one_call.call_arguments import (
    Time,
    array_bytes,
    bytes_of_image,
    call_details,
    copied_image,
    snapshot_details,
)
from lookoutcv.log.one_call.call_queue import Call, WhenFull
from lookoutcv.log.one_call.call_values import Labels, Note
from lookoutcv.log.one_call.parse_predictions import ModelResult, Parsed
from lookoutcv.log.table.arguments import (
    checked_mapping,
    checked_path,
    checked_positive,
    checked_share,
    checked_text,
)
from lookoutcv.log.table.own_files import note_shared_folder
from lookoutcv.log.table.schema import BASE
from lookoutcv.log.writing.check_arguments import (
    check_choice,
    check_labels,
    check_model_name,
    check_several,
)
from lookoutcv.log.writing.job import Job
from lookoutcv.log.writing.logger_session import LoggerSession
from lookoutcv.log.writing.wrap import Function, wrapped
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Task
from lookoutcv.records.measurer import Measurer, Value, check_measurers


class PredictionLogger(LoggerSession):
    """What the three loggers share; see `loggers.ClassificationLogger`."""

    task: ClassVar[Task]
    _parse: ClassVar[staticmethod[[Any, Labels, Note], Parsed]]

    @only_known_keywords()
    def __init__(
        self,
        model_name: str,
        *,
        enabled_metrics: str | Metric | Iterable[str | Metric] | None = None,
        measurers: Iterable[Measurer] = (),
        model_version: str | None = None,
        labels: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        directory: str | os.PathLike[str] = DIRECTORY,
        spool: str | os.PathLike[str] | None = None,
        storage_options: Mapping[str, str] | None = None,
        image_retention: Which | ImageRetention = "none",
        measure_share: float = 1.0,
        durability: Durability = "batch",
        when_full: WhenFull = "drop",
        max_rows: int = 50_000,
        max_bytes: int = 256 << 20,
        block_seconds: float = 1.0,
        commit_seconds: float = 30.0,
        commit_rows: int = 10_000,
    ) -> None:
        check_model_name(model_name)
        check_choice(durability, Durability, "durability")
        check_choice(when_full, WhenFull, "when_full")
        checked_share(measure_share, "measure_share")
        checked_positive(
            max_rows=max_rows,
            max_bytes=max_bytes,
            block_seconds=block_seconds,
            commit_seconds=commit_seconds,
            commit_rows=commit_rows,
        )
        self.model_name = model_name
        table = checked_path(directory, "directory")
        self.directory = table if is_url(table) else os.path.abspath(table)
        metrics = tuple(select_metrics(check_several(enabled_metrics, "enabled_metrics")))
        labels = check_labels(labels)
        taken = (metric.name for metric in (*metrics, *for_task(self.task)))
        job = Job(
            model_name,
            None if model_version is None else checked_text(model_version, "model_version"),
            self.task,
            self._parse,
            metrics,
            labels,
            {str(name): str(value) for name, value in checked_mapping(tags, "tags").items()},
            image_retention_of(image_retention),
            measure_share,
            measurers=check_measurers(check_several(measurers, "measurers"), (*BASE.names, *taken)),
        )
        place = spool_for(self.directory, None if spool is None else checked_path(spool, "spool"))
        options = dict(checked_mapping(storage_options, "storage_options"))
        destination = Destination(self.directory, place, options, commit_seconds, commit_rows)
        _warm_up()
        note_shared_folder(self.directory)
        super().__init__(job, destination, (max_rows, max_bytes, when_full, block_seconds), durability)
        self._again = (type(self), model_name, {**self._settings(), "labels": labels, "tags": dict(tags or {})})
        self._start()

    def _settings(self) -> dict[str, Any]:
        rows, size, when_full, block_seconds = self._bounds
        return {
            "enabled_metrics": [metric.name for metric in self._job.metrics],
            "measurers": self._job.measurers,
            "model_version": self._job.version,
            "directory": self.directory,
            "spool": self._destination.spool,
            "storage_options": self._destination.storage_options,
            "image_retention": self._job.image_retention,
            "measure_share": self._job.measure_share,
            "durability": self.durability,
            "when_full": when_full,
            "max_rows": rows,
            "max_bytes": size,
            "block_seconds": block_seconds,
            "commit_seconds": self._destination.commit_seconds,
            "commit_rows": self._destination.commit_rows,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        # For processes that are started afresh (spawn): a logger with the same settings and a writer of its own.
        return _remake, self._again

    def log(
        self,
        prediction: Any = NOT_TOLD,
        image: Any = None,
        image_name: str | None = None,
        *more: Never,
        confidence: float | None = None,
        label: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: Time | None = None,
        embedding: Any = None,
        model_version: str | None = None,
        flagged: bool = False,
        measured: Mapping[str, Value] | None = None,
        bgr: bool = False,
        copy: bool = False,
        **unknown: Never,
    ) -> bool:
        """Log a result as a model's library returned it, or a prediction, as `lo.open_model(...)` gives it.

        Args:
            prediction: A `Classification`, `Detections` or `Segmentation`, as fits this logger; or a result of
                supervision, Ultralytics, a Hugging Face pipeline, torchvision or COCO's form, for one image.
            confidence: As the model gave it, where the prediction does not say.
            image, image_name, label, tags, time, embedding, model_version, flagged, measured, bgr, copy: As for
                `log_prediction`.
        Returns:
            As `log_prediction`, and raises no more than that.
        """
        if more or unknown:
            refuse_unheard(self.log, more, unknown)
        if prediction is NOT_TOLD:
            raise not_told("log", "prediction")
        arguments = ModelResult(prediction, confidence)
        details = call_details(image_name, label, tags, time, embedding, model_version, flagged, measured)
        return self._log(arguments, image, details, bgr=bgr, copy=copy)

    @overload
    def wrap(self, function: Function) -> Function: ...

    @overload
    def wrap(
        self,
        function: None = None,
        *,
        image: str | None = None,
        image_name: str | None = None,
        many: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> Callable[[Function], Function]: ...

    @only_known_keywords()
    def wrap(
        self,
        function: Any = None,
        *,
        image: str | None = None,
        image_name: str | None = None,
        many: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> Any:
        """Log what a function returns: a decorator, with or without arguments.

        Args:
            function: Takes an image and returns a prediction, or what a library returns; may be `async`.
            image: The parameter that is the image; by default the first one.
            image_name: The parameter that is its name.
            many: The parameter is a sequence of images, and as many results are returned.
            bgr, copy: As for `log_prediction`.
        Raises:
            ConfigError: The function has no such parameter.
        Example:
            >>> import tempfile
            >>> import lookoutcv as lo
            >>> log = lo.ClassificationLogger("pets", enabled_metrics=[], directory=tempfile.mkdtemp())
            >>> @log.wrap
            ... def predict(image):
            ...     return {"cat": 0.75, "dog": 0.25}
            >>> predict(None), log.close(), log.stats().committed
            ({'cat': 0.75, 'dog': 0.25}, True, 1)
        """
        decorate = partial(wrapped, self, image=image, image_name=image_name, many=many, bgr=bgr, copy=copy)
        return decorate if function is None else decorate(function)

    def _log(self, arguments: Any, image: Any, details: dict[str, Any], *, bgr: bool, copy: bool) -> bool:
        engine = self._engine
        try:
            if engine.closed:
                engine.counts.note_failed_call(RuntimeError("the logger is closed"))
                return False
            snapshot_details(details)
            problems = None
            if copy is not False and image is not None:
                image, problems = copied_image(image, copy)
            size = 0 if image is None else bytes_of_image(image)
            prediction_bytes = array_bytes(arguments) + array_bytes((details["embedding"],))
            call = Call(next(self._sequence), clock.time_ns(), arguments, image, size, bgr, details, prediction_bytes)
            if problems:
                call.problems = problems
            if self.durability == "record":
                return self._acknowledged(engine, call)
            taken = engine.calls.put(call)
            if not engine.started:
                engine.start()
        except Exception as reason:  # inference must go on, whatever happens here
            engine.counts.note_failed_call(reason)
            return False
        return taken


def _warm_up() -> None:
    """Import now what would otherwise be imported while the program serves, or while it ends, when it may not be.

    Arrow imports pandas with the first value it is given.

    Raises:
        MissingExtra: deltalake is not installed.
    """
    need("deltalake", "log")
    RecordBatchMaker(BASE, {"model": ""}).make([{"id": "", "time": 0}])


def _remake(kind: type[PredictionLogger], model_name: str, settings: dict[str, Any]) -> PredictionLogger:
    return kind(model_name, **settings)
