"""Which test a window gets, and the decision that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from lookoutcv.drift.rules.fixed import fixed
from lookoutcv.drift.rules.notes import (
    AgainstBatches,
    AgainstBlocks,
    BlocksMerged,
    Dependence,
    DependentWindow,
    ImagesOutsideBatches,
    Note,
    NothingInCommon,
    TooFewBatches,
    TooFewForBlocks,
    WindowExceedsBatches,
)
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.verdict import Verdict, calibrated, decide, insufficient, too_small
from lookoutcv.drift.statistics.detectable import smallest_beyond_batches
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.drift.statistics.samples import Samples
from lookoutcv.drift.variation.autocorrelation import autocorrelation_of, declared_sequence, effective_images, order_of
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import (
    LEAST_BATCHES,
    LEAST_IN_BATCH,
    Batches,
    batches_of,
    harmonic_mean,
    merge_blocks,
)
from lookoutcv.drift.variation.blocks import consecutive_blocks
from lookoutcv.profiles.profile import SAMPLE_SIZE, Profile


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is judged.

    Args:
        baseline, window: Both sides.
        samples: The metrics that they have in common.
        effects: Of every metric, in the order of `samples`.
        consecutive: The baseline's batches are blocks of its images in a row, so that neighbours may be put together.
        of_predictions: The metrics are those of a model's predictions, which fixed limits have other rules for.
    """

    baseline: Profile
    window: Profile
    samples: Samples
    effects: Sequence[Effects]
    consecutive: bool = False
    of_predictions: bool = False


def verdict_for(comparison: Comparison, policy: Policy) -> Verdict:
    """Judge a window by the policy: against the baseline's batches where there are five, else against all of it."""
    rows = (comparison.baseline.sample.num_rows, comparison.window.sample.num_rows)
    reason = too_small(*rows, policy)
    if reason is not None:
        return insufficient(comparison.effects, reason)
    names, samples = comparison.samples.names, comparison.samples
    if policy.rule == "fixed":
        return fixed(
            comparison.baseline,
            comparison.window,
            names,
            comparison.effects,
            policy,
            of_predictions=comparison.of_predictions,
        )
    if not any(min(effect.present) for effect in comparison.effects):
        return insufficient(comparison.effects, NothingInCommon())
    batches = _batches(comparison)
    notes: list[Note] = []
    if batches is None:
        batches, notes = _blocks(comparison)
    elif not batches.enough:
        notes = [TooFewBatches(batches.count, LEAST_BATCHES, LEAST_IN_BATCH)]
    else:
        notes = _batch_notes(batches, rows[1])
    if batches is not None and batches.enough:
        return _against_batches(comparison, policy, batches, notes)
    verdict = calibrated(names, samples.columns, comparison.effects, policy, first=samples.first)
    return replace(verdict, notes=(*verdict.notes, *notes, *_window_notes(comparison)))


def _against_batches(comparison: Comparison, policy: Policy, batches: Batches, notes: Sequence[Note]) -> Verdict:
    rows = (comparison.baseline.sample.num_rows, comparison.window.sample.num_rows)
    order = order_of(comparison.baseline.sample) if rows[1] < harmonic_mean(batches.sizes) else None
    columns = comparison.samples.every_row
    outcome = batch_test(columns, batches, minimum_values=policy.minimum_values, order=order)
    verdict = decide(comparison.samples.names, outcome.tests, comparison.effects, rows, policy)
    detectable = None
    if outcome.noise is not None:
        tested = sum(tests.p_value is not None for tests in outcome.tests.metrics)
        detectable = smallest_beyond_batches(
            outcome.noise, batches.count, tested, alpha=policy.alpha, min_effect=policy.min_effect
        )
    notes = (*verdict.notes, *notes)
    return replace(verdict, detectable=detectable, test="batches", notes=notes, batches=batches)


def _batches(comparison: Comparison) -> Batches | None:
    sample = comparison.baseline.sample
    batches = batches_of(sample.column("batch").to_pylist()) if "batch" in sample.column_names else None
    if batches is None or not (batches.enough and comparison.consecutive):
        return batches
    # A block's images in the source, of which the sample may hold a part.
    whole = harmonic_mean(batches.sizes) * comparison.baseline.count / sample.num_rows
    return merge_blocks(batches, comparison.window.count, whole)


def _blocks(comparison: Comparison) -> tuple[Batches | None, list[Note]]:
    """Blocks of neighbours, where the baseline's images depend on each other, and the note that says so."""
    sample, window = comparison.baseline.sample, comparison.window.sample.num_rows
    dependence = _dependence(sample, comparison.samples.names)
    if dependence is None:
        return None, []
    # Of a million rows the order takes longer than their tests: it is asked for only where it is needed.
    blocks = consecutive_blocks(order_of(sample), sample.num_rows, window)
    if not blocks.enough:
        return blocks, [TooFewForBlocks(dependence, LEAST_BATCHES * LEAST_IN_BATCH)]
    typical = harmonic_mean(blocks.sizes)
    return blocks, [AgainstBlocks(dependence, blocks.count, typical, max(window, round(typical)))]


def _dependence(sample: pa.Table, names: Sequence[str]) -> Dependence | None:
    """Why images are taken to depend on their neighbours; None where they are not."""
    order = order_of(sample.slice(0, SAMPLE_SIZE))
    autocorrelation, sequence = autocorrelation_of(sample, names, order), declared_sequence(sample)
    if autocorrelation is None and sequence is None:
        return None
    return Dependence(sequence, autocorrelation, order.by)


def _window_notes(comparison: Comparison) -> list[Note]:
    """That the window's images are no independent draws, where they are not."""
    sample = comparison.window.sample
    dependence = _dependence(sample, comparison.samples.names)
    if dependence is None:
        return []
    independent = None
    if dependence.autocorrelation is not None:
        independent = max(effective_images(sample.num_rows, dependence.autocorrelation), 1)
    return [DependentWindow(dependence, sample.num_rows, independent)]


def _batch_notes(batches: Batches, window: int) -> list[Note]:
    typical = harmonic_mean(batches.sizes)
    notes: list[Note] = [AgainstBatches(batches.count, typical)]
    if batches.merged > 1:
        notes.append(BlocksMerged(batches.merged))
    if window > typical:
        notes.append(WindowExceedsBatches())
    if batches.left_out:
        notes.append(ImagesOutsideBatches(batches.left_out, LEAST_IN_BATCH))
    return notes
