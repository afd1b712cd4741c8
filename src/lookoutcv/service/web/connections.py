"""Connections that say nothing, or take their time to, are not kept: a request's head must come within some seconds."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HEAD_SECONDS = 20.0


def connection_class(seconds: float) -> type[asyncio.Protocol]:
    """The class of connections.

    Args:
        seconds: How long a head may take to arrive, from when the connection is made or a head began.
    """
    patience = min(seconds, _MOST_HEAD_SECONDS)

    class PatientConnection(HttpToolsProtocol):
        """Uvicorn's connection, with an end to waiting for a head."""

        _head: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head = self.loop.call_later(patience, self._give_up)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if self._head is None:
                self._head = self.loop.call_later(patience, self._give_up)

        def on_headers_complete(self) -> None:
            self._arrived()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._arrived()
            super().connection_lost(exc)

        def _arrived(self) -> None:
            if self._head is not None:
                self._head.cancel()
                self._head = None

        def _give_up(self) -> None:
            self._head = None
            if not self.transport.is_closing():
                self.transport.close()

    return PatientConnection
