"""A process that serves, as the one that started it sees it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from lookoutcv.service.messages import parsed
from lookoutcv.service.plan import ServicePlan
from lookoutcv.service.telemetry.instruments import FOLDER_VARIABLE

_MODULE = "lookoutcv.service.worker.serve_requests"
_LONGEST_LINE = 1 << 20

Heard = Callable[["WorkerProcess", dict[str, Any]], Awaitable[None]]


class WorkerProcess:
    """One process.

    Args:
        process: It.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ready = False
        self.identity: dict[str, str] = {}
        self.failure: dict[str, Any] | None = None

    @classmethod
    async def start(cls, plan: ServicePlan, listening: int, metrics: str, search_path: list[str]) -> WorkerProcess:
        """Start one; it is ready once it says so.

        Args:
            plan: What it does.
            listening: The file descriptor of the socket.
            metrics: The folder where figures of all processes lie.
            search_path: Where modules are looked for.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            f"import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {_MODULE} import main; main()",
            json.dumps(search_path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(listening,),
            # Ctrl-C goes to the first process alone, which lets the others finish.
            start_new_session=True,
            env={**os.environ, FOLDER_VARIABLE: metrics},
            limit=_LONGEST_LINE,
        )
        worker = cls(process)
        worker.tell("begin", plan=plan.to_dict(), listening=listening)
        return worker

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def tell(self, kind: str, **values: Any) -> None:
        """Send a message."""
        assert self._process.stdin is not None
        with suppress(OSError, RuntimeError):
            self._process.stdin.write(json.dumps({"kind": kind, **values}).encode() + b"\n")

    async def listen(self, heard: Heard) -> int:
        """Hand on what it says until it ends; the code it ended with, below 0 for a signal."""
        assert self._process.stdout is not None
        with suppress(ValueError, OSError):  # a line without end
            while line := await self._process.stdout.readline():
                message = parsed(line)
                if message is not None:
                    await heard(self, message)
        self.ready = False
        return await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, with whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
