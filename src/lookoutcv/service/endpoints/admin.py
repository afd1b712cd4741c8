"""What whoever runs the service asks of it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from lookoutcv.service.problems import Problem
from lookoutcv.service.web.context import context_of
from lookoutcv.service.web.json_answers import json_answer

router = APIRouter(prefix="/admin", tags=["admin"])


@router.post(
    "/reload",
    summary="Load the models and the gate anew in all processes",
    responses={409: {"description": "They cannot be loaded; those of before go on."}},
)
async def reload(request: Request) -> Response:
    """All processes answer with what lies there now, or none; no request is dropped."""
    context = context_of(request)
    problem = await context.ask_reload()
    if problem is not None:
        raise Problem(409, problem, "reload-failed")
    models = [one.described for one in context.shelf.now.models.values()]
    return json_answer({"models": models})


@router.get("/models", summary="The models that answer")
async def models(request: Request) -> Response:
    """With version, task, accuracy, and whether their answers are only logged."""
    loaded = context_of(request).shelf.now
    return json_answer({"models": [{**one.described, "shadow": one.shadow} for one in loaded.models.values()]})
