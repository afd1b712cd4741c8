"""How good a model is on images whose labels or objects are known."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, LookoutError
from lookoutcv.images import Limits
from lookoutcv.inference.evaluate_classes import evaluate_classes
from lookoutcv.inference.evaluate_objects import evaluate_objects
from lookoutcv.inference.labelled_images import LabelledImages, targets_of
from lookoutcv.inference.surest_errors import SmallPictures
from lookoutcv.measuring.options import prediction_source_of
from lookoutcv.models import CardLike, Predictor
from lookoutcv.progress import Progress
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.evaluation import Evaluation


@only_known_keywords(output="Write what it returns: `lo.render(evaluation, 'evaluation.html')`.")
def evaluate(
    model: str | os.PathLike[str] | Callable[..., Any] | Predictor | None,
    source: Any,
    *,
    card: CardLike = None,
    device: str = "cpu",
    trust: bool = False,
    top: int = 5,
    strict: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
    predictions: str | os.PathLike[str] | None = None,
    annotations: str | os.PathLike[str] | None = None,
    model_name: str | None = None,
    thumbnails: bool = True,
    redact: str | Sequence[str] | None = None,
) -> Evaluation | DetectionEvaluation:
    """How good a classifier or a detector is on images whose labels or objects are known.

    Args:
        model: What `open_model` takes, or what it gave; None with `predictions`.
        source: Labelled images: a folder or an archive with a folder a class, for a detector a source with boxes, or
            several paths of such. A label is matched with the model's exactly first, then in any case, with spaces or
            underscores, and by one of several names, where only one label is so.
        card, device, trust: As for `open_model`; mean nothing for a model that is open already.
        top: Of a classifier: the largest k of the top-k accuracies: those of 1, 2, 3, 5, 10 ... below it, and it.
        strict: Stop at the first image that cannot be read, instead of skipping and naming it.
        max_pixels, max_bytes: Skip images with more pixels and files with more bytes; None for the limits of `measure`.
        progress: Called as `progress(done, total)`.
        predictions, annotations, model_name: Predictions that were made elsewhere, instead of a model: see `Options`.
        thumbnails: Keep small pictures of the images that the model is most wrong about.
        redact: What is covered on them: see `Options`.
    Returns:
        Of a classifier accuracy, figures of each class, confusion and calibration, as an `Evaluation`; of a detector
        COCO's average precision, figures of each class and the worst images, as a `DetectionEvaluation`. Images without
        a label or marks, and labels that the model does not have, are left out and counted.
    Raises:
        BadPredictions: The predictions cannot be read.
        ModelError: The model or its card cannot be used, or it fails.
        SourceNotFound, NoImages: There is no image.
        ConfigError: Neither classifier nor detector, or no image has a label or an object of the model's.
    Example:
        >>> import tempfile, pathlib
        >>> from PIL import Image
        >>> def dark(pixels):
        ...     return [pixels.mean() / 255, 1 - pixels.mean() / 255]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for label, grey in (("Day", 250), ("Night", 20)):
        ...         (pathlib.Path(folder) / label).mkdir()
        ...         Image.new("L", (8, 8), grey).save(f"{folder}/{label}/1.png")
        ...     result = evaluate(dark, folder, card={"labels": ["day", "night"], "head": "softmax"})
        >>> result.images, result.accuracy
        (2, 1.0)
    """
    labelled = LabelledImages(
        targets_of(source), strict, progress, limits=Limits.of(max_pixels, max_bytes), in_result=True
    )
    prediction_source = prediction_source_of(
        {
            "model": model,
            "card": card,
            "device": device,
            "trust": trust,
            "predictions": predictions,
            "annotations": annotations,
            "model_name": model_name,
        }
    )
    if prediction_source is None:
        raise ConfigError(
            "there is nobody to evaluate", f"Give a model, or {option('predictions', 'FILE')}.", key="model"
        )
    prediction_source = prediction_source.for_images(labelled.ids)
    identity = prediction_source.identity
    pictures = SmallPictures(thumbnails, redact, prediction_source)
    if identity.task in ("classification", "detection"):
        try:
            result: Evaluation | DetectionEvaluation = (
                evaluate_classes(prediction_source, labelled, top, pictures)
                if identity.task == "classification"
                else evaluate_objects(prediction_source, labelled, pictures)
            )
        except LookoutError:
            labelled.tell()  # how the source was read may be why
            raise
        labelled.tell(in_result=True)
        return result
    raise ConfigError(
        f"{identity.name} is for {identity.task}, and only classifiers and detectors can be evaluated: sources know "
        "classes and boxes, not maps",
        "Give a classifier or a detector; see what this model says with `lookout predict MODEL IMAGE...`.",
        key="model",
    )
