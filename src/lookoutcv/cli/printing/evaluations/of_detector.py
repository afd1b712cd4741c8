"""The evaluation of a detector as tables in a terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.tables import plain, print_json, print_skipped, print_table
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.results.detection_evaluation import DetectionEvaluation

_CLASSES, _IMAGES = 20, 8
_NONE = "-"


def print_object_evaluation(evaluation: DetectionEvaluation, written: Sequence[Path], as_json: bool) -> None:
    """The figures: of all images, of each class, and the images on which most is wrong."""
    from lookoutcv.reports.bare_results import without_thumbnails
    from lookoutcv.reports.sections.evaluations.left_out import detector_remarks

    if as_json:
        # Pictures belong in files.
        print_json(without_thumbnails(evaluation).to_dict())
        return
    typer.echo(
        f"{plain(evaluation.model)} has a mean average precision (mAP) of {evaluation.map:.3f} over overlaps of .5 to "
        f".95 and of {evaluation.map50:.3f} at .5, on {_objects(evaluation.objects)} in {_images(evaluation.images)}."
    )
    for line in detector_remarks(evaluation):
        typer.echo(plain(line))
    typer.echo()
    _print_classes(evaluation)
    _print_worst(evaluation)
    print_skipped(evaluation.skipped, evaluation.skipped_count)
    if evaluation.notes:
        typer.echo(plain(" ".join(evaluation.notes)))
    for path in written:
        typer.echo(masked(f"Wrote {path}"))


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
