"""References in, record batches out: in this process, or in a pool that keeps every core busy and memory constant."""

from __future__ import annotations

import itertools
import signal
import sys
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
    pool = loky.ProcessPoolExecutor(max_workers=plan.workers, initializer=_start_worker)
    waiting: deque[tuple[Any, list[ImageRef]]] = deque()
    try:
        for chunk in chunks:
            with _interrupts_held():
                future = pool.submit(measure_refs, chunk, plan.metrics, plan.limits, plan.strict)
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
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C for this process: one started in the block never sees it, and this one sees it at the end.

    Ctrl-C reaches every process of the group, and a worker that is still starting would answer with a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    import cv2  # noqa: PLC0415

    # The pool is the parallelism: threads inside each process would only compete.
    cv2.setNumThreads(1)
    # Where Ctrl-C could not be held back on the way here: the parent decides and stops the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
