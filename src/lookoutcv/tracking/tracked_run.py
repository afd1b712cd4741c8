"""A run in MLflow while a training lasts: one for the whole, and one inside of it for each backbone."""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lookoutcv.results.tracking_record import TrackingRecord
from lookoutcv.secrets import masked
from lookoutcv.tracking.outbox import Outbox
from lookoutcv.tracking.plain_values import plain_name, plain_text
from lookoutcv.tracking.quiet_mlflow import mlflow_module
from lookoutcv.tracking.saved_model import save_model
from lookoutcv.tracking.store import Store

WHOLE = ""
"""The part of a run that is no backbone."""
# Of one request.
_MOST_PARAMETERS = 100
_PARENT = "mlflow.parentRunId"


class TrackedRun:
    """What a training tells MLflow. Nothing here raises or holds the training up for longer than a few seconds.

    As a context it ends the run: finished, failed where an error leaves it, killed where Ctrl-C does.

    Args:
        store: That answered.
        name: Of the run.
        run_id: Of a run that is gone on with; None for a new one.
        tags: Of the run.
    """

    def __init__(self, store: Store, name: str, run_id: str | None, tags: Mapping[str, str]) -> None:
        self._store = store
        self._outbox = Outbox()
        self._ids: dict[str, str] = {} if run_id is None else {WHOLE: run_id}
        self._told: set[tuple[str, int]] = set()
        self._fixed: set[tuple[str, str]] = set()
        self._model: tuple[str, str] | None = None
        if run_id is None:
            self._begin(WHOLE, name, tags)
        else:
            self._outbox.put("runs", self._go_on)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._outbox.try_again()
        killed = kind is not None and issubclass(kind, KeyboardInterrupt)
        self.end(WHOLE, "KILLED" if killed else "FAILED" if kind else "FINISHED")
        self._outbox.close()

    @property
    def is_tracked(self) -> bool:
        """Whether anything is told to MLflow."""
        return True

    @property
    def run_id(self) -> str:
        """By which MLflow knows the run, for going on with it later; "" while it has none."""
        return self._ids.get(WHOLE, "")

    def record(self) -> TrackingRecord:
        """Where it was told, and what of it was not: complete once the run is ended."""
        model, version = self._model or (None, None)
        lost, reason = dict(self._outbox.lost), self._outbox.reason if self._outbox.lost else ""
        return TrackingRecord(
            masked(self._store.uri), self._store.experiment, self.run_id, model, version, lost, reason
        )

    def begin(self, backbone: str, tags: Mapping[str, str] | None = None) -> None:
        """Begin the run of a backbone, inside of the whole; once."""
        if backbone not in self._ids:
            self._begin(backbone, backbone, tags or {})

    def parameters(self, values: Mapping[str, Any], backbone: str = WHOLE) -> None:
        """What was asked for, or found before: the first value holds. None is left out, secrets are masked."""
        entities = mlflow_module("mlflow.entities")
        given = {plain_name(name): plain_text(value) for name, value in values.items() if value not in (None, [], {})}
        for start in range(0, len(given), _MOST_PARAMETERS):
            some = list(given)[start : start + _MOST_PARAMETERS]

            def send(run: str, client: Any, names: list[str] = some) -> None:
                # What was told once cannot be changed; a run that is gone on with has told most of them.
                new = [entities.Param(name, given[name]) for name in names if (backbone, name) not in self._fixed]
                client.log_batch(run, params=new)
                self._fixed |= {(backbone, name) for name in names}

            self._send("parameters", backbone, send, len(some))

    def tags(self, values: Mapping[str, str], backbone: str = WHOLE) -> None:
        """Texts about the run, which may change."""
        entities = mlflow_module("mlflow.entities")
        given = [entities.RunTag(plain_name(name), plain_text(value)) for name, value in values.items() if value]
        if given:
            self._send("tags", backbone, lambda run, client: client.log_batch(run, tags=given), len(given))

    def points(self, values: Mapping[str, float | None], step: int = 0, backbone: str = WHOLE) -> None:
        """A point of each curve.

        Args:
            values: By the names of the curves; None is left out. MLflow keeps infinite numbers as the largest finite
                one, which would be drawn: they are told as NaN.
            step: The epoch.
            backbone: Whose.
        """
        entities = mlflow_module("mlflow.entities")
        now = int(time.time() * 1000)
        given = [
            entities.Metric(plain_name(name), float(value) if math.isfinite(value) else math.nan, now, step)
            for name, value in values.items()
            if value is not None
        ]
        if given:
            self._told.add((backbone, step))
            self._send("points", backbone, lambda run, client: client.log_batch(run, metrics=given), len(given))

    def was_told(self, backbone: str, step: int) -> bool:
        """Whether a point of this epoch was told, now or before the run was gone on with."""
        return (backbone, step) in self._told

    def file(self, path: str | os.PathLike[str], folder: str = "", backbone: str = WHOLE) -> None:
        """A file, or a folder with all that is in it, into a folder of the run's files."""
        path = os.fspath(path)

        def send(run: str, client: Any) -> None:
            (client.log_artifacts if os.path.isdir(path) else client.log_artifact)(run, path, folder or None)

        self._send("files", backbone, send, parcel=True)

    def text(self, content: str | bytes, name: str, backbone: str = WHOLE) -> None:
        """A file with this content.

        Args:
            content: Text, or bytes.
            name: With its folder: "confusion/matrix.json".
            backbone: Whose.
        """

        def send(run: str, client: Any) -> None:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, Path(name).name)
                path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
                client.log_artifact(run, str(path), str(Path(name).parent) if "/" in name else None)

        self._send("files", backbone, send, parcel=True)

    def model(self, package: str | os.PathLike[str], classes: Iterable[str], registered_name: str | None) -> None:
        """The model: a package that `mlflow.pyfunc.load_model` reads, with a signature.

        Args:
            package: What `open_model` takes; the whole of it is copied.
            classes: In the order of the scores.
            registered_name: In the registry, as the next version; None for no registry.
        """
        names, made = list(classes), list[Any]()

        def send(run: str, client: Any) -> None:
            if not made:  # it may be there from a try that failed later
                made.append(client.create_logged_model(self._store.experiment_id, name="model", source_run_id=run))
            with tempfile.TemporaryDirectory() as folder:
                saved = save_model(Path(folder, "model"), package, names, run_id=run, model_id=made[0].model_id)
                client.log_model_artifacts(made[0].model_id, str(saved))
            client.finalize_logged_model(made[0].model_id, "READY")
            output = mlflow_module("mlflow.entities").LoggedModelOutput(made[0].model_id, step=0)
            client.log_outputs(run, [output])

        self._send("models", WHOLE, send, parcel=True)
        if registered_name:
            self._send(
                "versions of models",
                WHOLE,
                lambda run, client: self._register(client, registered_name, made[0], run),
                parcel=True,
            )

    def end(self, backbone: str, status: str = "FINISHED") -> None:
        """The run of a backbone, or the whole, is over.

        Args:
            backbone: Whose.
            status: "FINISHED", "FAILED" or "KILLED".
        """
        self._send("ends of runs", backbone, lambda run, client: client.set_terminated(run, status))

    def _register(self, client: Any, name: str, logged: Any, run: str) -> None:
        exceptions = mlflow_module("mlflow.exceptions")
        try:
            client.create_registered_model(name)
        except exceptions.MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        # A database looks up the name in whichever store this process tells otherwise; a server takes only the name.
        source = f"models:/{logged.model_id}" if self._store.is_server else logged.artifact_location
        made = client.create_model_version(name, source, run_id=run, model_id=logged.model_id)
        self._model = (name, str(made.version))

    def _begin(self, backbone: str, name: str, tags: Mapping[str, str]) -> None:
        def send() -> None:
            inside = {} if backbone == WHOLE else {_PARENT: self._ids[WHOLE]}
            made = self._store.client.create_run(
                self._store.experiment_id, run_name=name, tags={**{k: plain_text(v) for k, v in tags.items()}, **inside}
            )
            self._ids[backbone] = made.info.run_id

        self._outbox.put("runs", send)

    def _go_on(self) -> None:
        """Find the backbones' runs, and the epochs and parameters that were told before."""
        client, whole = self._store.client, self._ids[WHOLE]
        client.update_run(whole, status="RUNNING")
        self._fixed |= {(WHOLE, name) for name in client.get_run(whole).data.params}
        inside = client.search_runs([self._store.experiment_id], f"tags.`{_PARENT}` = '{whole}'", max_results=1000)
        for one in inside:
            self._ids[one.info.run_name] = one.info.run_id
            self._fixed |= {(one.info.run_name, name) for name in one.data.params}
            curve = next(iter(one.data.metrics), None)
            steps = client.get_metric_history(one.info.run_id, curve) if curve else ()
            self._told |= {(one.info.run_name, point.step) for point in steps}

    def _send(
        self,
        what: str,
        backbone: str,
        send: Callable[[str, Any], object],
        count: int = 1,
        *,
        parcel: bool = False,
    ) -> None:
        if backbone != WHOLE:
            self.begin(backbone)
        self._outbox.put(what, lambda: send(self._ids[backbone], self._store.client), count=count, parcel=parcel)
