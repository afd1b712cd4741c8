"""Record files: Parquet of kind "records", written as a stream and read whole or in batches."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from lookoutcv.records.conform import conform
from lookoutcv.records.measurer import describe_measured, restore_measured
from lookoutcv.records.parquet import Data, open_parquet, read_checked, reading, writer_options
from lookoutcv.records.schema import FIXED, RECORD_VERSION
from lookoutcv.records.stamp import MEASURED, METADATA, from_json, read_stamp, require, stamp, to_json
from lookoutcv.results.result import renamed_at

KIND = "records"
# Batches arrive a few images at a time; row groups this large compress and read well and hold a few MB.
ROW_GROUP = 16_384


class RecordWriter:
    """Writes batches of records to an open binary stream as they come, holding at most one row group.

    Args:
        sink: Open for writing; left open.
        schema: As `schema_for` gives it.
    Example:
        >>> sink = io.BytesIO()
        >>> writer = RecordWriter(sink, FIXED)
        >>> writer.close({"source": "photos"})
        >>> decode(sink.getvalue())[1]
        {'source': 'photos'}
    """

    def __init__(self, sink: IO[bytes], schema: pa.Schema) -> None:
        self._schema = schema.remove_metadata()
        self._writer = pq.ParquetWriter(sink, self._schema, **writer_options(self._schema))
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Take the next rows; their schema must be that of the file."""
        self._waiting.append(batch)
        self._rows += batch.num_rows
        if self._rows >= ROW_GROUP:
            self._flush(self._rows // ROW_GROUP * ROW_GROUP)

    def close(self, metadata: Mapping[str, Any] | None = None) -> None:
        """Write what is left, and the footer.

        Args:
            metadata: Anything JSON can hold that should be told of the file; read back by `decode`.
        """
        self._flush(self._rows)
        entries = {**stamp(KIND, RECORD_VERSION), METADATA: to_json(dict(metadata or {}))}
        if measured := describe_measured(self._schema):
            entries[MEASURED] = to_json(measured)
        self._writer.add_key_value_metadata(entries)
        self._writer.close()

    def _flush(self, rows: int) -> None:
        # Whole row groups only, so that the file does not depend on how the rows were cut into batches.
        table = pa.Table.from_batches(self._waiting, schema=self._schema)
        if rows:
            self._writer.write_table(table.slice(0, rows), row_group_size=ROW_GROUP)
        self._waiting = table.slice(rows).to_batches()
        self._rows -= rows


def encode(table: pa.Table, metadata: Mapping[str, Any] | None = None) -> bytes:
    """A record file.

    Args:
        table: Records.
        metadata: Anything JSON can hold that should be told of the file.
    """
    sink = io.BytesIO()
    writer = RecordWriter(sink, table.schema)
    for batch in table.to_batches():
        writer.write(batch)
    writer.close(metadata)
    return sink.getvalue()


def decode(data: Data) -> tuple[pa.Table, dict[str, Any]]:
    """The records in a file, in this version's schema, and what was told of the file.

    Raises:
        NotOurFile, CorruptFile, NewerFormat, WrongKind: It is not a record file that can be read.
    """
    file = open_parquet(data)
    metadata = _metadata(file)
    return conform(restore_measured(read_checked(file), _measured(file)), FIXED), metadata


def described(data: Data) -> dict[str, Any]:
    """What was told of a record file when it was written; no row is read.

    Raises:
        NotOurFile, CorruptFile, NewerFormat, WrongKind: It is not a record file that can be read.
    """
    return _metadata(open_parquet(data))


def batches(data: Data, rows: int = ROW_GROUP) -> Iterator[pa.RecordBatch]:
    """The records in a file, a few at a time: for files larger than memory.

    Args:
        data: The file; a memory map will do.
        rows: Rows in a batch at most.
    Raises:
        NotOurFile, CorruptFile, NewerFormat, WrongKind: It is not a record file that can be read.
    """
    file = open_parquet(data)
    _metadata(file)
    measured = _measured(file)
    with reading():
        for batch in file.iter_batches(rows, use_threads=False):
            batch.validate(full=True)
            yield from conform(restore_measured(pa.Table.from_batches([batch]), measured), FIXED).to_batches()


def _metadata(file: pq.ParquetFile) -> dict[str, Any]:
    entries = file.metadata.metadata or {}
    file_stamp = read_stamp(entries)
    require(file_stamp, KIND, RECORD_VERSION)
    metadata = from_json(entries.get(METADATA, b"{}"))
    # Version 1 had another name for predictions that were made elsewhere.
    return renamed_at(metadata, "model", {"given": "imported"}) if file_stamp.version == 1 else metadata


def _measured(file: pq.ParquetFile) -> dict[str, Any]:
    return from_json((file.metadata.metadata or {}).get(MEASURED, b"{}"))
