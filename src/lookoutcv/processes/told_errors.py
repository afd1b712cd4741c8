"""Exceptions told from one process to another, as JSON: ours are ours again there, others are their name and text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import lookoutcv.errors
from lookoutcv.errors import LookoutError

# A message of an exception holds words of whoever made the file; who reads it wants its beginning.
_LONGEST_TEXT = 2000


class RaisedElsewhereError(Exception):
    """An exception in another process that is none of ours.

    Args:
        kind: The name of its class.
        text: Its message.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def error_json(error: BaseException) -> bytes:
    """An exception, as it is sent."""
    if isinstance(error, LookoutError):
        fields = {name: value for name, value in error.fields.items() if _plain(value)}
        told = {"ours": type(error).__name__, "problem": error.problem, "remedy": error.remedy, "fields": fields}
    else:
        told = {"kind": type(error).__name__, "text": str(error)}
    return json.dumps(told).encode()


def error_from(message: bytes, names: Mapping[str, str]) -> Exception:
    """The exception in a message: one of ours, or a `RaisedElsewhereError`.

    Args:
        message: What `error_json` made, or what a hostile process made.
        names: What stands for what: the other process knows a file by another path.
    Raises:
        ValueError: It holds anything else.
    """
    try:
        told = json.loads(message)
    except RecursionError as reason:
        raise ValueError("nested too deep") from reason
    if not isinstance(told, dict):
        raise ValueError("no error")

    def text(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("no text")
        for theirs, ours in names.items():
            value = value.replace(theirs, ours)
        return _readable(value[:_LONGEST_TEXT])

    kind = getattr(lookoutcv.errors, str(told.get("ours")), None)
    if not (isinstance(kind, type) and issubclass(kind, LookoutError)):
        return RaisedElsewhereError(text(told.get("kind")), text(told.get("text")))
    given = told.get("fields")
    fields = {str(name): text(value) if isinstance(value, str) else value for name, value in dict(given or {}).items()}
    if not all(map(_plain, fields.values())) or not all(name.isidentifier() for name in fields):
        raise ValueError("no fields of an error")
    error = kind.__new__(kind)
    LookoutError.__init__(error, text(told.get("problem")), text(told.get("remedy")), **fields)
    return error


def _plain(value: object) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(isinstance(one, str | int | float) for one in value)
    return value is None or isinstance(value, str | int | float)


def _readable(text: str) -> str:
    """Without what steers a terminal."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cs") and one != "\n" else one for one in text)
