"""What a logger is in one process, whatever it logs: its queue, its threads and its end."""

from __future__ import annotations

import itertools
import threading
from types import TracebackType
from typing import Self

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.log.buffer.committer import Destination
from lookoutcv.log.buffer.counters import LogStats
from lookoutcv.log.buffer.segments import Durability
from lookoutcv.log.one_call.call_queue import Call, CallQueue, WhenFull
from lookoutcv.log.table.arguments import checked_seconds
from lookoutcv.log.writing.engine import Engine
from lookoutcv.log.writing.job import Job
from lookoutcv.processes import shutdown


class LoggerSession:
    """A logger's queue, threads and writer in this process: started, flushed, closed, and begun anew in a forked child.

    Args:
        job: What the worker does with calls.
        destination: Where rows go.
        bounds: Of the queue: most calls, most bytes, what happens when it is full, the longest that a call blocks.
        durability: As for the loggers.
    """

    def __init__(
        self, job: Job, destination: Destination, bounds: tuple[int, int, WhenFull, float], durability: Durability
    ) -> None:
        self._job, self._destination, self._bounds, self.durability = job, destination, bounds, durability
        self._fresh()

    def _start(self) -> None:
        """Start the threads; what is logged is finished when the process ends."""
        shutdown.register(self)
        self._engine.start()

    def _fresh(self) -> None:
        """A queue, threads and a writer of this process's own; the threads start with the first call."""
        calls = CallQueue(*self._bounds)
        self._engine = Engine(self._job, self._destination, calls, self.durability, self._forget)
        self._sequence = itertools.count()

    def after_fork(self) -> None:
        """In a forked child: what waits in the parent is the parent's; start anew."""
        self._engine.abandon()
        self._fresh()

    @property
    def writer(self) -> str:
        """The name under which this process's rows are in the table."""
        return self._engine.writer

    def _acknowledged(self, engine: Engine, call: Call) -> bool:
        """Wait until the row is durable, within the bound."""
        call.written = threading.Event()
        if not engine.calls.put(call):
            return False
        if not engine.started:
            engine.start()
        return call.written.wait(self._bounds[3]) and call.stored

    @only_known_keywords(types=False)
    def flush(self, timeout: float = 30.0) -> bool:
        """Wait until every prediction logged so far is in the table.

        Args:
            timeout: Seconds to wait at most.
        Returns:
            Whether it is. If not, it is still in the queue or in the spool, and on its way.
        """
        return self._engine.flush(checked_seconds(timeout, "timeout"))

    @only_known_keywords(types=False)
    def close(self, timeout: float = 30.0) -> bool:
        """Flush and end. What cannot be committed in time is finished while the process runs on; the rest stays in the
        spool, and the next logger there commits it.

        Args:
            timeout: Seconds to wait at most.
        Returns:
            Whether every prediction is in the table.
        """
        done = self._engine.close(checked_seconds(timeout, "timeout"))
        # One that is still at work when the process ends is waited for then.
        if not self._engine.works:
            self._forget()
        return done

    @only_known_keywords(types=False)
    def end(self, seconds: float) -> None:
        """The process ends: close, and leave what cannot be finished in time to the next logger there.

        Args:
            seconds: To take at most.
        """
        self._engine.end(seconds)
        self._forget()

    def _forget(self) -> None:
        shutdown.unregister(self)

    @only_known_keywords()
    def stats(self) -> LogStats:
        """What became of the predictions logged in this process."""
        return self._engine.stats()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
