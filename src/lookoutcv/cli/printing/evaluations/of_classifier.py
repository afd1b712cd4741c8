"""An evaluation as tables in a terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.tables import plain, print_json, print_skipped, print_table
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.results.evaluation import Evaluation

_CLASSES, _MISTAKES = 20, 8


def print_evaluation(evaluation: Evaluation, written: Sequence[Path], as_json: bool) -> None:
    """The figures: of all images, of each class, the largest mistakes, and the calibration."""
    from lookoutcv.reports.bare_results import without_thumbnails

    if as_json:
        # Pictures belong in files.
        print_json(without_thumbnails(evaluation).to_dict())
        return
    share = f"{evaluation.accuracy:.1%} of {evaluation.images:,} labelled images"
    typer.echo(f"{plain(evaluation.model)} is right on {share}.")
    for line in _remarks(evaluation):
        typer.echo(plain(line))
    typer.echo()
    _print_classes(evaluation)
    _print_mistakes(evaluation)
    _print_calibration(evaluation)
    print_skipped(evaluation.skipped, evaluation.skipped_count)
    if evaluation.notes:
        typer.echo(plain(" ".join(evaluation.notes)))
    for path in written:
        typer.echo(masked(f"Wrote {path}"))


def _remarks(evaluation: Evaluation) -> Iterable[str]:
    from lookoutcv.reports.sections.evaluations.left_out import classifier_remarks

    further = [f"of {k} in {share:.1%}" for k, share in evaluation.top_k.items() if k > 1]
    if further:
        yield f"The label is one of the most probable classes: {', '.join(further)}."
    classes = sum(1 for row in evaluation.classes if row.support or row.predicted)
    yield f"F1, mean of {classes:,} classes: {evaluation.macro_f1:.3f}"
    yield from classifier_remarks(evaluation)


def _print_classes(evaluation: Evaluation) -> None:
    shown = sorted(evaluation.classes, key=lambda row: (row.f1, -row.support))[:_CLASSES]
    rows = [
        (plain(row.label), f"{row.support:,}", f"{row.precision:.1%}", f"{row.recall:.1%}", f"{row.f1:.3f}")
        for row in shown
    ]
    print_table(("class", "images", "precision", "recall", "F1"), rows)
    if len(evaluation.classes) > _CLASSES:
        typer.echo(f"The {_CLASSES} with the lowest F1, of {len(evaluation.classes):,}; all of them with -o or --json.")
    typer.echo()


def _print_mistakes(evaluation: Evaluation) -> None:
    mistakes = evaluation.mistakes[:_MISTAKES]
    if mistakes:
        rows = [(plain(mistake.label), plain(mistake.prediction), f"{mistake.images:,}") for mistake in mistakes]
        print_table(("class", "taken for", "images"), rows)
        typer.echo()


def _print_calibration(evaluation: Evaluation) -> None:
    from lookoutcv.reports.sections.evaluations.confidence import sureness

    calibration = evaluation.calibration
    if calibration.expected_calibration_error is None:
        typer.echo("The model gives no confidence, so there is no calibration to tell.")
        return
    rows = [
        (f"{bin_.low:.2f} to {bin_.high:.2f}", f"{bin_.images:,}", f"{bin_.confidence:.1%}", f"{bin_.accuracy:.1%}")
        for bin_ in calibration.bins
        if bin_.confidence is not None and bin_.accuracy is not None
    ]
    print_table(("confidence", "images", "mean confidence", "right"), rows)
    typer.echo(sureness(evaluation))
