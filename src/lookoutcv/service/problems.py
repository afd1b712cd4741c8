"""Errors as RFC 9457 has them: a JSON object that says what is wrong and what to do, and never a trace."""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lookoutcv.errors import (
    DataError,
    ImageError,
    ImageTooLarge,
    LookoutError,
    ModelError,
    RuntimeDied,
    ShapeMismatch,
    SourceNotFound,
    UnknownPlugin,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("lookoutcv.service")
# The first kind that fits; a model that fails is our fault, an image that cannot be read the client's.
_STATUS: tuple[tuple[type[LookoutError], int], ...] = (
    (ImageTooLarge, 413),
    (ImageError, 422),
    (ShapeMismatch, 422),
    (SourceNotFound, 404),
    (UnknownPlugin, 422),
    (RuntimeDied, 503),
    (ModelError, 500),
    (UsageError, 422),
    (DataError, 422),
)
_TITLES = {
    400: "The request is not as it must be",
    401: "A key is needed",
    403: "The key does not allow this",
    404: "There is no such thing here",
    405: "This cannot be done here",
    408: "The request took too long to arrive",
    409: "This cannot be done now",
    413: "The request is too large",
    415: "This kind of content is not read",
    422: "The content cannot be used",
    429: "Too many requests",
    500: "The service failed",
    503: "The service cannot answer now",
    504: "The answer took too long",
}


class Problem(Exception):
    """A request that gets no answer but this.

    Args:
        status: Of HTTP.
        detail: What is wrong, and what to do, in sentences.
        kind: Of problem, in words with hyphens: the last part of its `type`.
        headers: Of the answer.
        more: Further members of the object.
    """

    def __init__(
        self, status: int, detail: str, kind: str = "", headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind, self.headers, self.more = status, detail, kind, headers, more

    def response(self) -> Response:
        """As it is answered."""
        body = {
            "type": f"urn:lookoutcv:problem:{self.kind}" if self.kind else "about:blank",
            "title": _TITLES.get(self.status, "The request failed"),
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        text = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        return Response(text, self.status, self.headers, MEDIA_TYPE)


def problem_of(error: BaseException) -> Problem:
    """What is answered for an error; one that is none of ours is logged, and nothing of it told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, LookoutError):
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
        if status >= 500:
            _log.error("%s", error)
        return Problem(status, str(error), _hyphenated(type(error).__name__))
    if isinstance(error, HTTPException):
        return Problem(error.status_code, f"{error.detail}.", headers=dict(error.headers or {}))
    _log.error("a request failed: %s", type(error).__name__, exc_info=error)
    return Problem(500, "The service failed; its log says why.", "internal")


async def answer_problem(request: Request, error: Exception) -> Response:
    """The handler of all errors."""
    return problem_of(error).response()


def _hyphenated(name: str) -> str:
    """
    Example:
        >>> _hyphenated("ImageTooLarge")
        'image-too-large'
    """
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
