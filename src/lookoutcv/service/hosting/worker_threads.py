"""Threads that work at images, and a bounded queue before them: what finds it full is told so at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from lookoutcv.service.problems import Problem

Answer = TypeVar("Answer")
# Of how long an image takes: what the last ones took counts more.
_WEIGHT = 0.1


class _Work:
    """A piece of work that waits or is done."""

    __slots__ = ("began", "function", "future", "loop")

    def __init__(
        self, function: Callable[[], Any], future: asyncio.Future[Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        self.function, self.future, self.loop = function, future, loop
        self.began = 0.0


class WorkerThreads:
    """A few threads and a bounded queue.

    Args:
        threads: How many work at once.
        queue: How many may wait.
    """

    def __init__(self, threads: int, queue: int) -> None:
        self._most = queue
        self._threads = threads
        self._waiting: deque[_Work] = deque()
        self._working: set[_Work] = set()
        self._changed = threading.Condition()
        self._ended = False
        self._seconds = 0.0
        self.refused = 0
        for number in range(threads):
            threading.Thread(target=self._run, name=f"lookoutcv-serve-{number}", daemon=True).start()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._waiting)

    @property
    def longest_seconds(self) -> float:
        """How long the oldest piece that is worked at has taken by now; 0 where none is."""
        now = time.monotonic()
        with self._changed:
            return max((now - one.began for one in self._working), default=0.0)

    async def run(self, function: Callable[[], Answer], seconds: float) -> Answer:
        """What a function returns, called in one of the threads.

        Args:
            function: The work.
            seconds: How long it may wait and take.
        Raises:
            Problem: The queue is full (429), or it takes longer (504): the caller then gives up; work that has begun
                goes on.
        """
        loop = asyncio.get_running_loop()
        work = _Work(function, loop.create_future(), loop)
        with self._changed:
            if len(self._waiting) >= self._most:
                self.refused += 1
                raise self._full()
            self._waiting.append(work)
            self._changed.notify()
        try:
            async with asyncio.timeout(seconds):
                answer: Answer = await work.future
                return answer
        except TimeoutError:
            raise Problem(
                504, f"The answer took longer than {seconds:g} seconds.", "too-slow", {"retry-after": "5"}
            ) from None

    def end(self) -> None:
        """Let the threads end, once nothing waits."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _full(self) -> Problem:
        wait = max(1, round(self._seconds * self._most / self._threads))
        return Problem(
            429,
            f"{self._most} images wait already. Come again in {wait} s.",
            "queue-full",
            {"retry-after": str(wait)},
        )

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ended:
                    self._changed.wait()
                if not self._waiting:
                    return
                work = self._waiting.popleft()
                if work.future.cancelled():  # its client gave up
                    continue
                work.began = time.monotonic()
                self._working.add(work)
            try:
                answer, error = work.function(), None
            except BaseException as reason:  # whatever it raises belongs to whoever waits for it
                answer, error = None, reason
            with self._changed:
                self._working.discard(work)
                took = time.monotonic() - work.began
                self._seconds += _WEIGHT * (took - self._seconds) if self._seconds else took
            try:
                work.loop.call_soon_threadsafe(_settle, work.future, answer, error)
            except RuntimeError:  # the loop has ended: nobody waits any more
                return


def _settle(future: asyncio.Future[Any], answer: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(answer)
    else:
        future.set_exception(error)
