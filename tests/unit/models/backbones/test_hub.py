"""The hub: from the cache, offline, silent, and refusing."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lookoutcv.models.backbones import hub
from lookoutcv.models.backbones.hub import HubError, weights_from_hub

constants = pytest.importorskip("huggingface_hub.constants")
REPOSITORY = "timm/some-network"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.file_download.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "hub"


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def refusing() -> Iterator[str]:
    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *told: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_hub_that_does_not_answer_is_said_after_the_limit(silent, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", silent)
    monkeypatch.setattr(hub, "ANSWER_SECONDS", 0.3)
    with pytest.raises(HubError, match=r"did not answer within 0\.3 seconds|cannot be reached"):
        weights_from_hub(REPOSITORY)


def test_a_hub_that_is_not_there_is_said(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    with pytest.raises(HubError, match="cannot be reached"):
        weights_from_hub(REPOSITORY)


def test_a_hub_that_does_not_have_them_is_said(refusing, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", refusing)
    with pytest.raises(HubError, match="does not have them"):
        weights_from_hub(REPOSITORY)


def test_offline_nothing_is_asked(silent, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", silent)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        weights_from_hub(REPOSITORY)


def test_what_the_cache_holds_is_taken_without_asking(own_cache, silent, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", silent)
    folder = own_cache / "models--timm--some-network"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("abc")
    file = folder / "snapshots" / "abc" / "model.safetensors"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"weights")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", _in(own_cache))
    assert weights_from_hub(REPOSITORY) == file


def _in(cache: Path):
    from huggingface_hub.file_download import try_to_load_from_cache

    return lambda repository, name: try_to_load_from_cache(repository, name, cache_dir=cache)
