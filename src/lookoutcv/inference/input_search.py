"""What came out of trying a detector under other inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from lookoutcv.models import Card
from lookoutcv.models.cards.card import Input
from lookoutcv.models.check_card import ALPHA, one_sided_p


@dataclass(frozen=True, eq=False)
class InputTrial:
    """A detector under one input.

    Args:
        name: What is different from the card, for people; "the card" where nothing is.
        input: It.
        images: How many images it was tried on.
        score: Mean average precision (COCO's) where objects are marked, 0 to 1; else the mean over the images of how
            much is found in their mirror images, too.
        each: (images,) the same of each image alone; NaN where one says nothing.
    """

    name: str
    input: Input
    images: int
    score: float
    each: Any = field(repr=False)

    def against(self, other: InputTrial) -> tuple[int, int]:
        """On how many images it is better than another, and on how many worse."""
        # Of what is found the last bits depend on the batch it was run in.
        difference = self.each - other.each
        return int((difference > _SAME).sum()), int((difference < -_SAME).sum())

    def p_value(self, other: InputTrial) -> float:
        """The chance of being better on so many of these images, if both were as good (one-sided sign test, exact)."""
        better, worse = self.against(other)
        return one_sided_p(better, better + worse)


@dataclass(frozen=True, eq=False)
class InputSearch:
    """How a detector did under its card and under other inputs.

    Args:
        by: What counts: "map", or "agreement" where no object is marked.
        objects: How many objects are marked in the images of `finalists`; 0 for "agreement".
        classes: Whether classes count; False where no name of the marks is one of the model's.
        finalists: The card first, then those that did best on a few images, all tried on the same: the best first.
        others: Those that were tried on a few only, the best first.
        failed: Name and reason of inputs under which the model failed.
        few: All of them on those few images; none where all were tried on all.
        untried: How many were not tried, since it was stopped (Ctrl-C).
        stopped: Whether it was.
    """

    by: Literal["map", "agreement"]
    objects: int
    classes: bool
    finalists: tuple[InputTrial, ...]
    others: tuple[InputTrial, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    few: tuple[InputTrial, ...] = ()
    untried: int = 0
    stopped: bool = False

    @property
    def tried(self) -> int:
        """How many inputs."""
        return len(self.finalists) + len(self.others) + len(self.failed)

    @property
    def card(self) -> InputTrial:
        """Under the card as it is."""
        return self.finalists[0]

    @property
    def best(self) -> InputTrial:
        """With the highest score; the card where none is higher."""
        return max(self.finalists, key=lambda trial: trial.score)

    @property
    def better(self) -> InputTrial | None:
        """The best of those whose advantage over the card is not chance: p under 1% after correction for all tried."""
        clear = [
            trial for trial in self.finalists[1:] if trial.score > self.card.score and self._clear(trial, self.card)
        ]
        return max(clear, key=lambda trial: trial.score, default=None)

    @property
    def level(self) -> tuple[InputTrial, ...]:
        """Those that the images do not tell from the better one, or from the best where none is better."""
        chosen = self.better or self.best
        return tuple(trial for trial in self.finalists if trial is not chosen and not self._clear(chosen, trial))

    @property
    def level_given_up(self) -> int:
        """How many of the others those few images do not tell from it either."""
        chosen = self.better or self.best
        its = next((trial for trial in self.few if trial.name == chosen.name), None)
        return 0 if its is None else sum(not self._clear(its, trial) for trial in self.others)

    def corrected(self, card: Card) -> Card:
        """The card with the better input; the same where none is better."""
        better = self.better
        return card if better is None else replace(card, input=better.input)

    def _clear(self, one: InputTrial, other: InputTrial) -> bool:
        return one.p_value(other) * self.tried < ALPHA


def ranked(trials: Sequence[InputTrial]) -> tuple[InputTrial, ...]:
    """The first as it is, the others by falling score."""
    return (trials[0], *sorted(trials[1:], key=lambda trial: -trial.score))


_SAME = float(np.finfo(np.float32).eps) * 100
