"""A server or a database of MLflow's: named by the settings or the environment, asked once before anything is done."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, TrackingUnavailable
from lookoutcv.secrets import hide_secrets_of, masked
from lookoutcv.tracking.quiet_mlflow import mlflow_module, quiet_mlflow
from lookoutcv.tracking.reachable import Knock
from lookoutcv.tracking.tracking_settings import OFF, TrackingSettings

DEFAULT_EXPERIMENT = "lookoutcv"
# Of the questions before and while training: a server that takes longer does not hold it up.
TIMEOUT_SECONDS = 5
_SQLITE = "sqlite:///"
_SERVERS = ("http://", "https://", "databricks")


@dataclass(frozen=True)
class Store:
    """A server or database that answered.

    Args:
        client: MLflow's `MlflowClient` of it. The functions of `mlflow` itself would change which server and run the
            rest of this process tells.
        uri: As given.
        experiment: Its name.
        experiment_id: By which MLflow knows it.
    """

    client: Any
    uri: str
    experiment: str
    experiment_id: str

    @property
    def is_server(self) -> bool:
        """Whether it is asked over the network, not opened as a database."""
        return self.uri.startswith(_SERVERS)


def uri_of(settings: TrackingSettings) -> str | None:
    """Where MLflow is, or None where it is told nothing.

    Raises:
        ConfigError: A folder, in which MLflow keeps no runs any more.
    """
    uri = settings.mlflow_uri or os.environ.get("MLFLOW_TRACKING_URI") or OFF
    if uri == OFF:
        return None
    hide_secrets_of(uri)
    if ("://" not in uri and not uri.startswith("databricks")) or uri.startswith("file:"):
        folder = uri.removeprefix("file://").removeprefix("file:")
        raise ConfigError(
            f"{uri} is no address of MLflow: since version 3 it keeps no runs in folders",
            f"Name a database, sqlite:///{Path(folder or '.') / 'mlflow.db'}, or a server, http://HOST:5000.",
            path="",
            key="mlflow.uri",
            nearest="",
        )
    return uri


def open_store(settings: TrackingSettings, uri: str) -> Store:
    """Ask a server, or open a database, and find or make the experiment.

    Args:
        settings: Of the experiment's name.
        uri: What `uri_of` gave.
    Raises:
        TrackingUnavailable: Nobody answers, not as MLflow does, or the user may not. Said within five seconds of a
            server; a new database takes longer to make.
        MissingExtra: MLflow is not installed.
    """
    knock = Knock(uri) if uri.startswith(("http://", "https://")) else None
    mlflow = mlflow_module()
    reason = knock.reason() if knock else ""
    if reason:
        raise TrackingUnavailable(f"MLflow at {uri} does not answer: {reason}", _remedy(), uri=uri, reason=reason)
    experiment = settings.experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME") or DEFAULT_EXPERIMENT
    try:
        with quiet_mlflow(TIMEOUT_SECONDS):
            registry = os.environ.get("MLFLOW_REGISTRY_URI") or uri
            client = mlflow.MlflowClient(tracking_uri=_anywhere(uri), registry_uri=_anywhere(registry))
            return Store(client, uri, experiment, _experiment_id(client, experiment, uri))
    except Exception as error:  # of MLflow, of a database, of the network
        reason = first_line(error)
        raise TrackingUnavailable(
            f"MLflow at {uri} cannot be told of this training: {reason}", _remedy(), uri=uri, reason=reason
        ) from None


def _experiment_id(client: Any, name: str, uri: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name, artifact_location=_artifacts_of(uri)))
    if found.lifecycle_stage != "active":
        raise ValueError(
            f"the experiment {name} was deleted; restore it, or choose another name ({option('experiment')})"
        )
    return str(found.experiment_id)


def _artifacts_of(uri: str) -> str | None:
    """Where the files of an experiment lie: beside a database; a server knows that itself.

    Without it MLflow would make a folder wherever the process happens to run.

    Example:
        >>> _artifacts_of("sqlite:////data/runs.db"), _artifacts_of("http://host:5000")
        ('file:///data/runs-files', None)
    """
    database = _database_of(uri)
    return None if database is None else database.with_name(f"{database.stem}-files").as_uri()


def _anywhere(uri: str) -> str:
    """An address that means the same whatever the working folder becomes.

    MLflow keeps one open database for each address in a process: of a relative one it would go on with the file of the
    folder in which it was first asked, while a thread or a second training opens another.

    Example:
        >>> _anywhere("sqlite:////data/runs.db?timeout=9"), _anywhere("http://host:5000")
        ('sqlite:////data/runs.db?timeout=9', 'http://host:5000')
    """
    database = _database_of(uri)
    if database is None or "?" in str(database):  # it would end the path
        return uri
    _, mark, options = uri.partition("?")
    return f"{_SQLITE}{database}{mark}{options}"


def _database_of(uri: str) -> Path | None:
    """The file of a database; None of a server, and of one in memory or named by SQLite's own kind of address."""
    name = uri.removeprefix(_SQLITE).partition("?")[0]
    if not uri.startswith(_SQLITE) or not name or ":memory:" in uri or name.startswith("file:"):
        return None
    return Path(name).resolve()


def _remedy() -> str:
    address, off = option("mlflow_uri"), option("mlflow_uri", "off")
    return f"Start it, correct the address ({address}, MLFLOW_TRACKING_URI), or train without it: {off}."


def first_line(error: BaseException) -> str:
    """What an error says, short and without secrets.

    Example:
        >>> first_line(ValueError("it broke\\nTraceback ..."))
        'it broke'
    """
    lines = str(error).strip().splitlines()
    line = masked(lines[0].rstrip(". ") if lines else type(error).__name__)
    return line if len(line) <= 300 else f"{line[:300]} ..."
