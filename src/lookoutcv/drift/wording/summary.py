"""The report in two or three sentences, and what a careful reader must know beside it."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.calls.option_names import option
from lookoutcv.drift.decision import Decision
from lookoutcv.drift.describe.groups import GroupComparison
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.columns import CountedColumn
from lookoutcv.drift.statistics.samples import Samples
from lookoutcv.drift.wording.group_sentences import group_in_words, group_notes
from lookoutcv.drift.wording.lists import listed
from lookoutcv.drift.wording.metric_sentences import metrics_summary
from lookoutcv.drift.wording.note_sentences import note_sentence
from lookoutcv.drift.wording.prediction_sentences import (
    SHARES,
    impact_sentence,
    loss_sentence,
    prediction_sentences,
    predictions_alone,
)
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

# From this ratio on more window images do not help: the baseline limits what can be found.
_LOPSIDED = 10

_INPUT_EFFECT = (
    "Severity is judged by input effect: how different the images are, not how much accuracy that costs. Verify on "
    "labelled images."
)
_FIXED_BLIND = "This policy compares means only and does not see blur, noise or compression; the policy 'default' does."


def summarise(
    decision: Decision, metrics: Sequence[MetricDrift], sides: tuple[Side, Side], policy: Policy, unmeasured: str = ""
) -> str:
    """A few sentences that an engineer can act on: the drift, then what is known of the model.

    Args:
        decision: The one that the report holds.
        metrics: Ranked by size of effect.
        sides: Baseline and window.
        policy: The rules used.
        unmeasured: Why no image was compared, where none was.
    """
    predictions = decision.predictions
    sentences = [] if predictions is None else prediction_sentences(predictions)
    if decision.images is None:
        counts = f"{sides[1].tested:,} predictions against {sides[0].tested:,}"
        first = "" if predictions is None else predictions_alone(predictions, counts)
        return " ".join([first, *sentences, unmeasured])
    if predictions is not None and predictions.drifted and not decision.images_drifted:
        return " ".join(["Drift of the model's answers; the images alone show none.", *sentences])
    return " ".join([_of_images(decision, decision.images, metrics, sides, policy), *sentences])


def _of_images(
    decision: Decision, images: Verdict, metrics: Sequence[MetricDrift], sides: tuple[Side, Side], policy: Policy
) -> str:
    drifted = decision.drifted_groups
    whole = _of_the_whole(images, decision.severity, metrics, sides, policy)
    if not drifted:
        return whole
    if images.drifted:
        return f"{whole} By group: {_listed_groups(drifted)}."
    worst = group_in_words(drifted[0])
    count = f"{len(drifted)} {'group' if len(drifted) == 1 else 'groups'} of the window"
    return (
        f"Drift in {count}, but not in the window as a whole ({sides[1].tested:,} images against {sides[0].tested:,}): "
        f"{_listed_groups(drifted)}. In {worst.name}: {worst.text} See what changed in the camera, the scene or the "
        "processing of that group."
    )


def _of_the_whole(
    verdict: Verdict, severity: Severity, metrics: Sequence[MetricDrift], sides: tuple[Side, Side], policy: Policy
) -> str:
    counts = f"{sides[1].tested:,} images against {sides[0].tested:,}"
    if verdict.drifted is None:
        reason = note_sentence(verdict.notes[0])
        return f"Not enough to say whether there is drift. {reason} The differences listed describe these images only."
    if verdict.drifted:
        sure = f"severity {severity}" + (f", {_p(verdict.p_value)}" if verdict.p_value is not None else "")
        action = "See what changed in the camera, the scene or the processing; the most shifted images show it best."
        return f"Drift: the window differs from the baseline ({sure}; {counts}). {metrics_summary(metrics)} {action}"
    if policy.rule == "fixed":
        return f"No limit of the policy was exceeded ({counts}). {_FIXED_BLIND}"
    if verdict.p_value is not None and verdict.p_value <= policy.alpha:
        return (
            f"The window differs from the baseline, but negligibly: the largest effect is {verdict.effect:.2f}, below "
            f"{policy.min_effect:g} ({_p(verdict.p_value)}; {counts}). No action is needed."
        )
    none = f"No drift found ({_p(verdict.p_value)}; {counts})."
    if verdict.detectable is None:
        return none
    if verdict.detectable >= 1:
        return (
            f"{none} With so few batches that differ so much, a change of one metric may be missed whatever its size."
        )
    effects = f"Effects of {verdict.detectable:.2f} and more are found four times in five"
    return f"{none} {effects}; smaller ones may be missed."


def report_notes(
    decision: Decision,
    samples: Samples | None,
    sides: tuple[Side, Side],
    policy: Policy,
    further: Sequence[str] = (),
) -> list[str]:
    """What a careful reader must know: first by what severity is judged, then the limits of the comparison.

    Args:
        decision, sides, policy: As in `summarise`.
        samples: The images that were compared; None where none was.
        further: What is to be said beside that.
    """
    first = []
    change = None if decision.predictions is None else decision.predictions.change
    if decision.impact is not None:
        first.append(impact_sentence(decision.impact, decision.input_severity))
    elif not decision.drifted and change is not None and change.fell:
        first.append(loss_sentence(change))
    limits: list[str] = []
    if decision.images is not None and samples is not None:
        limits = _limits(decision, decision.images, samples, sides, policy)
    return [*first, *limits, *further, *([SHARES] if decision.shares > 1 else [])]


def _limits(
    decision: Decision, images: Verdict, samples: Samples, sides: tuple[Side, Side], policy: Policy
) -> list[str]:
    """Limits of the comparison of images, in the order of their weight."""
    sentences = [
        *map(note_sentence, images.notes),
        *_size_notes(images, sides, policy),
        *_metric_notes(samples, images, policy),
        *(group_notes(decision.groups) if decision.groups is not None else ()),
    ]
    if images.drifted and decision.impact is None:
        sentences.append(_INPUT_EFFECT)
    return sentences if images.test == "batches" else [*sentences, _day_to_day()]


def _size_notes(verdict: Verdict, sides: tuple[Side, Side], policy: Policy) -> list[str]:
    baseline, window = sides
    sentences = [
        f"A sample of {side.tested:,} of the {role}'s {side.images:,} images entered the tests; counts, means and "
        "distributions hold all of them."
        for role, side in (("baseline", baseline), ("window", window))
        if side.tested < side.images
    ]
    if verdict.detectable is not None and min(baseline.tested, window.tested) < policy.small_window:
        sentences.append(
            f"With fewer than {policy.small_window} images on a side only large shifts can be seen: here effects of "
            f"{verdict.detectable:.2f} and more."
        )
    if window.tested > _LOPSIDED * baseline.tested > 0:
        sentences.append(
            f"The baseline of {baseline.tested:,} images limits what can be found; more than {window.tested:,} images "
            "in the window will not help, more in the baseline will."
        )
    if window.skipped:
        sentences.append(
            f"{window.skipped:,} of the window's {window.skipped + window.images:,} images could not be read."
        )
    return sentences


def _metric_notes(samples: Samples, verdict: Verdict, policy: Policy) -> list[str]:
    by_state: dict[str, list[str]] = {}
    for name, column in zip(samples.names, samples.columns, strict=True):
        state = _state(column, policy)
        if state:
            by_state.setdefault(state, []).append(name)
    if samples.only_baseline:
        by_state["Measured on the baseline only, so not compared"] = list(samples.only_baseline)
    if samples.only_window:
        by_state["Measured on the window only, so not compared"] = list(samples.only_window)
    if verdict.drifted is None:
        by_state.pop(_few(policy), None)
    return [f"{state}: {listed(names)}." for state, names in by_state.items()]


def _state(column: CountedColumn, policy: Policy) -> str | None:
    present = column.baseline_present, column.window_present
    if not any(present):
        return "Without a value on either side"
    if not present[0]:
        return "Without any value in the baseline, so not compared"
    if not present[1]:
        return "Without any value in the window, so not compared"
    if column.constant:
        return "The same on every image of both sides, so nothing to compare"
    return _few(policy) if min(present) < policy.minimum_values else None


def _few(policy: Policy) -> str:
    return f"With fewer than {policy.minimum_values} values on a side, so not tested"


def _listed_groups(drifted: Sequence[GroupComparison]) -> str:
    return listed([f"{group.name} ({group.severity})" for group in drifted])


def _p(value: float | None) -> str:
    if value is None:
        return "not tested"
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.2g}"


def _day_to_day() -> str:
    return (
        "The baseline is one unordered set of images, so ordinary variation from day to day is not in it: the "
        "difference between two ordinary days can be reported as drift. Make the baseline of several days with "
        f"{option('batch_by', 'day')}, and compare like with like (same camera, site and hour)."
    )
