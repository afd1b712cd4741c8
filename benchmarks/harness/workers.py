"""The same work on many tasks, on all cores, with what they share sent to each process once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

# Small matrices: a second thread of the linear algebra would only take another process's core.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_shared: list[Any] = []


def over(
    work: Callable[[Any, _Task], _Result], shared: Any, tasks: Sequence[_Task], workers: int | None = None
) -> Iterator[_Result]:
    """The result of `work(shared, task)` for each task, in order.

    Args:
        work: A function of a module.
        shared: What every task needs: tables, files.
        tasks: What differs.
        workers: Processes; one for each core unless given. With 1 no process is started.
    """
    count = min(workers or os.cpu_count() or 1, max(len(tasks), 1))
    if count == 1:
        yield from (work(shared, task) for task in tasks)
        return
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    with ProcessPoolExecutor(count, get_context("spawn"), _hold, (work, shared)) as pool:
        yield from pool.map(_call, tasks)


def _hold(*shared: Any) -> None:
    _shared[:] = shared


def _call(task: Any) -> Any:
    work, shared = _shared
    return work(shared, task)
