"""What a model looked at in an image, as a picture."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter
from PIL import Image as PilImage
from starlette.requests import Request
from starlette.responses import Response

from lookoutcv.explanation.drawing.heatmap import Explanation
from lookoutcv.explanation.drawing.overlay import captioned, overlay
from lookoutcv.images import Limits, read
from lookoutcv.service.hosting.hosted_model import HostedModel
from lookoutcv.service.web.bodies import BODY_OF_IMAGE, sent_image
from lookoutcv.service.web.context import context_of
from lookoutcv.service.web.queries import Query, query_of

router = APIRouter(tags=["explain"])

_OVERLAY, _HEATMAP, _CAPTIONED = "overlay", "heatmap", "captioned"
_ASKED = query_of(
    Query("model", "Which model; the first one unless given."),
    Query("class", "Of this class, by name, or of this object, by number; the most probable unless given."),
    Query("method", "How: grad_cam, occlusion, rise ...; auto takes grad_cam where there is a network.", longest=40),
    Query(
        "form",
        "The map over the image, the map alone in grey, or the overlay with words under it.",
        choices=(_OVERLAY, _HEATMAP, _CAPTIONED),
    ),
)


@router.post(
    "/explain",
    summary="What a model looked at",
    openapi_extra=BODY_OF_IMAGE | _ASKED.openapi,
    responses={200: {"content": {"image/png": {}}}},
)
async def explain(request: Request) -> Response:
    """A PNG. Headers say the class (percent-encoded), its score, whether there is something to draw, and notes."""
    context = context_of(request)
    asked = _ASKED.read(request)
    sent = await sent_image(request, context.plan.request_seconds)
    model = context.shelf.now.model(asked.get("model"))
    limits = Limits.of(context.plan.max_pixels, context.plan.max_body_bytes)
    work = partial(_explained, model, sent.data, limits, asked.get("class"), asked.get("method", "auto"))
    explanation = await context.threads.run(work, context.plan.request_seconds)
    heatmap = explanation.heatmap
    headers = {
        "x-explained-class": quote(heatmap.label),
        "x-explained-score": f"{heatmap.score:.6g}",
        "x-explained-method": heatmap.attribution.method,
        "x-explained-usable": str(heatmap.usable).lower(),
        "x-explained-notes": quote(" ".join((*heatmap.notes, *explanation.notes))[:2000], safe=" .,:;()'"),
    }
    return Response(_drawn(explanation, asked.get("form", _OVERLAY)), headers=headers, media_type="image/png")


def _explained(model: HostedModel, data: bytes, limits: Limits, named: str | None, method: str) -> Explanation:
    chosen = None if named is None else [int(named) if named.isdecimal() else named]
    return model.predictor.explain([read(data, limits=limits).pixels], classes=chosen, method=method)[0]


def _drawn(explanation: Explanation, form: str) -> bytes:
    heatmap = explanation.heatmap
    if form == _HEATMAP:
        picture = np.rint(255 * np.clip(np.nan_to_num(heatmap.values), 0, 1)).astype(np.uint8)
    else:
        picture = (captioned if form == _CAPTIONED else overlay)(explanation.pixels, heatmap)
    file = BytesIO()
    PilImage.fromarray(picture).save(file, "PNG")
    return file.getvalue()
