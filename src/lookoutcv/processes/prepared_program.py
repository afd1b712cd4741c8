"""A process that has imported what is slow to import, and forks itself for each task: the fork then gives up the rest.

It reads no files of others itself, has no thread but its first, and does what the process that started it says.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

from lookoutcv.processes.confined_program import Serve, begin, finish

MOST_MESSAGE_BYTES = 1 << 17
MOST_FILES = 16
# Without a task for so long, and none at work, it ends: what it imported takes 60 MB.
_IDLE_SECONDS = 60.0
_POLL_SECONDS = 0.002


def fork_for_tasks(told: Mapping[str, Any], serve: Serve) -> None:
    """Fork for each task that comes, until nobody asks any more.

    Args:
        told: `connection`: where tasks come from, with what they find open.
        serve: Of the module that does the work.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    connection = socket.socket(fileno=told["connection"])
    connection.settimeout(_IDLE_SECONDS)
    at_work: set[int] = set()
    while True:
        try:
            message, files, _, _ = socket.recv_fds(connection, MOST_MESSAGE_BYTES, MOST_FILES)
        except TimeoutError:
            if at_work:
                continue
            return
        if not message:
            return
        asked = json.loads(message)
        if "ended" in asked:
            answer = {"code": _ended(asked["ended"], asked["seconds"], at_work)}
        else:
            process = os.fork()
            if process == 0:
                _work(asked, files, connection, serve)
            at_work.add(process)
            for file in files:
                os.close(file)
            answer = {"pid": process}
        connection.send(json.dumps(answer).encode())


def _work(told: dict[str, Any], files: list[int], connection: socket.socket, serve: Serve) -> None:
    """In the fork: as a program of its own would begin. It never comes back."""
    try:
        connection.close()
        told["connection"], words, told["watched"], *told["rooms"] = files
        # Never full, as where it is started as a program: a model that prints would else fail.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for file, number in ((nowhere, 1), (words, 2)):
            os.dup2(file, number)
            os.close(file)
        os.chdir(told["folder"])
        os.environ["HOME"] = os.environ["TMPDIR"] = told["folder"]
        finish(serve, begin({**told, "parent_thread_lives": True}))
    finally:
        os._exit(1)


def _ended(process: int, seconds: float, at_work: set[int]) -> int | None:
    """With what code a fork ended; None where it has not after so long; without seconds it is killed first."""
    if process not in at_work:
        return None
    if not seconds:
        os.kill(process, signal.SIGKILL)
    end = time.monotonic() + seconds
    while True:
        found, status = os.waitpid(process, os.WNOHANG if seconds else 0)
        if found:
            at_work.remove(process)
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            return None
        time.sleep(_POLL_SECONDS)
