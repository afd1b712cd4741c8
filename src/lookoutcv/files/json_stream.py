"""Files of JSON as streams that parsers read piece by piece: UTF-8, nested as people write, no text too long.

A parser of pieces keeps the names of all levels above each level: 40 kB nested 20,000 deep took 1.1 GB, 200 kB took 21.
So levels are counted before a piece reaches it. `json.loads` needs no such bound: it stops at Python's own, in C.
And it puts a text or a number together anew with each piece: one of 300 MB took minutes.
"""

from __future__ import annotations

from typing import IO

import numpy as np

from lookoutcv.plain_text import HEAD_BYTES, encoding_of, open_text

# Data sets, predictions and reports are nested less than 12 deep.
DEEPEST = 64
# A photograph as base64 has a fifth; the outline of an object a thousandth.
_LONGEST_BYTES = 32 << 20
_ENDS_OF_NUMBERS = (b",", b":", b"[", b"]", b"{", b"}", b" ", b"\n", b"\r", b"\t")
_BRACKETS = b"[]{}"
_NO_MARKS = bytes(set(range(256)) - set(_BRACKETS) - set(b'"'))
# One level down, or up again, as signed bytes.
_STEPS = bytes.maketrans(_BRACKETS, b"\x01\xff\x01\xff")


class OversizedJson(ValueError):  # noqa: N818 - named as the package's errors are, which it becomes
    """Lists and objects in each other, more than `DEEPEST`, or a text that goes on and on."""


class JsonStream:
    """A file of JSON as bytes of UTF-8, in pieces.

    Args:
        file: Opened; its text, or its bytes where they are UTF-8.
    """

    def __init__(self, file: IO[str] | IO[bytes]) -> None:
        self._file = file
        self._levels = 0
        self._in_text = 0
        self._escape = b""
        self._since_mark = 0

    def read(self, size: int = -1) -> bytes:
        """The next so many bytes, or characters.

        Raises:
            OversizedJson: They are nested too deep, or a text or a number in them is too long.
            OSError: The file cannot be read.
        """
        piece = self._file.read(size)
        data = piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece
        self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        """Go on with the levels. Each step runs over the piece in C: 2 ns a byte, where parsing takes 10."""
        plain = self._escape + data
        if b"\\" in plain:
            plain = plain.replace(b"\\\\", b"").replace(b'\\"', b"")
        # Its other half comes with the next piece.
        self._escape = plain[-1:] if plain.endswith(b"\\") else b""
        parts = plain.translate(None, _NO_MARKS).split(b'"')
        brackets = b"".join(parts[self._in_text :: 2]).translate(_STEPS)
        self._in_text ^= (len(parts) - 1) & 1
        self._measure(plain, len(data))
        if not brackets:
            return
        levels = self._levels + np.cumsum(np.frombuffer(brackets, np.int8), dtype=np.int64)
        if levels.max() > DEEPEST:
            raise OversizedJson(f"nested more than {DEEPEST} deep")
        self._levels = int(levels[-1])

    def _measure(self, plain: bytes, length: int) -> None:
        """Go on with the length of the text, or number, that the piece ends in.

        Args:
            plain: The piece without what is escaped.
            length: Of all of it.
        """
        last = plain.rfind(b'"')
        if not self._in_text:
            last = max(last, *(plain.rfind(mark) for mark in _ENDS_OF_NUMBERS))
        self._since_mark = len(plain) - 1 - last if last >= 0 else self._since_mark + length
        if self._since_mark > _LONGEST_BYTES:
            raise OversizedJson(f"it holds a text or a number of more than {_LONGEST_BYTES >> 20} MB")

    def __enter__(self) -> JsonStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def open_json(path: str) -> JsonStream:
    """A file of JSON, whatever its encoding.

    Raises:
        OSError: It cannot be read.
    """
    file = open(path, "rb")  # noqa: SIM115 - the caller closes it
    if encoding_of(file.peek(HEAD_BYTES)) == "utf-8":
        return JsonStream(file)
    file.close()
    return JsonStream(open_text(path))
