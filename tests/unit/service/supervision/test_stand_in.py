"""While no process is ready somebody says so."""

from __future__ import annotations

import asyncio
import json

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.service.supervision.listening import listening_socket
from lookoutcv.service.supervision.stand_in import StandIn


def test_it_lives_is_not_ready_and_asks_to_come_again() -> None:
    async def ask(head: bytes) -> tuple[str, bytes, bytes]:
        with listening_socket("127.0.0.1", 0) as listening:
            stand_in = StandIn(listening)
            await stand_in.begin()
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.write(head)
            answer = await reader.read()
            writer.close()
            await stand_in.end()
        top, _, body = answer.partition(b"\r\n\r\n")
        return top.split(b"\r\n")[0].decode(), top.lower(), body

    for path, line in (("/health", "200 OK"), ("/api/v1/health", "200 OK"), ("/predict", "503 Service Unavailable")):
        told, head, body = asyncio.run(ask(f"GET {path} HTTP/1.1\r\n\r\n".encode()))
        assert told == f"HTTP/1.1 {line}"
        assert (b"retry-after: 1" in head) is line.startswith("503")
        assert isinstance(json.loads(body), dict)
    ready = asyncio.run(ask(b"GET /ready?x=1 HTTP/1.1\r\n\r\n"))
    assert json.loads(ready[2]) == {"ready": False, "state": "starting"}
    assert asyncio.run(ask(b"nonsense\r\n\r\n"))[0] == "HTTP/1.1 503 Service Unavailable"


def test_an_address_that_is_taken_is_said_with_another_one() -> None:
    with listening_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigError, match=f"another program listens there.*such as {port + 1}"):
            listening_socket("127.0.0.1", port)
