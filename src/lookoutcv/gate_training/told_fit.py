"""A fitted gate, told to MLflow where it is configured: parameters, figures, curves and files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lookoutcv.errors import TrackingUnavailable
from lookoutcv.gate.artifact import GateState
from lookoutcv.gate.variants.base import Learnt
from lookoutcv.gate_training.gate_files import flat_metrics
from lookoutcv.results.gate_evaluation import GateEvaluation
from lookoutcv.results.tracking_record import TrackingRecord
from lookoutcv.secrets import masked, masked_values
from lookoutcv.tracking.open_run import find_store
from lookoutcv.tracking.tracked_run import TrackedRun
from lookoutcv.tracking.tracking_settings import TrackingSettings
from lookoutcv.version import TOOL

_EXPERIMENT = "cv_blur_detection"
_NETWORKS = ("cnn", "vit")
# Those of the file that are no numbers of the gate as a whole.
_NO_FIGURES = ("variant", "seen", "epochs")


def experiment_of(variant: str) -> str:
    """The experiment of a variant, as older services call it: networks have one of their own.

    Example:
        >>> experiment_of("composite"), experiment_of("cnn")
        ('cv_blur_detection', 'cv_blur_detection_cnn')
    """
    return f"{_EXPERIMENT}_{variant}" if variant in _NETWORKS else _EXPERIMENT


class ToldFit:
    """A fit as MLflow is told of it, or one that nobody is told of.

    Args:
        run: None where MLflow is not configured, or does not answer.
        missed: What is to be said where it does not answer.
    """

    def __init__(self, run: TrackedRun | None, missed: TrackingRecord | None = None) -> None:
        self._run = run
        self._missed = missed

    def record(self) -> TrackingRecord | None:
        """Where it was told and what of it was not, complete once the run is ended; None where nobody was told."""
        return self._missed if self._run is None else self._run.record()

    def asked(self, parameters: Mapping[str, Any]) -> None:
        """What was asked for, and what it is fitted on."""
        if self._run is not None:
            self._run.parameters(masked_values(dict(parameters)))

    def gate(
        self, state: GateState, learnt: Learnt, evaluation: GateEvaluation, files: Iterable[str | os.PathLike[str]]
    ) -> None:
        """The gate is fitted: its curves, its figures, and its files in a folder of their own."""
        run = self._run
        if run is None:
            return
        for number, epoch in enumerate(learnt.epochs, start=1):
            # A figure of the whole gate is called otherwise than the curve that led to it.
            curves = {f"epoch/{name}": value for name, value in epoch.items() if name != "epoch"}
            run.points(curves, int(epoch.get("epoch", number)))
        figures = flat_metrics(state, learnt, evaluation)
        run.points({name: value for name, value in figures.items() if name not in _NO_FIGURES})
        notes = "\n".join(f"- {note}" for note in state.notes)
        of = "images that it was fitted on" if evaluation.seen else "images that chose its cut alone"
        run.tags(
            {
                "lookoutcv.variant": state.variant,
                "lookoutcv.data": evaluation.data,
                "lookoutcv.figures_of": of,
                "mlflow.note.content": f"{state.cut.words}\n\n{notes}".strip(),
            }
        )
        for path in files:
            run.file(path, "gate")

    def files(self, files: Iterable[str | os.PathLike[str]]) -> None:
        """More to keep beside it: reports."""
        if self._run is not None:
            for path in files:
                self._run.file(path)


@contextmanager
def told_fit(settings: TrackingSettings, variant: str, name: str) -> Iterator[ToldFit]:
    """Ask MLflow, and begin a run there that ends with the block; where it does not answer, the block runs anyway.

    A fit takes seconds to minutes, and a gate that is there is worth more than one that was told: a training, which
    takes hours, is rather not begun.

    Args:
        settings: Where MLflow is; where neither they nor the environment name it, it is not imported.
        variant: Of the gate.
        name: Of the run, unless the settings name it.
    Raises:
        ConfigError, MissingExtra: As of `open_run`.
    """
    experiment = settings.experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME") or experiment_of(variant)
    store, missed = None, None
    try:
        store = find_store(replace(settings, experiment=experiment))
    except TrackingUnavailable as error:
        missed = TrackingRecord(masked(error.uri), experiment, "", reason=error.reason)
    if store is None:
        yield ToldFit(None, missed)
        return
    with TrackedRun(store, settings.run_name or name, None, {"lookoutcv.tool": TOOL}) as run:
        yield ToldFit(run)
