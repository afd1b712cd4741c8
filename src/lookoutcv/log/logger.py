"""The loggers: one object for one model, made once, called for each prediction."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, ClassVar, Self, get_args, overload

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.files import is_url
from lookoutcv.log import answers, lifetime
from lookoutcv.log.answers import Labels, Note
from lookoutcv.log.committer import Where
from lookoutcv.log.counts import LogStats
from lookoutcv.log.engine import Engine
from lookoutcv.log.evidence import Evidence, Which, evidence_of
from lookoutcv.log.queue import Call, CallQueue, WhenFull
from lookoutcv.log.rows import to_batch
from lookoutcv.log.schema import BASE, DIRECTORY
from lookoutcv.log.segments import Durability
from lookoutcv.log.spool import spool_for
from lookoutcv.log.watching import Function, watched
from lookoutcv.log.worker import Job
from lookoutcv.metrics import Metric, selected
from lookoutcv.predictions import Prediction, Task

Time = datetime | float | str

# A partition's folder is named after the model.
_LONGEST_MODEL_NAME = 100
# Arrays up to this size that are no images are copied: runtimes write the next answer into the same memory.
_COPIED_BYTES = 1 << 20


class PredictionLogger:
    """What the three loggers share; see `ClassificationLogger`."""

    task: ClassVar[Task]
    _understand: ClassVar[staticmethod[[Any, Labels, Note], tuple[Prediction | None, float | None]]]

    def __init__(
        self,
        model_name: str,
        *,
        enabled_metrics: str | Metric | Iterable[str | Metric] | None = None,
        model_version: str | None = None,
        labels: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        directory: str | os.PathLike[str] = DIRECTORY,
        spool: str | os.PathLike[str] | None = None,
        storage_options: Mapping[str, str] | None = None,
        evidence: Which | Evidence = "none",
        durability: Durability = "batch",
        when_full: WhenFull = "drop",
        max_rows: int = 50_000,
        max_bytes: int = 256 << 20,
        block_seconds: float = 1.0,
        commit_seconds: float = 30.0,
        commit_rows: int = 10_000,
    ) -> None:
        _check(model_name, durability, when_full)
        _check_numbers(
            max_rows=max_rows,
            max_bytes=max_bytes,
            block_seconds=block_seconds,
            commit_seconds=commit_seconds,
            commit_rows=commit_rows,
        )
        self.model_name, self.durability = model_name, durability
        table = os.fspath(directory)
        self.directory = table if is_url(table) else os.path.abspath(table)
        self._block_seconds = block_seconds
        self._job = Job(
            model_name,
            model_version,
            self.task,
            self._understand,
            tuple(selected(enabled_metrics)),
            tuple(map(str, labels)),
            {str(k): str(v) for k, v in (tags or {}).items()},
            evidence_of(evidence),
        )
        place = spool_for(self.directory, spool)
        self._where = Where(self.directory, place, dict(storage_options or {}), commit_seconds, commit_rows)
        self._bounds = (max_rows, max_bytes, when_full, block_seconds)
        _warm_up()
        self._again = (type(self), model_name, {**self._settings(), "labels": labels, "tags": dict(tags or {})})
        self._fresh()
        lifetime.watch(self)
        self._engine.start()

    def _settings(self) -> dict[str, Any]:
        rows, size, when_full, block_seconds = self._bounds
        return {
            "enabled_metrics": [metric.name for metric in self._job.metrics],
            "model_version": self._job.version,
            "directory": self.directory,
            "spool": self._where.spool,
            "storage_options": self._where.storage_options,
            "evidence": self._job.evidence,
            "durability": self.durability,
            "when_full": when_full,
            "max_rows": rows,
            "max_bytes": size,
            "block_seconds": block_seconds,
            "commit_seconds": self._where.commit_seconds,
            "commit_rows": self._where.commit_rows,
        }

    def _fresh(self) -> None:
        """A queue, threads and a writer of this process's own; the threads start with the first call."""
        self._engine = Engine(self._job, self._where, CallQueue(*self._bounds), self.durability)
        self._sequence = itertools.count()

    def after_fork(self) -> None:
        """In a forked child: what waits in the parent is the parent's; start anew."""
        self._engine.forget()
        self._fresh()

    def __reduce__(self) -> tuple[Any, ...]:
        # For processes that are started afresh (spawn): a logger with the same settings and a writer of its own.
        return _remake, self._again

    @property
    def writer(self) -> str:
        """The name under which this process's rows are in the table."""
        return self._engine.writer

    def log(
        self,
        prediction: Any,
        image: Any = None,
        image_name: str | None = None,
        *,
        confidence: float | None = None,
        label: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: Time | None = None,
        embedding: Any = None,
        model_version: str | None = None,
        flagged: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> bool:
        """Log an answer as a model's library returned it, or a prediction, as `lo.open_model(...)` gives it.

        Args:
            prediction: A `Classification`, `Detections` or `Segmentation`, as fits this logger; or a result of
                supervision, Ultralytics, a Hugging Face pipeline, torchvision or COCO's form, for one image.
            confidence: As the model gave it, where the prediction does not say.
            image, image_name, label, tags, time, embedding, model_version, flagged, bgr, copy: As for `log_prediction`.
        Returns:
            As `log_prediction`.
        """
        said = answers.Ready(prediction, confidence)
        given = {"name": image_name, "label": label, "tags": tags, "time": time}
        given |= {"embedding": embedding, "model_version": model_version, "flagged": flagged}
        return self._log(said, image, given, bgr=bgr, copy=copy)

    @overload
    def watch(self, function: Function) -> Function: ...

    @overload
    def watch(
        self,
        function: None = None,
        *,
        image: str | None = None,
        image_name: str | None = None,
        many: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> Callable[[Function], Function]: ...

    def watch(self, function: Any = None, **how: Any) -> Any:
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
            >>> log = ClassificationLogger("pets", enabled_metrics=[], directory=tempfile.mkdtemp())
            >>> @log.watch
            ... def predict(image):
            ...     return {"cat": 0.75, "dog": 0.25}
            >>> predict(None), log.close(), log.stats().committed
            ({'cat': 0.75, 'dog': 0.25}, True, 1)
        """
        if function is not None:
            return watched(self, function, **how)
        return lambda given: watched(self, given, **how)

    def _log(self, said: Any, image: Any, given: dict[str, Any], *, bgr: bool, copy: bool) -> bool:
        engine = self._engine
        try:
            if engine.closed:
                engine.counts.failed_call(RuntimeError("the logger is closed"))
                return False
            _keep(given)
            if copy and image is not None:
                image = _copied(image)
            size = 0 if image is None else _size_of(image)
            answer_bytes = _held(said) + _held((given["embedding"],))
            call = Call(next(self._sequence), clock.time_ns(), said, image, size, bgr, given, answer_bytes)
            if self.durability == "record":
                return self._acknowledged(engine, call)
            taken = engine.calls.put(call)
            if not engine.started:
                engine.start()
        except Exception as reason:  # inference must go on, whatever happens here
            engine.counts.failed_call(reason)
            return False
        return taken

    def _acknowledged(self, engine: Engine, call: Call) -> bool:
        """Wait until the row is durable, within the bound."""
        call.written = threading.Event()
        if not engine.calls.put(call):
            return False
        if not engine.started:
            engine.start()
        return call.written.wait(self._block_seconds) and call.stored

    def flush(self, timeout: float = 30.0) -> bool:
        """Wait until every prediction logged so far is in the table.

        Args:
            timeout: Seconds to wait at most.
        Returns:
            Whether it is. If not, it is still in the queue or in the spool, and on its way.
        """
        return self._engine.flush(timeout)

    def close(self, timeout: float = 30.0) -> bool:
        """Flush and end. What cannot be committed in time stays in the spool; the next logger there commits it.

        Args:
            timeout: Seconds to wait at most.
        Returns:
            Whether every prediction is in the table.
        """
        lifetime.unwatch(self)
        return self._engine.close(timeout)

    def stats(self) -> LogStats:
        """What became of the predictions logged in this process."""
        return self._engine.stats()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _warm_up() -> None:
    """Import now what would otherwise be imported while the program serves, or while it ends, when it may not be.

    Arrow imports pandas with the first value it is given.

    Raises:
        MissingExtra: deltalake is not installed.
    """
    need("deltalake", "log")
    to_batch([{"id": "", "time": 0}], BASE, {"model": ""})


def _remake(kind: type[PredictionLogger], model_name: str, settings: dict[str, Any]) -> PredictionLogger:
    return kind(model_name, **settings)


class ClassificationLogger(PredictionLogger):
    """Logs the answers of a classifier with the quality of its images.

    A call takes microseconds: image and answer are handed to a thread, which reads and measures the image, writes the
    row to a segment on the local disk and, every half minute, brings segments to the table. Nothing that a call is
    given makes it raise; what is wrong with it is in the row's column `problems`.

    Args:
        model_name: The table is partitioned by it. At most 100 characters.
        enabled_metrics: Names, families or `CVMetrics` members; None for the default metrics, [] for none.
        model_version: Of every row, where a call does not say otherwise.
        labels: Names of the model's classes, in the order of its scores.
        tags: Of every row: camera, site ... A call's own tags come on top. Each becomes a column, `tag.<name>`.
        directory: The table: a local folder, or a URL such as "s3://bucket/logs". Many processes may share it.
        spool: A local folder for what is not in the table yet; by default `_spool` in a local table, and for a URL a
            folder of its own under ~/.local/state/lookoutcv/spool.
        storage_options: For the object store, beside the environment: "AWS_REGION", "AWS_ENDPOINT_URL" ...
        evidence: Which pictures are kept beside the table, in its folder `_evidence`: "none", "flagged", "sampled",
            "all", or an `Evidence` with form, share and budget.
        durability: "batch": at most what was logged in the last second is lost when the process is killed. "record":
            the call returns True once the row is on the disk.
        when_full: With `max_rows` calls waiting, "drop" the next ones and count them, or "block" for at most
            `block_seconds`.
        max_rows: Most calls that wait.
        max_bytes: Most that their arrays hold; of a call beyond it the image is let go and the prediction stays.
        block_seconds: The longest that a call blocks, with "block" or "record".
        commit_seconds: How often rows are committed to the table.
        commit_rows: So many rows are committed at once.
    Raises:
        ConfigError: An argument means nothing. A place that cannot be written is no error here: it is logged, and
            tried again.
        UnknownPlugin: A metric that does not exist.
        MissingExtra: deltalake is not installed.
    Example:
        >>> import tempfile
        >>> import lookoutcv as lo
        >>> folder = tempfile.mkdtemp()
        >>> metrics = [lo.CVMetrics.CONTRAST, lo.CVMetrics.BLUR]
        >>> with ClassificationLogger("pets", enabled_metrics=metrics, directory=folder) as log:
        ...     _ = log.log_prediction(np.zeros((8, 8, 3), np.uint8), "cat", 0.75, "a.jpg")
        ...     log.flush(), log.stats().committed
        (True, 1)
    """

    task = "classification"
    _understand = staticmethod(answers.classification)

    def log_prediction(
        self,
        image: Any = None,
        pred_class: Any = None,
        confidence: Any = None,
        image_name: str | None = None,
        *,
        scores: Any = None,
        label: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: Time | None = None,
        embedding: Any = None,
        model_version: str | None = None,
        flagged: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> bool:
        """Log one answer.

        Args:
            image: A path, an array as `lo.read` takes it, a PIL image, the bytes of a file, or None. It is handed over
                by reference: leave an array alone until it is measured, or use `copy`.
            pred_class: Its name, or its index into `labels`. By default that of the largest score.
            confidence: Of the answer, 0 to 1.
            image_name: The record's id. By default the path, else the writer's name with a number.
            scores: (C,) probabilities of all classes in the order of the labels, or a mapping from names.
            label: What is really in the image, where that is known.
            tags: Further tags of this image.
            time: When; by default now. A datetime (UTC where it has no zone), seconds since 1970, or ISO 8601.
            embedding: (D,) the model's inner view of the image.
            model_version: Of this answer.
            flagged: The picture is worth a look: a gate refused it, say. Flagged images are measured first and, with
                `evidence`, kept.
            bgr: An array's channels are in OpenCV's order.
            copy: Copy the image at once, for a camera buffer that is written again.
        Returns:
            Whether it was taken; with `durability="record"`, whether it is on the disk. Never raises.
        """
        said = (pred_class, confidence, _kept(scores))
        given = {"name": image_name, "label": label, "tags": tags, "time": time}
        given |= {"embedding": embedding, "model_version": model_version, "flagged": flagged}
        return self._log(said, image, given, bgr=bgr, copy=copy)


class DetectionLogger(PredictionLogger):
    """Logs the objects that a detector finds, with the quality of its images. As `ClassificationLogger`.

    Example:
        >>> import tempfile
        >>> with DetectionLogger("cars", enabled_metrics=[], directory=tempfile.mkdtemp()) as log:
        ...     log.log_prediction(None, "car", 0.9, "a.jpg", bbox_x1=10, bbox_y1=10, bbox_x2=50, bbox_y2=40)
        ...     log.log_prediction(None, ["car", "bus"], [0.9, 0.8], "b.jpg", boxes=[[0, 0, 9, 9], [5, 5, 9, 9]])
        True
        True
    """

    task = "detection"
    _understand = staticmethod(answers.detection)

    def log_prediction(  # noqa: PLR0917 - a call reads as a row
        self,
        image: Any = None,
        pred_class: Any = None,
        confidence: Any = None,
        image_name: str | None = None,
        bbox_x1: Any = None,
        bbox_y1: Any = None,
        bbox_x2: Any = None,
        bbox_y2: Any = None,
        *,
        boxes: Any = None,
        label: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: Time | None = None,
        embedding: Any = None,
        model_version: str | None = None,
        flagged: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> bool:
        """Log what was found in one image: one row, however many objects.

        Args:
            pred_class: One class for all objects, or one an object: names, or indices into `labels`.
            confidence: As many.
            bbox_x1, bbox_y1, bbox_x2, bbox_y2: Corners in pixels of the upright image: a number each, or n each.
            boxes: (n, 4) x1, y1, x2, y2 instead; [] where nothing was found.
            image, image_name, label, tags, time, embedding, model_version, flagged, bgr, copy: As for a classification.
        Returns:
            As for a classification. Never raises.
        """
        corners = (bbox_x1, bbox_y1, bbox_x2, bbox_y2)
        said = (_kept(pred_class), _kept(confidence), answers.Corners(tuple(map(_kept, corners)), _kept(boxes)))
        given = {"name": image_name, "label": label, "tags": tags, "time": time}
        given |= {"embedding": embedding, "model_version": model_version, "flagged": flagged}
        return self._log(said, image, given, bgr=bgr, copy=copy)


class SegmentationLogger(PredictionLogger):
    """Logs the class of each pixel, with the quality of the images. As `ClassificationLogger`.

    Example:
        >>> import tempfile
        >>> with SegmentationLogger("roads", enabled_metrics=[], directory=tempfile.mkdtemp()) as log:
        ...     log.log_prediction(mask=np.zeros((4, 4), np.uint8), image_name="a.jpg")
        ...     log.log_prediction(mask=[0, 0, 4, 0, 0, 4], pred_class="road", size=(4, 4))
        True
        True
    """

    task = "segmentation"
    _understand = staticmethod(answers.segmentation)

    def log_prediction(
        self,
        image: Any = None,
        pred_class: Any = None,
        confidence: Any = None,
        image_name: str | None = None,
        mask: Any = None,
        *,
        size: tuple[int, int] | None = None,
        label: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: Time | None = None,
        embedding: Any = None,
        model_version: str | None = None,
        flagged: bool = False,
        bgr: bool = False,
        copy: bool = False,
    ) -> bool:
        """Log the classes of one image's pixels.

        Args:
            mask: (H, W) indices into `labels`, without `pred_class`. Or the mask of one object of the class
                `pred_class`, or a list of masks, one a class: (H, W) array, COCO run lengths
                {"size": [h, w], "counts": ...}, or polygons [x1, y1, x2, y2 ...] in pixels. What no object covers is
                "background"; later objects lie on top.
            pred_class: The class of each object's mask.
            confidence: As many.
            size: Height and width of the image in pixels, for polygons; by default those of an `image` array.
            image, image_name, label, tags, time, embedding, model_version, flagged, bgr, copy: As for a classification.
        Returns:
            As for a classification. Never raises.
        """
        if size is None and image is not None:
            size = _plane_of(image)
        said = (_kept(mask), _kept(pred_class), _kept(confidence), size)
        given = {"name": image_name, "label": label, "tags": tags, "time": time}
        given |= {"embedding": embedding, "model_version": model_version, "flagged": flagged}
        return self._log(said, image, given, bgr=bgr, copy=copy)


def _keep(given: dict[str, Any]) -> None:
    """Copy what a caller may write to again."""
    tags, embedding = given["tags"], given["embedding"]
    if tags is not None:
        given["tags"] = dict(tags) if isinstance(tags, Mapping) else tags
    if embedding is not None:
        given["embedding"] = _kept(embedding)


def _kept(value: Any) -> Any:
    """The caller's array as it is now; what else there is by reference."""
    if isinstance(value, np.ndarray) and value.nbytes <= _COPIED_BYTES:
        return value.copy()
    return list(value) if type(value) is list else value


def _held(said: Any) -> int:
    """Bytes that the arrays of an answer hold, lists of masks included."""
    total = 0
    parts = said if isinstance(said, tuple) else getattr(said.prediction, "__dict__", {}).values()
    for part in parts:
        if isinstance(part, np.ndarray):
            total += part.nbytes
        elif type(part) is list and part and isinstance(part[0], np.ndarray):
            total += sum(one.nbytes for one in part if isinstance(one, np.ndarray))
    return total


def _copied(image: Any) -> Any:
    if isinstance(image, bytearray | memoryview):
        return bytes(image)
    return image if isinstance(image, str | bytes) or not hasattr(image, "copy") else image.copy()


def _size_of(image: Any) -> int:
    """Bytes that an image holds in memory."""
    if isinstance(image, np.ndarray):
        return image.nbytes
    if isinstance(image, bytes | bytearray | memoryview):
        return len(image)
    pil = sys.modules.get("PIL.Image")
    if pil is not None and isinstance(image, pil.Image):
        return int(image.width * image.height * 4)
    return 0


def _plane_of(image: Any) -> tuple[int, int] | None:
    """Height and width where they are at hand."""
    if isinstance(image, np.ndarray) and image.ndim in (2, 3):
        return int(image.shape[0]), int(image.shape[1])
    width, height = getattr(image, "width", None), getattr(image, "height", None)
    return (height, width) if isinstance(width, int) and isinstance(height, int) else None


def _check(model_name: Any, durability: Any, when_full: Any) -> None:
    if not isinstance(model_name, str) or not model_name.strip() or not model_name.isprintable():
        raise ConfigError(f"model_name is {model_name!r}", "Give the model a name.", key="model_name")
    if len(model_name) > _LONGEST_MODEL_NAME:
        remedy = f"Give a name of at most {_LONGEST_MODEL_NAME} characters."
        raise ConfigError(f"model_name is {len(model_name)} characters long", remedy, key="model_name")
    for name, value, known in (("durability", durability, Durability), ("when_full", when_full, WhenFull)):
        if value not in get_args(known):
            choices = " or ".join(map(repr, get_args(known)))
            raise ConfigError(f"{name} is {value!r}", f"Give {choices}.", key=name)


def _check_numbers(**given: float) -> None:
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise ConfigError(f"{name} is {value!r}", "Give a number above 0.", key=name)
