"""Records as CSV and JSON, for spreadsheets, data frames and other programs. Parquet is the form we read back.

Both forms hold the columns of the records. A missing value (null, NaN) is an empty cell or `null`; a time is ISO 8601
in UTC; a hash is 16 hexadecimal digits, because most readers of CSV and JSON round numbers beyond 2**53; numbers have
the fewest digits that give the same float32 again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds
from pyarrow import csv

from lookoutcv.csv_cells import SUSPECT, harmless, harmless_json


class CsvWriter:
    """Writes records as CSV (RFC 4180, UTF-8): a header, then a line for each row.

    Text is quoted; what a spreadsheet would run is marked as text (see `csv_cells`). `tags` and predictions are JSON.

    Args:
        sink: Open for writing; left open.
        schema: As `schema_for` gives it.
        raw: Write texts as they are.
    """

    def __init__(self, sink: IO[bytes], schema: pa.Schema, *, raw: bool = False) -> None:
        self._raw = raw
        self._schema = pa.schema([(field.name, _text_type(field.type)) for field in schema])
        self._writer = csv.CSVWriter(pa.PythonFile(sink, mode="w"), self._schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch."""
        columns = [_cells(batch.column(name), raw=self._raw) for name in self._schema.names]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self, metadata: Mapping[str, Any] | None = None) -> None:
        """Finish. CSV has no place for metadata."""
        self._writer.close()


class JsonWriter:
    """Writes records as one JSON document: an array with one object a line, so that line tools can read it too.

    Args:
        sink: Open for writing; left open.
        schema: As `schema_for` gives it.
    Example:
        >>> import io
        >>> sink, schema = io.BytesIO(), pa.schema([("id", pa.string()), ("noise", pa.float32())])
        >>> writer = JsonWriter(sink, schema)
        >>> writer.write(pa.RecordBatch.from_pydict({"id": ["a.jpg"], "noise": [0.1]}, schema=schema))
        >>> writer.close()
        >>> json.loads(sink.getvalue())
        [{'id': 'a.jpg', 'noise': 0.1}]
    """

    _first, _between = b"[\n", b",\n"

    def __init__(self, sink: IO[bytes], schema: pa.Schema) -> None:
        self._sink = sink
        self._names = schema.names
        self._before = self._first

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch."""
        columns = [_values(batch.column(name)) for name in self._names]
        for row in zip(*columns, strict=True):
            text = json.dumps(dict(zip(self._names, row, strict=True)), ensure_ascii=False, allow_nan=False)
            self._sink.write(self._before + text.encode())
            self._before = self._between

    def close(self, metadata: Mapping[str, Any] | None = None) -> None:
        """Finish the array. An array has no place for metadata."""
        self._sink.write(b"[]\n" if self._before == self._first else b"\n]\n")


class JsonLinesWriter(JsonWriter):
    """Writes records as JSON lines: one object a line, and nothing around them."""

    _first, _between = b"", b"\n"

    def close(self, metadata: Mapping[str, Any] | None = None) -> None:
        """End the last line. Lines have no place for metadata."""
        if self._before != self._first:
            self._sink.write(b"\n")


def hash_text(number: int) -> str:
    """A hash in 16 hexadecimal digits, as CSV and JSON have it: most readers round numbers beyond 2^53.

    Args:
        number: Of 64 bits, with a sign as the log holds it or without.

    Example:
        >>> hash_text(-2), hash_text(2**64 - 2)
        ('fffffffffffffffe', 'fffffffffffffffe')
    """
    return f"{number % 2**64:016x}"


def _text_type(kind: pa.DataType) -> pa.DataType:
    plain = kinds.is_string(kind) or kinds.is_floating(kind) or (kinds.is_integer(kind) and not kinds.is_uint64(kind))
    return kind if plain else pa.string()


def _cells(column: pa.Array, *, raw: bool) -> pa.Array:
    if kinds.is_floating(column.type):
        return _finite(column)
    if kinds.is_string(column.type):
        return column if raw else _harmless_texts(column)
    if _text_type(column.type) == column.type:
        return column
    if kinds.is_map(column.type) or kinds.is_list(column.type):
        values = [None if one is None else json.dumps(one, ensure_ascii=False) for one in _values(column)]
        return pa.array([one if raw or one is None else harmless_json(one) for one in values], pa.string())
    if kinds.is_boolean(column.type):
        return pc.if_else(column, "true", "false")
    return pa.array(_values(column), pa.string())


def _harmless_texts(column: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring_regex(column, SUSPECT)).as_py():
        return column  # nearly always
    return pa.array([None if text is None else harmless(text) for text in column.to_pylist()], column.type)


def _values(column: pa.Array) -> list[Any]:
    if kinds.is_floating(column.type):
        # Through text: the shortest decimal of the float32, not the long one of the float64 that holds it.
        return [None if text is None else float(text) for text in _finite(column).cast(pa.string()).to_pylist()]
    if kinds.is_uint64(column.type):
        return [None if number is None else hash_text(number) for number in column.to_pylist()]
    if kinds.is_timestamp(column.type):
        return [None if time is None else time.isoformat().replace("+00:00", "Z") for time in column.to_pylist()]
    if kinds.is_map(column.type):
        return [None if tags is None else dict(tags) for tags in column.to_pylist()]
    if kinds.is_list(column.type):
        return [None if numbers is None else [_plain(one) for one in numbers] for numbers in column.to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def _plain(value: Any) -> Any:
    """A number of a prediction with the digits that a float32 has; of an object, all of them."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    return value


def _finite(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_finite(column), column, None)
