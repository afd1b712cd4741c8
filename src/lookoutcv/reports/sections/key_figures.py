"""The key figures of a drift report, each with what it means to someone who is no statistician."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import KeyFigure, KeyFigures
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.numbers import compact, p_value
from lookoutcv.reports.sections.headline import compared_noun, predictions_only
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity


def key_figures(report: DriftReport) -> KeyFigures:
    """The figures a reader looks for first."""
    return KeyFigures(
        (
            *(
                KeyFigure(role, counted(side.images, compared_noun(report)), _measured(report, side))
                for role, side in (("Window", report.window), ("Baseline", report.baseline))
            ),
            _chance(report),
            _effect(report),
            _detectable(report),
            _skipped(report),
            _duplicates(report),
        )
    )


def _measured(report: DriftReport, side: Side) -> str:
    if predictions_only(report):
        return "Answers were compared; images were not measured on both sides."
    if side.tested >= side.images:
        return "Measured and compared, every one."
    return f"Measured. A random sample of {side.tested:,} of them was compared."


def _chance(report: DriftReport) -> KeyFigure:
    if report.severity == Severity.INSUFFICIENT:
        return KeyFigure("p-value", "not tested", "No test was made: with so few images it could not be relied on.")
    if report.p_value is None:
        return KeyFigure("p-value", "not tested", "The policy compares with fixed thresholds and knows no chance.")
    chance = "How often chance alone would make two samples of the same images differ this much. "
    if report.policy.test == "batches":
        chance = "How often an ordinary batch would differ this much from the baseline's batches. "
    meaning = f"{chance}At or below alpha = {compact(report.alpha)} it is not put down to chance."
    return KeyFigure("p-value", p_value(report.p_value), meaning)


def _effect(report: DriftReport) -> KeyFigure:
    meaning = "Of the metric that moved most. 0: both sides look alike. 1: every window image lies beyond every other."
    return KeyFigure("Largest effect", f"{report.effect:.2f}", meaning)


def _detectable(report: DriftReport) -> KeyFigure:
    size = report.smallest_detectable_effect
    if size is None and predictions_only(report) and report.p_value is not None:
        return KeyFigure("Smallest detectable effect", "unknown", "It is not worked out for answers alone.")
    if size is None:
        return KeyFigure("Smallest detectable effect", "unknown", "Without a test there is no such limit to state.")
    return KeyFigure(
        "Smallest detectable effect",
        f"{size:.2f}" if size < 1 else "above 1",
        "Changes smaller than this are likely to be missed with so many images. More images lower it.",
    )


def _skipped(report: DriftReport) -> KeyFigure:
    skipped = report.window.skipped
    meaning = f"Window images that could not be read and are left out. In the baseline: {report.baseline.skipped:,}."
    return KeyFigure("Skipped", f"{skipped:,} of {report.window.images + skipped:,}" if skipped else "none", meaning)


def _duplicates(report: DriftReport) -> KeyFigure:
    duplicates = report.duplicates
    if duplicates is None:
        return KeyFigure("Duplicates", "not searched", "Window images were not compared with each other.")
    meaning = "Window images that are copies, exact or nearly, of another one in the window."
    return KeyFigure(
        "Duplicates", f"{duplicates.images:,} of {duplicates.searched:,}" if duplicates.images else "none", meaning
    )
