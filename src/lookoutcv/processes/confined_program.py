"""Where a confined process begins: it gives up what it must, before it imports anything but the standard library."""

from __future__ import annotations

import base64
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lookoutcv.processes.confinement import confine
from lookoutcv.processes.frames import Frames

if TYPE_CHECKING:
    from lookoutcv.processes.shared_tensors import SharedRoom

Serve: TypeAlias = "Callable[[Mapping[str, Any], Frames, Sequence[SharedRoom | None]], None]"

_SIGNAL_ON_PARENT_DEATH = 1
_SET_SIGNAL = 10


@dataclass(frozen=True)
class Given:
    """What a process gets to work with.

    Args:
        task: Plain values, and what holds here (see `confine`).
        frames: Where it is asked, and answers.
        rooms: Memory for what comes and for what goes; None where that is in the messages.
    """

    task: Mapping[str, Any]
    frames: Frames
    rooms: Sequence[SharedRoom | None]


def begin(told: Mapping[str, Any]) -> Given:
    """Give up what has to be given up.

    Args:
        told: As `ConfinedProcess` writes it.
    """
    for number in (signal.SIGINT, getattr(signal, "SIGPIPE", None)):
        if number is not None:
            # Ctrl-C is answered by the process that started this one.
            signal.signal(number, signal.SIG_IGN)
    if told["watched"] is not None:
        _end_with_parent(told["watched"], told["parent_thread_lives"])
    connection = _connection(told["connection"])
    holds = confine(
        told["readable"],
        folder=told["folder"],
        most_bytes=told["most_bytes"],
        first_bytes=told["first_bytes"],
        graphics=told["graphics"],
    )
    if told["watched"] is None:
        threading.Thread(target=_watch_parent, daemon=True).start()
    from lookoutcv.processes.shared_tensors import SharedRoom  # noqa: PLC0415 - NumPy starts threads: not before

    rooms = [SharedRoom(file, told["room_bytes"]) for file in told["rooms"]]
    return Given({**told["task"], "holds": holds}, Frames(connection), rooms or [None, None])


def finish(serve: Serve, given: Given) -> None:
    """Serve until nobody asks any more, and end.

    Args:
        serve: Of the module that does the work.
        given: What `begin` gave.
    """
    with suppress(EOFError, OSError):
        serve(given.task, given.frames, given.rooms)
    # Nothing is left to be done in order: a native library may hang in its own end.
    os._exit(0)


def _connection(handle: int | str) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(base64.b64decode(str(handle)))
    return socket.socket(fileno=int(handle))


def _end_with_parent(file: int, thread_lives: bool) -> None:
    """Let the kernel end this process with the one that started it, even where it never comes back from native code.

    Args:
        file: The end of a pipe that nobody writes to: that it closes raises a signal.
        thread_lives: The thread that started this process lives as long as its process: Linux' own signal comes when
            the thread ends.
    """
    import fcntl  # noqa: PLC0415 - Windows has none

    fcntl.fcntl(file, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(file, _SET_SIGNAL, signal.SIGKILL)
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_ASYNC)
    if thread_lives:
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(_SIGNAL_ON_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)


def _watch_parent() -> None:
    """Standard input is at its end once nobody holds it open."""
    with suppress(OSError):
        while sys.stdin.buffer.read(1):
            pass
    os._exit(1)
