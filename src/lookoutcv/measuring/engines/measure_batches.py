"""References in, record batches out: in this process, or in a pool that keeps every core busy and memory constant."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lookoutcv.errors import ImageError, LookoutError, MetricFailed, ShapeMismatch
from lookoutcv.images import Limits, read
from lookoutcv.measuring.cache.lookup import NOTHING_KNOWN, Known, known_among, placed_as, recalled_or_measured
from lookoutcv.measuring.cache.record_cache import Cache, opened
from lookoutcv.measuring.engines.process_pool import in_processes
from lookoutcv.measuring.measurement import Measurement, measured
from lookoutcv.measuring.predictions.prediction_source import PredictionSource, Waiting
from lookoutcv.metrics import Metric
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS
from lookoutcv.records.schema import schema_for
from lookoutcv.sources import ImageRef

if TYPE_CHECKING:
    # A process of a pool imports this module, and needs nothing of what options are checked with.
    from lookoutcv.measuring.options import Plan

# Rows of 32 images cost 3% more than rows of 128; but few images are to keep every process busy.
BATCH_IMAGES = 128
FIRST_IMAGES, _FIRST_CHUNKS = 32, 8
# Below this, starting processes takes longer than measuring.
POOL_FROM_IMAGES = 96
# Where most images are known, so many batches are looked at before the few others are measured.
_WINDOW_BATCHES = 32


@dataclass(frozen=True)
class Batch:
    """The outcome for some references, in their order: records of those that were read, names of those that were not.

    Args:
        records: One row an image that was read.
        skipped: (id, reason) of the others.
        fresh: Entries for the cache.
        stale: Keys of the cache whose use is to be noted.
    """

    records: pa.RecordBatch
    skipped: tuple[tuple[str, str], ...]
    fresh: dict[bytes, bytes] = with_default(default_factory=dict, repr=False)
    stale: set[bytes] = with_default(default_factory=set, repr=False)


_ANSWERED = ("prediction", *PREDICTION_COLUMNS.names)


@dataclass(frozen=True)
class Work:
    """How each image is measured: what the processes of a pool are told once for all."""

    metrics: tuple[Metric, ...]
    limits: Limits
    strict: bool = False
    cache: Cache | None = None
    asked: PredictionSource | None = None


def measured_batches(refs: Iterable[ImageRef], plan: Plan) -> Iterator[Batch]:
    """Measure references, batch by batch, in order.

    Args:
        refs: What to measure; read lazily, never more than a few batches ahead.
        plan: How.
    Raises:
        ImageError, MetricFailed: With `plan.strict`, the first image that cannot be measured.
        WorkerDied: A process of the pool was killed.
    """
    with opened(plan.cache, plan.metrics, plan.limits) as cache:
        work = Work(plan.metrics, plan.limits, plan.strict, cache, plan.asked)
        chunks = _chunked(refs)
        alone = plan.workers == 1 or (plan.asked is not None and not plan.asked.picklable)
        with closing(_alone(chunks, work) if alone else _shared(chunks, work, plan.workers)) as batches:
            for batch in batches:
                if cache is not None:
                    cache.keep(batch.fresh, batch.stale)
                yield batch


def _alone(chunks: Iterator[list[ImageRef]], work: Work) -> Generator[Batch, None, None]:
    for refs in chunks:
        yield measure_refs(refs, work)


def _shared(chunks: Iterator[list[ImageRef]], work: Work, workers: int) -> Generator[Batch, None, None]:
    """Images that the cache knows are looked up here; processes are started for many that it does not know."""
    while window := _window(chunks, work):
        if sum(len(refs) - len(known) for refs, known in window) >= POOL_FROM_IMAGES:
            rest = itertools.chain([refs for refs, _ in window], chunks)
            yield from in_processes(rest, partial(measure_refs, work=work), work.metrics, workers)
            return
        for refs, known in window:
            yield measure_refs(refs, work, known)


def _window(chunks: Iterator[list[ImageRef]], work: Work) -> list[tuple[list[ImageRef], Known]]:
    """The next chunks with what is known of them: so many that a pool is worth while, or as many as are looked at."""
    window: list[tuple[list[ImageRef], Known]] = []
    unknown = 0
    for refs in itertools.islice(chunks, _WINDOW_BATCHES):
        known = known_among(refs, work.cache, work.limits)
        window.append((refs, known))
        unknown += len(refs) - len(known)
        if unknown >= POOL_FROM_IMAGES:
            break
    return window


def measure_refs(refs: list[ImageRef], work: Work, known: Known = NOTHING_KNOWN) -> Batch:
    """Read and measure some references, one after the other.

    Args:
        refs: What to measure.
        work: How.
        known: What was looked up already.
    Raises:
        ImageError, MetricFailed: With `work.strict`, the first image that cannot be measured.
    """
    rows: list[Measurement | None] = []
    skipped: list[tuple[str, str]] = []
    fresh: dict[bytes, bytes] = {}
    waiting = None if work.asked is None else Waiting(work.asked)

    def failed(id: str, error: LookoutError) -> None:
        if work.strict:
            raise (error if id in error.problem else error.about(id)) from None
        skipped.append((id, error.reason if isinstance(error, ImageError) else error.problem))

    for index, ref in enumerate(refs):
        try:
            if waiting is None:
                rows.append(known[index] if index in known else _measured(ref, work, fresh))
            else:
                rows.append(_to_be_asked(ref, work, waiting, len(rows)))
        except (ImageError, MetricFailed, ShapeMismatch) as error:
            failed(ref.id, error)
        if waiting is not None and waiting.full:
            _answered(rows, waiting, failed)
    if waiting is not None:
        _answered(rows, waiting, failed)
    stale = set() if work.cache is None else work.cache.stale()
    whole = [row for row in rows if row is not None]
    return Batch(to_batch(whole, work.metrics, work.asked), tuple(skipped), fresh, stale)


def measure_ref(ref: ImageRef, plan: Plan) -> Measurement:
    """Read and measure one reference."""
    work = Work(plan.metrics, plan.limits, asked=plan.asked)
    if work.asked is None:
        return _measured(ref, work, {})
    waiting = Waiting(work.asked)
    one = _to_be_asked(ref, work, waiting, 0)
    for _, answer in waiting.answers():
        if isinstance(answer, MetricFailed):
            raise answer
        one = replace(one, answer=answer)
    return one


def _to_be_asked(ref: ImageRef, work: Work, waiting: Waiting, row: int) -> Measurement:
    """Measure one reference and let it wait for the model."""
    image = read(ref.load(), limits=work.limits)
    one = placed_as(ref, *measured(image, work.metrics))
    waiting.add(row, ref.id, image.pixels)
    return one


def _measured(ref: ImageRef, work: Work, fresh: dict[bytes, bytes]) -> Measurement:
    return recalled_or_measured(ref, work.metrics, work.limits, work.cache, fresh)


def _answered(rows: list[Measurement | None], waiting: Waiting, failed: Callable[[str, LookoutError], None]) -> None:
    """Set the answers into the rows that waited for them; a row without an answer is none."""
    for row, answer in waiting.answers():
        one = rows[row]
        assert one is not None
        if isinstance(answer, MetricFailed):
            rows[row] = None
            failed(one.id, answer)
        else:
            rows[row] = replace(one, answer=answer)


def to_batch(
    rows: list[Measurement], metrics: Iterable[Metric], asked: PredictionSource | None = None
) -> pa.RecordBatch:
    """The records of some measurements."""
    schema = schema_for(metrics) if asked is None else schema_for([*metrics, *asked.metrics], asked.identity.task)
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
        elif field.name in _ANSWERED or field.name in (rows[0].answer if rows else ()):
            values = [row.answer.get(field.name) for row in rows]
        else:
            values = [row[field.name] for row in rows]
        columns.append(pa.array(values, type=field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _chunked(refs: Iterable[ImageRef]) -> Iterator[list[ImageRef]]:
    """Small chunks first, so that few images keep every process busy, then large ones, which cost less an image."""
    iterator = iter(refs)
    sizes = itertools.chain(itertools.repeat(FIRST_IMAGES, _FIRST_CHUNKS), itertools.repeat(BATCH_IMAGES))
    while chunk := list(itertools.islice(iterator, next(sizes))):
        yield chunk
