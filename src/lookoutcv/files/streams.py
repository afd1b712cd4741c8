"""Streams of bytes read to their end: one `read(n)` gives what has come so far, and only an empty answer is the end."""

from __future__ import annotations

from typing import Any, Protocol

# One request is enough for an image; beyond it a caller's bound counts.
_HTTP = "http"
S3_PROTOCOLS = ("s3", "s3a")
# A range that begins at the end of an object: it is empty.
_EMPTY = {"InvalidRange", "416"}


class Stream(Protocol):
    """What has bytes to read: a file, a socket, a response."""

    def read(self, size: int, /) -> bytes | None:
        """Up to so many bytes; none at the end."""
        ...


def read_up_to(stream: Stream, most: int) -> bytes:
    """The bytes of a stream, `most` at most, however small the pieces are in which they come.

    Args:
        stream: A pipe, a socket, a web server's answer or an unbuffered file may give fewer bytes than it is asked for.
        most: Fewer come back only where the stream has ended.
    Example:
        >>> import io
        >>> class Slow(io.BytesIO):
        ...     def read(self, size=-1):
        ...         return super().read(min(size, 2))
        >>> read_up_to(Slow(b"abcdefg"), 5), read_up_to(Slow(b"abc"), 5)
        (b'abcde', b'abc')
    """
    piece = stream.read(most) if most > 0 else b""
    if not piece or len(piece) >= most:
        return bytes(piece or b"")
    pieces, left = [piece], most - len(piece)
    while left > 0 and (piece := stream.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def stored_bytes(system: Any, path: str, most: int) -> bytes:
    """The bytes of a file in one of fsspec's file systems, `most` at most, with one request where that is possible.

    A web server's answer to HEAD is not asked for: many refuse it, and the length that it states is that of the packed
    bytes, or wrong. S3's says nothing of why it refuses.

    Args:
        system: The file system.
        path: What it calls the file.
        most: Bytes that are read at most.
    """
    protocols = getattr(system, "protocol", ())
    protocols = (protocols,) if isinstance(protocols, str) else protocols
    if S3_PROTOCOLS[0] in protocols:
        return _of_s3(system, path, most)
    # A size that is stated is not asked for, and no blocks mean one answer, as long as it is.
    how = {"block_size": 0, "size": 1} if _HTTP in protocols else {}
    with system.open(path, "rb", **how) as file:
        return read_up_to(file, most)


def _of_s3(system: Any, path: str, most: int) -> bytes:
    try:
        return bytes(system.cat_file(path, start=0, end=most))
    except OSError as error:
        if is_beyond_the_end(error):
            return b""
        raise


def is_beyond_the_end(error: Exception) -> bool:
    """Whether a server refused a range because an object ends before it: it is empty.

    Args:
        error: What botocore, through s3fs, or gcsfs raised.
    """
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", getattr(error, "code", ""))) in _EMPTY
