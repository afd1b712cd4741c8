"""Parquet bytes, opened without trusting them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from lookoutcv.errors import CorruptFile, NotOurFile, WrongKind
from lookoutcv.records.stamp import json_kind

_MAGIC = b"PAR1"
# Magic at both ends, and the length of the footer.
_FEWEST_BYTES = 12
_AGAIN = "Make it again; the file has been cut off or changed."

Data: TypeAlias = bytes | bytearray | memoryview | pa.Buffer


def open_parquet(data: Data) -> pq.ParquetFile:
    """Open Parquet bytes; nothing but the footer is read.

    Raises:
        WrongKind: They are a report's.
        NotOurFile: They do not begin as a Parquet file does.
        CorruptFile: They begin so, but cannot be read.
    """
    buffer = pa.py_buffer(data)
    view = memoryview(buffer)
    if kind := json_kind(view):
        raise _in_json(kind)
    if view[:4] != _MAGIC:
        raise NotOurFile(
            "this is not a file that LookOutCV wrote",
            "Give a file that `lookout baseline` or `lookout measure` wrote.",
        )
    if len(view) < _FEWEST_BYTES or view[-4:] != _MAGIC:
        raise CorruptFile("the file has been cut off", "Copy or make it again.")
    with reading():
        return pq.ParquetFile(pa.BufferReader(buffer), page_checksum_verification=True)


def _in_json(kind: str) -> WrongKind:
    if kind == "baseline":
        return WrongKind(
            "this is a baseline, where records or images are needed",
            "Give images, or a file that `lookout measure` wrote; `lookout compare` takes baselines on either side.",
            found=kind,
            wanted="records",
        )
    return WrongKind(
        "this is a report, where a baseline or records are needed",
        "Give a file that `lookout baseline` or `lookout measure` wrote; `lookout show` shows reports.",
        found=kind,
        wanted="baseline",
    )


def read_checked(file: pq.ParquetFile) -> pa.Table:
    """All rows, with every value checked.

    Raises:
        CorruptFile: A page or a value is damaged.
    """
    with reading():
        table: pa.Table = file.read(use_threads=False)
        table.validate(full=True)
    return table


@contextmanager
def reading() -> Iterator[None]:
    """Turn whatever damaged bytes make pyarrow raise into one error.

    Raises:
        CorruptFile: In the place of what was raised.
    """
    try:
        yield
    # pyarrow reports damage through nearly every built-in class: ValueError, OSError, MemoryError, KeyError, TypeError.
    except (pa.ArrowException, OSError, MemoryError, ArithmeticError, LookupError, TypeError, ValueError) as reason:
        why = str(reason).partition("\n")[0].rstrip(".")
        raise CorruptFile(f"the file is damaged ({why})", _AGAIN) from reason


def writer_options(schema: pa.Schema) -> dict[str, Any]:
    """How our Parquet files are written: the keyword arguments of `pyarrow.parquet.ParquetWriter`.

    zstd; checksums, so that damage is noticed; metric values split by byte, which compresses numbers of like size; and
    without a second copy of the schema and its metadata.
    """
    numbers = [field.name for field in schema if pa.types.is_floating(field.type)]
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    return {
        "compression": "zstd",
        "store_schema": False,
        "write_page_checksum": True,
        "use_dictionary": [name for name in texts if name != "id"],
        "use_byte_stream_split": numbers,
    }
