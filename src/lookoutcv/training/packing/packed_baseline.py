"""The baseline of a package: what images and predictions looked like on images that chose nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from lookoutcv.measuring.baseline import Baseline, baseline
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.measuring.predictions.suspicions import REMEDY
from lookoutcv.scores.proportions import wilson_interval

# From so many labelled images on the estimate of the accuracy is mostly about the images of the day, not about these:
# see docs/statistics.md.
ENOUGH_IMAGES = 300
# Of a model that was taught here it is known that its images are read as in training.
_LEARNT_LITTLE = (
    "It has learnt too little to tell the classes apart: pretrained weights, more epochs or more images may help."
)


def baseline_for(
    source: Any, model: Any, name: str, options: Options, *, perturb: bool = True, taught: bool = False
) -> Baseline:
    """Measure images, and a packed model's predictions for them.

    Args:
        source: The images, best labelled.
        model: The path of the model's file, its card beside it.
        name: What reports call the model: its name and version, wherever its file lies.
        options: How to measure.
        perturb: As of `baseline`.
        taught: The model was taught here: what looks wrong with its predictions is no matter of how it is asked.
    """
    made = baseline(source, perturb=perturb, **cast(Options, {**options, "model": model}))
    assert made.model is not None  # it was asked
    # The file lies where a package is being made, which nobody will find again.
    notes = (note.replace(made.model.name, f"the model {name!r}") for note in made.notes)
    told = tuple(note.replace(REMEDY[False], _LEARNT_LITTLE) if taught else note for note in notes)
    named = replace(made, model=replace(made.model, name=name), notes=told)
    return replace(named, notes=(*told, *_notes(named)))


def _notes(made: Baseline) -> Iterator[str]:
    """What whoever estimates accuracy with a baseline must know of it, in sentences."""
    known = made.calibration
    if known is None:
        if made.model is not None and made.model.task == "classification":
            yield "The baseline's images have no labels of the model's: later accuracy cannot be estimated."
        return
    if known.images < ENOUGH_IMAGES:
        low, high = wilson_interval(round(known.accuracy * known.images), known.images)
        yield (
            f"The baseline rests on {known.images:,} labelled images. They tell its accuracy to within "
            f"{100 * (high - low) / 2:.0f} points, and an estimate for later images is no surer than that; "
            f"{ENOUGH_IMAGES} or more would be better."
        )
