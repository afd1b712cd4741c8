"""How many bytes zlib data holds, counted a piece at a time: of a picture that is large or lies about its size."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_IN_AT_ONCE, _OUT_AT_ONCE = 2**16, 2**20


def inflated_bytes(parts: Iterable[bytes | memoryview], most: int) -> int:
    """Bytes that some zlib data unpacks to; counting ends once there are more than `most`.

    Args:
        parts: The data, in one part or in several.
        most: As many as there should be.
    Raises:
        zlib.error: It is damaged, or its checksum is another.
    Example:
        >>> inflated_bytes([zlib.compress(bytes(1000))], 5000)
        1000
    """
    inflate, found = zlib.decompressobj(), 0
    for part in parts:
        view = memoryview(part)
        for start in range(0, len(view), _IN_AT_ONCE):
            rest: bytes | memoryview = view[start : start + _IN_AT_ONCE]
            while rest and found <= most:
                found += len(inflate.decompress(rest, _OUT_AT_ONCE))
                rest = inflate.unconsumed_tail
    while found <= most and (more := inflate.decompress(b"", _OUT_AT_ONCE)):
        found += len(more)
    return found
