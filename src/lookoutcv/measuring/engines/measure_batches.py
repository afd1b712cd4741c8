"""References in, record batches out: in this process, or in a pool that keeps every core busy and memory constant."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from lookoutcv.errors import MetricFailed, RuntimeDied
from lookoutcv.images import Limits
from lookoutcv.images.refusals import unreadable
from lookoutcv.measuring.cache.answered_batches import AnsweredBatches, LookedUp, open_answered
from lookoutcv.measuring.cache.lookup import NOTHING_KNOWN, Known, look_up, look_up_or_measure, measurement_of
from lookoutcv.measuring.cache.record_cache import Cache, open_cache
from lookoutcv.measuring.engines.in_processes import in_processes
from lookoutcv.measuring.engines.to_record_batch import to_record_batch
from lookoutcv.measuring.measurement import Measurement, facts_and_values, view_of
from lookoutcv.measuring.predictions.prediction_queue import PredictionQueue
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.metrics import Metric
from lookoutcv.pixels.view import ImageView
from lookoutcv.records.measurer import Measurer, Value, measured_values
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.sources import ImageRef
from lookoutcv.sources.decoded_images import UNREADABLE, SkippedImages, decoded

if TYPE_CHECKING:
    # A process of a pool imports this module, and needs nothing of what options are checked with.
    from lookoutcv.gate.screening import Refused, Screen
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
        skipped: The others.
        left_out: Names of images of which something is not used, with what: see `Measurement.left_out`.
        refused: Those that a gate found unfit.
        fresh: Entries for the cache.
        stale: Keys of the cache whose use is to be noted.
    """

    records: pa.RecordBatch
    skipped: tuple[Skipped, ...]
    left_out: tuple[tuple[str, Mapping[str, int]], ...] = ()
    refused: tuple[Refused, ...] = ()
    fresh: dict[bytes, bytes] = with_default(default_factory=dict, repr=False)
    stale: set[bytes] = with_default(default_factory=set, repr=False)


@dataclass(frozen=True)
class Work:
    """How each image is measured: what the processes of a pool are sent once for all."""

    metrics: tuple[Metric, ...]
    limits: Limits
    strict: bool = False
    cache: Cache | None = None
    prediction_source: PredictionSource | None = None
    measurers: tuple[Measurer, ...] = ()
    screen: Screen | None = None

    @property
    def others(self) -> tuple[Measurer, ...]:
        """Measurers but the gate's, which comes before them."""
        return self.measurers if self.screen is None else self.measurers[1:]

    def queue(self) -> PredictionQueue | None:
        """Where images wait for their predictions; None where there are none."""
        return None if self.prediction_source is None else PredictionQueue(self.prediction_source, self.others)


def measure_batches(refs: Iterable[ImageRef], plan: Plan) -> Iterator[Batch]:
    """Measure references, batch by batch, in order.

    Args:
        refs: What to measure; read lazily, never more than a few batches ahead.
        plan: How.
    Raises:
        ImageError, MetricFailed: With `plan.strict`, the first image that cannot be measured.
        WorkerDied: Every process of the pool dies, whatever it measures.
    """
    source = plan.prediction_source
    single = plan.workers == 1 or (source is not None and not source.picklable)
    with (
        open_cache(None if source else plan.cache, plan.metrics, plan.limits) as cache,
        open_answered(plan.cache, plan.metrics, plan.limits, source) as answered,
    ):
        work = Work(plan.metrics, plan.limits, plan.strict, cache, source, plan.measurers, plan.screen)

        def measured(chunks: Iterator[list[ImageRef]]) -> Generator[Batch, None, None]:
            return _in_this_process(chunks, work) if single else _in_pool(chunks, work, plan.workers)

        chunks = _chunked(refs)
        with closing(measured(chunks) if answered is None else _unless_answered(chunks, answered, measured)) as batches:
            for batch in batches:
                if cache is not None:
                    cache.keep(batch.fresh, batch.stale)
                yield batch


def _unless_answered(
    chunks: Iterator[list[ImageRef]],
    answered: AnsweredBatches,
    measured: Callable[[Iterator[list[ImageRef]]], Generator[Batch, None, None]],
) -> Generator[Batch, None, None]:
    """Chunks that are known as they are known; those between them are measured, and kept."""
    looked_up = map(answered.look_up, chunks)
    following = next(looked_up, None)
    while following is not None:
        if following.found is not None:
            yield Batch(*following.found)
            following = next(looked_up, None)
            continue
        handed_over: deque[LookedUp] = deque()

        def unknown(handed_over: deque[LookedUp] = handed_over) -> Iterator[list[ImageRef]]:
            nonlocal following
            while following is not None and following.found is None:
                handed_over.append(following)
                yield following.refs
                following = next(looked_up, None)

        parts: list[Batch] = []
        with closing(measured(unknown())) as batches:
            for batch in batches:
                yield batch
                parts.append(batch)  # one an image, where a process died
                if sum(part.records.num_rows + len(part.skipped) for part in parts) == len(handed_over[0].refs):
                    skipped = [one for part in parts for one in part.skipped]
                    answered.keep(handed_over.popleft(), [part.records for part in parts], skipped)
                    parts = []


def _in_this_process(chunks: Iterator[list[ImageRef]], work: Work) -> Generator[Batch, None, None]:
    for refs in chunks:
        yield measure_batch(refs, work)


def _in_pool(chunks: Iterator[list[ImageRef]], work: Work, workers: int) -> Generator[Batch, None, None]:
    """Images that the cache knows are looked up here; processes are started for many that it does not know."""
    while window := _window(chunks, work):
        if sum(len(refs) - len(known) for refs, known in window) >= POOL_FROM_IMAGES:
            rest = itertools.chain([refs for refs, _ in window], chunks)
            task = partial(measure_batch, work=work)
            yield from in_processes(rest, task, work.metrics, workers, partial(_fatal, work=work))
            return
        for refs, known in window:
            yield measure_batch(refs, work, known)


def _fatal(ref: ImageRef, work: Work) -> Batch:
    """The outcome for an image that ended the process that measured it, twice."""
    skipped = SkippedImages(work.strict)
    skipped.add(ref.id, unreadable("it ended the process that measured it", "Leave it out, or give more memory."))
    return Batch(to_record_batch([], work.metrics, work.prediction_source, work.measurers), tuple(skipped.named))


def _window(chunks: Iterator[list[ImageRef]], work: Work) -> list[tuple[list[ImageRef], Known]]:
    """The next chunks with what is known of them: so many that a pool is worth while, or as many as are looked at."""
    window: list[tuple[list[ImageRef], Known]] = []
    unknown = 0
    for refs in itertools.islice(chunks, _WINDOW_BATCHES):
        known = look_up(refs, work.cache, work.limits)
        window.append((refs, known))
        unknown += len(refs) - len(known)
        if unknown >= POOL_FROM_IMAGES:
            break
    return window


def measure_batch(refs: list[ImageRef], work: Work, known: Known = NOTHING_KNOWN) -> Batch:
    """Read and measure some references, one after the other.

    Args:
        refs: What to measure.
        work: How.
        known: What was looked up already.
    Raises:
        ImageError, MetricFailed: With `work.strict`, the first image that cannot be measured.
    """
    rows: list[Measurement | None] = []
    skipped = SkippedImages(work.strict)
    refused: list[Refused] = []
    fresh: dict[bytes, bytes] = {}
    queue = work.queue()
    for index, ref in enumerate(refs):
        try:
            if queue is not None:
                found = _queued(ref, work, queue, len(rows))
            else:
                found = known[index] if index in known else _measured(ref, work, fresh)
            if isinstance(found, Measurement):
                rows.append(found)
            else:
                refused.append(found)
        except (*UNREADABLE, MetricFailed) as error:
            skipped.add(ref.id, error)
        if queue is not None and queue.full:
            _predicted(rows, queue, skipped)
    if queue is not None:
        _predicted(rows, queue, skipped)
    stale = set() if work.cache is None else work.cache.stale()
    whole = [row for row in rows if row is not None]
    records = to_record_batch(whole, work.metrics, work.prediction_source, work.measurers)
    left_out = tuple((row.id, row.left_out) for row in whole if row.left_out)
    return Batch(records, tuple(skipped.named), left_out, tuple(refused), fresh, stale)


def measure_ref(ref: ImageRef, plan: Plan) -> Measurement:
    """Read and measure one reference."""
    # One image that somebody asks about is measured, and what the gate says of it is told.
    tagging = None if plan.screen is None else replace(plan.screen, on_reject="tag")
    work = Work(plan.metrics, plan.limits, False, None, plan.prediction_source, plan.measurers, tagging)
    queue = work.queue()
    row = _measured(ref, work, {}) if queue is None else _queued(ref, work, queue, 0)
    assert isinstance(row, Measurement)
    if queue is None:
        return row
    for _, columns in queue.flush():
        if isinstance(columns, MetricFailed | RuntimeDied):
            raise columns
        row = replace(row, prediction=columns.prediction, measured={**row.measured, **columns.measured})
    return row


def _queued(ref: ImageRef, work: Work, queue: PredictionQueue, row: int) -> Measurement | Refused:
    """Measure one reference and let it wait for its prediction; one that the gate refuses is not predicted."""
    image = decoded(ref, work.limits)
    view = view_of(image)
    screened = _screened(ref, view, work)
    if not isinstance(screened, dict):
        return screened
    row_so_far = measurement_of(ref, *facts_and_values(image, work.metrics, view))
    queue.add(row, ref.id, image)
    return replace(row_so_far, measured=screened)


def _measured(ref: ImageRef, work: Work, fresh: dict[bytes, bytes]) -> Measurement | Refused:
    if not work.measurers:
        return look_up_or_measure(ref, work.metrics, work.limits, work.cache, fresh)
    image = decoded(ref, work.limits)
    view = view_of(image)
    screened = _screened(ref, view, work)
    if not isinstance(screened, dict):
        return screened
    row = measurement_of(ref, *facts_and_values(image, work.metrics, view))
    return replace(row, measured={**screened, **measured_values(work.others, view)})


def _screened(ref: ImageRef, view: ImageView, work: Work) -> dict[str, Value] | Refused:
    return {} if work.screen is None else work.screen.passed(ref, view)


def _predicted(rows: list[Measurement | None], queue: PredictionQueue, skipped: SkippedImages) -> None:
    """Complete the rows that waited for their predictions; one without a prediction that can be measured is none."""
    for place, columns in queue.flush():
        row = rows[place]
        assert row is not None
        if isinstance(columns, MetricFailed | RuntimeDied):
            rows[place] = None
            skipped.add(row.id, columns)
        else:
            rows[place] = replace(row, prediction=columns.prediction, measured={**row.measured, **columns.measured})


def _chunked(refs: Iterable[ImageRef]) -> Iterator[list[ImageRef]]:
    """Small chunks first, so that few images keep every process busy, then large ones, which cost less an image."""
    iterator = iter(refs)
    sizes = itertools.chain(itertools.repeat(FIRST_IMAGES, _FIRST_CHUNKS), itertools.repeat(BATCH_IMAGES))
    while chunk := list(itertools.islice(iterator, next(sizes))):
        yield chunk
