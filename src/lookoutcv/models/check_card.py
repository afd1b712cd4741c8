"""Whether a card's preprocessing is right: the accuracy on labelled images under it, and under what people mix up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.models.cards.card import Card, Input
from lookoutcv.models.input.framing import Pixels
from lookoutcv.models.input.input_variants import input_variants
from lookoutcv.models.predictor import Predictor
from lookoutcv.predictions import Classification
from lookoutcv.predictions.label_names import LabelPlaces

OFFSETS = (-1, 1)
# A variant is proposed where chance gives so clear an advantage in fewer than one of a hundred checks.
_NAMED = 3
ALPHA = 0.01


@dataclass(frozen=True)
class InputVariant:
    """The accuracy under a variant of a card.

    Args:
        name: What is different, for people; "the card" where nothing is.
        accuracy: Share of images whose most probable class is their label, 0 to 1.
        input: The variant's input.
        offset: Added to the model's class to find its label.
        p_value: The chance of so many more right predictions than under the card, if both were as good (one-sided
            McNemar test, exact).
    """

    name: str
    accuracy: float
    input: Input
    offset: int
    p_value: float


@dataclass(frozen=True)
class CardCheck:
    """How a card and its variants did on labelled images.

    Args:
        images: How many labelled images.
        chance: Accuracy of guessing, 1 over the number of classes.
        variants: The card first, then the variants, the best first.
        unmatched: Labels of images that no label of the model matches.
        by_order: The image labels, sorted, were taken for the model's, which has none of its own.
    """

    images: int
    chance: float
    variants: tuple[InputVariant, ...]
    unmatched: tuple[str, ...] = ()
    by_order: tuple[str, ...] | None = None

    @property
    def accuracy(self) -> float:
        """Under the card as it is."""
        return self.variants[0].accuracy

    @property
    def better(self) -> InputVariant | None:
        """The best variant, where its advantage is not chance: p under 1% after correction for all variants."""
        best = max(self.variants[1:], key=lambda variant: variant.accuracy, default=None)
        if best is None or best.accuracy <= self.accuracy or best.p_value * len(self.variants) >= ALPHA:
            return None
        return best

    def corrected(self, card: Card) -> Card:
        """The card as the better variant has it; the same where none is better. A label offset is left to a person."""
        labels = self.by_order if self.by_order is not None else card.labels
        better = self.better
        return replace(card, labels=labels, input=card.input if better is None else better.input)


def check_card(predictor: Predictor, images: Sequence[Pixels], truths: Sequence[str]) -> CardCheck:
    """Try a classifier's card, and variants of it, on labelled images.

    Args:
        predictor: The model under its card.
        images: (H, W, 3) uint8 RGB. A few dozen are enough to see a wrong card, not to rank good ones.
        truths: A label an image, in the model's own words, a synonym of them, or its class number.
    Returns:
        The accuracy under the card and under its variants: the other colour order, the usual scalings where the input
        is real numbers, and labels moved by one.
    Raises:
        ConfigError: Not a classifier, or no label matches.
    """
    if predictor.task != "classification":
        raise ConfigError(
            "only a classifier's card can be checked on labels", f"Leave {option('try_')} out.", key="try"
        )
    targets, by_order = _targets(truths, predictor)
    labelled = [int(i) for i in np.flatnonzero(targets >= 0)]
    if not labelled:
        names = sorted(set(truths))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        has = ", ".join(predictor.labels[:_NAMED])
        raise ConfigError(
            f"no label of the images is one of the model's: {', '.join(names[:_NAMED])}{more}; "
            f"the model's begin with {has}",
            "Name the folders as the model's labels, or by their numbers.",
            key="labels",
        )
    chosen = [images[i] for i in labelled]
    expected = targets[labelled]
    scorer = _VariantScorer(_predicted_classes(predictor, chosen), expected)
    variants = scorer.variants("", scorer.current, predictor.card.input)
    for name, card_input in input_variants(predictor.card.input):
        varied = predictor.with_card(replace(predictor.card, input=card_input))
        variants += scorer.variants(name, _predicted_classes(varied, chosen), card_input)
    unmatched = tuple(sorted({truth for truth, target in zip(truths, targets, strict=True) if target < 0}))
    ordered = sorted(variants[1:], key=lambda variant: -variant.accuracy)
    return CardCheck(len(labelled), 1 / len(predictor.labels), (variants[0], *ordered), unmatched, by_order)


def _targets(truths: Sequence[str], predictor: Predictor) -> tuple[Any, tuple[str, ...] | None]:
    """The class number of each image, -1 where its label is unknown; and the labels where they were taken by order."""
    places = LabelPlaces(predictor.labels, truth=truths)
    found = [places.of(truth) for truth in truths]
    targets = np.array(
        [_number(truth, len(predictor.labels)) if i is None else i for truth, i in zip(truths, found, strict=True)]
    )
    classes = sorted(set(truths))
    if (targets < 0).all() and len(classes) == len(predictor.labels):
        return np.array([classes.index(truth) for truth in truths], dtype=np.int64), tuple(classes)
    return targets, None


def _number(truth: str, count: int) -> int:
    return int(truth) if truth.isdecimal() and int(truth) < count else -1


def _predicted_classes(predictor: Predictor, images: Sequence[Pixels]) -> Any:
    predictions = [prediction for prediction in predictor.predict(images) if isinstance(prediction, Classification)]
    # Where scores are NaN there is no prediction: one that is never right, however labels are moved.
    return np.array(
        [
            -9 if prediction.scores is None or math.isnan(prediction.confidence) else int(np.argmax(prediction.scores))
            for prediction in predictions
        ]
    )


@dataclass(frozen=True)
class _VariantScorer:
    """Compares predicted classes with those under the card."""

    current: Any
    expected: Any

    def variants(self, name: str, predicted: Any, card_input: Input) -> list[InputVariant]:
        """Of predicted classes as they are, and moved by one."""
        variants = [self._variant(name or "the card", predicted, card_input, 0)]
        for offset in OFFSETS:
            description = ", ".join(filter(None, (name, f"labels moved by {offset:+d}")))
            variants.append(
                self._variant(description, np.where(predicted < 0, predicted, predicted + offset), card_input, offset)
            )
        return variants

    def _variant(self, name: str, predicted: Any, card_input: Input, offset: int) -> InputVariant:
        right, before = predicted == self.expected, self.current == self.expected
        gained, lost = int((right & ~before).sum()), int((before & ~right).sum())
        return InputVariant(name, float(right.mean()), card_input, offset, one_sided_p(gained, gained + lost))


def one_sided_p(successes: int, count: int) -> float:
    """The chance of at least so many heads in so many throws of a coin.

    Example:
        >>> one_sided_p(3, 3)
        0.125
    """
    return float(sum(math.comb(count, k) for k in range(successes, count + 1)) / 2**count)
