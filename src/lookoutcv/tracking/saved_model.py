"""A package as MLflow keeps models: with a signature, and read again by `served_model`, with nothing unpickled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lookoutcv.tracking.quiet_mlflow import mlflow_module
from lookoutcv.version import __version__

LOADER = "lookoutcv.tracking.served_model"
IMAGE = "image"
PREDICTED, CONFIDENCE, SCORES = "predicted", "confidence", "scores"


def save_model(
    path: Path, package: str | os.PathLike[str], classes: Sequence[str], *, run_id: str, model_id: str
) -> Path:
    """Write a folder that `mlflow.pyfunc.load_model` reads.

    Args:
        path: Of the folder; nothing may lie there.
        package: What `open_model` takes: a file, or a folder. It is copied.
        classes: In the order of the scores; they stand in the metadata.
        run_id, model_id: By which MLflow knows the run and the model.
    Returns:
        The path.
    """
    pyfunc, models = mlflow_module("mlflow.pyfunc"), mlflow_module("mlflow.models")
    pyfunc.save_model(
        path=str(path),
        loader_module=LOADER,
        data_path=os.fspath(package),
        signature=_signature(),
        pip_requirements=[f"lookoutcv[onnx]=={__version__}"],
        metadata={"classes": list(classes)},
        mlflow_model=models.Model(run_id=run_id, model_id=model_id),
    )
    return path


def _signature() -> Any:
    """Files of images in, a prediction each out. Over HTTP, MLflow takes the bytes in base64."""
    models, types = mlflow_module("mlflow.models"), mlflow_module("mlflow.types")
    schema = mlflow_module("mlflow.types.schema")
    inputs = types.Schema([types.ColSpec("binary", IMAGE)])
    outputs = types.Schema(
        [
            types.ColSpec("string", PREDICTED),
            types.ColSpec("double", CONFIDENCE),
            types.ColSpec(schema.Array("double"), SCORES),
        ]
    )
    return models.ModelSignature(inputs=inputs, outputs=outputs)
