"""A sample of rows drawn by hash: the same rows whatever the order, the number of parts or the machine.

Each row has a key that depends on the image alone; the sample is the rows with the smallest keys. Where keys are spread
evenly this is a uniform sample without replacement, and the sample of a whole is the sample of its parts' samples
(bottom-k sampling: Cohen & Kaplan, "Summarizing data using bottom-k sketches", PODC 2007).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.errors import ConfigError, IncompatibleProfiles
from lookoutcv.grids import IntArray
from lookoutcv.records.schema import FIXED

# More would not fit in memory on common machines, and no test gains from it.
MOST_ROWS = 10_000_000
# Rows whose ids are put into one buffer, which may hold 2 GB.
_HASHED_AT_ONCE = 16_384
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

KeyArray = np.ndarray[Any, np.dtype[np.uint64]]
Rows: TypeAlias = pa.Table | pa.RecordBatch


def row_keys(rows: Rows) -> KeyArray:
    """The sampling key of each row: BLAKE2b of its id and content hash, 64 bits, the same on every platform.

    Args:
        rows: Records; only `id` and `content_hash` are read.
    Returns:
        (rows,) uint64.
    Example:
        >>> rows = pa.table({"id": ["a.jpg"], "content_hash": pa.array([1], pa.uint64())})
        >>> row_keys(rows).tolist()
        [9288970694891517388]

    Source: Aumasson et al., RFC 7693 (BLAKE2).
    """
    keys = np.empty(rows.num_rows, np.uint64)
    for start in range(0, rows.num_rows, _HASHED_AT_ONCE):
        part = rows.slice(start, _HASHED_AT_ONCE)
        digests = [blake2b(text, digest_size=8).digest() for text in _hashed_bytes(part)]
        keys[start : start + part.num_rows] = np.frombuffer(b"".join(digests), dtype="<u8")
    return keys


def _hashed_bytes(rows: Rows) -> list[bytes]:
    """What is hashed of each row: whether it has a content hash, the hash in eight bytes, its id in UTF-8."""
    hashes = rows.column("content_hash")
    packed = np.zeros(rows.num_rows, dtype=[("known", "?"), ("hash", "<u8")])
    packed["known"] = hashes.is_valid().to_numpy(zero_copy_only=False)
    packed["hash"] = hashes.fill_null(0).to_numpy(zero_copy_only=False)
    heads = pa.FixedSizeBinaryArray.from_buffers(pa.binary(9), rows.num_rows, [None, pa.py_buffer(packed)])
    ids = rows.column("id").cast(pa.binary())
    joined: list[bytes] = pc.binary_join_element_wise(heads.cast(pa.binary()), ids, b"").to_pylist()
    return joined


def take_sample(table: pa.Table, size: int) -> pa.Table:
    """The `size` rows with the smallest keys, ordered by key.

    Rows with equal keys are ordered by their whole content, so the outcome never depends on the order of the rows.

    Args:
        table: Records.
        size: Rows wanted at most, >= 0.
    """
    keys = row_keys(table)
    order = np.arange(keys.size)
    if 0 < size < keys.size:
        # Rows that share the last key inside the sample are all candidates for its last places.
        order = np.flatnonzero(keys <= np.partition(keys, size - 1)[size - 1])
    order = order[np.argsort(keys[order], kind="stable")]
    return table.take(pa.array(_settle_ties(table, keys, order)[:size])).combine_chunks()


def _settle_ties(table: pa.Table, keys: KeyArray, order: IntArray) -> IntArray:
    ranked = keys[order]
    same = np.flatnonzero(ranked[1:] == ranked[:-1])
    if not same.size:
        return order
    tied = np.union1d(same, same + 1)
    contents = [_content(row) for row in table.take(pa.array(order[tied])).to_pylist()]
    settled = sorted(range(len(tied)), key=lambda i: (int(ranked[tied[i]]), contents[i]))
    result = order.copy()
    result[tied] = order[tied[settled]]
    return result


def _content(row: dict[str, Any]) -> str:
    # A column that is null and a column that is absent are the same to us, so neither may influence the order.
    return repr(sorted((name, repr(value)) for name, value in row.items() if value is not None))


def in_order(schema: pa.Schema) -> pa.Schema:
    """The fixed columns first, then all others by name: the one order in which samples hold them."""
    fixed = [field for field in FIXED if field.name in schema.names]
    others = sorted((field for field in schema if field.name not in FIXED.names), key=lambda field: field.name)
    return pa.schema([*fixed, *others])


def stack(tables: list[pa.Table]) -> pa.Table:
    """All rows of several tables of records; a column that one lacks is null there.

    Raises:
        IncompatibleProfiles: One column has two types.
    """
    try:
        joined = pa.concat_tables([t.replace_schema_metadata(None) for t in tables], promote_options="default")
    except pa.ArrowTypeError as reason:
        raise IncompatibleProfiles(
            f"the rows cannot be put together: {reason}",
            "Measure both sides again with the same version of the metrics.",
            reason="a column has two types",
        ) from reason
    ordered: pa.Table = joined.select(in_order(joined.schema).names)
    return ordered


class RowSample:
    """Draws a sample from a stream of record batches, holding at most about twice the sample.

    Args:
        size: Rows wanted at most, 1 to 10,000,000.
        schema: Schema of the sample where no rows ever come.
    Raises:
        ConfigError: The size is out of range.
    """

    def __init__(self, size: int, schema: pa.Schema = FIXED) -> None:
        if not 1 <= size <= MOST_ROWS:
            remedy = f"Give a whole number from 1 to {MOST_ROWS}."
            raise ConfigError(f"{size} is no size for a sample", remedy, key="sample_size")
        self.size = size
        self._parts = [in_order(schema).empty_table()]
        self._rows_waiting = 0
        self._ceiling: int | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        """Take those rows of a batch that may belong to the sample."""
        table = pa.Table.from_batches([batch])
        if self._ceiling is not None:
            table = table.filter(pa.array(row_keys(batch) <= np.uint64(self._ceiling)))
        if table.num_rows:
            self._parts.append(table)
            self._rows_waiting += table.num_rows
        if self._rows_waiting >= 2 * self.size:
            self._compact()

    def build(self) -> pa.Table:
        """The sample so far, ordered by key. More rows may be added afterwards."""
        self._compact()
        return self._parts[0]

    def _compact(self) -> None:
        smallest = take_sample(stack(self._parts), self.size)
        self._parts, self._rows_waiting = [smallest], smallest.num_rows
        if smallest.num_rows == self.size:
            self._ceiling = int(row_keys(smallest.slice(self.size - 1))[0])


def merge_samples(one: pa.Table, other: pa.Table, size: int) -> pa.Table:
    """The sample of the rows that two samples were drawn from, which held `size` rows each or all there were.

    Raises:
        IncompatibleProfiles: One column has two types.
    """
    return take_sample(stack([one, other]), size)


def time_range(rows: Rows) -> tuple[int | None, int | None]:
    """Earliest and latest time, in microseconds since 1970 (UTC); None where no row has one."""
    ends = pc.min_max(rows.column("time").cast(pa.int64()))
    return ends["min"].as_py(), ends["max"].as_py()


def moment(microseconds: int) -> datetime:
    """The aware UTC time so many microseconds after 1970.

    Example:
        >>> moment(0).isoformat()
        '1970-01-01T00:00:00+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)
