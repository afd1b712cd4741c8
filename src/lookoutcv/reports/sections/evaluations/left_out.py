"""What an evaluation leaves out, and what its reader must know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lookoutcv.reports.parts.content_blocks import Items
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.sections.left_out_images import skipped_table
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.evaluation import Evaluation

_NAMES = 5


def left_out_sections(evaluation: Evaluation | DetectionEvaluation) -> tuple[Section, ...]:
    """Images, labels and objects that do not count, and the notes; nothing where there is nothing to say."""
    remarks = classifier_remarks(evaluation) if isinstance(evaluation, Evaluation) else detector_remarks(evaluation)
    said = (*remarks, *evaluation.notes)
    blocks: list[Block] = [Items(said)] if said else []
    if evaluation.skipped:
        blocks.append(skipped_table("Images that could not be read", evaluation.skipped, evaluation.skipped_count))
    return (Section("Left out, and notes", tuple(blocks)),) if blocks else ()


def classifier_remarks(evaluation: Evaluation) -> Iterator[str]:
    """What of a classifier's images does not count, in sentences."""
    if evaluation.undefined:
        yield f"For {counted(evaluation.undefined, 'image')} the model gave no numbers (NaN): wrong predictions."
    if evaluation.unlabelled:
        yield f"Left out: {counted(evaluation.unlabelled, 'image')} without a label."
    if evaluation.unpredicted:
        yield f"Left out: {counted(evaluation.unpredicted, 'image')} without a prediction."
    if evaluation.unknown_labels:
        images = counted(sum(evaluation.unknown_labels.values()), "image")
        yield f"Left out: {images} with a label that the model does not have: {_named(evaluation.unknown_labels)}."


def detector_remarks(evaluation: DetectionEvaluation) -> Iterator[str]:
    """What of a detector's images and objects does not count, in sentences."""
    if evaluation.unlabelled:
        yield f"Left out: {counted(evaluation.unlabelled, 'image')} whose objects nobody marked."
    if evaluation.unpredicted:
        yield f"Left out: {counted(evaluation.unpredicted, 'image')} without a prediction."
    if evaluation.unknown_labels:
        objects = counted(sum(evaluation.unknown_labels.values()), "object")
        yield f"Left out: {objects} of classes that the model does not have: {_named(evaluation.unknown_labels)}."
    if evaluation.never_true:
        yield f"Found, and marked in no image (they lower no figure): {_named(evaluation.never_true)}."
    if evaluation.undefined:
        yield f"For {counted(evaluation.undefined, 'image')} the model gave confidences that are not numbers (NaN)."


def _named(names: Mapping[str, int]) -> str:
    shown = ", ".join(f"{name!r} ({count:,})" for name, count in list(names.items())[:_NAMES])
    return f"{shown} and {len(names) - _NAMES:,} more" if len(names) > _NAMES else shown
