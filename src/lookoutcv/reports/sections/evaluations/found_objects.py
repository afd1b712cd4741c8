"""The answer of an evaluation of a detector: how well objects are found, of all classes and of each."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import KeyFigure, KeyFigures, Paragraph
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Section, Verdict
from lookoutcv.reports.parts.numbers import average_precision, percent
from lookoutcv.reports.parts.tables import Cell, Column, Number, Table
from lookoutcv.results.accuracy.true_detection import ClassPrecision
from lookoutcv.results.detection_evaluation import DetectionEvaluation

_MOST_ROWS = 200


def detector_verdict(evaluation: DetectionEvaluation) -> Verdict:
    """How well it finds things, and what it finds worst."""
    where = f"{counted(evaluation.objects, 'object')} in {counted(evaluation.images, 'image')}"
    headline = f"mAP {average_precision(evaluation.map)} on {where}"
    words = "Mean average precision by COCO's rules, over overlaps of .5 to .95."
    if len(evaluation.classes) > 1:
        worst = min(evaluation.classes, key=lambda row: (row.ap, -row.objects))
        words += f" It is lowest for {worst.label}: {average_precision(worst.ap)}."
    return Verdict(None, headline, words)


def detector_figures(evaluation: DetectionEvaluation) -> KeyFigures:
    """The figures a reader looks for first."""
    found = counted(len(evaluation.classes), "class", "classes")
    return KeyFigures(
        (
            KeyFigure("mAP", average_precision(evaluation.map), f"Over overlaps of .5 to .95, the mean of {found}."),
            KeyFigure("mAP at .5", average_precision(evaluation.map50), "Boxes need to overlap by half only."),
            KeyFigure("Objects", f"{evaluation.objects:,}", f"Marked in {counted(evaluation.images, 'image')}."),
        )
    )


def objects_section(evaluation: DetectionEvaluation) -> Section:
    """Every class that has objects, the worst first."""
    words = "Precision and recall hold from the confidence on at which they are best together (F1, overlap .5)."
    ranked = sorted(evaluation.classes, key=lambda row: (row.ap, -row.objects))
    names = ("Objects", "AP", "AP at .5", "Precision", "Recall", "From confidence")
    columns = (Column("Class"), *(Column(name, True) for name in names))
    more = f"The {_MOST_ROWS} with the lowest AP, of {len(ranked):,}; all of them are in the JSON."
    table = Table(
        "The lowest average precision first",
        columns,
        tuple(map(_row, ranked[:_MOST_ROWS])),
        more if len(ranked) > _MOST_ROWS else "",
    )
    return Section("Class by class", (Paragraph(words), table))


def _row(scores: ClassPrecision) -> tuple[Cell, ...]:
    figures = (
        f"{scores.objects:,}",
        average_precision(scores.ap),
        average_precision(scores.ap50),
        percent(scores.precision),
        percent(scores.recall),
        "–" if scores.confidence is None else f"{scores.confidence:.2f}",
    )
    return (scores.label, *map(Number, figures))
