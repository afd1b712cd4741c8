"""What a model predicts for images."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.images import Limits
from lookoutcv.inference.labelled_images import LabelledImage, LabelledImages, targets_of
from lookoutcv.inference.prediction_file import check_prediction_output, prediction_file
from lookoutcv.inference.predictions import Predicted, Predictions
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.models import CardLike, Predictor
from lookoutcv.models.card_files import card_files
from lookoutcv.progress import Progress
from lookoutcv.sources.input_paths import input_paths

# Of a model that takes one image at a time.
_BATCH_OF_SINGLES = 16


@only_known_keywords(sample="It asks about all: give fewer images.")
def predict(
    model: str | os.PathLike[str] | Callable[..., Any] | Predictor,
    images: Any,
    *,
    card: CardLike = None,
    device: str = "cpu",
    trust: bool = False,
    top: int = 3,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    raw: bool = False,
    strict: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
) -> Predictions:
    """What a model says of images.

    Args:
        model: What `open_model` takes, or what it gave.
        images: An image, a folder, an archive, a sequence; or several paths of such.
        card: As for `open_model`; means nothing for a model that is open already.
        device: "cpu", "cuda" or "cuda:1".
        trust: As for `open_model`.
        top: How many classes of a classification are written to `output`.
        output: Write the predictions to this .csv, .json or .coco.json file as they come. The result then holds none,
            so that memory stays constant however many images there are.
        force: Replace a file that lies there and holds no predictions, too.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
        strict: Stop at the first image that cannot be read, instead of skipping and naming it.
        max_pixels, max_bytes: Skip images with more pixels and files with more bytes; None for the limits of `measure`.
        progress: Called as `progress(done, total)`.
    Returns:
        One prediction an image, and which model made it.
    Raises:
        ModelError: The model or its card cannot be used, or it fails.
        SourceNotFound, NoImages: There is no image.
        OutputUnwritable: The file cannot be written there.
    Example:
        >>> import numpy as np
        >>> from lookoutcv.predictions import Classification
        >>> predictions = predict(lambda pixels: Classification("cat", 0.75), np.zeros((8, 8, 3), np.uint8))
        >>> predictions.items[0].prediction.label
        'cat'
    """
    inputs = [] if output is None else [*input_paths(output, model, images, card), *card_files(model, card)]
    if output is not None:
        check_prediction_output(output, inputs=inputs, force=force)
    predictor = ModelSource(model, card, device, trust=trust).predictor
    labelled = LabelledImages(targets_of(images), strict, progress, limits=Limits.of(max_pixels, max_bytes))
    undefined_before, count = predictor.undefined, 0
    items: list[Predicted] = []
    with (
        nullcontext()
        if output is None
        else prediction_file(output, predictor, top, inputs=inputs, force=force, raw=raw) as writer
    ):
        for batch in labelled.batches(predictor.batch if predictor.batch > 1 else _BATCH_OF_SINGLES):
            predicted = _predict_batch(predictor, batch, labelled)
            count += len(predicted)
            if writer is None:
                items += predicted
            else:
                for item in predicted:
                    writer.add(item)
    return Predictions(
        predictor.name,
        predictor.sha256,
        predictor.task,
        predictor.labels,
        count,
        tuple(items),
        tuple(labelled.skipped.named),
        labelled.skipped.count,
        predictor.undefined - undefined_before,
        predictor.notes,
    )


def _predict_batch(predictor: Predictor, batch: list[LabelledImage], labelled: LabelledImages) -> list[Predicted]:
    predictions = predictor.predict_each([image.pixels for image in batch])
    return [
        Predicted(image.id, int(image.pixels.shape[1]), int(image.pixels.shape[0]), image.label, prediction)
        for image, prediction in zip(batch, predictions, strict=True)
        if labelled.answered(prediction, image) and prediction is not None
    ]
