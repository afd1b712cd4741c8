"""Rows of the prediction log for people and for programs."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from lookoutcv.cli.printing.tables import plain, print_table
from lookoutcv.csv_cells import harmless, harmless_json
from lookoutcv.log.table.schema import HASHES
from lookoutcv.records.text import hash_text

_LONGEST_CELL = 40
_MOST_NUMBERS = 8


def versions_in_words(versions: Mapping[str, int]) -> str:
    """The latest three versions.

    Example:
        >>> versions_in_words({"1.2": 1000, "": 5})
        '1.2 (1,000), none (5)'
    """
    words = [f"{plain(one) or 'none'} ({rows:,})" for one, rows in list(versions.items())[:3]]
    return ", ".join(words) + (" ..." if len(versions) > 3 else "")


def prediction_in_words(row: Mapping[str, Any]) -> str:
    """What the model said, in a few words.

    Example:
        >>> prediction_in_words({"objects": [{"label": "car"}, {"label": "car"}, {"label": "bus"}]})
        '2 car, 1 bus'
    """
    if row.get("prediction") is not None:
        return plain(str(row["prediction"]))
    if row.get("objects") is not None:
        counts = Counter(str(one["label"]) for one in row["objects"])
        return plain(", ".join(f"{count} {label}" for label, count in counts.most_common(4))) or "nothing found"
    return "a mask" if row.get("mask") else "no answer"


def line(row: Mapping[str, Any]) -> str:
    """A row as one line."""
    confidence = row.get("confidence")
    parts = [
        f"{row['time']:%Y-%m-%d %H:%M:%S}",
        plain(str(row["model"])) + (f" {plain(row['model_version'])}" if row.get("model_version") else ""),
        plain(str(row["id"])),
        prediction_in_words(row),
        "" if confidence is None or math.isnan(confidence) else f"{confidence:.3f}",
        "" if row.get("image_state") in ("measured", "none") else str(row.get("image_state") or ""),
        "; ".join(map(plain, row.get("problems") or ())),
    ]
    return "  ".join(part for part in parts if part)


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one JSON object, without what it lacks."""
    values = {name: value for name, value in row.items() if value is not None}
    return json.dumps(plain_values(values), ensure_ascii=False, allow_nan=False)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table as values that JSON has; see `plain_values`."""
    columns = [_python_knows(column) for column in table.columns]
    named = pa.Table.from_arrays(columns, names=table.column_names)
    types = dict(zip(table.column_names, (column.type for column in columns), strict=True))
    return [plain_values(row, types) for row in named.to_pylist()]


def _python_knows(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times with nanoseconds as text: Python's have no room for them."""
    kind = column.type
    if kinds.is_time64(kind) or (kinds.is_timestamp(kind) and kind.unit == "ns"):
        return pc.replace_substring(column.cast(pa.string()), " ", "T")
    if kinds.is_duration(kind) and kind.unit == "ns":
        return column.cast(pa.duration("us"), safe=False)
    return column


def plain_values(row: Mapping[str, Any], types: Mapping[str, pa.DataType] | None = None) -> dict[str, Any]:
    """A row of values that JSON has: times ISO 8601, hashes as 16 hexadecimal digits, NaN as null.

    Integers keep all their digits. Those of a float are as many as tell it from its neighbours.

    Args:
        row: A value for each column.
        types: Of the columns, where they are known: a float that is none of 64 bits is taken for one of 32.
    Example:
        >>> plain_values({"n": 2**63 - 1, "seconds": 1764451234.125}, {"seconds": pa.float64()})
        {'n': 9223372036854775807, 'seconds': 1764451234.125}
    """
    return {name: _plain_value(name, value, (types or {}).get(name)) for name, value in row.items()}


def _plain_value(name: str, value: Any, kind: pa.DataType | None) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if name in HASHES and isinstance(value, int):
        return hash_text(value)
    if isinstance(value, float):
        return _shortest(value, kind)
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {key: _plain_value("", one, _of_field(kind, key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        pairs = bool(value) and all(isinstance(one, tuple) and len(one) == 2 for one in value)
        of_item = kind.value_type if kind is not None and hasattr(kind, "value_type") else None
        return dict(value) if pairs else [_plain_value("", one, of_item) for one in value]
    return value if isinstance(value, int) else str(value)


def _of_field(kind: pa.DataType | None, key: str) -> pa.DataType | None:
    place = kind.get_field_index(key) if kind is not None and kinds.is_struct(kind) else -1
    return kind.field(place).type if kind is not None and place >= 0 else None


def _shortest(value: float, kind: pa.DataType | None) -> float | None:
    if not math.isfinite(value):
        return None
    # By the type, not by the value: 123456.0625 has 32 bits too, and would lose its end.
    if value.is_integer() or (kind is not None and kinds.is_float64(kind)):
        return value
    short = np.float32(value)
    return float(str(short)) if float(short) == value else value


def record_lines(row: Mapping[str, Any]) -> list[str]:
    """A row, a line a value; long lists are shortened."""
    first = {name: row[name] for name in ("id", "time", "model") if name in row}
    values = {name: value for name, value in plain_values({**first, **row}).items() if value is not None}
    width = max(map(len, values))
    return [f"{name.ljust(width)}  {_short(value)}" for name, value in values.items()]


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > _MOST_NUMBERS:
        shown = ", ".join(_short(one) for one in value[:_MOST_NUMBERS])
        return f"{shown} ... ({len(value):,} in all)"
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value) or "none"
    if isinstance(value, Mapping):
        return " ".join(f"{plain(str(key))}={_short(one)}" for key, one in value.items())
    return plain(f"{value:.6g}" if isinstance(value, float) else str(value))


def print_cells(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of plain values as a table."""
    cells = []
    for row in rows:
        texts = [_short(value) if value is not None else "-" for value in row.values()]
        cells.append([one if len(one) <= _LONGEST_CELL else one[: _LONGEST_CELL - 1] + "…" for one in texts])
    print_table([plain(name) for name in names], cells)


def print_csv(names: Sequence[str], rows: Sequence[Mapping[str, Any]], *, raw: bool) -> None:
    """Rows as CSV; cells with several values are JSON.

    Args:
        names: Of the columns.
        rows: By them, of plain values.
        raw: Texts as they are, whatever a spreadsheet makes of them.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_cell(name, raw) for name in names])
    for row in rows:
        writer.writerow([_cell(value, raw) for value in row.values()])


def _cell(value: Any, raw: bool) -> Any:
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
        return text if raw else harmless_json(text)
    if isinstance(value, str):
        return value if raw else harmless(value)
    return "" if value is None else value
