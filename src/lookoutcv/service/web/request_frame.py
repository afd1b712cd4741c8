"""What every request passes, before and after its endpoint: an id, a limit of size, headers, a line, a measurement."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lookoutcv.service.problems import Problem, problem_of

_log = logging.getLogger("lookoutcv.service.requests")
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
)

Observed = Callable[[str, str, int, float], None]


class RequestFrame:
    """The outermost layer of the application.

    Args:
        app: What answers.
        most_bytes: Of a body.
        observe: Told of each request: method, route ("" for none), status, seconds.
    """

    def __init__(self, app: ASGIApp, most_bytes: int, observe: Observed) -> None:
        self._app, self._most, self._observe = app, most_bytes, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["x-request-id"] = request_id
                for name, value in _HEADERS:
                    answer.setdefault(name, value)
            await send(message)

        try:
            declared = headers.get("content-length", "")
            if declared.isdigit() and int(declared) > self._most:
                raise self._too_large()
            await self._app(scope, self._counted(receive), sending)
        except Exception as error:  # whatever happens, the client is told in one form
            if status:
                raise
            await problem_of(error).response()(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - began
            route = scope.get("route")
            path = getattr(route, "path_format", getattr(route, "path", ""))
            self._observe(scope["method"], path, status or 499, seconds)
            if _log.isEnabledFor(logging.INFO):
                fields = {"request_id": request_id, "method": scope["method"], "status": status or 499}
                _log.info(
                    "%s %s %d",
                    scope["method"],
                    path or "?",
                    status or 499,
                    extra={**fields, "path": path, "seconds": round(seconds, 6)},
                )

    def _counted(self, receive: Receive) -> Receive:
        arrived = 0

        async def counting() -> Message:
            nonlocal arrived
            message = await receive()
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                if arrived > self._most:
                    raise self._too_large()
            return message

        return counting

    def _too_large(self) -> Problem:
        return Problem(413, f"The request is larger than {self._most:,} bytes.", "too-large", {"connection": "close"})
