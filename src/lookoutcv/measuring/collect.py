"""One pass over a source: a profile of all its images, which were skipped, and which are copies of others."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from lookoutcv.files.outputs import refuse_inputs
from lookoutcv.measuring.copy_index import CopyIndex
from lookoutcv.measuring.engines.measure_batches import Batch, measure_batches
from lookoutcv.measuring.options import Plan
from lookoutcv.measuring.predictions.constant_objects import constant_objects
from lookoutcv.measuring.predictions.label_order import counted_pairs, order_suspicions
from lookoutcv.measuring.predictions.suspicions import suspicions
from lookoutcv.measuring.sampling import sample
from lookoutcv.profiles.profile import Profile, ProfileBuilder
from lookoutcv.records.group_keys import Divider
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.records.prediction_columns import TRUTH
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.secrets import masked
from lookoutcv.sources import Source, notes_of
from lookoutcv.sources.decoded_images import SkippedImages, no_images
from lookoutcv.sources.marks.marked_boxes import MarkedCount

if TYPE_CHECKING:
    from lookoutcv.gate.screening import RefusedImages

_log = logging.getLogger(__name__)

# A batch of 32 rows takes twelve kilobytes beside its values; whoever keeps many for a while keeps mostly that.
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class Collection:
    """What one pass over a source leaves behind.

    Args:
        name: What a person calls the source.
        profile: Of all images that were read.
        skipped: The first `MOST_NAMED_SKIPS` images that were not; `profile.skipped` counts all.
        copies: To find duplicates in.
        source: To read single images again from; None where only records were given.
        model: Whose predictions the records hold; None where there are none, or it is not known.
        notes: What a reader of a comparison must know of it: predictions that match no image, images not measured,
            marked objects that were left out.
        marked: How many marked objects were read, in a sentence; empty where nobody marked any.
    """

    name: str
    profile: Profile
    skipped: tuple[Skipped, ...]
    copies: CopyIndex
    source: Source | None
    model: ModelIdentity | None = None
    notes: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()

    @classmethod
    def of_profile(cls, name: str, profile: Profile, model: ModelIdentity | None = None) -> Collection:
        """A profile that exists already; its images are not at hand."""
        copies = CopyIndex()
        for batch in profile.sample.to_batches():
            copies.add(batch)
        return cls(name, profile, (), copies, None, model)


def collect(source: Source, plan: Plan, on_batch: Callable[[pa.RecordBatch], None] | None = None) -> Collection:
    """Measure every image of a source once, in constant memory.

    Args:
        source: Where the images are.
        plan: What to measure, and how.
        on_batch: Also given the records, in order, about a thousand at a time: to write them somewhere.
    Raises:
        NoImages: Not one image could be read.
        ConfigError: `plan.batch_by` divides nothing: no image has such a value. Or what a gate refuses is to be moved,
            and is no file.
        ImageError: With `plan.strict`, the first that could not be read.
    """
    notes: tuple[str, ...] = ()
    if plan.prediction_source is not None:
        plan = replace(plan, prediction_source=plan.prediction_source.for_images(ref.id for ref in source))
        notes = _of_predictions(plan)
    given = source
    if plan.sample is not None:
        source = sample(source, plan.sample, plan.seed)
    builder = ProfileBuilder(plan.record_metrics, task=plan.task)
    divider = None if plan.batch_by is None else Divider(plan.batch_by)
    copies = CopyIndex()
    left_out = SkippedImages()
    marked = MarkedCount()
    refused = None
    if plan.screen is not None:
        # Who asks no gate pays for none.
        from lookoutcv.gate.screening import RefusedImages, refuse_unmovable  # noqa: PLC0415

        refused = RefusedImages(plan.screen)
        if plan.screen.rejects is not None and os.path.isdir(given.name):
            refuse_inputs(plan.screen.rejects, [given.name])
        refuse_unmovable(plan.screen, source)

    batches = _reporting(measure_batches(source, plan), source, plan)
    for records in _joined(_counted(batches, builder, left_out, marked, refused)):
        builder.add(records if divider is None else divider.divide(records))
        copies.add(records)
        if on_batch is not None:
            on_batch(records)
    profile, name = builder.build(), masked(source.name)
    skipped = tuple(left_out.named)
    _log.info(
        "measured %d images, skipped %d",
        profile.count,
        profile.skipped,
        extra={"source": name, "images": profile.count, "skipped": profile.skipped},
    )
    if profile.count == 0:
        if refused is not None and refused.counts:
            raise refused.none_fit(name, profile.skipped)
        raise no_images(name, skipped, profile.skipped)
    if divider is not None:
        divider.finish()
    model = None if plan.prediction_source is None else plan.prediction_source.identity
    suspected = () if model is None else _suspicions(model, profile)
    of_gate = [] if refused is None else [one for one in (refused.note(profile.count), refused.tagged(profile)) if one]
    notes = (*notes, *_said((*suspected, *notes_of(given), *marked.notes, *of_gate)))
    return Collection(name, profile, skipped, copies, source, model, notes, marked.read)


def _counted(
    batches: Iterator[Batch],
    builder: ProfileBuilder,
    left_out: SkippedImages,
    marked: MarkedCount,
    refused: RefusedImages | None,
) -> Iterator[pa.RecordBatch]:
    """The records of batches; what was skipped is noted."""
    for batch in batches:
        builder.skip(len(batch.skipped))
        for one in batch.skipped:
            _log.info("skipped %r: %s", one.id, one.reason, extra={"image": one.id, "reason": one.reason})
        left_out.extend(batch.skipped)
        if refused is not None:
            for unfit in batch.refused:
                refused.add(unfit)
                one = unfit.skipped
                _log.info("refused %r: %s", one.id, one.reason, extra={"image": one.id, "reason": one.reason})
                builder.refuse({unfit.key: 1})
        for id, found in batch.left_out:
            marked.leave_out(id, found)
        marked.add(*_marks_in(batch.records))
        yield batch.records


def _marks_in(records: pa.RecordBatch) -> tuple[int, int, int]:
    """How many images of a batch were looked at for objects, how many these have, and in how many there is none."""
    column = records.column(TRUTH)
    if column.null_count == len(column):
        return 0, 0, 0
    counts = column.drop_null().value_lengths().to_numpy(zero_copy_only=False)
    return len(counts), int(counts.sum()), int((counts == 0).sum())


def _of_predictions(plan: Plan) -> tuple[str, ...]:
    """What is to be said of predictions that were made elsewhere, or was assumed of a model, and is logged."""
    source = plan.prediction_source
    if source is None or not source.notes:
        return ()
    assumed = f"Not in the card of {source.identity.name}: {' '.join(source.notes)}"
    return _said(source.notes if source.identity.imported else (assumed,))


def _said(notes: tuple[str, ...]) -> tuple[str, ...]:
    """The same, logged for programs: whoever shows the result shows its notes, and need not show them twice."""
    shown = tuple(map(masked, notes))
    for note in shown:
        _log.warning("%s", note, extra={"in_result": True})
    return shown


def _suspicions(model: ModelIdentity, profile: Profile) -> tuple[str, ...]:
    """Labels of images with boxes are no classes of their objects, and say nothing of a detector."""
    if model.task == "detection":
        return constant_objects(model, profile.sample)
    if model.task != "classification":
        return ()
    rows = profile.sample
    pairs = counted_pairs(rows.column("label").to_pylist(), rows.column("prediction").to_pylist())
    of_names = suspicions(model, profile.counts.get("prediction", {}), profile.counts.get("label", {}))
    return (*of_names, *order_suspicions(model, pairs))


def _joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of at least `_ROWS_AT_ONCE`, but for the last."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= _ROWS_AT_ONCE:
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
            waiting, rows = [], 0
    if rows:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def _reporting(batches: Iterator[Batch], source: Source, plan: Plan) -> Iterator[Batch]:
    if plan.progress is None:
        yield from batches
        return
    total, done = source.count(), 0
    plan.progress(0, total)
    for batch in batches:
        yield batch
        done += batch.records.num_rows + len(batch.skipped) + len(batch.refused)
        plan.progress(done, total)
