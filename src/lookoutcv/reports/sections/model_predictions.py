"""What a model said, as sections of the report: its accuracy, its classes, its certainty.

These parts of a report are read from JSON as they are: whatever they hold, a section comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lookoutcv.reports.parts.document import (
    Block,
    Cell,
    Column,
    Grade,
    Items,
    KeyFigure,
    KeyFigures,
    Note,
    Number,
    Section,
    Share,
    Table,
)
from lookoutcv.reports.parts.numbers import DASH, MINUS, number, p_value, percent, signed
from lookoutcv.reports.parts.values import is_number, object_of, objects_of
from lookoutcv.reports.sections.marked_objects import detection_section
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity

_CLASSES = 20
# Of numbers that did not clearly move, a few stand there, to show what was looked at.
_CLEAR, _MOST_UNCLEAR = ("low", "medium", "high"), 5


def prediction_sections(report: DriftReport) -> tuple[Section, ...]:
    """Accuracy and answers; no section where no model was asked."""
    found: Mapping[str, Any] = {} if report.accuracy is None else report.accuracy.to_dict()
    detected = detection_section(object_of(found.get("detection")))
    return (*_accuracy(found), *detected, *_outputs({} if report.outputs is None else report.outputs.to_dict()))


def _accuracy(found: Mapping[str, Any]) -> tuple[Section, ...]:
    estimated, measured = object_of(found.get("estimated")), object_of(found.get("measured"))
    figures = tuple(_figures(estimated, measured))
    if not figures:
        return ()
    blocks: list[Block] = [KeyFigures(figures)]
    doubtful = estimated.get("status") == "unreliable"
    if doubtful and isinstance(estimated.get("reason"), str):
        blocks.append(Note(f"Do not rely on the estimate. {estimated['reason']}", "medium"))
    elif isinstance(estimated.get("assumption"), str) and is_number(estimated.get("estimate")):
        blocks.append(Note(estimated["assumption"]))
    return (Section("Accuracy", (*blocks, *_by_class(measured), *_mistakes(measured))),)


def _figures(estimated: Mapping[str, Any], measured: Mapping[str, Any]) -> Iterator[KeyFigure]:
    if is_number(measured.get("accuracy")):
        meaning = f"Right answers among {_count(measured.get('images'))} images with labels."
        yield KeyFigure("Measured accuracy", percent(measured["accuracy"]), meaning)
    if is_number(estimated.get("estimate")):
        ends = [percent(end) if is_number(end) else DASH for end in (estimated.get("low"), estimated.get("high"))]
        meaning = f"90% interval {' to '.join(ends)}, from the model's certainty{_correction(estimated)}."
        yield KeyFigure("Estimated accuracy", percent(estimated["estimate"]), meaning)
    if is_number(estimated.get("baseline_accuracy")):
        meaning = "On the labelled images of the baseline."
        yield KeyFigure("Baseline accuracy", percent(estimated["baseline_accuracy"]), meaning)


def _correction(estimated: Mapping[str, Any]) -> str:
    points, nearest = estimated.get("correction"), estimated.get("nearest_corruption")
    if not is_number(points) or not isinstance(nearest, str):
        return " alone"
    return f" and {_points(points)} as on spoilt copies of the baseline's images (most like {nearest})"


def _by_class(measured: Mapping[str, Any]) -> Iterator[Block]:
    classes = sorted(objects_of(measured.get("classes")), key=lambda one: -_size(one.get("support")))
    if not classes:
        return
    columns = (Column("Class"), *(Column(name, True) for name in ("Images", "Precision", "Recall", "F1")))
    more = f"The {_CLASSES} with the most images, of {len(classes):,}." if len(classes) > _CLASSES else ""
    rows = tuple(map(_class_row, classes[:_CLASSES]))
    yield Table(caption="By class, where images have labels", columns=columns, rows=rows, note=more)


def _class_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    shares = (one.get("precision"), one.get("recall"), one.get("f1"))
    known = [Number(percent(share) if is_number(share) else DASH) for share in shares]
    return (str(one.get("label")), Number(_count(one.get("support"))), *known)


def _mistakes(measured: Mapping[str, Any]) -> Iterator[Block]:
    found = objects_of(measured.get("mistakes"))
    if found:
        columns = (Column("Label"), Column("Answer"), Column("Images", True))
        rows = tuple(
            (str(one.get("label")), str(one.get("prediction")), Number(_count(one.get("images")))) for one in found
        )
        yield Table(caption="Largest mistakes", columns=columns, rows=rows[:_CLASSES])


def _outputs(found: Mapping[str, Any]) -> tuple[Section, ...]:
    if not found:
        return ()
    blocks: list[Block] = [Items((_decision(found),))]
    moved = objects_of(found.get("metrics"))
    if moved:
        columns = (
            Column("What changed"),
            Column("Before", True),
            Column("Now", True),
            Column("Effect", True),
            Column("p-value", True),
            Column("Severity"),
        )
        clear = [one for one in moved if one.get("severity") in _CLEAR]
        unclear = [one for one in moved if one.get("severity") not in _CLEAR]
        shown = [*clear, *unclear[: max(0, _MOST_UNCLEAR - len(clear))]]
        more = f"{len(moved) - len(shown):,} further numbers without a clear change are in the JSON."
        rows = tuple(map(_metric_row, shown))
        note = more if len(shown) < len(moved) else ""
        blocks.append(Table(caption="The answers in numbers", columns=columns, rows=rows, note=note))
    classes = object_of(found.get("classes"))
    changes = {str(name): by for name, by in object_of(classes.get("changes")).items() if is_number(by)}
    if changes:
        before = object_of(classes.get("before"))
        rows = tuple((name, *_class_shares(before.get(name), by), Number(_points(by))) for name, by in changes.items())
        heads = (Column("Class"), *(Column(name, True) for name in ("Baseline", "Window", "Change")))
        note = f"{_distance(classes)}{'; the largest changes are shown' if len(rows) >= _CLASSES else ''}."
        blocks.append(Table(caption="Classes answered", columns=heads, rows=rows[:_CLASSES], note=note))
    notes = found.get("notes")
    if isinstance(notes, list) and notes:
        blocks.append(Items(tuple(map(str, notes))))
    return (Section("The model's answers", tuple(blocks)),)


def _class_shares(before: Any, change: float) -> tuple[Cell, Cell]:
    """A class's share of the answers on both sides; unknown in reports that were made before they were held."""
    if not is_number(before):
        return Number(DASH), Number(DASH)
    sides = before, min(max(before + change, 0.0), 1.0)
    return Share(percent(sides[0]), sides[0]), Share(percent(sides[1]), sides[1])


def _decision(found: Mapping[str, Any]) -> str:
    drifted, p = found.get("drift_detected"), found.get("p_value")
    if drifted is None:
        return "Not enough to say whether the answers changed."
    said = "The model answers otherwise than before" if drifted else "No drift of the answers"
    return f"{said} (p {p_value(p)})." if is_number(p) else f"{said}."


def _distance(classes: Mapping[str, Any]) -> str:
    distance, p = classes.get("distance"), classes.get("p_value")
    said = f"Total variation {number(distance) if is_number(distance) else DASH}"
    if is_number(classes.get("limit")):
        return f"{said}; the policy allows {number(classes['limit'])}"
    return f"{said}; p {p_value(p)}" if is_number(p) else f"{said}; not tested"


def _points(change: float) -> str:
    return f"{100 * change:+.1f} points".replace("-", MINUS)


def _metric_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    effect, severity, p = one.get("effect"), str(one.get("severity")), one.get("p_value")
    return (
        str(one.get("text")),
        *(Number(number(end) if is_number(end) else DASH) for end in (one.get("before"), one.get("after"))),
        Number(signed(float(effect)) if is_number(effect) else DASH),
        Number(p_value(p if is_number(p) else None)),
        Grade(next((level for level in Severity if level == severity), "none")),
    )


def _count(value: Any) -> str:
    return f"{value:,.0f}" if is_number(value) else DASH


def _size(value: Any) -> float:
    return value if is_number(value) else 0.0
