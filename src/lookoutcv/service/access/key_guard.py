"""Requests without a key that allows what they ask are answered before anything is read of them."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lookoutcv.errors import LookoutError
from lookoutcv.service.access.access_keys import AccessKey, AccessKeys
from lookoutcv.service.problems import Problem

_log = logging.getLogger("lookoutcv.service")
_PREFIX = "/api/v1"
_OPEN = frozenset({"/health", "/ready"})
# By the first part of a path; what is not named here is for those who may read.
_SCOPES = {"predict": "predict", "predict_image": "predict", "explain": "predict", "admin": "admin"}


class KeyGuard:
    """Stands before an application.

    Args:
        app: What answers those who may ask.
        keys: Who may; None lets everybody.
        open_metrics: /metrics needs no key.
    """

    def __init__(self, app: ASGIApp, keys: AccessKeys | None, *, open_metrics: bool) -> None:
        self._app, self._keys = app, keys
        self._open = _OPEN | {"/metrics"} if open_metrics else _OPEN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._keys is not None and scope["type"] == "http":
            path = scope["path"].removeprefix(_PREFIX)
            if path not in self._open:
                key = self._key(Headers(scope=scope), self._keys)
                needed = scope_of(path)
                if not key.allows(needed):
                    raise Problem(
                        403, f"The key {key.name} does not allow this; {needed} or admin does.", "scope", scope=needed
                    )
        await self._app(scope, receive, send)

    def _key(self, headers: Headers, keys: AccessKeys) -> AccessKey:
        kind, _, token = headers.get("authorization", "").partition(" ")
        given = token.strip() if kind.lower() == "bearer" else headers.get("x-api-key", "")
        try:
            key = keys.find(given) if given else None
        except LookoutError as error:
            _log.error("no key opens anything: %s", error)
            raise Problem(503, "The keys of this service cannot be read now.", "no-keys") from None
        if key is None:
            said = "This key is not known." if given else "Send a key: Authorization: Bearer KEY."
            raise Problem(401, said, "no-key", {"www-authenticate": "Bearer"})
        return key


def scope_of(path: str) -> str:
    """What a key must allow for a path.

    Example:
        >>> [scope_of(path) for path in ("/predict", "/predict/batch", "/admin/reload", "/metrics", "/")]
        ['predict', 'predict', 'admin', 'read', 'read']
    """
    return _SCOPES.get(path.strip("/").partition("/")[0], "read")
