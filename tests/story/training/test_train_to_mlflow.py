"""Somebody whose runs stand in MLflow trains, and finds the run, the curves and the model there."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.errors import OutputUnwritable, TrackingUnavailable
from terminal import Terminal
from tiny_packages import colour_pictures

mlflow = pytest.importorskip("mlflow")
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, where the tests call it themselves
QUICK = ["--models", "test_efficientnet", "--weights", "none", "--image-size", "32", "--threads", "1"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    colour_pictures(tmp_path / "photos", each=24)
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_run_its_curve_and_the_model_stand_in_the_database(desk: Path, lookout: Terminal) -> None:
    words = (
        "train",
        "photos",
        "-o",
        "run",
        "--epochs",
        "2",
        *QUICK,
        "--mlflow",
        "sqlite:///first.db",
        "--register",
        "c",
    )
    assert lookout(*words) == 0
    assert "Told to MLflow at sqlite:///first.db: run " in lookout.out
    assert "model c, version 1" in lookout.out
    told = lo.load("run").tracking
    assert told.not_logged == {}
    assert sorted(one.name for one in desk.iterdir()) == ["first-files", "first.db", "photos", "run"]

    client = mlflow.MlflowClient("sqlite:///first.db")
    whole = client.get_run(told.run_id)
    assert (whole.info.run_name, whole.info.status) == ("run", "FINISHED")
    assert whole.data.params["epochs"] == "2"
    [inside] = client.search_runs([whole.info.experiment_id], f"tags.`mlflow.parentRunId` = '{told.run_id}'")
    curve = client.get_metric_history(inside.info.run_id, "validation_loss")
    assert [point.step for point in curve] == [point.epoch for point in lo.load("run").candidates[0].curve]
    fetched = client.download_artifacts(told.run_id, "report.html", str(desk))
    assert Path(fetched).read_bytes() == (desk / "run" / "report.html").read_bytes()
    assert "test_efficientnet: right on" in Path(fetched).read_text("utf-8")
    model = client.get_logged_model(whole.outputs.model_outputs[0].model_id)
    kept = Path(model.artifact_location.removeprefix("file://"))
    assert lo.open_model(kept / "data" / "package").labels == ("blue", "green", "red")


def test_a_server_that_is_not_there_is_told_before_anything_is_read(desk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(TrackingUnavailable, match="does not answer"):
        lo.train("photos", "run", mlflow_uri=f"http://127.0.0.1:{port}")
    assert not (desk / "run").exists()


def test_a_server_that_never_answers_is_told_before_anything_is_read(
    desk: Path, lookout: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookoutcv.tracking.reachable.PATIENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert lookout("train", "photos", *QUICK, "-o", "run", "--mlflow", address) == 1
    assert "no answer within 0.3 s" in lookout.err
    assert "train without it: --mlflow off" in lookout.err
    assert not (desk / "run").exists()


def test_a_run_that_is_stopped_goes_on_in_mlflow(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Any = {"models": "test_efficientnet", "weights": "none", "image_size": 32, "threads": 1, "epochs": 2}

    def fail(*_: object) -> None:
        raise RuntimeError("the machine is taken away")

    with monkeypatch.context() as at_first:
        at_first.setattr("lookoutcv.training.whole_run.evaluate_best", fail)
        with pytest.raises(RuntimeError, match="taken away"):
            lo.train("photos", "run", mlflow_uri="sqlite:///m.db", **settings)
    stopped = json.loads((desk / "run" / "mlflow.json").read_text())["run_id"]
    client = mlflow.MlflowClient("sqlite:///m.db")
    assert client.get_run(stopped).info.status == "FAILED"
    again = lo.train("photos", "run", mlflow_uri="sqlite:///m.db", resume=True, **settings)
    assert again.tracking is not None
    assert (again.tracking.run_id, again.tracking.not_logged) == (stopped, {})
    assert client.get_run(stopped).info.status == "FINISHED"


def test_from_python_what_is_drawn_is_kept_too(desk: Path) -> None:
    seen: list[lo.TrainingRun] = []

    def draw(run: lo.TrainingRun) -> list[Path]:
        seen.append(run)
        assert (desk / "run" / "package" / "model.onnx").exists()
        return [lo.render(run, "report.md"), lo.render(run, "report.pdf")]

    run = lo.train(
        *("photos", "run"),
        models="test_efficientnet",
        weights="none",
        image_size=32,
        threads=1,
        epochs=1,
        mlflow_uri="sqlite:///second.db",
        on_run=draw,
    )
    assert [one.best for one in seen] == [run.best]
    client = mlflow.MlflowClient("sqlite:///second.db")
    assert {"report.md", "report.pdf", "run.json"} <= {one.path for one in client.list_artifacts(run.tracking.run_id)}


def test_a_report_that_cannot_be_written_costs_no_training(
    desk: Path, lookout: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputUnwritable("run/report.html cannot be written: no space left", "Make room.", path="run/report.html")

    monkeypatch.setattr(lo, "render", full)
    words = ("train", "photos", "-o", "run", "--epochs", "1", *QUICK, "--mlflow", "sqlite:///third.db")
    assert lookout(*words) == 2
    assert "no space left. Make room." in lookout.err
    kept = lo.load("run")
    client = mlflow.MlflowClient("sqlite:///third.db")
    assert client.get_run(kept.tracking.run_id).info.status == "FINISHED"
