"""How many images have each label, format, camera, size and predicted class: exact, mergeable, and bounded.

Up to `LIMIT` different values are counted exactly. Beyond that, the values with the smallest hashes keep their exact
counts and all others are counted together under `OTHER`. Which values are kept depends on the set of values alone, so
merging stays associative and commutative and equal to counting all at once, which keeping the most frequent would not.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

LIMIT = 10_000
OTHER = "(other)"
KEYS = ("label", "format", "camera", "size", "prediction", "gate")
# What a gate's measurer says of each image; see `gate_key`.
GATE_COLUMNS = ("gate.verdict", "gate.judge")

Counts = dict[str, int]


def count_values(batch: pa.RecordBatch) -> dict[str, Counts]:
    """The counts of one batch by `KEYS` but the gate's, not yet bounded. Rows without a value are not counted.

    Example:
        >>> from lookoutcv.records.schema import FIXED
        >>> row = {name: None for name in FIXED.names} | {"id": "a", "width_px": 640, "height_px": 480}
        >>> count_values(pa.RecordBatch.from_pylist([row], schema=FIXED))["size"]
        {'640x480': 1}
    """
    sizes = pc.binary_join_element_wise(
        batch.column("width_px").cast(pa.string()), batch.column("height_px").cast(pa.string()), "x"
    )
    columns = {key: batch.column(key) for key in KEYS if key not in ("size", "gate")} | {"size": sizes}
    if "objects" in batch.schema.names:
        # A detector predicts many classes for one image.
        columns["prediction"] = pc.struct_field(pc.list_flatten(batch.column("objects")), "label")
    return {key: _value_counts(column) for key, column in columns.items()}


def gate_key(verdict: str, judge: str | None) -> str:
    """What an image is counted as that a gate was asked about.

    Example:
        >>> gate_key("unfit", "sharpness"), gate_key("fit", None)
        ('unfit: sharpness', 'fit')
    """
    return f"{verdict}: {judge}" if verdict == "unfit" and judge else verdict


def gate_counts(batch: pa.RecordBatch) -> Counts:
    """What a gate's measurer found, by `gate_key`."""
    verdicts, judges = (batch.column(name).to_pylist() for name in GATE_COLUMNS)
    pairs = zip(verdicts, judges, strict=True)
    keys = [None if verdict is None else gate_key(verdict, judge) for verdict, judge in pairs]
    return _value_counts(pa.array(keys, pa.string()))


def _value_counts(column: pa.Array) -> Counts:
    pairs = pc.value_counts(column.drop_null()).to_pylist()
    return {pair["values"]: pair["counts"] for pair in pairs}


def add_counts(one: Mapping[str, int], other: Mapping[str, int]) -> Counts:
    """The sum of two counts, not yet bounded."""
    total = dict(one)
    for value, count in other.items():
        total[value] = total.get(value, 0) + count
    return total


def bounded(counts: Mapping[str, int], limit: int = LIMIT) -> Counts:
    """At most `limit` values, the rest under `OTHER`; the most frequent first.

    Example:
        >>> bounded({"a": 1, "b": 2, "c": 3}, limit=1)
        {'(other)': 3, 'c': 3}
    """
    values = [value for value in counts if value != OTHER]
    most_frequent = counts
    if len(values) > limit:
        most_frequent = {value: counts[value] for value in heapq.nsmallest(limit, values, key=_rank)}
        most_frequent[OTHER] = sum(counts.values()) - sum(most_frequent.values())
    return dict(sorted(most_frequent.items(), key=lambda pair: (-pair[1], pair[0])))


def comparable(one: Mapping[str, int], other: Mapping[str, int], limit: int = LIMIT) -> tuple[Counts, Counts]:
    """Two counts over the same values: a value folded on one side is folded on the other.

    Without this a value that only one side had to fold would look as if it had appeared or vanished.

    Example:
        >>> comparable({"a": 1}, {"a": 2, "b": 1})
        ({'a': 1, 'b': 0}, {'a': 2, 'b': 1})
    """
    folded = [side for side in (one, other) if len(side) > limit]
    ceiling = min((max(_rank(v) for v in side if v != OTHER) for side in folded), default=None)
    values = set(one) | set(other)
    if ceiling is not None:
        values = {v for v in values if v == OTHER or _rank(v) <= ceiling} | {OTHER}
    ordered = sorted(values)
    return _folded(one, ordered), _folded(other, ordered)


def _folded(counts: Mapping[str, int], values: list[str]) -> Counts:
    result = {value: counts.get(value, 0) for value in values}
    left = sum(counts.values()) - sum(result.values())
    if left:
        result[OTHER] += left
    return result


def _rank(value: str) -> tuple[bytes, str]:
    return blake2b(value.encode(), digest_size=8).digest(), value
