"""What a model predicted, as sections of the report: how good it is, and how its predictions changed."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import Items
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import DASH, number, p_value, percent, signed, signed_points
from lookoutcv.reports.parts.tables import Cell, Column, Grade, Number, Share, Table
from lookoutcv.reports.sections.predictions.accuracy_figures import accuracy_sections
from lookoutcv.reports.sections.predictions.marked_objects import detection_sections
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.findings.prediction_drift import PredictionDrift, PredictionMetric
from lookoutcv.results.severity import DRIFTED

_MOST_CLASSES = 20
# Of numbers that did not clearly move, a few stand there, to show what was looked at.
_MOST_UNCLEAR = 5


def prediction_sections(report: DriftReport) -> tuple[Section, ...]:
    """Accuracy and predictions; no section where there was no model."""
    sections: list[Section] = []
    if report.accuracy is not None:
        sections += accuracy_sections(report.accuracy)
    if report.accuracy is not None and report.accuracy.detection is not None:
        sections += detection_sections(report.accuracy.detection)
    if report.outputs is not None:
        sections.append(_drift_section(report.outputs))
    return tuple(sections)


def _drift_section(drift: PredictionDrift) -> Section:
    blocks: list[Block] = [Items((_decision(drift),)), *_metrics(drift.metrics)]
    if drift.classes is not None:
        blocks += _classes(drift.classes)
    if drift.notes:
        blocks.append(Items(tuple(drift.notes)))
    return Section("The model's answers", tuple(blocks))


def _decision(drift: PredictionDrift) -> str:
    if drift.drift_detected is None:
        return "Not enough to say whether the answers changed."
    words = "The model answers otherwise than before" if drift.drift_detected else "No drift of the answers"
    return f"{words}." if drift.p_value is None else f"{words} (p {p_value(drift.p_value)})."


def _metrics(metrics: list[PredictionMetric]) -> Iterator[Table]:
    if not metrics:
        return
    columns = (
        Column("What changed"),
        Column("Before", True),
        Column("Now", True),
        Column("Effect", True),
        Column("p-value", True),
        Column("Severity"),
    )
    clear = [metric for metric in metrics if metric.severity in DRIFTED]
    unclear = [metric for metric in metrics if metric.severity not in DRIFTED]
    shown = [*clear, *unclear[: max(0, _MOST_UNCLEAR - len(clear))]]
    more = f"{len(metrics) - len(shown):,} further numbers without a clear change are in the JSON."
    note = more if len(shown) < len(metrics) else ""
    yield Table(caption="The answers in numbers", columns=columns, rows=tuple(map(_metric_row, shown)), note=note)


def _metric_row(metric: PredictionMetric) -> tuple[Cell, ...]:
    return (
        metric.text,
        Number(number(metric.before)),
        Number(number(metric.after)),
        Number(signed(metric.effect)),
        Number(p_value(metric.p_value)),
        Grade(metric.severity),
    )


def _classes(classes: ClassDrift) -> Iterator[Table]:
    """The classes whose share changed most; nothing where none did."""
    if not classes.changes:
        return
    rows = tuple(
        (name, *_class_shares(classes.before.get(name), change), Number(signed_points(change)))
        for name, change in classes.changes.items()
    )
    columns = (Column("Class"), *(Column(name, True) for name in ("Baseline", "Window", "Change")))
    note = f"{_distance(classes)}{'; the largest changes are shown' if len(rows) >= _MOST_CLASSES else ''}."
    yield Table(caption="Classes answered", columns=columns, rows=rows[:_MOST_CLASSES], note=note)


def _class_shares(before: float | None, change: float) -> tuple[Cell, Cell]:
    """A class's share of the predictions on both sides; unknown in reports that were made before they were stored."""
    if before is None:
        return Number(DASH), Number(DASH)
    after = min(max(before + change, 0.0), 1.0)
    return Share(percent(before), before), Share(percent(after), after)


def _distance(classes: ClassDrift) -> str:
    words = f"Total variation {number(classes.distance)}"
    if classes.limit is not None:
        return f"{words}; the policy allows {number(classes.limit)}"
    return f"{words}; not tested" if classes.p_value is None else f"{words}; p {p_value(classes.p_value)}"
