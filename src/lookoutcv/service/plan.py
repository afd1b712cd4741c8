"""What a service does, as its processes are told it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

OnReject = Literal["refuse", "tag"]


@dataclass(frozen=True)
class ModelPlan:
    """A model to serve.

    Args:
        name: By which requests ask for it.
        place: What `lo.open_model` takes: a package, a file, file.py:function.
        shadow: Its answers are logged and never returned.
    """

    name: str
    place: str
    shadow: bool = False


@dataclass(frozen=True)
class ServicePlan:
    """What a service does. Plain values only: it travels to other processes as JSON.

    Args:
        models: At least one that is no shadow; the first answers where no model is named.
        gate: A gate's folder or the name of a variant; None without one.
        on_reject: What becomes of images that it finds unfit.
        log: The prediction log's place; None without one.
        top: How many classes an answer names.
        thresholds: The least confidence of a class; "*" for those that are not named.
        host, port: Where to listen.
        workers: How many processes serve.
        threads: How many images a process works at, at once.
        queue: How many may wait in a process.
        request_seconds: After how long a request is given up.
        drain_seconds: How long requests and the log are waited for at the end.
        max_body_bytes: Of a request.
        max_pixels: Of an image; None for the limit of `measure`.
        device, trust: As for `lo.open_model`.
        keys: The file of keys; None where everybody may ask.
        open_metrics: /metrics needs none.
        log_level, log_format: Of lines on standard error.
    """

    models: tuple[ModelPlan, ...]
    gate: str | None = None
    on_reject: OnReject = "refuse"
    log: str | None = None
    top: int = 3
    thresholds: dict[str, float] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 1
    queue: int = 64
    request_seconds: float = 30.0
    drain_seconds: float = 10.0
    max_body_bytes: int = 20 << 20
    max_pixels: int | None = None
    device: str = "cpu"
    trust: bool = False
    keys: str | None = None
    open_metrics: bool = False
    log_level: str = "info"
    log_format: str = "text"

    @property
    def answering(self) -> tuple[ModelPlan, ...]:
        """The models whose answers are returned."""
        return tuple(one for one in self.models if not one.shadow)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ServicePlan:
        """From what `to_dict` gave."""
        return cls(**{**values, "models": tuple(ModelPlan(**one) for one in values["models"])})
