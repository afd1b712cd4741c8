"""The files of weights that an ONNX file names: large models keep theirs beside them.

Only as much of the message is read as leads to the names; its numbers are stepped over.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Fields that lead to tensors, by the message that has them. Source: onnx/onnx.proto.
_WAYS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
_LOCATION = b"location"
_DEEPEST = 100
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_VARINT = 10


def weight_files(path: Path) -> list[str]:
    """The files that an ONNX file names, as it names them.

    Args:
        path: The file.
    Raises:
        ValueError: It is no ONNX file, or a damaged one.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            return []
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data.find(_LOCATION) < 0:
                return []
            return list(dict.fromkeys(_Walk(data).names("model", 0, len(data))))


@dataclass
class _Walk:
    data: mmap.mmap
    depth: int = field(default=0)

    def names(self, kind: str, start: int, end: int) -> Iterator[str]:
        """The locations in a message."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("nested too deep")
        ways = _WAYS[kind]
        for number, first, last in self._fields(start, end):
            below = ways.get(number)
            if below == "entry":
                yield from self._location(first, last)
            elif below is not None:
                yield from self.names(below, first, last)
        self.depth -= 1

    def _location(self, start: int, end: int) -> Iterator[str]:
        parts = {number: self.data[first:last] for number, first, last in self._fields(start, end)}
        if parts.get(1) == _LOCATION:
            yield parts.get(2, b"").decode("utf-8", "replace")

    def _fields(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Each field that holds bytes: its number, and where they are."""
        at = start
        while at < end:
            tag, at = self._varint(at, end)
            kind = tag & 7
            if kind == _VARINT:
                _, at = self._varint(at, end)
            elif kind == _BYTES:
                length, at = self._varint(at, end)
                if length > end - at:
                    raise ValueError("cut off")
                yield tag >> 3, at, at + length
                at += length
            elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
                at += 8 if kind == _EIGHT_BYTES else 4
            else:
                raise ValueError("no message of ONNX")

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        value = 0
        for place in range(_LONGEST_VARINT):
            if at >= end:
                raise ValueError("cut off")
            byte = self.data[at]
            at += 1
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value, at
        raise ValueError("no message of ONNX")
