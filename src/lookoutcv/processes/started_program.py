"""How a confined process comes to be: a Python program of its own, with what it is handed.

What is imported before anything is given up imports nothing but the standard library.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Protocol

_PROGRAM = """
import json, sys
task = json.loads(sys.stdin.buffer.readline())
sys.path[:] = task["path"]
from lookoutcv.processes.confined_program import begin, finish
given = begin(task)
from {module} import serve
finish(serve, given)
"""
# Of the environment only what numerical libraries read: the rest may hold keys.
_KEPT = frozenset(
    {
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "PYTHONHOME",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "TZ",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
    }
)
_KEPT_FAMILIES = ("OMP_", "MKL_", "KMP_", "OPENBLAS_", "GOMP_", "CUDA_", "NVIDIA_", "MALLOC_")


class Started(Protocol):
    """A process that was started, as `subprocess.Popen` has it."""

    returncode: Any

    @property
    def pid(self) -> int: ...
    @property
    def stdin(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None:
        """With what code it ended, below 0 where a signal ended it; None where it did not end."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """The code, once it has ended. Raises `subprocess.TimeoutExpired` where that takes longer."""
        ...

    def kill(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True)
class Handed:
    """What a process finds open.

    Args:
        connection: Its end of the connection.
        words: Where it writes what nobody asked for.
        watched: The end of a pipe that closes with the process that started it; None where there is none.
        rooms: Memory that both see.
        folder: Where it starts.
    """

    connection: socket.socket
    words: int
    watched: int | None
    rooms: Sequence[int]
    folder: str


def started_program(module: str, told: Mapping[str, Any], handed: Handed) -> subprocess.Popen[bytes]:
    """Start it as a program, and tell it what to do.

    Args:
        module: Its dotted name; `serve(task, frames, rooms)` is called in it.
        told: As `begin` reads it, without what is handed over.
        handed: What it finds open.
    Raises:
        OSError: None can be started.
    """
    open_there = (handed.connection.fileno(), *handed.rooms, *filter(None, [handed.watched]))
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM.format(module=module)],
        stdin=subprocess.PIPE,
        # Never full: a C++ stream that cannot be written to is an error in the model's own code.
        stdout=subprocess.DEVNULL,
        stderr=handed.words,
        cwd=handed.folder,
        env=environment(handed.folder),
        start_new_session=True,
        pass_fds=() if sys.platform == "win32" else open_there,
    )
    tell(
        process,
        {
            **told,
            **{"path": search_path(), "connection": _handle(handed.connection, process.pid)},
            **{"rooms": [*handed.rooms], "watched": handed.watched},
            "parent_thread_lives": threading.current_thread() is threading.main_thread(),
        },
    )
    return process


def tell(process: subprocess.Popen[bytes], told: Mapping[str, Any]) -> None:
    """Write to a program what it waits for; one that ended already is found out when it is asked."""
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()


def search_path() -> list[str]:
    """Where modules are looked for, wherever a process starts."""
    return [os.path.abspath(entry) for entry in sys.path]


def environment(folder: str) -> dict[str, str]:
    """What a process gets of this one's environment.

    Args:
        folder: Its home, and where it would put temporary files.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_FAMILIES)}
    return {**kept, "HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def _handle(connection: socket.socket, pid: int) -> int | str:
    """What the process makes its end of the connection from."""
    if sys.platform == "win32":
        return base64.b64encode(connection.share(pid)).decode()
    return connection.fileno()


def end_started(process: Started, own: socket.socket, owner: int) -> bool:
    """Close the connection to a process and end it.

    Args:
        process: It.
        own: This side's end.
        owner: The process that started it; in a fork of that one it is not ours to end or to wait for.
    Returns:
        Whether it was ended.
    """
    with suppress(OSError):
        own.close()
    if os.getpid() != owner:
        process.returncode = 0
        return False
    with suppress(OSError):
        process.kill()
    process.wait()
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    return True
