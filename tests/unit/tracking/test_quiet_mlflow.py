"""MLflow's chatter is off while it is called, and everything is afterwards as it was."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings

import pytest

from lookoutcv.tracking.quiet_mlflow import quiet_mlflow


def test_what_is_set_meanwhile_is_as_it_was_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "77")
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    logger = logging.getLogger("alembic")
    before = logger.level
    with quiet_mlflow(5):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "5"
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
        assert not logger.isEnabledFor(logging.ERROR)
        warnings.warn("chatter", UserWarning, stacklevel=1)
    with quiet_mlflow():
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
    assert "MLFLOW_DISABLE_TELEMETRY" not in os.environ
    assert logger.level == before


def test_no_telemetry_is_sent_by_an_mlflow_that_is_imported_here() -> None:
    pytest.importorskip("mlflow")
    # MLflow sends none of its own accord where it takes a run for a test or a build.
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    program = (
        "from lookoutcv.tracking.quiet_mlflow import mlflow_module\n"
        "mlflow_module()\n"
        "print(mlflow_module('mlflow.telemetry').get_telemetry_client())"
    )
    done = subprocess.run([sys.executable, "-c", program], env=plain, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
    assert done.stderr == ""
