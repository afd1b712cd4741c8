"""A training told to MLflow: a database and a real server on loopback, read back by MLflow's own client."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.results.training_run import EpochPoint, TrainingRun
from lookoutcv.tracking.open_run import open_run
from lookoutcv.tracking.store import open_store
from lookoutcv.tracking.tracking_settings import TrackingSettings
from run_to_draw import RUN, SMALL_RUN
from tiny_models import picture
from tiny_packages import COLOURS, colour_pictures, hand_packed, zipped

mlflow = pytest.importorskip("mlflow")
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, where the tests call it themselves
SECONDS_TO_START = 120


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: its tables take seconds."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    open_store(TrackingSettings(experiment="unused"), f"sqlite:///{path}")
    return path


class Server:
    """MLflow's own, one worker (four of them take a minute and 3 GB)."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.uri, self._port = folder, f"http://127.0.0.1:{port}", port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--backend-store-uri", f"sqlite:///{self.folder / 'mlflow.db'}"]
        command += ["--artifacts-destination", str(self.folder / "files")]
        environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        self._log = open(self.folder / "server.log", "ab")  # noqa: SIM115 - closed with the server
        self._process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        until = time.monotonic() + SECONDS_TO_START
        while True:
            with contextlib.suppress(URLError, OSError), urlopen(f"{self.uri}/health", timeout=5):
                return
            assert self._process.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < until, (self.folder / "server.log").read_text()
            time.sleep(0.2)

    def kill(self) -> None:
        """It and its worker, with no time to say goodbye."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()


@pytest.fixture(scope="module")
def one_server(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(empty_database, folder / "mlflow.db")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    one = Server(folder, port)
    yield one
    one.kill()


@pytest.fixture
def server(one_server: Server) -> Server:
    """Running, whatever a test before did to it."""
    if not one_server.is_running:
        one_server.start()
    return one_server


@pytest.fixture(params=["database", "server"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "server":
        return request.getfixturevalue("server").uri
    path = tmp_path / "mlflow.db"
    shutil.copy(request.getfixturevalue("empty_database"), path)
    return f"sqlite:///{path}"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In an empty folder: MLflow likes to make its own wherever it runs."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_RUN_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    pictures = colour_pictures(folder / "pictures")
    model = hand_packed(folder / "bare")
    return hand_packed(folder / "package", lo.baseline(pictures, model=model, workers=1))


def a_run() -> TrainingRun:
    return replace(RUN, classes=list(COLOURS), notes=["Nothing was lost.", "The token=abcdefgh12 was given."])


def tell(settings: TrackingSettings, run: TrainingRun, package: Path | None = None, **more: Any) -> Any:
    with open_run(settings, run.name) as told:
        told.settings({**run.settings, "token": "abcdefgh12", "source": "https://me:hunter2@host/a.zip"})
        for one in run.candidates:
            for point in one.curve[: len(one.curve) // 2]:
                told.epoch(one.name, point)
        told.training(run, package, **more)
    return told.record()


def content(client: Any, run_id: str, path: str, folder: Path) -> bytes:
    folder.mkdir(exist_ok=True)
    return Path(client.download_artifacts(run_id, path, str(folder))).read_bytes()


def test_a_training_is_read_back_whole(uri: str, package: Path, tmp_path: Path, capfd: Any) -> None:
    run = a_run()
    report = tmp_path / "report.html"
    report.write_text("<p>how it went</p>", encoding="utf-8")
    capfd.readouterr()
    settings = TrackingSettings(mlflow_uri=uri, experiment="wardrobe", run_name="first", register="whole")
    record = tell(settings, run, package, files=[report])
    assert capfd.readouterr() == ("", ""), "MLflow says nothing on the user's terminal"
    assert (record.not_logged, record.reason, record.version) == ({}, "", "1")
    assert list(Path.cwd().iterdir()) == [], "nothing is made where the process runs"

    client = mlflow.MlflowClient(uri, uri)
    whole = client.get_run(record.run_id)
    assert (whole.info.run_name, whole.info.status) == ("first", "FINISHED")
    assert whole.data.tags["lookoutcv.best"] == run.best
    assert run.why in whole.data.tags["mlflow.note.content"]
    assert whole.data.params["seed"] == str(run.seed)
    assert whole.data.params["source"] == "https://host/a.zip"
    secrets = ("hunter2", "abcdefgh12")
    assert not any(secret in f"{whole.data.params} {whole.data.tags}" for secret in secrets)
    best = next(one for one in run.candidates if one.name == run.best)
    assert best.test is not None
    assert whole.data.metrics["test/accuracy"] == best.test.accuracy

    inside = client.search_runs([whole.info.experiment_id], f"tags.`mlflow.parentRunId` = '{record.run_id}'")
    assert {one.info.run_name for one in inside} == {one.name for one in run.candidates}
    for one in run.candidates:
        [backbone] = [found for found in inside if found.info.run_name == one.name]
        assert backbone.info.status == ("KILLED" if one.status == "dropped" else "FINISHED")
        assert backbone.data.tags.get("lookoutcv.reason", "") == one.reason
        history = client.get_metric_history(backbone.info.run_id, "validation_loss")
        assert [(point.step, point.value) for point in history] == [(p.epoch, p.validation_loss) for p in one.curve]

    held = {file.path for file in client.list_artifacts(record.run_id)}
    assert held == {"baseline", "confusion_matrix.json", "confusion_matrix.png", "report.html", "run.json"}
    stored = json.loads(content(client, record.run_id, "run.json", tmp_path / "got"))
    assert TrainingRun.from_dict(stored).best == run.best
    assert not any(secret in json.dumps(stored) for secret in secrets)
    cells = json.loads(content(client, record.run_id, "confusion_matrix.json", tmp_path / "got"))["cells"]
    assert run.evaluation is not None
    assert sum(cell["images"] for cell in cells) == np.sum(run.evaluation.confusion)
    kept = content(client, record.run_id, "baseline/baseline.parquet", tmp_path / "got")
    assert kept == (package / "baseline.parquet").read_bytes()


def file_of(colour: tuple[int, int, int]) -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(picture(colour)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("archive", [False, True], ids=["folder", "zip"])
def test_the_registered_model_predicts_from_the_files_of_images(
    uri: str, archive: bool, package: Path, tmp_path: Path
) -> None:
    import pandas
    from mlflow.pyfunc import scoring_server
    from starlette.testclient import TestClient

    given = zipped(package, tmp_path / "package.zip") if archive else package
    settings = TrackingSettings(mlflow_uri=uri, register=f"model of {tmp_path.name}")
    first, second = (tell(settings, SMALL_RUN, given) for _ in range(2))
    assert (first.version, second.version) == ("1", "2")
    assert first.model == settings.register

    mlflow.set_tracking_uri(uri)
    try:
        model = mlflow.pyfunc.load_model(f"models:/{settings.register}/2")
    finally:
        mlflow.set_tracking_uri(None)
        os.environ.pop("MLFLOW_TRACKING_URI", None)
    assert model.metadata.signature.inputs.input_names() == ["image"]
    assert model.metadata.metadata == {"classes": list(SMALL_RUN.classes)}
    assert model.metadata.run_id == second.run_id
    files = [file_of((255, 0, 0)), file_of((0, 255, 0))]
    predicted = model.predict(pandas.DataFrame({"image": files}))
    assert list(predicted["predicted"]) == ["red", "green"]
    expected = lo.open_model(package).predict([picture((255, 0, 0))])[0]
    assert predicted["scores"][0] == pytest.approx(list(expected.scores))

    import base64

    asked = {"columns": ["image"], "data": [[base64.b64encode(file).decode()] for file in files]}
    with TestClient(scoring_server.init(model)) as web:
        answered = web.post("/invocations", json={"dataframe_split": asked})
    assert answered.status_code == 200, answered.text
    assert [one["predicted"] for one in answered.json()["predictions"]] == ["red", "green"]


def test_numbers_that_are_none_are_kept_as_such(uri: str) -> None:
    with open_run(TrackingSettings(mlflow_uri=uri), "nan") as told:
        for epoch, loss in enumerate((1.0, float("inf"), float("nan"))):
            told.epoch("a", EpochPoint(epoch, "scratch", 1.0, 0.1, loss, loss, None, 0.5, 0.5))
    record = told.record()
    assert record is not None
    assert record.not_logged == {}
    client = mlflow.MlflowClient(uri)
    experiment = client.get_experiment_by_name("lookoutcv").experiment_id
    [inside] = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{record.run_id}'")
    values = [point.value for point in client.get_metric_history(inside.info.run_id, "train_loss")]
    assert values[0] == 1.0
    assert np.isnan(values[1:]).all()


def test_a_run_that_was_killed_is_gone_on_with(uri: str) -> None:
    settings = TrackingSettings(mlflow_uri=uri, experiment="killed")
    one = RUN.candidates[0]
    told = open_run(settings, "killed")
    told.settings({"epochs": 3})
    for point in one.curve[:3]:
        told.epoch(one.name, point)
    told.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    client = mlflow.MlflowClient(uri)
    assert told.run_id is not None
    assert client.get_run(told.run_id).info.status == "KILLED"

    with open_run(settings, "killed", told.run_id) as again:
        again.settings({"epochs": 30, "seed": 1})
        again.training(replace(RUN, candidates=[one], best=one.name), None)
    record = again.record()
    assert record is not None
    assert (record.run_id, record.not_logged) == (told.run_id, {})
    whole = client.get_run(told.run_id)
    assert whole.info.status == "FINISHED"
    assert (whole.data.params["epochs"], whole.data.params["seed"]) == ("3", "1")
    [inside] = client.search_runs([whole.info.experiment_id], f"tags.`mlflow.parentRunId` = '{told.run_id}'")
    history = client.get_metric_history(inside.info.run_id, "validation_loss")
    assert [point.step for point in history] == [point.epoch for point in one.curve]


def test_an_error_in_training_is_raised_and_the_run_has_failed(uri: str) -> None:
    with pytest.raises(ZeroDivisionError), open_run(TrackingSettings(mlflow_uri=uri), "failed") as told:
        raise ZeroDivisionError
    assert told.run_id is not None
    assert mlflow.MlflowClient(uri).get_run(told.run_id).info.status == "FAILED"


def test_long_values_many_parameters_and_odd_names_arrive(uri: str) -> None:
    settings: dict[str, object] = {f"setting {number}": number for number in range(150)}
    settings |= {"classes": ["a class of clothes"] * 10_000, "a\nb/../*?": "x", "empty": None}
    with open_run(TrackingSettings(mlflow_uri=uri), "long") as told:
        told.settings(settings)
        told.epoch("hf-hub:me/猫: a model", RUN.candidates[0].curve[0])
    record = told.record()
    assert record is not None
    assert record.not_logged == {}
    params = mlflow.MlflowClient(uri).get_run(record.run_id).data.params
    assert len(params) == 152
    assert params["classes"].endswith(" ... (cut)")


def test_a_gate_is_read_back_whole(uri: str) -> None:
    lo.gate_data("data")
    told = lo.fit_gate("data", variant="cnn", epochs=2, output="door", mlflow_uri=uri).tracking
    assert told is not None
    assert (told.experiment, told.not_logged) == ("cv_blur_detection_cnn", {})
    client = mlflow.MlflowClient(uri)
    run = client.get_run(told.run_id)
    assert (run.info.run_name, run.info.status, run.data.params["epochs"]) == ("door", "FINISHED", "2")
    figures = json.loads(Path("door", "cnn_metrics.json").read_text())
    assert run.data.metrics["accuracy"] == figures["accuracy"]
    for name in ("loss", "accuracy"):
        curve = client.get_metric_history(told.run_id, f"epoch/{name}")
        assert [(one.step, one.value) for one in curve] == [(one["epoch"], one[name]) for one in figures["epochs"]]
    Path("fetched").mkdir()
    fetched = client.download_artifacts(told.run_id, "gate", "fetched")
    assert sorted(one.name for one in Path(fetched).iterdir()) == sorted(one.name for one in Path("door").iterdir())
    image = "data/raw/cv/sharp/pattern-0000.png"
    assert lo.Gate.load(fetched).check(image).score == lo.Gate.load("door").check(image).score


def test_training_outlasts_a_server_that_goes_away_and_comes_back(server: Server, package: Path) -> None:
    settings = TrackingSettings(mlflow_uri=server.uri, register="outlasting")
    one = replace(RUN.candidates[0], name="a")
    run = replace(SMALL_RUN, candidates=[one], best="a")

    def lasts(meanwhile: Callable[[], None], before_the_end: Callable[[], None]) -> Any:
        with open_run(settings, "outlasting") as told:
            told.epoch("a", one.curve[0])
            meanwhile()
            for point in one.curve[1:]:
                told.epoch("a", point)
            told.training(run, package)
            before_the_end()
        return told.record()

    record = lasts(server.kill, server.start)
    assert (record.not_logged, record.version) == ({}, "1")
    client = mlflow.MlflowClient(server.uri)
    [inside] = client.search_runs(
        [client.get_run(record.run_id).info.experiment_id], f"tags.`mlflow.parentRunId` = '{record.run_id}'"
    )
    history = client.get_metric_history(inside.info.run_id, "validation_loss")
    assert [point.step for point in history] == [point.epoch for point in one.curve]

    record = lasts(server.kill, lambda: None)
    assert record.run_id
    assert record.not_logged["models"] == record.not_logged["versions of models"] == 1
    assert record.not_logged["points"] >= 6 * (len(one.curve) - 1)
    assert record.version is None
    assert "Not told: " in record.sentence()
