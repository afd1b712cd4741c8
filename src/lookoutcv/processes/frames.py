"""Messages between two processes over a socket: a fixed head, then as many bytes as it says, within bounds of both."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Sequence

_HEAD = struct.Struct("<4sIQ")
_MARK = b"LOCV"
_AT_ONCE_BYTES = 2**16


class Frames:
    """One end of a connection.

    Args:
        connection: A connected stream; closed with `close`.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._room = memoryview(bytearray(_AT_ONCE_BYTES))
        self._ahead = self._room[:0]

    def send(self, kind: int, parts: Sequence[bytes | memoryview], end: float | None = None) -> None:
        """Send a message.

        Args:
            kind: A number that both sides know.
            parts: Its bytes, one after the other.
            end: By `time.monotonic`, when to give up; None for never.
        Raises:
            TimeoutError: The other side does not read.
            OSError: It is gone.
        """
        length = sum(len(part) for part in parts)
        head = _HEAD.pack(_MARK, kind, length)
        self._bounded(end)
        small = length < 2**16
        self.connection.sendall(b"".join((head, *parts)) if small else head)
        if not small:
            for part in parts:
                self._bounded(end)
                self.connection.sendall(part)

    def receive(self, most_bytes: int, end: float | None = None) -> tuple[int, memoryview]:
        """The next message.

        Args:
            most_bytes: A longer one is refused.
            end: By `time.monotonic`, when to give up; None for never.
        Returns:
            Its kind and its bytes.
        Raises:
            TimeoutError: It did not come whole.
            EOFError: The other side is gone.
            ValueError: What came is no message, or too long a one.
            OSError: The connection is broken.
        """
        mark, kind, length = _HEAD.unpack(self._read(_HEAD.size, end))
        if mark != _MARK or length > most_bytes:
            raise ValueError(f"a message of {length} bytes" if mark == _MARK else "no message")
        return kind, self._read(length, end)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def _read(self, count: int, end: float | None) -> memoryview:
        """So many bytes; a small message comes with its head, in one call of the system."""
        whole = bytearray(count)
        read = 0
        while read < count:
            if not self._ahead:
                self._bounded(end)
                got = self.connection.recv_into(self._room)
                if not got:
                    raise EOFError
                self._ahead = self._room[:got]
            part = self._ahead[: count - read]
            whole[read : read + len(part)] = part
            self._ahead = self._ahead[len(part) :]
            read += len(part)
        return memoryview(whole)

    def _bounded(self, end: float | None) -> None:
        if end is None:
            return
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
