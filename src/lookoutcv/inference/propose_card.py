"""Propose a model's card, and try it on images."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.images import Limits
from lookoutcv.inference.labelled_images import LabelledImage, LabelledImages, evenly_spread, targets_of
from lookoutcv.inference.predictions import Predicted
from lookoutcv.keywords import only_known_keywords
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.models import Card, CardLike, Predictor
from lookoutcv.models.check_card import CardCheck, check_card
from lookoutcv.predictions import Segmentation
from lookoutcv.predictions.segmentation import NO_CLASS
from lookoutcv.results.images.skipped import Skipped

# As many labelled images show a wrong card beyond doubt; every variant runs on all of them.
TRIED = 200
SHOWN = 3
# A map of classes takes some 100 ms a picture; as many pictures show what is common.
LOOKED_THROUGH = 30


@dataclass(frozen=True, eq=False)
class CardProposal:
    """A card and what speaks for it.

    Args:
        model: The model under its card as given.
        card: The card to write: complete, and corrected where the images say so.
        notes: What was assumed or guessed.
        shown: What it says of a few images.
        check: Of the card and its variants; None where there are no labelled images or it is no classifier.
        skipped: (id, reason) of images that could not be read.
    """

    model: Predictor
    card: Card
    notes: tuple[str, ...]
    shown: tuple[Predicted, ...] = ()
    check: CardCheck | None = None
    skipped: tuple[Skipped, ...] = ()

    def card_beside(self, path: Path) -> Card:
        """The card as it is written to a path: its file of labels is named from there."""
        if not isinstance(self.card.labels, str):
            return self.card
        labels = os.path.relpath(self.card.labels, path.parent)
        return replace(self.card, labels=labels.replace(os.sep, "/"))


@only_known_keywords()
def card(
    model: str | os.PathLike[str] | Callable[..., Any],
    try_: Any = None,
    *,
    card: CardLike = None,
    device: str = "cpu",
    max_pixels: int | None = None,
    max_bytes: int | None = None,
) -> CardProposal:
    """A card for a model, from its file, and tried on images.

    Args:
        model: What `open_model` takes.
        try_: Images to try it on, best labelled ones (a folder a class): at most 200 are used, evenly spread; None for
            none.
        card: What is known already.
        device: As for `open_model`.
        max_pixels, max_bytes: Skip images with more pixels and files with more bytes; None for the limits of `measure`.
    Returns:
        The card. With labelled images of a classifier, colour order and scaling are those under which it is right
        most often, where that is beyond chance.
    Raises:
        ModelError: The model cannot be used.
        SourceNotFound, NoImages: There is no image.
        ConfigError: None of the images' labels is one of the model's.
    Example:
        >>> def day_or_night(pixels):
        ...     return [pixels.mean() / 255, 1 - pixels.mean() / 255]
        >>> card(day_or_night, card={"labels": ["day", "night"]}).card.head_name
        'softmax'
    """
    predictor = ModelSource(model, card, device).predictor
    if try_ is None:
        return CardProposal(predictor, predictor.card, predictor.notes)
    labelled = LabelledImages(targets_of(try_), most=TRIED, limits=Limits.of(max_pixels, max_bytes))
    images = [image for batch in labelled.batches(TRIED) for image in batch]
    check = _check(predictor, images)
    complete = predictor.card if check is None else check.corrected(predictor.card)
    best = predictor if complete == predictor.card else predictor.with_card(complete)
    examples = evenly_spread(images, SHOWN)
    predictions = best.predict([image.pixels for image in examples])
    shown = tuple(
        Predicted(image.id, image.pixels.shape[1], image.pixels.shape[0], image.label, prediction)
        for image, prediction in zip(examples, predictions, strict=True)
    )
    # Labelled images have answered what was assumed of the input; of the head they say nothing.
    notes = predictor.notes if check is None else tuple(n for n in predictor.notes if n.startswith("The head "))
    if _uncounted(best):
        notes = (*notes, _classes_seen(best, [image.pixels for image in evenly_spread(images, LOOKED_THROUGH)]))
    return CardProposal(best, complete, notes, shown, check, tuple(labelled.skipped.named))


def _check(predictor: Predictor, images: Sequence[LabelledImage]) -> CardCheck | None:
    """The trials of a classifier on the images that have a label; None where there is none, or of another task."""
    labelled = [image for image in images if image.label is not None]
    if predictor.task != "classification" or not labelled:
        return None
    return check_card(predictor, [image.pixels for image in labelled], [image.label or "" for image in labelled])


def _uncounted(model: Predictor) -> bool:
    """Whether it gives a map of classes and nothing says how many there are."""
    settings = model.card.head_settings
    # A head that reads scores counts its classes itself.
    whole = settings.get("axis") == "none" and settings.get("classes") is None
    return model.task == "segmentation" and model.card.names is None and whole


def _classes_seen(model: Predictor, images: list[Any]) -> str:
    classes: set[int] = set()
    for prediction in model.predict(images):
        if isinstance(prediction, Segmentation):
            classes |= {i for i in np.unique(prediction.classes).tolist() if prediction.labels[i] != NO_CLASS}
    numbers = ", ".join(map(str, sorted(classes)))
    return f"Classes seen in {len(images)} images: {numbers}. Name them with `labels`, or count them in `head.classes`."
