"""`lookout serve`: models behind an HTTP API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.service.service_settings import ServeSettings


@verb("serve")
def serve(settings: ServeSettings) -> None:
    """Serve until stopped; what it can be told is declared in `service.service_settings`."""
    import lookoutcv as lo

    lo.serve(
        settings.model,
        models=settings.models,
        shadow=settings.shadow,
        gate=settings.gate,
        on_reject=settings.on_reject,
        log=settings.log,
        top=settings.top,
        thresholds=settings.thresholds,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        threads=settings.threads,
        queue=settings.queue,
        request_seconds=settings.request_seconds,
        drain_seconds=settings.drain_seconds,
        max_body_bytes=settings.max_body_bytes,
        max_pixels=settings.max_pixels,
        keys=settings.keys,
        open_metrics=settings.open_metrics,
        device=settings.device,
        trust=settings.trust,
        on_ready=lambda url: typer.echo(f"Ready at {url}"),
    )
