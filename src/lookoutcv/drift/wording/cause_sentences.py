"""Causes in words: what it probably is, what speaks for it, and what to check."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.drift.cause.families import FAMILIES
from lookoutcv.drift.describe.metric_terms import terms_of

UNCLEAR = "unclear"

# From here on 97 to 100 in 100 guesses were right on data sets left out of the fit, below 73 to 82 (see the card).
_PROBABLE = 0.6
_WORTH_NAMING = 0.05


_UNCLEAR_TEXT = (
    "Cause unclear: none of the known faults of cameras and files explains this shift well. The scene or the kind of "
    "images may have changed; compare the most shifted images with typical ones."
)
_OTHER_SIZE = "Other sizes alone change sharpness, noise and blockiness."


def guess_text(family: str, probability: float | None, recorded: Sequence[str]) -> str:
    """The guess in two or three sentences, with what is recorded to have changed.

    Args:
        family: Of `FAMILIES`, or "unclear".
        probability: Of the family.
        recorded: Sentences from `recorded.metadata_changes`.
    Example:
        >>> guess_text("jpeg", 0.55, [])[:37]
        'Perhaps stronger JPEG compression. Ch'
    """
    sentences = [_UNCLEAR_TEXT]
    if family != UNCLEAR:
        its = FAMILIES[family]
        sure = "Probably" if (probability or 0) >= _PROBABLE else "Perhaps"
        sentences = [f"{sure} {its.what}. {its.check}"]
    if recorded:
        sentences += ["On record:", *recorded]
        if any("size" in sentence for sentence in recorded):
            sentences.append(_OTHER_SIZE)
    return " ".join(sentences)


def speaking(evidence: Sequence[tuple[str, bool]]) -> str:
    """What speaks for a guess.

    Args:
        evidence: Metrics, each with whether it rose, strongest first.
    Example:
        >>> speaking([("noise.sigma", True), ("exposure.brightness", False)])
        'What speaks for it: the images are noisier, darker.'
    """
    words = [terms_of(name).direction(up=rose) for name, rose in evidence]
    return f"What speaks for it: the images are {', '.join(words)}."


def like_nothing_known(candidates: Sequence[tuple[str, float]]) -> str:
    """Why nothing is guessed where the pattern is that of other content."""
    known = [(name, share) for name, share in candidates if name != UNCLEAR and share >= _WORTH_NAMING]
    nearest = f" Nearest: {_named(known[0])}." if known else ""
    return f"The metrics moved as they do when other things are in the pictures, or faults were repaired.{nearest}"


def undecided(candidates: Sequence[tuple[str, float]]) -> str:
    """Why nothing is guessed where no family is likely enough.

    Example:
        >>> undecided([("dark", 0.36), ("haze", 0.33), ("unclear", 0.31)])
        'No cause is likely enough: darkness (36%), haze (33%).'
    """
    first = [one for one in candidates if one[0] != UNCLEAR][:2]
    return f"No cause is likely enough: {', '.join(map(_named, first))}."


def not_measured(missing: Sequence[str]) -> str:
    """Why nothing is guessed where metrics are missing."""
    return f"A cause can be told only with the default metrics; not measured on both sides: {', '.join(missing)}."


def _named(candidate: tuple[str, float]) -> str:
    return f"{FAMILIES[candidate[0]].name} ({100 * candidate[1]:.0f}%)"
