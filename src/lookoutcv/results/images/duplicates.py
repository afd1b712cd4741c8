"""Images that are the same, or nearly."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class Duplicates(Result):
    """Images of the window that are the same, or nearly.

    Args:
        exact: Groups of ids with the same bytes (same pixels for arrays).
        near: Groups of ids whose perceptual hashes differ in at most a few of 64 bits; exact copies count once.
        in_baseline: Ids of window images that are in the baseline's sample too, byte for byte.
        images: How many images of the window are copies of another: what would go if each was kept once.
        searched: How many images were looked at.
    """

    exact: list[list[str]] = field(default_factory=list)
    near: list[list[str]] = field(default_factory=list)
    in_baseline: list[str] = field(default_factory=list)
    images: int = 0
    searched: int = 0
