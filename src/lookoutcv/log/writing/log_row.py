"""One call to a logger as a row of the table: checked, measured, and never refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from lookoutcv.errors import LookoutError, MetricFailed
from lookoutcv.files import is_url
from lookoutcv.images import Image, Limits, read
from lookoutcv.log.table.schema import MOST_TAG_COLUMNS, TAG, tag_columns
from lookoutcv.log.writing.call_queue import Call
from lookoutcv.log.writing.call_values import Labels, Note, text, vector
from lookoutcv.log.writing.parse_predictions import MOST_RUNS, ModelResult, Parsed, objects_outside, parse_result
from lookoutcv.metrics import Metric
from lookoutcv.outputs import OutputMetric
from lookoutcv.outputs.base import OutputView
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Task
from lookoutcv.records.measurer import Measurer
from lookoutcv.records.prediction_columns import prediction_row
from lookoutcv.records.times import time_of

Row = dict[str, Any]

# Longer ids and values of tags are cut.
_LONGEST_ID = 1024
_LONGEST_VALUE = 1024
_MOST_TAGS = 200
# A call with something wrong in each of a thousand boxes would say so a thousand times.
_MOST_PROBLEMS = 10
_EPOCH = datetime.fromtimestamp(0, UTC)


def make_row(
    call: Call,
    *,
    writer: str,
    labels: Labels,
    task: Task,
    parse: Callable[[Any, Labels, Note], Parsed],
    columns: set[str],
) -> tuple[Row, Prediction | None]:
    """The row of a call, all but what is measured on its image.

    Args:
        call: As it was made.
        writer: Whose.
        labels: Names that the model's scores count through.
        task: Of the logger.
        parse: Makes a prediction of `call.arguments`: a function of `parse_predictions`.
        columns: Tags that have a column; new ones are added.
    Returns:
        The columns that have a value, and the prediction.
    """
    problems: list[str] = []

    def note(problem: str) -> None:
        if len(problems) < _MOST_PROBLEMS and problem not in problems:
            problems.append(problem)

    details, arguments = call.details, call.arguments
    row: Row = {"sequence": call.sequence, "time": _time(details.get("time"), call.clock_ns // 1000, note)}
    if isinstance(arguments, ModelResult):
        prediction, row["confidence"] = parse_result(arguments, task, labels, note)
    else:
        prediction, row["confidence"] = parse(arguments, labels, note)
    if prediction is not None:
        row.update(prediction_row(prediction))
    if len(row.get("mask") or ()) > 2 * MOST_RUNS:
        note(f"the mask has {len(row['mask']) // 2} runs and was left out")
        del row["mask"]
    if isinstance(prediction, Classification):
        row["prediction"] = prediction.label  # however doubtful its confidence
    name = details.get("name")
    if name is None and isinstance(call.image, str):
        name = call.image
    row["id"] = (None if name is None else text(name, "the name", note, _LONGEST_ID)) or f"{writer}/{call.sequence}"
    _texts(row, details, note)
    if tags := details.get("tags"):
        _tags(row, tags, columns, note)
    if problems:
        row["problems"] = problems
    row["flagged"] = bool(details.get("flagged")) or bool(problems)
    return row, prediction


def _texts(row: Row, details: Mapping[str, Any], note: Note) -> None:
    if details.get("label") is not None:
        row["label"] = text(details["label"], "the label", note)
    if details.get("model_version") is not None:
        row["model_version"] = text(details["model_version"], "the version", note)
    if (embedding := vector(details.get("embedding"), "the embedding", note)) is not None:
        row["embedding"] = prediction_row(Embedding(embedding))["embedding"]


def _tags(row: Row, tags: Any, columns: set[str], note: Note) -> None:
    if not isinstance(tags, Mapping):
        note(f"tags are no mapping: {type(tags).__name__}")
        return
    if len(tags) > _MOST_TAGS:
        note(f"there are {len(tags)} tags; {_MOST_TAGS} are kept")
    pairs = [
        (text(k, "a tag", note), text(v, "a tag", note, _LONGEST_VALUE)) for k, v in list(tags.items())[:_MOST_TAGS]
    ]
    own, others = tag_columns({name: value for name, value in pairs if name is not None and value is not None})
    for column, value in own.items():
        if column not in columns and len(columns) < MOST_TAG_COLUMNS:
            columns.add(column)
        if column in columns:
            row[column] = value
        else:
            others[column.removeprefix(TAG)] = value
    if others:
        row["tags"] = list(others.items())


def _time(value: Any, clock_us: int, note: Note) -> int:
    """Microseconds since 1970."""
    if value is None:
        return clock_us
    try:
        time = time_of(value)
    except (TypeError, ValueError) as reason:
        note(f"the time cannot be read: {reason}")
        return clock_us
    if time is None:
        note(f"the time cannot be read: {str(value)[:40]}")
        return clock_us
    if _without_zone(value):
        note("the time has no zone and was taken for UTC")
    return (time - _EPOCH) // timedelta(microseconds=1)


def _without_zone(value: Any) -> bool:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return False
    return isinstance(value, datetime) and value.tzinfo is None


class Measuring(Protocol):
    """What is measured on an image, and how large it may be."""

    @property
    def metrics(self) -> tuple[Metric, ...]: ...
    @property
    def measurers(self) -> tuple[Measurer, ...]: ...
    @property
    def limits(self) -> Limits: ...


def measure_image(row: Row, call: Call, prediction: Prediction | None, measuring: Measuring) -> Image | None:
    """Read the image of a call and add its facts and what is measured on it to the row; what fails is noted there.

    Returns:
        The image, None where there is none that can be read.
    """
    problems: list[str] = row.get("problems") or []
    image: Image | None = None
    try:
        image = _read(call, measuring.limits)
    except LookoutError as error:
        problems.append(f"the image cannot be read: {getattr(error, 'reason', error.problem)}"[:200])
    except Exception as error:  # a caller's own class posing as an array or a path
        problems.append(f"the image cannot be read: {type(error).__name__}")
    if image is None:
        row["image_state"] = "unreadable"
    else:
        row["image_state"] = "measured"
        facts = image.facts
        facts.pop("time")  # of the prediction, not of the photograph
        row.update(facts)
        view = ImageView(image.pixels, Facts(image.stored_bytes, image.exif_orientation))
        for metric in measuring.metrics:
            try:
                row[metric.name] = metric(view)
            except MetricFailed as error:
                problems.append(error.problem[:200])
        for measurer in measuring.measurers:
            try:
                row.update(measurer(view, prediction))
            except MetricFailed as error:
                problems.append(error.problem[:200])
        if isinstance(prediction, Detections) and objects_outside(prediction, image.width, image.height):
            problems.append("a box reaches beyond the image")
    if problems:
        row["problems"], row["flagged"] = problems, True
    return image


def _read(call: Call, limits: Limits) -> Image:
    source = call.image
    if isinstance(source, str) and is_url(source):
        raise LookoutError("it is a URL; the log fetches nothing")
    return read(source, limits=limits, bgr=call.bgr)


class _WithoutImage:
    """A prediction whose image is not at hand: what needs its pixels fails, and is missing."""

    def __init__(self, prediction: Prediction) -> None:
        self.prediction = prediction


def measure_prediction(
    row: Row, prediction: Prediction | None, metrics: tuple[OutputMetric, ...], image: Image | None
) -> None:
    """Add the metrics of a prediction to its row: those that need the image only where there is one."""
    if prediction is None:
        return
    view: Any = _WithoutImage(prediction) if image is None else OutputView(prediction, image.pixels)
    for metric in metrics:
        try:
            row[metric.name] = metric(view)
        except MetricFailed:
            continue  # a box of NaN has no area: the column is missing
