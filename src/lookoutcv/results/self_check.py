"""What a baseline says about itself: large enough, false alarms, one camera or several.

A part of the baseline's file, whose version is its version; `self_check.schema.json` describes its JSON form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class SelfCheck(Result):
    """What a baseline says about itself.

    Args:
        images: Images that entered the tests of later comparisons, M.
        detectable: Size of a window -> smallest effect found four times in five, against one unordered baseline.
        alpha: Share of false alarms that tests are allowed.
        splits: Random splits of the baseline into a window and the rest, and how many of them alarmed.
        blocks: Batches (or blocks of consecutive images) that were held out in turn, and how many alarmed
            against the rest.
        batches: Usable batches; 0 without any.
        one_label: Nearly every batch holds a single label, while the baseline holds several.
        by: What explains most of one metric: a field that separates clusters, and the share explained; None if nothing.
        copies: Images that are copies of another, and images searched.
        autocorrelation: Rank correlation between an image and the next where images depend on those before them, as
            frames of a video do; None where they do not, or have no order.
        sentences: All of it in plain words, each with what to do.
    """

    NOUN: ClassVar[str] = "baseline's check"

    images: int
    detectable: dict[str, float]
    alpha: float
    splits: tuple[int, int]
    blocks: tuple[int, int]
    batches: int
    one_label: bool
    by: tuple[str, float] | None
    copies: tuple[int, int]
    autocorrelation: float | None = None
    sentences: tuple[str, ...] = ()
