"""Which files are Parquet, whatever they are called, and what Hugging Face writes into them: pictures, class names."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from lookoutcv.errors import FileFormatError

_PARQUET_MAGIC = b"PAR1"
_HUGGING_FACE = b"huggingface"


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
