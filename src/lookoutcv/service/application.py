"""The application: every endpoint, under /api/v1 and by its plain path."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException

from lookoutcv.errors import LookoutError
from lookoutcv.service.access.access_keys import AccessKeys
from lookoutcv.service.access.key_guard import KeyGuard
from lookoutcv.service.endpoints import admin, ask_explanations, ask_models, health
from lookoutcv.service.problems import Problem, answer_problem
from lookoutcv.service.web.context import ServiceContext
from lookoutcv.service.web.request_frame import RequestFrame
from lookoutcv.version import __version__

PREFIX = "/api/v1"
_ROUTERS: tuple[APIRouter, ...] = (health.router, ask_models.router, ask_explanations.router, admin.router)


def application(context: ServiceContext) -> RequestFrame:
    """The service as an ASGI application."""
    app = FastAPI(
        title="LookOutCV",
        version=__version__,
        summary="Models that are gated, logged and watched.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = context
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
        app.include_router(router, include_in_schema=False)
    for kind in (Problem, LookoutError, HTTPException):
        app.add_exception_handler(kind, answer_problem)
    keys = None if context.plan.keys is None else AccessKeys(context.plan.keys)
    guarded = KeyGuard(app, keys, open_metrics=context.plan.open_metrics)
    return RequestFrame(guarded, context.plan.max_body_bytes, context.instruments.requested)
