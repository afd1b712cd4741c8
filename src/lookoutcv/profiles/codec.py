"""A profile as the bytes of one Parquet file, and back.

The rows are the sample. The counts and histograms are JSON in the metadata, beside what the writer wishes to tell:

    lookoutcv.kind, lookoutcv.version    what the file is
    lookoutcv.profile                    JSON: counts and histograms
    lookoutcv.metadata                   JSON: the caller's own
    lookoutcv.digest                     BLAKE2b of the two and of the names of the columns

The pages of a Parquet file carry checksums and its footer does not: the digest is there so that a damaged count is
never taken for a true one.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import pyarrow.parquet as pq

from lookoutcv.errors import CorruptFile
from lookoutcv.profiles.interpret import profile_of, profile_to_json
from lookoutcv.profiles.migrations import Parts, current_version, migrate
from lookoutcv.profiles.profile import Profile
from lookoutcv.profiles.sample import MOST_ROWS
from lookoutcv.records.parquet import Data, open_parquet, read_checked, reading, writer_options
from lookoutcv.records.stamp import METADATA, from_json, read_stamp, require, stamp, to_json

KIND = "baseline"
PROFILE = b"lookoutcv.profile"
DIGEST = b"lookoutcv.digest"


def encode(profile: Profile, *, kind: str = KIND, metadata: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of a profile: the same for equal profiles and metadata, with one version of pyarrow.

    Args:
        profile: Of any size.
        kind: What the file says that it is.
        metadata: Anything JSON can hold, NaN and infinite numbers excepted.
    Raises:
        TypeError, ValueError: The metadata holds something that JSON cannot.
    Example:
        >>> decode(encode(Profile(skipped=2), metadata={"name": "empty"}))[1]
        {'name': 'empty'}
    """
    metadata_json, counted = to_json(dict(metadata or {})), to_json(profile_to_json(profile))
    schema = profile.sample.schema
    entries = {
        **stamp(kind, current_version()),
        PROFILE: counted,
        METADATA: metadata_json,
        DIGEST: digest(counted, metadata_json, schema.names),
    }
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, schema, **writer_options(schema)) as writer:
        writer.write_table(profile.sample)
        writer.add_key_value_metadata(entries)
    return sink.getvalue()


def decode(data: Data, *, kind: str = KIND) -> tuple[Profile, dict[str, Any]]:
    """The profile in a file of this or any earlier version, and the metadata given when it was written.

    Nothing in the bytes is trusted: whatever they hold, the outcome is a consistent profile or one of the errors below.

    Args:
        data: The whole file.
        kind: What the file must be.
    Raises:
        NotOurFile, CorruptFile, NewerFormat, WrongKind: It is not a file of this kind that can be read.
    """
    file = open_parquet(data)
    entries = file.metadata.metadata or {}
    file_stamp = read_stamp(entries)
    require(file_stamp, kind, current_version())
    counted, metadata_json = entries.get(PROFILE, b""), entries.get(METADATA, b"")
    with reading():
        names = file.schema_arrow.names
    if entries.get(DIGEST) != digest(counted, metadata_json, names):
        raise CorruptFile("the counts in the file have been changed or damaged", "Make or copy the file again.")
    if file.metadata.num_rows > MOST_ROWS:
        raise CorruptFile(f"the file claims a sample of {file.metadata.num_rows} rows", "Make the file again.")
    parts = Parts(read_checked(file), from_json(counted), from_json(metadata_json))
    with reading():
        parts = migrate(parts, file_stamp.version)
        return profile_of(parts.profile, parts.sample), parts.metadata


def digest(counted: bytes, metadata_json: bytes, names: Sequence[str]) -> bytes:
    """What `lookoutcv.digest` must be.

    Args:
        counted, metadata_json: The entries `lookoutcv.profile` and `lookoutcv.metadata`.
        names: Of the columns, in order.
    """
    parts = (counted, metadata_json, to_json(list(names)))
    return blake2b(b"".join(blake2b(part).digest() for part in parts), digest_size=16).hexdigest().encode()
