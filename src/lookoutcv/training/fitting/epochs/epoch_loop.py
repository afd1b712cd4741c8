"""A network learns epoch by epoch, until it is done, told to stop, or something fails; the best so far is kept."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.results.training_run import EpochPoint, Stage
from lookoutcv.training.data.division import Pictures
from lookoutcv.training.fitting.epochs.average import Average
from lookoutcv.training.fitting.epochs.checkpoints import Checkpoints, Learnt
from lookoutcv.training.fitting.epochs.epoch_batches import Batches
from lookoutcv.training.fitting.epochs.optimiser import set_rates
from lookoutcv.training.fitting.epochs.step import Step
from lookoutcv.training.fitting.epochs.time_plan import TimePlan
from lookoutcv.training.fitting.failures import is_device_gone, is_out_of_memory
from lookoutcv.training.fitting.fitted_model import FloatArray
from lookoutcv.training.fitting.forward_pass import scores_of
from lookoutcv.training.fitting.scoring import Measured, measured
from lookoutcv.training.fitting.watcher import Watcher

_LESS = "Take smaller images or another network, or leave more memory free."


class DivergedError(Exception):
    """The loss of a step is infinite or none."""


@dataclass(eq=False)
class EpochLoop:
    """A network that learns.

    Args:
        name: Of the backbone.
        stage: What is told of its epochs.
        step: How a step is made; its module learns.
        batches: What it learns from.
        validation: What chooses.
        watch: Who looks on.
        asked_epochs: At most so many.
        patience: So many epochs without a better macro F1 end it; None for never.
        plan: What learning costs.
        average: The mean of the weights; None to take the weights themselves.
        checkpoints: Where it is kept; None for nowhere.
        learnt: How far it is.
        best_state: The best weights so far, on the processor: a graphics card may disappear.
        best_scores: What they say of the part that chooses.
        clock: Rising seconds, those of the watcher's bound.
        afterwards: What is done when its epochs are over, unless it was stopped; Ctrl-C there keeps the best so far. It
            passes once over the pictures that teach and those that choose.
    """

    name: str
    stage: Stage
    step: Step
    batches: Batches
    validation: Pictures
    watch: Watcher
    asked_epochs: int
    patience: int | None
    plan: TimePlan
    average: Average | None
    checkpoints: Checkpoints | None
    learnt: Learnt
    best_state: dict[str, Any] = field(default_factory=dict)
    best_scores: FloatArray = field(default_factory=lambda: np.empty((0, 0), np.float32))
    clock: Callable[[], float] = time.monotonic
    afterwards: Callable[[], None] | None = None
    interrupted: bool = False
    kept_best: int | None = None
    _total: int = 0
    _told_of_disk: bool = False

    def run(self) -> str:
        """Learn to the end.

        Returns:
            Why it ended before its time, in a sentence; "" if it did not.
        Raises:
            TrainingError: It failed before anything was learnt.
            KeyboardInterrupt: Likewise.
        """
        try:
            return self._epochs()
        except KeyboardInterrupt:
            if not self.best_state:
                raise
            self.interrupted = True
            return f"It was stopped by hand; {self._kept()}."
        except DivergedError as reason:
            return self._failed(
                f"its loss was no number any more in epoch {self.learnt.epoch + 1}",
                f"Try a larger {option('batch_size')}, or another network with {option('models')}.",
                reason,
            )
        except RuntimeError as reason:
            if not is_device_gone(reason, self.step.device.type):
                raise
            told = str(reason).splitlines()[0]
            return self._failed(
                f"the graphics card failed ({told})", f"Try again, or with {option('device', 'cpu')}.", reason
            )

    def _epochs(self) -> str:
        self._plan()
        while not self.learnt.ended and self.learnt.images < self._total:
            epoch = self.learnt.epoch + 1
            began = self.clock()
            loss, accuracy, rate = self._epoch(epoch)
            why = self._check(epoch, began, EpochPoint(epoch, self.stage, 0, rate, loss, 0, accuracy, 0, 0))
            self._plan()
            if why:
                return why
        if not self.best_state:
            raise TrainingError(
                f"{self.name} learnt nothing: there was no time", f"Give a longer {option('budget')}.", key="budget"
            )
        if self.afterwards is not None and self.learnt.epoch:
            self.afterwards()
        short = self.learnt.epoch < self.asked_epochs and not self.learnt.ended
        return f"Its time was over after {self.learnt.epoch} of {self.asked_epochs} epochs." if short else ""

    def _epoch(self, epoch: int) -> tuple[float, float, float]:
        """Learn from each picture once, or from as many as there is time for: mean loss, accuracy, largest rate."""
        import torch  # noqa: PLC0415

        # What a network draws (dropout) follows from seed and epoch: one that goes on draws as if it had not stopped.
        torch.manual_seed(self.batches.seed * 100_003 + epoch)
        random = np.random.default_rng([self.batches.seed, epoch, 1])
        order = self.batches.order(epoch)
        labels = self.batches.pictures.labels
        position, right, losses, rate = 0, 0, 0.0, 0.0
        self.step.begin()
        while len(order) - position >= 2:
            try:
                last = self.clock()
                for indices, pixels in self.batches.of(order[position:], epoch, self.learnt.batch_size):
                    rate = max(rate, set_rates(self.step.optimiser, self.learnt.images / self._total))
                    loss, hits = self.step.make(pixels, labels[indices], random)
                    if not np.isfinite(loss):
                        raise DivergedError
                    position, right, losses = position + len(indices), right + hits, losses + loss * len(indices)
                    self._stepped(epoch, len(indices), position, len(order), self.clock() - last)
                    last = self.clock()
                    if self.learnt.images >= self._total:
                        return losses / position, right / position, rate
            except (RuntimeError, MemoryError) as reason:
                if not is_out_of_memory(reason):
                    raise
                self._halve(reason)
        return losses / max(position, 1), right / max(position, 1), rate

    def _stepped(self, epoch: int, images: int, position: int, epoch_images: int, seconds: float) -> None:
        self.learnt.images += images
        self.learnt.steps += 1
        if self.average is not None:
            self.average.add(self.learnt.steps, self._total // max(self.learnt.batch_size, 1))
        # The first step also prepares what the others use.
        if self.learnt.steps > 1:
            self.plan.measured(images, seconds)
        self._plan()
        self.watch.progress(f"Epoch {epoch} of {self.asked_epochs}", position, epoch_images)

    def _plan(self) -> None:
        """From how many images it will have learnt in the end: all that are asked for, or those there is time for."""
        count = len(self.batches.pictures)
        left = self.asked_epochs * count - self.learnt.images
        # A last picture alone is no batch: an epoch can have one image less than there are.
        left = 0 if left < self.asked_epochs else left
        fits = self.plan.images_in(self.watch.seconds_left(), count, left)
        self._total = self.learnt.images + fits

    def _check(self, epoch: int, began: float, point: EpochPoint) -> str:
        """Score, keep the best, tell, write down; why it is to stop."""
        checked = self.clock()
        state = self.weights()
        scores = scores_of(self._scored(state), self.validation, self.step.card_input, device=self.step.device)
        self.plan.check_seconds = self.clock() - checked
        if self.afterwards is not None:
            looked = (len(self.batches.pictures) + len(self.validation)) / len(self.validation)
            self.plan.end_seconds = self.plan.check_seconds * looked
        found = measured(scores, self.validation.labels)
        self.learnt.seconds += self.clock() - began
        point = EpochPoint(
            epoch,
            self.stage,
            round(self.learnt.seconds, 3),
            point.learning_rate,
            point.train_loss,
            found.loss,
            point.train_accuracy,
            found.accuracy,
            found.macro_f1,
        )
        self.learnt.epoch = epoch
        self.learnt.curve.append(point)
        if (found.macro_f1, -found.loss) > self.learnt.best:
            self.keep_best(epoch, found, state, scores)
        since = epoch - (self.learnt.best_epoch or 0)
        self.learnt.ended = epoch >= self.asked_epochs or (self.patience is not None and since >= self.patience)
        self._keep()
        return self.watch.epoch(point)

    def weights(self) -> dict[str, Any]:
        """Those that are scored: their mean over the last steps, where that is asked for."""
        return self.average.state if self.average is not None else dict(self.step.module.state_dict())

    def keep_best(self, epoch: int, found: Measured, state: dict[str, Any], scores: FloatArray) -> None:
        """What is handed over in the end, unless something better comes."""
        self.learnt.best_epoch, self.learnt.best = epoch, (found.macro_f1, -found.loss)
        self.best_state = {name: value.detach().cpu().clone() for name, value in state.items()}
        self.best_scores = scores

    def _scored(self, state: dict[str, Any]) -> Any:
        if self.average is None:
            return self.step.module
        shown = copy.deepcopy(self.step.module)
        shown.load_state_dict(state)
        return shown

    def _keep(self) -> None:
        if self.checkpoints is None:
            return
        tensors = {f"module/{name}": value for name, value in self.step.module.state_dict().items()}
        for index, held in self.step.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser/{index}/{name}": value for name, value in held.items()}
        if self.average is not None:
            tensors |= {f"average/{name}": value for name, value in self.average.state.items()}
        tensors["scores"] = _tensor(self.best_scores)
        new = self.best_state if self.kept_best != self.learnt.best_epoch else None
        why = self.checkpoints.save(self.learnt, tensors, new)
        if not why:
            self.kept_best = self.learnt.best_epoch
        elif not self._told_of_disk:
            self._told_of_disk = True
            self._note(
                f"The checkpoint of epoch {self.learnt.epoch} could not be written ({why}). Training goes on; "
                f"{option('resume', True)} would begin again at the one before. Free some space on that disk."
            )

    def _halve(self, reason: BaseException) -> None:
        if self.learnt.batch_size <= 2:
            raise TrainingError(
                f"there is too little memory to teach {self.name} even two images at a time", _LESS, key="models"
            ) from reason
        import torch  # noqa: PLC0415

        self.step.optimiser.zero_grad(set_to_none=True)
        if self.step.device.type == "cuda":
            torch.cuda.empty_cache()
        self.learnt.batch_size = max(2, self.learnt.batch_size // 2)
        self._note(f"There was too little memory: it goes on with {self.learnt.batch_size} images a step.")

    def _failed(self, what: str, remedy: str, reason: Exception) -> str:
        if not self.best_state:
            raise TrainingError(f"{self.name} learnt nothing: {what}", remedy, key="learning_rate") from reason
        told = f"{what[0].upper()}{what[1:]}; {self._kept()}. {remedy}"
        self._note(told)
        return told

    def _kept(self) -> str:
        best = self.learnt.best_epoch
        return "the head on fixed features is kept" if not best else f"what it knew after epoch {best} is kept"

    def _note(self, text: str) -> None:
        self.learnt.notes.append(text)
        self.watch.note(text)


def _tensor(array: FloatArray) -> Any:
    import torch  # noqa: PLC0415

    return torch.from_numpy(np.array(array, np.float32))
