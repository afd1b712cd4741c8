"""The four questions of a reader who has a minute: what changed, does it hurt, since when, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lookoutcv.drift.cause.families import FAMILIES
from lookoutcv.drift.describe.strongest import moved_metrics, told_metrics
from lookoutcv.reports.parts.content_blocks import Answer, Summary
from lookoutcv.reports.parts.date_words import dates_in_words
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.numbers import percent
from lookoutcv.reports.sections.changes import leading
from lookoutcv.reports.sections.drifted_groups import drifted_groups
from lookoutcv.reports.sections.impact_answer import impact_answer
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.side import MOST_FREQUENT
from lookoutcv.results.severity import Severity

WHAT_CHANGED, SINCE_WHEN, WHAT_TO_DO = "What changed?", "Since when?", "What to do?"
_NAMES = 3
# One image in a hundred may be anything.
_STRAY = 0.01
_NEW_BASELINE = "If the change is meant to stay, make a new baseline that holds it."


def four_questions(report: DriftReport) -> Summary:
    """The four answers."""
    return Summary((_change_answer(report), impact_answer(report), _onset_answer(report), _action_answer(report)))


def _change_answer(report: DriftReport) -> Answer:
    if report.overall_drift_detected is None:
        return Answer(WHAT_CHANGED, "Too few images to say.", _too_few(report), Severity.INSUFFICIENT)
    if not report.overall_drift_detected:
        least = report.smallest_detectable_effect
        limit = "" if least is None or least >= 1 else f"Effects of {least:.2f} and more would probably have been seen."
        negligible = report.p_value is not None and report.p_value <= report.alpha
        answer = "Nothing that counts." if negligible else "Nothing that was found."
        return Answer(WHAT_CHANGED, answer, limit, Severity.NONE)
    sentences = list(_sentences(report))
    first = sentences[0] if sentences else "The images changed together, no metric by itself."
    return Answer(WHAT_CHANGED, first, " ".join(sentences[1:]), report.severity)


def _sentences(report: DriftReport) -> Iterator[str]:
    """What is new, then what moved: the predictions, the groups or the images first, whichever says most."""
    yield from _new_names(report)
    moved = moved_metrics(report.metrics)
    groups = list(_group_sentences(report, moved))
    predictions = list(_prediction_sentences(report))
    if predictions and _predictions_moved_most(report, moved):
        yield from predictions
        predictions = []
    if groups and not (moved and len(drifted_groups(report)) == len(report.groups)):
        yield from groups
        groups = []
    if moved or not (report.groups or report.outputs):
        yield from _image_sentences(report, moved)
    yield from predictions
    yield from groups


def _predictions_moved_most(report: DriftReport, moved: Sequence[MetricDrift]) -> bool:
    images = max((metric.severity for metric in moved), default=Severity.NONE)
    return report.outputs is not None and max(report.outputs.severity, Severity.NONE) >= images


def _new_names(report: DriftReport) -> Iterator[str]:
    """Labels and cameras that the baseline has not, where they are no stray image."""
    for before, after, noun in (
        (report.baseline.labels, report.window.labels, "label"),
        (report.baseline.cameras, report.window.cameras, "camera"),
    ):
        least = _STRAY * max(sum(after.values()), 1)
        new = [name for name, images in after.items() if name not in before and images >= least]
        # The report holds the most frequent ones only: of many, one that it lacks is not new for certain.
        if new and before and len(before) < MOST_FREQUENT:
            share = percent(sum(after[name] for name in new) / sum(after.values()))
            plural = noun if len(new) == 1 else f"{noun}s"
            yield f"New {plural}: {_listed(new)}, {share} of the images."


def _image_sentences(report: DriftReport, moved: Sequence[MetricDrift]) -> Iterator[str]:
    told, further = told_metrics(moved or leading(report, len(report.metrics)))
    yield from (metric.text for metric in told)
    if further and moved:
        yield f"{counted(further, 'further metric')} moved."


def _prediction_sentences(report: DriftReport) -> Iterator[str]:
    if report.outputs is not None and report.outputs.drift_detected:
        yield "The model answers otherwise than before."
        if report.outputs.classes is not None and report.outputs.classes.text:
            yield report.outputs.classes.text


def _group_sentences(report: DriftReport, moved: Sequence[MetricDrift]) -> Iterator[str]:
    drifted = drifted_groups(report)
    if drifted:
        worst, *others = drifted
        yield f"{'In' if moved else 'Only in'} {worst.name}: {worst.text}"
        if others:
            yield f"Also in {_listed([group.name for group in others])}."


def _onset_answer(report: DriftReport) -> Answer:
    if not report.overall_drift_detected:
        return Answer(SINCE_WHEN, "Not known." if report.overall_drift_detected is None else "Nothing to date.")
    onset = report.onset
    if onset is None:
        return Answer(SINCE_WHEN, "Not known.", "The report holds no times.")
    answers = {
        "within": f"Since {dates_in_words(onset.first or 'a part of it')}.",
        "throughout": "From the first image of this window on.",
        "part": "In a part of the window only.",
        "unknown": "Not known.",
    }
    return Answer(SINCE_WHEN, answers[onset.status], dates_in_words(onset.text))


def _action_answer(report: DriftReport) -> Answer:
    if report.overall_drift_detected is None:
        return Answer(WHAT_TO_DO, "Collect more images.", "Then compare again.")
    if not report.overall_drift_detected:
        return Answer(WHAT_TO_DO, "Nothing.")
    actions = list(_actions(report))
    return Answer(WHAT_TO_DO, actions[0], " ".join(actions[1:]))


def _actions(report: DriftReport) -> Iterator[str]:
    family = None if report.cause is None else FAMILIES.get(report.cause.family)
    if family is not None:
        yield family.check
    drifted = drifted_groups(report)
    if drifted and len(drifted) < len(report.groups):
        names = _listed([group.name for group in drifted])
        yield f"See what changed in {names}: its camera, its scene or its processing."
    new = _new_classes(report)
    if new:
        yield f"Look at the images of what the baseline never had: {_listed(new)}."
    if report.cause is not None and report.cause.metadata_changes:
        yield "Find out who changed what is on record: " + " ".join(report.cause.metadata_changes[:2])
    if family is None:
        yield "Compare the most shifted images with typical ones: they show best what is new."
    if _labels_would_help(report):
        yield "Label about 100 images of this window to know the accuracy."
    yield _NEW_BASELINE


def _new_classes(report: DriftReport) -> list[str]:
    """Labels, then predicted classes, that the baseline does not have."""
    before, after = report.baseline.labels, report.window.labels
    labels = sorted(after.keys() - before.keys()) if before else []
    classes = None if report.outputs is None else report.outputs.classes
    return list(dict.fromkeys([*labels, *({} if classes is None else classes.new)]))


def _labels_would_help(report: DriftReport) -> bool:
    """The accuracy was not measured, and the estimate raises an alarm or cannot be relied on."""
    accuracy = report.accuracy
    if accuracy is None or accuracy.measured is not None or accuracy.estimated is None:
        return False
    return bool(accuracy.estimated.impact) or accuracy.estimated.status == "unreliable"


def _too_few(report: DriftReport) -> str:
    sides = f"{counted(report.window.images, 'image')} against {report.baseline.images:,}"
    return f"{sides}: no test could be relied on. The differences below describe these images only."


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more:,} more" if more > 0 else "")
