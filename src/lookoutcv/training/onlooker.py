"""Whom a run tells how far it is."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lookoutcv.progress import Progress, begin_stage
from lookoutcv.results.training_run import EpochPoint, TrainingRun
from lookoutcv.tracking.open_run import TrackedTraining

_log = logging.getLogger(__name__)
OnEpoch = Callable[[str, EpochPoint, float | None], None]
OnNote = Callable[[str], None]
OnRun = Callable[[TrainingRun], Iterable[str | os.PathLike[str]] | None]


@dataclass
class Onlooker:
    """Whom a run tells how far it is, and what had to be done otherwise than asked.

    Args:
        bar: Called as `bar(done, total)`; its method `begin_stage`, where it has one, with what is counted.
        on_epoch: Called with a backbone's name, an epoch of it, and the seconds that it may still take.
        on_note: Called with a sentence, when it is known.
        on_run: Called with the run, when all of it is known; returns files that are kept beside it where it is tracked.
        notes: The sentences that were told.
        tracked: What MLflow is told; None for nothing.
    """

    bar: Progress | None = None
    on_epoch: OnEpoch | None = None
    on_note: OnNote | None = None
    on_run: OnRun | None = None
    notes: list[str] = field(default_factory=list)
    tracked: TrackedTraining | None = None
    _stage: str = ""

    def counting(self, stage: str) -> Progress | None:
        """What counts a stage from now on; None where nobody looks."""
        if self.bar is not None:
            self._begin(stage)
        return self.bar

    def progress(self, stage: str, done: int, total: int) -> None:
        """So many of so many; a stage of another name begins anew."""
        if self.bar is None:
            return
        if stage != self._stage:
            self._begin(stage)
        self.bar(done, total)

    def epoch(self, name: str, point: EpochPoint, seconds_left: float | None) -> None:
        """An epoch of a backbone is over."""
        if self.tracked is not None:
            self.tracked.epoch(name, point)
        if self.on_epoch is not None:
            self.on_epoch(name, point, seconds_left)

    def note(self, text: str) -> None:
        """Tell a sentence; the run keeps it."""
        if text not in self.notes:
            self.notes.append(text)
            self.tell(text)

    def tell(self, text: str) -> None:
        """Tell a sentence that something else keeps, or nothing."""
        _log.info(text)
        if self.on_note is not None:
            self.on_note(text)

    def finished(self, run: TrainingRun, package: str | os.PathLike[str]) -> None:
        """All of a run is known, and its best model lies in a package."""
        files = () if self.on_run is None else tuple(self.on_run(run) or ())
        if self.tracked is not None:
            self.tracked.training(run, package, files)

    def _begin(self, stage: str) -> None:
        self._stage = stage
        begin_stage(self.bar, stage)
