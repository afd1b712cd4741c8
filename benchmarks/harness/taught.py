"""What training is measured on: labelled photographs in parts, and loops that a person would write by hand."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness import clocks
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import EpochPoint
from lookoutcv.training.data.division import IntArray, Sample
from lookoutcv.training.data.labelled_samples import classes_of, read_samples
from lookoutcv.training.data.picture_store import PictureStore, StoredPictures
from lookoutcv.training.fitting.epochs.epoch_batches import Batches
from lookoutcv.training.fitting.epochs.optimiser import optimiser_of
from lookoutcv.training.fitting.epochs.step import Step
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.forward_pass import normalised
from lookoutcv.training.fitting.watcher import NobodyWatches

# Of the photographs that teach, those that choose.
VALIDATION_SHARE = 0.15


@dataclass(frozen=True, eq=False)
class Parts:
    """Photographs in three parts, in order of the classes' names."""

    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    test: tuple[Sample, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, in the order of the scores."""
        return classes_of([*self.train, *self.validation, *self.test])

    @classmethod
    def of(cls, teaches: Path, tests: Path, seed: int) -> Parts:
        """A folder to learn from, of which some are drawn to choose by, and a folder that chooses nothing."""
        given = sorted(read_samples(teaches).samples, key=lambda sample: sample.id)
        chosen = _drawn([sample.label for sample in given], VALIDATION_SHARE, seed)
        rest = [sample for number, sample in enumerate(given) if number not in chosen]
        return cls(tuple(rest), tuple(given[number] for number in sorted(chosen)), read_samples(tests).samples)

    @classmethod
    def drawn(cls, folder: Path, seed: int, test_share: float = 0.2) -> Parts:
        """One folder, of which all three parts are drawn."""
        given = sorted(read_samples(folder).samples, key=lambda sample: sample.id)
        tests = _drawn([sample.label for sample in given], test_share, seed)
        left = [sample for number, sample in enumerate(given) if number not in tests]
        chosen = _drawn([sample.label for sample in left], VALIDATION_SHARE, seed)
        rest = [sample for number, sample in enumerate(left) if number not in chosen]
        return cls(tuple(rest), tuple(left[i] for i in sorted(chosen)), tuple(given[i] for i in sorted(tests)))

    def pictures(self, store: PictureStore, card_input: Input) -> tuple[StoredPictures, StoredPictures, StoredPictures]:
        """Of each part."""
        found = [
            store.pictures(samples, self.classes, card_input, name)
            for name, samples in (("train", self.train), ("validation", self.validation), ("test", self.test))
        ]
        return found[0], found[1], found[2]


def _drawn(labels: list[str], share: float, seed: int) -> set[int]:
    """Numbers of samples, of each class the share."""
    random = np.random.default_rng(seed)
    chosen: set[int] = set()
    for label in sorted(set(labels)):
        rows = random.permutation([number for number, one in enumerate(labels) if one == label])
        chosen |= {int(row) for row in rows[: max(1, round(len(rows) * share))]}
    return chosen


class Budget(NobodyWatches):
    """So many seconds of the processor, from now on."""

    def __init__(self, seconds: float) -> None:
        self._ends = clocks.cpu() + seconds
        self.points: list[EpochPoint] = []

    def seconds_left(self) -> float:
        """Seconds that are left."""
        return self._ends - clocks.cpu()

    def epoch(self, point: EpochPoint) -> str:
        """Keeps the point."""
        self.points.append(point)
        return ""


class Epochs:
    """One epoch of the same network on the same pictures: ours, and as a person writes it."""

    def __init__(self, backbone: Backbone, pictures: StoredPictures, settings: FitSettings) -> None:
        self._backbone, self._pictures, self._settings = backbone, pictures, settings
        self._batches = Batches(pictures, backbone.input, settings.augment, 0)
        self.waited = self.took = 0.0

    def ours(self) -> None:
        """With our batches and steps."""
        import torch  # noqa: PLC0415

        module = self._module()
        step = Step(module, optimiser_of(module, 1e-4), self._backbone.input, torch.device("cpu"), self._settings)
        random, before, began = np.random.default_rng(0), self._batches.waited_seconds, time.perf_counter()
        for indices, pixels in self._batches.of(self._batches.order(1), 1, self._settings.batch_size):
            step.make(pixels, self._pictures.labels[indices], random)
        self.took += time.perf_counter() - began
        self.waited += self._batches.waited_seconds - before

    def by_hand(self) -> None:
        """A loop without threads, with torch's own optimiser on all parameters alike."""
        import torch  # noqa: PLC0415

        module = self._module()
        optimiser = torch.optim.AdamW(module.parameters(), lr=1e-4)
        for indices in _chunks(self._batches.order(1), self._settings.batch_size):
            batch = normalised(self._batches.made(indices, 1), self._backbone.input, torch.device("cpu"))
            loss = torch.nn.functional.cross_entropy(module(batch), torch.as_tensor(self._pictures.labels[indices]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def _module(self) -> Any:
        import torch  # noqa: PLC0415

        return copy.deepcopy(self._backbone.module).to(memory_format=torch.channels_last).train()


def _chunks(order: IntArray, size: int) -> list[IntArray]:
    return np.array_split(order, max(1, round(len(order) / size)))


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    began = clocks.cpu()
    work()
    return clocks.cpu() - began
