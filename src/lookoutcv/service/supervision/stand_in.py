"""Answers while no process does: alive, not ready, come again."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from typing import Any

_LONGEST_HEAD = 16_384
_SECONDS = 5.0


class StandIn:
    """Answers every request on a socket: /health with 200, anything else with 503.

    Args:
        listening: The socket that the service listens on.
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._server: asyncio.Server | None = None

    async def begin(self) -> None:
        """Answer from now on."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._answer, sock=self._listening.dup(), limit=_LONGEST_HEAD, start_serving=True
            )

    async def end(self) -> None:
        """Leave requests to others."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].partition(b"?")[0] if head.count(b" ") >= 2 else b""
                writer.write(_answer_to(path))
                await writer.drain()
        with suppress(OSError):
            writer.close()


def _answer_to(path: bytes) -> bytes:
    values: dict[str, Any]
    alive = path in (b"/health", b"/api/v1/health")
    if alive:
        line, kind, values = "200 OK", "application/json", {"status": "alive"}
    else:
        line, kind = "503 Service Unavailable", "application/problem+json"
        values = {
            "type": "urn:lookoutcv:problem:starting",
            "title": "The service cannot answer now",
            "status": 503,
            "detail": "No process is ready. Come again in 1 s.",
        }
        if path in (b"/ready", b"/api/v1/ready"):
            kind, values = "application/json", {"ready": False, "state": "starting"}
    body = json.dumps(values).encode()
    head = f"HTTP/1.1 {line}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
    return f"{head}{'' if alive else 'retry-after: 1' + chr(13) + chr(10)}\r\n".encode() + body
