"""The outcome of a comparison: what every report format shows, and what the report JSON holds.

The field names of these classes are the keys of the JSON file (format "lookoutcv.report"), whose JSON Schema is
`drift_report.schema.json` beside this file. A new key is an addition; a changed one is a new version with a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.plugins import html_of
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.findings.applied_policy import AppliedPolicy
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.multiples import Multiples
from lookoutcv.results.findings.onset import Onset
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.findings.probable_cause import ProbableCause
from lookoutcv.results.findings.side import Side
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.measured_examples import MeasuredExamples
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.result import Migration, StoredResult, renamed_at
from lookoutcv.results.severity import Severity


def _from_version_1(data: dict[str, Any]) -> dict[str, Any]:
    """Names of the field: onset, impact, new and absent classes, metadata changes."""
    for path, names in (
        ("", {"since": "onset"}),
        ("cause", {"recorded": "metadata_changes"}),
        ("outputs.classes", {"unseen": "new", "gone": "absent"}),
        ("accuracy.estimated", {"harm": "impact", "rehearsed": "nearest_corruption"}),
        ("accuracy.measured.classes.*", {"answers": "predicted"}),
    ):
        data = renamed_at(data, path, names)
    return data


@only_known_keywords(types=False)
@dataclass(frozen=True)
class DriftReport(StoredResult):
    """What changed, how sure that is, how bad it is, and which images show it.

    Args:
        overall_drift_detected: The window as a whole drifted, or any group of it did; None where there were too few
            images to say.
        severity: none, low, medium or high, that of the worst group where it is worse than that of the whole;
            "insufficient" where there were too few images.
        p_value: Of the window as a whole, doubled where groups were tested, since they have half of alpha; None under a
            policy without tests, or where insufficient.
        effect: Largest effect of a metric over the window as a whole, in [0, 1].
        alpha: Share of false alarms accepted.
        smallest_detectable_effect: Effects below this are likely to be missed at these sample sizes.
        summary: Two or three sentences: what changed, how sure, what the numbers allow to say.
        notes: What a careful reader must know: limits of the test, constant metrics, what was sampled.
        policy: The rules used, against what the window was tested, and what `groups` are groups of.
        metrics: Ranked by size of effect.
        groups: The groups of the window, the largest first; empty unless they were asked for.
        cause: What probably caused the drift; None without drift.
        onset: Since when it differs; None without drift.
        multiples: The metrics that moved most, group by group and class by class, for drawing.
        outputs: How the model's predictions changed; None without a model.
        accuracy: How good the model still is; None where nothing is known of it.
        most_shifted, typical: Examples from the window; `baseline_typical` from the baseline.
        measured_examples: What measurers show of images where their columns moved: where a model looks.
        created: ISO 8601 UTC.
        tool: "lookoutcv 0.1.0".
        settings_file: The `lookout.yaml` that the command line took settings from; None for none.
    Example:
        >>> side = Side("a", 1, 1)
        >>> report = DriftReport(None, Severity.INSUFFICIENT, None, 0.0, 0.01, None, "Too few.", side, side, [])
        >>> list(report.to_dict().items())[:3]
        [('format', 'lookoutcv.report'), ('version', 2), ('overall_drift_detected', None)]
    """

    FORMAT: ClassVar[str] = "lookoutcv.report"
    VERSION: ClassVar[int] = 2
    NOUN: ClassVar[str] = "report"
    REMEDY: ClassVar[str] = "Give the JSON that `lookout monitor` wrote."
    MIGRATIONS: ClassVar[Mapping[int, Migration]] = {1: _from_version_1}

    overall_drift_detected: bool | None
    severity: Severity
    p_value: float | None
    effect: float
    alpha: float
    smallest_detectable_effect: float | None
    summary: str
    baseline: Side
    window: Side
    metrics: list[MetricDrift]
    notes: list[str] = field(default_factory=list)
    policy: AppliedPolicy = field(default_factory=AppliedPolicy)
    groups: list[GroupDrift] = field(default_factory=list)
    onset: Onset | None = None
    multiples: list[Multiples] = field(default_factory=list)
    outputs: PredictionDrift | None = None
    accuracy: ModelAccuracy | None = None
    cause: ProbableCause | None = None
    most_shifted: list[ImageExample] = field(default_factory=list)
    typical: list[ImageExample] = field(default_factory=list)
    baseline_typical: list[ImageExample] = field(default_factory=list)
    measured_examples: list[MeasuredExamples] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    duplicates: Duplicates | None = None
    created: str = ""
    tool: str = ""
    settings_file: str | None = None

    def _repr_html_(self) -> str | None:
        """How a notebook shows it."""
        return html_of(self)
