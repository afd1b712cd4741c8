"""Somebody whose runs stand in MLflow fits gates, and finds parameters, figures, curves and files there."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError
from lookoutcv.tracking.store import open_store
from lookoutcv.tracking.tracking_settings import TrackingSettings
from terminal import Terminal

mlflow = pytest.importorskip("mlflow")
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, where the tests call it themselves


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    lo.gate_data("data")
    return tmp_path


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: its tables take seconds."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    open_store(TrackingSettings(experiment="unused"), f"sqlite:///{path}")
    return path


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> str:
    """By its whole path: MLflow keeps one open database for each address in a process."""
    shutil.copy(empty_database, tmp_path / "m.db")
    return f"sqlite:///{tmp_path / 'm.db'}"


def test_a_gate_stands_in_the_database(desk: Path, database: str, lookout: Terminal) -> None:
    words = ("--variant", "threshold", "--false-reject", "0.1", "-o", "gate", "--mlflow", database)
    assert lookout("gate", "fit", "data", *words) == 0
    assert f"Told to MLflow at {database}: run " in lookout.out
    assert "of the experiment cv_blur_detection." in lookout.out
    assert sorted(one.name for one in (desk / "gate").iterdir()) == ["README.md", "gate.json", "metrics.json"]

    client = mlflow.MlflowClient(database)
    [run] = client.search_runs([client.get_experiment_by_name("cv_blur_detection").experiment_id])
    assert (run.info.run_name, run.info.status) == ("gate", "FINISHED")
    assert run.data.params == {
        **{"variant": "threshold", "false_reject": "0.1", "seed": "0"},
        **{"data": "data/processed/cv/labels.csv", "data/sharp": "12", "data/blurred": "12"},
    }
    figures = json.loads((desk / "gate" / "metrics.json").read_text())
    assert run.data.metrics == {name: figures[name] for name in figures.keys() - {"variant", "seen"}}
    assert run.data.tags["lookoutcv.figures_of"] == "images that it was fitted on"
    assert {one.path for one in client.list_artifacts(run.info.run_id)} == {"gate", "report.html"}
    fetched = Path(client.download_artifacts(run.info.run_id, "gate", str(desk)))
    assert lo.Gate.load(fetched).cut == lo.Gate.load("gate").cut
    report = Path(client.download_artifacts(run.info.run_id, "report.html", str(desk))).read_text("utf-8")
    assert "data:image/jpeg" not in report


def test_a_network_has_its_experiment_and_curves(desk: Path, database: str, lookout: Terminal) -> None:
    pytest.importorskip("torch")
    words = ("--variant", "cnn", "--epochs", "2", "-o", "net", "--mlflow", database, "--run-name", "first")
    assert lookout("gate", "fit", "data", *words) == 0
    client = mlflow.MlflowClient(database)
    [run] = client.search_runs([client.get_experiment_by_name("cv_blur_detection_cnn").experiment_id])
    assert run.info.run_name == "first"
    assert {name: run.data.params[name] for name in ("variant", "epochs", "batch_size", "learning_rate")} == {
        **{"variant": "cnn", "epochs": "2", "batch_size": "16", "learning_rate": "0.001"}
    }
    told = json.loads((desk / "net" / "cnn_metrics.json").read_text())["epochs"]
    for name in ("loss", "accuracy"):
        curve = client.get_metric_history(run.info.run_id, f"epoch/{name}")
        assert [(one.step, one.value) for one in curve] == [(one["epoch"], one[name]) for one in told]
    kept = {one.path for one in client.list_artifacts(run.info.run_id, "gate")}
    assert kept == {f"gate/{one.name}" for one in (desk / "net").iterdir()}


def test_a_server_that_is_away_is_told_and_the_gate_is_there(desk: Path, lookout: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    assert lookout("gate", "fit", "data", "--variant", "threshold", "-o", "gate", "--mlflow", address) == 0
    assert f"MLflow at {address} was told nothing: " in lookout.out
    assert lo.Gate.load("gate").variant == "threshold"
    assert lookout("gate", "fit", "data", "-o", "gate", "--mlflow", address, "--json") == 0
    assert json.loads(lookout.out)["tracking"]["run_id"] == ""


def test_the_environment_names_server_and_experiment(
    desk: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", database)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "ours")
    (desk / "more.txt").write_text("more")
    told = lo.fit_gate("data", variant="threshold", on_fit=lambda fitted: ["more.txt"]).tracking
    assert told is not None
    assert (told.experiment, told.not_logged) == ("ours", {})
    client = mlflow.MlflowClient(database)
    assert [one.path for one in client.list_artifacts(told.run_id)] == ["more.txt"]
    assert lo.fit_gate("data", variant="threshold", mlflow_uri="off").tracking is None


def test_a_fit_that_fails_is_a_run_that_failed(desk: Path, database: str) -> None:
    for image in (desk / "data" / "raw" / "cv" / "sharp").iterdir():
        image.write_bytes(b"cut")
    with pytest.raises(lo.LookoutError):
        lo.fit_gate("data", variant="threshold", mlflow_uri=database)
    client = mlflow.MlflowClient(database)
    [run] = client.search_runs([client.get_experiment_by_name("cv_blur_detection").experiment_id])
    assert run.info.status == "FAILED"


def test_a_folder_is_no_address(desk: Path) -> None:
    with pytest.raises(ConfigError, match="no address of MLflow"):
        lo.fit_gate("data", variant="threshold", output="gate", mlflow_uri="runs")
    assert not (desk / "gate").exists()
