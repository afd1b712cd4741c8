"""What the gate and the models say of an image."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from lookoutcv.service.hosting.ask import Asked
from lookoutcv.service.problems import Problem
from lookoutcv.service.web.bodies import BODY_OF_IMAGE, sent_image
from lookoutcv.service.web.context import ServiceContext, context_of
from lookoutcv.service.web.json_answers import json_answer
from lookoutcv.service.web.queries import Query, query_of

router = APIRouter(tags=["predict"])

_ASKED = (
    Query("model", "Which model; the first one unless given."),
    Query("top", "How many classes are named.", int, least=1, most=1000),
    Query("mask", "Also the class of each pixel, as a PNG in base64.", bool),
    Query("camera", "Whose image it is: judges that remember judge by it.", longest=100),
    Query("id", "The record's id; made up unless given. Labels that come later name it.", longest=200),
)


@router.post(
    "/predict_image",
    summary="Whether an image is fit to use",
    openapi_extra=BODY_OF_IMAGE | query_of(*_ASKED[3:]).openapi,
)
async def predict_image(request: Request) -> Response:
    """The gate's verdict: label (1 sharp, 0 blurred, null cannot tell), label_name, score, confidence, verdict,
    reasons."""
    context = context_of(request)
    asked = await _asked(request, context, query_of(*_ASKED[3:]).read(request))
    return json_answer(await _answered(context, partial(context.answers.judge, context.shelf.now, asked)))


@router.post(
    "/predict", summary="What a model sees in an image", openapi_extra=BODY_OF_IMAGE | query_of(*_ASKED).openapi
)
async def predict(request: Request) -> Response:
    """The most probable classes, the objects or the areas, with the model that says so, the gate's verdict and the id
    of the record in the log."""
    context = context_of(request)
    asked = await _asked(request, context, query_of(*_ASKED).read(request))
    return json_answer(await _answered(context, partial(context.answers.predict, context.shelf.now, asked)))


async def _asked(request: Request, context: ServiceContext, query: dict[str, Any]) -> Asked:
    sent = await sent_image(request, context.plan.request_seconds)
    return Asked(
        sent.data,
        query.get("id") or record_id(),
        sent.name,
        query.get("model"),
        query.get("top"),
        query.get("mask") or False,
        query.get("camera"),
        request.state.request_id,
    )


async def _answered(context: ServiceContext, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return await context.threads.run(work, context.plan.request_seconds)
    except Problem as problem:
        if problem.kind == "queue-full":
            context.instruments.queue_full()
        raise


def record_id() -> str:
    """A new id; later ones sort after earlier ones.

    Example:
        >>> len(record_id())
        32
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
