"""One call to a logger as a row of the table: checked, measured, and never refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from lookoutcv.errors import LookoutError, MetricFailed
from lookoutcv.files import is_url
from lookoutcv.images import Image, Limits, read
from lookoutcv.log.table.schema import MOST_TAG_COLUMNS, TAG, tag_columns
from lookoutcv.log.writing.call_queue import Call
from lookoutcv.log.writing.parse_predictions import MOST_RUNS, Labels, Note, Ready, floats, objects_outside, ready, text
from lookoutcv.metrics import Metric
from lookoutcv.outputs import OutputMetric
from lookoutcv.outputs.base import OutputView
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Task
from lookoutcv.records.measurer import Measurer
from lookoutcv.records.prediction_columns import prediction_row

Row = dict[str, Any]

# Longer ids and values of tags are cut.
_LONGEST_ID = 1024
_LONGEST_VALUE = 1024
_MOST_TAGS = 200
# A call with something wrong in each of a thousand boxes would say so a thousand times.
_MOST_PROBLEMS = 10
# What every reader holds: pandas counts nanoseconds in 64 bits.
_EARLIEST_US, _LATEST_US = 0, 9_214_646_400_000_000  # 1970 and 2262, in microseconds


def row_of(
    call: Call,
    *,
    writer: str,
    labels: Labels,
    task: Task,
    understand: Callable[[Any, Labels, Note], tuple[Prediction | None, float | None]],
    columns: set[str],
) -> tuple[Row, Prediction | None]:
    """The row of a call, all but what is measured on its image.

    Args:
        call: As it was made.
        writer: Whose.
        labels: Names that the model's scores count through.
        task: Of the logger.
        understand: Makes an answer of `call.said`: a function of `answers`.
        columns: Tags that have a column; new ones are added.
    Returns:
        The columns that have a value, and the answer.
    """
    problems: list[str] = []

    def note(problem: str) -> None:
        if len(problems) < _MOST_PROBLEMS and problem not in problems:
            problems.append(problem)

    given = call.given
    row: Row = {"sequence": call.sequence, "time": _time(given.get("time"), call.clock_ns // 1000, note)}
    said = call.said
    told = ready(said, task, labels, note) if isinstance(said, Ready) else understand(said, labels, note)
    answer, row["confidence"] = told
    if answer is not None:
        row.update(prediction_row(answer))
    if len(row.get("mask") or ()) > 2 * MOST_RUNS:
        note(f"the mask has {len(row['mask']) // 2} runs and was left out")
        del row["mask"]
    if isinstance(answer, Classification):
        row["prediction"] = answer.label  # however doubtful its confidence
    name = given.get("name")
    if name is None and isinstance(call.image, str):
        name = call.image
    row["id"] = (None if name is None else text(name, "the name", note, _LONGEST_ID)) or f"{writer}/{call.sequence}"
    _texts(row, given, note)
    if tags := given.get("tags"):
        _tags(row, tags, columns, note)
    if problems:
        row["problems"] = problems
    row["flagged"] = bool(given.get("flagged")) or bool(problems)
    return row, answer


def _texts(row: Row, given: Mapping[str, Any], note: Note) -> None:
    if given.get("label") is not None:
        row["label"] = text(given["label"], "the label", note)
    if given.get("model_version") is not None:
        row["model_version"] = text(given["model_version"], "the version", note)
    if (vector := floats(given.get("embedding"), "the embedding", note)) is not None:
        row["embedding"] = prediction_row(Embedding(vector))["embedding"]


def _tags(row: Row, tags: Any, columns: set[str], note: Note) -> None:
    if not isinstance(tags, Mapping):
        note(f"tags are no mapping: {type(tags).__name__}")
        return
    if len(tags) > _MOST_TAGS:
        note(f"there are {len(tags)} tags; {_MOST_TAGS} are kept")
    pairs = [
        (text(k, "a tag", note), text(v, "a tag", note, _LONGEST_VALUE)) for k, v in list(tags.items())[:_MOST_TAGS]
    ]
    own, others = tag_columns({k: v for k, v in pairs if k is not None and v is not None})
    for column, value in own.items():
        if column not in columns and len(columns) < MOST_TAG_COLUMNS:
            columns.add(column)
        if column in columns:
            row[column] = value
        else:
            others[column.removeprefix(TAG)] = value
    if others:
        row["tags"] = list(others.items())


def _time(given: Any, clock_us: int, note: Note) -> int:
    """Microseconds since 1970."""
    if given is None:
        return clock_us
    try:
        found = _microseconds(given, note)
    except (TypeError, ValueError, OverflowError):
        note(f"the time cannot be read: {str(given)[:40]}")
        return clock_us
    if not _EARLIEST_US <= found < _LATEST_US:
        note(f"the time is outside the years 1970 to 2261: {str(given)[:40]}")
        return clock_us
    return found


def _microseconds(given: Any, note: Note) -> int:
    if isinstance(given, str):
        given = datetime.fromisoformat(given)
    if isinstance(given, datetime):
        if given.tzinfo is None:
            note("the time has no zone and was taken for UTC")
            given = given.replace(tzinfo=UTC)
        return int((given - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1))
    if math.isnan(float(given)):
        raise ValueError("NaN")
    return int(float(given) * 1e6)


class Measuring(Protocol):
    """What is measured on an image, and how large it may be."""

    @property
    def metrics(self) -> tuple[Metric, ...]: ...
    @property
    def measurers(self) -> tuple[Measurer, ...]: ...
    @property
    def limits(self) -> Limits: ...


def measure_image(row: Row, call: Call, answer: Prediction | None, measuring: Measuring) -> Image | None:
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
                row.update(measurer(view, answer))
            except MetricFailed as error:
                problems.append(error.problem[:200])
        if isinstance(answer, Detections) and objects_outside(answer, image.width, image.height):
            problems.append("a box reaches beyond the image")
    if problems:
        row["problems"], row["flagged"] = problems, True
    return image


def _read(call: Call, limits: Limits) -> Image:
    source = call.image
    if isinstance(source, str) and is_url(source):
        raise LookoutError("it is a URL; the log fetches nothing")
    return read(source, limits=limits, bgr=call.bgr)


class _Unseen:
    """An answer whose image is not at hand: what needs its pixels fails, and is missing."""

    def __init__(self, answer: Prediction) -> None:
        self.prediction = answer


def measure_prediction(
    row: Row, answer: Prediction | None, metrics: tuple[OutputMetric, ...], image: Image | None
) -> None:
    """Add the metrics of an answer to its row: those that need the image only where there is one."""
    if answer is None:
        return
    view: Any = _Unseen(answer) if image is None else OutputView(answer, image.pixels)
    for metric in metrics:
        try:
            row[metric.name] = metric(view)
        except MetricFailed:
            continue  # a box of NaN has no area: the column is missing
