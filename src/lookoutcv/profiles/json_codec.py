"""A profile as one JSON document, and back: what the Parquet form holds, for programs that read no Parquet.

    {"format": "lookoutcv.baseline", "version": 4,
     "metadata": {...},                                     the writer's own
     "profile": {...},                                      counts and histograms, as in the Parquet form
     "sample": {"id": {"type": "string", "values": [...]},  column by column; whole numbers of 64 bits, times and
                ...},                                       numbers that JSON has not (nan, inf) stand as text
     "digest": "..."}                                       BLAKE2b of the other parts

It is some four times as large as the Parquet form, and says no less: reading it back gives an equal profile.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from lookoutcv.errors import CorruptFile, NotOurFile
from lookoutcv.profiles.interpret import profile_of, profile_to_json
from lookoutcv.profiles.migrations import Parts, current_version, migrate
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.parquet import reading
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS
from lookoutcv.records.schema import FIXED
from lookoutcv.records.stamp import KIND, VERSION, json_kind, read_stamp, require, to_json

FORMAT = "lookoutcv.baseline"
_KIND = "baseline"
_AGAIN = "Make it again with `lookout baseline SOURCE -o baseline.json`."
_PARTS = ("metadata", "profile", "sample")
# Of columns that are neither fixed nor a model's: metrics, hashes, and what a measurer gave.
_TYPES: dict[str, pa.DataType] = {
    str(kind): kind for kind in (pa.float32(), pa.float64(), pa.uint64(), pa.string(), pa.bool_(), pa.int64())
}
_FIELDS = {field.name: field for field in (*FIXED, *PREDICTION_COLUMNS)}
_Convert = Callable[[Any], Any]


def encode_json(profile: Profile, *, metadata: Mapping[str, Any]) -> bytes:
    """The JSON of a profile: the same for equal profiles and metadata.

    Args:
        profile: Of any size.
        metadata: Anything JSON can hold, NaN and infinite numbers excepted.
    Raises:
        TypeError, ValueError: The metadata holds something that JSON cannot.
    Example:
        >>> decode_json(encode_json(Profile(skipped=2), metadata={"name": "empty"}))[1]
        {'name': 'empty'}
    """
    sample = {
        name: {"type": str(column.type), "values": [*map(_converter(column.type, _written), _plain(column))]}
        for name, column in zip(profile.sample.column_names, profile.sample.columns, strict=True)
    }
    parts = {"metadata": dict(metadata), "profile": profile_to_json(profile), "sample": sample}
    document = {"format": FORMAT, "version": current_version(), **parts, "digest": _digest(parts)}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def decode_json(data: bytes) -> tuple[Profile, dict[str, Any]]:
    """The profile in a JSON document, and the metadata given when it was written. Nothing in it is trusted.

    Raises:
        NotOurFile, CorruptFile, NewerFormat: It is none that can be read.
    """
    document = _document(data)
    version = str(document.get("version")).encode()
    file_stamp = read_stamp({KIND: _KIND.encode(), VERSION: version})
    require(file_stamp, _KIND, current_version())
    parts = {name: document.get(name) for name in _PARTS}
    if document.get("digest") != _digest_read(parts):
        raise CorruptFile("the numbers in the file have been changed or damaged", _AGAIN)
    profile, metadata, columns = parts["profile"], parts["metadata"], parts["sample"]
    if not (isinstance(profile, dict) and isinstance(metadata, dict) and isinstance(columns, dict)):
        raise CorruptFile("a part of the file is not a JSON object", _AGAIN)
    with reading():
        arrays = {name: _column(name, entry) for name, entry in columns.items()}
        table = pa.table(arrays)
        table.validate(full=True)
        found = migrate(Parts(table, profile, metadata), file_stamp.version)
        return profile_of(found.profile, found.sample), found.metadata


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as reason:
        if json_kind(data) == "baseline":
            raise CorruptFile("the file has been cut off or changed", _AGAIN) from reason
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotOurFile(
            "this is a JSON file, but no baseline",
            "Give a file that `lookout baseline` wrote; `lookout show FILE` tells what a file is.",
        )
    return document


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _digest(parts: Mapping[str, Any]) -> str:
    return blake2b(to_json(dict(parts)), digest_size=16).hexdigest()


def _digest_read(parts: Mapping[str, Any]) -> str | None:
    """None where the text holds half a character (a lone surrogate), of which no digest was ever written."""
    try:
        return _digest(parts)
    except UnicodeEncodeError:
        return None


def _column(name: str, entry: dict[str, Any]) -> pa.Array:
    field = _FIELDS.get(name)
    kind = _TYPES[entry["type"]] if field is None else field.type
    values = [*map(_converter(kind, _number), entry["values"])]
    if pa.types.is_timestamp(kind) or pa.types.is_uint64(kind):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


def _plain(column: pa.ChunkedArray) -> list[Any]:
    as_text = pa.types.is_timestamp(column.type) or pa.types.is_uint64(column.type)
    values: list[Any] = (column.cast(pa.string()) if as_text else column).to_pylist()
    return values


def _converter(kind: pa.DataType, convert: _Convert) -> _Convert:
    """What converts the floating-point numbers within values of a type, and leaves all else."""
    if pa.types.is_floating(kind):
        return convert
    if pa.types.is_map(kind):
        return lambda pairs: None if pairs is None else [tuple(pair) for pair in pairs]
    if pa.types.is_list(kind):
        item = _converter(kind.value_type, convert)
        return lambda values: None if values is None else [*map(item, values)]
    if pa.types.is_struct(kind):
        parts = {kind.field(i).name: _converter(kind.field(i).type, convert) for i in range(kind.num_fields)}
        return lambda value: None if value is None else {name: parts[name](part) for name, part in value.items()}
    return lambda value: value


def _written(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        # Nine digits tell any two float32 numbers apart (IEEE 754-2019, 5.12.2).
        return None if value is None else float(f"{value:.9g}")
    return str(value)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value
