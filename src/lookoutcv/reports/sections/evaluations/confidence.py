"""Whether a classifier's confidence means what it says."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.drawings import Curve, Curves
from lookoutcv.reports.parts.numbers import number, percent
from lookoutcv.reports.parts.tables import Cell, Column, Number, Table
from lookoutcv.results.evaluation import Evaluation

# A mean confidence this near to the accuracy is as good as equal.
_EQUAL = 0.01


def confidence_section(evaluation: Evaluation) -> Section:
    """A sentence, the curve of accuracy over confidence, and its figures."""
    calibration = evaluation.calibration
    if calibration.expected_calibration_error is None:
        words = "The model gives no confidence, so there is no calibration to tell."
        return Section("Confidence", (Paragraph(words),))
    points = tuple(
        (bin_.confidence, bin_.accuracy)
        for bin_ in calibration.bins
        if bin_.confidence is not None and bin_.accuracy is not None
    )
    curve = Curve("Accuracy by confidence", "%", "confidence", ((0.0, 0.0), (1.0, 1.0)), points, range=(0.0, 1.0))
    drawn = Curves((curve,), ("as sure as it is right", "this model: below the dashed line it is too sure"))
    return Section("Confidence", (Paragraph(sureness(evaluation)), drawn, _table(evaluation)))


def sureness(evaluation: Evaluation) -> str:
    """Whether the model is too sure on average, with the figures, in a sentence."""
    calibration = evaluation.calibration
    gap = (calibration.confidence or 0.0) - evaluation.accuracy
    verdict = (
        "as sure as it is right"
        if abs(gap) < _EQUAL
        else f"{100 * abs(gap):.1f} points too {'sure' if gap > 0 else 'unsure'}"
    )
    figures = [
        f"{name} {number(value)}"
        for name, value in (
            ("calibration error (ECE)", calibration.expected_calibration_error),
            ("Brier", calibration.brier),
            ("log loss", calibration.log_loss),
        )
        if value is not None
    ]
    return f"On average the model is {verdict}: {', '.join(figures)}."


def _table(evaluation: Evaluation) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            f"{percent(bin_.low).removesuffix('%')} to {percent(bin_.high)}",
            *(Number(text) for text in (f"{bin_.images:,}", percent(bin_.confidence), percent(bin_.accuracy))),
        )
        for bin_ in evaluation.calibration.bins
        if bin_.images
    ]
    columns = (Column("Confidence"), Column("Images", True), Column("Mean confidence", True), Column("Right", True))
    return Table("Images by confidence", columns, tuple(rows))
