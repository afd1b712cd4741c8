"""One call to a logger as a row of the table: checked, measured, and never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from lookoutcv.errors import LookoutError, MetricFailed
from lookoutcv.files import is_url
from lookoutcv.images import Image, Limits, read
from lookoutcv.log.one_call.call_queue import Call
from lookoutcv.log.one_call.call_values import LONGEST_WRITTEN, Labels, Note, text, truth, vector
from lookoutcv.log.one_call.parse_predictions import MOST_RUNS, ModelResult, Parsed, objects_outside, parse_result
from lookoutcv.log.table.schema import MOST_TAG_COLUMNS, TAG, tag_columns
from lookoutcv.metrics import Metric
from lookoutcv.outputs import OutputMetric
from lookoutcv.outputs.base import OutputView
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task
from lookoutcv.predictions.segmentation import run_count
from lookoutcv.records.measurer import Measurer
from lookoutcv.records.prediction_columns import MASK, OBJECTS, prediction_row
from lookoutcv.records.times import time_of

Row = dict[str, Any]

# Longer ids and values of tags are cut.
_LONGEST_ID = 1024
_LONGEST_VALUE = 1024
_MOST_TAGS = 200
# No program has so many measurers with so many columns.
_MOST_MEASURED = 1000
# A call with something wrong in each of a thousand boxes would say so a thousand times.
_MOST_PROBLEMS = 10
# What the dictionary of an object takes, with its five numbers.
_OBJECT_BYTES = 512
_EPOCH = datetime.fromtimestamp(0, UTC)


def make_row(
    call: Call,
    *,
    writer: str,
    labels: Labels,
    task: Task,
    parse: Callable[[Any, Labels, Note], Parsed],
    columns: set[str],
    tags: Mapping[str, str] | None = None,
    measurers: Sequence[Measurer] = (),
) -> tuple[Row, Prediction | None]:
    """The row of a call, all but what is measured on its image.

    Args:
        call: As it was made.
        writer: Whose.
        labels: Names that the model's scores count through.
        task: Of the logger.
        parse: Makes a prediction of `call.arguments`: a function of `parse_predictions`.
        columns: Tags that have a column; new ones are added.
        tags: Of the row, where the call does not say otherwise.
        measurers: Whose columns the call may fill.
    Returns:
        The columns that have a value, and the prediction.
    """
    problems: list[str] = []

    def note(problem: str) -> None:
        # Reasons can hold anything: they are other people's texts.
        problem = problem if problem.isascii() else problem.encode("utf-8", "replace").decode("utf-8")
        if len(problems) < _MOST_PROBLEMS and problem not in problems:
            problems.append(problem)

    for problem in call.problems:
        note(problem)
    details = call.details
    row: Row = {"sequence": call.sequence, "time": _time(details.get("time"), call.clock_ns // 1000, note)}

    def parsed() -> Parsed:
        if isinstance(call.arguments, ModelResult):
            return parse_result(call.arguments, task, labels, note)
        return parse(call.arguments, labels, note)

    prediction = _predicted(row, parsed, note)
    name = details.get("name")
    if name is None and isinstance(call.image, str):
        name = call.image
    row["id"] = (None if name is None else text(name, "the name", note, _LONGEST_ID)) or f"{writer}/{call.sequence}"
    _texts(row, details, note)
    if details.get("tags") is not None or tags:
        _tags(row, details.get("tags"), tags or {}, columns, note)
    if details.get("measured") is not None:
        _measured(row, details["measured"], measurers, note)
    row["flagged"] = truth(details.get("flagged"), "flagged", note) or bool(problems)
    if problems:
        row["problems"] = problems
    return row, prediction


def held_bytes(row: Row, prediction: Prediction | None) -> int:
    """What a row and its prediction hold beside some texts and numbers.

    A mask that is given as a polygon is small, and as a class map as large as its image.
    """
    arrays = sum(getattr(row.get(name), "nbytes", 0) for name in ("scores", "regions", MASK, "embedding"))
    plane = prediction.classes.nbytes if isinstance(prediction, Segmentation) else 0
    return arrays + plane + _OBJECT_BYTES * len(row.get(OBJECTS) or ())


def unread_row(call: Call, writer: str, reason: BaseException) -> Row:
    """The row of a call that can be read in no way: that it was made, when, and what stood in the way."""
    problem = f"the call cannot be read: {type(reason).__name__}"
    return {
        "sequence": call.sequence,
        "time": call.clock_ns // 1000,
        "id": f"{writer}/{call.sequence}",
        "problems": [problem],
        "flagged": True,
    }


def _predicted(row: Row, parsed: Callable[[], Parsed], note: Note) -> Prediction | None:
    """The prediction, with its columns added to the row."""
    try:
        prediction, row["confidence"] = parsed()
        if prediction is not None:
            row.update(prediction_row(prediction, MOST_RUNS))
    except Exception as reason:  # what a caller's own class raises
        note(f"the prediction cannot be read: {type(reason).__name__}")
        return None
    if isinstance(prediction, Segmentation) and MASK not in row:
        note(f"the mask has {run_count(prediction.classes)} runs and was left out")
    if isinstance(prediction, Classification):
        row["prediction"] = prediction.label  # however doubtful its confidence
    return prediction


def _texts(row: Row, details: Mapping[str, Any], note: Note) -> None:
    if details.get("label") is not None:
        row["label"] = text(details["label"], "the label", note)
    if details.get("model_version") is not None:
        row["model_version"] = text(details["model_version"], "the version", note)
    if (embedding := vector(details.get("embedding"), "the embedding", note)) is not None:
        row["embedding"] = prediction_row(Embedding(embedding))["embedding"]


def _tags(row: Row, tags: Any, loggers: Mapping[str, str], columns: set[str], note: Note) -> None:
    """Tags of the call over those of the logger."""
    own, others = tag_columns({**loggers, **dict(_texts_of_tags(tags, note))})
    for column, content in own.items():
        if column not in columns and len(columns) < MOST_TAG_COLUMNS:
            columns.add(column)
        if column in columns:
            row[column] = content
        else:
            others[column.removeprefix(TAG)] = content
    if others:
        row["tags"] = list(others.items())


def _measured(row: Row, given: Any, measurers: Sequence[Measurer], note: Note) -> None:
    """What the call measured itself, in the columns of measurers."""
    try:
        if not isinstance(given, Mapping):
            note(f"measured is no mapping: {type(given).__name__}")
            return
        values = dict(islice(given.items(), _MOST_MEASURED))
    except Exception as reason:  # what a caller's own mapping raises
        note(f"measured cannot be read: {type(reason).__name__}")
        return
    for measurer in measurers:
        try:
            row.update(measurer.given(values))
        except MetricFailed as error:
            note(error.problem[:200])
    known = {column.name for measurer in measurers for column in measurer.columns}
    for name in islice((name for name in values if name not in known), _MOST_PROBLEMS):
        said = text(name, "the name of a column", note, _LONGEST_VALUE)
        note(f"no measurer of the logger has a column {(said or '')[:100]!r}")


def _texts_of_tags(tags: Any, note: Note) -> Iterator[tuple[str, str]]:
    if tags is None:
        return
    try:
        if not isinstance(tags, Mapping):
            note(f"tags are no mapping: {type(tags).__name__}")
            return
        given = list(tags.items())
    except Exception as reason:  # what a caller's own mapping raises
        note(f"tags cannot be read: {type(reason).__name__}")
        return
    if len(given) > _MOST_TAGS:
        note(f"there are {len(given)} tags; {_MOST_TAGS} are kept")
    for key, value in given[:_MOST_TAGS]:
        name, content = text(key, "the name of a tag", note), text(value, "a tag", note, _LONGEST_VALUE)
        if name is not None and content is not None:
            yield name, content


def _time(value: Any, clock_us: int, note: Note) -> int:
    """Microseconds since 1970."""
    if value is None:
        return clock_us
    try:
        if isinstance(value, str | bytes | bytearray) and len(value) > LONGEST_WRITTEN:
            raise ValueError(f"it is {len(value)} characters long")
        time = time_of(value)
        if time is None:
            note(f"the time cannot be read: {str(value)[:40]}")
            return clock_us
        if _without_zone(value):
            note("the time has no zone and was taken for UTC")
    except (TypeError, ValueError) as reason:
        note(f"the time cannot be read: {reason}")
        return clock_us
    except Exception as reason:  # what a caller's own class raises
        note(f"the time cannot be read: {type(reason).__name__}")
        return clock_us
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
    except BaseException as error:  # a caller's own class posing as an array or a path
        problems.append(f"the image cannot be read: {type(error).__name__}")
    if image is None:
        row["image_state"] = "unreadable"
    else:
        row["image_state"] = "measured"
        facts = image.facts
        facts.pop("time")  # of the prediction, not of the photograph
        row.update(facts)
        view = ImageView(image.pixels, Facts(image.stored_bytes, image.exif_orientation))
        problems += _measure_view(row, view, prediction, measuring)
        if isinstance(prediction, Detections) and objects_outside(prediction, image.width, image.height):
            problems.append("a box reaches beyond the image")
    if problems:
        row["problems"], row["flagged"] = problems, True
    return image


def _measure_view(row: Row, view: ImageView, prediction: Prediction | None, measuring: Measuring) -> list[str]:
    """Add what is measured; what failed, in words."""
    problems = []
    for metric in measuring.metrics:
        try:
            row[metric.name] = metric(view)
        except MetricFailed as error:
            problems.append(error.problem[:200])
    for measurer in measuring.measurers:
        if measurer.columns[0].name in row:  # the call brought them
            continue
        try:
            row.update(measurer(view, prediction))
        except MetricFailed as error:
            problems.append(error.problem[:200])
    return problems


def _read(call: Call, limits: Limits) -> Image:
    source = call.image
    if isinstance(source, str) and is_url(source):
        raise LookoutError("it is a URL; the log fetches nothing")
    return read(source, limits=limits, bgr=bool(call.bgr))


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
