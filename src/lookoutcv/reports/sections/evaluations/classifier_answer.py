"""The answer of an evaluation of a classifier, and its key figures."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import KeyFigure, KeyFigures
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Verdict
from lookoutcv.reports.parts.numbers import number, percent
from lookoutcv.results.evaluation import Evaluation

# Of an accuracy of .85, 300 images give an interval of 4 points to each side.
FEW_IMAGES = 300


def classifier_verdict(evaluation: Evaluation) -> Verdict:
    """How often it is right, how sure that is, and what it takes for what."""
    headline = f"Right on {percent(evaluation.accuracy)} of {counted(evaluation.images, 'labelled image')}"
    said = [*_interval(evaluation), *_largest_mistake(evaluation)]
    return Verdict(None, headline, " ".join(said))


def classifier_figures(evaluation: Evaluation) -> KeyFigures:
    """The figures a reader looks for first."""
    return KeyFigures(tuple(_figures(evaluation)))


def top_figures(evaluation: Evaluation) -> Iterator[KeyFigure]:
    """How often the label is among the most probable classes; nothing where there are only two."""
    further = {k: share for k, share in evaluation.top_k.items() if 1 < k < len(evaluation.labels)}
    if further:
        k = max(further)
        others = ", ".join(f"of {other}: {percent(share)}" for other, share in further.items() if other != k)
        words = f"The label is among the {k} most probable classes.{f' Among fewer, {others}.' if others else ''}"
        yield KeyFigure(f"Top {k}", percent(further[k]), words)


def accuracy_interval(low: float | None, high: float | None) -> str:
    """The 95% interval of an accuracy, "83.4 to 90.1%"; "" where it is not known."""
    if low is None or high is None:
        return ""
    return f"{percent(low).removesuffix('%')} to {percent(high)}"


def _interval(evaluation: Evaluation) -> Iterator[str]:
    interval = accuracy_interval(evaluation.low, evaluation.high)
    if not interval:
        return
    few = "; more images would make it narrower" if evaluation.images < FEW_IMAGES else ""
    yield f"For images of this kind the 95% interval is {interval}{few}."


def _largest_mistake(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.mistakes:
        worst = evaluation.mistakes[0]
        images = counted(worst.images, "image")
        yield f"Its most frequent mistake is to take {worst.label} for {worst.prediction} ({images})."


def _figures(evaluation: Evaluation) -> Iterator[KeyFigure]:
    interval = accuracy_interval(evaluation.low, evaluation.high)
    meaning = f"95% interval {interval}." if interval else "Share of right predictions."
    yield KeyFigure("Accuracy", percent(evaluation.accuracy), meaning)
    classes = sum(1 for row in evaluation.classes if row.support or row.predicted)
    words = f"Mean F1 of {counted(classes, 'class', 'classes')}: rare classes count as much as frequent ones."
    yield KeyFigure("Macro F1", number(evaluation.macro_f1), words)
    yield from top_figures(evaluation)
    error = evaluation.calibration.expected_calibration_error
    if error is not None:
        words = "How far confidence and accuracy lie apart on average (ECE): 0 means that it is as sure as it is right."
        yield KeyFigure("Calibration error", number(error), words)
