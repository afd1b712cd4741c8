"""MLflow, imported and called without its chatter: no lines of log, no links with pictures, no telemetry.

It is configured by variables of the environment, which it reads at each call. They are set while a call lasts, and
are afterwards as they were: a user's own use of MLflow in this process is not changed.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from lookoutcv.extras import need

# LookOutCV sends nothing to anybody whom the user did not name.
# A request in vain is tried again later (`outbox`), not for minutes while training waits.
_ALWAYS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
}
_TIMEOUT = "MLFLOW_HTTP_REQUEST_TIMEOUT"
# They have handlers of their own. Alembic tells each step of making a new database.
_LOUD = ("mlflow", "alembic", "sqlalchemy.engine", "urllib3.connectionpool")


@contextmanager
def quiet_mlflow(timeout_seconds: int | None = None) -> Iterator[None]:
    """While it lasts, MLflow is silent, tries each request once and, where that is said, is not patient.

    Args:
        timeout_seconds: How long a request may take; None for MLflow's own two minutes or what the user has set.
    Example:
        >>> import os
        >>> with quiet_mlflow(3):
        ...     print(os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"])
        3
    """
    meanwhile = {**_ALWAYS, **({} if timeout_seconds is None else {_TIMEOUT: str(timeout_seconds)})}
    before = {name: os.environ.get(name) for name in meanwhile}
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [logger.level for logger in loggers]
    os.environ.update(meanwhile)
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            # Its import sets levels itself: what it chose meanwhile holds.
            if logger.level == logging.CRITICAL:
                logger.setLevel(level)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def mlflow_module(name: str = "mlflow") -> ModuleType:
    """A module of MLflow.

    Args:
        name: In full: "mlflow.pyfunc".
    Raises:
        MissingExtra: It is not installed.
    """
    with quiet_mlflow():
        return need(name, "mlflow")
