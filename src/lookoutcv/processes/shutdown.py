"""The end of a process, and its forks: what is registered is closed at exit and on SIGTERM, begun anew in a child."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Protocol

# What a program waits for at its end in all: an object store that hangs must not hold it up; rows in the spool are
# committed by whoever logs there next. Orchestrators kill ten seconds after SIGTERM or later.
EXIT_SECONDS = 8.0


class Closeable(Protocol):
    """What must not end with the process unfinished: a logger with rows in hand."""

    def end(self, seconds: float) -> None:
        """Finish what can be finished within so many seconds, and leave no thread that works on."""
        ...

    def after_fork(self) -> None:
        """Begin anew in a child."""
        ...


# Held until closed: a logger that nobody refers to any more may still have rows in hand.
_registered: set[Closeable] = set()
_prepared = False
# The process whose end, as a child of multiprocessing, was prepared for.
_child = 0


def register(closeable: Closeable) -> None:
    """Close it when the process ends, and renew it in children."""
    global _prepared  # noqa: PLW0603 - handlers are installed once a process
    _registered.add(closeable)
    if not _prepared:
        _prepared = True
        atexit.register(close_all)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_in_child)
    _close_on_termination()


def unregister(closeable: Closeable) -> None:
    """It is closed."""
    _registered.discard(closeable)


def close_all() -> None:
    """Close everything registered in this process within `EXIT_SECONDS`.

    A thread that is in native code when the interpreter ends takes the whole process down with an abort.
    """
    end = time.monotonic() + EXIT_SECONDS
    for closeable in list(_registered):
        closeable.end(max(end - time.monotonic(), 0.5))


def close_at_process_exit() -> None:
    """Called when threads start: children of multiprocessing end without running atexit; they run these."""
    global _child  # noqa: PLW0603 - a finalizer is registered once a process
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _child != os.getpid():
        _child = os.getpid()
        util.Finalize(None, close_all, exitpriority=10)


def _in_child() -> None:
    for closeable in list(_registered):
        closeable.after_fork()


def _close_on_termination() -> None:
    """Close on SIGTERM where nobody else handles it; servers end in order and get here by atexit."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)


def _terminated(number: int, frame: FrameType | None) -> None:
    close_all()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
