"""What a later room measures on an image, handed to whoever measures or logs: named columns, and the function for them.

A gate's verdict, or where a heatmap lies: `measuring` and `log` take a `Measurer` and write its columns beside the
metrics; they never import the room that made it. A metric is one number with a grid, and a plugin; a measurer is a part
of a program, and may read the prediction and give text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError, CorruptFile, MetricFailed
from lookoutcv.pixels.view import ImageView
from lookoutcv.predictions import Prediction

ColumnType = Literal["number", "flag", "category"]
Value: TypeAlias = float | bool | str | None
Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

# In the metadata of a field of a schema: whose column it is, and its unit. By these a reader knows a column that is no
# metric, and keeps it. In a record file they are an entry of its metadata (`describe_measured`).
MEASURER, UNIT = b"lookoutcv.measurer", b"lookoutcv.unit"

_ARROW: dict[ColumnType, pa.DataType] = {"number": pa.float32(), "flag": pa.bool_(), "category": pa.string()}
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_MOST_LETTERS = 1024
_LARGEST = 3.4028234663852886e38  # of float32


@only_known_keywords()
@dataclass(frozen=True)
class MeasuredColumn:
    """One column that a measurer fills.

    Args:
        name: `family.name`, lower case, as a metric's: "gate.distance".
        type: "number" (float32; compared for drift as a metric without a grid is), "flag" (true or false), or
            "category" (text with few values).
        unit: Of a number: "1" for a ratio, "px" ...; "" of the others.
    Raises:
        ConfigError: The name or the type is none.
    """

    name: str
    type: ColumnType = "number"
    unit: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"{self.name!r} is no name for a measured column",
                "Name it `family.name`, in lower-case letters, digits and underscores.",
                key=self.name,
            )
        if self.type not in _ARROW:
            raise ConfigError(
                f"the column {self.name!r} has the type {self.type!r}", f"Take one of {', '.join(_ARROW)}."
            )


@only_known_keywords()
@dataclass(frozen=True, eq=False)
class MeasuredPicture:
    """A picture of what was measured on one image.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        caption: A few words under it: "dress, score 0.93"; "" for none.
    """

    pixels: Pixels
    caption: str = ""


@only_known_keywords()
@dataclass(frozen=True)
class PictureMaker:
    """How a measurer shows what it measured: reports have such pictures where its columns moved.

    Args:
        title: What the pictures show, as a heading: "Where the model looks".
        legend: How they are read, in sentences.
        draw: From an image, and the pixels of the same image as they may be shown ((H, W, 3) uint8 RGB of the same
            size, covered where that was asked for), to a picture; None where there is nothing to show.
    """

    title: str
    legend: str
    draw: Callable[[ImageView, Pixels], MeasuredPicture | None]


@only_known_keywords()
@dataclass(frozen=True)
class Measurer:
    """Columns, and the function that fills them.

    Args:
        name: What messages call it, and what the columns are marked with: "gate".
        columns: What it gives, in order.
        measure: From an image and the model's prediction for it (None without one) to a value a column. A column that
            it leaves out is null. It leaves the pixels alone, and is picklable where several processes measure.
        pictures: How what it measured is shown; None where it cannot be.
    Raises:
        ConfigError: It has no column, or one twice.
    Example:
        >>> import numpy as np
        >>> def judge(view, prediction):
        ...     return {"gate.brightness": float(view.pixels.mean()), "gate.open": bool(view.pixels.mean() > 50)}
        >>> gate = Measurer("gate", (MeasuredColumn("gate.brightness"), MeasuredColumn("gate.open", "flag")), judge)
        >>> gate(ImageView(np.full((4, 4, 3), 60, np.uint8)))
        {'gate.brightness': 60.0, 'gate.open': True}
    """

    name: str
    columns: tuple[MeasuredColumn, ...]
    measure: Callable[[ImageView, Prediction | None], Mapping[str, Any]]
    pictures: PictureMaker | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not names or len(set(names)) < len(names):
            raise ConfigError(
                f"the measurer {self.name!r} has no column, or one twice", "Name each column once.", key=self.name
            )

    def __call__(self, view: ImageView, prediction: Prediction | None = None) -> dict[str, Value]:
        """Measure one image.

        Args:
            view: The image.
            prediction: What the model said of it; None without a model, and where it said nothing.
        Returns:
            A value for each column, in their order; None where there is none.
        Raises:
            MetricFailed: The function raised, or gave what its columns cannot hold.
        """
        try:
            return self._held(self.measure(view, prediction))
        except Exception as reason:  # somebody's own function: anything may happen
            raise self._failure("failed", reason) from reason

    def given(self, values: Mapping[str, Any]) -> dict[str, Value]:
        """Of values that were measured elsewhere those of its columns, as these hold them; {} where there are none.

        Args:
            values: By names of columns; those of others are not looked at.
        Raises:
            MetricFailed: A column cannot hold its value.
        """
        try:
            own = {column.name: values[column.name] for column in self.columns if column.name in values}
            return self._held(own) if own else {}
        except Exception as reason:  # as above
            raise self._failure("was given what it cannot hold", reason) from reason

    def _held(self, values: Mapping[str, Any]) -> dict[str, Value]:
        unknown = sorted(set(values) - {column.name for column in self.columns})
        if unknown:
            raise ValueError(f"it has no column {unknown[0]!r}")
        return {column.name: _checked(column, values.get(column.name)) for column in self.columns}

    def picture(self, view: ImageView, shown: Pixels) -> MeasuredPicture | None:
        """What was measured on one image, to look at.

        Args:
            view: The image.
            shown: Its pixels as they may be shown, (H, W, 3) uint8 RGB.
        Returns:
            None where it has no pictures, or none of this image.
        Raises:
            MetricFailed: What draws raised, or gave no picture.
        """
        if self.pictures is None:
            return None
        try:
            drawn = self.pictures.draw(view, shown)
            if drawn is not None and (drawn.pixels.dtype != np.uint8 or drawn.pixels.shape[2:] != (3,)):
                raise ValueError(f"a picture of shape {drawn.pixels.shape} is not (H, W, 3) uint8")
        except Exception as reason:  # as above
            raise self._failure("gave no picture", reason) from reason
        return drawn

    def _failure(self, what: str, reason: Exception) -> MetricFailed:
        return MetricFailed(
            f"the measurer {self.name!r} {what} ({type(reason).__name__}: {reason})",
            "Correct it, or leave it out.",
            metric=self.name,
            reason=str(reason),
        )


def measurer_fields(measurers: Iterable[Measurer]) -> list[pa.Field]:
    """The columns of measurers in a schema.

    Example:
        >>> spot = Measurer("heatmap", (MeasuredColumn("heatmap.x", unit="px"),), lambda view, prediction: {})
        >>> measurer_fields([spot])[0].metadata
        {b'lookoutcv.measurer': b'heatmap', b'lookoutcv.unit': b'px'}
    """
    return [
        pa.field(
            column.name, _ARROW[column.type], metadata={MEASURER: measurer.name.encode(), UNIT: column.unit.encode()}
        )
        for measurer in measurers
        for column in measurer.columns
    ]


def is_measured(field: pa.Field) -> bool:
    """Whether a column of a schema is a measurer's, and holds what one may give."""
    return MEASURER in (field.metadata or {}) and field.type in _ARROW.values()


def describe_measured(schema: pa.Schema) -> dict[str, dict[str, str]]:
    """Measurer and unit of each column of a schema that a measurer fills, as JSON holds it."""
    return {
        field.name: {"measurer": field.metadata[MEASURER].decode(), "unit": field.metadata[UNIT].decode()}
        for field in schema
        if is_measured(field)
    }


def restore_measured(table: pa.Table, described: Mapping[str, Any]) -> pa.Table:
    """Rows read from a file, with their columns marked again as `describe_measured` said.

    Raises:
        CorruptFile: It said something else.
    """
    if not described:
        return table
    fields = list(table.schema)
    try:
        for place, field in enumerate(fields):
            if field.name in described:
                entry = described[field.name]
                marks = {MEASURER: entry["measurer"].encode(), UNIT: entry["unit"].encode()}
                fields[place] = field.with_metadata(marks)
    except (KeyError, TypeError, AttributeError) as reason:
        raise CorruptFile("what the records say of their measured columns is damaged", "Make them again.") from reason
    return table.cast(pa.schema(fields))


def measured_values(
    measurers: Iterable[Measurer], view: ImageView, prediction: Prediction | None = None
) -> dict[str, Value]:
    """What several measurers give for one image.

    Raises:
        MetricFailed: One of them failed.
    """
    values: dict[str, Value] = {}
    for measurer in measurers:
        values.update(measurer(view, prediction))
    return values


def check_measurers(measurers: Iterable[Measurer], taken: Iterable[str] = ()) -> tuple[Measurer, ...]:
    """The measurers, each of whose columns is its own.

    Args:
        measurers: As given.
        taken: Names of columns that others fill.
    Raises:
        ConfigError: A column comes twice, or one is no measurer.
    """
    if not isinstance(measurers, Iterable):
        raise ConfigError(f"measurers are {measurers!r}", "Give a list: [Measurer(...)].", key="measurers")
    checked, seen = tuple(measurers), set(taken)
    for measurer in checked:
        if not isinstance(measurer, Measurer):
            raise ConfigError(f"{measurer!r} is no Measurer", "Give Measurer(name, columns, ...).", key="measurers")
    for field in measurer_fields(checked):
        if field.name in seen:
            raise ConfigError(
                f"the column {field.name!r} is measured twice",
                "Give each measurer names of its own: `family.name`.",
                key="measurers",
            )
        seen.add(field.name)
    return checked


def _checked(column: MeasuredColumn, value: Any) -> Value:
    """A value as its column holds it.

    Raises:
        TypeError, ValueError: It cannot.
    """
    if value is None:
        return None
    if column.type == "number":
        number = float(value)
        if abs(number) > _LARGEST:  # NaN is not
            raise ValueError(f"{column.name} is {number}, which is no finite float32 number")
        return None if math.isnan(number) else number
    if column.type == "category":
        if not isinstance(value, str):
            raise TypeError(f"{column.name} is of type {type(value).__name__}, not text")
        return value[:_MOST_LETTERS]
    if value not in (True, False):
        raise ValueError(f"{column.name} is {value!r}, neither true nor false")
    return bool(value)
