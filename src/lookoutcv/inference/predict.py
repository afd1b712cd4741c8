"""Ask a model about images."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from lookoutcv.inference.labelled_images import Picture, Pictures, targets_of
from lookoutcv.inference.prediction_file import prediction_file
from lookoutcv.inference.predictions import Predicted, Predictions
from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.progress import Progress


def predict(
    model: str | os.PathLike[str] | Callable[..., Any] | Predictor,
    images: Any,
    *,
    card: CardLike = None,
    device: str = "cpu",
    top: int = 3,
    output: str | os.PathLike[str] | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Predictions:
    """What a model says of images.

    Args:
        model: What `open_model` takes, or what it gave.
        images: An image, a folder, an archive, a sequence; or several paths of such.
        card: As for `open_model`; means nothing for a model that is open already.
        device: "cpu", "cuda" or "cuda:1".
        top: How many classes of a classification are written to `output`.
        output: Write the predictions to this .csv, .json or .coco.json file as they come. The result then holds none,
            so that memory stays constant however many images there are.
        strict: Stop at the first image that cannot be read, instead of skipping and naming it.
        progress: Called as `progress(done, total)`.
    Returns:
        One prediction an image, and who said it.
    Raises:
        ModelError: The model or its card cannot be used, or it fails.
        SourceNotFound, NoImages: There is no image.
        OutputUnwritable: The file cannot be written there.
    Example:
        >>> import numpy as np
        >>> from lookoutcv.predictions import Classification
        >>> said = predict(lambda pixels: Classification("cat", 0.75), np.zeros((8, 8, 3), np.uint8))
        >>> said.items[0].prediction.label
        'cat'
    """
    found = model if isinstance(model, Predictor) else open_model(model, card, device=device)
    pictures = Pictures(targets_of(images), strict, progress)
    before, count = found.undefined, 0
    kept: list[Predicted] = []
    with nullcontext() if output is None else prediction_file(output, found, top) as writer:
        for batch in pictures.batches(found.batch if found.batch > 1 else 16):
            said = _predict_batch(found, batch)
            count += len(said)
            if writer is None:
                kept += said
            else:
                for one in said:
                    writer.add(one)
    return Predictions(
        found.name,
        found.sha256,
        found.task,
        found.labels,
        count,
        tuple(kept),
        tuple(pictures.skipped),
        found.undefined - before,
        found.notes,
    )


def _predict_batch(model: Predictor, batch: list[Picture]) -> list[Predicted]:
    said = model.predict([one.pixels for one in batch])
    return [
        Predicted(one.id, int(one.pixels.shape[1]), int(one.pixels.shape[0]), one.label, prediction)
        for one, prediction in zip(batch, said, strict=True)
    ]
