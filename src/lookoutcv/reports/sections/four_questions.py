"""The four questions of a reader who has a minute: what changed, does it hurt, since when, and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lookoutcv.drift.accuracy.impact import LOW_DROP
from lookoutcv.drift.cause.families import FAMILIES
from lookoutcv.drift.describe.strongest import moved_metrics, strongest_of_families
from lookoutcv.drift.wording.class_sentences import class_sentences
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Answer, Summary
from lookoutcv.reports.parts.numbers import DASH, MINUS, dates_in_words, percent
from lookoutcv.reports.parts.values import is_number, object_of
from lookoutcv.reports.sections.changes import leading
from lookoutcv.reports.sections.drifted_groups import drifted_groups
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.side import MOST_FREQUENT
from lookoutcv.results.result import Result
from lookoutcv.results.severity import Severity

WHAT_CHANGED, DOES_IT_HURT, SINCE_WHEN, WHAT_TO_DO = "What changed?", "Does it hurt?", "Since when?", "What to do?"
# So many sentences are read; the rest is below.
_SENTENCES = 3
_NAMES = 3
# A metric that moved less than half as far as the first says little more.
_WEAK = 0.5
# One image in a hundred may be anything.
_STRAY = 0.01
# One-sided 95%.
_SURE = 1.645
_KEEP = "If the change is meant to stay, make a new baseline that holds it."


def four_questions(report: DriftReport) -> Summary:
    """The four answers."""
    return Summary((_what(report), _hurt(report), _since(report), _do(report)))


def _what(report: DriftReport) -> Answer:
    if report.overall_drift_detected is None:
        return Answer(WHAT_CHANGED, "Too few images to say.", _too_few(report), "insufficient")
    if not report.overall_drift_detected:
        seen = report.smallest_detectable_effect
        limit = "" if seen is None or seen >= 1 else f"Effects of {seen:.2f} and more would probably have been seen."
        negligible = report.p_value is not None and report.p_value <= report.alpha
        return Answer(WHAT_CHANGED, "Nothing that counts." if negligible else "Nothing that was found.", limit, "none")
    sentences = list(_sentences(report))
    first = sentences[0] if sentences else "The images changed together, no metric by itself."
    return Answer(WHAT_CHANGED, first, " ".join(sentences[1:]), report.severity)


def _sentences(report: DriftReport) -> Iterator[str]:
    """What is new, then what moved: the answers, the groups or the images first, whichever says most."""
    yield from _new(report)
    moved = moved_metrics(report.metrics)
    groups = list(_groups(report, moved))
    answers = list(_of_answers(report))
    if answers and _rank(_object(report.outputs).get("severity")) >= max(
        map(_rank, (m.severity for m in moved)), default=1
    ):
        yield from answers
        answers = []
    if groups and not (moved and len(drifted_groups(report)) == len(report.groups)):
        yield from groups
        groups = []
    if moved or not (report.groups or report.outputs):
        yield from _of_images(report, moved)
    yield from answers
    yield from groups


def _new(report: DriftReport) -> Iterator[str]:
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


def _of_images(report: DriftReport, moved: Sequence[MetricDrift]) -> Iterator[str]:
    first = leading(report, len(report.metrics))
    if not first:
        return
    told = [one for one in strongest_of_families(first) if abs(one.effect) >= _WEAK * abs(first[0].effect)][:_SENTENCES]
    yield from (one.text for one in told)
    covered = {name for one in told for name in one.related}
    further = sum(one not in told and one.name not in covered for one in moved)
    if further:
        yield f"{counted(further, 'further metric')} moved."


def _of_answers(report: DriftReport) -> Iterator[str]:
    if _object(report.outputs).get("drift_detected"):
        yield "The model answers otherwise than before."
        classes = object_of(_object(report.outputs).get("classes"))
        changes = {str(name): by for name, by in object_of(classes.get("changes")).items() if is_number(by)}
        unseen, gone = (map(str, object_of(classes.get(key))) for key in ("new", "absent"))
        yield from class_sentences(changes, unseen, gone)


def _groups(report: DriftReport, moved: Sequence[MetricDrift]) -> Iterator[str]:
    drifted = drifted_groups(report)
    if drifted:
        worst, *others = drifted
        yield f"{'In' if moved else 'Only in'} {worst.name}: {worst.text}"
        if others:
            yield f"Also in {_listed([one.name for one in others])}."


def _hurt(report: DriftReport) -> Answer:
    if report.overall_drift_detected is None:
        return Answer(DOES_IT_HURT, "Not known.", "With so few images nothing can be said.", "insufficient")
    found = _object(report.accuracy)
    if is_number(object_of(found.get("change")).get("drop")):
        return _by_truth(report, object_of(found["change"]))
    estimated, measured = object_of(found.get("estimated")), object_of(found.get("measured"))
    before = estimated.get("baseline_accuracy")
    if is_number(measured.get("accuracy")) and is_number(before):
        return _by_labels(report, measured, float(before))
    if is_number(estimated.get("estimate")) and is_number(before):
        return _by_estimate(report, estimated, float(before))
    if not report.overall_drift_detected:
        return Answer(DOES_IT_HURT, "No sign of it.", "" if report.outputs else "The images look as they did.", "none")
    if report.outputs is None:
        text = "No model was asked. The severity says how different the images are, not how much accuracy that costs."
        return Answer(
            DOES_IT_HURT, "Not known.", f"{text} Give the model with --model, or check labelled images.", "low"
        )
    text = "The accuracy is not known: for an estimate the baseline needs labels, and a classifier's scores."
    return Answer(DOES_IT_HURT, "Not known.", text, "low")


def _by_truth(report: DriftReport, change: Mapping[str, Any]) -> Answer:
    """What labels on both sides say, with the interval that they allow."""
    drop, low, high = float(change["drop"]), change.get("low"), change.get("high")
    precisely = change.get("measure") == "mAP"
    before, after = (_figure(change.get(side), precisely) for side in ("before", "after"))
    interval = f" (90% interval of the loss {_ends(low, high)})" if is_number(low) and is_number(high) else ""
    name = "Mean average precision (mAP)" if precisely else "Accuracy"
    basis = f"{name} {before} in the baseline, {after} now, by labels{interval}."
    if drop < LOW_DROP:
        return Answer(DOES_IT_HURT, "No.", basis)
    if not change.get("fell"):
        return Answer(DOES_IT_HURT, "Perhaps: within chance.", basis, "low")
    lost = f"Yes: {_points(drop)} of {'mAP' if precisely else 'accuracy'}."
    return Answer(DOES_IT_HURT, lost, basis, _bad(report.severity))


def _figure(value: Any, precisely: bool) -> str:
    if not is_number(value):
        return DASH
    return f"{value:.3f}" if precisely else percent(value)


def _ends(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f} points".replace("-", MINUS)


def _by_labels(report: DriftReport, measured: Mapping[str, Any], before: float) -> Answer:
    now = float(measured["accuracy"])
    images = measured.get("images")
    whole = float(images) if is_number(images) and images > 0 else 1.0
    noise = math.sqrt(max(now * (1 - now), before * (1 - before)) / whole)
    basis = f"Accuracy {percent(before)} in the baseline, {percent(now)} now, by the labels of {whole:,.0f} images."
    drop = before - now
    if drop < LOW_DROP:
        return Answer(DOES_IT_HURT, "No.", basis, "none")
    if drop < _SURE * noise:
        return Answer(DOES_IT_HURT, "Perhaps: within chance.", basis, "low")
    return Answer(DOES_IT_HURT, f"Yes: {_points(drop)} of accuracy.", basis, _bad(report.severity))


def _by_estimate(report: DriftReport, found: Mapping[str, Any], before: float) -> Answer:
    estimate, low, high = found["estimate"], found.get("low"), found.get("high")
    ends = f" (90% interval {percent(low)} to {percent(high)})" if is_number(low) and is_number(high) else ""
    basis = f"Accuracy {percent(before)} in the baseline; estimated without labels now: {percent(estimate)}{ends}."
    if found.get("status") == "unreliable":
        reason = found.get("reason")
        said = f"The estimate cannot be relied on. {reason}" if isinstance(reason, str) else basis
        if found.get("impact"):
            return Answer(DOES_IT_HURT, "Probably.", f"{said} Label about 100 images to know.", _bad(report.severity))
        return Answer(DOES_IT_HURT, "Not known.", said, "low" if report.overall_drift_detected else "none")
    if found.get("impact"):
        return Answer(
            DOES_IT_HURT, f"Probably: about {_points(before - estimate)} of accuracy.", basis, _bad(report.severity)
        )
    return Answer(DOES_IT_HURT, "Probably not.", basis, "none")


def _since(report: DriftReport) -> Answer:
    if not report.overall_drift_detected:
        none = "Nothing to date." if report.overall_drift_detected is False else "Not known."
        return Answer(SINCE_WHEN, none)
    since = report.onset
    if since is None:
        return Answer(SINCE_WHEN, "Not known.", "The report holds no times.")
    text = dates_in_words(since.text)
    if since.status == "within":
        return Answer(SINCE_WHEN, f"Since {dates_in_words(since.first or 'a part of it')}.", text)
    named = {
        "throughout": "From the first image of this window on.",
        "part": "In a part of the window only.",
        "unknown": "Not known.",
    }
    return Answer(SINCE_WHEN, named.get(since.status, "Not known."), text)


def _do(report: DriftReport) -> Answer:
    if report.overall_drift_detected is None:
        return Answer(WHAT_TO_DO, "Collect more images.", "Then compare again.")
    if not report.overall_drift_detected:
        return Answer(WHAT_TO_DO, "Nothing.")
    steps = list(_steps(report))
    return Answer(WHAT_TO_DO, steps[0], " ".join(steps[1:]))


def _steps(report: DriftReport) -> Iterator[str]:
    cause = _object(report.cause)
    known = FAMILIES.get(str(cause.get("family")))
    if known is not None:
        yield known.check
    drifted = drifted_groups(report)
    if drifted and len(drifted) < len(report.groups):
        yield f"See what changed in {_listed([one.name for one in drifted])}: its camera, its scene or its processing."
    unseen = object_of(object_of(_object(report.outputs).get("classes")).get("new"))
    labels = sorted(report.window.labels.keys() - report.baseline.labels.keys()) if report.baseline.labels else []
    if unseen or labels:
        new = list(dict.fromkeys([*labels, *map(str, unseen)]))
        yield f"Look at the images of what the baseline never had: {_listed(new)}."
    recorded = cause.get("metadata_changes")
    if isinstance(recorded, list) and recorded:
        yield "Find out who changed what is on record: " + " ".join(str(one) for one in recorded[:2])
    if known is None:
        yield "Compare the most shifted images with typical ones: they show best what is new."
    estimated = object_of(_object(report.accuracy).get("estimated"))
    counted_right = is_number(object_of(_object(report.accuracy).get("measured")).get("accuracy"))
    if not counted_right and (estimated.get("impact") or estimated.get("status") == "unreliable"):
        yield "Label about 100 images of this window to know the accuracy."
    yield _KEEP


def _object(result: Result | None) -> Mapping[str, Any]:
    return {} if result is None else result.to_dict()


def _rank(severity: Any) -> int:
    return max(Severity(severity).rank, 1) if severity else 1


def _bad(severity: Severity) -> Severity:
    """At least medium: an accuracy that fell is bad however little the images differ."""
    return max(severity, Severity.MEDIUM)


def _too_few(report: DriftReport) -> str:
    sides = f"{counted(report.window.images, 'image')} against {report.baseline.images:,}"
    return f"{sides}: no test could be relied on. The differences below describe these images only."


def _points(drop: float) -> str:
    return f"{100 * drop:.1f} points".replace("-", MINUS)


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more:,} more" if more > 0 else "")
