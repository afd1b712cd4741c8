"""What a model said, as sections of the report: its accuracy, its classes, its certainty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from lookoutcv.drift.report import DriftReport
from lookoutcv.reports.document import (
    Block,
    Cell,
    Column,
    Grade,
    Items,
    KeyFigure,
    KeyFigures,
    Level,
    Note,
    Number,
    Section,
    Table,
)
from lookoutcv.reports.numbers import DASH, MINUS, number, p_value, percent, signed

_CLASSES = 20
_LEVELS = get_args(Level)


def answers_sections(report: DriftReport) -> tuple[Section, ...]:
    """Accuracy and answers; no section where no model was asked."""
    return (*_accuracy(report.accuracy or {}), *_outputs(report.outputs or {}))


def _accuracy(found: Mapping[str, Any]) -> tuple[Section, ...]:
    estimated, measured = _object(found.get("estimated")), _object(found.get("measured"))
    figures: list[KeyFigure] = []
    blocks: list[Block] = []
    if _is_number(measured.get("accuracy")):
        meaning = f"Right answers among {measured.get('images', 0):,} images with labels."
        figures.append(KeyFigure("Measured accuracy", percent(measured["accuracy"]), meaning))
    if _is_number(estimated.get("estimate")):
        interval = f"{percent(estimated.get('low') or 0)} to {percent(estimated.get('high') or 0)}"
        meaning = f"90% interval {interval}, from the model's certainty alone."
        figures.append(KeyFigure("Estimated accuracy", percent(estimated["estimate"]), meaning))
    if _is_number(estimated.get("baseline_accuracy")):
        meaning = "On the labelled images of the baseline."
        figures.append(KeyFigure("Baseline accuracy", percent(estimated["baseline_accuracy"]), meaning))
    if not figures:
        return ()
    blocks.append(KeyFigures(tuple(figures)))
    if estimated.get("status") == "unreliable" and isinstance(estimated.get("reason"), str):
        blocks.append(Note(f"Do not rely on the estimate. {estimated['reason']}", "medium"))
    elif isinstance(estimated.get("assumption"), str) and _is_number(estimated.get("estimate")):
        blocks.append(Note(estimated["assumption"]))
    rows = tuple(_class_row(one) for one in measured.get("classes") or () if isinstance(one, dict))
    if rows:
        columns = (
            Column("Class"),
            Column("Images", True),
            Column("Precision", True),
            Column("Recall", True),
            Column("F1", True),
        )
        blocks.append(Table(caption="By class, where images have labels", columns=columns, rows=rows[:_CLASSES]))
    return (Section("Accuracy", tuple(blocks)),)


def _class_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    shares = (one.get("precision"), one.get("recall"), one.get("f1"))
    counts = Number(f"{one.get('support', 0):,}")
    return (str(one.get("label")), counts, *(Number(percent(s) if _is_number(s) else DASH) for s in shares))


def _outputs(found: Mapping[str, Any]) -> tuple[Section, ...]:
    if not found:
        return ()
    blocks: list[Block] = [Items((_decision(found),))]
    moved = [one for one in found.get("metrics") or () if isinstance(one, dict)]
    if moved:
        columns = (
            Column("What changed"),
            Column("Before", True),
            Column("Now", True),
            Column("Effect", True),
            Column("p-value", True),
            Column("Severity"),
        )
        blocks.append(Table(caption="Certainty and scores", columns=columns, rows=tuple(map(_metric_row, moved))))
    classes = _object(found.get("classes"))
    changes = _object(classes.get("changes"))
    if changes:
        rows = tuple((str(name), Number(_points(by))) for name, by in changes.items() if _is_number(by))
        note = f"Total variation {number(classes.get('distance') or 0)}; p {p_value(classes.get('p_value'))}."
        heads = (Column("Class"), Column("Share of the answers", True))
        blocks.append(Table(caption="Classes answered", columns=heads, rows=rows[:_CLASSES], note=note))
    notes = tuple(str(note) for note in found.get("notes") or ())
    if notes:
        blocks.append(Items(notes))
    return (Section("The model's answers", tuple(blocks)),)


def _decision(found: Mapping[str, Any]) -> str:
    drifted, p = found.get("drift_detected"), found.get("p_value")
    if drifted is None:
        return "Not enough images to say whether the answers changed."
    said = "The model answers otherwise than before" if drifted else "No drift of the answers"
    return f"{said} (p {p_value(p)})." if p is not None else f"{said}."


def _points(change: float) -> str:
    return f"{100 * change:+.1f} points".replace("-", MINUS)


def _metric_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    effect, severity = one.get("effect"), str(one.get("severity"))
    return (
        str(one.get("text")),
        *(Number(number(end) if _is_number(end) else DASH) for end in (one.get("before"), one.get("after"))),
        Number(signed(float(effect)) if isinstance(effect, int | float) else DASH),
        Number(p_value(one.get("p_value"))),
        Grade(next((level for level in _LEVELS if level == severity), "none")),
    )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
