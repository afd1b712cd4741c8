"""An evaluation as tables in a terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.tables import plain, print_json, print_skipped, print_table
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.files.outputs import FileKind
    from lookoutcv.results.detection_evaluation import DetectionEvaluation
    from lookoutcv.results.evaluation import Evaluation

_CLASSES, _MISTAKES, _NAMES = 20, 8, 5


def evaluation_kind() -> FileKind:
    """The kind of file that an evaluation is written to."""
    from lookoutcv.files.outputs import marked

    return marked("an evaluation", r'\A\s*\{\s*"format":\s*"lookoutcv\.(?:detection_)?evaluation"')


def write_evaluation(evaluation: Evaluation | DetectionEvaluation, output: Path, *, force: bool) -> None:
    """The whole of it as one JSON file."""
    from lookoutcv.files.outputs import write_output

    data = (json.dumps(evaluation.to_dict(), ensure_ascii=False, allow_nan=False) + "\n").encode()
    write_output(output, data, evaluation_kind(), force=force)


def print_evaluation(evaluation: Evaluation, output: Path | None, as_json: bool) -> None:
    """The figures: of all images, of each class, the largest mistakes, and the calibration."""
    if as_json:
        print_json(evaluation.to_dict())
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
    if output is not None:
        typer.echo(masked(f"Wrote {output}"))


def _remarks(evaluation: Evaluation) -> Iterable[str]:
    further = [f"of {k} in {share:.1%}" for k, share in evaluation.top_k.items() if k > 1]
    if further:
        yield f"The label is one of the most probable classes: {', '.join(further)}."
    classes = sum(1 for row in evaluation.classes if row.support or row.predicted)
    yield f"F1, mean of {classes:,} classes: {evaluation.macro_f1:.3f}"
    if evaluation.undefined:
        yield f"For {evaluation.undefined:,} of them the model gave no numbers (NaN): wrong answers."
    if evaluation.unlabelled:
        yield f"Left out: {_images(evaluation.unlabelled)} without a label."
    if evaluation.unpredicted:
        yield f"Left out: {_images(evaluation.unpredicted)} without a prediction."
    if evaluation.unknown_labels:
        names = ", ".join(repr(name) for name in list(evaluation.unknown_labels)[:_NAMES])
        further_names = len(evaluation.unknown_labels) - _NAMES
        more = f" and {further_names:,} more" if further_names > 0 else ""
        count = sum(evaluation.unknown_labels.values())
        yield f"Left out: {_images(count)} with a label that the model does not have: {names}{more}."


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
    calibration = evaluation.calibration
    error, confidence = calibration.expected_calibration_error, calibration.confidence
    if error is None or confidence is None:
        typer.echo("The model gives no confidence, so there is no calibration to tell.")
        return
    rows = [
        (f"{bin_.low:.2f} to {bin_.high:.2f}", f"{bin_.images:,}", f"{bin_.confidence:.1%}", f"{bin_.accuracy:.1%}")
        for bin_ in calibration.bins
        if bin_.confidence is not None and bin_.accuracy is not None
    ]
    print_table(("confidence", "images", "mean confidence", "right"), rows)
    gap = confidence - evaluation.accuracy
    verdict = (
        "as sure as it is right"
        if abs(gap) < 0.01
        else f"{100 * abs(gap):.1f} points too {'sure' if gap > 0 else 'unsure'}"
    )
    further = [
        f"{name} {value:.3f}"
        for name, value in (("Brier", calibration.brier), ("log loss", calibration.log_loss))
        if value is not None
    ]
    figures = ", ".join([f"calibration error (ECE) {error:.3f}", *further])
    typer.echo(f"On average the model is {verdict}: {figures}.")


def _images(count: int) -> str:
    return f"{count:,} {'image' if count == 1 else 'images'}"
