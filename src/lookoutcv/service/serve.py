"""Serve models over HTTP until told to stop."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import socket
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.log.table.arguments import checked_path
from lookoutcv.log.writing.check_arguments import check_model_name
from lookoutcv.models.model_file import format_of
from lookoutcv.models.packages.package import package_at
from lookoutcv.models.python_function import named_function
from lookoutcv.processes.log_lines import writes_json
from lookoutcv.processes.machine import cpu_count
from lookoutcv.service.access.access_keys import AccessKeys
from lookoutcv.service.plan import ModelPlan, OnReject, ServicePlan
from lookoutcv.service.service_settings import BODY_BYTES, DRAIN_SECONDS, PORT, QUEUE, REQUEST_SECONDS

Place = str | os.PathLike[str]
_log = logging.getLogger("lookoutcv.service")
# Its processes write lines as this one does.
_lines = logging.getLogger("lookoutcv")
_LOOPBACK = ("127.", "::1", "localhost")
_NEEDED = ("fastapi", "uvicorn", "httptools", "python_multipart", "prometheus_client")
# What is given several times is said as one.
_SAID = {"models": "model", "thresholds": "threshold"}
_PLACES, _NUMBERS = "NAME=MODEL", "CLASS=NUMBER"


@only_known_keywords()
def serve(
    model: str | os.PathLike[str] | None = None,
    *,
    models: Mapping[str, str | os.PathLike[str]] | Sequence[str] | None = None,
    shadow: Mapping[str, str | os.PathLike[str]] | Sequence[str] | None = None,
    gate: str | os.PathLike[str] | None = None,
    on_reject: str = "refuse",
    log: str | os.PathLike[str] | None = None,
    top: int = 3,
    thresholds: Mapping[str, float] | Sequence[str] | None = None,
    host: str = "127.0.0.1",
    port: int = PORT,
    workers: int | None = None,
    threads: int = 1,
    queue: int = QUEUE,
    request_seconds: float = REQUEST_SECONDS,
    drain_seconds: float = DRAIN_SECONDS,
    max_body_bytes: int = BODY_BYTES,
    max_pixels: int | None = None,
    keys: str | os.PathLike[str] | None = None,
    open_metrics: bool = False,
    device: str = "cpu",
    trust: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve models over HTTP until the process is told to stop (SIGTERM, Ctrl-C); SIGHUP loads the models anew.

    Args:
        model: A package, an ONNX, TFLite or TorchScript file, or "file.py:function". It is called by its package's
            name, or its file's.
        models: Further models, by the names that requests ask for; or texts "NAME=MODEL".
        shadow: Models that are asked about the same images as the first one; what they say is logged, never returned.
        gate: A gate's folder, or the name of a variant: images pass it before a model is asked.
        on_reject: An image that it finds unfit is refused ("refuse"), or answered with the verdict beside ("tag").
        log: Log every prediction with its image's quality and the gate's verdict: a folder, or a URL.
        top: How many classes an answer names.
        thresholds: The least confidence of a class, 0 to 1, by its name, or texts "CLASS=NUMBER"; "*" for all that are
            not named. An answer below says `accepted: false`.
        host, port: Where to listen; port 0 takes a free one.
        workers: How many processes serve, on one socket; None for one a core.
        threads: How many images a process works at, at once.
        queue: How many images may wait in a process; further ones are answered 429.
        request_seconds: A request that takes longer is given up.
        drain_seconds: How long requests and the log are waited for at the end.
        max_body_bytes: Larger requests are refused.
        max_pixels: Images with more pixels are refused; None for the limit of `measure`.
        keys: Only who has a key of this file may ask (`lo.AccessKeys`); needed where the address is not this machine's
            own. /health and /ready need none.
        open_metrics: /metrics needs none either.
        device, trust: As for `lo.open_model`.
        on_ready: Called once with the URL when all processes are ready.
    Raises:
        ConfigError: An option means nothing, or the address cannot be had.
        ModelError, FileFormatError: A model or the gate cannot be opened.
        MissingExtra: `lookoutcv[serve]` is not installed.
    """
    if sys.platform == "win32":
        raise ConfigError("serving needs processes that share a socket, which Windows has not", "Serve in WSL.")
    for package in _NEEDED:
        need(package, "serve")
    plan = ServicePlan(
        models=_models(model, models, shadow),
        gate=None if gate is None else os.fspath(gate),
        on_reject=_on_reject(on_reject),
        log=None if log is None else os.fspath(log),
        top=top,
        thresholds=_thresholds(thresholds),
        host=host,
        port=port,
        workers=workers if workers is not None else cpu_count(),
        threads=threads,
        queue=queue,
        request_seconds=request_seconds,
        drain_seconds=drain_seconds,
        max_body_bytes=max_body_bytes,
        max_pixels=max_pixels,
        keys=None if keys is None else os.path.abspath(keys),
        open_metrics=open_metrics,
        device=device,
        trust=trust,
        log_level=logging.getLevelName(_lines.getEffectiveLevel()).lower(),
        log_format="json" if writes_json(_lines) else "text",
    )
    _check_numbers(plan)
    _check_keys(plan)
    from lookoutcv.service.supervision.listening import listening_socket  # noqa: PLC0415 - needs what was needed above
    from lookoutcv.service.supervision.supervisor import Supervisor  # noqa: PLC0415

    with listening_socket(plan.host, plan.port) as listening:
        url = _url(listening)
        asyncio.run(Supervisor(plan, listening, lambda: _ready(url, plan, on_ready)).run())


def _ready(url: str, plan: ServicePlan, on_ready: Callable[[str], None] | None) -> None:
    names = ", ".join(one.name for one in plan.answering)
    _log.info("%s answers for %s in %d processes", url, names, plan.workers)
    if on_ready is not None:
        on_ready(url)


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _models(
    model: Place | None,
    models: Mapping[str, Place] | Sequence[str] | None,
    shadow: Mapping[str, Place] | Sequence[str] | None,
) -> tuple[ModelPlan, ...]:
    first = [] if model is None else [ModelPlan(_own_name(os.fspath(model)), os.fspath(model))]
    further = [ModelPlan(name, checked_path(place, "models")) for name, place in _pairs(models, "models", _PLACES)]
    shadows = [
        ModelPlan(name, checked_path(place, "shadow"), shadow=True) for name, place in _pairs(shadow, "shadow", _PLACES)
    ]
    if not first and not further:
        raise ConfigError("no model is given", "Give a package, or a model's file.", key="model")
    every = (*first, *further, *shadows)
    _check_names(one.name for one in every)
    for one in every:
        if named_function(one.place) is None and package_at(one.place) is None:
            format_of(Path(one.place))
    return every


def _check_names(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        check_model_name(name)
        if name in seen:
            raise ConfigError(
                f"two models are called {name!r}",
                f"Give one another name: {option('model')} NAME=MODEL.",
                key="models",
            )
        seen.add(name)


def _own_name(place: str) -> str:
    """What a model is called that nobody gave a name."""
    package = package_at(place)
    if package is not None:
        return package.manifest.name
    base = os.path.basename(place.rstrip("/\\"))
    return base.partition(":")[2] if ".py:" in base else os.path.splitext(base)[0] or base


def _said(key: str) -> str:
    """A setting as a person gives it."""
    return option(_SAID.get(key, key))


def _pairs(given: Mapping[str, Any] | Sequence[str] | None, key: str, form: str) -> list[tuple[str, Any]]:
    """Names with what they stand for."""
    if isinstance(given, Mapping):
        return [(str(name), value) for name, value in given.items()]
    pairs: list[tuple[str, Any]] = []
    for text in given or ():
        name, equals, value = text.partition("=") if isinstance(text, str) else ("", "", "")
        if not (name and equals and value):
            raise ConfigError(
                f"{_said(key)} {text!r} is not {form}",
                f"Write {_said(key)} {form}.",
                key=key,
            )
        if name in dict(pairs):
            raise ConfigError(f"{_said(key)} names {name} twice", "Give it once.", key=key)
        pairs.append((name, value))
    return pairs


def _thresholds(given: Mapping[str, float] | Sequence[str] | None) -> dict[str, float]:
    checked = {}
    for name, value in _pairs(given, "thresholds", _NUMBERS):
        try:
            checked[name] = float(value)
        except (TypeError, ValueError):
            checked[name] = math.nan
        if not 0 <= checked[name] <= 1:
            raise ConfigError(f"the threshold of {name!r} is {value}", "Give a confidence, 0 to 1.", key="thresholds")
    return checked


def _on_reject(value: str) -> OnReject:
    if value not in get_args(OnReject):
        said = f"Take one of {', '.join(get_args(OnReject))}."
        raise ConfigError(f"{option('on_reject')} is {value!r}", said, key="on_reject")
    return cast(OnReject, value)


def _check_keys(plan: ServicePlan) -> None:
    make = "Make a key: lookout keys add NAME."
    if plan.keys is not None and not AccessKeys(plan.keys).entries():
        raise ConfigError(f"{plan.keys} holds no key", make, key="keys")
    if plan.keys is None and not plan.host.startswith(_LOOPBACK):
        raise ConfigError(
            f"{plan.host} can be reached from other machines, and whoever does may ask",
            f"{make} Then give {option('keys')} FILE.",
            key="keys",
        )


def _check_numbers(plan: ServicePlan) -> None:
    for key in ("top", "workers", "threads", "queue", "request_seconds", "max_body_bytes"):
        if not getattr(plan, key) > 0:
            raise ConfigError(f"{_said(key)} is {getattr(plan, key)}", "Give a number above 0.", key=key)
    if not 0 <= plan.port < 1 << 16:
        raise ConfigError(f"{option('port')} is {plan.port}", "Give 0 to 65535.", key="port")
    if not plan.drain_seconds >= 0:
        raise ConfigError(f"{option('drain_seconds')} is {plan.drain_seconds}", "Give 0 or more.", key="drain_seconds")
