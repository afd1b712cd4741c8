"""Which test a window gets, and the decision that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lookoutcv.drift.batches import LEAST_BATCHES, LEAST_IN_BATCH, Batches, batches_of, harmonic_mean, merge_neighbours
from lookoutcv.drift.detectable import smallest_beyond_batches
from lookoutcv.drift.effects import Effects
from lookoutcv.drift.fixed import fixed
from lookoutcv.drift.natural_variation import batch_test
from lookoutcv.drift.policy import Policy
from lookoutcv.drift.samples import Samples
from lookoutcv.drift.verdict import Verdict, calibrated, decide, insufficient, too_small
from lookoutcv.profiles.profile import Profile


@dataclass(frozen=True, eq=False)
class Trial:
    """What is judged.

    Args:
        baseline, window: Both sides.
        samples: The metrics that they have in common.
        effects: Of every metric, in the order of `samples`.
        consecutive: The baseline's batches are blocks of its images in a row, so that neighbours may be put together.
    """

    baseline: Profile
    window: Profile
    samples: Samples
    effects: Sequence[Effects]
    consecutive: bool = False


def judge(trial: Trial, policy: Policy) -> Verdict:
    """Judge a window by the policy: against the baseline's batches where there are five, else against all of it."""
    rows = (trial.baseline.sample.num_rows, trial.window.sample.num_rows)
    reason = too_small(*rows, policy)
    if reason is not None:
        return insufficient(trial.effects, reason)
    names, columns = trial.samples.names, trial.samples.columns
    if policy.rule == "fixed":
        return fixed(trial.baseline, trial.window, names, trial.effects, policy)
    batches = _batches(trial)
    if batches is None:
        return calibrated(names, columns, trial.effects, policy)
    if not batches.enough:
        verdict = calibrated(names, columns, trial.effects, policy)
        return replace(verdict, notes=(*verdict.notes, _too_few(batches)))
    found = batch_test(columns, batches, minimum_values=policy.minimum_values)
    verdict = decide(names, found.tests, trial.effects, rows, policy)
    detectable = None
    if found.noise is not None:
        tested = sum(tests.p_value is not None for tests in found.tests.metrics)
        detectable = smallest_beyond_batches(
            found.noise, batches.count, tested, alpha=policy.alpha, min_effect=policy.min_effect
        )
    told = (*verdict.notes, *_batch_notes(batches, rows[1]))
    return replace(verdict, detectable=detectable, test="batches", notes=told)


def _batches(trial: Trial) -> Batches | None:
    sample = trial.baseline.sample
    found = batches_of(sample.column("batch").to_pylist()) if "batch" in sample.column_names else None
    if found is None or not (found.enough and trial.consecutive):
        return found
    # A block's images in the source, of which the sample may hold a part.
    whole = harmonic_mean(found.sizes) * trial.baseline.count / sample.num_rows
    return merge_neighbours(found, trial.window.count, whole)


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
