"""What whoever uses a gate must know of how it was fitted, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from lookoutcv.calls.option_names import option
from lookoutcv.gate.cut import Cut
from lookoutcv.gate.variants.base import Learnt, Variant
from lookoutcv.gate_training.labelled_scenes import Scenes
from lookoutcv.results.gate_evaluation import GateEvaluation

# Of blurred images; and of a cut, in log odds.
_MUCH, _FAR = 0.2, 3.0
_NO_BETTER_THAN_CHANCE = 0.5
_USELESS = (
    "It is not known to tell sharp images from blurred ones better than chance: do not use it. Give more images, or "
    "take the variant composite."
)
# With fewer sharp images the interval of what is refused is wider than most can use.
_FEW_SHARP = 50


def cut_notes(variant: Variant, cut: Cut, evaluation: GateEvaluation) -> list[str]:
    """What the cut means for blurred images, and whether it may have been chosen by some of them."""
    notes = []
    blurred = evaluation.of_all(sharp=False)
    through = None if blurred is None or blurred.share is None else 1 - blurred.share
    if cut.chosen_by == "scan":
        notes.append(
            f"{option('false_reject')} is not used: with blurred images at hand the cut is the threshold that labels "
            "most images rightly."
        )
    elif through is not None and through > _MUCH:
        notes.append(
            f"It lets {through:.0%} of the blurred images through: a larger {option('false_reject')} makes it "
            "stricter, and refuses more sharp ones."
        )
    if cut.chosen_by == "quantile" and variant.standard_cut is not None and cut.value < variant.standard_cut - _FAR:
        notes.append(
            "Its cut lies far below the one that comes along: some images that were taken for sharp may be blurred. "
            "Look at those with the lowest scores."
        )
    if evaluation.auc_low is not None and evaluation.auc_low <= _NO_BETTER_THAN_CHANCE:
        notes.append(_USELESS)
    return notes


def learning_notes(learnt: Learnt) -> list[str]:
    """What a variant says of how it learnt: weights it left out, and that it began at chance."""
    notes = [str(note) for note in learnt.facts.get("notes", ())]
    began = learnt.facts.get("weights")
    if isinstance(began, Mapping) and began.get("kind") == "none":
        notes.append("The network began at chance, with no pretrained weights.")
    left_out = learnt.facts.get("left_out", 0)
    if left_out:
        notes.append(f"{left_out:,} images could not be learnt from: unreadable, or too small.")
    return notes


def data_notes(scenes: Scenes, cut: Cut, *, seen: bool, learns: bool) -> list[str]:
    """How the source was read, and what its images carry."""
    notes = list(scenes.notes)
    if cut.images < _FEW_SHARP:
        notes.append(
            f"Only {cut.images:,} sharp images chose the cut: what it will refuse is known within wide limits. Give "
            "200 or more."
        )
    if learns and seen:
        notes.append("There are too few images to keep some apart: the figures are of those that it learnt from.")
    return notes
