"""A training and MLflow: `open_run` before anything is taught, then each epoch, then the whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from lookoutcv.models.packages.manifest import BASELINE
from lookoutcv.models.packages.package import package_at
from lookoutcv.results.tracking_record import TrackingRecord
from lookoutcv.results.training_run import EpochPoint, TrainingRun
from lookoutcv.secrets import masked_values
from lookoutcv.tracking.confusion_picture import MOST_CLASSES, confusion_png
from lookoutcv.tracking.store import Store, open_store, uri_of
from lookoutcv.tracking.told import (
    confusions_of,
    facts_of,
    figures_of,
    parts_of,
    points_of,
    score_of,
    tags_of,
    whole_tags_of,
)
from lookoutcv.tracking.tracked_run import TrackedRun
from lookoutcv.tracking.tracking_settings import TrackingSettings
from lookoutcv.version import TOOL


class TrackedTraining:
    """A training as MLflow is told of it, or one that nobody is told of. A context: leaving it ends the run.

    Args:
        run: None where MLflow is not configured.
        register: Name of the model in the registry; None for none.
    """

    def __init__(self, run: TrackedRun | None, register: str | None) -> None:
        self._run = run
        self._register = register

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._run is not None:
            self._run.__exit__(kind, error, trace)

    @property
    def run_id(self) -> str | None:
        """For going on with the run after this process is killed; None where there is none."""
        return None if self._run is None else self._run.run_id or None

    def record(self) -> TrackingRecord | None:
        """Where it was told and what of it was not, complete once the context is left; None where nobody was told."""
        return None if self._run is None else self._run.record()

    def settings(self, settings: Mapping[str, Any]) -> None:
        """What was asked for, by the names of the API."""
        if self._run is not None:
            self._run.parameters(masked_values(settings))

    def epoch(self, backbone: str, point: EpochPoint) -> None:
        """An epoch of a backbone is over."""
        if self._run is not None:
            self._run.points(points_of(point), point.epoch, backbone)

    def training(
        self, run: TrainingRun, package: str | os.PathLike[str] | None, files: Iterable[str | os.PathLike[str]] = ()
    ) -> None:
        """The training is over: figures, confusion matrix, baseline, model.

        Epochs that were told as they ended are not told again.

        Args:
            run: All of it.
            package: Of the best model: a folder or a ZIP; None where there is none.
            files: More to keep beside it: reports.
        """
        tracked = self._run
        if tracked is None:
            return
        tracked.parameters(parts_of(run))
        tracked.tags(whole_tags_of(run))
        _tell_candidates(tracked, run)
        best = next((one for one in run.candidates if one.name == run.best), None)
        if best is not None:
            tracked.points({**score_of("validation", best.validation), **score_of("test", best.test)})
        tracked.points({"seconds": run.seconds})
        tracked.text(json.dumps(masked_values(run.to_dict()), ensure_ascii=False, indent=1), "run.json")
        _tell_evaluation(tracked, run)
        for path in files:
            tracked.file(path)
        if package is not None:
            _tell_baseline(tracked, package)
            tracked.model(package, run.classes, self._register)


def find_store(settings: TrackingSettings) -> Store | None:
    """Ask MLflow whether it is there, and begin nothing; None where it is not configured.

    Args:
        settings: Where it is.
    Raises:
        TrackingUnavailable, ConfigError, MissingExtra: As of `open_run`.
    """
    uri = uri_of(settings)
    return None if uri is None else open_store(settings, uri)


def open_run(
    settings: TrackingSettings, name: str, run_id: str | None = None, store: Store | None = None
) -> TrackedTraining:
    """Ask MLflow, and begin a run there.

    Args:
        settings: Where it is; where neither they nor the environment name it, nothing is told and MLflow not imported.
        name: Of the run, unless the settings name it.
        run_id: Of the run of a training that is gone on with.
        store: What `find_store` gave, so that it is not asked again.
    Raises:
        TrackingUnavailable: It does not answer; said within five seconds, before anything is taught.
        ConfigError: The address is none.
        MissingExtra: MLflow is not installed.
    Example:
        >>> with open_run(TrackingSettings(mlflow_uri="off"), "pets") as run:
        ...     run.settings({"epochs": 5})
        >>> run.record() is None
        True
    """
    store = store or find_store(settings)
    if store is None:
        return TrackedTraining(None, None)
    tags = {"lookoutcv.tool": TOOL}
    run = TrackedRun(store, settings.run_name or name, run_id, tags)
    return TrackedTraining(run, settings.register)


def _tell_candidates(tracked: TrackedRun, run: TrainingRun) -> None:
    for one in run.candidates:
        tracked.parameters(facts_of(one), one.name)
        for point in one.curve:
            if not tracked.was_told(one.name, point.epoch):
                tracked.points(points_of(point), point.epoch, one.name)
        tracked.points(figures_of(one), one.best_epoch or 0, one.name)
        tracked.tags(tags_of(one), one.name)
        tracked.end(one.name, {"failed": "FAILED", "dropped": "KILLED"}.get(one.status, "FINISHED"))


def _tell_evaluation(tracked: TrackedRun, run: TrainingRun) -> None:
    evaluation = run.evaluation
    if evaluation is None:
        return
    labels, matrix = evaluation.labels, evaluation.confusion
    tracked.text(json.dumps(confusions_of(labels, matrix), ensure_ascii=False, indent=1), "confusion_matrix.json")
    if len(labels) <= MOST_CLASSES:
        tracked.text(confusion_png(labels, matrix), "confusion_matrix.png")


def _tell_baseline(tracked: TrackedRun, path: str | os.PathLike[str]) -> None:
    """The baseline by itself, for who monitors without the model."""
    package = package_at(path)
    if package is not None and package.has_baseline:
        tracked.text(package.read(BASELINE), f"baseline/{BASELINE}")
