"""Where MLflow is, and what is said where it is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lookoutcv.errors import ConfigError, TrackingUnavailable
from lookoutcv.tracking import reachable
from lookoutcv.tracking.open_run import open_run
from lookoutcv.tracking.store import _anywhere, open_store, uri_of
from lookoutcv.tracking.tracking_settings import TrackingSettings

pytest.importorskip("mlflow")


@pytest.fixture(autouse=True)
def _no_mlflow_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_REGISTRY_URI", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def other_server() -> Iterator[str]:
    """A web server that is not MLflow's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def do_POST(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_settings_come_before_the_environment_and_off_before_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert uri_of(TrackingSettings()) is None
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://there:5000")
    assert uri_of(TrackingSettings()) == "http://there:5000"
    assert uri_of(TrackingSettings(mlflow_uri="http://here:5000")) == "http://here:5000"
    assert uri_of(TrackingSettings(mlflow_uri="off")) is None


@pytest.mark.parametrize("uri", ["runs", "./mlruns", "file:///data/mlruns", "file:mlruns", "/data/mlruns"])
def test_a_folder_is_refused_with_what_to_name_instead(uri: str) -> None:
    with pytest.raises(ConfigError, match=r"sqlite:///.*mlflow\.db") as refused:
        uri_of(TrackingSettings(mlflow_uri=uri))
    assert refused.value.fields["key"] == "mlflow.uri"


def test_where_nothing_is_configured_mlflow_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.tracking.store.mlflow_module", lambda: pytest.fail("it is imported"))
    with open_run(TrackingSettings(), "pets") as run:
        run.settings({"epochs": 1})
    assert run.record() is None
    assert run.run_id is None


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(TrackingUnavailable, match=r"does not answer: Connection refused.*mlflow_uri='off'") as missing:
        open_store(TrackingSettings(), f"http://me:hunter2@127.0.0.1:{port}")
    assert "hunter2" not in f"{missing.value!r} {missing.value} {missing.value.fields}"


def test_a_server_that_never_answers_is_waited_for_a_bounded_time(
    silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reachable.PATIENCE_SECONDS <= 4
    monkeypatch.setattr(reachable, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(TrackingUnavailable, match=r"no answer within 0\.3 s"):
        open_store(TrackingSettings(), f"http://127.0.0.1:{silent_port}")


def test_a_host_without_an_address_is_told() -> None:
    with pytest.raises(TrackingUnavailable, match="does not answer"):
        open_store(TrackingSettings(), "http://no-such-host.invalid:5000")


def test_a_server_that_is_not_mlflow_is_told(other_server: str) -> None:
    with pytest.raises(TrackingUnavailable, match=r"cannot be told of this training: .*404"):
        open_store(TrackingSettings(), other_server)


def test_a_database_that_cannot_be_made_is_told() -> None:
    with pytest.raises(TrackingUnavailable, match="cannot be told of this training"):
        open_store(TrackingSettings(), "sqlite:////proc/no/such/place.db")


def test_a_relative_database_is_that_of_the_folder_in_which_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = tmp_path / "one", tmp_path / "other"
    told = []
    for place in places:
        place.mkdir()
        monkeypatch.chdir(place)
        store = open_store(TrackingSettings(experiment=f"of {place.name}"), "sqlite:///m.db")
        told.append((store.uri, sorted(one.name for one in store.client.search_experiments())))
        monkeypatch.chdir(tmp_path)  # what is asked later is asked of the same file
        store.client.create_run(store.experiment_id)
    assert told == [("sqlite:///m.db", ["Default", f"of {place.name}"]) for place in places]
    assert [sorted(one.name for one in place.iterdir()) for place in places] == [["m.db"]] * 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["one", "other"]


def test_options_of_a_database_and_one_in_memory_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path.resolve()
    assert _anywhere("sqlite:///m.db?timeout=9") == f"sqlite:///{there / 'm.db'}?timeout=9"
    for same in ("sqlite:///:memory:", "sqlite://", "sqlite:///file:m.db?uri=true", "http://a:1", "databricks"):
        assert _anywhere(same) == same
    (tmp_path / "a?b").mkdir()
    monkeypatch.chdir(tmp_path / "a?b")
    assert _anywhere("sqlite:///m.db") == "sqlite:///m.db"
