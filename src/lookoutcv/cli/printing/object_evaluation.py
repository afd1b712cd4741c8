"""The evaluation of a detector as tables in a terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.tables import plain, print_json, print_skipped, print_table
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.results.detection_evaluation import DetectionEvaluation

_CLASSES, _IMAGES, _NAMES = 20, 8, 5
_NONE = "-"


def print_object_evaluation(evaluation: DetectionEvaluation, output: Path | None, as_json: bool) -> None:
    """The figures: of all images, of each class, and the images on which most is wrong."""
    if as_json:
        print_json(evaluation.to_dict())
        return
    typer.echo(
        f"{plain(evaluation.model)} has a mean average precision (mAP) of {evaluation.map:.3f} over overlaps of .5 to "
        f".95 and of {evaluation.map50:.3f} at .5, on {_objects(evaluation.objects)} in {_images(evaluation.images)}."
    )
    for line in _remarks(evaluation):
        typer.echo(plain(line))
    typer.echo()
    _print_classes(evaluation)
    _print_worst(evaluation)
    print_skipped(evaluation.skipped, evaluation.skipped_count)
    if evaluation.notes:
        typer.echo(plain(" ".join(evaluation.notes)))
    if output is not None:
        typer.echo(masked(f"Wrote {output}"))


def _remarks(evaluation: DetectionEvaluation) -> Iterable[str]:
    if evaluation.unlabelled:
        yield f"Left out: {_images(evaluation.unlabelled)} whose objects nobody marked."
    if evaluation.unpredicted:
        yield f"Left out: {_images(evaluation.unpredicted)} without a prediction."
    if evaluation.unknown_labels:
        count = sum(evaluation.unknown_labels.values())
        yield f"Left out: {_objects(count)} of classes that the model does not have: " + _joined_names(
            evaluation.unknown_labels
        )
    if evaluation.never_true:
        yield "Found, and marked in no image (they lower no figure): " + _joined_names(evaluation.never_true)
    if evaluation.undefined:
        yield f"For {_images(evaluation.undefined)} the model gave confidences that are not numbers (NaN)."


def _joined_names(names: Mapping[str, int]) -> str:
    shown = ", ".join(f"{name!r} ({count:,})" for name, count in list(names.items())[:_NAMES])
    return f"{shown}{f' and {len(names) - _NAMES:,} more' if len(names) > _NAMES else ''}."


def _print_classes(evaluation: DetectionEvaluation) -> None:
    shown = sorted(evaluation.classes, key=lambda row: (row.ap, -row.objects))[:_CLASSES]
    rows = [
        (
            *(plain(row.label), f"{row.objects:,}", f"{row.ap:.3f}", f"{row.ap50:.3f}"),
            *(f"{row.precision:.1%}", f"{row.recall:.1%}"),
            _NONE if row.confidence is None else f"{row.confidence:.2f}",
        )
        for row in shown
    ]
    print_table(("class", "objects", "AP", "AP50", "precision", "recall", "from confidence"), rows)
    typer.echo("Precision and recall hold from the confidence on at which they are best together (F1, overlap .5).")
    if len(evaluation.classes) > _CLASSES:
        typer.echo(f"The {_CLASSES} with the lowest AP, of {len(evaluation.classes):,}; all of them with -o or --json.")
    typer.echo()


def _print_worst(evaluation: DetectionEvaluation) -> None:
    wrong = [image for image in evaluation.worst if image.missed or image.false]
    if wrong:
        rows = [(plain(image.id), f"{image.objects:,}", f"{image.missed:,}", f"{image.false:,}") for image in wrong]
        print_table(("worst images", "objects", "missed", "false"), rows[:_IMAGES])
        typer.echo()


def _objects(count: int) -> str:
    return f"{count:,} {_plural('object', count)}"


def _images(count: int) -> str:
    return f"{count:,} {_plural('image', count)}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
