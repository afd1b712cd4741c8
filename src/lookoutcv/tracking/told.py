"""What of a training MLflow is told: the names and values under which its tables and curves show it.

Its pages put names with the same beginning before a slash together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lookoutcv.results.training_run import Candidate, EpochPoint, Score, TrainingRun


def points_of(point: EpochPoint) -> dict[str, float | None]:
    """The curves' values after an epoch."""
    return {
        "train_loss": point.train_loss,
        "validation_loss": point.validation_loss,
        "train_accuracy": point.train_accuracy,
        "validation_accuracy": point.validation_accuracy,
        "validation_macro_f1": point.validation_macro_f1,
        "learning_rate": point.learning_rate,
        "epoch_end_seconds": point.seconds,
    }


def score_of(part: str, score: Score | None) -> dict[str, float | None]:
    """How good a model is on a part.

    Example:
        >>> score_of("test", Score(20, 0.9, 0.7, 0.97, 0.89, None))["test/accuracy_low"]
        0.7
    """
    if score is None:
        return {}
    return {
        f"{part}/accuracy": score.accuracy,
        f"{part}/accuracy_low": score.low,
        f"{part}/accuracy_high": score.high,
        f"{part}/macro_f1": score.macro_f1,
        f"{part}/calibration_error": score.calibration_error,
        f"{part}/images": score.images,
    }


def figures_of(candidate: Candidate) -> dict[str, float | None]:
    """What is known of a backbone once it is taught: the figures are those of the weights that were kept."""
    return {
        **score_of("validation", candidate.validation),
        **score_of("test", candidate.test),
        "latency_ms": candidate.latency_ms,
        "size_bytes": candidate.size_bytes,
        "seconds": candidate.seconds,
        "best_epoch": candidate.best_epoch,
    }


def facts_of(candidate: Candidate) -> dict[str, Any]:
    """What a backbone is, which does not change."""
    origin = candidate.weights
    return {
        "backbone": candidate.name,
        "input_px": candidate.input_px,
        "parameters": candidate.parameters,
        "weights": None if origin is None else origin.name or origin.kind,
        "weights_sha256": origin and origin.sha256,
        "weights_licence": origin and origin.licence,
        "latency_of": candidate.latency_of or None,
    }


def tags_of(candidate: Candidate) -> dict[str, str]:
    """How it went with a backbone."""
    return {"lookoutcv.status": candidate.status, "lookoutcv.reason": candidate.reason}


def whole_tags_of(run: TrainingRun) -> dict[str, str]:
    """What the page of a run says. `mlflow.note.content` is its description."""
    notes = "\n".join(f"- {note}" for note in run.notes)
    return {
        "lookoutcv.best": run.best,
        "lookoutcv.why": run.why,
        "lookoutcv.data": run.data,
        "lookoutcv.device": run.device,
        "lookoutcv.tool": run.tool,
        "mlflow.note.content": f"**{run.best}**: {run.why}\n\n{notes}".rstrip(),
    }


def parts_of(run: TrainingRun) -> dict[str, Any]:
    """How the data were divided, and what decides besides."""
    parts = {
        f"{part.name}/{name}": getattr(part, name) for part in run.parts for name in ("images", "groups", "sha256")
    }
    versions = {f"version/{name}": version for name, version in run.versions.items()}
    return {**parts, "data/classes": len(run.classes), "seed": run.seed, **versions}


def confusions_of(labels: Sequence[str], matrix: Sequence[Sequence[int]]) -> dict[str, Any]:
    """A confusion matrix as JSON values: the cells that are not zero, so that ten thousand classes take little.

    Example:
        >>> confusions_of(["cat", "dog"], [[3, 1], [0, 2]])["cells"][1]
        {'label': 'cat', 'predicted': 'dog', 'images': 1}
    """
    cells = [
        {"label": labels[row], "predicted": labels[column], "images": images}
        for row, counts in enumerate(matrix)
        for column, images in enumerate(counts)
        if images
    ]
    return {"labels": list(labels), "cells": cells}
