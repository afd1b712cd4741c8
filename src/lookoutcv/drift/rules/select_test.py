"""Which test a window gets, and the decision that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from lookoutcv.drift.rules.fixed import fixed
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.verdict import Verdict, calibrated, decide, insufficient, too_small
from lookoutcv.drift.statistics.detectable import smallest_beyond_batches
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.drift.statistics.samples import Samples
from lookoutcv.drift.variation.autocorrelation import autocorrelation_of, declared, effective_images, order_of
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import (
    LEAST_BATCHES,
    LEAST_IN_BATCH,
    Batches,
    batches_of,
    harmonic_mean,
    merge_neighbours,
)
from lookoutcv.drift.variation.blocks import blocks_in_a_row
from lookoutcv.profiles.profile import SAMPLE_SIZE, Profile

_NOTHING = "No metric has values on both sides, so nothing can be tested. Measure both with the same metrics."


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is judged.

    Args:
        baseline, window: Both sides.
        samples: The metrics that they have in common.
        effects: Of every metric, in the order of `samples`.
        consecutive: The baseline's batches are blocks of its images in a row, so that neighbours may be put together.
        of_predictions: The metrics are those of a model's answers, which fixed limits have other rules for.
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
    if not any(min(its.present) for its in comparison.effects):
        return insufficient(comparison.effects, _NOTHING)
    batches = _batches(comparison)
    notes: list[str] = []
    if batches is None:
        batches, notes = _blocks(comparison)
    elif not batches.enough:
        notes = [_too_few(batches)]
    else:
        notes = _batch_notes(batches, rows[1])
    if batches is not None and batches.enough:
        return _against_batches(comparison, policy, batches, notes)
    verdict = calibrated(names, samples.columns, comparison.effects, policy, first=samples.first)
    return replace(verdict, notes=(*verdict.notes, *notes, *_window_notes(comparison)))


def _against_batches(comparison: Comparison, policy: Policy, batches: Batches, notes: Sequence[str]) -> Verdict:
    rows = (comparison.baseline.sample.num_rows, comparison.window.sample.num_rows)
    order = order_of(comparison.baseline.sample) if rows[1] < harmonic_mean(batches.sizes) else None
    columns = comparison.samples.every_row
    found = batch_test(columns, batches, minimum_values=policy.minimum_values, order=order)
    verdict = decide(comparison.samples.names, found.tests, comparison.effects, rows, policy)
    detectable = None
    if found.noise is not None:
        tested = sum(tests.p_value is not None for tests in found.tests.metrics)
        detectable = smallest_beyond_batches(
            found.noise, batches.count, tested, alpha=policy.alpha, min_effect=policy.min_effect
        )
    told = (*verdict.notes, *notes)
    return replace(verdict, detectable=detectable, test="batches", notes=told, batches=batches)


def _batches(comparison: Comparison) -> Batches | None:
    sample = comparison.baseline.sample
    found = batches_of(sample.column("batch").to_pylist()) if "batch" in sample.column_names else None
    if found is None or not (found.enough and comparison.consecutive):
        return found
    # A block's images in the source, of which the sample may hold a part.
    whole = harmonic_mean(found.sizes) * comparison.baseline.count / sample.num_rows
    return merge_neighbours(found, comparison.window.count, whole)


def _blocks(comparison: Comparison) -> tuple[Batches | None, list[str]]:
    """Blocks of neighbours, where those of the baseline depend on each other, and what is to be said of it."""
    sample, window = comparison.baseline.sample, comparison.window.sample.num_rows
    told = _dependence(sample, comparison.samples.names)
    if not told:
        return None, []
    # Of a million rows the order takes longer than their tests: it is asked for only where it is needed.
    order = order_of(sample)
    told = f"{told}. Tests for independent images would call most windows drift"
    blocks = blocks_in_a_row(order, sample.num_rows, window)
    if not blocks.enough:
        needed = LEAST_BATCHES * LEAST_IN_BATCH
        return blocks, [f"{told}, and it takes {needed} images in a row to judge by blocks of them. Add images."]
    typical = harmonic_mean(blocks.sizes)
    return blocks, [
        f"{told}, so this one was tested against {blocks.count} blocks of about {typical:,.0f} neighbours: it is drift "
        "only where it differs by more than these do from one another. To choose the blocks, make the baseline with "
        f"--batch-by {max(window, round(typical))}, or by day; where the order means nothing, mix the images."
    ]


def _dependence(sample: pa.Table, names: Sequence[str]) -> str:
    """Why the baseline's images are taken to depend on their neighbours; nothing where they are not."""
    order = order_of(sample.slice(0, SAMPLE_SIZE))
    autocorrelation = autocorrelation_of(sample, names, order)
    measured = (
        "" if autocorrelation is None else f"rank correlation {autocorrelation:.2f} between an image and the next"
    )
    sequence = declared(sample)
    if sequence is not None:
        told = f"The baseline holds frames in a row, by its source ({sequence}): each depends on its neighbours"
        return told + (f" ({measured})" if measured else "")
    if autocorrelation is None:
        return ""
    return f"Neighbouring images of the baseline are alike, as frames of one video are ({measured}, by {order.told})"


def _window_notes(comparison: Comparison) -> list[str]:
    """That the window's images are no independent draws, where they are not."""
    sample = comparison.window.sample
    autocorrelation = autocorrelation_of(sample, comparison.samples.names, order_of(sample.slice(0, SAMPLE_SIZE)))
    remedy = (
        "A few scenes differ from a baseline of many without any fault: take frames farther apart, or make the "
        "baseline of such stretches with --batch-by."
    )
    if autocorrelation is not None:
        return [
            f"Neighbouring images of the window are alike, as frames of one video are (rank correlation "
            f"{autocorrelation:.2f}): its {sample.num_rows:,} images say about as much as "
            f"{max(effective_images(sample.num_rows, autocorrelation), 1):,.0f} independent ones, and the p-value is "
            f"smaller than it should be. {remedy}"
        ]
    sequence = declared(sample)
    if sequence is None:
        return []
    return [
        f"The window holds frames in a row, by its source ({sequence}), and the baseline does not: the p-value may be "
        f"smaller than it should be. {remedy}"
    ]


def _too_few(batches: Batches) -> str:
    usable = f"{batches.count} usable {'batch' if batches.count == 1 else 'batches'}"
    return (
        f"The baseline has {usable} (of at least {LEAST_IN_BATCH} images); it takes {LEAST_BATCHES} to know how much "
        "ordinary batches differ, so it was taken as one."
    )


def _batch_notes(batches: Batches, window: int) -> list[str]:
    typical = harmonic_mean(batches.sizes)
    notes = [
        f"Tested against the {batches.count} batches of the baseline (typically {typical:,.0f} images): the window is "
        "called drift only where it differs by more than these batches do from one another."
    ]
    if batches.merged > 1:
        notes.append(
            f"The window is much larger than the baseline's blocks, so {batches.merged} neighbouring blocks were put "
            "together into each batch."
        )
    if window > typical:
        notes.append(
            "The window is larger than the batches, which therefore count as differing more than they were seen to; "
            "larger batches would show smaller changes."
        )
    if batches.left_out:
        notes.append(
            f"{batches.left_out:,} of the baseline's images belong to no batch of at least {LEAST_IN_BATCH} images and "
            "did not help to say how much batches differ."
        )
    return notes
