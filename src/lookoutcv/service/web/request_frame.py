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

# As nginx counts requests whose client left.
_LEFT = 499

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
        exchange = _Exchange(scope, receive, send, self._most)
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        try:
            exchange.check_declared()
            await self._app(scope, exchange.receive, exchange.send)
        except Exception as error:  # whatever happens, the client is told in one form
            if exchange.status:
                raise
            await problem_of(error).response()(scope, receive, exchange.send)
        finally:
            self._tell(scope, exchange, time.perf_counter() - began)

    def _tell(self, scope: Scope, exchange: _Exchange, seconds: float) -> None:
        route = scope.get("route")
        # Of what was asked only what is ours: a path that leads nowhere is not written to a log.
        path = getattr(route, "path_format", getattr(route, "path", ""))
        status = exchange.status or _LEFT
        self._observe(scope["method"], path, status, seconds)
        if _log.isEnabledFor(logging.INFO):
            fields = {"request_id": exchange.request_id, "method": scope["method"], "status": status, "path": path}
            line = fields | {"seconds": round(seconds, 6)}
            _log.info("%s %s %d", scope["method"], path or "?", status, extra=line)


class _Exchange:
    """One request and its answer.

    Args:
        scope, receive, send: As ASGI hands them over.
        most_bytes: Of the body.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, most_bytes: int) -> None:
        self._receive, self._send, self._most = receive, send, most_bytes
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        self.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        self.status = 0
        self._declared = headers.get("content-length", "")
        self._arrived = 0
        # Whether there is more of the request than was read.
        self._more = self._declared not in ("", "0") or "transfer-encoding" in headers

    def check_declared(self) -> None:
        """Refuse a body that is too large before any of it is read.

        Raises:
            Problem: It is.
        """
        if self._declared.isdigit() and int(self._declared) > self._most:
            raise self._too_large()

    async def receive(self) -> Message:
        """As ASGI has it, counted."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._arrived += len(message.get("body", b""))
            self._more = message.get("more_body", False)
            if self._arrived > self._most:
                self._more = True
                raise self._too_large()
        return message

    async def send(self, message: Message) -> None:
        """As ASGI has it, with what every answer says."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            answer = MutableHeaders(scope=message)
            answer["x-request-id"] = self.request_id
            for name, value in _HEADERS:
                answer.setdefault(name, value)
            if self._more:  # nobody waits for the rest of a request that is answered
                answer["connection"] = "close"
        await self._send(message)

    def _too_large(self) -> Problem:
        return Problem(413, f"The request is larger than {self._most:,} bytes.", "too-large")
