"""Which files are Parquet, whatever they are called, and what Hugging Face writes into them: pictures, class names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lookoutcv.byte_sizes import byte_size
from lookoutcv.errors import FileFormatError

_PARQUET_MAGIC = b"PAR1"
_HUGGING_FACE = b"huggingface"
_ROWS_AT_ONCE = 1024
# What rows that are read at once may take as Arrow holds them, and one row: two million numbers, a thousand pages.
_MOST_BYTES_AT_ONCE = 256 * 2**20
_MOST_ROW_BYTES = 16 * 2**20
_NUMBER_BYTES = 8
# A name that differs from the one before takes a third of a byte at least; what takes a twentieth repeats the others.
_MANY_ROWS, _MOST_ROWS_A_BYTE = 1_000_000, 20


def is_parquet(target: Any) -> bool:
    """Whether the target is a Parquet file, by its first bytes."""
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(target):
        return False
    try:
        with open(target, "rb") as file:
            return file.read(4) == _PARQUET_MAGIC
    except OSError:
        return False


def record_file_kind(path: str | os.PathLike[str]) -> str:
    """What one of our Parquet files holds: "records" or "baseline".

    Raises:
        FileFormatError: It is not ours, or it is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415 - a worker that unpickles references needs none of it

    from lookoutcv.records.parquet import open_parquet  # noqa: PLC0415 - as above
    from lookoutcv.records.stamp import file_kind  # noqa: PLC0415 - as above

    try:
        with pa.memory_map(os.fspath(path)) as data:
            return file_kind(open_parquet(data.read_buffer()).metadata.metadata)
    except FileFormatError as error:
        raise error.about(os.fspath(path)) from None


def bounded_batches(
    file: Any, refuse: Callable[[int, str], Exception], columns: Sequence[str] | None = None
) -> Iterator[Any]:
    """Rows of a Parquet file, so few at once that memory stays bounded: a kilobyte of it may unpack to gigabytes.

    What one value of a dictionary takes is not stated, at most what the whole dictionary does.

    Args:
        file: A `pyarrow.parquet.ParquetFile`.
        refuse: Makes the error for a row that is too large, of its number from 1 on and the reason.
        columns: Those to read; all unless given.
    Returns:
        `pyarrow.RecordBatch`, of 1,024 rows at most.
    Raises:
        What `refuse` makes: a row takes more than 16 MiB, or a million and more are there for next to no bytes.
    """
    packed = _packed_bytes(file.metadata)
    if file.metadata.num_rows > max(_MANY_ROWS, _MOST_ROWS_A_BYTE * packed):
        size = byte_size(packed)
        raise refuse(1, f"it is one of {file.metadata.num_rows:,} rows in {size}, which say the same again and again")
    number = 0
    for group in range(file.num_row_groups):
        stated = file.metadata.row_group(group)
        if not stated.num_rows:
            continue
        numbers, texts = _row_bytes(stated, columns)
        if numbers > _MOST_ROW_BYTES:
            raise refuse(number + 1, _too_large(numbers))
        at_once = max(1, min(_ROWS_AT_ONCE, int(_MOST_BYTES_AT_ONCE / max(1.0, numbers + texts))))
        for batch in file.iter_batches(at_once, row_groups=[group], columns=columns, use_threads=False):
            if batch.nbytes <= _MOST_ROW_BYTES:
                yield batch
                number += batch.num_rows
                continue
            for place in range(batch.num_rows):
                row = batch.slice(place, 1)
                number += 1
                if row.nbytes > _MOST_ROW_BYTES:
                    raise refuse(number, _too_large(row.nbytes))
                yield row


def _packed_bytes(metadata: Any) -> int:
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    return sum(group.column(place).total_compressed_size for group in groups for place in range(group.num_columns))


def _row_bytes(group: Any, columns: Sequence[str] | None) -> tuple[float, float]:
    """What the numbers of a row take in the mean, and its texts at most or in the mean, by what the file states."""
    numbers = texts = 0.0
    for place in range(group.num_columns):
        column = group.column(place)
        if columns is not None and column.path_in_schema.partition(".")[0] not in columns:
            continue
        if column.physical_type != "BYTE_ARRAY":
            numbers += _NUMBER_BYTES * column.num_values / group.num_rows
        elif any("DICTIONARY" in encoding for encoding in column.encodings):
            texts += column.total_uncompressed_size
        else:
            texts += column.total_uncompressed_size / group.num_rows
    return numbers, texts


def _too_large(taken: float) -> str:
    return f"the row takes {taken / 2**20:,.0f} MiB, and {_MOST_ROW_BYTES // 2**20} are read"


def binary_columns(schema: Any) -> list[str]:
    """The columns that hold files: bytes, or `bytes` with a `path` as Hugging Face has pictures.

    Args:
        schema: Of Arrow.
    """
    return [str(field.name) for field in schema if _is_binary(field.type)]


def _is_binary(kind: Any) -> bool:
    import pyarrow.types as kinds  # noqa: PLC0415 - a worker that unpickles references needs none of it

    if kinds.is_struct(kind):
        return any(field.name == "bytes" and _is_binary(field.type) for field in kind)
    return bool(kinds.is_binary(kind) or kinds.is_large_binary(kind))


def class_names(schema: Any) -> Mapping[str, tuple[str, ...]]:
    """The names that stand for the numbers in columns, where Hugging Face wrote them (`ClassLabel`).

    Args:
        schema: Of Arrow.
    """
    try:
        features = json.loads((schema.metadata or {}).get(_HUGGING_FACE, b"{}"))["info"]["features"]
        return {
            str(column): tuple(map(str, feature["names"]))
            for column, feature in features.items()
            if isinstance(feature, dict) and isinstance(feature.get("names"), list)
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
