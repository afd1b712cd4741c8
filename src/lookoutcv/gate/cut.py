"""Where sharp begins: a cut through scores, how it was chosen, and how sure a label is that follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class SizedCut(Result):
    """A cut for images of one size.

    Args:
        short_px: Their shorter side.
        value: The least score that is sharp.
    """

    short_px: float
    value: float


@dataclass(frozen=True)
class Cut(Result):
    """Where sharp begins.

    Args:
        value: The least score that is sharp.
        by_size: Cuts for images of other sizes, by their shorter side, ascending; between them it is interpolated over
            the logarithm of the size. Empty where one cut holds for all.
        chosen_by: "quantile" of sharp images, "scan" of thresholds over labelled ones, "given", or "standard" for that
            of the product.
        images: How many sharp images chose it.
        false_reject: The share of sharp images that it was to refuse; None where nobody said.
        refused: The share of them that it does refuse.
        low, high: 95% interval of the share of good images that it will refuse, which holds although they chose it
            (Clopper & Pearson, 1934); None where no image did.
        slope: How much surer the label becomes with each unit of the scaled score beyond the cut, in log odds.
    """

    NOUN: ClassVar[str] = "cut of a gate"

    value: float
    by_size: tuple[SizedCut, ...] = field(default=(), repr=False)
    chosen_by: str = "standard"
    images: int = 0
    false_reject: float | None = None
    refused: float | None = None
    low: float | None = None
    high: float | None = None
    slope: float = 1.0

    def at(self, short_px: float) -> float:
        """The cut for an image whose shorter side is so long.

        Example:
            >>> cut = Cut(1.0, (SizedCut(128, 0.0), SizedCut(512, 2.0)))
            >>> cut.at(64), cut.at(256), cut.at(4000)
            (0.0, 1.0, 2.0)
        """
        return interpolated(self.by_size, short_px) if self.by_size else self.value

    @property
    def words(self) -> str:
        """What it means for good images.

        Example:
            >>> Cut(0.5, chosen_by="quantile", images=200, refused=0.02, low=0.006, high=0.0504).words
            'It will refuse 0.6 to 5.0% of good images like the 200 that chose it (95% interval).'
        """
        if self.low is None or self.high is None:
            return "How many of your good images it will refuse is not known: fit it on your own."
        sizes = ", ".join(f"{one.value:.3g} at {one.short_px:g} px" for one in self.by_size)
        return (
            f"It will refuse {100 * self.low:.1f} to {100 * self.high:.1f}% of good images like the {self.images:,} "
            "that chose it (95% interval)."
        ) + (f" It depends on the shorter side: {sizes}." if sizes else "")


def interpolated(cuts: Sequence[SizedCut], short_px: float) -> float:
    """Cuts of several sizes, for one between them; beyond them the nearest."""
    if short_px <= cuts[0].short_px:
        return cuts[0].value
    for before, after in pairwise(cuts):
        if short_px <= after.short_px:
            share = math.log(short_px / before.short_px) / math.log(after.short_px / before.short_px)
            return before.value + share * (after.value - before.value)
    return cuts[-1].value


def sureness(slope: float, distance: float) -> float:
    """How sure the label is on that side of the cut, .5 to 1.

    Args:
        slope: As of `Cut`.
        distance: From the cut, on the variant's scale; the sign does not matter.
    """
    return 1 / (1 + math.exp(-min(abs(slope * distance), 700.0)))
