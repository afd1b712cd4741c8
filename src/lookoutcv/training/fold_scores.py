"""A backbone taught once for each fold: how good it is where each image is predicted by a model that never saw it."""

from __future__ import annotations

import numpy as np

from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.results.training_run import Score
from lookoutcv.training.comparing.folds import grouped_folds
from lookoutcv.training.comparing.score import score
from lookoutcv.training.data.division import IntArray, Sample
from lookoutcv.training.data.picture_store import PictureStore, StoredPictures
from lookoutcv.training.fitting.fit import fit
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.forward_pass import scores_of
from lookoutcv.training.material import Material
from lookoutcv.training.onlooker import Onlooker


def fold_scores(
    backbone: Backbone,
    material: Material,
    store: PictureStore,
    settings: FitSettings,
    folds: int,
    *,
    device: str,
    threads: int,
    onlooker: Onlooker,
) -> list[Score]:
    """Teach a backbone on all folds but two, let the next one choose when to stop, and score it on the one held back.

    Args:
        backbone: Before it learnt.
        material: All of its samples are divided anew; those that belong together stay in one fold.
        store: Their pixels.
        settings: As the backbone itself was taught.
        folds: At least 3: one is held back, one chooses, the others teach.
        device, threads: As of `fit`.
        onlooker: Who is told.
    Returns:
        One a fold; none where it was stopped by hand.
    Raises:
        ConfigError: There are fewer groups than folds.
        TrainingError: A fold has too little to learn from.
    """
    samples, classes = material.samples, material.division.classes
    index = {label: number for number, label in enumerate(classes)}
    labels: IntArray = np.array([index[sample.label] for sample in samples], np.int64)
    fold_of = grouped_folds(labels, _groups(material, samples), folds, settings.seed)

    def pictures(kept: IntArray, name: str) -> StoredPictures:
        return store.pictures([samples[number] for number in kept], classes, backbone.input, name)

    found = []
    for fold in range(folds):
        choosing = (fold + 1) % folds
        onlooker.progress("Folds", fold, folds)
        held = pictures(np.flatnonzero(fold_of == fold), "held back")
        fitted = fit(
            backbone,
            pictures(np.flatnonzero((fold_of != fold) & (fold_of != choosing)), "teaches"),
            pictures(np.flatnonzero(fold_of == choosing), "chooses"),
            classes,
            settings,
            device=device,
            threads=threads,
        )
        if fitted.interrupted:
            onlooker.note(f"It was stopped by hand in fold {fold + 1} of {folds}: there is no figure of the folds.")
            return []
        found.append(score(held.labels, scores_of(fitted.module, held, backbone.input)))
    onlooker.progress("Folds", folds, folds)
    return found


def _groups(material: Material, samples: tuple[Sample, ...]) -> IntArray:
    """The group of each sample; one that belongs with no other is a group of its own."""
    known = material.division.groups
    return np.array([known.get(sample.id, -1 - number) for number, sample in enumerate(samples)], np.int64)
