"""Compare a window with a baseline, or any two sets of images."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Unpack

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.missing_path import path_remedy
from lookoutcv.calls.option_names import option
from lookoutcv.clock import now
from lookoutcv.drift.compare import compare as compare_profiles
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.predictions.output_columns import has_predictions
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.errors import ConfigError, ModelNotFound
from lookoutcv.measuring.baseline import Baseline, baseline_of, packed_baseline
from lookoutcv.measuring.collect import Collection
from lookoutcv.measuring.collect_any import collect_any
from lookoutcv.measuring.gallery import with_pictures, without_pictures
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.measuring.options import Plan, plan
from lookoutcv.metrics import registry
from lookoutcv.monitoring.gates import gates_compared, refuse_rejects
from lookoutcv.monitoring.measured_pictures import has_pictures, measured_pictures
from lookoutcv.monitoring.policies import policy_of
from lookoutcv.records.group_keys import division
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.secrets import masked
from lookoutcv.version import TOOL

# Options of the command line that are no arguments here.
_DRAW = "Draw what it returns: `lo.render(report, 'report.html')`."
_ATTENTION = "Give measurers=[lo.attention(MODEL, explain_share=0.1)]."
_SEVERITY = "Ask what it returns: `report.severity >= 'high'`."
Rules = str | os.PathLike[str] | Policy


@only_known_keywords(
    Options,
    output=_DRAW,
    html=_DRAW,
    fail_on=_SEVERITY,
    batch_by="It is the baseline's: `lo.baseline(..., batch_by='day')`.",
    explain_share=_ATTENTION,
)
def monitor(
    source: Any,
    *,
    baseline: Baseline | str | os.PathLike[str] | None = None,
    policy: Rules = "default",
    group_by: str | None = None,
    other_model: bool = False,
    **options: Unpack[Options],
) -> DriftReport:
    """Say whether a window of images differs from a baseline, how sure that is, how bad, and which images show it.

    Args:
        source: The window: a folder, an archive, a record file, a sequence of images ...
        baseline: A baseline, its file, or a package that brings one; None for that of the package that is the `model`.
        policy: "default", "fixed", a policy file, or a `Policy`.
        group_by: Compare each group of the window with the baseline's images of the same group too: "folder", "day",
            "label", "camera", "format", "size" or the name of a tag.
        other_model: Allow a model that is not the baseline's own.
        options: See `Options`; unless `metrics` is given, what the baseline holds is measured. With `model`, where the
            baseline was made with it, its predictions are compared too, and its accuracy is estimated without labels.
    Raises:
        SourceNotFound, NoImages: There is nothing to measure.
        FileFormatError: The baseline cannot be read.
        ConfigError: No image of the window has what they are to be grouped by, another model than the baseline's, or
            neither a baseline nor a package that brings one.
    Example:
        >>> import lookoutcv as lo, numpy as np
        >>> noise = np.random.default_rng(0)
        >>> def day(level):
        ...     return [noise.integers(0, level, (16, 16, 3), dtype=np.uint8) for _ in range(100)]
        >>> report = lo.monitor(day(90), baseline=lo.baseline(day(200)))
        >>> report.overall_drift_detected, report.severity
        (True, 'high')
    """
    known, origin = _baseline(baseline, options.get("model"))
    rules, groups = policy_of(policy), _group(group_by)
    how = plan(_named_as_the_baselines_model(known, _with_the_baselines_metrics(known, options)))
    refuse_rejects(how, source)
    predicting = None if how.prediction_source is None else how.prediction_source.identity
    _refuse_other_model(known, predicting, other_model)  # before hours of measuring
    window = collect_any(source, how)
    _refuse_other_model(known, window.model, other_model)
    report = _report(known, window, rules, how, groups)
    return replace(report, notes=[*origin, *report.notes])


def _baseline(given: Baseline | str | os.PathLike[str] | None, model: Any) -> tuple[Baseline, list[str]]:
    """What is compared with, and where nobody named it, whose it is."""
    if isinstance(given, Baseline):
        return given, []
    if given is not None:
        return Baseline.load(given), []
    packed = packed_baseline(model)
    if packed is None:
        if isinstance(model, str | os.PathLike) and not os.path.exists(model) and ":" not in os.fspath(model):
            raise ModelNotFound(f"there is no model {os.fspath(model)!r}", path_remedy(model), model=os.fspath(model))
        what = "the model is not a package that brings a baseline" if model is not None else "no baseline is named"
        raise ConfigError(
            f"there is nothing to compare with: {what}",
            f"Give {option('baseline', 'FILE')}, which `lookout baseline SOURCE` makes, or "
            f"{option('model', 'PACKAGE')}.",
            key="baseline",
        )
    return packed, [f"The baseline is the one in the package {masked(os.fspath(model))}.", *packed.notes]


@only_known_keywords(Options, output=_DRAW, html=_DRAW, fail_on=_SEVERITY, explain_share=_ATTENTION)
def compare(
    a: Any,
    b: Any,
    *,
    policy: Rules = "default",
    batch_by: str | int | None = None,
    group_by: str | None = None,
    **options: Unpack[Options],
) -> DriftReport:
    """Say how the images of `b` differ from those of `a`.

    Args:
        a, b: Sources, records, record files, baselines or baseline files, in any combination: before and after.
        policy: "default", "fixed", a policy file, or a `Policy`.
        batch_by: Which images of `a` ordinary variation moves together; see `baseline`.
        group_by: As in `monitor`.
        options: See `Options`; a source is measured on what the other side's baseline holds.
    Raises:
        SourceNotFound, NoImages: There is nothing to measure.
        IncompatibleProfiles: The two sides have neither metrics nor predictions in common.
        ConfigError: `a` is a baseline, which has its batches already, or no image has what it is to be divided by.
    Example:
        >>> import lookoutcv as lo, numpy as np
        >>> grey = [np.full((8, 8, 3), level, np.uint8) for level in range(100, 140)]
        >>> lo.compare(grey, grey).overall_drift_detected
        False
    """
    rules = policy_of(policy)
    baselines = [baseline_of(side) for side in (a, b)]
    for side_baseline in filter(None, baselines):
        options = _with_the_baselines_metrics(side_baseline, options)
    if baselines[0] is not None and batch_by is not None:
        raise ConfigError(
            f"{baselines[0].name} is a baseline, and a baseline has the batches that it was made with",
            f"Make it again with `lookout baseline SOURCE --batch-by ...`, or leave {option('batch_by')} out.",
            key="batch_by",
        )
    groups = _group(group_by)
    how = plan(options)
    refuse_rejects(how, a, b, known=baselines)
    divided = replace(how, batch_by=plan(options, batch_by).batch_by)  # one model, opened once
    measured = None if baselines[0] is not None else collect_any(a, divided)
    before = baselines[0] if measured is None else Baseline.of(measured, divided)
    assert before is not None
    after = collect_any(b, how) if baselines[1] is None else _as_collection(baselines[1])
    report = _report(before, after, rules, how, groups)
    if measured is not None:
        own = [f"Of {before.name}: {note}" for note in measured.notes if note not in after.notes]
        report = replace(report, notes=[*report.notes, *own])
    if baselines[1] is None:
        return report
    return replace(report, typical=_typical(baselines[1], how), most_shifted=[], measured_examples=[])


def _typical(known: Baseline, how: Plan) -> list[ImageExample]:
    """A baseline's pictures; none that may show what is to be covered, or where none are wanted."""
    return list(known.typical) if _may_be_seen(known, how) else without_pictures(known.typical)


def _may_be_seen(known: Baseline, how: Plan) -> bool:
    wanted = set(how.redaction.what) if how.redaction is not None else set()
    return how.thumbnails and wanted <= set(known.redacted)


def _redaction_notes(baseline: Baseline, how: Plan) -> list[str]:
    if how.redaction is None:
        return []
    missing = sorted(set(how.redaction.what) - set(baseline.redacted))
    if not missing or not has_pictures(baseline):
        return [how.redaction.note]
    flags = " ".join(option("redact", one) for one in missing)
    return [how.redaction.note, f"The baseline's pictures are left out: it was made without {flags}."]


def _as_collection(known: Baseline) -> Collection:
    return Collection.of_profile(known.name, known.profile, known.model)


def _with_the_baselines_metrics(baseline: Baseline, options: Options) -> Options:
    if options.get("metrics") is not None:
        return options
    names = [n for n in baseline.metric_names if n in registry]
    # A baseline of predictions alone names none.
    return {**options, "metrics": names} if names else options


def _named_as_the_baselines_model(baseline: Baseline, options: Options) -> Options:
    """Predictions made elsewhere are those of the baseline's model unless another is named."""
    if options.get("predictions") is None or options.get("model_name") is not None or baseline.model is None:
        return options
    return {**options, "model_name": baseline.model.name}


def _refuse_other_model(baseline: Baseline, model: ModelIdentity | None, allowed: bool) -> None:
    """A model other than the one whose answers the baseline holds would be called drift for that alone."""
    own = baseline.model
    if allowed or own is None or model is None or own.matches(model):
        return
    same_file = own.sha256 is not None and own.sha256 == model.sha256
    how = "here under a card with another task or other labels than" if same_file else "not the model that"
    made = (
        "lookout baseline SOURCE --predictions FILE --model-name NAME"
        if model.imported
        else "lookout baseline SOURCE --model MODEL"
    )
    raise ConfigError(
        f"{model.name} ({model.task}) is {how} the baseline was made with ({own.name}, {own.task})",
        f"Make a baseline with this model ({made}), or give {option('other_model', True)}.",
        key="model",
    )


def _calibrated_model(baseline: Baseline, window: Collection) -> CalibratedModel:
    """Who answered on both sides. What is known of one model's scores and accuracy does not hold for another."""
    own, other = baseline.model, window.model
    if own is None:
        return CalibratedModel()
    if other is None or (own.matches(other) and own.labels == other.labels):
        return CalibratedModel(own.labels, baseline.calibration, own.task, open=own.imported)
    if own.matches(other):
        # Of one that answered elsewhere only those labels are known that it answered; scores are of no common order.
        known = None if baseline.calibration is None else baseline.calibration.of_confidence
        return CalibratedModel(tuple(sorted({*own.labels, *other.labels})), known, own.task, open=True)
    return CalibratedModel(own.labels if own.labels == other.labels else (), None, own.task)


def _model_notes(baseline: Baseline, window: Collection) -> list[str]:
    own, other = baseline.model, window.model
    before, after = has_predictions(baseline.profile), has_predictions(window.profile)
    if before and not after:
        name = own.name if own else "a model"
        flag = option("predictions", "FILE") if own and own.imported else option("model", "MODEL")
        return [f"The baseline holds the answers of {name}; give {flag} to compare them too."]
    if after and not before:
        flag = option("predictions", "FILE") if other and other.imported else option("model", "MODEL")
        return [f"The baseline holds no answers to compare with; make it again with {flag}."]
    if own and other and not own.matches(other):
        return [
            f"The baseline holds the answers of {own.name}, the window those of {other.name}: they may differ for that "
            "alone, and the accuracy cannot be estimated."
        ]
    return []


def _group(by: str | None) -> str | None:
    """A value of `group_by`, checked before anything is measured."""
    return None if by is None else division(by, "group_by").field


def _report(baseline: Baseline, window: Collection, rules: Policy, how: Plan, group_by: str | None) -> DriftReport:
    profile, of_gate = gates_compared(baseline, how)
    report = compare_profiles(
        profile,
        window.profile,
        rules,
        baseline_name=baseline.name,
        window_name=window.name,
        metrics=how.metrics,
        consecutive=baseline.consecutive,
        group_by=group_by,
        model=_calibrated_model(baseline, window),
    )
    shifted, typical = (with_pictures(some, window.source, how) for some in (report.most_shifted, report.typical))
    measured = list(measured_pictures(report, baseline, window, how, typical_shown=_may_be_seen(baseline, how)))
    return replace(
        report,
        notes=[
            *report.notes,
            *of_gate,
            *_model_notes(baseline, window),
            *window.notes,
            *_redaction_notes(baseline, how),
        ],
        baseline=replace(report.baseline, created=baseline.created),
        window=replace(report.window, created=now()),
        most_shifted=shifted,
        typical=typical,
        baseline_typical=_typical(baseline, how) or report.baseline_typical,
        measured_examples=measured,
        skipped=list(window.skipped),
        duplicates=window.copies.find(baseline.profile.sample),
        created=now(),
        tool=TOOL,
    )
