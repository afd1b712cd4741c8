"""Chunks of references done in processes, in order, in constant memory; a process that dies costs one image at most.

Where a process is killed, by the system or by a crash in a decoder, all of its pool end. What they were at work on is
then done once more, image by image in one process that has the memory for itself: an image that ends that one too is
told by name, and all others are done. A process that was killed from outside so costs nothing but time.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from lookoutcv.calls.option_names import option
from lookoutcv.errors import WorkerDied
from lookoutcv.measuring.engines.process_pool import Pool, Task, process_died
from lookoutcv.metrics import Metric
from lookoutcv.sources import ImageRef

_log = logging.getLogger(__name__)

_AHEAD_PER_WORKER = 3
# So many images in a row that end their process, with none between that does not: it is not for the images.
MOST_DEATHS_IN_A_ROW = 10

_Outcome = TypeVar("_Outcome")


@dataclass
class _Job(Generic[_Outcome]):
    """A chunk that is waited for: by its future, or done already image by image."""

    number: int
    refs: list[ImageRef]
    future: Any
    done: list[_Outcome] | None = None
    lost: bool = False


def in_processes(
    chunks: Iterable[list[ImageRef]],
    task: Task[_Outcome],
    metrics: Iterable[Metric],
    workers: int,
    fatal: Callable[[ImageRef], _Outcome],
) -> Iterator[_Outcome]:
    """Do one thing with chunks of references in several processes.

    Args:
        chunks: Read lazily, never more than a few ahead.
        task: What to do with each.
        metrics: The metrics in the task.
        workers: How many processes.
        fatal: The outcome for an image that ends its process.
    Returns:
        The outcomes, in order: one a chunk, or one an image of a chunk that was lost with a process.
    Raises:
        WorkerDied: Every process dies, whatever it is given.
    """
    metrics = tuple(metrics)
    waiting: deque[_Job[_Outcome]] = deque()
    alone = _OneByOne(task, metrics, fatal)
    with Pool(task, metrics, workers) as pool:

        def first() -> Iterator[_Outcome]:
            """What comes of the chunk that has waited longest."""
            while waiting[0].done is None:
                try:
                    waiting[0].done = [waiting[0].future.result()]
                except process_died():
                    _recover(waiting, pool, alone)
            yield from waiting.popleft().done or ()

        for number, refs in enumerate(chunks):
            waiting.append(_submitted(pool, number, refs, partial(_recover, waiting, pool, alone)))
            if len(waiting) >= workers * _AHEAD_PER_WORKER:
                yield from first()
        while waiting:
            yield from first()


def _submitted(pool: Pool, number: int, refs: list[ImageRef], recover: Callable[[], None]) -> _Job[Any]:
    """Hand a chunk over, also where a process has died in the meantime."""
    try:
        return _Job(number, refs, pool.submit(refs, number))
    except process_died():
        recover()
        return _Job(number, refs, pool.submit(refs, number))


def _recover(waiting: deque[_Job[_Outcome]], pool: Pool, alone: _OneByOne[_Outcome]) -> None:
    """After a process has died: what was at work is done image by image, the rest is handed over again."""
    begun = pool.end_broken()
    lost = [job for job in waiting if job.done is None and not _finished(job)]
    suspects = [job for job in lost if job.number in begun or job.lost]
    again = sum(len(job.refs) for job in suspects)
    told = f"; {again} images that were being measured are measured again one by one" if again else ""
    _log.warning("a measuring process was killed%s", told)
    for job in suspects:
        job.done = alone.outcomes(job.refs)
    for job in lost:
        if job.done is None:
            job.lost = True
            job.future = pool.submit(job.refs, job.number)


def _finished(job: _Job[Any]) -> bool:
    """Whether it ended by itself, be it with an error of the task."""
    return job.future.done() and not isinstance(job.future.exception(), process_died())


class _OneByOne(Generic[_Outcome]):
    """References done image by image in one process, which nothing shares the memory with."""

    def __init__(
        self, task: Task[_Outcome], metrics: tuple[Metric, ...], fatal: Callable[[ImageRef], _Outcome]
    ) -> None:
        self._task, self._metrics, self._fatal = task, metrics, fatal
        self._deaths = 0

    def outcomes(self, refs: list[ImageRef]) -> list[_Outcome]:
        """One an image.

        Raises:
            WorkerDied: As `in_processes`.
        """
        with Pool(self._task, self._metrics, 1) as pool:
            return [self._outcome(pool, ref) for ref in refs]

    def _outcome(self, pool: Pool, ref: ImageRef) -> _Outcome:
        try:
            outcome: _Outcome = pool.submit([ref]).result()
        except process_died() as error:
            pool.end_broken()
            self._deaths += 1
            if self._deaths < MOST_DEATHS_IN_A_ROW:
                return self._fatal(ref)
            raise WorkerDied(
                f"measuring processes are killed one after the other, {self._deaths} in a row, the last at {ref.id!r}",
                f"If the machine is out of memory, try {option('workers', 1)} or a smaller {option('max_pixels')}; if "
                f"not, try {option('metrics', 'exposure')}, and tell us which metric does it.",
                ids=(ref.id,),
            ) from error
        self._deaths = 0
        return outcome
