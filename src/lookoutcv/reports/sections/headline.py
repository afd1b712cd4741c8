"""The answer of a drift report: the headline, the summary under it, and what it rests on."""

from __future__ import annotations

from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Verdict
from lookoutcv.reports.parts.numbers import compact, p_value
from lookoutcv.reports.sections.drifted_groups import only_groups_drifted
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity

TOO_FEW = "Too few images to say"


def verdict(report: DriftReport) -> Verdict:
    """The banner at the top."""
    return Verdict(report.severity, headline(report), report.summary)


def basis(report: DriftReport) -> str:
    """What the verdict rests on, in a sentence: the images and how sure it is."""
    window = counted(report.window.tested, compared_noun(report))
    sides = f"{window} of the window against {report.baseline.tested:,} of the baseline"
    if report.p_value is None:
        return f"{sides}."
    p = p_value(report.p_value)
    return f"{sides} (p {p if p[0] in '<>' else f'= {p}'}; drift takes {compact(report.alpha)} or less)."


def headline(report: DriftReport) -> str:
    """The answer in a few words."""
    if report.severity == Severity.INSUFFICIENT or report.overall_drift_detected is None:
        return TOO_FEW
    if only_groups_drifted(report):
        return f"Drift detected in a part of the window: {report.severity} severity"
    if report.overall_drift_detected:
        return f"Drift detected: {report.severity} severity"
    if report.p_value is not None and report.p_value <= report.alpha:
        return "No drift: the difference is detectable, but negligible"
    return "No drift detected"


def predictions_only(report: DriftReport) -> bool:
    """No image was measured, as in a log without metrics."""
    return not report.metrics and report.outputs is not None


def compared_noun(report: DriftReport) -> str:
    """One of what was compared."""
    return "prediction" if predictions_only(report) else "image"
