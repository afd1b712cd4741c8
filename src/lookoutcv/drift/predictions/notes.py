"""What a careful reader must know of a comparison of predictions, in figures; `wording` makes the sentences."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.drift.rules.notes import Note


@dataclass(frozen=True)
class EmbeddingWidths(Note):
    """The embeddings of the two sides have so many numbers, and cannot be compared."""

    baseline: int
    window: int


@dataclass(frozen=True)
class NoNumbers(Note):
    """The model gave no number for any image of the window, though it did for the baseline."""


@dataclass(frozen=True)
class OnOneSideOnly(Note):
    """Outputs that a model gave on one side only, so that they are not compared."""

    names: tuple[str, ...]
