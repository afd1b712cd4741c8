"""How good a detector is where people marked the objects, as a section of the report: both sides, class by class."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import KeyFigure, KeyFigures, Note
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import DASH, average_precision, percent, points
from lookoutcv.reports.parts.tables import Cell, Column, Number, Table
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.true_detection import ClassPrecision, DetectionSide, TrueDetection

_MOST_CLASSES = 20


def detection_sections(detection: TrueDetection) -> tuple[Section, ...]:
    """Average precision in the window and in the baseline."""
    window, baseline = detection.window, detection.baseline
    blocks: list[Block] = [KeyFigures(tuple(_figures(detection)))]
    if baseline is not None and detection.change is None:
        blocks.append(Note("Too few images or objects are marked to say whether it fell."))
    return (Section("Detection, by marked objects", (*blocks, *_by_class(window, baseline))),)


def _figures(detection: TrueDetection) -> Iterator[KeyFigure]:
    yield _side("mAP", detection.window)
    if detection.baseline is not None:
        yield _side("Baseline mAP", detection.baseline)
    if detection.change is not None:
        yield _change(detection.change)


def _side(label: str, side: DetectionSide) -> KeyFigure:
    interval = f"90% interval {average_precision(side.low)} to {average_precision(side.high)}"
    basis = f"{side.objects:,} objects in {side.images:,} images"
    return KeyFigure(label, average_precision(side.map), f"{interval}; {basis}. AP50 {average_precision(side.map50)}.")


def _change(change: AccuracyChange) -> KeyFigure:
    gain = f"{'+' if change.drop < 0 else ''}{points(-change.drop)}"
    interval = f"90% interval {points(-change.high)} to {points(-change.low)}"
    classes = DASH if change.classes is None else f"{change.classes:,}"
    return KeyFigure("Change", gain, f"{interval}, over the {classes} classes of both sides.")


def _by_class(window: DetectionSide, baseline: DetectionSide | None) -> Iterator[Table]:
    after = {scores.label: scores for scores in window.classes}
    before = {} if baseline is None else {scores.label: scores for scores in baseline.classes}
    names = [*after, *(name for name in before if name not in after)]
    if not names:
        return
    headings = ("Objects", "AP before", "AP now", "AP50 before", "AP50 now", "Precision", "Recall")
    more = f" The {_MOST_CLASSES} with the most objects, of {len(names):,}." if len(names) > _MOST_CLASSES else ""
    yield Table(
        caption="By class, where objects are marked",
        columns=(Column("Class"), *(Column(name, True) for name in headings)),
        rows=tuple(_row(name, before.get(name), after.get(name)) for name in names[:_MOST_CLASSES]),
        note=f"Precision and recall of the window, from the confidence on at which they are best together.{more}",
    )


def _row(name: str, before: ClassPrecision | None, after: ClassPrecision | None) -> tuple[Cell, ...]:
    return (
        name,
        Number(f"{0 if after is None else after.objects:,}"),
        *(Number(average_precision(None if side is None else side.ap)) for side in (before, after)),
        *(Number(average_precision(None if side is None else side.ap50)) for side in (before, after)),
        Number(percent(None if after is None else after.precision)),
        Number(percent(None if after is None else after.recall)),
    )
