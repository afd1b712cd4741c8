"""A pool of processes that keeps every core busy and memory constant, and that leaves no process behind."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from lookoutcv.errors import WorkerDied
from lookoutcv.metrics import Metric
from lookoutcv.plugins import FILE_MODULE_PREFIX
from lookoutcv.sources import ImageRef

_AHEAD_PER_WORKER = 3
_PARENT_CHECK_SECONDS = 2.0

_Outcome = TypeVar("_Outcome")
Task = Callable[[list[ImageRef]], _Outcome]

# What this process does with each chunk, where it is one of a pool.
_task: Task[Any] | None = None


def in_processes(
    chunks: Iterable[list[ImageRef]], task: Task[_Outcome], metrics: Iterable[Metric], workers: int
) -> Iterator[_Outcome]:
    """Do one thing with chunks of references in several processes.

    Args:
        chunks: Read lazily, never more than a few ahead.
        task: What to do with each. It travels to each process once: metrics are a hundred kilobytes of functions.
        metrics: The metrics in the task.
        workers: How many processes.
    Returns:
        The outcomes, in order.
    Raises:
        WorkerDied: A process was killed.
    """
    import cloudpickle  # noqa: PLC0415 - only runs with a pool pay for it
    import loky  # noqa: PLC0415

    _send_by_value(metrics)
    start = (os.getpid(), cloudpickle.dumps(task))
    pool = loky.ProcessPoolExecutor(max_workers=workers, initializer=_start_worker, initargs=start)
    waiting: deque[tuple[Any, list[ImageRef]]] = deque()
    started = finished = False
    try:
        for chunk in chunks:
            with _children_ignoring_interrupts(wanted=not started):
                future = pool.submit(_perform, chunk)
            started = True
            waiting.append((future, chunk))
            if len(waiting) >= workers * _AHEAD_PER_WORKER:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
        finished = True
    finally:
        # A consumer that stopped early, or Ctrl-C, must not wait for work nobody wants.
        pool.shutdown(wait=True, kill_workers=not finished)


def _perform(chunk: list[ImageRef]) -> Any:
    assert _task is not None
    return _task(chunk)


def _result(future: Any, chunk: list[ImageRef]) -> Any:
    from loky.process_executor import BrokenProcessPool  # noqa: PLC0415

    try:
        return future.result()
    except BrokenProcessPool as error:
        names = [ref.id for ref in chunk]
        raise WorkerDied(
            f"a measuring process was killed while it read one of {len(names)} images, {names[0]!r} to {names[-1]!r}",
            "The machine may be out of memory: try --workers 1, or a smaller --max-pixels.",
            ids=tuple(names),
        ) from error


@contextmanager
def _children_ignoring_interrupts(wanted: bool) -> Iterator[None]:
    """Processes started in the block hear no Ctrl-C from their first instruction on; this one hears it afterwards.

    Ctrl-C reaches every process of the group, and a worker that is still starting would answer with a traceback. What
    a thread blocks, the processes that it starts block too. Where there is no such mask, the workers arrange it
    themselves once they run.
    """
    if not wanted or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415

    from loky.backend import resource_tracker as loky_tracker  # noqa: PLC0415

    # Both let go of the mask once they have started; later they find themselves running and leave it alone.
    resource_tracker.ensure_running()
    loky_tracker.ensure_running()
    with _interrupts_deferred():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _interrupts_deferred() -> Iterator[None]:
    """A Ctrl-C in the block is answered at its end: an executor that is half started could not be stopped.

    The mask alone does not do that: another thread, such as one of a numerical library, takes the signal, and Python
    answers it in the main thread all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[tuple[int, Any]] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: received.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if received and callable(before):
        before(*received[0])


def _start_worker(parent: int, task: bytes) -> None:
    global _task  # noqa: PLW0603 - a process of a pool has one task
    import cv2  # noqa: PLC0415

    _settle_arrow()
    # The pool is the parallelism: threads inside each process would only compete.
    cv2.setNumThreads(1)
    # Where the parent could not arrange it: the parent decides on Ctrl-C, and stops the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    _task = pickle.loads(task)


class _NoPandas:
    """A finder of modules that answers for pandas alone: there is none."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """None for all others: the next finder is asked."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _settle_arrow() -> None:
    """Arrow with the system's own allocator, and without pandas.

    Its own allocator keeps what was freed. And it imports pandas on first use where pandas is installed, which takes a
    fifth of a second and 30 MB in each process; no row here comes from pandas, and metrics that use it still import it.
    """
    import pyarrow as pa  # noqa: PLC0415 - only processes of a pool pay for it here

    pa.set_memory_pool(pa.system_memory_pool())
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_NoPandas)


def _end_with_parent(parent: int) -> None:
    """End this process when its parent has been killed: nobody else would, and it holds memory."""
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(1)


def _send_by_value(metrics: Iterable[Metric]) -> None:
    """Let functions from plugin files travel to processes that cannot import those files by name."""
    import cloudpickle  # noqa: PLC0415

    for one in metrics:
        name = getattr(one.measure, "__module__", "")
        if name.startswith(FILE_MODULE_PREFIX):
            cloudpickle.register_pickle_by_value(sys.modules[name])
