"""Which rows of which log: the parameters that the verbs of `lookout log` share, made of the fields of `LogFilter`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lookoutcv.cli.parameters import PLACE, Group
from lookoutcv.errors import UsageError
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.table.log_filter import LogFilter

if TYPE_CHECKING:
    from lookoutcv.prediction_log import PredictionLog

# What a filter's fields are called where the verb has another name for them: `--model` is the file of a model
# elsewhere, which has settings of its own, and a tag is given one by one.
_PARAMETERS = {"model": "logged", "tags": "tag"}


def _parameter(field: Field[Any]) -> tuple[Any, Any]:
    flags = ["--model"] if field.name == "model" else []
    help, metavar = field.metadata["help"], field.metadata["metavar"] or None
    kind: Any = list[str] | None if field.name == "tags" else str | None
    return Annotated[kind, typer.Option(*flags, metavar=metavar, help=help)], None


WHERE: Group = {
    "directory": (
        Annotated[
            str, typer.Option("--directory", "-d", help="The log: a folder, or a URL such as s3://bucket/logs."), PLACE
        ],
        DIRECTORY,
    ),
}
_ROWS: Group = {_PARAMETERS.get(field.name, field.name): _parameter(field) for field in fields(LogFilter)}
MODEL: Group = {"logged": _ROWS["logged"]}
FILTERS: Group = {**WHERE, **_ROWS}


def opened(parameters: Mapping[str, Any]) -> tuple[PredictionLog, dict[str, Any]]:
    """The log of a command line, and the filters that were given, as keywords of its methods.

    Raises:
        UsageError: A tag without a value.
    Example:
        >>> opened({"directory": "logs", "logged": "cars", "tag": ["site=north"]})
        (PredictionLog('logs'), {'model': 'cars', 'tags': {'site': 'north'}})
    """
    import lookoutcv as lo

    filters = {
        name: parameters.get(_PARAMETERS.get(name, name)) for name in (field.name for field in fields(LogFilter))
    }
    given = {name: value for name, value in filters.items() if value is not None}
    if "tags" in given:
        given["tags"] = _pairs(given["tags"])
    return lo.open_log(parameters.get("directory", DIRECTORY)), given


def _pairs(words: Sequence[str]) -> dict[str, str]:
    tags = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UsageError(f"--tag {word} names no value", "Give it as --tag camera=north.", tag=word)
        tags[name] = value
    return tags
