"""Messages over a socket: whole, in pieces, too long, and none."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from lookoutcv.processes.frames import Frames


@pytest.fixture
def ends() -> Iterator[tuple[Frames, Frames]]:
    one, other = socket.socketpair()
    yield Frames(one), Frames(other)
    one.close()
    other.close()


@pytest.mark.parametrize("size", [0, 1, 2**16 - 1, 2**16, 3_000_000])
def test_messages_come_as_they_went_one_after_the_other(ends: tuple[Frames, Frames], size: int) -> None:
    sent = [bytes(range(256)) * (size // 256) + bytes(size % 256), b"next"]

    def send() -> None:
        for number, message in enumerate(sent):
            ends[0].send(number, [message[: size // 2], message[size // 2 :]])

    sending = threading.Thread(target=send)
    sending.start()
    received = [ends[1].receive(10**7, time.monotonic() + 60) for _ in sent]
    sending.join()
    assert [(kind, bytes(message)) for kind, message in received] == list(enumerate(sent))


def test_what_is_too_long_or_no_message_is_refused(ends: tuple[Frames, Frames]) -> None:
    ends[0].send(1, [bytes(11)])
    with pytest.raises(ValueError, match="a message of 11 bytes"):
        ends[1].receive(10)


def test_what_is_no_message_is_refused(ends: tuple[Frames, Frames]) -> None:
    ends[0].connection.sendall(bytes(16))
    with pytest.raises(ValueError, match="no message"):
        ends[1].receive(10)


@pytest.mark.parametrize("begun", [b"", b"LOCV", b"LOCV" + struct.pack("<IQ", 1, 8) + b"half"])
def test_what_does_not_come_whole_is_not_waited_for(ends: tuple[Frames, Frames], begun: bytes) -> None:
    ends[0].connection.sendall(begun)
    with pytest.raises(TimeoutError):
        ends[1].receive(10, time.monotonic() + 0.05)
    ends[0].close()
    with pytest.raises(EOFError):
        ends[1].receive(10, time.monotonic() + 60)
