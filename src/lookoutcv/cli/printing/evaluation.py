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
    from lookoutcv.inference.evaluate_classes import Evaluation
    from lookoutcv.inference.evaluate_objects import DetectionEvaluation

_CLASSES, _MISTAKES, _NAMES = 20, 8, 5


def write_evaluation(found: Evaluation | DetectionEvaluation, output: Path) -> None:
    """The whole of it as one JSON file."""
    from lookoutcv.files.atomic import write_bytes

    write_bytes(output, (json.dumps(found.to_dict(), ensure_ascii=False, allow_nan=False) + "\n").encode())


def print_evaluation(found: Evaluation, output: Path | None, as_json: bool) -> None:
    """The figures: of all images, of each class, the largest mistakes, and the calibration."""
    if as_json:
        print_json(found.to_dict())
        return
    typer.echo(f"{plain(found.model)} is right on {found.accuracy:.1%} of {found.images:,} labelled images.")
    for line in _remarks(found):
        typer.echo(plain(line))
    typer.echo()
    _print_classes(found)
    _print_mistakes(found)
    _print_calibration(found)
    print_skipped(found.skipped, found.skipped_count)
    if found.notes:
        typer.echo("Not in the card: " + plain(" ".join(found.notes)))
    if output is not None:
        typer.echo(masked(f"Wrote {output}"))


def _remarks(found: Evaluation) -> Iterable[str]:
    further = [f"of {k} in {share:.1%}" for k, share in found.top_k.items() if k > 1]
    if further:
        yield f"The label is one of the most probable classes: {', '.join(further)}."
    yield f"F1, mean of {sum(1 for one in found.classes if one.support or one.answers):,} classes: {found.macro_f1:.3f}"
    if found.undefined:
        yield f"For {found.undefined:,} of them the model gave no numbers (NaN): wrong answers."
    if found.unlabelled:
        yield f"Left out: {_images(found.unlabelled)} without a label."
    if found.unanswered:
        yield f"Left out: {_images(found.unanswered)} without a prediction."
    if found.unknown_labels:
        names = ", ".join(repr(name) for name in list(found.unknown_labels)[:_NAMES])
        more = f" and {len(found.unknown_labels) - _NAMES:,} more" if len(found.unknown_labels) > _NAMES else ""
        count = sum(found.unknown_labels.values())
        yield f"Left out: {_images(count)} with a label that the model does not have: {names}{more}."


def _print_classes(found: Evaluation) -> None:
    shown = sorted(found.classes, key=lambda one: (one.f1, -one.support))[:_CLASSES]
    rows = [
        (plain(one.label), f"{one.support:,}", f"{one.precision:.1%}", f"{one.recall:.1%}", f"{one.f1:.3f}")
        for one in shown
    ]
    print_table(("class", "images", "precision", "recall", "F1"), rows)
    if len(found.classes) > _CLASSES:
        typer.echo(f"The {_CLASSES} with the lowest F1, of {len(found.classes):,}; all of them with -o or --json.")
    typer.echo()


def _print_mistakes(found: Evaluation) -> None:
    mistakes = found.confusion.largest_mistakes(_MISTAKES)
    if mistakes:
        rows = [(plain(label), plain(said), f"{images:,}") for label, said, images in mistakes]
        print_table(("class", "taken for", "images"), rows)
        typer.echo()


def _print_calibration(found: Evaluation) -> None:
    if found.calibration_error is None or found.confidence is None:
        typer.echo("The model gives no confidence, so there is no calibration to tell.")
        return
    rows = [
        (f"{one.low:.2f} to {one.high:.2f}", f"{one.images:,}", f"{one.confidence:.1%}", f"{one.accuracy:.1%}")
        for one in found.bins
        if one.confidence is not None and one.accuracy is not None
    ]
    print_table(("confidence", "images", "mean confidence", "right"), rows)
    gap = found.confidence - found.accuracy
    said = (
        "as sure as it is right"
        if abs(gap) < 0.01
        else f"{100 * abs(gap):.1f} points too {'sure' if gap > 0 else 'unsure'}"
    )
    further = [
        f"{name} {value:.3f}"
        for name, value in (("Brier", found.brier), ("log loss", found.log_loss))
        if value is not None
    ]
    figures = ", ".join([f"calibration error (ECE) {found.calibration_error:.3f}", *further])
    typer.echo(f"On average the model is {said}: {figures}.")


def _images(count: int) -> str:
    return f"{count:,} {'image' if count == 1 else 'images'}"
