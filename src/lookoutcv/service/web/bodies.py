"""The image of a request: a raw body, JSON with base64, or a form; within limits of size and time."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from lookoutcv.service.problems import Problem

_KEYS = {"image", "name"}
# A name is for people to read; an id is another thing.
_LONGEST_NAME = 256
_MOST_FIELDS = 20

BODY_OF_IMAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["image"],
                    "additionalProperties": False,
                    "properties": {
                        "image": {"type": "string", "description": "The file in base64, or a data URL."},
                        "name": {"type": "string", "description": "What people call it."},
                    },
                }
            },
        },
    }
}


@dataclass(frozen=True)
class SentImage:
    """An image as a request brings it.

    Args:
        data: Of its file.
        name: What the client calls it; None where it does not say.
    """

    data: bytes
    name: str | None = None


async def sent_image(request: Request, seconds: float) -> SentImage:
    """The image of a request.

    Args:
        request: As it comes.
        seconds: How long it may take to arrive.
    Raises:
        Problem: There is none, several, or it does not arrive.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with asyncio.timeout(seconds):
            if kind == "multipart/form-data":
                return await _of_form(request)
            body = await request.body()
    except TimeoutError:
        raise Problem(408, f"The request did not arrive within {seconds:g} seconds.", "slow-request") from None
    except ClientDisconnect:
        raise Problem(400, "The client left.", "client-left") from None
    if kind == "application/json":
        return _of_json(body)
    if kind.startswith("text/") or kind == "application/x-www-form-urlencoded":
        raise Problem(415, f"{kind} holds no image. {_HOW}", "no-image")
    if not body:
        raise Problem(422, f"The request holds no image. {_HOW}", "no-image")
    return SentImage(body)


_HOW = "Send the file as the body, as `file` of a form, or in base64 as `image` of a JSON object."


async def _of_form(request: Request) -> SentImage:
    try:
        async with request.form(max_files=_MOST_FIELDS, max_fields=_MOST_FIELDS) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            others = sorted({name for name, value in form.multi_items() if not isinstance(value, UploadFile)})
            if others:
                raise Problem(422, f"The form's field {others[0][:100]!r} is not read. {_HOW}", "unknown-field")
            if len(files) != 1:
                said = "no file" if not files else f"{len(files)} files"
                raise Problem(
                    422, f"The form holds {said}, and one is wanted. Several go to /predict/batch.", "no-image"
                )
            return SentImage(await files[0].read(), (files[0].filename or "")[:_LONGEST_NAME] or None)
    except HTTPException as error:
        raise Problem(400, f"The form cannot be read: {error.detail.rstrip('.')}.", "bad-form") from None


def _of_json(body: bytes) -> SentImage:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is no JSON.", "bad-json") from None
    if not isinstance(given, dict) or not isinstance(given.get("image"), str):
        raise Problem(422, f"The JSON object has no text `image`. {_HOW}", "no-image")
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        raise Problem(422, f"The key {unknown[0][:100]!r} is not read; image and name are.", "unknown-field")
    name = given.get("name")
    if name is not None and not isinstance(name, str):
        raise Problem(422, "`name` is no text.", "bad-name")
    return SentImage(from_base64(given["image"]), None if name is None else name[:_LONGEST_NAME])


def from_base64(text: str) -> bytes:
    """The bytes that a text in base64, or a data URL, stands for.

    Raises:
        Problem: It is none.
    Example:
        >>> from_base64("data:image/png;base64,YWJj")
        b'abc'
    """
    if text.startswith("data:"):
        head, comma, text = text.partition(",")
        if not comma or not head.endswith(";base64"):
            raise Problem(422, "The data URL of `image` is not in base64.", "bad-base64")
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Problem(422, "`image` is not in base64.", "bad-base64") from None
