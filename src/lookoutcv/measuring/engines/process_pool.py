"""A pool of processes that do one thing with references, notes what each is at work on, and leaves none behind."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from lookoutcv.images.memory_budget import SharedMemory, release_memory, share_memory
from lookoutcv.metrics import Metric
from lookoutcv.plugins import FILE_MODULE_PREFIX
from lookoutcv.processes.machine import available_bytes
from lookoutcv.sources import ImageRef

_PARENT_CHECK_SECONDS = 2.0

_Outcome = TypeVar("_Outcome")
Task = Callable[[list[ImageRef]], _Outcome]

# What this process does with references, and where it notes which, where it is one of a pool.
_task: Task[Any] | None = None
_notes: str | None = None


class Pool:
    """Processes that do one thing with lists of references. As a context, it leaves none behind.

    Args:
        task: What they do. It travels to each process once: metrics are a hundred kilobytes of functions.
        metrics: The metrics in the task.
        workers: How many processes.
    """

    def __init__(self, task: Task[Any], metrics: Iterable[Metric], workers: int) -> None:
        import cloudpickle  # noqa: PLC0415 - only runs with a pool pay for it

        _send_by_value(metrics)
        self.workers = workers
        self._notes = tempfile.TemporaryDirectory(prefix="lookoutcv-", ignore_cleanup_errors=True)
        # Half is for images that each take no more than their share, the other half for what nobody counts.
        self._share_bytes = available_bytes() // (2 * workers)
        self._task = cloudpickle.dumps(task)
        self._executor: Any = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        # A consumer that stopped early, or Ctrl-C, must not wait for work nobody wants.
        self._end(kill=kind is not None)
        self._notes.cleanup()

    def submit(self, refs: list[ImageRef], number: int = 0) -> Any:
        """Hand some references over; processes are started where there are none.

        Args:
            refs: For the task.
            number: What `end_broken` calls them.
        Returns:
            A future of the outcome. It raises `ProcessDied` where a process was killed, whosever fault that was.
        """
        import loky  # noqa: PLC0415

        started = self._executor is not None
        if self._executor is None:
            start = (os.getpid(), self._task, self._notes.name, self._share_bytes)
            _keep_quiet_of_restarts()
            _start_trackers()
            self._executor = loky.ProcessPoolExecutor(self.workers, initializer=_start_worker, initargs=start)
        with _children_ignoring_interrupts(wanted=not started):
            return self._executor.submit(_perform, refs, number)

    def end_broken(self) -> set[int]:
        """End what is left of the processes after one has died: the next `submit` starts others.

        Returns:
            The numbers of what they were at work on.
        """
        self._end(kill=True)
        begun = set()
        for note in Path(self._notes.name).glob("[0-9]*"):
            with suppress(OSError, ValueError):
                begun.add(int(note.read_text()))
                note.unlink()
        return begun

    def _end(self, *, kill: bool) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=kill)
            self._executor = None


def _keep_quiet_of_restarts() -> None:
    """loky begins a process anew that grew by 300 MB, and warns of it: nothing is lost, and nobody can do anything.

    Of processes that were killed the log tells. The filter stands behind: while a pool works, its own thread warns.
    """
    restarted = r"A worker (was restarted|stopped) while some jobs were given to the executor"
    warnings.filterwarnings("ignore", restarted, UserWarning, r"loky\.process_executor")


def process_died() -> type[Exception]:
    """What a future of a pool raises where a process died."""
    from loky.process_executor import BrokenProcessPool  # noqa: PLC0415

    broken: type[Exception] = BrokenProcessPool
    return broken


def _perform(refs: list[ImageRef], number: int) -> Any:
    assert _task is not None
    assert _notes is not None
    # Of a process that was killed nothing remains but this.
    note = Path(_notes, str(os.getpid()))
    note.write_text(str(number))
    try:
        return _task(refs)
    finally:
        release_memory()
        note.unlink()


def _start_trackers() -> None:
    """Start the processes that clear up after a program that was killed, where they do not run yet.

    They outlive this process and would warn, on its standard error, that there was something to clear up; what they
    heed are the options that they are started with. They let go of a mask of signals once they have started, which the
    workers are to inherit: so they are there before.
    """
    if os.name != "posix":
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415

    from loky.backend import resource_tracker as loky_tracker  # noqa: PLC0415

    option = "ignore:resource_tracker:UserWarning"
    sys.warnoptions.append(option)
    try:
        resource_tracker.ensure_running()
        loky_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(option)


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


def _start_worker(parent: int, task: bytes, notes: str, share_bytes: int) -> None:
    global _task, _notes
    import cv2  # noqa: PLC0415

    _settle_arrow()
    # The pool is the parallelism: threads inside each process would only compete.
    cv2.setNumThreads(1)
    # Else loky has a process that crashes print where it was in Python. The image is named; the rest is for who asks
    # for it. Empty, the variable means no to Python and that somebody has decided to loky.
    os.environ.setdefault("PYTHONFAULTHANDLER", "")
    # Where the parent could not arrange it: the parent decides on Ctrl-C, and stops the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    share_memory(SharedMemory(share_bytes, notes))
    _task, _notes = pickle.loads(task), notes


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
