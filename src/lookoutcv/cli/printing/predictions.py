"""Predictions and proposed cards as text in a terminal, or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.cli.printing.tables import plain, print_json, print_skipped
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.inference.predictions import Predicted, Predictions
    from lookoutcv.inference.propose_card import CardProposal
    from lookoutcv.models.check_card import CardCheck

# More objects or classes than this on one line are no summary.
_MOST_WORDS = 8
_VARIANTS = 4
# "0.0%" says that nothing is there.
_LEAST_SHARE = 0.0005


def print_predictions(predictions: Predictions, top: int, output: Path | None, as_json: bool) -> None:
    """What `predict` gave: a line an image, or how many were written."""
    from lookoutcv.inference.prediction_file import as_json as prediction_as_json

    if as_json:
        print_json(
            {
                "model": predictions.model,
                "sha256": predictions.sha256,
                "task": predictions.task,
                "images": predictions.count,
                "written": None if output is None else str(output),
                "undefined": predictions.undefined,
                "skipped": [image.to_dict() for image in predictions.skipped],
                "skipped_count": predictions.skipped_count,
                "notes": predictions.notes,
                "predictions": [prediction_as_json(item, predictions.labels, top) for item in predictions],
            }
        )
        return
    for item in predictions:
        typer.echo(f"{plain(item.id)}  {words(item, predictions.labels, top)}")
    print_skipped(predictions.skipped, predictions.skipped_count)
    if predictions.undefined:
        typer.echo(f"The model gave no numbers (NaN) for {predictions.undefined:,} of {predictions.count:,} images.")
    if predictions.notes:
        typer.echo("Not in the card: " + plain(" ".join(predictions.notes)))
    if output is not None:
        typer.echo(masked(f"Wrote what {plain(predictions.model)} says of {predictions.count:,} images to {output}"))


def words(item: Predicted, labels: tuple[str, ...], top: int) -> str:
    """One prediction as a line."""
    from lookoutcv.inference.predictions import rows
    from lookoutcv.predictions import Embedding

    if isinstance(item.prediction, Embedding):
        first = ", ".join(f"{value:.3g}" for value in item.prediction.vector[:3])
        return f"{len(item.prediction.vector)} numbers: {first}, ..."
    prediction_rows = rows(item, labels, top)
    parts = [_word(row) for row in prediction_rows[:_MOST_WORDS]]
    more = f", and {len(prediction_rows) - _MOST_WORDS} more" if len(prediction_rows) > _MOST_WORDS else ""
    return (", ".join(parts) + more) or "nothing"


def _word(row: dict[str, Any]) -> str:
    label = plain(str(row["label"]))
    if "share" in row:
        return f"{label} {row['share']:.1%}" if row["share"] >= _LEAST_SHARE else f"{label} < 0.1%"
    confidence = "-" if row["confidence"] is None else f"{row['confidence']:.2f}"
    if "x1" not in row:
        return f"{label} {confidence}"
    return f"{label} {confidence} at " + ",".join(f"{row[side]:.0f}" for side in ("x1", "y1", "x2", "y2"))


def print_proposal(proposal: CardProposal, written: Path, as_json: bool) -> None:
    """A card that was written, what the model says under it, and how its variants did."""
    model, check = proposal.model, proposal.check
    if as_json:
        print_json(
            {
                "written": str(written),
                "task": model.task,
                "labels": len(model.labels),
                "notes": proposal.notes,
                "check": None if check is None else _check_json(check),
                "shown": {item.id: words(item, model.labels, 3) for item in proposal.shown},
            }
        )
        return
    head = model.card.head_name
    named = "" if model.task == "embedding" else f" {len(model.labels):,} classes,"
    typer.echo(f"{plain(model.name)}: {model.task},{named} {head or 'predictions of its own'}")
    for note in proposal.notes:
        typer.echo(f"  - {plain(note)}")
    for item in proposal.shown:
        typer.echo(f"{plain(item.id)}  {words(item, model.labels, 3)}")
    print_skipped(proposal.skipped, len(proposal.skipped))
    if check is not None:
        _print_check(check)
    typer.echo(masked(f"Wrote {written}"))


def _print_check(check: CardCheck) -> None:
    typer.echo(f"Right on {check.accuracy:.1%} of {check.images:,} labelled images (guessing: {check.chance:.1%}).")
    if check.by_order is not None:
        typer.echo("The model has no labels of its own: the folders' names, sorted, were taken for them.")
    if check.unmatched:
        typer.echo(f"No label of the model: {plain(', '.join(check.unmatched[:5]))}; such images were left out.")
    better = check.better
    for variant in check.variants[1 : 1 + _VARIANTS]:
        typer.echo(f"  {variant.accuracy:6.1%}  {variant.name}")
    if better is None:
        typer.echo("No other colour order, scaling or label offset does better.")
    elif better.offset:
        typer.echo(f"Check the labels: {better.name} does better. Write label_offset or other labels in the card.")
    else:
        typer.echo(f"Better: {better.name}. The card has it.")


def _check_json(check: CardCheck) -> dict[str, Any]:
    return {
        "images": check.images,
        "accuracy": check.accuracy,
        "chance": check.chance,
        "better": None if check.better is None else check.better.name,
        "variants": [
            {"name": variant.name, "accuracy": variant.accuracy, "p_value": variant.p_value}
            for variant in check.variants
        ],
        "unmatched": check.unmatched,
    }
