"""A process of the service: loads the models, answers on the shared socket, listens to the process that started it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

from lookoutcv.errors import LookoutError
from lookoutcv.processes.log_lines import set_up
from lookoutcv.processes.shutdown import close_all
from lookoutcv.processes.told_errors import error_json
from lookoutcv.service.application import application
from lookoutcv.service.hosting.ask import Answers
from lookoutcv.service.hosting.shelf import Shelf
from lookoutcv.service.hosting.worker_threads import WorkerThreads
from lookoutcv.service.messages import Outbox, parsed
from lookoutcv.service.plan import ServicePlan
from lookoutcv.service.telemetry.instruments import Instruments
from lookoutcv.service.web.connections import connection_class
from lookoutcv.service.web.context import Fleet, ServiceContext

_log = logging.getLogger("lookoutcv.service")
_KEEP_ALIVE_SECONDS = 30
# A model's own process is ended by its runtime after some minutes; a model in this process is not.
_HUNG_SECONDS = 330.0
_LOOK_SECONDS = 1.0
# Requests may take all the time there is to end; the log gets this long all the same.
_LEAST_LOG_SECONDS = 1.5


def main() -> None:
    """Serve until told to stop; what the process is to do comes by its standard input."""
    outbox = Outbox(_own_stdout())
    told = parsed(sys.stdin.buffer.readline())
    if told is None:
        return
    plan = ServicePlan.from_dict(told["plan"])
    set_up(plan.log_level, plan.log_format)
    _same_lines("uvicorn")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        shelf = Shelf(plan)
        instruments = Instruments()
    except LookoutError as error:
        outbox.send("failed", error=error_json(error).decode(), said=str(error))
        sys.exit(error.exit_code)
    context = ServiceContext(
        plan, shelf, WorkerThreads(plan.threads, plan.queue), Answers(plan, instruments), instruments
    )
    server = _Server(context, outbox)
    threading.Thread(target=server.listen, name="lookoutcv-serve-listen", daemon=True).start()
    server.run(sockets=[socket.socket(fileno=told["listening"])])
    shelf.now.close(max(server.drain_ends - time.monotonic(), _LEAST_LOG_SECONDS))
    close_all()  # of models that were replaced a moment ago
    logging.shutdown()
    # What a hanging model holds up must not hold up the end.
    os._exit(0)


def _same_lines(name: str) -> None:
    """Let a library's warnings be written as our lines are."""
    logger = logging.getLogger(name)
    logger.handlers[:], logger.propagate = logging.getLogger("lookoutcv").handlers, False
    logger.setLevel(logging.WARNING)


def _own_stdout() -> Any:
    """The stream that messages go to; whatever libraries print goes to standard error."""
    stream = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return stream


class _Server(uvicorn.Server):
    """Uvicorn's server, told by messages what to do.

    Args:
        context: What endpoints share.
        outbox: To the process that started this one.
    """

    def __init__(self, context: ServiceContext, outbox: Outbox) -> None:
        self._context, self._outbox = context, outbox
        self._asked: dict[int, asyncio.Future[str | None]] = {}
        self._ids = itertools.count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.drain_ends = 0.0
        context.ask_reload = self._ask_reload
        config = uvicorn.Config(
            application(context),
            http=connection_class(context.plan.request_seconds),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=max(1, round(context.plan.drain_seconds)),
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGTERM, self.drain)
        await super().startup(sockets)
        self._outbox.send("ready", identity=self._context.shelf.now.identity)
        self._watching = self._loop.create_task(self._watch())

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are not uvicorn's."""
        yield

    def drain(self) -> None:
        """Answer what has begun, take no more, and end."""
        if not self._context.draining:
            self.drain_ends = time.monotonic() + self._context.plan.drain_seconds
        self._context.draining = True
        self.should_exit = True

    def listen(self) -> None:
        """Hear what the process that started this one says, until it ends."""
        for line in iter(sys.stdin.buffer.readline, b""):
            message = parsed(line)
            if message is not None:
                self._heard(message)
        self.drain()

    def _heard(self, message: dict[str, Any]) -> None:
        match message["kind"]:
            case "fleet":
                self._context.fleet = Fleet(message["workers"], message["ready"], message["deaths"])
            case "drain":
                self.drain()
            case "prepare":
                threading.Thread(target=self._prepare, args=(message["id"],), daemon=True).start()
            case "commit":
                self._context.shelf.commit()
            case "abandon":
                self._context.shelf.abandon()
            case "reloaded":
                future = self._asked.pop(message["id"], None)
                if future is not None and self._loop is not None:
                    self._loop.call_soon_threadsafe(_settle, future, message["problem"])

    def _prepare(self, id: int) -> None:
        problem = None
        try:
            identity = self._context.shelf.prepare().identity
        except LookoutError as error:
            problem, identity = str(error), {}
        except Exception as error:  # a library's own: what serves goes on
            _log.exception("loading anew failed")
            problem, identity = f"Loading failed: {type(error).__name__}.", {}
        self._outbox.send("prepared", id=id, problem=problem, identity=identity)

    async def _ask_reload(self) -> str | None:
        """Ask for a reload of all processes; what stood in the way, None for nothing."""
        future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        id = next(self._ids)
        self._asked[id] = future
        self._outbox.send("reload", id=id)
        return await future

    async def _watch(self) -> None:
        """Say so where a model hangs: its thread cannot be ended, its process can."""
        while not self.should_exit:
            await asyncio.sleep(_LOOK_SECONDS)
            longest = self._context.threads.longest_seconds
            if longest > _HUNG_SECONDS:
                self._outbox.send("hung", seconds=longest)


def _settle(future: asyncio.Future[str | None], problem: str | None) -> None:
    if not future.done():
        future.set_result(problem)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
