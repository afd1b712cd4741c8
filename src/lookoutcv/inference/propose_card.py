"""Propose a model's card, and try it on images."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.inference.labelled_images import Pictures, spread, targets_of
from lookoutcv.inference.predictions import Predicted
from lookoutcv.models import Card, CardLike, Predictor, open_model
from lookoutcv.models.check_card import CardCheck, check_card
from lookoutcv.predictions import Segmentation

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
    skipped: tuple[tuple[str, str], ...] = ()

    def card_beside(self, path: Path) -> Card:
        """The card as it is written to a path: its file of labels is named from there."""
        if not isinstance(self.card.labels, str):
            return self.card
        labels = os.path.relpath(self.card.labels, path.parent)
        return replace(self.card, labels=labels.replace(os.sep, "/"))


def card(
    model: str | os.PathLike[str] | Callable[..., Any],
    try_: Any = None,
    *,
    card: CardLike = None,
    device: str = "cpu",
) -> CardProposal:
    """A card for a model, from its file, and tried on images.

    Args:
        model: What `open_model` takes.
        try_: Images to try it on, best labelled ones (a folder a class): at most 200 are used, evenly spread; None for
            none.
        card: What is known already.
        device: As for `open_model`.
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
    found = open_model(model, card, device=device)
    complete = found.card
    if try_ is None:
        return CardProposal(found, complete, found.notes)
    pictures = Pictures(targets_of(try_), most=TRIED)
    chosen = [one for batch in pictures.batches(TRIED) for one in batch]
    labelled = [one for one in chosen if one.label is not None]
    check = None
    if found.task == "classification" and labelled:
        check = check_card(found, [one.pixels for one in labelled], [one.label or "" for one in labelled])
        complete = check.corrected(complete)
    best = found if complete == found.card else found.with_card(complete)
    few = spread(chosen, SHOWN)
    said = best.predict([one.pixels for one in few])
    shown = tuple(
        Predicted(one.id, one.pixels.shape[1], one.pixels.shape[0], one.label, prediction)
        for one, prediction in zip(few, said, strict=True)
    )
    # Labelled images have answered what was assumed of the input; of the head they say nothing.
    notes = found.notes if check is None else tuple(note for note in found.notes if note.startswith("The head "))
    if _uncounted(best):
        notes = (*notes, _seen(best, [one.pixels for one in spread(chosen, LOOKED_THROUGH)]))
    return CardProposal(best, complete, notes, shown, check, tuple(pictures.skipped))


def _uncounted(model: Predictor) -> bool:
    """Whether it gives a map of classes and nothing says how many there are."""
    settings = model.card.head_settings
    # A head that reads scores counts its classes itself.
    whole = settings.get("axis") == "none" and settings.get("classes") is None
    return model.task == "segmentation" and model.card.names is None and whole


def _seen(model: Predictor, images: list[Any]) -> str:
    found: set[int] = set()
    for said in model.predict(images):
        if isinstance(said, Segmentation):
            found |= set(np.unique(said.classes).tolist())
    numbers = ", ".join(map(str, sorted(found)))
    return f"Classes seen in {len(images)} images: {numbers}. Name them with `labels`, or count them in `head.classes`."
