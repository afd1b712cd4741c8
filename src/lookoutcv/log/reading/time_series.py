"""A log boiled down to points over time: medians and ends of columns, shares of classes, numbers of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import pyarrow.types as kinds

from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.log.reading.lazy_frame import lazy_frame
from lookoutcv.log.reading.read import known_columns
from lookoutcv.log.table.damaged_rows import collected
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.log.table.schema import TAG

Step = Literal["hour", "day"]
ROWS, CLASSES, CONFIDENCE = "rows", "classes", "confidence"
# What else a line can be drawn for each value of, beside tags.
_COLUMNS = {"version": "model_version", "class": "prediction", "label": "label", "model": "model", "camera": "camera"}
MOST_LINES = 6
# Points on a chart of 270 pixels.
MOST_POINTS = 500
_HOURS_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Point:
    """A stretch of time.

    Args:
        start: Its first moment, UTC.
        rows: Of which the value is.
        value: A median, a share or a number of rows; None where no row has one.
        low, high: The 10% and the 90% quantile; None for a share or a number.
    """

    start: datetime
    rows: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """One value over time.

    Args:
        column: Of the log, or "rows", or "classes".
        of: The class, or the value of the tag, that it is of; empty for all rows.
        points: In the order of time.
    """

    column: str
    of: str
    points: tuple[Point, ...]


def time_series(table: LogTable, which: LogFilter, columns: Sequence[str], by: str) -> tuple[list[Line], Step]:
    """Points over time.

    Args:
        table: The log.
        which: Which rows.
        columns: Numeric columns, "rows", "classes".
        by: "hour" or "day"; or "version", "class", "label", "camera", a tag: a line for each of its six most frequent
            values.
    Returns:
        The lines, and how long the stretch of a point is.
    Raises:
        ConfigError: There is no such column, or it is no number.
    """
    for column in columns:
        _check(table, column)
    polars = need("polars", "log")
    col = polars.col
    frame = lazy_frame(table, which)
    group = None if by in ("hour", "day") else _group(table, by)
    step: Step = _fitting(polars, frame, table.directory) if group is not None else "hour" if by == "hour" else "day"
    keys = [col("time").dt.truncate("1h" if step == "hour" else "1d").alias("start")]
    if group is not None:
        keys.append(col(group).fill_null("").alias("of"))
    numbers = [column for column in columns if column not in (ROWS, CLASSES)]
    groups = frame.group_by(keys).agg(polars.len().alias("rows"), *_aggregates(polars, numbers))
    rows = collected(groups.sort("start"), table.directory).to_dicts()
    lines: list[Line] = []
    for column in columns:
        if column == CLASSES:
            lines += _classes(polars, frame, keys[0], table.directory)
        else:
            lines += [_line(rows, column, of) for of in _most_frequent(rows)]
    return lines, step


def _check(table: LogTable, name: str) -> None:
    if name in (ROWS, CLASSES):
        return
    known_columns(table, [name])
    kind = table.schema.field(name).type
    if not kinds.is_floating(kind) and name not in ("width_px", "height_px", "stored_bytes"):
        raise ConfigError(
            f"the column {name} holds no measured numbers", "Give metrics, confidence, classes or rows.", key="what"
        )


def _group(table: LogTable, by: str) -> str:
    names = table.schema.names
    column = TAG + by.lower()
    column = column if column in names else _COLUMNS.get(by, "")
    if column not in names:
        tags = [name.removeprefix(TAG) for name in names if name.startswith(TAG)]
        known = ", ".join(dict.fromkeys(["hour", "day", *_COLUMNS, *tags]))
        raise ConfigError(f"by is {by!r}, and there is no such tag", f"There are: {known}.", key="by")
    return column


def _fitting(polars: Any, frame: Any, directory: str) -> Step:
    time = polars.col("time")
    ends = collected(frame.select(time.min().alias("a"), time.max().alias("b")), directory).row(0)
    return "hour" if ends[0] is not None and ends[1] - ends[0] <= _HOURS_FOR else "day"


def _aggregates(polars: Any, names: Sequence[str]) -> list[Any]:
    made = []
    for name in names:
        value = polars.col(name).cast(polars.Float64)
        value = value.filter(value.is_finite() & (value.is_between(0, 1) if name == CONFIDENCE else True))
        made += [value.median().alias(f"{name}|0.5"), value.quantile(0.1).alias(f"{name}|0.1")]
        made.append(value.quantile(0.9).alias(f"{name}|0.9"))
    return made


def _most_frequent(rows: Sequence[dict[str, Any]]) -> list[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.get("of", "")] += row["rows"]
    return [of for of, _ in counts.most_common(MOST_LINES)]


def _line(rows: Sequence[dict[str, Any]], column: str, of: str) -> Line:
    own = [row for row in rows if row.get("of", "") == of][-MOST_POINTS:]
    if column == ROWS:
        return Line(column, of, tuple(Point(row["start"], row["rows"], row["rows"]) for row in own))
    values = [(row, *(row[f"{column}|{q}"] for q in ("0.5", "0.1", "0.9"))) for row in own]
    return Line(column, of, tuple(Point(row["start"], row["rows"], *three) for row, *three in values))


def _classes(polars: Any, frame: Any, key: Any, directory: str) -> list[Line]:
    """The share of each of the most frequent classes among predictions, or among the objects of a detector."""
    col = polars.col
    named = frame.select(key, polars.concat_list("prediction").list.drop_nulls().alias("p"), col("objects"))
    labels = col("objects").list.eval(polars.element().struct.field("label"))
    each = named.select("start", polars.when(col("objects").is_null()).then(col("p")).otherwise(labels).alias("of"))
    counted = each.explode("of").filter(col("of").is_not_null()).group_by("start", "of").len("rows")
    rows = collected(counted.sort("start"), directory).to_dicts()
    whole: Counter[datetime] = Counter()
    for row in rows:
        whole[row["start"]] += row["rows"]
    cells = {(row["start"], row["of"]): row["rows"] for row in rows}
    starts = sorted(whole)[-MOST_POINTS:]
    return [
        Line(CLASSES, of, tuple(Point(at, cells.get((at, of), 0), cells.get((at, of), 0) / whole[at]) for at in starts))
        for of in _most_frequent(rows)
    ]
