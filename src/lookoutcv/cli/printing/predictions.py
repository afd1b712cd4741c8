"""Predictions, and what a model looked at, as text in a terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.cli.printing.tables import plain, print_json, print_skipped
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.inference.predictions import Predicted, Predictions
    from lookoutcv.results.explanation_sheet import ExplainedClass, ExplanationSheet

# More objects or classes than this on one line are no summary.
_MOST_WORDS = 8
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


def print_explanations(sheet: ExplanationSheet, written: Sequence[Path], as_json: bool) -> None:
    """A line a map: class, score, how it was found, and where it lies; then what is to be said."""
    from lookoutcv.reports.bare_results import without_thumbnails

    if as_json:
        # Pictures belong in files.
        print_json(without_thumbnails(sheet).to_dict())
        return
    for image in sheet.images:
        for one in image.classes:
            typer.echo(f"{plain(image.id)}  {_map_words(one)}")
            for note in one.notes:
                typer.echo(f"  {plain(note)}")
        for note in image.notes:
            typer.echo(f"{plain(image.id)}  {plain(note)}")
    print_skipped(sheet.skipped, sheet.skipped_count)
    left = sheet.count - len(sheet.images) - sheet.skipped_count
    if left > 0:
        typer.echo(f"{left:,} of {sheet.count:,} images were not asked about; --sample N takes more.")
    if sheet.notes:
        typer.echo("Notes: " + plain(" ".join(sheet.notes)))
    for path in written:
        typer.echo(masked(f"Wrote {path}"))
    if not written:
        typer.echo("-o heat.png draws the maps; -o sheet.html writes a page.")


def _map_words(one: ExplainedClass) -> str:
    score = "-" if one.score is None else f"{one.score:.2f}"
    where = f", spread {one.spread:.2f}, {one.border:.0%} in the outer tenth" if one.usable else ", no map"
    if one.faithfulness is not None:
        where += f", {one.faithfulness.words}"
    return f"{plain(one.label)} {score} ({plain(one.how)}){where}"
