"""Several backbones learn the same images, one after the other, in the time there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lookoutcv.errors import LookoutError, MissingExtra
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import EpochPoint, Status
from lookoutcv.training.data.division import Pictures
from lookoutcv.training.fitting.fit import asked_epochs, fit
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.run_folder import RunFolder
from lookoutcv.training.timing.time_budget import Finished, TimeBudget, reason_to_drop


@dataclass(frozen=True, eq=False)
class Lesson:
    """What all backbones have in common.

    Args:
        classes: Names, in the order of the scores.
        pictures: Those of the parts that teach and that choose, framed after an input.
        settings: How.
        device: In torch's words: "cpu", "cuda:0".
        threads: Of the processor.
        folder: Where checkpoints lie.
        budget: The time there is.
        left_out: Networks for which there is no time, and why.
        onlooker: Who is told.
    """

    classes: tuple[str, ...]
    pictures: Callable[[Input], tuple[Pictures, Pictures]]
    settings: FitSettings
    device: str
    threads: int
    folder: RunFolder
    budget: TimeBudget
    onlooker: Onlooker = field(default_factory=Onlooker)
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Taught:
    """How it went with a backbone.

    Args:
        name: In timm.
        status, reason: As of a `Candidate`.
        backbone: None where it could not be made.
        fitted: None where nothing was learnt.
    """

    name: str
    status: Status
    reason: str = ""
    backbone: Backbone | None = None
    fitted: FittedModel | None = None


def teach(backbones: Sequence[Backbone], lesson: Lesson) -> list[Taught]:
    """Let each backbone learn; the result of each, in order.

    Without a bound of time each learns to its end. With one, those with pretrained weights first get a head on their
    fixed features, which takes little; who is clearly worse by then is dropped. The others share the time that is left,
    the most promising first, and one that falls clearly behind is dropped on the way.

    Args:
        backbones: Ready to learn.
        lesson: What they have in common.
    Raises:
        LookoutError: None of them could learn: the first one's error.
    """
    bounded = lesson.budget.left is not None
    wanted = [one for one in backbones if one.name not in lesson.left_out]
    first = _heads(wanted, lesson) if bounded and lesson.settings.epochs != 0 else {}
    dropped = _behind(first, lesson)
    order = sorted(
        (one for one in wanted if one.name not in dropped),
        key=lambda one: -_best_f1(first.get(one.name)),
    )
    results = {name: replace(first[name], status="dropped", reason=reason) for name, reason in dropped.items()}
    results |= {
        one.name: Taught(one.name, "dropped", lesson.left_out[one.name], one)
        for one in backbones
        if one.name in lesson.left_out
    }
    finished: list[Finished] = []
    errors: list[LookoutError] = []
    for number, backbone in enumerate(order):
        seconds = lesson.budget.share(len(order) - number)
        if seconds is not None and seconds < 1 and (finished or backbone.name in first):
            known = first.get(backbone.name) or Taught(backbone.name, "stopped", backbone=backbone)
            results[backbone.name] = replace(known, status="stopped", reason="There was no time left.")
            continue
        taught = _taught(backbone, lesson, seconds, finished, errors)
        results[backbone.name] = taught
        if taught.fitted is not None:
            finished.append(Finished(backbone.name, taught.fitted.curve, seconds or taught.fitted.seconds))
        if taught.fitted is not None and taught.fitted.interrupted:
            break
    if errors and not any(one.fitted for one in results.values()):
        raise errors[0]
    left = "It was not begun: the run was stopped before."
    return [results.get(one.name) or first.get(one.name) or Taught(one.name, "stopped", left, one) for one in backbones]


def _heads(backbones: Sequence[Backbone], lesson: Lesson) -> dict[str, Taught]:
    """A head on the fixed features of each backbone that has learnt something before."""
    pretrained = [one for one in backbones if one.pretrained]
    if len(pretrained) < 2:
        return {}
    head = replace(lesson, settings=replace(lesson.settings, epochs=0))
    found = {one.name: _taught(one, head, lesson.budget.left, [], []) for one in pretrained}
    return {name: taught for name, taught in found.items() if taught.fitted is not None}


def _behind(heads: dict[str, Taught], lesson: Lesson) -> dict[str, str]:
    """Those whose head is clearly worse than the best one's, and why."""
    fitted = {name: one.fitted for name, one in heads.items() if one.fitted is not None}
    done = [Finished(name, one.curve, one.seconds) for name, one in fitted.items()]
    dropped = {}
    for name, one in fitted.items():
        others = [other for other in done if other.name != name]
        # A head has one epoch: it counts as its end.
        reason = reason_to_drop(
            one.curve, one.curve[-1].seconds or 1.0, [_ended(other) for other in others], len(one.validation_scores)
        )
        if reason:
            dropped[name] = f"With a head on fixed features, {reason[0].lower()}{reason[1:]}"
    return dropped


def _ended(one: Finished) -> Finished:
    return replace(one, seconds=float("inf"))


def _best_f1(taught: Taught | None) -> float:
    curve = () if taught is None or taught.fitted is None else taught.fitted.curve
    return max((point.validation_macro_f1 for point in curve), default=0.0)


def _taught(
    backbone: Backbone, lesson: Lesson, seconds: float | None, finished: Sequence[Finished], errors: list[LookoutError]
) -> Taught:
    """One backbone learns; what goes wrong with it is no reason to lose the others."""
    watcher = _Watcher(backbone.name, lesson, seconds, finished, asked_epochs(backbone, lesson.settings))
    try:
        teaching, choosing = lesson.pictures(backbone.input)
        watcher.images = len(choosing)
        fitted = fit(
            backbone,
            teaching,
            choosing,
            lesson.classes,
            lesson.settings,
            watch=watcher,
            checkpoint=lesson.folder.checkpoint(backbone.name),
            device=lesson.device,
            threads=lesson.threads,
        )
    except MissingExtra:
        raise
    except LookoutError as error:
        errors.append(error)
        lesson.onlooker.note(f"{backbone.name} could not learn: {error.problem}.")
        return Taught(backbone.name, "failed", f"{error.problem}.", backbone)
    if watcher.dropped:
        return Taught(backbone.name, "dropped", watcher.dropped, backbone, fitted)
    return Taught(backbone.name, "stopped" if fitted.stopped else "trained", fitted.stopped, backbone, fitted)


class _Watcher:
    """Passes on what a backbone tells, and stops it when its time is over or it has fallen behind."""

    def __init__(
        self, name: str, lesson: Lesson, seconds: float | None, finished: Sequence[Finished], epochs: int
    ) -> None:
        self._name, self._lesson, self._finished, self._epochs = name, lesson, finished, epochs
        self._seconds, self._began = seconds, time.monotonic()
        self._curve: list[EpochPoint] = []
        self.images = 0
        self.dropped = ""

    def epoch(self, point: EpochPoint) -> str:
        self._curve.append(point)
        left = self.seconds_left()
        self._lesson.onlooker.epoch(self._name, point, self._until_last_epoch(point) if left is None else left)
        if self._seconds is not None:
            self.dropped = reason_to_drop(self._curve, self._seconds, self._finished, self.images)
        return self.dropped

    def _until_last_epoch(self, point: EpochPoint) -> float | None:
        """What the epochs that are left will take, if none is spared; None before the first one has been seen."""
        before = self._curve[0].seconds if self._curve[0].stage == "head" else 0.0
        if point.stage == "interpolated" or not point.epoch:
            return 0.0 if point.epoch else None
        return max(self._epochs - point.epoch, 0) * (point.seconds - before) / point.epoch

    def progress(self, stage: str, done: int, total: int) -> None:
        self._lesson.onlooker.progress(f"{self._name}: {stage}", done, total)

    def note(self, text: str) -> None:
        self._lesson.onlooker.note(f"{self._name}: {text}")

    def seconds_left(self) -> float | None:
        return None if self._seconds is None else max(0.0, self._began + self._seconds - time.monotonic())
