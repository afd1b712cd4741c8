"""What a careful reader must know, in sentences: one for each kind of note."""

from __future__ import annotations

from functools import singledispatch

from lookoutcv.calls.option_names import option
from lookoutcv.drift.predictions.notes import EmbeddingWidths, NoNumbers, OnOneSideOnly
from lookoutcv.drift.rules.fixed import CLASSES, CONFIDENCE
from lookoutcv.drift.rules.notes import (
    AgainstBatches,
    AgainstBlocks,
    BlocksMerged,
    Dependence,
    DependentWindow,
    ImagesOutsideBatches,
    LimitExceeded,
    LimitsLeftOut,
    MovedTogether,
    Note,
    NothingInCommon,
    TooFewBatches,
    TooFewForBlocks,
    TooFewImages,
    WindowExceedsBatches,
)

_ORDER = {"time": "time", "name": "the numbers in their names"}


def _farther_apart() -> str:
    return (
        "A few scenes differ from a baseline of many without any fault: take frames farther apart, or make the "
        f"baseline of such stretches with {option('batch_by')}."
    )


@singledispatch
def note_sentence(note: Note) -> str:
    """A note in words.

    Args:
        note: Of a verdict, or of a comparison of predictions.
    Example:
        >>> note_sentence(TooFewImages("window", 12, 30))
        'The window has 12 images; at least 30 are needed for a test.'
    """
    raise NotImplementedError(type(note).__name__)


@note_sentence.register
def _(note: TooFewImages) -> str:
    images = "image" if note.images == 1 else "images"
    return f"The {note.side} has {note.images} {images}; at least {note.least} are needed for a test."


@note_sentence.register
def _(_: NothingInCommon) -> str:
    return "No metric has values on both sides, so nothing can be tested. Measure both with the same metrics."


@note_sentence.register
def _(note: LimitsLeftOut) -> str:
    figures = {CONFIDENCE: "mean confidence", CLASSES: CLASSES}
    names = ", ".join(figures.get(name, f"mean of {name}") for name in note.names)
    return f"Rules of the policy that did not apply, for want of figures on both sides: {names}."


@note_sentence.register
def _(note: LimitExceeded) -> str:
    return f"Beyond its limit: {note.name} shifted by {note.shift:.3g}, allowed are {note.limit:g}."


@note_sentence.register
def _(note: MovedTogether) -> str:
    return (
        f"No metric is significant on its own: the metrics moved together. {note.strongest} moved most and "
        "carries the severity."
    )


@note_sentence.register
def _(note: AgainstBatches) -> str:
    return (
        f"Tested against the {note.batches} batches of the baseline (typically {note.images:,.0f} images): the window "
        "is called drift only where it differs by more than these batches do from one another."
    )


@note_sentence.register
def _(note: TooFewBatches) -> str:
    usable = f"{note.batches} usable {'batch' if note.batches == 1 else 'batches'}"
    return (
        f"The baseline has {usable} (of at least {note.images} images); it takes {note.least} to know how much "
        "ordinary batches differ, so it was taken as one."
    )


@note_sentence.register
def _(note: BlocksMerged) -> str:
    return (
        f"The window is much larger than the baseline's blocks, so {note.blocks} neighbouring blocks were put "
        "together into each batch."
    )


@note_sentence.register
def _(_: WindowExceedsBatches) -> str:
    return (
        "The window is larger than the batches, which therefore count as differing more than they were seen to; "
        "larger batches would show smaller changes."
    )


@note_sentence.register
def _(note: ImagesOutsideBatches) -> str:
    return (
        f"{note.images:,} of the baseline's images belong to no batch of at least {note.least} images and "
        "did not help to say how much batches differ."
    )


@note_sentence.register
def _(note: AgainstBlocks) -> str:
    return (
        f"{_dependent_baseline(note.dependence)}, so this one was tested against {note.blocks} blocks of about "
        f"{note.images:,.0f} neighbours: it is drift only where it differs by more than these do from one another. To "
        f"choose the blocks, make the baseline with {option('batch_by', note.batch_by)}, or by day; where the order "
        "means nothing, mix the images."
    )


@note_sentence.register
def _(note: TooFewForBlocks) -> str:
    return (
        f"{_dependent_baseline(note.dependence)}, and it takes {note.least} images in a row to judge by blocks of "
        "them. Add images."
    )


@note_sentence.register
def _(note: DependentWindow) -> str:
    dependence = note.dependence
    if note.independent is not None:
        return (
            f"Neighbouring images of the window are alike, as frames of one video are (rank correlation "
            f"{dependence.autocorrelation:.2f}): its {note.images:,} images say about as much as "
            f"{note.independent:,.0f} independent ones, and the p-value is smaller than it should be. "
            f"{_farther_apart()}"
        )
    return (
        f"The window holds frames in a row, by its source ({dependence.sequence}), and the baseline does not: the "
        f"p-value may be smaller than it should be. {_farther_apart()}"
    )


@note_sentence.register
def _(note: EmbeddingWidths) -> str:
    return f"The embeddings have {note.baseline} numbers in the baseline and {note.window} in the window."


@note_sentence.register
def _(_: NoNumbers) -> str:
    return "The model gave no number for any image of the window."


@note_sentence.register
def _(note: OnOneSideOnly) -> str:
    return f"Answers that only one side has: {', '.join(note.names)}."


def _dependent_baseline(dependence: Dependence) -> str:
    measured = ""
    if dependence.autocorrelation is not None:
        measured = f"rank correlation {dependence.autocorrelation:.2f} between an image and the next"
    if dependence.sequence is not None:
        reason = f"The baseline holds frames in a row, by its source ({dependence.sequence}): each depends on its "
        reason += f"neighbours ({measured})" if measured else "neighbours"
    else:
        order = _ORDER[dependence.by]
        reason = f"Neighbouring images of the baseline are alike, as frames of one video are ({measured}, by {order})"
    return f"{reason}. Tests for independent images would call most windows drift"
