"""How good the model still is, as a section of the report: estimated without labels, and counted with them."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import KeyFigure, KeyFigures, Note
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import percent, signed_points
from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.sections.class_tables import classes_table, mistakes_table
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.severity import Severity

MOST_CLASSES = 20


def accuracy_sections(accuracy: ModelAccuracy) -> tuple[Section, ...]:
    """The accuracy of a classifier; no section where it is neither estimated nor measured."""
    estimated, measured = accuracy.estimated, accuracy.measured
    figures = (*_measured_figures(measured), *_estimated_figures(estimated))
    if not figures:
        return ()
    blocks: list[Block] = [KeyFigures(figures), *_caveat(estimated)]
    if measured is not None:
        blocks += [*_by_class(measured), *_mistakes(measured)]
    return (Section("Accuracy", tuple(blocks)),)


def _measured_figures(measured: TrueAccuracy | None) -> Iterator[KeyFigure]:
    if measured is not None:
        meaning = f"Right answers among {measured.images:,} images with labels."
        yield KeyFigure("Measured accuracy", percent(measured.accuracy), meaning)


def _estimated_figures(estimated: AccuracyEstimate | None) -> Iterator[KeyFigure]:
    if estimated is None:
        return
    if estimated.estimate is not None:
        interval = f"{percent(estimated.low)} to {percent(estimated.high)}"
        meaning = f"90% interval {interval}, from the model's certainty{_correction(estimated)}."
        yield KeyFigure("Estimated accuracy", percent(estimated.estimate), meaning)
    if estimated.baseline_accuracy is not None:
        meaning = "On the labelled images of the baseline."
        yield KeyFigure("Baseline accuracy", percent(estimated.baseline_accuracy), meaning)


def _correction(estimated: AccuracyEstimate) -> str:
    if estimated.correction is None or estimated.nearest_corruption is None:
        return " alone"
    points = signed_points(estimated.correction)
    return f" and {points} as on corrupted copies of the baseline's images (most like {estimated.nearest_corruption})"


def _caveat(estimated: AccuracyEstimate | None) -> Iterator[Note]:
    """What a reader must know of the estimate."""
    if estimated is None:
        return
    if estimated.status == "unreliable" and estimated.reason is not None:
        yield Note(f"Do not rely on the estimate. {estimated.reason}", Severity.MEDIUM)
    elif estimated.assumption and estimated.estimate is not None:
        yield Note(estimated.assumption)


def _by_class(measured: TrueAccuracy) -> Iterator[Table]:
    classes = sorted(measured.classes, key=lambda scores: -scores.support)
    if not classes:
        return
    more = f"The {MOST_CLASSES} with the most images, of {len(classes):,}." if len(classes) > MOST_CLASSES else ""
    yield classes_table("By class, where images have labels", classes[:MOST_CLASSES], more)


def _mistakes(measured: TrueAccuracy) -> Iterator[Table]:
    if measured.mistakes:
        yield mistakes_table(measured.mistakes[:MOST_CLASSES])
