"""What is counted and timed, for Prometheus: counters and histograms that all processes of a service share."""

from __future__ import annotations

import os
from typing import Any

from lookoutcv.extras import need
from lookoutcv.version import __version__

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# Finer where services promise something: 5 ms to 1 s.
_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0, 30.0)


class Instruments:
    """The counters of one process. Its figures lie in files that every process of the service reads.

    Raises:
        MissingExtra: prometheus-client is not installed.
    """

    def __init__(self) -> None:
        client = need("prometheus_client", "serve")
        self._client = client
        self._registry = client.CollectorRegistry()

        def counter(name: str, help: str, labels: tuple[str, ...] = ()) -> Any:
            return client.Counter(name, help, labels, registry=self._registry)

        def histogram(name: str, help: str, labels: tuple[str, ...] = ()) -> Any:
            return client.Histogram(name, help, labels, buckets=_BUCKETS, registry=self._registry)

        def gauge(name: str, help: str, labels: tuple[str, ...] = (), mode: str = "livesum") -> Any:
            return client.Gauge(name, help, labels, registry=self._registry, multiprocess_mode=mode)

        self._requests = counter(
            "lookout_requests_total", "Requests by route, method and status.", ("route", "method", "status")
        )
        self._seconds = histogram(
            "lookout_request_duration_seconds", "From the first byte to the last.", ("route", "method")
        )
        self._predictions = counter("cv_predictions_total", "Predictions by model.", ("model",))
        self._inference = histogram("lookout_inference_duration_seconds", "Of the model alone.", ("model",))
        self._reading = histogram("lookout_image_duration_seconds", "Of reading an image and asking the gate.")
        self._verdicts = counter(
            "lookout_gate_verdicts_total", "What the gate said, and whose objection came first.", ("verdict", "judge")
        )
        self._shadow_failures = counter("lookout_shadow_failures_total", "Shadow models that failed.", ("model",))
        self._refused = counter("lookout_queue_refused_total", "Images that found the queue full.")
        self._waiting = gauge("lookout_queue_depth", "Images that wait for a thread.")
        self._workers = gauge("lookout_workers", "Processes that serve.")
        self._log_waiting = gauge("lookout_log_waiting", "Predictions that wait for their row.", ("model",))
        self._log_dropped = gauge("lookout_log_dropped", "Predictions that the log could not take.", ("model",))
        build = gauge("lookout_build_info", "1, with the version.", ("version",), "max")
        build.labels(__version__).set(1)
        self._workers.set(1)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        known = route or "none"
        self._requests.labels(known, method, status).inc()
        self._seconds.labels(known, method).observe(seconds)

    def predicted(self, model: str, seconds: float, reading_seconds: float | None) -> None:
        """A model said something."""
        self._predictions.labels(model).inc()
        self._inference.labels(model).observe(seconds)
        if reading_seconds is not None:
            self._reading.observe(reading_seconds)

    def judged(self, verdict: str, judge: str | None) -> None:
        """The gate said something."""
        self._verdicts.labels(verdict, judge or "none").inc()

    def shadow_failed(self, model: str) -> None:
        """A shadow model failed."""
        self._shadow_failures.labels(model).inc()

    def queue_full(self) -> None:
        """An image was told to come again."""
        self._refused.inc()

    def note_state(self, waiting: int, logs: dict[str, Any]) -> None:
        """What waits now.

        Args:
            waiting: Images before the threads.
            logs: What became of the calls of each model's log.
        """
        self._waiting.set(waiting)
        for model, stats in logs.items():
            self._log_waiting.labels(model).set(stats.waiting)
            self._log_dropped.labels(model).set(stats.dropped + stats.failed)

    def text(self) -> tuple[bytes, str]:
        """Everything as Prometheus reads it, of all processes; and its media type."""
        registry = self._registry
        if FOLDER_VARIABLE in os.environ:
            registry = self._client.CollectorRegistry()
            need("prometheus_client.multiprocess", "serve").MultiProcessCollector(registry)
        text: bytes = self._client.generate_latest(registry)
        return text, self._client.CONTENT_TYPE_LATEST
