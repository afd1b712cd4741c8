"""Whether the service lives, and whether it is ready; what it counted."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from lookoutcv.service.web.context import context_of
from lookoutcv.service.web.json_answers import json_answer
from lookoutcv.version import __version__

router = APIRouter(tags=["health"])


@router.get("/health", summary="Whether the process lives")
async def health() -> Response:
    """Answers as long as the process can answer anything."""
    return json_answer({"status": "alive", "version": __version__})


@router.get("/ready", summary="Whether requests should be sent here", responses={503: {"description": "Not now."}})
async def ready(request: Request) -> Response:
    """False before all processes have loaded their models, after one of them died until it is replaced, and once the
    service stops."""
    context = context_of(request)
    fleet = context.fleet
    is_ready = not context.draining and fleet.ready >= fleet.workers
    state = "draining" if context.draining else "ready" if is_ready else "starting"
    values = {
        "ready": is_ready,
        "state": state,
        "workers": fleet.workers,
        "workers_ready": fleet.ready,
        "worker_deaths": fleet.deaths,
    }
    return json_answer(values, 200 if is_ready else 503)


@router.get("/metrics", summary="Everything that is counted, for Prometheus")
async def metrics(request: Request) -> Response:
    """In Prometheus' text format, of all processes."""
    context = context_of(request)
    stats = {one.name: one.log_stats for one in context.shelf.now.models.values()}
    context.instruments.note_state(context.threads.waiting, {name: one for name, one in stats.items() if one})
    text, kind = context.instruments.text()
    return Response(text, media_type=kind)
