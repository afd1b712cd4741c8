"""One backbone learns the classes of a data set: a head on its fixed features, then all of it."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.results.training_run import EpochPoint
from lookoutcv.training.data.division import Pictures
from lookoutcv.training.fitting.epochs.average import Average
from lookoutcv.training.fitting.epochs.checkpoints import Checkpoint, Checkpoints, Learnt
from lookoutcv.training.fitting.epochs.epoch_batches import Batches
from lookoutcv.training.fitting.epochs.epoch_loop import EpochLoop
from lookoutcv.training.fitting.epochs.optimiser import optimiser_of
from lookoutcv.training.fitting.epochs.step import Step
from lookoutcv.training.fitting.epochs.time_plan import TimePlan
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.fitted_model import FittedModel, FloatArray
from lookoutcv.training.fitting.head_stage import clear, fit_head_of, has_linear_head
from lookoutcv.training.fitting.interpolated import add_interpolated
from lookoutcv.training.fitting.scoring import measured
from lookoutcv.training.fitting.watcher import NobodyWatches, Watcher


@dataclass(frozen=True)
class Course:
    """What is taken where the settings do not say.

    Args:
        epochs: At most.
        learning_rate: Of the last layers of the backbone.
        first_layer: Share of it for the first layer.
        head: Multiple of it for the classifier.
    """

    epochs: int
    learning_rate: float
    first_layer: float
    head: float


# A pretrained network has little to learn and much to forget. Chosen on two halves of 341 photographs of clothes, each
# learnt from and scored on the other, at 160 px: see the benchmarks.
PRETRAINED = Course(epochs=8, learning_rate=1e-3, first_layer=0.1, head=1.0)
FROM_SCRATCH = Course(epochs=40, learning_rate=2e-3, first_layer=1.0, head=1.0)
# Learning from an image takes so many times as long as looking at it: forwards, backwards twice, and its variation.
_LEARNING_TO_LOOKING = 4.0


def fit(
    backbone: Backbone,
    train: Pictures,
    validation: Pictures,
    classes: Sequence[str],
    settings: FitSettings | None = None,
    *,
    watch: Watcher | None = None,
    checkpoint: Path | None = None,
    device: str = "cpu",
    threads: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> FittedModel:
    """Teach a backbone.

    Args:
        backbone: As `prepare` made it; it is left as it is.
        train: What teaches, framed after the backbone's input; at least two pictures.
        validation: What chooses: how strong the head is, which epoch is the best. At least one picture.
        classes: Their names, in the order of the labels' numbers.
        settings: How; None for the defaults.
        watch: Who is told how far it is, and may stop it; Ctrl-C stops it too. The best so far is kept.
        checkpoint: A folder of its own: what lies there of the same training is gone on from, and features are kept
            there. None for nowhere.
        device: In torch's words: "cpu", "cuda:0".
        threads: Of the processor, for torch and for making batches; None leaves torch's as they are.
        clock: Rising seconds, those of the watcher's bound.
    Raises:
        MissingExtra: torch or timm is missing.
        TrainingError: Nothing could be learnt: too few pictures, too little memory, a loss that is no number.
        KeyboardInterrupt: Stopped before anything was learnt.
    """
    import torch  # noqa: PLC0415

    if len(train) < 2 or not len(validation):
        raise TrainingError(
            f"{len(train)} images to learn from and {len(validation)} to choose by are too few",
            "Add images of which no two look alike.",
        )
    settings = settings or FitSettings()
    with _as_asked(settings, threads):
        # Channels innermost: see `normalised`.
        module = copy.deepcopy(backbone.module).to(device, memory_format=torch.channels_last)
        work = replace(backbone, module=module)
        one = _Fit(
            backbone,
            work,
            (train, validation),
            tuple(classes),
            settings,
            watch or NobodyWatches(),
            torch.device(device),
            clock,
        )
        return one.run(checkpoint, threads or torch.get_num_threads())


def asked_epochs(backbone: Backbone, settings: FitSettings) -> int:
    """How many epochs a backbone learns at most."""
    return _course_of(backbone).epochs if settings.epochs is None else settings.epochs


def _course_of(backbone: Backbone) -> Course:
    return PRETRAINED if backbone.pretrained else FROM_SCRATCH


@dataclass(eq=False)
class _Fit:
    """One call of `fit`: what it was given, and a copy of the backbone that learns on the device."""

    given: Backbone
    backbone: Backbone
    parts: tuple[Pictures, Pictures]
    classes: tuple[str, ...]
    settings: FitSettings
    watch: Watcher
    device: Any
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def _course(self) -> Course:
        return _course_of(self.backbone)

    @property
    def _weights(self) -> FloatArray | None:
        return _class_weights(self.parts[0], len(self.classes)) if self.settings.class_weights else None

    def run(self, checkpoint: Path | None, threads: int) -> FittedModel:
        epochs = asked_epochs(self.backbone, self.settings)
        loop = self._loop(epochs, checkpoint, threads)
        headed = self.backbone.pretrained and has_linear_head(self.backbone.module)
        if headed:
            began = self.given.module.state_dict()
            loop.afterwards = partial(
                add_interpolated,
                loop,
                self.backbone,
                began,
                self.parts,
                self._weights,
                on_both=self.settings.head_on_both,
            )
        kept = loop.checkpoints.load() if loop.checkpoints is not None else None
        if kept is not None:
            _go_on(loop, kept, self.settings.average)
            self.watch.note(f"It goes on after epoch {kept.learnt.epoch}, which a run before had reached.")
        elif headed:
            why = self._head(loop, checkpoint)
            if why or not epochs:
                return self._result(loop, why)
            clear(self.backbone.module)
        elif not epochs:
            raise TrainingError(
                f"{self.backbone.name} has nothing to put a head on",
                f"Give {option('epochs')} as 1 or more.",
                key="epochs",
            )
        if kept is None and self.settings.average:
            loop.average = Average(self.backbone.module)
        return self._result(loop, loop.run())

    def _loop(self, epochs: int, checkpoint: Path | None, threads: int) -> EpochLoop:
        import torch  # noqa: PLC0415

        settings, module = self.settings, self.backbone.module
        rate = settings.learning_rate or self._course.learning_rate
        optimiser = optimiser_of(module, rate, first_layer=self._course.first_layer, head=self._course.head)
        weights = None if self._weights is None else torch.as_tensor(self._weights, device=self.device)
        return EpochLoop(
            name=self.backbone.name,
            stage="fine-tuning" if self.backbone.pretrained else "scratch",
            step=Step(module, optimiser, self.backbone.input, self.device, settings, weights, self.backbone.pretrained),
            batches=Batches(self.parts[0], self.backbone.input, settings.augment, settings.seed, threads),
            validation=self.parts[1],
            watch=self.watch,
            asked_epochs=epochs,
            patience=settings.patience,
            plan=TimePlan(),
            average=None,
            checkpoints=Checkpoints(checkpoint, self._fingerprint()) if checkpoint is not None and epochs else None,
            learnt=Learnt(batch_size=max(2, settings.batch_size)),
            clock=self.clock,
        )

    def _head(self, loop: EpochLoop, cache: Path | None) -> str:
        """Fit the head, which is the best until an epoch is better; why it is to stop."""
        began = self.clock()
        scores, loss = fit_head_of(
            self.backbone,
            self.parts,
            self.watch,
            cache=cache,
            device=self.device,
            class_weights=self._weights,
            on_both=self.settings.head_on_both,
        )
        seconds = self.clock() - began
        looking = seconds / (len(self.parts[0]) + len(self.parts[1]))
        loop.plan.image_seconds = _LEARNING_TO_LOOKING * looking
        loop.plan.check_seconds = looking * len(self.parts[1])
        loop.plan.end_seconds = seconds
        found = measured(scores, self.parts[1].labels)
        loop.learnt.seconds = seconds
        loop.keep_best(0, found, self.backbone.module.state_dict(), scores)
        point = EpochPoint(0, "head", round(seconds, 3), 0.0, loss, found.loss, None, found.accuracy, found.macro_f1)
        loop.learnt.curve.append(point)
        return self.watch.epoch(point)

    def _fingerprint(self) -> str:
        backbone, settings = self.backbone, asdict(self.settings)
        pictures = [self.parts[0].sha256, self.parts[1].sha256]
        told = [backbone.name, backbone.weights.sha256, asdict(backbone.input), self.classes, pictures, settings]
        labels = self.parts[0].labels.tobytes() + self.parts[1].labels.tobytes()
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode() + labels).hexdigest()

    def _result(self, loop: EpochLoop, stopped: str) -> FittedModel:
        module = copy.deepcopy(self.given.module)
        module.load_state_dict(loop.best_state)
        learnt = loop.learnt
        return FittedModel(
            backbone=self.backbone.name,
            module=module.eval(),
            classes=self.classes,
            input=self.backbone.input,
            weights=self.backbone.weights,
            curve=tuple(learnt.curve),
            best_epoch=learnt.best_epoch or 0,
            seconds=self.clock() - self._began,
            validation_scores=loop.best_scores,
            stopped=stopped,
            interrupted=loop.interrupted,
            notes=(*self.given.notes, *learnt.notes),
        )


def _go_on(loop: EpochLoop, kept: Checkpoint, averaged: bool) -> None:
    """Bring a loop to where a checkpoint was."""
    loop.learnt, loop.best_state = kept.learnt, kept.best
    loop.best_scores = kept.tensors["scores"].numpy()
    loop.kept_best = kept.learnt.best_epoch
    loop.step.module.load_state_dict(_below("module/", kept.tensors))
    state: dict[int, dict[str, Any]] = {}
    for name, value in _below("optimiser/", kept.tensors).items():
        index, _, key = name.partition("/")
        state.setdefault(int(index), {})[key] = value
    groups = loop.step.optimiser.state_dict()["param_groups"]
    loop.step.optimiser.load_state_dict({"state": state, "param_groups": groups})
    if averaged:
        loop.average = Average(loop.step.module)
        loop.average.state.update({k: v.to(loop.step.device) for k, v in _below("average/", kept.tensors).items()})


def _below(prefix: str, tensors: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _class_weights(train: Pictures, classes: int) -> FloatArray:
    """What a picture of each class weighs: one over their number, 1 in the mean over the pictures."""
    counts = np.maximum(np.bincount(train.labels, minlength=classes), 1)
    return (len(train) / (counts * np.count_nonzero(np.bincount(train.labels, minlength=classes)))).astype(np.float32)


@contextmanager
def _as_asked(settings: FitSettings, threads: int | None) -> Iterator[None]:
    """torch's own settings, given back at the end: they are the whole process's."""
    import torch  # noqa: PLC0415

    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled(), torch.get_rng_state()
    try:
        if threads is not None:
            torch.set_num_threads(threads)
        if settings.deterministic:
            torch.use_deterministic_algorithms(True, warn_only=True)
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])
        torch.set_rng_state(before[2])
