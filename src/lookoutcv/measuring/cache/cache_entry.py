"""The record of one image in a few hundred bytes, less what its source says of it: what the cache holds."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lookoutcv.metrics import Metric

# Time, width, height, stored bytes, orientation, content hash; then the lengths of format and camera.
_FACTS = struct.Struct("<qIIqBQBH")
_NO_TIME = -(2**63)
_NO_CAMERA = 2**16 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Facts = Mapping[str, Any]
Values = Mapping[str, float]


class EntryForm:
    """How entries for these metrics are laid out: facts, then each metric as 64 bits, by name.

    Args:
        metrics: What is measured.
    """

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._names = [metric.name for metric in metrics]
        self._sorted = sorted(self._names)
        hashes = {metric.name for metric in metrics if metric.grid is None}
        # A text, not a compiled Struct: it is picklable. The struct module keeps it compiled.
        self._values = "<" + "".join("Q" if name in hashes else "d" for name in self._sorted)

    def pack(self, facts: Facts, values: Values) -> bytes | None:
        """An entry.

        Args:
            facts: As `measurement.image_facts` gives them.
            values: A number for each metric.
        Returns:
            None for what no file says: a name of a camera of 65,535 bytes.
        """
        format: bytes = facts["format"].encode()
        camera = None if facts["camera"] is None else facts["camera"].encode("utf-8", "surrogatepass")
        if camera is not None and len(camera) >= _NO_CAMERA:
            return None
        time = facts["time"]
        head = _FACTS.pack(
            _NO_TIME if time is None else (time - _EPOCH) // timedelta(microseconds=1),
            facts["width_px"],
            facts["height_px"],
            facts["stored_bytes"],
            facts["exif_orientation"] or 0,
            facts["content_hash"],
            len(format),
            _NO_CAMERA if camera is None else len(camera),
        )
        numbers = struct.pack(self._values, *[values[name] for name in self._sorted])
        return b"".join((head, format, camera or b"", numbers))

    def unpack(self, entry: bytes) -> tuple[Facts, Values] | None:
        """The inverse of `pack`; None for bytes that it did not write."""
        try:
            time, width, height, stored, orientation, content, formatted, named = _FACTS.unpack_from(entry)
            start = _FACTS.size + formatted
            end = start + (0 if named == _NO_CAMERA else named)
            numbers = struct.unpack(self._values, entry[end:])
            facts = {
                "time": None if time == _NO_TIME else _EPOCH + timedelta(microseconds=time),
                "width_px": width,
                "height_px": height,
                "format": entry[_FACTS.size : start].decode(),
                "stored_bytes": stored,
                "exif_orientation": orientation or None,
                "camera": None if named == _NO_CAMERA else entry[start:end].decode("utf-8", "surrogatepass"),
                "content_hash": content,
            }
        except (struct.error, UnicodeDecodeError, OverflowError):
            return None
        by_name = dict(zip(self._sorted, numbers, strict=True))
        return facts, {name: by_name[name] for name in self._names}
