"""References in, record batches out: in this process, or in a pool that keeps every core busy and memory constant."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lookoutcv.errors import ImageError, MetricFailed, ShapeMismatch, WorkerDied
from lookoutcv.images import Limits, read
from lookoutcv.measuring.measurement import Measurement, measure_image
from lookoutcv.measuring.options import Plan
from lookoutcv.metrics import Metric
from lookoutcv.plugins import FILE_MODULE_PREFIX
from lookoutcv.records.schema import schema_for
from lookoutcv.sources import ImageRef

# Large enough that handing over costs little, small enough that a batch of large photographs stays small in memory.
BATCH_IMAGES = 32
# Below this, starting processes takes longer than measuring.
POOL_FROM_IMAGES = 96
_AHEAD_PER_WORKER = 3
_LOOK_FOR_PARENT_SECONDS = 2.0


@dataclass(frozen=True)
class Batch:
    """The outcome for some references, in their order: records of those that were read, names of those that were not.

    Args:
        records: One row an image that was read.
        skipped: (id, reason) of the others.
    """

    records: pa.RecordBatch
    skipped: tuple[tuple[str, str], ...]


def measured_batches(refs: Iterable[ImageRef], plan: Plan) -> Iterator[Batch]:
    """Measure references, batch by batch, in order.

    Args:
        refs: What to measure; read lazily, never more than a few batches ahead.
        plan: How.
    Raises:
        ImageError, MetricFailed: With `plan.strict`, the first image that cannot be measured.
        WorkerDied: A process of the pool was killed.
    """
    chunks = _chunked(refs, BATCH_IMAGES)
    first = list(itertools.islice(chunks, POOL_FROM_IMAGES // BATCH_IMAGES))
    chunks = itertools.chain(first, chunks)
    if plan.workers == 1 or sum(map(len, first)) < POOL_FROM_IMAGES:
        for chunk in chunks:
            yield measure_refs(chunk, plan.metrics, plan.limits, plan.strict)
    else:
        yield from _pooled(chunks, plan)


def measure_refs(refs: list[ImageRef], metrics: tuple[Metric, ...], limits: Limits, strict: bool) -> Batch:
    """Read and measure some references, one after the other."""
    rows: list[Measurement] = []
    skipped: list[tuple[str, str]] = []
    for ref in refs:
        try:
            rows.append(measure_ref(ref, metrics, limits))
        except (ImageError, MetricFailed, ShapeMismatch) as error:
            if strict:
                raise (error if ref.id in error.problem else error.about(ref.id)) from None
            skipped.append((ref.id, error.reason if isinstance(error, ImageError) else error.problem))
    return Batch(to_batch(rows, metrics), tuple(skipped))


def measure_ref(ref: ImageRef, metrics: Iterable[Metric], limits: Limits) -> Measurement:
    """Read and measure one reference."""
    image = read(ref.load(), limits=limits)
    return measure_image(image, tuple(metrics), id=ref.id, label=ref.label, time=ref.time, tags=ref.tags)


def to_batch(rows: list[Measurement], metrics: Iterable[Metric]) -> pa.RecordBatch:
    """The records of some measurements."""
    schema = schema_for(metrics)
    columns: list[pa.Array] = []
    for field in schema:
        if field.name == "id":
            values: list[Any] = [row.id for row in rows]
        elif field.name == "batch":
            values = [None] * len(rows)  # whoever makes a baseline of them says what its batches are
        elif field.name == "tags":
            values = [list(row.facts["tags"].items()) if row.facts["tags"] else None for row in rows]
        elif field.name in (rows[0].facts if rows else ()):
            values = [row.facts[field.name] for row in rows]
        else:
            values = [row[field.name] for row in rows]
        columns.append(pa.array(values, type=field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _pooled(chunks: Iterator[list[ImageRef]], plan: Plan) -> Iterator[Batch]:
    import loky  # noqa: PLC0415 - only runs with a pool pay for it

    _send_by_value(plan.metrics)
    pool = loky.ProcessPoolExecutor(max_workers=plan.workers, initializer=_start_worker, initargs=(os.getpid(),))
    waiting: deque[tuple[Any, list[ImageRef]]] = deque()
    started = False
    try:
        for chunk in chunks:
            with _deaf_children(wanted=not started):
                future = pool.submit(measure_refs, chunk, plan.metrics, plan.limits, plan.strict)
            started = True
            waiting.append((future, chunk))
            if len(waiting) >= plan.workers * _AHEAD_PER_WORKER:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
    finally:
        # A consumer that stopped early, or Ctrl-C, must not wait for work nobody wants.
        pool.shutdown(wait=True, kill_workers=bool(waiting))


def _result(future: Any, chunk: list[ImageRef]) -> Batch:
    from loky.process_executor import BrokenProcessPool  # noqa: PLC0415

    try:
        batch: Batch = future.result()
    except BrokenProcessPool as error:
        names = [ref.id for ref in chunk]
        raise WorkerDied(
            f"a measuring process was killed while it read one of {len(names)} images, {names[0]!r} to {names[-1]!r}",
            "The machine may be out of memory: try --workers 1, or a smaller --max-pixels.",
            ids=tuple(names),
        ) from error
    return batch


@contextmanager
def _deaf_children(wanted: bool) -> Iterator[None]:
    """Processes started in the block ignore Ctrl-C from their first instruction on.

    Ctrl-C reaches every process of the group, and a worker that is still starting would answer with a traceback. Only
    the main thread can arrange that; elsewhere the workers arrange it themselves once they run.
    """
    if not wanted or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start_worker(parent: int) -> None:
    import cv2  # noqa: PLC0415

    # The pool is the parallelism: threads inside each process would only compete.
    cv2.setNumThreads(1)
    # Where the parent could not arrange it: the parent decides on Ctrl-C, and stops the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    """End this process when its parent has been killed: nobody else would, and it holds memory."""
    while os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT_SECONDS)
    os._exit(1)


def _send_by_value(metrics: Iterable[Metric]) -> None:
    """Let functions from plugin files travel to processes that cannot import those files by name."""
    import cloudpickle  # noqa: PLC0415

    for one in metrics:
        name = getattr(one.measure, "__module__", "")
        if name.startswith(FILE_MODULE_PREFIX):
            cloudpickle.register_pickle_by_value(sys.modules[name])


def _chunked(refs: Iterable[ImageRef], size: int) -> Iterator[list[ImageRef]]:
    iterator = iter(refs)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk
