"""Lines that a library writes to standard error itself, kept from the user: only those, and nobody else's."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_STDERR = 2
_CHUNK_BYTES = 2**16
# A process that was started meanwhile holds the pipe open as its own standard error: it is not waited for.
_PATIENCE_SECONDS = 1.0
# Threads of a library that failed may still be writing of it after the call has raised. A backtrace is put together
# between two lines, for up to a tenth of a second where the machine is busy.
_QUIET_SECONDS = 0.3
_LONGEST_SECONDS = 3.0
_one_at_a_time = threading.Lock()
_seen: set[bytes] = set()


@contextmanager
def without_stderr_lines(phrase: bytes) -> Iterator[None]:
    """While it lasts, lines that hold these words do not reach standard error; all others do.

    For runtimes that write through C and have no setting for it. Each line is taken to be written once a process: once
    it was seen, nothing is done any more.

    Args:
        phrase: Part of the line.
    Example:
        >>> import os
        >>> with without_stderr_lines(b"chatter"):
        ...     _ = os.write(2, b"INFO: chatter\\n")
    """
    if phrase in _seen:
        yield
        return
    held_back: list[bytes] = []
    try:
        with stderr_lines(re.compile(re.escape(phrase))) as held_back:
            yield
    finally:
        if held_back:
            _seen.add(phrase)


@contextmanager
def stderr_lines(pattern: re.Pattern[bytes], *, of_threads: bool = False) -> Iterator[list[bytes]]:
    """While it lasts, lines that fit a pattern do not reach standard error and are collected; all others reach it.

    Standard error becomes a pipe, and a thread passes on what arrives there, so what other threads write meanwhile is
    not lost, though it may come a moment late.

    Args:
        pattern: Searched for in each line.
        of_threads: Threads of a library write them: where the block raises, it lasts until nothing has been written
            for a moment, since others of them may not have said yet that they failed, too.
    Returns:
        The lines held back, complete once the block is left. Always empty where standard error is closed.
    Example:
        >>> import os
        >>> with stderr_lines(re.compile(b"chatter")) as lines:
        ...     _ = os.write(2, b"INFO: chatter\\n")
        >>> lines
        [b'INFO: chatter\\n']
    """
    held_back: list[bytes] = []
    with _one_at_a_time:
        try:
            real = os.dup(_STDERR)
        except OSError:  # closed, as under some service managers: nobody reads it
            yield held_back
            return
        reading, writing = os.pipe()
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.flush()
        os.dup2(writing, _STDERR)
        os.close(writing)
        heard = threading.Event()
        arguments = reading, os.dup(real), _sorting(pattern, held_back), heard
        passing = threading.Thread(target=_pass_on, args=arguments, daemon=True)
        passing.start()
        try:
            yield held_back
        except BaseException:
            if of_threads:
                _until_quiet(heard)
            raise
        finally:
            os.dup2(real, _STDERR)
            os.close(real)
            passing.join(_PATIENCE_SECONDS)


def _until_quiet(heard: threading.Event) -> None:
    latest = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < latest:
        heard.clear()
        if not heard.wait(_QUIET_SECONDS):
            return


def _sorting(pattern: re.Pattern[bytes], held_back: list[bytes]) -> Callable[[int, bytes], None]:
    def write(out: int, line: bytes) -> None:
        if pattern.search(line):
            held_back.append(line)
            return
        while line:
            line = line[os.write(out, line) :]

    return write


def _pass_on(reading: int, real: int, write: Callable[[int, bytes], None], heard: threading.Event) -> None:
    unfinished = b""
    # A reader of standard error that went away is no reason to fail.
    with suppress(OSError), os.fdopen(reading, "rb", buffering=0) as pipe, os.fdopen(real, "wb", buffering=0) as out:
        while chunk := pipe.read(_CHUNK_BYTES):
            heard.set()
            *lines, unfinished = (unfinished + chunk).split(b"\n")
            for line in lines:
                write(out.fileno(), line + b"\n")
        write(out.fileno(), unfinished)
