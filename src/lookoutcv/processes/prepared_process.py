"""A confined process by a fork of one that has imported everything already: 10 ms in place of 300.

So each film has a process of its own, however short it is. On Linux; elsewhere a program is started each time.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from typing import IO, Any

from lookoutcv.processes.prepared_program import MOST_MESSAGE_BYTES
from lookoutcv.processes.started_program import (
    Handed,
    Started,
    end_started,
    environment,
    search_path,
    started_program,
    tell,
)

_PROGRAM = """
import json, sys
told = json.loads(sys.stdin.buffer.readline())
sys.path[:] = told["path"]
from lookoutcv.processes.prepared_program import fork_for_tasks
from {module} import prepare, serve
prepare()
fork_for_tasks(told, serve)
"""
# It imports from a cold disk at first, and forks at once afterwards.
_SECONDS = 60.0
_AT_ONCE_SECONDS = 1e-3
# A process that is a fork of the one that started it has none of these: they are not its own.
_prepared: dict[tuple[int, str], _PreparedProcess] = {}
_lock = threading.Lock()


def started_fork(module: str, told: Mapping[str, Any], handed: Handed) -> Started:
    """As `started_program`, of a module that has `prepare()` too, which imports what `serve` needs.

    Raises:
        OSError: None can be started.
    """
    if sys.platform != "linux":
        return started_program(module, told, handed)
    key = (os.getpid(), module)
    for attempt in range(2):
        with _lock:
            if key not in _prepared:
                _prepared[key] = _PreparedProcess(module)
            prepared = _prepared[key]
        try:
            return prepared.fork(told, handed)
        except (OSError, EOFError):
            # It had nothing to do for a while and ended, or the system ended it.
            with _lock:
                _prepared.pop(key, None)
            if attempt:
                raise OSError("the process that starts others ended") from None
    raise AssertionError


def _renew_lock() -> None:
    global _lock  # noqa: PLW0603 - whoever held it is not in the fork
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


class _PreparedProcess:
    """The process that forks."""

    def __init__(self, module: str) -> None:
        self._lock = threading.Lock()
        own, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        own.settimeout(_SECONDS)
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM.format(module=module)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                # NumPy would start threads, and only what has one thread can be forked.
                env={**environment("/"), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,
                pass_fds=(its.fileno(),),
            )
        except OSError:
            own.close()
            raise
        finally:
            connection = its.fileno()
            its.close()
        tell(process, {"path": search_path(), "connection": connection})
        self._own, self.pid = own, process.pid
        self.close = weakref.finalize(self, end_started, process, own, os.getpid())

    def fork(self, told: Mapping[str, Any], handed: Handed) -> ForkedProcess:
        """A fork that works on a task.

        Raises:
            OSError, EOFError: It ended itself.
        """
        assert handed.watched is not None
        message = json.dumps({**told, "folder": handed.folder}).encode()
        files = [handed.connection.fileno(), handed.words, handed.watched, *handed.rooms]
        return ForkedProcess(self, int(self.answer(message, files)["pid"]))

    def answer(self, message: bytes, files: list[int]) -> Any:
        """Ask it."""
        with self._lock:
            try:
                socket.send_fds(self._own, [message], files)
                answer = self._own.recv(MOST_MESSAGE_BYTES)
            except BaseException:
                # Its answer would be taken for that of the next question.
                self.close()
                raise
        if not answer:
            self.close()
            raise EOFError
        return json.loads(answer)


class ForkedProcess:
    """One that was forked, as `subprocess.Popen` has it: its parent is asked what became of it.

    Args:
        prepared: Its parent.
        pid: Its number.
    """

    stdin: IO[bytes] | None = None

    def __init__(self, prepared: _PreparedProcess, pid: int) -> None:
        self._prepared, self.pid = prepared, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """As of `Popen`."""
        return self._ended(_AT_ONCE_SECONDS)

    def wait(self, timeout: float | None = None) -> int:
        """As of `Popen`."""
        code = self._ended(_SECONDS / 2 if timeout is None else timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code

    def kill(self) -> None:
        """As of `Popen`."""
        self._ended(0)

    def _ended(self, seconds: float) -> int | None:
        if self.returncode is None:
            asked = json.dumps({"ended": self.pid, "seconds": seconds}).encode()
            try:
                self.returncode = self._prepared.answer(asked, [])["code"]
            except (OSError, EOFError):
                # With its parent the kernel ended it.
                self.returncode = -signal.SIGKILL
        return self.returncode
