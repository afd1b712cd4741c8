"""What a backbone sees before it learns: which labels look wrong to it, and by how much more images would help."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.results.data_check import DataCheck
from lookoutcv.training.data.check_data import with_suspicious
from lookoutcv.training.data.division import IntArray, Part, Sample
from lookoutcv.training.data.learning_curve import learning_curve
from lookoutcv.training.data.picture_store import PictureStore
from lookoutcv.training.fitting.features import features_of
from lookoutcv.training.fitting.fitted_model import FloatArray
from lookoutcv.training.fitting.head_stage import has_linear_head
from lookoutcv.training.fitting.linear_head import fit_head, out_of_fold_scores
from lookoutcv.training.material import Material
from lookoutcv.training.onlooker import Onlooker

_FOLDS = 5


@dataclass(frozen=True, eq=False)
class FixedFeatures:
    """What a pretrained backbone sees in the images, before it has learnt any of them.

    Args:
        backbone: Its name.
        material: The images.
        seen: Features of the images that teach, and where it is planned of those that choose nothing, (n, d) float32.
        labels: The classes of both, (n,).
        samples: Those that teach and could be read.
    """

    backbone: str
    material: Material
    seen: dict[Part, FloatArray] = field(repr=False)
    labels: dict[Part, IntArray] = field(repr=False)
    samples: tuple[Sample, ...] = field(repr=False)

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.material.division.classes)

    def doubted(self, check: DataCheck, seed: int) -> DataCheck:
        """The same check with the labels, of the images that teach, that heads which did not learn them doubt."""
        labels = self.labels["train"]
        if len(labels) < 2 * _FOLDS or np.bincount(labels, minlength=self.classes).min() < 2:
            return check
        scores = out_of_fold_scores(self.seen["train"], labels, self.classes, folds=_FOLDS, seed=seed)
        return with_suspicious(check, self.samples, scores, self.material.division.classes)

    def outlook(self, seed: int) -> tuple[str, ...]:
        """By how much more images would help, in sentences; or why that cannot be told."""
        groups = self.material.division.groups
        together = np.array(
            [groups.get(id, -1 - number) for number, id in enumerate(sample.id for sample in self.samples)], np.int64
        )
        seen, labels = self.seen["train"], self.labels["train"]
        tested, truth = self.seen["test"], self.labels["test"]

        def taught_on(indices: IntArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
            rows = np.sort(indices)
            head = fit_head(np.asarray(seen[rows]), labels[rows], self.classes, seed=seed)
            right: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = head.scores(tested).argmax(axis=1) == truth
            return right

        try:
            found = learning_curve(taught_on, labels, together, seed=seed)
        except TrainingError as error:
            return (f"By how much more images would help cannot be told: {error.problem}.",)
        basis = (
            f"This rests on linear heads on what {self.backbone} sees, not on the best model: fine-tuning needs fewer "
            "images for as much."
        )
        return (*found.sentences, basis)


def fixed_features(
    backbone: Backbone, material: Material, store: PictureStore, cache: Path, onlooker: Onlooker, *, plan: bool
) -> FixedFeatures | None:
    """What a backbone sees; None where it has seen nothing before, or does not end in one linear layer.

    Args:
        backbone: Before it learnt.
        material: The images.
        store: Their pixels.
        cache: Where features are kept: those that were computed for its head are found again.
        onlooker: Who is told.
        plan: Look at the images that choose nothing too: `outlook` is wanted.
    """
    if not backbone.pretrained or not has_linear_head(backbone.module):
        return None
    seen, labels = {}, {}
    parts: tuple[Part, ...] = ("train", "test") if plan else ("train",)
    for part in parts:
        pictures = material.pictures(store, part, backbone.input)

        def told(done: int, total: int = len(pictures)) -> None:
            onlooker.progress(f"{backbone.name}: features", done, total)

        labels[part] = pictures.labels
        seen[part] = features_of(backbone, pictures, cache, done=told)
    teaching = store.pictures(material.division.train, material.division.classes, backbone.input, "")
    return FixedFeatures(backbone.name, material, seen, labels, teaching.samples)
