"""One way to write records in whatever form was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any, Literal, Protocol

import pyarrow as pa

from lookoutcv.records.codec import RecordWriter
from lookoutcv.records.text import CsvWriter, JsonLinesWriter, JsonWriter

Form = Literal["parquet", "csv", "json", "jsonl"]


class Writer(Protocol):
    """Takes batches of records one after the other, then is closed once."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self, metadata: Mapping[str, Any] | None = None) -> None: ...


WRITERS: Mapping[Form, Callable[[IO[bytes], pa.Schema], Writer]] = {
    "parquet": RecordWriter,
    "csv": CsvWriter,
    "json": JsonWriter,
    "jsonl": JsonLinesWriter,
}
