"""A process that runs what nobody trusts: started once, asked again and again, ended when it takes too long.

What it may do is told in `confinement`. It begins in `confined_program`; what it is asked and answers goes over
`frames`, tensors through memory that both see. Nothing that it sends is unpickled or run.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from lookoutcv.processes.confinement import installed_folders
from lookoutcv.processes.frames import Frames
from lookoutcv.processes.prepared_process import started_fork
from lookoutcv.processes.shared_tensors import SharedRoom
from lookoutcv.processes.started_program import Handed, Started, end_started, started_program

# The tensors that go in, and those that come out; memory is taken only for what is written there.
_ROOM_BYTES, _SHARE_OF_MEMORY = 1 << 30, 8
_MOST_MESSAGE_BYTES = 16 << 20
_LAST_WORDS_BYTES = 8192
# What it writes is thrown away from time to time, so that its last words find room in the pipe.
_WORDS_EVERY = 32


class NoProcessError(Exception):
    """None can be started.

    Args:
        why: In words, to follow "no process can be started".
        remedy: What to do, in a sentence.
    """

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


class ProcessEndedError(Exception):
    """It ended, was ended, or said what makes no sense.

    Args:
        how: In words, to follow "its process": "was ended by SIGSEGV".
        words: The last lines that it wrote.
    """

    def __init__(self, how: str, words: str = "") -> None:
        super().__init__(how)
        self.how, self.words = how, words


class ConfinedProcess:
    """A started process.

    Args:
        module: Its dotted name; `serve(task, frames, rooms)` is called in it.
        task: Plain values for it.
        readable: Files that it may read, besides what is installed.
        most_bytes: Memory of its own that it may hold.
        first_bytes: What it may hold before its module allows it more (`allow_memory`); None for all of that.
        graphics: It uses a graphics processor.
        forked: Of a process that has called the module's `prepare()`, where the system can do that.
    Raises:
        NoProcessError: No process can be started here.
    """

    def __init__(
        self,
        module: str,
        task: Mapping[str, Any],
        *,
        readable: Sequence[str],
        most_bytes: int,
        first_bytes: int | None = None,
        graphics: bool = False,
        forked: bool = False,
    ) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise NoProcessError("this program has no Python of its own", "Run it with a Python that is installed.")
        room_bytes = min(_ROOM_BYTES, most_bytes // _SHARE_OF_MEMORY)
        self.rooms = (SharedRoom.create(room_bytes), SharedRoom.create(room_bytes))
        if None in self.rooms:
            self.rooms = (None, None)
        own, its = socket.socketpair()
        self.frames = Frames(own)
        self._words, words = _words_pipe()
        folder = tempfile.mkdtemp(prefix="lookoutcv-")
        # Nobody ever writes there: that it closes tells the process that this one is gone.
        watched, held = os.pipe() if sys.platform == "linux" else (None, None)
        handed = Handed(its, words, watched, [room.file for room in self.rooms if room is not None], folder)
        told = {
            **{"task": dict(task), "room_bytes": room_bytes, "graphics": graphics, "most_bytes": most_bytes},
            **{"readable": [*readable, *installed_folders(), _our_package()], "folder": folder},
            "first_bytes": first_bytes,
        }
        try:
            self._process: Started = (started_fork if forked else started_program)(module, told, handed)
        except OSError as reason:
            for file in (self._words, held):
                if file is not None:
                    os.close(file)
            own.close()
            shutil.rmtree(folder, ignore_errors=True)
            remedy = "End other programs, or raise what `ulimit -u` allows."
            raise NoProcessError(reason.strerror or str(reason), remedy) from reason
        finally:
            its.close()
            for file in (words, watched):
                if file is not None and file != subprocess.DEVNULL:
                    os.close(file)
        self.pid = self._process.pid
        self._owner = os.getpid()
        self._answers = 0
        self._end = weakref.finalize(self, _end, self._process, own, (self._words, held), folder, self._owner)

    @property
    def usable(self) -> bool:
        """Whether it can be asked: it has not ended, and this process started it, not one that this is a fork of."""
        return self._end.alive and self._owner == os.getpid()

    def ask(self, kind: int, parts: Sequence[bytes | memoryview], seconds: float) -> tuple[int, memoryview]:
        """Send a message and wait for the answer.

        Args:
            kind, parts: As for `Frames.send`.
            seconds: It is ended when the answer takes longer.
        Raises:
            ProcessEndedError: It ended, or was ended.
        """
        return self._answer(seconds, lambda end: self.frames.send(kind, parts, end))

    def answer(self, seconds: float) -> tuple[int, memoryview]:
        """The next answer to what was asked last, where there is more than one; as `ask`."""
        return self._answer(seconds)

    def _answer(self, seconds: float, asked: Callable[[float], None] | None = None) -> tuple[int, memoryview]:
        end = time.monotonic() + seconds
        most = _MOST_MESSAGE_BYTES if self.rooms[1] is not None else _ROOM_BYTES
        try:
            if asked is not None:
                asked(end)
            answer = self.frames.receive(most, end)
        except TimeoutError:
            self.close()
            raise ProcessEndedError(f"did not answer within {seconds:.0f} s and was ended") from None
        except (EOFError, OSError):
            raise self._died() from None
        except ValueError as reason:
            self.close()
            raise ProcessEndedError(f"answered with what is no answer ({reason}) and was ended") from None
        except BaseException:
            # Interrupted: its answer would be taken for that of the next question.
            self.close()
            raise
        self._answers += 1
        if self._answers % _WORDS_EVERY == 0:
            _read_words(self._words, 0)
        return answer

    def close(self) -> None:
        """End it, if it has not ended."""
        self._end()

    def _died(self) -> ProcessEndedError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        code = self._process.poll()
        words = _read_words(self._words, _LAST_WORDS_BYTES)
        self.close()
        return ProcessEndedError("closed its connection and was ended" if code is None else _ending(code), words)


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"


def _our_package() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _words_pipe() -> tuple[int | None, int]:
    """Where it writes what nobody asked for: a pipe that never makes it wait, and is not shown."""
    if sys.platform == "win32":
        return None, subprocess.DEVNULL
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    return reading, writing


def _read_words(reading: int | None, most: int) -> str:
    """Empty the pipe; the last of what was in it."""
    words = b""
    if reading is not None:
        with suppress(OSError):
            while got := os.read(reading, 2**16):
                words = (words + got)[-most:] if most else b""
    return words.decode("utf-8", "replace")


def _end(process: Started, own: socket.socket, files: Sequence[int | None], folder: str, owner: int) -> None:
    for file in files:
        if file is not None:
            os.close(file)
    if end_started(process, own, owner):
        shutil.rmtree(folder, ignore_errors=True)
