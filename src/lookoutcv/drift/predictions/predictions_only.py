"""A comparison of answers where no image was measured: a log without metrics, or without images."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.drift.describe.sides import describe_side
from lookoutcv.drift.predictions.compare_predictions import CalibratedModel, PredictionComparison, compare_predictions
from lookoutcv.drift.predictions.output_columns import images_only
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.wording.note_sentences import note_sentence
from lookoutcv.drift.wording.prediction_sentences import with_predictions
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.schema import metric_names
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity


def report_of_predictions(
    baseline: Profile,
    window: Profile,
    policy: Policy,
    model: CalibratedModel,
    *,
    names: tuple[str, str],
    consecutive: bool = False,
    group_by: str | None = None,
) -> DriftReport | None:
    """Compare the answers, which have all of alpha since no image is tested.

    Args:
        baseline, window: Both sides; they have no metric of images in common.
        policy: The rules.
        model: Who answered.
        names: What a person calls the sides.
        consecutive, group_by: As in `compare`; answers are not compared group by group, and a note says so.
    Returns:
        None where the sides have no answers in common either.
    """
    answers = compare_predictions(baseline, window, policy, model, consecutive=consecutive)
    if answers is None:
        return None
    blind = _told(images_only(baseline), images_only(window))
    rules = policy.to_dict() | ({"test": answers.test} if answers.test else {})
    sides = describe_side(baseline, names[0]), describe_side(window, names[1])
    ungrouped = [f"Groups are compared by their images, so nothing is said by {group_by}."] if group_by else []
    report = DriftReport(
        overall_drift_detected=answers.drifted,
        severity=answers.severity if answers.drifted is not False else Severity.NONE,
        p_value=answers.p_value,
        effect=answers.effect,
        alpha=policy.alpha,
        smallest_detectable_effect=None,
        summary="",
        baseline=sides[0],
        window=sides[1],
        metrics=[],
        notes=[blind, *ungrouped],
        policy=rules,
    )
    told = with_predictions(report, answers, 1)
    counts = f"{window.sample.num_rows:,} predictions against {baseline.sample.num_rows:,}"
    return replace(told, summary=f"{_found(answers, counts)}{told.summary} {blind}")


def _found(answers: PredictionComparison, counts: str) -> str:
    if answers.drifted is None:
        reason = note_sentence(answers.notes[0]) if answers.notes else "Too few predictions."
        return f"Not enough to say whether there is drift ({counts}). {reason}"
    return f"Drift of the model's answers ({counts})." if answers.drifted else f"No drift of the answers ({counts})."


def _told(baseline: Profile, window: Profile) -> str:
    """Which side has no measured image."""
    measured = [bool(metric_names(side.sample.schema)) for side in (baseline, window)]
    where = {(False, False): "", (True, False): " in the window", (False, True): " in the baseline"}
    if all(measured):
        return "The images were measured with other metrics on each side: only the answers are compared."
    return f"No image was measured{where[measured[0], measured[1]]}: only the answers are compared."
