"""Keeps the processes of a service going: starts them, replaces those that die, reloads all or none, stops them."""

from __future__ import annotations

import asyncio
import itertools
import logging
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lookoutcv.extras import need
from lookoutcv.processes.told_errors import error_from
from lookoutcv.service.plan import ServicePlan
from lookoutcv.service.supervision.stand_in import StandIn
from lookoutcv.service.supervision.worker_process import WorkerProcess

_log = logging.getLogger("lookoutcv.service")
# One that dies at once is started again later each time.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.1, 10.0
_LIVED_SECONDS = 30.0
_RELOAD_SECONDS = 120.0
# What draining may take beyond what is promised, before a process is killed.
_KILL_AFTER_SECONDS = 2.0


class Supervisor:
    """Of one service.

    Args:
        plan: What it does.
        listening: The socket that all processes share.
        on_ready: Called once, when all are ready.
    """

    def __init__(self, plan: ServicePlan, listening: socket.socket, on_ready: Callable[[], None]) -> None:
        self._plan, self._listening, self._on_ready = plan, listening, on_ready
        self._stand_in = StandIn(listening)
        self._workers: dict[int, WorkerProcess] = {}
        self._stopping = asyncio.Event()
        self._error: Exception | None = None
        self._deaths = 0
        self._was_ready = False
        self._reloads = itertools.count(1)
        self._prepared: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._reloading = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._metrics = ""

    async def run(self) -> None:
        """Serve until a signal says that it is enough.

        Raises:
            LookoutError: What is to be served cannot be opened.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload_on_signal)
        with tempfile.TemporaryDirectory(prefix="lookoutcv-metrics-") as self._metrics:
            await self._stand_in.begin()
            try:
                async with asyncio.TaskGroup() as group:
                    for slot in range(self._plan.workers):
                        group.create_task(self._keep(slot))
                    group.create_task(self._stop_all())
            finally:
                await self._stand_in.end()
                for worker in self._workers.values():
                    worker.kill()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Let all finish what they have begun, and end."""
        self._stopping.set()

    async def _keep(self, slot: int) -> None:
        """Keep one process going."""
        wait = _FIRST_WAIT_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            worker = await WorkerProcess.start(
                self._plan, self._listening.fileno(), self._metrics, [entry or "." for entry in sys.path]
            )
            self._workers[slot] = worker
            code = await worker.listen(self._heard)
            del self._workers[slot]
            self._forget_metrics(worker.pid)
            if self._stopping.is_set():
                return
            if not self._was_ready and worker.failure is not None:
                self._give_up(worker.failure)
                return
            self._deaths += 1
            await self._tell_fleet()
            why = f"signal {-code}" if code < 0 else f"code {code}"
            _log.error("process %d ended (%s) and is replaced", worker.pid, why, extra={"worker_deaths": self._deaths})
            wait = _FIRST_WAIT_SECONDS if time.monotonic() - began > _LIVED_SECONDS else wait
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    def _give_up(self, failure: dict[str, Any]) -> None:
        error = error_from(failure["error"].encode(), {})
        self._error = self._error or error
        self.stop()

    async def _heard(self, worker: WorkerProcess, message: dict[str, Any]) -> None:
        match message["kind"]:
            case "ready":
                worker.ready, worker.identity = True, message["identity"]
                await self._tell_fleet()
                self._look_for_others(worker)
            case "failed":
                worker.failure = message
                _log.error("process %d cannot serve: %s", worker.pid, message.get("said", ""))
            case "prepared":
                waiting = self._prepared.get(message["id"])
                if waiting is not None:
                    waiting.put_nowait({**message, "pid": worker.pid})
            case "reload":
                self._begin(self._answer_reload(worker, message["id"]))
            case "hung":
                _log.error("process %d hangs in a model for %.0f s and is ended", worker.pid, message["seconds"])
                worker.kill()

    async def _tell_fleet(self) -> None:
        ready = sum(worker.ready for worker in self._workers.values())
        for worker in self._workers.values():
            worker.tell("fleet", workers=self._plan.workers, ready=ready, deaths=self._deaths)
        if ready:
            await self._stand_in.end()
        elif not self._stopping.is_set():
            await self._stand_in.begin()
        if ready == self._plan.workers and not self._was_ready:
            self._was_ready = True
            self._on_ready()

    def _look_for_others(self, worker: WorkerProcess) -> None:
        """A process that was replaced has loaded what lies there now: the others must answer alike."""
        others = [one for one in self._workers.values() if one.ready and one.identity != worker.identity]
        if others and self._was_ready:
            _log.warning("what is served has changed on the disk; all processes load it anew")
            self._begin(self._reload())

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _reload_on_signal(self) -> None:
        self._begin(self._reload())

    async def _answer_reload(self, worker: WorkerProcess, id: int) -> None:
        said = await self._reload()
        worker.tell("reloaded", id=id, problem=said)

    async def _reload(self) -> str | None:
        """Load anew in all processes, then let all answer with it, or none; what stood in the way, None for nothing."""
        async with self._reloading:
            number = next(self._reloads)
            asked = [worker for worker in self._workers.values() if worker.ready]
            queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            self._prepared[number] = queue
            for worker in asked:
                worker.tell("prepare", id=number)
            answers: list[dict[str, Any]] = []
            problem = None
            try:
                async with asyncio.timeout(_RELOAD_SECONDS):
                    while len(answers) < len(asked):
                        answers.append(await queue.get())
            except TimeoutError:
                problem = f"The models were not loaded within {_RELOAD_SECONDS:g} seconds."
            finally:
                del self._prepared[number]
            problem = problem or next((one["problem"] for one in answers if one["problem"]), None)
            for worker in asked:
                worker.tell("abandon" if problem else "commit", id=number)
            if problem:
                _log.error("the models were not loaded anew, those of before go on: %s", problem)
                return problem
            for worker in asked:
                worker.identity = answers[0]["identity"]
            _log.info("the models were loaded anew in %d processes", len(asked))
            return None

    async def _stop_all(self) -> None:
        await self._stopping.wait()
        await self._stand_in.end()
        for worker in self._workers.values():
            worker.tell("drain")
        end = time.monotonic() + self._plan.drain_seconds + _KILL_AFTER_SECONDS
        while self._workers and time.monotonic() < end:
            await asyncio.sleep(0.02)
        for worker in self._workers.values():
            _log.error("process %d did not end within %g s and is killed", worker.pid, self._plan.drain_seconds)
            worker.kill()

    def _forget_metrics(self, pid: int) -> None:
        """What a process that ended says of now is no longer so; what it counted stays."""
        with suppress(OSError):
            need("prometheus_client.multiprocess", "serve").mark_process_dead(pid, self._metrics)
