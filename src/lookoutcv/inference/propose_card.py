"""Propose a model's card, and try it on images."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.images import Limits
from lookoutcv.inference.input_search import InputSearch
from lookoutcv.inference.labelled_images import LabelledImage, LabelledImages, evenly_spread, targets_of
from lookoutcv.inference.predictions import Predicted
from lookoutcv.inference.search_input import search_input
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.models import Card, CardLike, Predictor
from lookoutcv.models.check_card import CardCheck, check_card
from lookoutcv.predictions import Segmentation
from lookoutcv.predictions.segmentation import NO_CLASS
from lookoutcv.progress import Progress
from lookoutcv.results.images.skipped import Skipped

# As many labelled images show a wrong card beyond doubt; every variant runs on all of them.
TRIED = 200
SHOWN = 3
# A map of classes takes some 100 ms a picture; as many pictures show what is common.
LOOKED_THROUGH = 30


@only_known_keywords()
@dataclass(frozen=True, eq=False)
class CardProposal:
    """A card and what speaks for it.

    Args:
        model: The model under its card as given.
        card: The card to write: complete, and corrected where the images say so.
        notes: What was assumed or guessed.
        shown: What it says of a few images.
        check: Of a classifier's card and its variants; None where no image has a label.
        search: Of a detector's input.
        skipped: (id, reason) of images that could not be read.
    """

    model: Predictor
    card: Card
    notes: tuple[str, ...]
    shown: tuple[Predicted, ...] = ()
    check: CardCheck | None = None
    search: InputSearch | None = None
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
    trust: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
) -> CardProposal:
    """A card for a model, from its file, and tried on images.

    Args:
        model: What `open_model` takes.
        try_: Images to try it on, best labelled ones (a folder a class, or for a detector a source with boxes): at most
            200 are used, evenly spread; None for none.
        card: What is known already.
        device, trust: As for `open_model`.
        max_pixels, max_bytes: Skip images with more pixels and files with more bytes; None for the limits of `measure`.
        progress: Called as `progress(done, total)` while inputs are tried.
    Returns:
        The card. With labelled images of a classifier, colour order and scaling are those under which it is right
        most often; of a detector these and how images are brought to size are those with the highest mean average
        precision, or where no object is marked, those under which it finds most in a picture and in its mirror image
        alike. Each only where that is beyond chance.
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
    predictor = ModelSource(model, card, device, trust=trust).predictor
    if try_ is None:
        return CardProposal(predictor, predictor.card, predictor.notes)
    labelled = LabelledImages(targets_of(try_), most=TRIED, limits=Limits.of(max_pixels, max_bytes))
    if predictor.task == "detection":
        return _detector_proposal(predictor, labelled, progress)
    images = [image for batch in labelled.batches(TRIED) for image in batch]
    check = _check(predictor, images)
    complete = predictor.card if check is None else check.corrected(predictor.card)
    best = predictor if complete == predictor.card else predictor.with_card(complete)
    # Labelled images have answered what was assumed of the input; of the head they say nothing.
    notes = predictor.notes if check is None else _of_head(predictor)
    if _uncounted(best):
        notes = (*notes, _classes_seen(best, [image.pixels for image in evenly_spread(images, LOOKED_THROUGH)]))
    skipped = tuple(labelled.skipped.named)
    return CardProposal(best, complete, notes, _examples(best, images), check, skipped=skipped)


def _detector_proposal(predictor: Predictor, images: LabelledImages, progress: Progress | None) -> CardProposal:
    images.in_result = True  # they are read twice, and their notes are told once
    try:
        search, some = search_input(predictor, images, progress)
    finally:
        images.tell()
    complete = search.corrected(predictor.card)
    best = predictor if complete == predictor.card else predictor.with_card(complete)
    answered = search.better is not None or (search.objects and search.best.score > 0)
    notes = _of_head(predictor) if answered else predictor.notes
    return CardProposal(
        best, complete, notes, _examples(best, some), search=search, skipped=tuple(images.skipped.named)
    )


def _of_head(predictor: Predictor) -> tuple[str, ...]:
    return tuple(note for note in predictor.notes if note.startswith("The head "))


def _examples(model: Predictor, images: Sequence[LabelledImage]) -> tuple[Predicted, ...]:
    """What it says of a few images."""
    examples = evenly_spread(images, SHOWN)
    return tuple(
        Predicted(image.id, image.pixels.shape[1], image.pixels.shape[0], image.label, prediction)
        for image, prediction in zip(examples, model.predict([image.pixels for image in examples]), strict=True)
    )


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
