"""What every Parquet file of ours says of itself in its metadata: its kind and the version of its form.

    lookoutcv.kind       records | baseline
    lookoutcv.version    a whole number as text, counted separately for each kind
    lookoutcv.metadata   JSON: whatever the writer wished to tell of the file
    lookoutcv.measured   JSON, of records: whose columns those are that no metric of ours fills, and their units

Other entries belong to one kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile, WrongKind

KIND = b"lookoutcv.kind"
VERSION = b"lookoutcv.version"
METADATA = b"lookoutcv.metadata"
MEASURED = b"lookoutcv.measured"

# How reports and baselines in JSON begin, indented or not.
# More than the first key of a file in JSON takes, indented or not.
JSON_HEAD_BYTES = 200
_IN_JSON = re.compile(rb'\s*\{\s*"format":\s*"lookoutcv\.(report|baseline)"')
_VERSION = re.compile(rb"[1-9][0-9]{0,8}")
_AGAIN = "Make it again; the original may have been cut off or changed."


@dataclass(frozen=True)
class Stamp:
    """Kind and version of one file."""

    kind: str
    version: int


def stamp(kind: str, version: int) -> dict[bytes, bytes]:
    """The metadata entries that mark a file as ours.

    Example:
        >>> stamp("records", 1)
        {b'lookoutcv.kind': b'records', b'lookoutcv.version': b'1'}
    """
    return {KIND: kind.encode(), VERSION: str(version).encode()}


def read_stamp(metadata: Mapping[bytes, bytes] | None) -> Stamp:
    """What a file's metadata says that it is.

    Raises:
        NotOurFile: There is no kind in it.
        CorruptFile: The kind or the version cannot be read.
    Example:
        >>> read_stamp({b"lookoutcv.kind": b"records", b"lookoutcv.version": b"1"})
        Stamp(kind='records', version=1)
    """
    entries = metadata or {}
    if KIND not in entries:
        raise NotOurFile(
            "this is a Parquet file, but LookOutCV did not write it",
            "Give a file that `lookout baseline` or `lookout measure` wrote.",
        )
    version = entries.get(VERSION, b"")
    if not _VERSION.fullmatch(version):
        raise CorruptFile("the file does not say in which version it was written", _AGAIN)
    try:
        return Stamp(entries[KIND].decode(), int(version))
    except UnicodeDecodeError as reason:
        raise CorruptFile("the file does not say what it is", _AGAIN) from reason


def file_kind(metadata: Mapping[bytes, bytes] | None) -> str:
    """The kind of a file, "records" or "baseline", from its schema metadata.

    Raises:
        NotOurFile: There is no kind in it.
        CorruptFile: The kind or the version cannot be read.
    """
    return read_stamp(metadata).kind


def json_kind(data: bytes | memoryview) -> str | None:
    """What a file in JSON is by its first `JSON_HEAD_BYTES`: "report" or "baseline"; None where it is neither.

    Example:
        >>> json_kind(b'{"format": "lookoutcv.baseline", "version": 4')
        'baseline'
    """
    found = _IN_JSON.match(data, 0, JSON_HEAD_BYTES)
    return found[1].decode() if found else None


def require(actual: Stamp, kind: str, version: int) -> None:
    """Refuse a file of another kind, or of a version later than `version`.

    Raises:
        WrongKind: Another kind.
        NewerFormat: A later version.
    """
    if actual.kind != kind:
        raise WrongKind(
            f"this is a {actual.kind!r} file where a {kind!r} file is needed",
            f"Give a {kind!r} file; `lookout show FILE` tells what a file is.",
            found=actual.kind,
            wanted=kind,
        )
    if actual.version > version:
        raise NewerFormat(
            f"the file is of version {actual.version} of the {kind!r} form, and this LookOutCV reads up to {version}",
            "Update LookOutCV: pip install --upgrade lookoutcv",
            found=actual.version,
            supported=version,
        )


def to_json(value: object) -> bytes:
    """JSON text that is the same for equal values: keys sorted, no spaces, no NaN.

    Raises:
        TypeError: The value holds something that JSON cannot.
        ValueError: It holds NaN or an infinite number.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def from_json(text: bytes) -> dict[str, Any]:
    """The object that a metadata entry holds.

    Raises:
        CorruptFile: It is not a JSON object.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as reason:
        raise CorruptFile("a part of the file's metadata is not JSON", _AGAIN) from reason
    if not isinstance(value, dict):
        raise CorruptFile("a part of the file's metadata is not a JSON object", _AGAIN)
    return value
