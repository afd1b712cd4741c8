"""Query parameters: declared once, read and checked, and told in the API's description. Unknown ones are refused."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from starlette.requests import Request

from lookoutcv.service.problems import Problem

_TYPES = {int: "integer", bool: "boolean", str: "string", float: "number"}
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Query:
    """A query parameter.

    Args:
        name: Of it.
        help: What it is, in a sentence.
        type: int, float, bool or str.
        least, most: Of a number.
        longest: Of a text, in characters.
        choices: Of a text: one of these; empty for any.
    """

    name: str
    help: str
    type: type = str
    least: float | None = None
    most: float | None = None
    longest: int = 200
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """In OpenAPI."""
        bounds = {"minimum": self.least, "maximum": self.most}
        if self.type is str:
            bounds = {"maxLength": self.longest}
        if self.choices:
            bounds["enum"] = list(self.choices)  # type: ignore[assignment]
        schema = {"type": _TYPES[self.type], **{key: value for key, value in bounds.items() if value is not None}}
        return {"name": self.name, "in": "query", "description": self.help, "required": False, "schema": schema}

    def read(self, text: str) -> Any:
        """Its value.

        Raises:
            Problem: It is none.
        """
        if self.type is bool:
            if text.lower() not in _TRUTHS:
                raise self._wrong("true or false")
            return _TRUTHS[text.lower()]
        if self.type is str:
            if self.choices and text not in self.choices:
                raise self._wrong(f"one of {', '.join(self.choices)}")
            if not text or len(text) > self.longest or not text.isprintable():
                raise self._wrong(f"a printable text of 1 to {self.longest} characters")
            return text
        try:
            value = self.type(text)
        except (ValueError, OverflowError):
            raise self._wrong("a whole number" if self.type is int else "a number") from None
        low = self.least if self.least is not None else value
        high = self.most if self.most is not None else value
        if not low <= value <= high:
            least, most = ("" if one is None else f"{one:g}" for one in (self.least, self.most))
            raise self._wrong(f"a number from {least} to {most}" if least and most else "a number in its range")
        return value

    def _wrong(self, wanted: str) -> Problem:
        return Problem(422, f"The query parameter {self.name!r} is not {wanted}.", "bad-query")


@dataclass(frozen=True)
class Queries:
    """What an endpoint may be asked."""

    known: tuple[Query, ...]

    @cached_property
    def openapi(self) -> dict[str, Any]:
        """For an endpoint's `openapi_extra`."""
        return {"parameters": [one.schema for one in self.known]}

    def read(self, request: Request) -> dict[str, Any]:
        """What is given, by name.

        Raises:
            Problem: A parameter that is not known, is there twice, or has no such value.
        """
        if not request.scope["query_string"]:
            return {}
        names = {one.name: one for one in self.known}
        values: dict[str, Any] = {}
        for name, text in request.query_params.multi_items():
            if name not in names:
                near = difflib.get_close_matches(name, names, 1)
                guess = f" Did you mean {near[0]!r}?" if near else f" Known are {', '.join(names) or 'none'}."
                raise Problem(422, f"The query parameter {name[:100]!r} is not known.{guess}", "unknown-query")
            if name in values:
                raise Problem(422, f"The query parameter {name!r} is there twice.", "bad-query")
            values[name] = names[name].read(text)
        return values


@cache
def query_of(*known: Query) -> Queries:
    """The queries of an endpoint."""
    return Queries(known)
