"""What a service costs beside its model: ours, bare and with gate, log and figures, a plain FastAPI endpoint, LitServe.

The same MobileNetV3-small, untaught, in ONNX, and the same JPEG of some 100 kB. Each server runs as many processes as
there are cores, each model one thread; the client's connections stay open. A bare loop of decoding and ONNX Runtime in
one process is the reference, timed before and after each server. Turns of all servers alternate.

    python benchmarks/serve_speed.py --environments peers
"""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import simplejpeg

from harness.bare_answers import BareClassifier
from harness.command import main
from harness.environments import DoesNotRun, Peer, python_of
from harness.figures import Benchmark, Figure, Goal, Option
from harness.http_load import Load, free_port, load, running
from lookoutcv.demo.photographs import views
from lookoutcv.models.networks.timm_import import timm

_PEERS = Path(__file__).resolve().parent / "harness" / "peers"
_LITSERVE = Peer(
    "LitServe 0.2.19",
    "serve_litserve.py",
    ["litserve==0.2.19", "onnxruntime", "simplejpeg", "opencv-python-headless", "python-multipart", "numpy"],
)
_CONCURRENCIES = (1, 16)
_CARD = """\
task: classification
labels: {labels}
input: {{size: [224, 224], layout: NCHW, colour: RGB, dtype: float32, scale: 0.00392156862745098, mean: 0, std: 1, \
resize: stretch}}
head: {{name: softmax}}
"""
_OURS, _WHOLE, _PLAIN = "ours", "ours with gate and log", "a plain FastAPI endpoint"


@dataclass
class _Server:
    """A server that is asked in turns."""

    name: str
    command: list[str]
    port: int
    ready: str
    form: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    loads: dict[int, list[Load]] = field(default_factory=lambda: {one: [] for one in _CONCURRENCIES})


def measure(settings: Namespace) -> Iterator[Figure]:
    """All servers, in turns."""
    with TemporaryDirectory() as folder:
        model, jpeg = _model(Path(folder)), _jpeg()
        servers = list(_servers(Path(folder), model, settings))
        bare = [_bare_ms(model, jpeg)]
        for _ in range(settings.turns):
            for server in servers:
                with ExitStack() as stack:
                    pid = stack.enter_context(running(server.command, server.port, server.environment, server.ready))
                    request = _request(server, jpeg)
                    load(pid, server.port, request, max(_CONCURRENCIES), 2.0)
                    for concurrency in _CONCURRENCIES:
                        server.loads[concurrency].append(load(pid, server.port, request, concurrency, settings.seconds))
                bare.append(_bare_ms(model, jpeg))
        yield from _figures(servers, median(bare), f"{settings.turns} turns of {settings.seconds:g} s")


def _figures(servers: list[_Server], bare: float, basis: str) -> Iterator[Figure]:
    yield Figure("bare loop, an image", bare, "ms", "decoding, resizing and ONNX Runtime in one process")
    for server in servers:
        for concurrency, loads in server.loads.items():
            about = f"{server.name}, {concurrency} at once"
            low, high = min(one.core_ms for one in loads), max(one.core_ms for one in loads)
            goal = Goal(1.25) if server.name == _OURS else None
            told = f"{basis}; {low:.2f} to {high:.2f} ms; {sum(one.failures for one in loads)} failures"
            yield Figure(
                f"processor's time a request: {about}", median(one.core_ms for one in loads) / bare, "x", told, goal
            )
            rates = [one.rate for one in loads]
            yield Figure(f"answers a second: {about}", median(rates), "", f"{min(rates):.0f} to {max(rates):.0f}")
            yield Figure(f"median: {about}", median(one.median_ms for one in loads), "ms", basis)
            yield Figure(f"p99: {about}", median(one.p99_ms for one in loads), "ms", basis)
    by_name = {server.name: server for server in servers}
    for concurrency in _CONCURRENCIES:
        ours, whole = by_name[_OURS].loads[concurrency], by_name[_WHOLE].loads[concurrency]
        more = median(b.median_ms / a.median_ms for a, b in zip(ours, whole, strict=True))
        later = median(b.p99_ms / a.p99_ms for a, b in zip(ours, whole, strict=True))
        yield Figure(f"median with gate and log, {concurrency} at once", more, "x", basis, Goal(1.15))
        yield Figure(f"p99 with gate and log, {concurrency} at once", later, "x", basis, Goal(1.25))


def _servers(folder: Path, model: Path, settings: Namespace) -> Iterator[_Server]:
    workers = str(len(os.sched_getaffinity(0)))
    ours = [sys.executable, "-m", "lookoutcv", "--no-config", "serve", str(model), "--workers", workers]
    port = free_port()
    yield _Server(_OURS, [*ours, "--port", str(port)], port, "/ready")
    port = free_port()
    more = ["--gate", "composite", "--on-reject", "tag", "--log", str(folder / "log"), "--port", str(port)]
    yield _Server(_WHOLE, [*ours, *more], port, "/ready")
    port = free_port()
    plain = [sys.executable, "-m", "uvicorn", "serve_fastapi:app", "--app-dir", str(_PEERS), "--port", str(port)]
    plain += ["--workers", workers, "--no-access-log"]
    yield _Server(_PLAIN, plain, port, "/health", environment={"MODEL": str(model)})
    if settings.environments:
        try:
            python = python_of(_LITSERVE, Path(settings.environments).resolve())
        except DoesNotRun as reason:
            print(f"{_LITSERVE.name} {reason}", file=sys.stderr)
            return
        port = free_port()
        command = [str(python), str(_PEERS / _LITSERVE.runner), str(model), str(port), workers]
        yield _Server(_LITSERVE.name, command, port, "/health", form=True)


def _request(server: _Server, jpeg: bytes) -> bytes:
    kind, body = "image/jpeg", jpeg
    if server.form:
        kind = "multipart/form-data; boundary=edge"
        part = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        body = part + b"Content-Type: image/jpeg\r\n\r\n" + jpeg + b"\r\n--edge--\r\n"
    head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _bare_ms(model: Path, jpeg: bytes) -> float:
    classify = BareClassifier(str(model))
    took = []
    for _ in range(200):
        began = time.process_time()
        classify(jpeg)
        took.append(1000 * (time.process_time() - began))
    return float(np.mean(took[20:]))


def _jpeg() -> bytes:
    """A photograph's JPEG of some 100 kB."""
    pixels = next(views(1, seed=3))[1]
    large = np.ascontiguousarray(np.kron(pixels, np.ones((3, 3, 1), np.uint8)))
    noise = np.random.default_rng(0).integers(-6, 7, large.shape)
    data: bytes = simplejpeg.encode_jpeg(np.clip(large + noise, 0, 255).astype(np.uint8), 75, "RGB", "420")
    return data


def _model(folder: Path) -> Path:
    import torch  # noqa: PLC0415 - nothing else here needs it

    place = folder / "mobilenet.onnx"
    torch.manual_seed(0)
    network = timm().create_model("mobilenetv3_small_100", pretrained=False).eval()
    whole = torch.nn.Sequential(network, torch.nn.Softmax(1)).eval()
    torch.onnx.export(
        whole,
        (torch.zeros(2, 3, 224, 224),),
        str(place),
        input_names=["images"],
        dynamic_shapes=({0: torch.export.Dim("n")},),
        external_data=False,
        verbose=False,
    )
    labels = ", ".join(f"c{number}" for number in range(1000))
    (folder / "mobilenet.card.yaml").write_text(_CARD.format(labels=f"[{labels}]"))
    return place


BENCHMARK = Benchmark(
    "what a service costs beside its model",
    measure,
    [
        Option("--turns", 3, "how often each server is started and asked"),
        Option("--seconds", 5.0, "how long it is asked each time"),
        Option("--environments", "", "folder where LitServe is installed; it is not asked unless this is given"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
