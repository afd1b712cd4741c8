"""Which rows of which log: the parameters that the verbs of `lookout log` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from lookoutcv.cli.parameters import PLACE, Group
from lookoutcv.errors import UsageError
from lookoutcv.log.location import DIRECTORY

WHERE: Group = {
    "directory": (
        Annotated[
            str, typer.Option("--directory", "-d", help="The log: a folder, or a URL such as s3://bucket/logs."), PLACE
        ],
        DIRECTORY,
    ),
}
# Not called `model`: that is the file of a model, which has settings of its own.
MODEL: Group = {
    "logged": (Annotated[str | None, typer.Option("--model", metavar="NAME", help="Only rows of this model.")], None),
}
FILTERS: Group = {
    **WHERE,
    **MODEL,
    "version": (Annotated[str | None, typer.Option(help="Only rows of this version of the model.")], None),
    "last": (
        Annotated[str | None, typer.Option(metavar="SPAN", help="Only the last stretch of time: 30m, 12h, 7d, 2w.")],
        None,
    ),
    "since": (
        Annotated[
            str | None,
            typer.Option(metavar="MOMENT", help="From then on: a date (UTC), 2026-05-04T12:00Z, yesterday, 3d (ago)."),
        ],
        None,
    ),
    "until": (Annotated[str | None, typer.Option(metavar="MOMENT", help="Before then; a date is included.")], None),
    "tag": (
        Annotated[
            list[str] | None, typer.Option(metavar="NAME=VALUE", help="Only rows with this tag; may be repeated.")
        ],
        None,
    ),
}


def asked(filters: dict[str, Any]) -> dict[str, Any]:
    """The filters of a command line as arguments of the API.

    Raises:
        UsageError: A tag without a value.
    Example:
        >>> asked({"logged": "cars", "tag": ["site=north"]})
        {'model': 'cars', 'tags': {'site': 'north'}}
    """
    names = {"logged": "model", "tag": "tags"}
    told = {names.get(key, key): value for key, value in filters.items() if value is not None}
    if "tags" in told:
        told["tags"] = _pairs(told["tags"])
    return told


def _pairs(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UsageError(f"--tag {word} names no value", "Give it as --tag camera=north.", tag=word)
        found[name] = value
    return found
