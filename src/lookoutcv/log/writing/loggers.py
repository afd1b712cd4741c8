"""The three loggers: one object for one model, made once, called for each prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never

from lookoutcv.calls.keywords import refuse_unheard
from lookoutcv.log.one_call.call_arguments import Time, call_details, size_of_image, snapshot
from lookoutcv.log.one_call.parse_predictions import (
    BoxArguments,
    parse_classification,
    parse_detection,
    parse_segmentation,
)
from lookoutcv.log.writing.logger import PredictionLogger
from lookoutcv.records.measurer import Value


class ClassificationLogger(PredictionLogger):
    """Logs the predictions of a classifier with the quality of its images.

    A call takes microseconds: image and prediction are handed to a thread, which reads and measures the image and
    writes the row to a segment on the local disk; every half minute another brings segments to the table. No value that
    a call is given makes it raise; what is wrong with it is in the row's column `problems`. A keyword that it does not
    take is `UnknownArgument`.

    Args:
        model_name: The table is partitioned by it. At most 100 characters.
        enabled_metrics: Names, families or `CVMetrics` members; None for the default metrics, [] for none.
        measurers: What else is measured on an image, each a `Measurer` with columns of its own in the table: a gate's
            verdict, where a heatmap lies. It runs with the metrics, in the thread that measures.
        model_version: Of every row, where a call does not say otherwise.
        labels: Names of the model's classes, in the order of its scores.
        tags: Of every row: camera, site ... A call's own tags come on top. Each becomes a column, `tag.<name>`.
        directory: The table: a local folder, or a URL such as "s3://bucket/logs". Many processes may share it.
        spool: A local folder for what is not in the table yet; by default `_spool` in a local table, and for a URL a
            folder of its own under ~/.local/state/lookoutcv/spool.
        storage_options: For the object store, beside the environment: "AWS_REGION", "AWS_ENDPOINT_URL" ...
        image_retention: Which images are retained beside the table, in its folder `_retained_images`: "none",
            "flagged", "sampled", "all", or an `ImageRetention` with form, share and budget.
        measure_share: Which share of the images is measured, by chance; flagged ones always. An image costs about a
            millisecond of a core: a service that needs all of its cores gives less than 1.
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
        >>> import numpy as np
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
    _parse = staticmethod(parse_classification)

    def log_prediction(
        self,
        image: Any = None,
        pred_class: Any = None,
        confidence: Any = None,
        image_name: str | None = None,
        *more: Never,
        scores: Any = None,
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
        """Log one prediction.

        Args:
            image: A path, an array as `lo.read` takes it, a PIL image, the bytes of a file, or None. It is handed over
                by reference: leave an array alone until it is measured, or use `copy`.
            pred_class: Its name, or its index into `labels`. By default that of the largest score.
            confidence: Of the prediction, 0 to 1.
            image_name: The record's id. By default the path, else the writer's name with a number.
            scores: (C,) probabilities of all classes in the order of the labels, or a mapping from names.
            label: What is really in the image, where that is known.
            tags: Further tags of this image.
            time: When; by default now. A datetime (UTC where it has no zone), ISO 8601, or Unix
                seconds; of the years 1970 to 2261.
            embedding: (D,) the model's inner view of the image.
            model_version: Of this prediction.
            flagged: The picture is worth a look: a gate refused it, say. Flagged images are measured first and, with
                `image_retention`, kept.
            measured: What was measured on the image already, by the names of a measurer's columns: that measurer is
                not run again, and its columns are there even where nobody has time to measure.
            bgr: An array's channels are in OpenCV's order.
            copy: Copy the image at once, for a camera buffer that is written again.
        Returns:
            Whether it was taken; with `durability="record"`, whether it is on the disk. It never raises, whatever the
            values.
        Raises:
            UnknownArgument: A keyword that it does not take, or a value too many: a mistake in the program, which its
                first call shows.
        """
        if more or unknown:
            refuse_unheard(self.log_prediction, more, unknown)
        arguments = (pred_class, confidence, snapshot(scores))
        details = call_details(image_name, label, tags, time, embedding, model_version, flagged, measured)
        return self._log(arguments, image, details, bgr=bgr, copy=copy)


class DetectionLogger(PredictionLogger):
    """Logs the objects that a detector finds, with the quality of its images. As `ClassificationLogger`.

    Example:
        >>> import numpy as np
        >>> import tempfile
        >>> with DetectionLogger("cars", enabled_metrics=[], directory=tempfile.mkdtemp()) as log:
        ...     log.log_prediction(None, "car", 0.9, "a.jpg", bbox_x1=10, bbox_y1=10, bbox_x2=50, bbox_y2=40)
        ...     log.log_prediction(None, ["car", "bus"], [0.9, 0.8], "b.jpg", boxes=[[0, 0, 9, 9], [5, 5, 9, 9]])
        True
        True
    """

    task = "detection"
    _parse = staticmethod(parse_detection)

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
        *more: Never,
        boxes: Any = None,
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
        """Log what was found in one image: one row, however many objects.

        Args:
            pred_class: One class for all objects, or one an object: names, or indices into `labels`.
            confidence: As many.
            bbox_x1, bbox_y1, bbox_x2, bbox_y2: Corners in pixels of the upright image: a number each, or n each.
            boxes: (n, 4) x1, y1, x2, y2 instead; [] where nothing was found.
            image, image_name, label, tags, time, embedding, model_version, flagged, bgr, copy: As for a classification.
        Returns:
            As for a classification, and raises no more than that.
        """
        if more or unknown:
            refuse_unheard(self.log_prediction, more, unknown)
        corners = (bbox_x1, bbox_y1, bbox_x2, bbox_y2)
        arguments = (
            snapshot(pred_class),
            snapshot(confidence),
            BoxArguments(tuple(map(snapshot, corners)), snapshot(boxes)),
        )
        details = call_details(image_name, label, tags, time, embedding, model_version, flagged, measured)
        return self._log(arguments, image, details, bgr=bgr, copy=copy)


class SegmentationLogger(PredictionLogger):
    """Logs the class of each pixel, with the quality of the images. As `ClassificationLogger`.

    Example:
        >>> import numpy as np
        >>> import tempfile
        >>> with SegmentationLogger("roads", enabled_metrics=[], directory=tempfile.mkdtemp()) as log:
        ...     log.log_prediction(mask=np.zeros((4, 4), np.uint8), image_name="a.jpg")
        ...     log.log_prediction(mask=[0, 0, 4, 0, 0, 4], pred_class="road", size=(4, 4))
        True
        True
    """

    task = "segmentation"
    _parse = staticmethod(parse_segmentation)

    def log_prediction(
        self,
        image: Any = None,
        pred_class: Any = None,
        confidence: Any = None,
        image_name: str | None = None,
        mask: Any = None,
        *more: Never,
        size: tuple[int, int] | None = None,
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
            As for a classification, and raises no more than that.
        """
        if more or unknown:
            refuse_unheard(self.log_prediction, more, unknown)
        if size is None and image is not None:
            size = size_of_image(image)
        arguments = (snapshot(mask), snapshot(pred_class), snapshot(confidence), size)
        details = call_details(image_name, label, tags, time, embedding, model_version, flagged, measured)
        return self._log(arguments, image, details, bgr=bgr, copy=copy)
